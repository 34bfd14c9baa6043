"""How long clicks wait while hostile documents are read beside them: `python -m benchmarks.hostile`.

The product and the simulated Slack are one process here, so a click's time has both in it; the documents are read in
children, as always. The longest a click waited, with nothing to read and with the pack, is told, and what the largest
child used. The bar is one second.
"""

import asyncio
import resource
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.table import show
from bot.db import migrate
from bot.playground.slack import BILLS, MEMBER
from tests.handlers.desk import Desk, a_desk
from tests.intake.hostile import HARMLESS, REFUSED

CLICKS_ALONE, PAUSE_SECONDS = 50, 0.05


async def _waits(click: Callable[[], Awaitable[object]], goes_on: Callable[[int], bool]) -> list[float]:
    waits: list[float] = []
    while goes_on(len(waits)):
        started = perf_counter()
        await click()
        waits.append(perf_counter() - started)
        await asyncio.sleep(PAUSE_SECONDS)
    return sorted(waits)


def _row(name: str, waits: list[float]) -> tuple[str, ...]:
    middle, most = waits[len(waits) // 2], waits[-1]
    return (
        name,
        str(len(waits)),
        f"{middle * 1000:.0f}",
        f"{waits[int(len(waits) * 0.95)] * 1000:.0f}",
        f"{most * 1000:.0f}",
    )


async def _measured(desk: Desk) -> list[tuple[str, ...]]:
    async def click() -> None:
        await desk.slack.command("/dext", "help", user=MEMBER)

    alone = await _waits(click, lambda clicks: clicks < CLICKS_ALONE)
    pack = {name: made() for name, made in {**REFUSED, **HARMLESS}.items()}
    for name, content in pack.items():
        await desk.slack.upload(content, f"{name}.pdf", channel=BILLS, user=MEMBER)
    reading = asyncio.create_task(desk.settle())
    beside = await _waits(click, lambda _: not reading.done())
    await reading
    return [_row("nothing to read", alone), _row(f"{len(pack)} hostile files", beside)]


async def _run(url: str) -> None:
    await migrate.upgrade(url)
    async with a_desk(url) as desk:
        rows = await _measured(desk)
    show("Clicks beside hostile files, ms", ("beside", "clicks", "p50", "p95", "longest"), rows)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    show(
        "Children that read them",
        ("CPU s, all", "MiB, largest"),
        [(f"{used.ru_utime + used.ru_stime:.1f}", f"{used.ru_maxrss / 1024:.0f}")],
    )


def main() -> None:
    with TemporaryDirectory(prefix="dext-bench-") as folder:
        asyncio.run(_run(f"sqlite+aiosqlite:///{Path(folder) / 'hostile.db'}"))


if __name__ == "__main__":
    main()
