"""What belongs to an item's document in the ledger, for its card: what is still to come after it, what is there, and what
keeps it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select

from bot.db.additions import additions_of
from bot.db.base import table_of
from bot.db.files import FileRow
from bot.db.reports import receipts_of
from bot.db.unit_of_work import Tx
from bot.domain.attachments import kind_in_words
from bot.domain.booking import kind_of
from bot.domain.documents import ItemKind
from bot.domain.items import Item, ItemState
from bot.domain.postings import PostingKind
from bot.domain.publishing import Additions, StepKind
from bot.domain.settings import PaymentStatus
from bot.services.budgets import lefts_of
from providers.base import AccountingProvider

FILES = table_of(FileRow)
_TO_COME = frozenset({ItemState.APPROVED, ItemState.SENDING, ItemState.UNKNOWN})


async def shown_additions(
    tx: Tx, item: Item, connection: Row[Any] | None, provider: AccountingProvider | None
) -> Additions:
    """Of a document that stands in the ledger, or is to be sent there over this connection."""
    if item.state not in (*_TO_COME, ItemState.PUBLISHED):
        return Additions()
    names = await _files(tx, item)
    stay_here = _left_out(names, item, provider)
    taken, left_out = len(names) - len(stay_here), tuple(dict.fromkeys(map(kind_in_words, stay_here)))
    if item.state in _TO_COME:
        under_way = _planned(item, provider, has_file=taken > 0)
        return Additions(under_way=under_way, files=taken, files_to_come=taken)
    found = await additions_of(tx, item.workspace_id, item.id)
    if found.files < len(names):  # the others went there in another version
        found = replace(found, left_out=left_out)
        if len(names) > 1 and stay_here:
            found = replace(found, files=found.files + len(stay_here), stay_here=stay_here)
    if connection is None or provider is None or not found.under_way:
        return found
    of = connection.provider, connection.tenant_id
    limits = provider.profile.limits
    of_day = (await lefts_of(tx, {of: limits}))[of].of_day
    if of_day is None or of_day > limits.day_kept:
        return found
    # the last calls of a day are kept for documents: files wait before payments do
    return replace(found, kept=tuple(kind for kind in found.under_way if kind is StepKind.ATTACHMENT or of_day <= 0))


async def _files(tx: Tx, item: Item) -> tuple[str, ...]:
    """The names of the one that it was made of, or of those that its receipts were."""
    sources: Sequence[Item] = (item,)
    if item.kind is ItemKind.EXPENSE_REPORT:
        sources = (await receipts_of(tx, item.workspace_id, [item.id])).get(item.id, ())
    ids = {source.file_id for source in sources if source.file_id is not None}
    if not ids:
        return ()
    statement = select(FILES.c.name).where(FILES.c.workspace_id == item.workspace_id, FILES.c.id.in_(sorted(ids)))
    return tuple((await tx.execute(statement.order_by(FILES.c.id))).scalars())


def _left_out(names: Sequence[str], item: Item, provider: AccountingProvider | None) -> tuple[str, ...]:
    """Those of these files that cannot hang on its document in the ledger."""
    rules = None if provider is None else provider.profile.files
    if rules is None or provider is None or _kind(item) not in provider.profile.attaches:
        return ()
    return tuple(name for name in names if not rules.takes(name))


def _kind(item: Item) -> PostingKind:
    return kind_of(item.kind, item.facts.document_type, item.publish_to)


def _planned(item: Item, provider: AccountingProvider | None, *, has_file: bool) -> tuple[StepKind, ...]:
    """What is planned as soon as its document is on its way."""
    kind = _kind(item)
    is_payable = provider is not None and kind in provider.profile.pays and bool(item.facts.gross)
    pays = is_payable and item.publish_as is PaymentStatus.PAID
    takes_files = provider is not None and provider.profile.files is not None and kind in provider.profile.attaches
    return (*([StepKind.PAYMENT] if pays else []), *([StepKind.ATTACHMENT] if has_file and takes_files else []))
