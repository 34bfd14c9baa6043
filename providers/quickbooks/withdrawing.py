"""Taking a document out of QuickBooks' books: it is deleted. Bills cannot be voided there, and the number of an invoice that
is voided stays taken, so that it could not be published again.

Sources: "Bill", "VendorCredit", "Purchase", "Deposit", "Invoice", "CreditMemo", "BillPayment", "Payment" (delete), "Change
data capture" (what was deleted). A record is changed by the version of it that was read, and each payment of it makes
another version, so it is read before each step.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.domain.ledger_documents import EndedDocument, changes
from bot.domain.postings import Ending, Withdrawal
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Accepted, Outcome
from providers.base import Access
from providers.errors import PersonNeededError
from providers.quickbooks.client import derived_key
from providers.quickbooks.documents import BILLED, Json, document_of, is_voided
from providers.quickbooks.finding import Finder
from providers.quickbooks.resources import ENTITIES, PAYMENT_OF, Entity, entities_of, route_of
from providers.refusals import mapped_errors
from providers.taking_back import in_turn, kept

TOLD_FOR = timedelta(days=29)
"""Change data capture goes back thirty days."""
SETTLES = ("BillPayment", "BillPaymentCheck", "BillPaymentCreditCard", "Payment", "VendorCredit", "CreditMemo")
SETTLES_ALSO = ("Bill", "Invoice", "Deposit", "JournalEntry", "RefundReceipt", "Check", "Expense")
"""What is linked to a document that takes from it; an estimate or a purchase order does not."""


@dataclass(frozen=True, slots=True)
class Withdrawer:
    finder: Finder
    clock: Clock

    async def withdraw(self, access: Access, withdrawal: Withdrawal, *, idempotency_key: str) -> Outcome:
        route = route_of(withdrawal)
        entity, found = await self._record(access, route)
        ended = await self._ended(access, route, found)
        if found is None or ended is not None:
            return Accepted(ledger_id=withdrawal.document_id, record=ended)
        with mapped_errors():
            obstacle = self._obstacle(found, withdrawal, entity)
            payments = [linked for linked in _settlements(found) if linked in withdrawal.payments]
        if obstacle is not None:
            return kept(withdrawal, obstacle, payments)
        return await in_turn(
            withdrawal,
            payments,
            take_back=lambda payment: self._take_back(access, withdrawal, payment, idempotency_key),
            end=lambda: self._delete(access, route, idempotency_key),
        )

    async def ended(self, access: Access, route: str) -> dict[str, EndedDocument]:
        """The document of this route by its id, where it stands no more."""
        _, record = await self._record(access, route)
        found = await self._ended(access, route, record)
        return {} if found is None else {found.ledger_id: found}

    async def _record(self, access: Access, route: str) -> tuple[Entity, Json | None]:
        path, _, document_id = route.partition("/")
        for entity in entities_of(path):
            for record in await self.finder.records(access, entity.name, [document_id]):
                return entity, record
        return ENTITIES[path], None

    async def _ended(self, access: Access, route: str, found: Json | None) -> EndedDocument | None:
        path, _, document_id = route.partition("/")
        if found is not None:
            return EndedDocument(ledger_id=document_id, ending=Ending.VOIDED) if is_voided(found) else None
        since = self.clock.now() - TOLD_FOR
        for entity in entities_of(path):
            if document_id in await self.finder.client.deleted(access, entity.name, since):
                return EndedDocument(ledger_id=document_id, ending=Ending.DELETED)
        return EndedDocument(ledger_id=document_id, ending=Ending.GONE)

    async def _delete(self, access: Access, route: str, key: str) -> None:
        entity, found = await self._record(access, route)
        if found is not None:
            await self.finder.client.delete(
                access, entity.path, found, derived_key(key, found["Id"], found["SyncToken"])
            )

    async def _take_back(self, access: Access, withdrawal: Withdrawal, payment_id: str, key: str) -> None:
        """Raises:
        PersonNeededError: somebody made it pay something else as well, which would not be paid any more.
        """
        entity = PAYMENT_OF[withdrawal.kind]
        for record in await self.finder.records(access, entity.name, [payment_id]):
            with mapped_errors():
                paid = {str(link["TxnId"]) for link in _linked_in_lines(record)}
            if paid - {withdrawal.document_id}:
                raise PersonNeededError(Problem(code=ProblemCode.WITHDRAWAL_SETTLED))
            its_key = derived_key(key, payment_id, record["SyncToken"])
            await self.finder.client.delete(access, entity.path, record, its_key)

    def _obstacle(self, found: Json, withdrawal: Withdrawal, entity: Entity) -> Problem | None:
        """What people have to hear of first. What somebody else settled of it is theirs; our own payments go with it."""
        if any(linked not in withdrawal.payments for linked in _settlements(found)):
            return Problem(code=ProblemCode.WITHDRAWAL_SETTLED)
        if _is_billed_on(found):
            return Problem(code=ProblemCode.WITHDRAWAL_BILLED_ON)
        document = document_of(found, entity, self.finder.link)
        changed = changes(withdrawal.posting, document)
        if changed and changed != withdrawal.known:
            return Problem(code=ProblemCode.WITHDRAWAL_CHANGED, facts={"differences": changed})
        return None


def _is_billed_on(found: Json) -> bool:
    """Whether a line is on a customer's invoice: QuickBooks lets the bill go all the same, and the invoice asks for it still."""
    details = (line.get(line.get("DetailType") or "") or {} for line in found.get("Line") or [])
    return any(one.get("BillableStatus") == BILLED for one in details)


def _settlements(found: Json) -> list[str]:
    links = [*(found.get("LinkedTxn") or []), *_linked_in_lines(found)]
    return [str(link["TxnId"]) for link in links if link.get("TxnType") in (*SETTLES, *SETTLES_ALSO)]


def _linked_in_lines(found: Json) -> list[Json]:
    return [link for line in found.get("Line") or [] for link in line.get("LinkedTxn") or []]
