"""Taking a document out of FreeAgent's books: it is deleted. An invoice or a credit note becomes a draft again first, because
only drafts are deleted ("Invoices", transitions). What is paid is not deleted: our own payments go before it.

What is gone is answered with 404 like what never was; of an id that FreeAgent gave, it was deleted.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from bot.domain.ledger_documents import EndedDocument, changes
from bot.domain.postings import Ending, PostingKind, Withdrawal
from bot.domain.problems import IS_DRAFT, Problem, ProblemCode
from bot.domain.publishing import Accepted, Outcome
from bot.domain.settings import PaymentStatus
from providers.base import Access
from providers.errors import PersonNeededError
from providers.freeagent.claiming import Claims
from providers.freeagent.client import is_id
from providers.freeagent.documents import DRAFT, Json
from providers.freeagent.finding import Finder
from providers.freeagent.left_transactions import LeftTransactions
from providers.freeagent.resources import EXPENSES, EXPLANATIONS, RESOURCES, Resource, optional_id, route_of
from providers.refusals import mapped_errors, once_written
from providers.taking_back import in_turn, kept


@dataclass(frozen=True, slots=True)
class Withdrawer:
    finder: Finder
    claims: Claims

    async def withdraw(self, access: Access, withdrawal: Withdrawal) -> Outcome:
        if withdrawal.kind is PostingKind.EXPENSES:
            return await self.claims.withdraw(access, withdrawal)
        resource, found = await self._record(access, route_of(withdrawal))
        transactions = LeftTransactions(self.finder.client)
        if found is None:
            if resource.path == EXPLANATIONS and is_id(withdrawal.document_id):
                await transactions.delete(access, await transactions.of(access, withdrawal))
            ended = _ended(withdrawal.document_id)
            return Accepted(ledger_id=withdrawal.document_id, record=ended)
        standing, paid = await self._paid(access, withdrawal)
        obstacle = await self._obstacle(access, resource, found, withdrawal, paid)
        if obstacle is not None:
            return kept(withdrawal, obstacle, standing)
        is_begun = len(standing) < len(withdrawal.payments)
        moved = await transactions.of(access, withdrawal, found) if is_begun else []

        async def take_back(payment: str) -> None:
            moved.extend(await self._delete_explanation(access, payment))

        async def end() -> None:
            await transactions.delete(access, moved)
            await self._delete(access, resource, found, withdrawal)

        return await in_turn(withdrawal, standing, take_back, end)

    async def ended(self, access: Access, route: str) -> dict[str, EndedDocument]:
        """The document of this route by its id, where it stands no more."""
        name, _, document_id = route.partition("/")
        if name == EXPENSES.name:
            return await self.claims.ended(access, document_id)
        _, found = await self._record(access, route)
        return {} if found is not None else {document_id: _ended(document_id)}

    async def _record(self, access: Access, route: str) -> tuple[Resource, Json | None]:
        name, _, document_id = route.partition("/")
        resource = RESOURCES[name]
        return resource, await self.finder.client.one(access, resource.path, document_id, resource.root)

    async def _paid(self, access: Access, withdrawal: Withdrawal) -> tuple[list[str], Decimal]:
        """Our payments that stand still, and what they come to."""
        standing, paid = [], Decimal(0)
        for payment_id in withdrawal.payments:
            payment = await self.finder.payment(access, payment_id)
            if payment is not None:
                standing.append(payment_id)
                paid += payment.amount
        return standing, paid

    async def _obstacle(
        self, access: Access, resource: Resource, found: Json, withdrawal: Withdrawal, paid: Decimal
    ) -> Problem | None:
        """What people have to hear of first. What somebody else settled of it is theirs; our own payments go with it."""
        document = await self.finder.told(access, resource, found)
        if resource.is_sold and found.get("status") == DRAFT:
            # as it is on the way out: an earlier try got so far
            document = replace(document, status=withdrawal.posting.status)
        with mapped_errors():
            total, due = abs(Decimal(found.get("total_value") or 0)), found.get("due_value")
            settled = Decimal(0) if due is None else total - abs(Decimal(due))
        changed = changes(withdrawal.posting, document)
        if settled != paid:
            return Problem(code=ProblemCode.WITHDRAWAL_SETTLED)
        if changed and changed != withdrawal.known:
            return Problem(code=ProblemCode.WITHDRAWAL_CHANGED, facts={"differences": changed})
        return None

    async def _delete(self, access: Access, resource: Resource, found: Json, withdrawal: Withdrawal) -> None:
        if resource.path == EXPLANATIONS:
            moved = await self._delete_explanation(access, withdrawal.document_id)
            with once_written():
                await LeftTransactions(self.finder.client).delete(access, moved)
            return
        path = f"{resource.path}/{withdrawal.document_id}"
        if not resource.is_sold or withdrawal.posting.status is PaymentStatus.DRAFT:
            await self.finder.client.delete(access, path)
            return
        is_sent = found.get("status") != DRAFT
        if is_sent:
            await self._step(access, path, resource, "mark_as_draft")
        with once_written(is_written=is_sent):
            await self._delete_draft(access, path, resource)

    async def _delete_draft(self, access: Access, path: str, resource: Resource) -> None:
        """Of what was sent, and is a draft to be deleted. Where that is refused it is sent again, as it was before."""
        try:
            await self.finder.client.delete(access, path)
        except PersonNeededError as error:
            try:
                with once_written():
                    await self._step(access, path, resource, "mark_as_sent")
            except PersonNeededError:
                raise PersonNeededError(error.problem.with_facts(**{IS_DRAFT: "yes"})) from error
            raise

    async def _step(self, access: Access, path: str, resource: Resource, name: str) -> None:
        await self.finder.client.change(access, path, resource.root, step=f"/transitions/{name}")

    async def _delete_explanation(self, access: Access, explanation_id: str) -> list[str]:
        """Answers the id of the transaction that it was of."""
        client = self.finder.client
        found = await client.one(access, EXPLANATIONS, explanation_id, EXPLANATIONS.removesuffix("s"))
        await client.delete(access, f"{EXPLANATIONS}/{explanation_id}")
        transaction_id = optional_id((found or {}).get("bank_transaction"))
        return [] if transaction_id is None else [transaction_id]


def _ended(document_id: str) -> EndedDocument:
    return EndedDocument(ledger_id=document_id, ending=Ending.DELETED if is_id(document_id) else Ending.GONE)
