"""Sealed values as they lie in the database, found by the headers that stand in front of them in the clear.

The operator's look at all of them, whoever's they are: at the start, from `dext-bot doctor` and from `dext-bot keys rotate`.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Row, func, literal, select

from bot.db.sealed import SealedColumn
from bot.db.unit_of_work import Tx
from bot.db.workspaces import WORKSPACES
from bot.vault import Envelope, SealError

LONGEST_HEADER = len("1:") + 16 + len(":")


async def envelopes(tx: Tx, column: SealedColumn) -> Counter[Envelope]:
    """How many values each header has. What was never sealed is left out."""
    if column.member is not None:
        cells = (await tx.execute(select(column.cell).where(*_holding(column)))).scalars()
        found = [(column.envelope_in(cell), 1) for cell in cells]
    else:
        headers = select(_header(tx, column).label("header")).where(*_holding(column)).subquery()
        counted = select(headers.c.header, func.count().label("number")).group_by(headers.c.header)
        found = [(_parsed(row.header), row.number) for row in (await tx.execute(counted)).all()]
    each: Counter[Envelope] = Counter()
    for envelope, count in found:
        if envelope is not None:
            each[envelope] += count
    return each


async def samples(tx: Tx, column: SealedColumn, envelope: Envelope, most: int) -> Sequence[Row[Any]]:
    """Some of the rows with this header."""
    if column.member is None:
        return (await tx.execute(_rows(column).where(_begins(column, envelope)).limit(most))).all()
    rows = (await tx.execute(_rows(column))).all()
    return [row for row in rows if column.envelope_in(row.cell) == envelope][:most]


async def others(tx: Tx, column: SealedColumn, envelope: Envelope, *, after: object, most: int) -> Sequence[Row[Any]]:
    """The next rows, by id, whose header is another one; of JSON, those that have it too."""
    statement = _rows(column).order_by(column.table.c.id).limit(most)
    if column.member is None:
        statement = statement.where(~_begins(column, envelope))
    if after is not None:
        statement = statement.where(column.table.c.id > after)
    return (await tx.execute(statement)).all()


async def replace_cell(tx: Tx, column: SealedColumn, row: Row[Any], cell: Any) -> bool:
    """Only while it holds what was read: False when somebody wrote it anew, or the row is gone."""
    statement = column.table.update().where(column.table.c.id == row.id, column.cell == row.cell)
    return bool((await tx.execute(statement.values({column.column: cell}))).rowcount)


def _rows(column: SealedColumn) -> Any:
    names = dict.fromkeys(("id", *column.bound_to))
    bound = [column.table.c[name] for name in names]
    return select(*bound, column.cell.label("cell")).where(*_holding(column))


def _holding(column: SealedColumn) -> tuple[ColumnElement[bool], ...]:
    """Rows with a sealed value. By workspace, which is how an index of the outbox begins."""
    held = tuple(column.table.c[name] == value for name, value in column.among.items())
    if column.member is None:
        return (column.cell.is_not(None), *held)
    everybody = column.table.c.workspace_id.in_(select(WORKSPACES.c.id))
    return (everybody, *held, column.cell.contains(f'"{column.member}"'))


def _header(tx: Tx, column: SealedColumn) -> ColumnElement[Any]:
    """Up to the second colon: a nonce follows, and is another one in each value."""
    if tx.is_sqlite:
        key_id_and_colon = func.instr(func.substr(column.cell, 3), literal(b":", LargeBinary))
        return func.substr(column.cell, 1, 2 + key_id_and_colon, type_=LargeBinary)
    start = func.encode(func.substr(column.cell, 1, LONGEST_HEADER), "escape")
    return func.concat(func.split_part(start, ":", 1), ":", func.split_part(start, ":", 2), ":")


def _begins(column: SealedColumn, envelope: Envelope) -> ColumnElement[bool]:
    header = envelope.header
    return func.substr(column.cell, 1, len(header), type_=LargeBinary) == literal(header, LargeBinary)


def _parsed(header: str | bytes) -> Envelope | None:
    try:
        return Envelope.of(header.encode() if isinstance(header, str) else bytes(header))
    except SealError:
        return None
