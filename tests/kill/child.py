"""The process that dies: approves whatever waits for approval and publishes it, with the real engine and adapter."""

import asyncio
import os
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import aiohttp
from sqlalchemy import select

from bot.clock import SystemClock
from bot.db.base import table_of
from bot.db.items import ITEMS, item_of
from bot.db.publications import PUBLICATIONS, STEPS
from bot.db.unit_of_work import Database
from bot.db.workspaces import WorkspaceRow
from bot.delivery import BusyError
from bot.domain.ids import UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.publishing import PublicationState, StepState
from bot.domain.rights import Person
from bot.domain.slack import Actor, Workspace
from bot.services.approvals import Approvals
from bot.services.budgets import SharedBudget
from bot.services.jobs import JobKind
from bot.services.people import People
from bot.services.publishing import Publishing
from bot.services.tokens import TokenKeeper
from bot.vault import Vault
from bot.worker import Engine, Planner, Reconciler, Tasks, Worker, WorkerLock
from providers import PROVIDERS
from providers.base import ClientConfig, RateLimits
from tests.kill.hook import Hook

APPROVER = UserId("UAPPROVER")
LEASE = timedelta(seconds=0.6)
VISIBLE_AFTER = timedelta(seconds=0.2)
LONGEST_WRITE = timedelta(seconds=0.4)
ANY_NUMBER = 10**6
"""Whoever is killed at random is not to blame, so no number of deaths sets a batch aside here."""
UNFINISHED = (PublicationState.WAITING, PublicationState.SENDING, PublicationState.UNKNOWN)
UNDER_WAY = (StepState.WAITING, StepState.SENDING, StepState.UNKNOWN)
OPEN_HANDED = RateLimits(per_minute=None, per_day=None, at_once=1000)
"""Places of calls that died with their process come back after minutes; limits are not what is tested here."""


class OnePerson:
    """Slack's word on the one approver there is."""

    async def person(self, workspace: Workspace, user_id: UserId) -> Person | None:
        return Person(user_id=user_id, name="Ada", is_of_workspace=True)

    async def workspace_admins(self, workspace: Workspace) -> tuple[UserId, ...]:
        return (APPROVER,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Where a process finds its database and its ledger, and when it dies."""

    database_url: str
    ledger_url: str
    provider: str
    keys: str
    kill_at: int
    steps_file: str


def live(life: Life) -> None:
    """The process's whole life. It takes no leave at its end either, so every life ends as if it was killed."""
    asyncio.run(publish_everything(life))


def depart(life: Life, steps: int) -> None:
    Path(life.steps_file).write_text(str(steps))
    os._exit(0)


async def publish_everything(life: Life) -> None:
    url, clock, hook = life.database_url, SystemClock(), Hook(life.kill_at)
    db = Database(url, clock)
    async with aiohttp.ClientSession() as session:
        config = ClientConfig(
            client_id="c",
            client_secret="s",
            auth_url="http://127.0.0.1:1/",
            token_url="http://127.0.0.1:1/",
            revoke_url="http://127.0.0.1:1/",
            api_url=life.ledger_url,
            web_url="http://127.0.0.1:1/",
        )
        key = life.provider
        ledger = PROVIDERS[key].build(config, session, clock, SharedBudget(db, clock, key, OPEN_HANDED))
        marker = replace(ledger.profile.marker, visibility_delay=VISIBLE_AFTER)
        ledger.profile = replace(ledger.profile, marker=marker, longest_write=LONGEST_WRITE)
        engine = Engine(db, 0.05)
        tokens = TokenKeeper(db, Vault.from_text(life.keys), clock, {key: ledger})
        publishing = Publishing(
            db, engine, {key: ledger}, tokens, clock, "http://127.0.0.1:3000", LEASE, most_deaths=ANY_NUMBER
        )
        worker = Worker(
            db=db,
            clock=clock,
            engine=engine,
            lock=WorkerLock.of(url),
            tasks=Tasks(clock, {JobKind.PUBLISH_BATCH: publishing.run}),
            planner=Planner(publishing),
            reconciler=Reconciler(publishing, ()),
            poll_seconds=0.05,
        )
        await worker.start()
        hook.arm()
        await approve_all(db)
        while await is_open(db):
            await clock.sleep(0.02)
        depart(life, hook.steps)


async def approve_all(db: Database) -> None:
    approvals = Approvals(db, People(OnePerson()), timedelta(0))
    actor = Actor(workspace=await workspace_of(db), user_id=APPROVER, team_id="T1")
    for item in await waiting_items(db):
        while not await is_approved(approvals, actor, item):
            pass


async def is_approved(approvals: Approvals, actor: Actor, item: Item) -> bool:
    """Pressed again where the answer is that the database is busy, as people are asked to."""
    try:
        await approvals.approve(actor, item.id, item.version)
    except BusyError:
        return False
    return True


async def waiting_items(db: Database) -> list[Item]:
    async with db.read() as tx:
        found = await tx.execute(select(ITEMS).where(ITEMS.c.state == ItemState.IN_APPROVAL))
        return [item_of(row) for row in found.mappings()]


async def is_open(db: Database) -> bool:
    documents = select(PUBLICATIONS.c.id).where(PUBLICATIONS.c.state.in_(UNFINISHED))
    steps = select(STEPS.c.publication_id).where(STEPS.c.state.in_(UNDER_WAY))
    async with db.read() as tx:
        return (await tx.execute(documents.union_all(steps).limit(1))).first() is not None


async def workspace_of(db: Database) -> Workspace:
    async with db.read() as tx:
        row = (await tx.execute(select(table_of(WorkspaceRow)))).one()
    return Workspace(
        id=WorkspaceId(row.id),
        enterprise_id=row.enterprise_id,
        team_id=row.team_id,
        name=row.name,
        bot_user_id=row.bot_user_id,
        bot_id=row.bot_id,
    )
