"""What Xero has of ours: after a lost answer, and to read back what was written."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.ledger_documents import Found, LedgerDocument, LedgerFile, LedgerPayment, differences
from bot.domain.postings import Payment, Posting
from bot.domain.problems import ProblemCode
from bot.domain.texts import folded
from providers.base import Access
from providers.errors import PersonNeededError
from providers.refusals import mapped_errors
from providers.xero.client import PAGE_SIZE, XeroClient
from providers.xero.documents import Link, document_of, file_of, payment_of
from providers.xero.resources import PAYMENTS, RESOURCE_OF, TYPE_OF, Resource

IDS_PER_CALL = 50
"""As many as were written in a call: with 36 characters each, the address is 1,916 long. Those longer than about 2,000 are refused
on the way.
"""
FILTERED_PER_CALL = 20
"""As `IDS_PER_CALL`, where each id stands in a filter."""
MOST_PAGES = 100
ENDED = ("VOIDED", "DELETED")


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks with one client; `link` says where a person opens what it finds."""

    client: XeroClient
    link: Link

    async def find(
        self, access: Access, resource: Resource, postings: Sequence[Posting], *, since: datetime
    ) -> dict[str, Found]:
        """By the address that they carry; those that carry none by what they say."""
        changed = self._changed(access, resource, postings, since)
        if not resource.has_url:
            return _paired(postings, [document async for document in changed])
        wanted = {posting.marker for posting in postings}
        found: dict[str, Found] = {}
        async for document in changed:
            if document.marker in wanted:
                found[document.marker] = document
            if len(found) == len(wanted):
                break
        return found

    async def read(self, access: Access, resource: Resource, ledger_ids: Sequence[str]) -> dict[str, Found]:
        found: dict[str, Found] = {}
        at_once = IDS_PER_CALL if resource.takes_ids else FILTERED_PER_CALL
        for start in range(0, len(ledger_ids), at_once):
            query = by_id(resource, ledger_ids[start : start + at_once])
            answer = await self.client.get(access, resource.path, query)
            found |= {document.ledger_id: document for document in self._standing(answer, resource)}
        return found

    async def same_number(self, access: Access, posting: Posting) -> LedgerDocument | None:
        """By a filter, which says nothing of how a number with quotation marks is written in it."""
        resource = RESOURCE_OF[posting.kind]
        if set(posting.number) & set('"\\'):
            return None
        where = f'Type=="{TYPE_OF[posting.kind]}" AND {resource.number}=="{posting.number}"'
        answer = await self.client.get(access, resource.path, {"where": where, "page": "1"})
        return next(iter(self._standing(answer, resource)), None)

    async def payments(
        self, access: Access, payments: Sequence[Payment], *, since: datetime
    ) -> dict[str, LedgerPayment]:
        """By what stands beside them; one of the same words for another document is another one."""
        found: dict[str, LedgerPayment] = {}
        for start in range(0, len(payments), FILTERED_PER_CALL):
            wanted = {payment.marker: payment.document_id for payment in payments[start : start + FILTERED_PER_CALL]}
            query = " OR ".join(f'Reference=="{marker}"' for marker in wanted)
            standing = await self._payments(access, query, since=since)
            found |= {
                each.marker: each for each in standing if each.marker and wanted.get(each.marker) == each.document_id
            }
        return found

    async def read_payments(self, access: Access, ledger_ids: Sequence[str]) -> dict[str, LedgerPayment]:
        found: dict[str, LedgerPayment] = {}
        for start in range(0, len(ledger_ids), FILTERED_PER_CALL):
            query = " OR ".join(f'PaymentID==guid("{each}")' for each in ledger_ids[start : start + FILTERED_PER_CALL])
            found |= {each.ledger_id: each for each in await self._payments(access, query)}
        return found

    async def _payments(
        self, access: Access, where: str, *, since: datetime | None = None
    ) -> tuple[LedgerPayment, ...]:
        """Those that were not deleted."""
        query = {"where": where, "page": "1", "pageSize": str(PAGE_SIZE)}
        answer = await self.client.get(access, PAYMENTS.path, query, since=since)
        with mapped_errors():
            return tuple(payment_of(each) for each in answer[PAYMENTS.path] if each.get("Status") not in ENDED)

    async def files(self, access: Access, route: str) -> tuple[LedgerFile, ...]:
        """What hangs on a document; on one that is gone, nothing does."""
        try:
            answer = await self.client.get(access, route)
        except PersonNeededError as error:
            if error.problem.code is ProblemCode.DOCUMENT_GONE:
                return ()
            raise
        with mapped_errors():
            return tuple(file_of(element) for element in answer["Attachments"])

    async def _changed(
        self, access: Access, resource: Resource, postings: Sequence[Posting], since: datetime
    ) -> AsyncIterator[LedgerDocument]:
        types = sorted({TYPE_OF[posting.kind] for posting in postings})
        query = {
            "where": " OR ".join(f'Type=="{word}"' for word in types),
            "pageSize": str(PAGE_SIZE),
            "order": "UpdatedDateUTC DESC",
        }
        if resource.takes_ids:
            query["createdByMyApp"] = "true"
        for page in range(1, MOST_PAGES + 1):
            answer = await self.client.get(access, resource.path, {**query, "page": str(page)}, since=since)
            for document in self._standing(answer, resource):
                yield document
            with mapped_errors():
                if len(answer[resource.path]) < PAGE_SIZE:
                    return

    def _standing(self, answer: dict[str, Any], resource: Resource) -> list[LedgerDocument]:
        """Those of an answer that were not voided or deleted."""
        with mapped_errors():
            return [
                document_of(element, resource, self.link)
                for element in answer[resource.path]
                if element.get("Status") not in ENDED
            ]


def by_id(resource: Resource, ledger_ids: Sequence[str]) -> dict[str, str]:
    """The query of these elements, whole."""
    if resource.takes_ids:
        wanted = {"IDs": ",".join(ledger_ids)}
    else:
        wanted = {"where": " OR ".join(f'{resource.id}==guid("{each}")' for each in ledger_ids)}
    return {**wanted, "page": "1", "pageSize": str(PAGE_SIZE)}


def _paired(postings: Sequence[Posting], documents: Sequence[LedgerDocument]) -> dict[str, Found]:
    """Credit notes have no address of ours. One of the same kind, number, day, contact and total, written since we sent
    ours, is ours; and if a person wrote it, it is the same document. Of several that say the same, each is the one that
    agrees to the last word, where there is such a one.
    """
    found: dict[str, Found] = {}
    left = list(documents)
    for is_same in (_agrees, _says_the_same):
        for posting in postings:
            match = next((document for document in left if is_same(document, posting)), None)
            if match is not None and posting.marker not in found:
                found[posting.marker] = match
                left.remove(match)
    return found


def _agrees(document: LedgerDocument, posting: Posting) -> bool:
    return _says_the_same(document, posting) and not differences(posting, document)


def _says_the_same(document: LedgerDocument, posting: Posting) -> bool:
    return _has_contact(document, posting) and (
        document.kind,
        document.number,
        document.issued_on,
        document.currency,
        document.gross,
    ) == (posting.kind, posting.number, posting.issued_on, posting.currency, posting.gross)


def _has_contact(document: LedgerDocument, posting: Posting) -> bool:
    """By its id where it was sent by that; names change."""
    if posting.contact_id is not None:
        return document.contact_id == posting.contact_id
    return folded(document.contact_name or "") == folded(posting.contact_name)
