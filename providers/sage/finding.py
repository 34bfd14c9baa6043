"""What Sage has of ours: after a lost answer, and to read back what was written.

Notes cannot be asked for, and money spent and received cannot be searched at all, so what changed lately is read, and compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.ledger_documents import Found, LedgerDocument, LedgerFile
from bot.domain.postings import Payment, Posting
from bot.domain.texts import folded
from providers.base import Access
from providers.refusals import mapped_errors
from providers.sage.client import SageClient
from providers.sage.documents import (
    ATTRIBUTES,
    PAYMENT_ATTRIBUTES,
    Json,
    Link,
    document_of,
    file_of,
    is_gone,
    notes_of,
    payment_of,
)
from providers.sage.resources import ATTACHMENTS, OTHER_PAYMENTS, PAYMENTS, RESOURCE_OF, Resource

WHOLE = {"show_analysis_types": "true", "show_payments_allocations": "true"}


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks with one client; `link` says where a person opens what it finds."""

    client: SageClient
    link: Link

    async def find(
        self, access: Access, resource: Resource, postings: Sequence[Posting], *, since: datetime
    ) -> dict[str, Found]:
        wanted = {posting.marker for posting in postings}
        found: dict[str, Found] = {}
        query = {"updated_or_created_since": _moment(since), "attributes": ATTRIBUTES}
        for record in await self.client.whole(access, resource.plural, query):
            with mapped_errors():
                for marker in wanted.intersection(notes_of(record, resource)) if not is_gone(record) else ():
                    found[marker] = document_of(record, resource, self.link)
        return found

    async def read(self, access: Access, resource: Resource, ledger_ids: Sequence[str]) -> dict[str, Found]:
        """One call each: a list tells neither payments nor analysis."""
        found: dict[str, Found] = {}
        for ledger_id in ledger_ids:
            record = await self.record(access, resource, ledger_id)
            with mapped_errors():
                if record is not None and not is_gone(record):
                    found[ledger_id] = document_of(record, resource, self.link)
        return found

    async def record(self, access: Access, resource: Resource, ledger_id: str) -> Json | None:
        """All that there is of a document; of one that was deleted, too."""
        return await self.client.one(access, resource.plural, ledger_id, WHOLE)

    async def same_number(self, access: Access, posting: Posting) -> LedgerDocument | None:
        """One of the same party comes first. Money spent and received cannot be searched."""
        resource = RESOURCE_OF[posting.kind]
        if resource is OTHER_PAYMENTS:
            return None
        query = {"search": posting.number, "attributes": ATTRIBUTES}
        records = await self.client.whole(access, resource.plural, query)
        with mapped_errors():
            standing = [document_of(one, resource, self.link) for one in records if not is_gone(one)]
        documents = [document for document in standing if document.number == posting.number]
        documents.sort(key=lambda document: not _is_of(document, posting))
        return next(iter(documents), None)

    async def payments(self, access: Access, payments: Sequence[Payment], *, since: datetime) -> dict[str, Found]:
        """By what stands beside them; one of the same words for another document is another one."""
        wanted = {payment.marker: payment.document_id for payment in payments}
        found: dict[str, Found] = {}
        query = {"updated_or_created_since": _moment(since), "attributes": PAYMENT_ATTRIBUTES}
        for record in await self.client.whole(access, PAYMENTS, query):
            with mapped_errors():
                payment = payment_of(record)
                is_ours = payment.marker in wanted and wanted[payment.marker] == payment.document_id
                if is_ours and payment.marker is not None and not is_gone(record):
                    found[payment.marker] = payment
        return found

    async def read_payments(self, access: Access, ledger_ids: Sequence[str]) -> dict[str, Found]:
        found: dict[str, Found] = {}
        for ledger_id in ledger_ids:
            record = await self.client.one(access, PAYMENTS, ledger_id)
            with mapped_errors():
                if record is not None and not is_gone(record):
                    found[ledger_id] = payment_of(record)
        return found

    async def files(self, access: Access, route: str) -> tuple[LedgerFile, ...]:
        """What hangs on the document of this route."""
        _, document_id, context = route.split("/")
        query = {
            "attachment_context_id": document_id,
            "attachment_context_type_id": context,
            "attributes": "file_name,file_size,deleted_at",
        }
        records = await self.client.whole(access, ATTACHMENTS, query)
        with mapped_errors():
            return tuple(file_of(record) for record in records if not is_gone(record))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _is_of(document: LedgerDocument, posting: Posting) -> bool:
    if posting.contact_id is not None:
        return document.contact_id == posting.contact_id
    return folded(document.contact_name or "") == folded(posting.contact_name)
