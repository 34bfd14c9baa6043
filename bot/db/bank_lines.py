"""What banks say of an organisation's accounts, a row for each line, and which item has it.

A line is one item's: it is taken by compare-and-set, in the transaction that changes the item, and let go in the transaction
in which the item lets it go (`bot.db.items.change_item`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Row, UniqueConstraint, Uuid, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Exact, LongText, new_id, table_of
from bot.db.unit_of_work import Tx, insert_into
from bot.domain.bank_lines import LONGEST_TEXT, BankLine, BankLineId, NewLine
from bot.domain.ids import ItemId, OrganisationId, WorkspaceId

ROWS_AT_ONCE = 200
MOST_FOUND = 500
"""Of one amount within the days that are looked at, such as a fare that is paid several times a day; which of them are nearest is
said of all.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Of lines that were read, those that were not there before, and those that stand otherwise by now."""

    new: tuple[NewLine, ...] = ()
    changed: tuple[NewLine, ...] = ()


class BankLineRow(Base):
    """A line of a bank account. One that the ledger has no more is `is_gone`, and stays for the item that had it."""

    __tablename__ = "bank_lines"
    __table_args__ = (
        UniqueConstraint("organisation_id", "bank_account", "key"),
        Index("ix_bank_lines_amount", "organisation_id", "amount", "dated_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"))
    bank_account: Mapped[str] = mapped_column(Exact)
    """The ledger's own id."""
    key: Mapped[str] = mapped_column(Exact)
    dated_on: Mapped[date]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    text: Mapped[str] = mapped_column(LongText)
    ledger_id: Mapped[str | None]
    statement_account: Mapped[str | None] = mapped_column(Exact)
    """A digest of how the statement calls its account, by which the next one of it is known."""
    is_recorded: Mapped[bool] = mapped_column(default=False)
    is_gone: Mapped[bool] = mapped_column(default=False)
    # the type is said, because the tables of items and organisations may be made after this one
    item_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("items.id"), index=True)
    added_at: Mapped[datetime]


LINES = table_of(BankLineRow)

_OURS = (
    LINES.c.workspace_id == bindparam("workspace_id"),
    LINES.c.organisation_id == bindparam("organisation_id"),
)
_NEAR = (
    select(LINES)
    .where(
        *_OURS,
        LINES.c.amount == bindparam("amount"),
        LINES.c.currency == bindparam("currency"),
        LINES.c.dated_on.between(bindparam("first"), bindparam("last")),
        LINES.c.is_gone.is_(False),
    )
    .order_by(LINES.c.item_id.is_not(None), LINES.c.is_recorded, LINES.c.dated_on, LINES.c.id)
    .limit(MOST_FOUND)
)
_OF_DAYS = select(LINES).where(
    *_OURS,
    LINES.c.bank_account == bindparam("bank_account"),
    LINES.c.dated_on.between(bindparam("first"), bindparam("last")),
    LINES.c.is_gone.is_(False),
)
_OF_STATEMENTS = select(LINES).where(
    *_OURS,
    LINES.c.bank_account == bindparam("bank_account"),
    LINES.c.dated_on >= bindparam("first"),
    LINES.c.ledger_id.is_(None),
    LINES.c.is_gone.is_(False),
)
_ONE = select(LINES).where(*_OURS, LINES.c.id == bindparam("line_id"))
_TAKE = LINES.update().where(
    LINES.c.workspace_id == bindparam("of_workspace"),
    LINES.c.organisation_id == bindparam("of_organisation"),
    LINES.c.id == bindparam("of_id"),
    LINES.c.item_id.is_(None),
    LINES.c.is_recorded.is_(False),
    LINES.c.is_gone.is_(False),
)
_LET_GO = (
    LINES.update()
    .where(
        LINES.c.workspace_id == bindparam("of_workspace"),
        LINES.c.id == bindparam("of_id"),
        LINES.c.item_id == bindparam("of_item"),
    )
    .values(item_id=None)
)
_OPEN = select(LINES.c.key).where(
    *_OURS,
    LINES.c.bank_account == bindparam("bank_account"),
    LINES.c.ledger_id.is_not(None),
    LINES.c.is_recorded.is_(False),
    LINES.c.is_gone.is_(False),
)
_SOME = select(LINES.c.key, LINES.c.is_recorded, LINES.c.is_gone).where(
    *_OURS, LINES.c.bank_account == bindparam("bank_account"), LINES.c.key.in_(bindparam("keys", expanding=True))
)
_OF_STATEMENT = (
    select(LINES.c.bank_account)
    .where(*_OURS, LINES.c.statement_account == bindparam("statement_account"))
    .order_by(LINES.c.added_at.desc())
    .limit(1)
)
_HOW_MANY = select(LINES.c.bank_account, func.count().label("lines"), func.max(LINES.c.dated_on).label("last")).where(
    *_OURS, LINES.c.is_gone.is_(False)
)


async def lines_near(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    *,
    amount: Decimal,
    currency: str,
    first: date,
    last: date,
) -> tuple[BankLine, ...]:
    """Those of this amount between two days, the free ones first."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    found = await tx.execute(_NEAR, {**of, "amount": amount, "currency": currency, "first": first, "last": last})
    return tuple(_line(row) for row in found.all())


async def lines_of_days(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, bank_account: str, *, first: date, last: date
) -> tuple[NewLine, ...]:
    """All of an account between two days, as they were read."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "bank_account": bank_account}
    rows = (await tx.execute(_OF_DAYS, {**of, "first": first, "last": last})).all()
    return tuple(NewLine(key=row.key, dated_on=row.dated_on, amount=row.amount, text=row.text) for row in rows)


async def lines_of_statements(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, bank_account: str, *, first: date
) -> tuple[BankLine, ...]:
    """All of an account, dated from a day on, that the ledger does not tell itself."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "bank_account": bank_account}
    return tuple(_line(row) for row in (await tx.execute(_OF_STATEMENTS, {**of, "first": first})).all())


async def mark_recorded(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    line_ids: Collection[BankLineId],
    *,
    is_recorded: bool,
) -> None:
    """Whether the ledger has payments for these."""
    await tx.execute(
        LINES.update()
        .where(
            LINES.c.workspace_id == workspace_id,
            LINES.c.organisation_id == organisation_id,
            LINES.c.id.in_(line_ids),
        )
        .values(is_recorded=is_recorded)
    )


async def load_line(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, line_id: BankLineId
) -> BankLine | None:
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "line_id": line_id}
    row = (await tx.execute(_ONE, of)).one_or_none()
    return None if row is None else _line(row)


async def take_line(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, line_id: BankLineId, item_id: ItemId
) -> bool:
    """False where somebody was quicker, or the ledger has it no more, or booked."""
    of = {"of_workspace": workspace_id, "of_organisation": organisation_id, "of_id": line_id}
    return bool((await tx.execute(_TAKE.values(item_id=item_id), of)).rowcount)


async def let_go(tx: Tx, workspace_id: WorkspaceId, line_id: BankLineId, item_id: ItemId) -> None:
    """Free for another item; one that the item does not have stays whose it is."""
    await tx.execute(_LET_GO, {"of_workspace": workspace_id, "of_id": line_id, "of_item": item_id})


async def mark(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    ledger_id: str,
    *,
    is_gone: bool = False,
    is_recorded: bool = False,
) -> None:
    """What the ledger says of one of its lines, before they are read again."""
    await tx.execute(
        LINES.update()
        .where(
            LINES.c.workspace_id == workspace_id,
            LINES.c.organisation_id == organisation_id,
            LINES.c.ledger_id == ledger_id,
        )
        .values(is_gone=is_gone, is_recorded=is_recorded)
    )


async def keep_lines(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    bank_account: str,
    *,
    currency: str,
    lines: Sequence[NewLine],
    statement_account: str | None = None,
) -> Kept:
    """Write what is new; of what is known only whether it is recorded is written anew."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "bank_account": bank_account}
    known = await _known(tx, of, [line.key for line in lines])
    new = list({line.key: line for line in lines if line.key not in known}.values())
    values = {**of, "currency": currency, "statement_account": statement_account, "is_gone": False, "added_at": tx.now}
    rows = [{**values, "id": new_id(), "item_id": None, **_values(line)} for line in new]
    if rows:
        await tx.execute(_insert(tx.is_sqlite), rows)
    changed = [line for line in lines if line.key in known and known[line.key] != (line.is_recorded, False)]
    for line in changed:
        await tx.execute(
            LINES.update()
            .where(
                LINES.c.workspace_id == workspace_id,
                LINES.c.organisation_id == organisation_id,
                LINES.c.bank_account == bank_account,
                LINES.c.key == line.key,
            )
            .values(is_recorded=line.is_recorded, is_gone=False)
        )
    return Kept(new=tuple(new), changed=tuple(changed))


@cache
def _insert(is_sqlite: bool) -> Any:  # noqa: FBT001 - a key of the cache
    """What two keep at once is kept once."""
    new = insert_into(BankLineRow, is_sqlite=is_sqlite)
    return new.on_conflict_do_nothing(index_elements=["organisation_id", "bank_account", "key"])


async def _known(tx: Tx, of: dict[str, Any], keys: Sequence[str]) -> dict[str, tuple[bool, bool]]:
    found: dict[str, tuple[bool, bool]] = {}
    for start in range(0, len(keys), ROWS_AT_ONCE):
        some = {**of, "keys": list(keys[start : start + ROWS_AT_ONCE])}
        found |= {row.key: (row.is_recorded, row.is_gone) for row in (await tx.execute(_SOME, some)).all()}
    return found


async def open_keys(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, bank_account: str
) -> frozenset[str]:
    """Lines of the ledger that nothing was booked on when they were read last."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "bank_account": bank_account}
    return frozenset((await tx.execute(_OPEN, of)).scalars())


async def close_lines(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, bank_account: str, keys: Collection[str]
) -> None:
    """The ledger does not count them among the open ones any more, and did not say why: nothing is matched with them."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), ROWS_AT_ONCE):
        await tx.execute(
            LINES.update()
            .where(
                LINES.c.workspace_id == workspace_id,
                LINES.c.organisation_id == organisation_id,
                LINES.c.bank_account == bank_account,
                LINES.c.key.in_(ordered[start : start + ROWS_AT_ONCE]),
            )
            .values(is_gone=True)
        )


async def forget_free_lines(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """Those that no item has; what one has stays, so that no other one is ever matched with it."""
    await tx.execute(
        LINES.delete().where(
            LINES.c.workspace_id == workspace_id,
            LINES.c.organisation_id == organisation_id,
            LINES.c.item_id.is_(None),
        )
    )


async def forget_elsewhere(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, statement_account: str, bank_account: str
) -> None:
    """Somebody said of another bank account before that the statement is of it: what no item has goes from there."""
    await tx.execute(
        LINES.delete().where(
            LINES.c.workspace_id == workspace_id,
            LINES.c.organisation_id == organisation_id,
            LINES.c.statement_account == statement_account,
            LINES.c.bank_account != bank_account,
            LINES.c.item_id.is_(None),
        )
    )


async def account_of_statement(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, statement_account: str
) -> str | None:
    """The bank account that a person chose for the last statement whose account is called so."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "statement_account": statement_account}
    found: str | None = (await tx.execute(_OF_STATEMENT, of)).scalar_one_or_none()
    return found


async def count_lines(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId
) -> dict[str, tuple[int, date]]:
    """By bank account, how many there are and of which day the newest is."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    rows = (await tx.execute(_HOW_MANY.group_by(LINES.c.bank_account), of)).all()
    return {row.bank_account: (row.lines, row.last) for row in rows}


def _values(line: NewLine) -> dict[str, Any]:
    return {
        "key": line.key,
        "dated_on": line.dated_on,
        "amount": line.amount,
        "text": line.text[:LONGEST_TEXT],
        "ledger_id": line.ledger_id,
        "is_recorded": line.is_recorded,
    }


def _line(row: Row[Any]) -> BankLine:
    return BankLine(
        id=BankLineId(row.id),
        bank_account=row.bank_account,
        dated_on=row.dated_on,
        amount=row.amount,
        currency=row.currency,
        text=row.text,
        ledger_id=row.ledger_id,
        is_recorded=row.is_recorded,
        item_id=None if row.item_id is None else ItemId(row.item_id),
    )
