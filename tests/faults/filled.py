"""A row or two in every table, with something in every column: what must come through a move of the whole database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, LargeBinary, Table, Uuid
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import migrate
from bot.db.base import Amount, UtcInstant

ROWS = 2
FAMILY = UUID(int=7)


async def fill(connection: AsyncConnection) -> None:
    for table in migrate.tables().sorted_tables:
        await connection.execute(table.insert(), [_row(table, number) for number in range(ROWS)])


def _row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: Column[Any], number: int) -> Any:
    """What a foreign key names is there: each value follows from its column, or from the one that it refers to."""
    for key in column.foreign_keys:
        return _value(key.column, number)
    name = f"{column.table.name}.{column.name}"
    match column.type:
        case Uuid():
            return uuid5(FAMILY, f"{name} {number}")
        case UtcInstant():
            return datetime(2026, 3, 29, 1, 59, 59, 123457 + number, tzinfo=UTC) + timedelta(hours=number)
        case Amount():
            return Decimal("-90071992547409.9301") + number
        case Boolean():
            return bool(number)
        case Date():
            return date(2024, 2, 29 - number)
        case LargeBinary():
            return bytes(range(256)) + name.encode() + bytes([number])
        case Integer() | BigInteger():
            return 41 + number
        case _:
            return f"{name} {number} – Zürich 🧾 'x' \\"
