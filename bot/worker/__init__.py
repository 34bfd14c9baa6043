"""The part of the process that works jobs: engine, planner, reconciler, sweeper."""

from bot.worker.engine import Engine
from bot.worker.lock import WorkerLock
from bot.worker.planner import Planner
from bot.worker.reconciler import Reconciler
from bot.worker.sweeper import Sweeper
from bot.worker.tasks import Tasks, tasks_of
from bot.worker.worker import Worker

__all__ = ["Engine", "Planner", "Reconciler", "Sweeper", "Tasks", "Worker", "WorkerLock", "tasks_of"]
