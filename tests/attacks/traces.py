"""What an attack could leave behind: rows of the database, and lines of the log."""

import hashlib
import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sqlalchemy import Row, select

from bot import log
from bot.db.base import Base
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Database
from bot.playground.slack import OUTSIDER

BUDGETS, PACE = "call_budgets", ("places", "pauses")
"""Moves with time, without anybody."""


async def rows(db: Database) -> dict[str, tuple[int, str]]:
    """Of each table how many rows there are, and what is in them."""
    found = {}
    async with db.read() as tx:
        for table in Base.metadata.sorted_tables:
            if table.name not in (BUDGETS, *PACE):
                found_rows = (await tx.execute(select(table))).all()
                every = sorted(repr(tuple(row)) for row in found_rows if not _only_told(table.name, row))
                found[table.name] = (len(every), hashlib.sha256("\n".join(every).encode()).hexdigest())
    return found


def _only_told(table: str, row: Row[Any]) -> bool:
    """Words for the outsider alone, such as why nothing was done."""
    return table == MessageRow.__tablename__ and row.user_id == OUTSIDER


def deeds(found: dict[str, tuple[int, str]]) -> dict[str, object]:
    """The same without what a late click may do: have its card drawn again, once for each delivery."""
    return {
        **{name: rows for name, rows in found.items() if name not in ("deliveries", "messages")},
        "messages": found["messages"][0],
    }


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """The log as the product writes it, with everything that it can be told to write."""
    names = ("", "slack_bolt", "slack_sdk", "alembic")
    before = {name: logging.getLogger(name).level for name in names}
    handlers, lines = logging.getLogger().handlers[:], io.StringIO()
    with mock.patch("sys.stderr", lines):
        log.configure("debug", "text")
    try:
        yield lines
    finally:
        logging.getLogger().handlers[:] = handlers
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
