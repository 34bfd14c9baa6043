"""What an answer to Slack costs, against Bolt alone on the same machine in the same run.

`python -m benchmarks.answers`: for each entry the CPU time of the server process per request, ours and bare Bolt's
with the same statements and the same call of Slack; then waiting times at 20 requests a second and with 16 at once.
"""

import asyncio
import json
import pickle
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks import requests
from benchmarks.bare import Heard, Work
from benchmarks.load import Line, Result, at_once, at_rate, one_by_one
from benchmarks.processes import Server, free_port, server
from benchmarks.stand import Stand, stand
from benchmarks.table import show
from bot.views.ids import ActionId

WARM, COUNTED, ROUNDS = 60, 200, 3
RATE_PER_SECOND, RATE_SECONDS, AT_ONCE = 20, 15, 16
ITEMS = 1100

Make = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind`: no database, read, decision. `make` gives a fresh request each time, as Slack does."""

    name: str
    kind: str
    make: Make


@dataclass(frozen=True, slots=True)
class Cost:
    entry: Entry
    ours: float
    bare: float

    @property
    def ratio(self) -> float:
        return self.ours / self.bare


async def main() -> None:
    async with stand(ITEMS, entry=("-m", "benchmarks.serve")) as here:
        entries = await _entries(here)
        costs = [await _cost(here, entry) for entry in entries]
        show(
            f"CPU of the server process per request, least of {ROUNDS} × {COUNTED}",
            ("entry", "kind", "ours ms", "bare Bolt ms", "ratio (bar 1.5)"),
            [_row(cost) for cost in costs],
        )
        show(
            "Waiting",
            ("load", "requests", "errors", "p50 ms", "p99 ms", "longest ms", "bar"),
            [
                _waits(f"{RATE_PER_SECOND} a second, all entries", await _at_rate(here, entries), "p99 < 50"),
                _waits(f"{AT_ONCE} at once, all entries", await _at_once(here, entries), "all < 1000, no error"),
                _waits(f"{AT_ONCE} at once, decisions", await _at_once(here, entries[-1:]), "all < 1000, no error"),
            ],
        )


async def _entries(here: Stand) -> list[Entry]:
    """Requests made from what the app showed: buttons of a card it posted, the form it opened."""
    card = await _shown(here, "chat.postMessage")
    settings = await _shown(here, "views.open", requests.command("settings"))
    undecided = iter(here.items)
    decide, explain = _button(card, ActionId.APPROVE_ITEM), _button(card, ActionId.EXPLAIN_ITEM)
    known = next(item for item in here.items if item in decide)

    def approve() -> bytes:
        return requests.click(ActionId.APPROVE_ITEM, decide.replace(known, next(undecided)))

    def search() -> bytes:
        return requests.options(ActionId.FIND_ACCOUNT, "costs 5", settings)

    return [
        Entry("/dext help", "no database", lambda: requests.command("help")),
        Entry("a link's click", "no database", lambda: requests.click(ActionId.LINK_OUT)),
        Entry("App Home", "read", requests.home_opened),
        Entry("/dext settings", "read", lambda: requests.command("settings")),
        Entry("/dext add", "read", lambda: requests.command("add")),
        Entry("search a category", "read", search),
        Entry("Why?", "read", lambda: requests.click(ActionId.EXPLAIN_ITEM, explain)),
        Entry("Approve", "decision", approve),
    ]


async def _shown(here: Stand, method: str, request: bytes | None = None) -> dict[str, Any]:
    """What the app sent to Slack by this method, if need be after a request."""
    if request is not None:
        status, body = await Line(here.app.port).ask(request)
        if status != 200:
            raise RuntimeError(f"{status} {body!r}")
    for _ in range(100):
        found = here.slack.last(method)
        if found is not None:
            view: dict[str, Any] = found.get("view", found)
            return view
        await asyncio.sleep(0.1)
    raise RuntimeError(f"the app did not call {method}")


def _button(message: dict[str, Any], action_id: str) -> str:
    """The value of a button of the message."""
    return next(str(each["value"]) for each in _walk(message) if each.get("action_id") == action_id and "value" in each)


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _walk(each)


async def _cost(here: Stand, entry: Entry) -> Cost:
    work = await _heard(here, entry)
    path = here.folder / "work"
    path.write_bytes(pickle.dumps(work))
    port = free_port()
    arguments = ("-m", "benchmarks.bare", str(port), str(path), here.slack.api_url)
    async with server(*arguments, port=port, environment=here.environment) as bare:
        same = [entry.make()]
        await one_by_one(bare.port, same * WARM)
        await one_by_one(here.app.port, _some(entry, WARM))
        ours, theirs = [], []
        for _ in range(ROUNDS):
            theirs.append(await _cpu(bare, entry.name, same * COUNTED))
            ours.append(await _cpu(here.app, entry.name, _some(entry, COUNTED)))
    return Cost(entry, min(ours), min(theirs))


async def _heard(here: Stand, entry: Entry) -> Work:
    """One request's statements, call and answer, taken from the product itself."""
    line, before = Line(here.app.port), len(here.slack.calls)
    await one_by_one(here.app.port, _some(entry, 5))
    path = here.folder / "heard"
    with suppress(FileNotFoundError):
        path.unlink()
    here.app.signal(signal.SIGUSR1)
    await asyncio.sleep(0.3)
    before = len(here.slack.calls)
    status, body = await line.ask(entry.make())
    here.app.signal(signal.SIGUSR2)
    heard = await _stored(path)
    if status != 200:
        raise RuntimeError(f"{entry.name}: {status} {body!r}")
    line.close()
    made = [(method, sent) for method, sent in here.slack.calls[before:] if method.startswith("views.")]
    method, arguments = made[0] if made else (None, {})
    return Work(heard, method, arguments, _acknowledged(body))


async def _stored(path: Path) -> Heard:
    for _ in range(200):
        if await asyncio.to_thread(path.exists):
            found: Heard = pickle.loads(await asyncio.to_thread(path.read_bytes))
            return found
        await asyncio.sleep(0.05)
    raise RuntimeError("the server did not store what it heard")


def _acknowledged(body: bytes) -> dict[str, Any] | None:
    return json.loads(body) if body.strip().startswith(b"{") else None


async def _cpu(process: Server, name: str, batch: list[bytes]) -> float:
    """Seconds of processor time a request."""
    before = process.cpu_seconds()
    result = await one_by_one(process.port, batch)
    if result.errors:
        raise RuntimeError(f"{name}: {result.errors[:3]}")
    return (process.cpu_seconds() - before) / len(batch)


def _some(entry: Entry, number: int) -> list[bytes]:
    return [entry.make() for _ in range(number)]


def _mixed(entries: list[Entry], number: int) -> list[bytes]:
    return [entry.make() for entry in islice(cycle(entries), number)]


async def _at_rate(here: Stand, entries: list[Entry]) -> Result:
    return await at_rate(here.app.port, _mixed(entries, RATE_PER_SECOND * RATE_SECONDS), RATE_PER_SECOND)


async def _at_once(here: Stand, entries: list[Entry]) -> Result:
    return await at_once(here.app.port, _mixed(entries, AT_ONCE * 10), AT_ONCE)


def _row(cost: Cost) -> tuple[str, ...]:
    return (cost.entry.name, cost.entry.kind, _ms(cost.ours), _ms(cost.bare), f"{cost.ratio:.2f}")


def _waits(load: str, result: Result, bar: str) -> tuple[str, ...]:
    figures = (_ms(result.percentile(0.5)), _ms(result.percentile(0.99)), _ms(max(result.seconds)))
    return (load, str(len(result.seconds)), str(len(result.errors)), *figures, bar)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f}"


if __name__ == "__main__":
    asyncio.run(main())
