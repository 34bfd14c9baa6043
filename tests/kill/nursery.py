"""One process that has imported everything and started nothing: others are forked from it, so that a life begins at once.

Python has one such process for all that ask, and it imports what was named last before it started. So all is named here.
"""

import multiprocessing

NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(
    [
        "tests.faults.machine",
        *(f"tests.kill.{name}" for name in ("arrivals", "child", "imports", "rotation", "serving", "typed", "upkeep")),
    ]
)
