"""How long people wait: at 20 requests a second, with 16 at once, and while the worker publishes in the same process."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from itertools import cycle, islice

from benchmarks import requests
from benchmarks.entries import DECISION, Entry, entries
from benchmarks.load import Result, at_once, at_rate, one_by_one
from benchmarks.processes import program
from benchmarks.stand import UNDO_SECONDS, Stand, stand
from benchmarks.table import milliseconds, show

RATE_PER_SECOND, RATE_SECONDS, AT_ONCE = 20, 15, 16
BY_ITSELF = 400
"""Bills approved at once, so that the worker has enough to do all the while."""
ITEMS = BY_ITSELF + 500
IMPORT_ITEMS = 3000

HEAD = ("load", "requests", "errors", "p50 ms", "p99 ms", "longest ms", "bar")


async def show_quiet() -> None:
    async with stand(ITEMS, entry=("-m", "benchmarks.serve")) as here:
        found = await entries(here)
        decisions = [entry for entry in found if entry.kind == DECISION]
        port, number = here.app.port, RATE_PER_SECOND * RATE_SECONDS
        await one_by_one(port, _mixed(found, len(found) * 3))
        rate = await at_rate(port, _mixed(found, number), RATE_PER_SECOND)
        everything = await at_once(port, _mixed(found, AT_ONCE * 10), AT_ONCE)
        deciding = await at_once(port, _mixed(decisions, AT_ONCE * 10), AT_ONCE)
    rows = [
        _row(f"{RATE_PER_SECOND} a second, all entries", rate, "p99 < 50"),
        _row(f"{AT_ONCE} at once, all entries", everything, "all < 1000, no error"),
        _row(f"{AT_ONCE} at once, decisions", deciding, "all < 1000, no error"),
    ]
    show("Waiting", HEAD, rows)


async def show_publishing() -> None:
    show("Waiting while the worker publishes", HEAD, [await publishing(is_apart=False)])


async def publishing(*, is_apart: bool) -> tuple[str, ...]:
    """The worker sends approved bills to a simulated Xero and the messenger updates their cards meanwhile. `is_apart`: the
    worker is a process of its own.

    All are approved within the undo window, so that sending begins when measuring does.
    """
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(
            stand(ITEMS, is_worker=not is_apart, is_publishing=True, entry=("-m", "benchmarks.serve"))
        )
        if is_apart:
            ready = here.folder / "ready"
            worker = program("-m", "benchmarks.work", str(ready), environment=here.environment, is_ready=ready.exists)
            await stack.enter_async_context(worker)
        found = await entries(here)
        await one_by_one(here.app.port, _mixed(found, len(found) * 3))  # statements are compiled at their first use
        approve, since = next(entry for entry in found if entry.name == "Approve"), time.perf_counter()
        await one_by_one(here.app.port, [approve.request() for _ in range(BY_ITSELF)])
        await asyncio.sleep(max(0.0, UNDO_SECONDS - (time.perf_counter() - since)))
        before = await here.published()
        rate = await at_rate(here.app.port, _mixed(found, RATE_PER_SECOND * RATE_SECONDS), RATE_PER_SECOND)
        published = await here.published() - before
    where = "by another process" if is_apart else "by the same process"
    return _row(f"{RATE_PER_SECOND} a second, {published} bills published meanwhile {where}", rate, "p99 < 150")


async def show_importing() -> None:
    """The worker imports a large ledger's lists in the same process. The pages come as quickly as Xero's limit lets
    them; what is approved would be sent too, so nothing is. Idle is measured before and after, because whatever else the
    machine does changes in a minute.
    """
    stand_of = stand(IMPORT_ITEMS, is_worker=True, is_publishing=True, is_large=True, entry=("-m", "benchmarks.serve"))
    async with stand_of as here:
        found = [entry for entry in await entries(here) if entry.name not in ("Approve", "Undo", "save settings")]
        port, turns = here.app.port, cycle(found)
        await one_by_one(port, _next(turns, len(found) * 3))
        number = RATE_PER_SECOND * RATE_SECONDS
        before = await at_rate(port, _next(turns, number), RATE_PER_SECOND)
        started, busy = time.perf_counter(), Result()
        await one_by_one(port, [requests.command("sync")])
        while not await _is_imported(here):
            busy.add(await at_rate(port, _next(turns, RATE_PER_SECOND * 2), RATE_PER_SECOND))
        seconds, read = time.perf_counter() - started, sum(count for _, count in (await here.lists()).values())
        after = await at_rate(port, _next(turns, number), RATE_PER_SECOND)
    idle = Result()
    idle.add(before)
    idle.add(after)
    ratios = " and ".join(f"{busy.percentile(share) / idle.percentile(share):.1f}" for share in (0.5, 0.99))
    rows = [
        _row("idle, before", before, ""),
        _row("while importing", busy, "p99 < 150"),
        _row("idle, after", after, ""),
    ]
    show(
        f"Waiting while the worker imports {read:,} entries in {seconds:.0f} s: p50 and p99 × {ratios} of idle",
        HEAD,
        rows,
    )


async def _is_imported(here: Stand) -> bool:
    states = [state for state, _ in (await here.lists()).values()]
    if "failed" in states:
        raise RuntimeError("a list could not be read")
    return bool(states) and all(state == "done" for state in states)


def _next(turns: Iterator[Entry], number: int) -> list[bytes]:
    return [entry.request() for entry in islice(turns, number)]


def _mixed(found: Sequence[Entry], number: int) -> list[bytes]:
    return [entry.request() for entry in islice(cycle(found), number)]


def _row(load: str, result: Result, bar: str) -> tuple[str, ...]:
    figures = (result.percentile(0.5), result.percentile(0.99), max(result.seconds))
    return (load, str(len(result.seconds)), str(len(result.errors)), *map(milliseconds, figures), bar)
