"""What FreeAgent has of ours: after a lost answer, and to read back what was written.

Comments and descriptions cannot be asked for, so what changed lately is read, and compared by its words. An invoice that is
there and still a draft, though it was to be sent, is not there yet: sent again, it is found by its number and marked as sent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.ledger_documents import Found, LedgerDocument, LedgerFile, LedgerPayment
from bot.domain.postings import Payment, Posting
from bot.domain.settings import PaymentStatus
from providers.base import Access
from providers.freeagent.client import FreeAgentClient
from providers.freeagent.currencies import Currencies
from providers.freeagent.documents import DRAFT, Json, Link, document_of, files_of, markers_of, payment_of
from providers.freeagent.resources import (
    CREDIT_NOTE,
    EXPLANATIONS,
    INVOICE,
    RESOURCE_OF,
    SPENT,
    Resource,
    optional_id,
    paid_by,
)
from providers.refusals import mapped_errors

PAGES_OF_SALES = 5
"""How far back a number is looked for, by hundreds."""
PAYS = ("paid_bill", "paid_invoice")


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks with one client; `link` says where a person opens what it finds."""

    client: FreeAgentClient
    currencies: Currencies
    link: Link

    async def find(
        self, access: Access, resource: Resource, postings: Sequence[Posting], *, since: datetime
    ) -> dict[str, Found]:
        drafts = {posting.marker for posting in postings if posting.status is PaymentStatus.DRAFT}
        found: dict[str, Found] = {}
        for bank_account, wanted in _by_account(postings).items():
            rows = await self.client.documents(access, resource, since=since, bank_account=bank_account)
            with mapped_errors():
                marked = [
                    (marker, row)
                    for row in rows
                    for marker in wanted.keys() & markers_of(row)
                    if not (row.get("status") == DRAFT and marker not in drafts) and not _pays(row)
                ]
            for marker, row in marked:
                found[marker] = await self.told(access, resource, row)
        return found

    async def told(self, access: Access, resource: Resource, row: Json) -> LedgerDocument:
        """A record in our words."""
        currency = None
        if resource.path == EXPLANATIONS:
            with mapped_errors():
                account = optional_id(row["bank_account"]) or ""
            currency = await self.currencies.of_account(access, account)
        with mapped_errors():
            return document_of(row, resource, self.link, currency=currency)

    async def read(self, access: Access, resource: Resource, ledger_ids: Sequence[str]) -> dict[str, Found]:
        found: dict[str, Found] = {}
        for ledger_id in ledger_ids:
            row = await self.client.one(access, resource.path, ledger_id, resource.root)
            if row is not None:
                found[ledger_id] = await self.told(access, resource, row)
        return found

    async def marked(self, access: Access, resource: Resource, draft: Json) -> Json | None:
        """What stands there of a draft, by its marker: of that day; of sales, which cannot be asked for by day, one of the newest.
        Of payments, one of the same document.
        """
        if resource.is_sold:
            rows = await self.client.documents(access, resource, most=PAGES_OF_SALES)
        else:
            on = date.fromisoformat(draft["on"])
            rows = await self.client.documents(access, resource, on=on, bank_account=draft["bank_account"])
        with mapped_errors():
            of = draft.get("pays")
            return next((row for row in rows if draft["marker"] in markers_of(row) and _paid(row) == of), None)

    async def same_number(self, access: Access, posting: Posting) -> LedgerDocument | None:
        """Numbers are unique among invoices and credit notes together; of bills and money they may be used again."""
        if not RESOURCE_OF[posting.kind].is_sold:
            return None
        for resource in (INVOICE, CREDIT_NOTE):
            for row in await self.client.documents(access, resource, most=PAGES_OF_SALES):
                if row.get("reference") == posting.number:
                    return await self.told(access, resource, row)
        return None

    # Payments

    async def payments(self, access: Access, payments: Sequence[Payment], *, since: datetime) -> dict[str, Found]:
        """By what stands beside them; one of the same words for another document is another one."""
        found: dict[str, Found] = {}
        for account in dict.fromkeys(payment.bank_account for payment in payments):
            rows = await self.client.documents(access, SPENT, since=since, bank_account=account)
            for payment in payments:
                with mapped_errors():
                    own = [row for row in rows if payment.marker in markers_of(row) and _paid(row) == paid_by(payment)]
                    if own:
                        found[payment.marker] = payment_of(own[0])
        return found

    async def read_payments(self, access: Access, ledger_ids: Sequence[str]) -> dict[str, Found]:
        found: dict[str, Found] = {}
        for ledger_id in ledger_ids:
            payment = await self.payment(access, ledger_id)
            if payment is not None:
                found[ledger_id] = payment
        return found

    async def payment(self, access: Access, ledger_id: str) -> LedgerPayment | None:
        row = await self.client.one(access, SPENT.path, ledger_id, SPENT.root)
        if row is None or not _pays(row):
            return None
        with mapped_errors():
            return payment_of(row)

    # Files

    async def files(self, access: Access, resource: Resource, document_id: str) -> list[LedgerFile]:
        """What hangs on a document; on one that is gone, nothing does."""
        row = await self.client.one(access, resource.path, document_id, resource.root)
        if row is None:
            return []
        with mapped_errors():
            return files_of(row)


def _pays(row: Json) -> bool:
    return _paid(row) is not None


def _paid(row: Json) -> str | None:
    """The path of the document that an explanation pays: ids of two kinds may be the same."""
    return next(("/".join(str(row[name]).rsplit("/", 2)[-2:]) for name in PAYS if row.get(name)), None)


def _by_account(postings: Iterable[Posting]) -> dict[str | None, dict[str, Posting]]:
    """Explanations are asked for by bank account; of all else there is one list."""
    found: dict[str | None, dict[str, Posting]] = {}
    for posting in postings:
        account = posting.bank_account if posting.kind.is_of_bank else None
        found.setdefault(account, {})[posting.marker] = posting
    return found
