"""What publishing costs, and how far it goes: `python -m benchmarks.publish [postgresql+asyncpg://…] [--only PART …]`.

Calls for each document against each provider's own least; the use of its limit over five of its minutes; bills a second and
processor time for each, beside a bare loop that posts the same bodies and keeps nothing; how long people wait beside a
worker. With an address of an empty PostgreSQL, which other databases may be made beside, there too.
"""

import argparse
import asyncio
import json
import pickle
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from benchmarks import calls as calls_of_each
from benchmarks import waits
from benchmarks.approved import Approved, Size, approved, copied
from benchmarks.table import milliseconds, show

BILLS, BILLS_WITH_FILES, PER_CALL = 1000, 200, 50
MINUTES, SPEED, PER_MINUTE = 5, 2.0, 60
MANY = Size(organisations=100, items=100)
WORKERS = (1, 2, 4)

HEAD = ("", "bills a second", "CPU a bill, ms", "MiB each", "calls", "× bare CPU")


@dataclass(frozen=True, slots=True)
class Run:
    seconds: float
    cpu: float
    memory: float
    calls: Mapping[str, int]


async def published(here: Approved, workers: int = 1) -> Run:
    """Everything that is approved, by so many workers."""
    await here.forget_calls()
    async with here.working(workers) as working:
        before = sum(each.cpu_seconds() for each in working)
        await here.begin()
        seconds = await here.done()
        cpu = sum(each.cpu_seconds() for each in working) - before
        memory = max(each.resident_mebibytes() for each in working)
    found = await here.calls()
    if await here.refused():
        raise RuntimeError("some were refused")
    return Run(seconds, cpu, memory, found["calls"])


async def show_calls(_: str | None) -> None:
    rows = []
    for size in (Size(items=BILLS), Size(items=BILLS_WITH_FILES, has_files=True)):
        async with approved(size) as here:
            calls = (await published(here)).calls
        least = 2 * -(-size.items // PER_CALL)
        documents = calls.get("PUT Invoices", 0) + calls.get("GET Invoices", 0)
        files = calls.get("PUT files", 0)
        others = (
            sum(calls.values()) - documents - files - sum(n for name, n in calls.items() if name.startswith("status"))
        )
        figures = (calls.get("PUT Invoices", 0), calls.get("GET Invoices", 0), files, others, least)
        words = f"{size.items} bills" + (", each with a file" if size.has_files else "")
        rows.append((words, *map(str, figures), f"{documents / least:.2f}"))
    head = ("", "creating", "reading back", "files", "others", "least for documents", "documents / least")
    show("Calls for bills of one organisation in Xero, by processes", head, rows)
    await calls_of_each.show_calls_of_each()


async def show_limit(_: str | None) -> None:
    """Files cost a call each, so they are what a limit is used up by."""
    size = Size(items=PER_MINUTE * (MINUTES + 2), has_files=True)
    async with approved(size, is_roomy=False, speed=SPEED) as here, here.working() as working:
        await here.forget_calls()
        await here.begin()
        cpu = working[0].cpu_seconds()
        await asyncio.sleep((MINUTES * 60 + 10) / SPEED)
        cpu = working[0].cpu_seconds() - cpu
        found = await here.calls()
    came = sorted(found["at"])
    minutes = [sum(came[0] + 60 * each <= at < came[0] + 60 * (each + 1) for at in came) for each in range(MINUTES)]
    refused, made = found["calls"].get("status 429", 0), sum(minutes)
    show(
        f"Use of a limit of {PER_MINUTE} calls a minute over {MINUTES} of its minutes, clock × {SPEED:g}",
        ("calls in each minute", "in all", "use", "429s received", "CPU a call, ms"),
        [
            (
                " ".join(map(str, minutes)),
                str(made),
                f"{made / (PER_MINUTE * MINUTES):.1%}",
                str(refused),
                milliseconds(cpu / made),
            )
        ],
    )


async def show_speed(postgres: str | None) -> None:
    rows = []
    async with approved(MANY) as here:
        ours = await published(here)
        bare = await _bare(here)
        rows += [_row("bare aiohttp", bare, bare), _row("SQLite, 1 worker", ours, bare)]
    if postgres is not None:
        async with approved(MANY, database_url=postgres) as here:
            for workers in WORKERS:
                async with copied(here) as other:
                    rows.append(_row(f"PostgreSQL, {workers} workers", await published(other, workers), bare))
    show(f"{MANY.items} bills of each of {MANY.organisations} organisations", HEAD, rows)


async def _bare(here: Approved) -> Run:
    path = here.folder / "posts"
    await asyncio.to_thread(path.write_bytes, pickle.dumps(await here.bodies()))
    tokens = json.loads(await asyncio.to_thread((here.folder / "tokens").read_text))
    arguments = ("-m", "benchmarks.bare_posts", f"http://127.0.0.1:{here.ledger.port}", tokens["access"], str(path))
    await here.forget_calls()
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    told = json.loads(output)
    return Run(told["seconds"], told["cpu"], 0, (await here.calls())["calls"])


def _row(name: str, run: Run, bare: Run) -> tuple[str, ...]:
    bills = MANY.organisations * MANY.items
    calls = sum(number for word, number in run.calls.items() if not word.startswith("status"))
    memory = f"{run.memory:.0f}" if run.memory else ""
    figures = (f"{bills / run.seconds:.0f}", milliseconds(run.cpu / bills), memory, str(calls))
    return (name, *figures, f"{run.cpu / bare.cpu:.1f}")


async def show_waits(_: str | None) -> None:
    rows = [await waits.publishing(is_apart=is_apart) for is_apart in (False, True)]
    show("Waiting beside a worker that publishes", waits.HEAD, rows)


PARTS: Mapping[str, Callable[[str | None], Awaitable[None]]] = {
    "calls": show_calls,
    "limit": show_limit,
    "speed": show_speed,
    "waits": show_waits,
}


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("database", nargs="?", help="an empty PostgreSQL database")
    options.add_argument("--only", nargs="+", choices=tuple(PARTS), default=tuple(PARTS))
    chosen = options.parse_args()
    for part in chosen.only:
        await PARTS[part](chosen.database)


if __name__ == "__main__":
    asyncio.run(main())
