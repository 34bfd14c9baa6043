"""How many calls each package is asked for a document, beside the least that it takes by its profile.

In this process: the real adapter over HTTP against the package's simulator, the publishing service over an SQLite, and a
clock that nobody waits for.
"""

from collections import Counter
from collections.abc import Mapping
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.table import show
from bot.db import migrate
from bot.db.unit_of_work import Database
from bot.domain.publishing import StepKind
from providers.simulating.state import Call
from tests.contract.far_ends import FAR_ENDS
from tests.contract.losing import LosingFarEnd
from tests.fakes.clock import FakeClock
from tests.services.beside import a_world_beside

ITEMS, ITEMS_WITH_FILES = 200, 50
MOST_SHOWN = 4
HEAD = ("", "writing", "reading", "calls an item", "least an item", "× least", "the most of them")


async def show_calls_of_each() -> None:
    rows = []
    for provider in FAR_ENDS:
        rows += [await _row(provider, ITEMS), await _row(provider, ITEMS_WITH_FILES, has_files=True)]
    show("Calls for bills of one organisation of each package", HEAD, rows)


async def _row(provider: str, items: int, *, has_files: bool = False) -> tuple[str, ...]:
    clock = FakeClock()
    with TemporaryDirectory(prefix="dext-bench-") as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'dext.db'}"
        await migrate.upgrade(url)
        db = Database(url, clock)
        async with FAR_ENDS[provider](clock) as far:
            world = await a_world_beside(far, db, clock)
            if has_files:
                world.file = ("scan.pdf", b"%PDF-1.7 of ")
            await world.approve(*(f"INV-{number}" for number in range(items)))
            await world.settle(passes=20 * items, seconds=1)
            published = sum(far.count(StepKind.DOCUMENT, f"INV-{number}") for number in range(items))
            calls = Counter(_named(call) for call in far.state.calls)
        await db.close()
    if published != items:
        raise RuntimeError(f"{published} of {items} stand in {provider}")
    return _figures(far, calls, items, has_files=has_files)


def _named(call: Call) -> str:
    """Its method and what it is about; ids and names of files are left out."""
    *_, before, last = call.path.split("/")
    return f"{call.method} {last if last.replace('_', '').isalpha() else f'{before}/…'}"


def _figures(far: LosingFarEnd, calls: Mapping[str, int], items: int, *, has_files: bool) -> tuple[str, ...]:
    """The least is a call that writes and one that reads back for as many as the package takes at once, and one a file."""
    profile = far.provider.profile
    reads = sum(number for call, number in calls.items() if call.startswith("GET"))
    made = sum(calls.values())
    least = 2 * ceil(items / profile.batch_size) + (items if has_files else 0)
    writes = made - reads
    most = ", ".join(
        f"{number} {call}" for call, number in sorted(calls.items(), key=lambda each: -each[1])[:MOST_SHOWN]
    )
    name = f"{items} in {profile.name}" + (", each with a file" if has_files else "")
    return (name, str(writes), str(reads), f"{made / items:.2f}", f"{least / items:.2f}", f"{made / least:.2f}", most)
