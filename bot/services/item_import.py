"""Lists of documents brought in by an operator: looked through first, then entered through the same door as all others.

Nothing is written while it is looked through. A document that is here already, by its id or by what it says, adds
nothing, so a list that was stopped half way is simply imported again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from bot.clock import Clock
from bot.db.base import table_of
from bot.db.connections import ListEntryRow
from bot.db.items import ITEMS
from bot.db.unit_of_work import Database, Tx
from bot.delivery import BusyError
from bot.domain.coding import Coding, LineCoding
from bot.domain.documents import Door
from bot.services.entering import NewItem, enter
from bot.services.ledger_names import LedgerNames, ledger_names
from bot.services.named_books import NamedBooks
from bot.sheets.documents import SheetDocument

ENTRIES = table_of(ListEntryRow)

BATCH, LOOKED_FOR = 20, 500
"""Documents of one transaction, so that people's clicks get their turn in between; and of one look for them."""
PATIENCE_SECONDS, BUSY_SECONDS = 60.0, 0.2


@dataclass(slots=True, kw_only=True)
class Plan:
    """What an import would do. `finished` ones are in somebody's books by what the list says of them."""

    new: list[SheetDocument] = field(default_factory=list)
    known: list[SheetDocument] = field(default_factory=list)
    unclear: list[SheetDocument] = field(default_factory=list)
    finished: list[SheetDocument] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ItemImport:
    db: Database
    clock: Clock

    async def names(self, books: NamedBooks) -> LedgerNames:
        async with self.db.read() as tx:
            return await ledger_names(tx, books)

    async def plan(self, books: NamedBooks, documents: Iterable[SheetDocument]) -> Plan:
        plan, fit = Plan(), []
        for document in documents:
            if document.complaints:
                plan.unclear.append(document)
            elif document.is_finished:
                plan.finished.append(document)
            else:
                fit.append(document)
        async with self.db.read() as tx:
            here = {each.key for part in _parts(fit, LOOKED_FOR) for each in await _known(tx, books, part)}
        for document in fit:
            (plan.known if document.key in here else plan.new).append(document)
        return plan

    async def carry_out(
        self, books: NamedBooks, documents: Sequence[SheetDocument], names: LedgerNames, told: Callable[[int], None]
    ) -> int:
        """Enter them; how many are new. `told` is called with how many are done."""
        added = done = 0
        for part in _parts(documents, BATCH):
            added += await self._enter([_new(books, document, names) for document in part])
            done += len(part)
            told(done)
        return added

    async def _enter(self, items: Sequence[NewItem]) -> int:
        until = self.clock.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                async with self.db.write() as tx:
                    return sum([(await enter(tx, item))[1] for item in items])
            except BusyError:
                if self.clock.monotonic() >= until:
                    raise
            await self.clock.sleep(BUSY_SECONDS)


async def _known(tx: Tx, books: NamedBooks, documents: Sequence[SheetDocument]) -> list[SheetDocument]:
    """Those that are here: from a list before, or because the list was written from here."""
    keys = {f"sheet:{document.key}" for document in documents}
    ids = {found for document in documents if (found := _uuid(document.id)) is not None}
    ours = (ITEMS.c.workspace_id == books.workspace_id, ITEMS.c.organisation_id == books.organisation_id)
    sources = set((await tx.execute(select(ITEMS.c.source_key).where(*ours, ITEMS.c.source_key.in_(keys)))).scalars())
    items = set((await tx.execute(select(ITEMS.c.id).where(*ours, ITEMS.c.id.in_(ids)))).scalars())
    return [document for document in documents if f"sheet:{document.key}" in sources or _uuid(document.id) in items]


def _parts(documents: Sequence[SheetDocument], size: int) -> Iterator[Sequence[SheetDocument]]:
    return (documents[place : place + size] for place in range(0, len(documents), size))


def _new(books: NamedBooks, document: SheetDocument, names: LedgerNames) -> NewItem:
    return NewItem(
        workspace_id=books.workspace_id,
        organisation_id=books.organisation_id,
        submitted_by=books.admin,
        door=Door.IMPORT,
        source_key=f"sheet:{document.key}",
        kind=document.kind,
        facts=document.facts,
        coding=coding_of(document, names),
    )


def coding_of(document: SheetDocument, names: LedgerNames) -> Coding:
    """As the list says. What its lines have in common is the whole document's, where it says nothing of that itself."""
    whole, lines = names.coding(document.names), tuple(map(names.coding, document.line_names))
    if whole == LineCoding() and len(set(lines)) == 1:
        whole, lines = lines[0], ()
    return Coding(
        account=whole.account,
        tax_rate=whole.tax_rate,
        product=whole.product,
        customer=whole.customer,
        billable=whole.billable,
        tracking=whole.tracking,
        lines=lines,
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        return None
