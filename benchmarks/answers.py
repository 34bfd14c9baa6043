"""What an answer to Slack costs, against Bolt alone on the same machine in the same run.

`python -m benchmarks.answers`: for each entry the CPU time of the server process per request, ours and bare Bolt's
with the same statements and the same call of Slack, in turns, of each the least of many short rounds: what else the machine
does only ever adds to it. Then waiting times at 20 requests a second and with 16 at once.
`python -m benchmarks.answers edit approve` measures only what has one of the words in its name, and no waiting;
`--items 20000` stores so many items first, which must make no difference.
"""

import argparse
import asyncio
import json
import pickle
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import waits
from benchmarks.bare import Heard, Work
from benchmarks.entries import DECISION, REPEATED, Entry, entries
from benchmarks.load import Line, one_by_one
from benchmarks.processes import Server, free_port, server
from benchmarks.stand import Stand, stand
from benchmarks.table import milliseconds, show

WARM, COUNTED, ROUNDS = 60, 90, 7
ITEMS = 4500


@dataclass(frozen=True, slots=True)
class Cost:
    entry: Entry
    ours: float
    bare: float

    @property
    def ratio(self) -> float:
        return self.ours / self.bare


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("words", nargs="*", type=str.lower)
    options.add_argument("--items", type=int, default=ITEMS)
    given = options.parse_args()
    words = tuple(given.words)
    async with stand(given.items, entry=("-m", "benchmarks.serve", "--without-messages")) as here:
        found = [entry for entry in await entries(here) if _is_meant(entry, words)]
        show(
            f"CPU of the server process per request, least of {ROUNDS} × {COUNTED}",
            ("entry", "kind", "ours ms", "bare Bolt ms", "ratio (bar 1.5)"),
            [_row(await _cost(here, entry)) for entry in found],
        )
    if not words:
        await waits.show_quiet()
        await waits.show_publishing()


def _is_meant(entry: Entry, words: tuple[str, ...]) -> bool:
    return not words or any(word in entry.name.lower() for word in words)


async def _cost(here: Stand, entry: Entry) -> Cost:
    work, request = await _heard(here, entry)
    path = here.folder / "work"
    path.write_bytes(pickle.dumps(work))
    port = free_port()
    arguments = ("-m", "benchmarks.bare", str(port), str(path), here.slack.api_url)
    async with server(*arguments, port=port, environment=here.environment) as bare:
        await one_by_one(bare.port, [request] * WARM)
        await one_by_one(here.app.port, _some(entry, WARM))
        ours, theirs = [], []
        for _ in range(ROUNDS):
            theirs.append(await _cpu(bare, entry.name, [request] * COUNTED))
            ours.append(await _cpu(here.app, entry.name, _some(entry, COUNTED)))
    return Cost(entry, min(ours), min(theirs))


async def _heard(here: Stand, entry: Entry) -> tuple[Work, bytes]:
    """One request's statements, call and answer, taken from the product itself; and the request."""
    line, before = Line(here.app.port), len(here.slack.calls)
    await one_by_one(here.app.port, _some(entry, 5))
    path, listening = here.folder / "heard", here.folder / "heard.listening"
    for old in (path, listening):
        old.unlink(missing_ok=True)
    here.app.signal(signal.SIGUSR1)
    await _there(listening)
    before = len(here.slack.calls)
    item = next(entry.items)
    request = entry.make(item)
    status, body = await line.ask(request)
    here.app.signal(signal.SIGUSR2)
    await _there(path)
    heard: Heard = pickle.loads(await asyncio.to_thread(path.read_bytes))
    line.close()
    _check(entry, heard, status, body)
    made = [(method, sent) for method, sent in here.slack.calls[before:] if method.startswith("views.")]
    method, arguments = made[0] if made else (None, {})
    others = (next(entry.items) for _ in range(WARM + ROUNDS * COUNTED))
    return Work(heard, method, arguments, _acknowledged(body), (item, *others)), request


def _check(entry: Entry, heard: Heard, status: int, body: bytes) -> None:
    """What is measured is the deed, not a polite refusal of it."""
    writes = sum(isinstance(sql, str) and sql.startswith(("INSERT", "UPDATE")) for _, sql, _ in heard)
    is_done = writes > 1 or entry.kind != DECISION or entry.name == REPEATED
    if status != 200 or b'"errors"' in body or not is_done:
        raise RuntimeError(f"{entry.name}: {status} {body!r}, {writes} writes")


async def _there(path: Path) -> None:
    """Until the server has made this file."""
    for _ in range(400):
        if await asyncio.to_thread(path.exists):
            return
        await asyncio.sleep(0.05)
    raise RuntimeError(f"the server did not make {path.name}")


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
    return [entry.request() for _ in range(number)]


def _row(cost: Cost) -> tuple[str, ...]:
    return (cost.entry.name, cost.entry.kind, milliseconds(cost.ours), milliseconds(cost.bare), f"{cost.ratio:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
