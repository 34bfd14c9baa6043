"""What a database looks like from outside, for comparing two of them."""

from typing import Any

from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import create_async_engine

Schema = dict[str, dict[str, Any]]


async def schema_of(url: str, *, without: frozenset[str] = frozenset()) -> Schema:
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_schema, without)
    finally:
        await engine.dispose()


def _schema(connection: Connection, without: frozenset[str]) -> Schema:
    return {name: _table(connection, name) for name in inspect(connection).get_table_names() if name not in without}


def _table(connection: Connection, name: str) -> dict[str, Any]:
    look = inspect(connection)
    return {
        "columns": {column["name"]: _column(connection, column) for column in look.get_columns(name)},
        "primary key": look.get_pk_constraint(name),
        "foreign keys": _by_name(look.get_foreign_keys(name)),
        "unique": _by_name(look.get_unique_constraints(name)),
        "checks": _by_name(look.get_check_constraints(name)),
        "indexes": _by_name(look.get_indexes(name)),
    }


def _column(connection: Connection, column: Any) -> tuple[Any, ...]:
    kind = column["type"].compile(connection.dialect)
    return (kind, column["nullable"], column["default"], bool(column.get("identity")))


def _by_name(found: list[Any]) -> dict[str, Any]:
    return {str(each["name"]): _plain(each) for each in found}


def _plain(value: Any) -> Any:
    """Conditions of partial indexes come as objects; what counts is their text."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return value if isinstance(value, (str, int, list, type(None))) else str(value)
