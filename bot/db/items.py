"""Items and the decisions people took on them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ForeignKey, Index, RowMapping, UniqueConstraint, bindparam, select, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.bank_lines import let_go
from bot.db.base import Base, Exact, LongText, dump, load, table_of
from bot.db.unit_of_work import Tx, insert_into
from bot.domain.bank_lines import TakenLine
from bot.domain.closing import Closed
from bot.domain.coding import Coding
from bot.domain.documents import Door, Facts, ItemKind
from bot.domain.ids import FileId, ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Archived, Item, ItemState, check_move
from bot.domain.parties import name_key, number_key, tax_key
from bot.domain.questions import Questions
from bot.domain.settings import Destination, PaymentStatus
from bot.domain.tax_policies import TaxPolicy

LIVE = "state <> 'archived'"
COUNTS = (
    "decided_at IS NOT NULL AND (state IN ('approved', 'sending', 'unknown', 'published')"
    " OR (state = 'archived' AND published_at IS NOT NULL))"
)
"""What was approved, and is to be in the ledger or is there."""


def where(condition: str) -> dict[str, Any]:
    """An index of some rows, on either database."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class ItemRow(Base):
    """An item. `facts` and `coding` are JSON of the domain values; the columns beside them are what is searched and sorted.

    `state` changes only by compare-and-set on (workspace, id, version, state).
    """

    __tablename__ = "items"
    __table_args__ = (
        UniqueConstraint("organisation_id", "source_key"),
        Index("ix_items_file", "file_id", **where("file_id IS NOT NULL")),
        Index("ix_items_state", "organisation_id", "state", "created_at", "id"),
        # what `/dext items` searches by, each in the order that it shows (`bot.db.browsing`)
        Index("ix_items_recent", "organisation_id", "created_at", "id"),
        Index("ix_items_live", "organisation_id", "created_at", "id", **where(LIVE)),
        Index("ix_items_number", "organisation_id", "number_key", "created_at", "id"),
        Index("ix_items_amount", "organisation_id", "gross", "created_at", "id"),
        Index("ix_items_supplier", "organisation_id", "supplier_key", "created_at", "id"),
        Index("ix_items_person", "organisation_id", "submitted_by", "created_at", "id"),
        Index("ix_items_mine", "organisation_id", "submitted_by", "state", "created_at", "id"),
        Index("ix_items_dated", "organisation_id", "issued_on", "id"),
        # the same document at the door (`bot.db.same_documents`)
        Index("ix_items_document", "organisation_id", "supplier_key", "number_key"),
        Index("ix_items_tax", "organisation_id", "supplier_tax", "number_key", **where("supplier_tax IS NOT NULL")),
        Index("ix_items_supplier_dated", "organisation_id", "supplier_key", "issued_on", "id"),
        # what a digest tells of (`bot.db.digests`)
        Index("ix_items_published", "organisation_id", "published_at", **where("published_at IS NOT NULL")),
        # what was approved before of a supplier (`bot.db.history`)
        Index("ix_items_counts", "organisation_id", "kind", "supplier_key", "decided_at", "id", **where(COUNTS)),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    reference: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    version: Mapped[int]
    door: Mapped[str]
    source_key: Mapped[str]
    """What makes the document itself unique at its door: the file's sha256, the form's delivery."""
    file_id: Mapped[UUID | None]
    submitted_by: Mapped[str]
    created_at: Mapped[datetime]
    supplier_key: Mapped[str | None] = mapped_column(Exact)
    """Of whoever is paid or pays: `bot.domain.parties` says what these three are."""
    supplier_tax: Mapped[str | None]
    number_key: Mapped[str | None]
    number: Mapped[str | None]
    issued_on: Mapped[date | None]
    currency: Mapped[str | None]
    gross: Mapped[Decimal | None]
    facts: Mapped[str] = mapped_column(LongText)
    coding: Mapped[str] = mapped_column(LongText)
    complaints: Mapped[str] = mapped_column(LongText, default="[]")
    questions: Mapped[str] = mapped_column(LongText, default="[]", server_default="[]")
    archived: Mapped[str | None] = mapped_column(LongText)
    """JSON of `Archived`."""
    publish_to: Mapped[str]
    publish_as: Mapped[str]
    paid_from: Mapped[str | None]
    bank_line: Mapped[str | None] = mapped_column(LongText)
    """JSON of `TakenLine`."""
    closed: Mapped[str | None] = mapped_column(LongText)
    """JSON of `Closed`."""
    tax_policy: Mapped[str] = mapped_column(default="document", server_default="document")
    edited_by: Mapped[str] = mapped_column(LongText, default="[]")
    """JSON of the people who changed something material."""
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    send_after: Mapped[datetime | None]
    held_by: Mapped[str | None]
    held_at: Mapped[datetime | None]
    ledger_url: Mapped[str | None]
    ledger_rate: Mapped[str | None]
    published_at: Mapped[datetime | None]


class ApprovalRow(Base):
    """One decision at one stage on one version; `is_standing` falls when a material edit asks again or it is undone."""

    __tablename__ = "approvals"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), index=True)
    version: Mapped[int]
    stage: Mapped[int]
    decision: Mapped[str]
    by: Mapped[str]
    reason: Mapped[str | None]
    at: Mapped[datetime]
    is_standing: Mapped[bool] = mapped_column(default=True)


ITEMS = table_of(ItemRow)
ENDS_WITHOUT_LINE = (ItemState.REJECTED, ItemState.ARCHIVED)
"""What will not be published keeps no bank line from what will be."""

_LOAD = select(ITEMS).where(ITEMS.c.id == bindparam("item_id"), ITEMS.c.workspace_id == bindparam("workspace_id"))
_CHANGE = ITEMS.update().where(
    ITEMS.c.id == bindparam("of_id"),
    ITEMS.c.workspace_id == bindparam("of_workspace"),
    ITEMS.c.version == bindparam("at_version"),
    ITEMS.c.state == bindparam("at_state"),
)
_FROM_SOURCE = select(ITEMS).where(
    ITEMS.c.workspace_id == bindparam("workspace_id"),
    ITEMS.c.organisation_id == bindparam("organisation_id"),
    ITEMS.c.source_key == bindparam("source_key"),
)
"""Statements of every click, built once: building one anew takes longer than SQLite takes to carry it out."""

_TEXTS = msgspec.json.Decoder(tuple[str, ...])
_QUESTIONS = msgspec.json.Decoder(Questions)


async def load_item(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> Item | None:
    found = await tx.execute(_LOAD, {"item_id": item_id, "workspace_id": workspace_id})
    row = found.mappings().one_or_none()
    return None if row is None else item_of(row)


async def load_items(
    tx: Tx, workspace_id: WorkspaceId, item_ids: Sequence[ItemId], *, held: bool = False
) -> dict[ItemId, Item]:
    """Those of them that there are. `held`: nobody else changes them before the end of the transaction."""
    statement = select(ITEMS).where(ITEMS.c.workspace_id == workspace_id, ITEMS.c.id.in_(item_ids))
    if held:
        # in one order, so that two who hold some of the same wait for each other instead of for ever
        statement = statement.order_by(ITEMS.c.id).with_for_update()
    return {ItemId(row["id"]): item_of(row) for row in (await tx.execute(statement)).mappings().all()}


async def newest_items(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, *, limit: int
) -> tuple[ItemId, ...]:
    """Of those that are not archived."""
    statement = (
        select(ITEMS.c.id)
        .where(ITEMS.c.workspace_id == workspace_id, ITEMS.c.organisation_id == organisation_id, text("items." + LIVE))
        .order_by(ITEMS.c.created_at.desc(), ITEMS.c.id.desc())
        .limit(limit)
    )
    return tuple(ItemId(each) for each in (await tx.execute(statement)).scalars())


async def insert_item(tx: Tx, item: Item, source_key: str) -> bool:
    """False when this organisation already has an item from that source; nothing is then written."""
    values = {**_columns(item), "source_key": source_key}
    return bool((await tx.execute(_new(tx.is_sqlite), values)).rowcount)


@cache
def _new(is_sqlite: bool) -> Any:  # noqa: FBT001 - a key of the cache
    return insert_into(ItemRow, is_sqlite=is_sqlite).on_conflict_do_nothing()


async def item_from_source(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, source_key: str
) -> Item | None:
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "source_key": source_key}
    row = (await tx.execute(_FROM_SOURCE, of)).mappings().one_or_none()
    return None if row is None else item_of(row)


async def change_item(tx: Tx, before: Item, after: Item) -> Item | None:
    """Compare-and-set: write what differs in `after` if the row still is at `before`'s version and state.

    `before` is the item as it was read.

    Answers the item at its new version, or None when somebody else was quicker.

    Raises:
        IllegalMoveError: the states' table has no such move.
    """
    changed, values = _change(before, after)
    if not (await tx.execute(_CHANGE, values)).rowcount:
        return None
    await _let_line_go(tx, before, changed)
    return changed


async def change_items(tx: Tx, pairs: Sequence[tuple[Item, Item]]) -> tuple[Item, ...]:
    """As `change_item`, of many that were loaded with `held`, so that nobody was quicker: in as few statements as differ
    in what they set. Answers the items at their new versions.

    Raises:
        IllegalMoveError: the states' table has no such move.
    """
    changes = [_change(before, after) for before, after in pairs]
    alike: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for _, values in changes:
        alike.setdefault(tuple(values), []).append(values)
    for many in alike.values():
        await tx.execute(_CHANGE, many)
    for (before, _), (changed, _) in zip(pairs, changes, strict=True):
        await _let_line_go(tx, before, changed)
    return tuple(changed for changed, _ in changes)


def _change(before: Item, after: Item) -> tuple[Item, dict[str, object]]:
    if after.state is not before.state:
        check_move(before.state, after.state)
    is_there = before.state is ItemState.PUBLISHED or after.ledger_url is not None
    is_over = after.state in ENDS_WITHOUT_LINE and not is_there
    changed = replace(after, version=before.version + 1, bank_line=None if is_over else after.bank_line)
    seen = {
        "of_id": before.id,
        "of_workspace": before.workspace_id,
        "at_version": before.version,
        "at_state": before.state,
    }
    return changed, _changes(before, changed) | seen


async def _let_line_go(tx: Tx, before: Item, after: Item) -> None:
    """The bank line that it was paid by is another one's to take from here on."""
    line = before.bank_line
    if line is not None and (after.bank_line is None or after.bank_line.id != line.id):
        await let_go(tx, before.workspace_id, line.id, before.id)


def item_of(row: RowMapping) -> Item:
    return Item(
        id=ItemId(row["id"]),
        workspace_id=WorkspaceId(row["workspace_id"]),
        organisation_id=OrganisationId(row["organisation_id"]),
        reference=row["reference"],
        kind=ItemKind(row["kind"]),
        state=ItemState(row["state"]),
        version=row["version"],
        facts=load(row["facts"], Facts),
        coding=load(row["coding"], Coding),
        door=Door(row["door"]),
        submitted_by=UserId(row["submitted_by"]),
        created_at=row["created_at"],
        file_id=None if row["file_id"] is None else FileId(row["file_id"]),
        decided_by=None if row["decided_by"] is None else UserId(row["decided_by"]),
        decided_at=row["decided_at"],
        decision_reason=row["decision_reason"],
        send_after=row["send_after"],
        held_by=UserId(row["held_by"]) if row["held_by"] else None,
        held_at=row["held_at"],
        ledger_url=row["ledger_url"],
        ledger_rate=None if row["ledger_rate"] is None else Decimal(row["ledger_rate"]),
        published_at=row["published_at"],
        complaints=_TEXTS.decode(row["complaints"]),
        questions=_QUESTIONS.decode(row["questions"]),
        archived=None if row["archived"] is None else load(row["archived"], Archived),
        publish_to=Destination(row["publish_to"]),
        publish_as=PaymentStatus(row["publish_as"]),
        paid_from=row["paid_from"],
        bank_line=None if row["bank_line"] is None else load(row["bank_line"], TakenLine),
        closed=None if row["closed"] is None else load(row["closed"], Closed),
        tax_policy=TaxPolicy(row["tax_policy"]),
        edited_by=tuple(UserId(user) for user in _TEXTS.decode(row["edited_by"])),
    )


def _changes(before: Item, after: Item) -> dict[str, object]:
    """The columns that differ: SQLite writes every index anew of which a column is set, whether or not to another value."""
    was = _columns(before)
    return {name: value for name, value in _columns(after).items() if value != was[name]}


def _columns(item: Item) -> dict[str, object]:
    facts = item.facts
    return {
        "id": item.id,
        "workspace_id": item.workspace_id,
        "organisation_id": item.organisation_id,
        "reference": item.reference,
        "kind": item.kind,
        "state": item.state,
        "version": item.version,
        "door": item.door,
        "file_id": item.file_id,
        "submitted_by": item.submitted_by,
        "created_at": item.created_at,
        "supplier_key": name_key(item.counterparty.name),
        "supplier_tax": tax_key(item.counterparty.tax_number),
        "number_key": number_key(facts.number),
        "number": facts.number,
        "issued_on": facts.issued_on,
        "currency": facts.currency,
        "gross": facts.gross,
        "facts": dump(facts),
        "coding": dump(item.coding),
        "complaints": dump(item.complaints),
        "questions": dump(item.questions),
        "archived": None if item.archived is None else dump(item.archived),
        "publish_to": item.publish_to,
        "publish_as": item.publish_as,
        "paid_from": item.paid_from,
        "bank_line": None if item.bank_line is None else dump(item.bank_line),
        "closed": None if item.closed is None else dump(item.closed),
        "tax_policy": item.tax_policy,
        "edited_by": dump(item.edited_by),
        "decided_by": item.decided_by,
        "decided_at": item.decided_at,
        "decision_reason": item.decision_reason,
        "send_after": item.send_after,
        "held_by": item.held_by,
        "held_at": item.held_at,
        "ledger_url": item.ledger_url,
        "ledger_rate": None if item.ledger_rate is None else str(item.ledger_rate),
        "published_at": item.published_at,
    }
