"""What QuickBooks has of ours: after a lost answer, and to read back what was written.

Notes cannot be asked for, so what changed lately is read, and compared by its note.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.ledger_documents import Found, LedgerDocument, LedgerFile, LedgerPayment
from bot.domain.postings import Payment, Posting
from bot.domain.texts import folded
from providers.base import Access
from providers.quickbooks.client import QuickBooksClient, among, changed_after, quoted
from providers.quickbooks.documents import Json, Link, document_of, file_of, is_voided, notes_of, payment_of
from providers.quickbooks.resources import ENTITY_OF, Entity, PaymentEntity, entities_of
from providers.refusals import mapped_errors

IDS_PER_CALL = 50


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks with one client; `link` says where a person opens what it finds."""

    client: QuickBooksClient
    link: Link

    async def find(
        self, access: Access, route: str, postings: Sequence[Posting], *, since: datetime
    ) -> dict[str, Found]:
        wanted = {posting.marker for posting in postings}
        found: dict[str, Found] = {}
        for entity in entities_of(route):
            for record in await self.client.whole(access, entity.name, changed_after(since)):
                with mapped_errors():
                    for marker in wanted.intersection(notes_of(record)) if not is_voided(record) else ():
                        found[marker] = document_of(record, entity, self.link)
        return found

    async def read(self, access: Access, route: str, ledger_ids: Sequence[str]) -> dict[str, Found]:
        """Whatever they are, they share one count of ids."""
        found: dict[str, Found] = {}
        for entity in entities_of(route):
            left = [each for each in ledger_ids if each not in found]
            records = await self.records(access, entity.name, left)
            with mapped_errors():
                documents = [document_of(record, entity, self.link) for record in records if not is_voided(record)]
            found |= {document.ledger_id: document for document in documents}
        return found

    async def same_number(self, access: Access, posting: Posting) -> LedgerDocument | None:
        """Numbers are unique within one supplier, or one list of sales; one of the same party comes first."""
        entity = ENTITY_OF[posting.kind]
        records = await self.client.whole(access, entity.name, f"DocNumber = {quoted(posting.number)}")
        with mapped_errors():
            documents = [document_of(record, entity, self.link) for record in records if not is_voided(record)]
        documents.sort(key=lambda document: not _is_of(document, posting))
        return next(iter(documents), None)

    async def payments(
        self, access: Access, entity: PaymentEntity, payments: Sequence[Payment], *, since: datetime
    ) -> dict[str, Found]:
        """By what stands beside them; one of the same words for another document is another one."""
        wanted = {payment.marker: payment.document_id for payment in payments}
        found: dict[str, Found] = {}
        for record in await self.client.whole(access, entity.name, changed_after(since)):
            with mapped_errors():
                payment = payment_of(record, entity)
                for marker in wanted.keys() & set(notes_of(record)):
                    if wanted[marker] == payment.document_id and not is_voided(record):
                        found[marker] = payment
        return found

    async def read_payments(self, access: Access, entity: PaymentEntity, ledger_ids: Sequence[str]) -> dict[str, Found]:
        records = await self.records(access, entity.name, ledger_ids)
        with mapped_errors():
            payments: list[LedgerPayment] = [payment_of(record, entity) for record in records if not is_voided(record)]
        return {payment.ledger_id: payment for payment in payments}

    async def files(self, access: Access, path: str, document_id: str) -> tuple[LedgerFile, ...]:
        """What hangs on a document; on one that is gone, nothing does."""
        found: list[LedgerFile] = []
        for name in dict.fromkeys(entity.name for entity in entities_of(path)):
            of_document = (
                f"AttachableRef.EntityRef.Type = {quoted(name.lower())}",
                f"AttachableRef.EntityRef.value = {quoted(document_id)}",
            )
            records = await self.client.whole(access, "Attachable", *of_document)
            with mapped_errors():
                found += [file_of(record) for record in records]
        return tuple(found)

    async def entity(self, access: Access, path: str, document_id: str) -> Entity:
        """What a document of this route is; where none is found, what most of them are."""
        entities = entities_of(path)
        for entity in entities if len(entities) > 1 else ():
            if await self.records(access, entity.name, [document_id]):
                return entity
        return entities[0]

    async def records(self, access: Access, entity: str, ledger_ids: Sequence[str]) -> list[Json]:
        """Those that there are."""
        found: list[Json] = []
        for start in range(0, len(ledger_ids), IDS_PER_CALL):
            wanted = ledger_ids[start : start + IDS_PER_CALL]
            found += await self.client.whole(access, entity, among("Id", wanted))
        return found


def _is_of(document: LedgerDocument, posting: Posting) -> bool:
    if posting.contact_id is not None:
        return document.contact_id == posting.contact_id
    return folded(document.contact_name or "") == folded(posting.contact_name)
