"""What belongs to an item's document in the ledger, for its card: what is still to come after it, what is there, and what
keeps it.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from bot.db.additions import additions_of
from bot.db.reports import receipts_of
from bot.db.unit_of_work import Tx
from bot.domain.booking import kind_of
from bot.domain.documents import ItemKind
from bot.domain.items import Item, ItemState
from bot.domain.publishing import Additions, StepKind
from bot.domain.settings import PaymentStatus
from bot.services.budgets import lefts_of
from providers.base import AccountingProvider

_TO_COME = frozenset({ItemState.APPROVED, ItemState.SENDING, ItemState.UNKNOWN})


async def shown_additions(
    tx: Tx, item: Item, connection: Row[Any] | None, provider: AccountingProvider | None
) -> Additions:
    """Of a document that stands in the ledger, or is to be sent there over this connection."""
    if item.state in _TO_COME:
        files = await _files(tx, item)
        return Additions(under_way=_planned(item, provider, has_file=files > 0), files=files, files_to_come=files)
    if item.state is not ItemState.PUBLISHED:
        return Additions()
    found = await additions_of(tx, item.workspace_id, item.id)
    if connection is None or provider is None or not found.under_way:
        return found
    of = connection.provider, connection.tenant_id
    limits = provider.profile.limits
    of_day = (await lefts_of(tx, {of: limits}))[of].of_day
    if of_day is None or of_day > limits.day_kept:
        return found
    # the last calls of a day are kept for documents: files wait before payments do
    return replace(found, kept=tuple(kind for kind in found.under_way if kind is StepKind.ATTACHMENT or of_day <= 0))


async def _files(tx: Tx, item: Item) -> int:
    """It was made of one, or of receipts that were."""
    if item.kind is not ItemKind.EXPENSE_REPORT:
        return int(item.file_id is not None)
    receipts = (await receipts_of(tx, item.workspace_id, [item.id])).get(item.id, ())
    return sum(receipt.file_id is not None for receipt in receipts)


def _planned(item: Item, provider: AccountingProvider | None, *, has_file: bool) -> tuple[StepKind, ...]:
    """What is planned as soon as its document is on its way."""
    kind = kind_of(item.kind, item.facts.document_type, item.publish_to)
    is_payable = provider is not None and kind in provider.profile.pays and bool(item.facts.gross)
    pays = is_payable and item.publish_as is PaymentStatus.PAID
    takes_files = provider is not None and provider.profile.files is not None and kind in provider.profile.attaches
    return (*([StepKind.PAYMENT] if pays else []), *([StepKind.ATTACHMENT] if has_file and takes_files else []))
