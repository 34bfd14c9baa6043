"""Tells Alembic which tables are ours and how our column types are spelled. The connection is `bot.db.migrate`'s."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from bot.db.base import Amount, UtcInstant
from bot.db.migrate import VERSION_TABLE, tables

PLAIN_TYPES = {UtcInstant: "sa.DateTime(timezone=True)", Amount: "sa.BigInteger()"}


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Tables that are not ours may be in the same database, those of an earlier job library too; they are no difference to report."""
    return kind != "table" or name in tables().tables


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Revisions name plain types: what a revision once did must not change with our code."""
    return PLAIN_TYPES.get(type(item), False) if kind == "type" else False


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=tables(),
        version_table=VERSION_TABLE,
        include_name=include_name,
        render_item=render_item,
        render_as_batch=True,
        transactional_ddl=True,
    )
    context.run_migrations()


run()
