"""Taking a document out of Xero's books: a draft is deleted, what was approved is voided, a bank transaction is deleted.

Sources: developer.xero.com "Invoices" (Invoice status codes; "Deleting and voiding": a POST of the id with a status),
"Credit Notes", "Bank Transactions" (DELETED only), "Payments" (a POST of `Status` DELETED takes one back). What has
payments or credits against it is not voided; Xero's own words for that are in `providers.xero.errors`.

The document is read before anything is done to it, every time: what is to be done depends on how it stands, and after a
lost answer it stands no more.
"""

from dataclasses import dataclass, replace
from typing import Any

from bot.domain.ledger_documents import EndedDocument, changes
from bot.domain.postings import Ending, PostingKind, Withdrawal
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Accepted, Outcome
from bot.domain.settings import PaymentStatus
from providers.base import Access
from providers.errors import PersonNeededError, ReconnectNeededError
from providers.refusals import mapped_errors
from providers.taking_back import in_turn, kept
from providers.xero.client import XeroClient
from providers.xero.documents import Link, document_of
from providers.xero.finding import by_id
from providers.xero.resources import RESOURCE_OF, RESOURCES, route_of

ENDINGS = {"VOIDED": Ending.VOIDED, "DELETED": Ending.DELETED}
UNAPPROVED = (PaymentStatus.DRAFT, PaymentStatus.AWAITING_APPROVAL)
APPROVED = ("AUTHORISED", "PAID")
PAYMENTS = "Payments"
SETTLEMENTS = ("Payments", "CreditNotes", "Prepayments", "Overpayments", "Allocations")
"""What stands against a document, as it lists them."""


def ending_of(kind: PostingKind, status: PaymentStatus) -> Ending:
    """What becomes of a document that was published so."""
    return Ending.DELETED if kind.is_of_bank or status in UNAPPROVED else Ending.VOIDED


def is_of_document(route: str) -> bool:
    """Whether a route is that of one document, and not of a list or of its files."""
    path, _, rest = route.partition("/")
    return path in RESOURCES and bool(rest) and "/" not in rest


@dataclass(frozen=True, slots=True)
class Withdrawer:
    """Works with one client; `link` says where a person opens a document."""

    client: XeroClient
    link: Link

    async def withdraw(self, access: Access, withdrawal: Withdrawal, *, idempotency_key: str) -> Outcome:
        found = await self._document(access, route_of(withdrawal))
        ended = _ended(found, withdrawal.document_id)
        if found is None or ended is not None:
            return Accepted(ledger_id=withdrawal.document_id, record=ended)
        with mapped_errors():
            obstacle = _obstacle(found, withdrawal, self.link)
            payments = [str(payment["PaymentID"]) for payment in found.get("Payments") or []]
            body = _last_version(found, withdrawal)
        if obstacle is not None:
            return kept(withdrawal, obstacle, payments)

        async def take_back(payment: str) -> None:
            await self._take_back(access, payment, f"{idempotency_key}:{payment}")

        async def end() -> None:
            await self.client.post(access, route_of(withdrawal), body, idempotency_key)

        return await in_turn(withdrawal, payments, take_back, end)

    async def _take_back(self, access: Access, payment: str, key: str) -> None:
        try:
            await self.client.post(access, f"{PAYMENTS}/{payment}", {"Status": "DELETED"}, key)
        except ReconnectNeededError as error:
            if error.problem.code is ProblemCode.ACCESS_REMOVED:
                raise
            # of a sign-in that was not asked for payments; all else goes on by it
            raise PersonNeededError(replace(error.problem, code=ProblemCode.PERMISSION_MISSING)) from error

    async def ended(self, access: Access, route: str) -> dict[str, EndedDocument]:
        """The document of this route by its id, where it stands no more."""
        document_id = route.partition("/")[2]
        found = _ended(await self._document(access, route), document_id)
        return {} if found is None else {document_id: found}

    async def _document(self, access: Access, route: str) -> dict[str, Any] | None:
        """None: Xero has no such document. It has to say so twice, because what is gone is published again."""
        path, _, document_id = route.partition("/")
        try:
            answer = await self.client.get(access, route)
        except PersonNeededError as error:
            if error.problem.code is not ProblemCode.DOCUMENT_GONE:
                raise
            answer = await self.client.get(access, path, by_id(RESOURCES[path], [document_id]))
        with mapped_errors():
            return next(iter(answer[path]), None)


def _ended(found: dict[str, Any] | None, document_id: str) -> EndedDocument | None:
    if found is None:
        return EndedDocument(ledger_id=document_id, ending=Ending.GONE)
    ending = ENDINGS.get(found.get("Status", ""))
    return None if ending is None else EndedDocument(ledger_id=document_id, ending=ending)


def _last_version(found: dict[str, Any], withdrawal: Withdrawal) -> dict[str, Any]:
    """What is sent to end it: its id and its last status. What Xero's description of a bank transaction requires besides
    is as it stands there; without lines, as in its example of a change.
    """
    resource = RESOURCE_OF[withdrawal.kind]
    key = {resource.id: withdrawal.document_id}
    if withdrawal.kind.is_of_bank:
        account = {"AccountID": found["BankAccount"]["AccountID"]}
        element = {**key, "Status": "DELETED", "Type": found["Type"], "BankAccount": account, "LineItems": []}
    else:
        element = {**key, "Status": "VOIDED" if found["Status"] in APPROVED else "DELETED"}
    return {resource.path: [element]}


def _obstacle(found: dict[str, Any], withdrawal: Withdrawal, link: Link) -> Problem | None:
    """What people have to hear of first. What somebody else settled of it is theirs; our own payments go with it."""
    settled = [one for name in SETTLEMENTS for one in found.get(name) or []]
    if any(one.get("PaymentID") not in withdrawal.payments for one in settled):
        return Problem(code=ProblemCode.WITHDRAWAL_SETTLED)
    changed = changes(withdrawal.posting, document_of(found, RESOURCE_OF[withdrawal.kind], link))
    if changed and changed != withdrawal.known:
        return Problem(code=ProblemCode.WITHDRAWAL_CHANGED, facts={"differences": changed})
    return None
