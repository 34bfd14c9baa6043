"""What was approved before of a supplier or a customer, by an index of its own, whatever the number of items.

Read anew whenever something is suggested, so that what was undone, edited or withdrawn since counts as it is now: a table
of sums would have to be kept right by each of them.
"""

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, select, text

from bot.db.base import load
from bot.db.items import COUNTS, ITEMS
from bot.db.unit_of_work import Tx
from bot.domain.books import ListKind
from bot.domain.coding import Coding
from bot.domain.documents import DocumentType, ItemKind, Party
from bot.domain.gone_codes import Code
from bot.domain.history import NEWEST, Past, common_codes, due_days_of
from bot.domain.ids import ItemId, OrganisationId, WorkspaceId

MOST_LATELY = 500
"""Documents that tell what books are used for."""

APPROVED = (
    select(ITEMS.c.id, ITEMS.c.reference, ITEMS.c.decided_at, ITEMS.c.issued_on, ITEMS.c.facts, ITEMS.c.coding)
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id == bindparam("organisation_id"),
        ITEMS.c.kind == bindparam("kind"),
        ITEMS.c.supplier_key == bindparam("supplier_key"),
        text(COUNTS),
    )
    .order_by(ITEMS.c.decided_at.desc(), ITEMS.c.id.desc())
    .limit(NEWEST)
)


class _Facts(msgspec.Struct):
    """Of stored facts what is looked at; the rest, such as hundreds of lines, is passed over."""

    document_type: DocumentType = DocumentType.INVOICE
    due_on: date | None = None
    lines: list[msgspec.Raw] = []
    supplier: Party = Party()
    buyer: Party = Party()


_FACTS = msgspec.json.Decoder(_Facts)


async def approved_before(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ItemKind, supplier_key: str
) -> tuple[Past, ...]:
    """The newest that were approved, newest first."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    rows = (await tx.execute(APPROVED, {**of, "kind": kind, "supplier_key": supplier_key})).all()
    return tuple(_past(row, kind) for row in rows)


def _past(row: Row[Any], kind: ItemKind) -> Past:
    facts, coding = _FACTS.decode(row.facts), load(row.coding, Coding)
    return Past(
        item_id=ItemId(row.id),
        reference=row.reference,
        approved_on=row.decided_at.date(),
        party=facts.buyer if kind is ItemKind.SALE else facts.supplier,
        document_type=facts.document_type,
        codes=common_codes(coding, len(facts.lines)),
        contact=coding.contact.value,
        due_days=due_days_of(row.issued_on, facts.due_on),
    )


_LATELY = (
    select(ITEMS.c.coding, ITEMS.c.facts)
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id == bindparam("organisation_id"),
        text(COUNTS),
    )
    .order_by(ITEMS.c.decided_at.desc(), ITEMS.c.id.desc())
    .limit(bindparam("most"))
)


async def lately_approved(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, *, most: int = MOST_LATELY
) -> frozenset[Code]:
    """What the newest that were approved, of whatever supplier, were booked to as a whole."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "most": most}
    found: set[Code] = set()
    for row in (await tx.execute(_LATELY, of)).all():
        coding = load(row.coding, Coding)
        codes, contact = common_codes(coding, len(_FACTS.decode(row.facts).lines)), coding.contact.value
        named = (
            (ListKind.ACCOUNTS, codes.account),
            (ListKind.TAX_RATES, codes.tax_rate),
            (ListKind.PRODUCTS, codes.product),
            (ListKind.CONTACTS, contact),
        )
        found |= {Code(kind, key) for kind, key in named if key is not None}
        found |= {Code(ListKind.TRACKING_CATEGORIES, track.option, track.category) for track in codes.tracking}
    return frozenset(found)
