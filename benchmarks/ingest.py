"""How many bills a second other systems can send, to "on disk": `python -m benchmarks.ingest [postgresql+asyncpg://…]`.

The product's own process over HTTP, against bare aiohttp that sends the same statements by SQLAlchemy Core through the
same driver and commits as often, on the same machine in the same run. With an address of an empty PostgreSQL, there;
else on SQLite. Every answer counted is a 201 whose bill is committed.
"""

import argparse
import asyncio
import itertools
import json
import os
import pickle
import re
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from benchmarks.bare import Heard, Statements, transactions
from benchmarks.load import Line, Result
from benchmarks.processes import Server, free_port, server
from benchmarks.stand import Stand, stand
from benchmarks.table import milliseconds, show
from bot.clock import SystemClock
from bot.db.base import table_of
from bot.db.connections import GrantRow, OrganisationRow
from bot.db.items import ITEMS
from bot.db.unit_of_work import Database
from bot.domain.api_keys import MOST_KEYS, NewKey, Scope
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.services.api_keys import make_key

WARM, ALONE, MANY, LINES, ROUNDS = 50, 200, 600, 16, 2
BUSY = 503
INSERT = re.compile(r"INSERT INTO \w+ \(([^)]*)\) VALUES \(([^)]*)\)", re.DOTALL)
MADE = {"id", "idempotency_key", "source_key"}
BILL = {
    "supplier": {"name": "Paper & Ink Ltd", "tax_number": "GB123456789"},
    "issued_on": "2026-03-01",
    "currency": "GBP",
    "net": "100.00",
    "tax": "20.00",
    "gross": "120.00",
    "lines": [{"description": "Paper", "quantity": "2", "unit_price": "50.00", "net": "100.00"}],
    "coding": {"category": "429", "tax_rate": "INPUT2"},
}


@dataclass(frozen=True, slots=True)
class Speed:
    """`alone` and `at_once` in requests a second; `cpu` in seconds of the process for each."""

    alone: float
    at_once: float
    slowest: float
    cpu: float
    resent: int


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("database", nargs="?", help="an empty PostgreSQL database; without one, SQLite")
    database = options.parse_args().database
    entry = ("-m", "benchmarks.serve", "--without-messages")
    async with stand(0, entry=entry, database_url=database) as here:
        requests = Requests(await keys_of(here))
        await sent(here.app, requests.some(WARM), 1)
        work = await heard(here, requests)
        path = here.folder / "work"
        path.write_bytes(pickle.dumps(work))
        port = free_port()
        arguments = ("-m", "benchmarks.ingest", "--bare", str(port), str(path))
        async with server(*arguments, port=port, environment=here.environment) as bare:
            await sent(bare, requests.some(WARM), 1)
            before = await counted(here)
            found = [(await speed(here.app, requests), await speed(bare, requests)) for _ in range(ROUNDS)]
        written = await counted(here) - before
    if written != 2 * ROUNDS * (ALONE + MANY):
        raise RuntimeError(f"{written} bills are on disk")
    ours, theirs = best([pair[0] for pair in found]), best([pair[1] for pair in found])
    show(
        f"Bills sent by JSON to on disk, {'PostgreSQL' if database else 'SQLite'}; best of {ROUNDS} rounds",
        (
            "",
            "one after another, a second",
            f"{LINES} at once, a second",
            "p99 at once, ms",
            "CPU a bill, ms",
            "told busy",
        ),
        [row("ours", ours), row("bare aiohttp + the same statements", theirs), ratio(ours, theirs)],
    )


class Requests:
    """Each a bill of its own, by one key after another, so that none sends more than it may."""

    def __init__(self, keys: list[str]) -> None:
        self._keys = itertools.cycle(keys)

    def some(self, number: int) -> list[bytes]:
        return [self._one() for _ in range(number)]

    def _one(self) -> bytes:
        own = uuid4().hex
        body = json.dumps({**BILL, "number": own}).encode()
        head = (
            "POST /api/v1/items HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: Bearer {next(self._keys)}",
            f"Idempotency-Key: {own}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        )
        return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def keys_of(here: Stand) -> list[str]:
    db = Database(here.environment["DEXT_DATABASE_URL"], SystemClock())
    try:
        async with db.write() as tx:
            organisation = (await tx.execute(select(table_of(OrganisationRow)))).one()
            maker = (await tx.execute(select(table_of(GrantRow).c.user_id).limit(1))).scalar_one()
            new = NewKey(name="bench", scopes=frozenset(Scope))
            of = WorkspaceId(organisation.workspace_id), OrganisationId(organisation.id)
            return [await make_key(tx, *of, new, made_by=UserId(maker)) for _ in range(MOST_KEYS)]
    finally:
        await db.close()


async def counted(here: Stand) -> int:
    db = Database(here.environment["DEXT_DATABASE_URL"], SystemClock())
    try:
        async with db.read() as tx:
            return int((await tx.execute(select(func.count()).select_from(ITEMS))).scalar_one())
    finally:
        await db.close()


async def heard(here: Stand, requests: Requests) -> Heard:
    """The statements of one request, taken from the product itself."""
    path, listening = here.folder / "heard", here.folder / "heard.listening"
    here.app.signal(signal.SIGUSR1)
    await _there(listening)
    line = Line(here.app.port)
    status, body = await line.ask(requests.some(1)[0])
    line.close()
    if status != 201:
        raise RuntimeError(f"{status} {body!r}")
    here.app.signal(signal.SIGUSR2)
    await _there(path)
    found: Heard = pickle.loads(await asyncio.to_thread(path.read_bytes))
    return found


async def _there(path: Path) -> None:
    for _ in range(400):
        if await asyncio.to_thread(path.exists):
            return
        await asyncio.sleep(0.05)
    raise RuntimeError(f"the server did not make {path.name}")


async def sent(process: Server, requests: Sequence[bytes], lines: int) -> Result:
    """By so many connections at once. Who is told that the database is busy sends the same again, as a sender does;
    waiting counts to the answer that it is there.
    """
    result, waiting = Result(), list(requests)

    async def keep_sending() -> None:
        line = Line(process.port)
        while waiting:
            request, since = waiting.pop(), time.perf_counter()
            while (status := (await line.ask(request))[0]) == BUSY:
                result.errors.append(status)
            if status != 201:
                raise RuntimeError(f"not added: {status}")
            result.seconds.append(time.perf_counter() - since)
        line.close()

    await asyncio.gather(*(keep_sending() for _ in range(lines)))
    return result


async def speed(process: Server, requests: Requests) -> Speed:
    alone, many = requests.some(ALONE), requests.some(MANY)
    cpu, began = process.cpu_seconds(), time.perf_counter()
    await sent(process, alone, 1)
    between = time.perf_counter()
    together = await sent(process, many, LINES)
    ended = time.perf_counter()
    used = (process.cpu_seconds() - cpu) / (ALONE + MANY)
    return Speed(
        ALONE / (between - began), MANY / (ended - between), together.percentile(0.99), used, len(together.errors)
    )


def best(found: list[Speed]) -> Speed:
    return Speed(
        max(each.alone for each in found),
        max(each.at_once for each in found),
        min(each.slowest for each in found),
        min(each.cpu for each in found),
        min(each.resent for each in found),
    )


def row(name: str, found: Speed) -> tuple[str, ...]:
    figures = (
        f"{found.alone:.0f}",
        f"{found.at_once:.0f}",
        milliseconds(found.slowest),
        milliseconds(found.cpu),
        str(found.resent),
    )
    return (name, *figures)


def ratio(ours: Speed, bare: Speed) -> tuple[str, ...]:
    pairs = (
        (ours.alone, bare.alone),
        (ours.at_once, bare.at_once),
        (ours.slowest, bare.slowest),
        (ours.cpu, bare.cpu),
    )
    return ("ours / bare", *(f"{one / other:.2f}" for one, other in pairs), "")


# The other side: aiohttp alone


def made_values(statements: Statements) -> list[Any]:
    """Values of new rows that have to be other ones with each request, whether they stand as `?` or as `$1::UUID`."""
    found = []
    for sql, parameters in statements:
        match = INSERT.match(sql.strip()) if isinstance(sql, str) else None
        if match is None:
            continue
        place = 0
        for name, value in zip(match.group(1).split(","), match.group(2).split(","), strict=True):
            numbered = re.match(r"\s*\$(\d+)", value)
            if numbered is None and value.strip() != "?":
                continue
            at = place if numbered is None else int(numbered.group(1)) - 1
            place += 1
            if name.strip() in MADE:
                found.append(parameters[at])
    return found


def spellings(value: Any, fresh: UUID) -> dict[Any, Any]:
    """An id stands in columns of its own, as 32 digits, and in texts as people write it."""
    if isinstance(value, UUID):
        return {value: fresh, str(value): str(fresh)}
    if re.fullmatch("[0-9a-f]{32}", value):
        return {value: fresh.hex, str(UUID(value)): str(fresh), f"api:{value}": f"api:{fresh.hex}"}
    return {value: str(fresh)}


async def replay(db: Database, work: list[tuple[bool, Statements]], made: list[Any]) -> None:
    fresh: dict[Any, Any] = {}
    for value in dict.fromkeys(made):
        if value not in fresh:
            fresh |= spellings(value, uuid4())
    for writes, statements in work:
        engine = db.writer if writes else db.reader
        async with engine.begin() if writes else engine.connect() as connection:
            for sql, parameters in statements:
                if isinstance(sql, str):
                    renewed = tuple(fresh.get(value, value) if _is_plain(value) else value for value in parameters)
                    result = await connection.exec_driver_sql(sql, renewed)
                else:
                    result = await connection.execute(sql, parameters)
                if result.returns_rows:
                    result.all()


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, UUID))


async def bare(port: int, work: Heard, environment: Mapping[str, str]) -> None:
    db = Database(environment["DEXT_DATABASE_URL"], SystemClock())
    prepared = transactions(work)
    made = [value for writes, each in prepared if writes for value in made_values(each)]

    async def answer(request: web.Request) -> web.Response:
        body = await request.json()
        try:
            await replay(db, prepared, made)
        except PoolTimeoutError:  # as ours says in words
            return web.Response(status=BUSY)
        return web.json_response(body, status=201)

    app = web.Application()
    app.router.add_post("/api/v1/items", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        asyncio.run(bare(int(sys.argv[2]), pickle.loads(Path(sys.argv[3]).read_bytes()), os.environ))
    else:
        asyncio.run(main())
