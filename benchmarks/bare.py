"""What an answer costs at least: Bolt alone, set up for speed, one listener, the same statements and the same call.

The statements are those that the product was heard to send, through the same driver and the same settings of the two
engines; rows that they make get new ids each time. Nothing is read, decided or drawn.
"""

import asyncio
import os
import pickle
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Select

from benchmarks.requests import SECRET
from bot.clock import SystemClock
from bot.db.unit_of_work import Database

INSERT = re.compile(r"INSERT INTO \w+ \(([^)]*)\) VALUES \(([^)]*)\)", re.DOTALL)
MADE = {"id", "name", "publication_id", "source_key"}
"""Columns whose values are new with each request."""

Statement = str | Select[Any]
"""What writes as text for the driver, what reads as Core's own object."""

Heard = list[tuple[int, Statement, Any]]
"""The engine, the statement (empty: a commit), its parameters."""

Statements = list[tuple[Statement, Any]]


@dataclass(frozen=True, slots=True)
class Work:
    """One answer: transactions that read, transactions that write, and at most one call of Slack.

    `items`: the item that was decided on when this was heard, and others that stand as it did; each is used once.
    """

    heard: Heard
    method: str | None
    arguments: dict[str, Any]
    answer: dict[str, Any] | None
    items: tuple[str, ...]


def transactions(heard: Heard) -> list[tuple[bool, Statements]]:
    """(writes?, statements) each. One ends with a commit, or where another engine is spoken to."""
    found: list[Statements] = [[]]
    speaking: int | None = None
    for engine, sql, parameters in heard:
        if engine != speaking and found[-1]:
            found.append([])
        speaking = engine
        if not isinstance(sql, str) or sql:
            found[-1].append((sql, parameters))
        elif found[-1]:
            found.append([])
    return [(any(_writes(sql) for sql, _ in each), each) for each in found if each]


def _writes(sql: Statement) -> bool:
    return isinstance(sql, str) and not sql.lstrip().startswith("SELECT")


def made_values(statements: Statements) -> set[Any]:
    found: set[Any] = set()
    for sql, parameters in statements:
        match = INSERT.match(sql.strip()) if isinstance(sql, str) else None
        if match is None:
            continue
        names = [name.strip() for name in match.group(1).split(",")]
        values = iter(parameters)
        for name, place in zip(names, match.group(2).split(","), strict=True):
            if place.strip() == "?":
                value = next(values)
                if name in MADE:
                    found.add(value)
    return found


def renewed(statements: Statements, made: set[Any], other: Mapping[Any, str]) -> Statements:
    fresh = dict(other)
    for value in made:
        fresh |= same_place(value, uuid4())
    return [
        (sql, tuple(fresh.get(_key(value), value) for value in parameters) if isinstance(sql, str) else parameters)
        for sql, parameters in statements
    ]


def same_place(value: str, fresh: UUID) -> dict[Any, str]:
    """An id stands in columns of its own as 32 digits, and in texts as people write it."""
    found = {value: fresh.hex}
    if len(value) == 32:
        found[str(UUID(value))] = str(fresh)
    return found


def _key(value: Any) -> Any:
    return value if isinstance(value, (str, int)) else None


async def replay(db: Database, work: list[tuple[bool, Statements, set[Any]]], other: Mapping[Any, str]) -> None:
    for writes, statements, made in work:
        engine = db.writer if writes else db.reader
        async with engine.begin() if writes else engine.connect() as connection:
            for sql, parameters in renewed(statements, made, other) if writes else statements:
                if isinstance(sql, str):
                    result = await connection.exec_driver_sql(sql, tuple(parameters))
                else:
                    result = await connection.execute(sql, parameters)
                if result.returns_rows:
                    result.all()


async def serve(port: int, work: Work, api_url: str) -> None:
    db = Database(os.environ["DEXT_DATABASE_URL"], SystemClock())
    prepared = [(writes, each, made_values(each) if writes else set()) for writes, each in transactions(work.heard)]
    known, others = work.items[0], iter(work.items[1:])
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-bench", base_url=api_url, session=session, retry_handlers=[])
        app = AsyncApp(
            signing_secret=SECRET,
            authorize=_authorize,
            process_before_response=True,
            client=client,
        )

        async def answer(ack: Any) -> None:
            other = same_place(UUID(known).hex, UUID(next(others))) if known else {}
            await replay(db, prepared, other)
            if work.method is not None:
                await client.api_call(work.method, json=work.arguments)
            if work.answer is None:
                await ack()
            else:
                await ack(**work.answer)

        anything = re.compile(".*")
        app.command(anything)(answer)
        app.action({"action_id": anything, "type": "block_actions"})(answer)
        app.options(anything)(answer)
        app.view(anything)(answer)
        app.event("app_home_opened")(answer)

        async def entry(request: web.Request) -> web.Response:
            return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

        site = web.Application()
        site.router.add_post("/slack/events", entry)
        runner = web.AppRunner(site, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()


async def _authorize(enterprise_id: str | None, team_id: str | None, **_: Any) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=enterprise_id,
        team_id=team_id,
        bot_token="xoxb-bench",
        bot_id="B0BOT",
        bot_user_id="U0BOT",
    )


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), pickle.loads(Path(sys.argv[2]).read_bytes()), sys.argv[3]))
