"""Taking a document out of Sage's books: purchases, money spent and received, and drafts are deleted; a sale that is out is
voided, with a reason.

Sources: the `DELETE` of each resource in the reference of version 3.1; `deleted_since` of their lists.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta

from bot.clock import Clock
from bot.domain.ledger_documents import EndedDocument, changes
from bot.domain.postings import Ending, PostingKind, Withdrawal
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Accepted, Outcome
from bot.domain.settings import PaymentStatus
from providers.base import Access
from providers.errors import PersonNeededError
from providers.refusals import mapped_errors
from providers.sage.documents import VOID, Json, document_of, settlements_of, status_code
from providers.sage.finding import Finder
from providers.sage.resources import PAYMENTS, RESOURCE_OF, RESOURCES, Resource
from providers.taking_back import in_turn, kept

REASON = "Withdrawn in Dext"
TOLD_FOR = timedelta(days=90)
"""How far back a list of what was deleted is asked for; how far it goes is not said (unverified)."""


def ending_of(kind: PostingKind, status: PaymentStatus) -> Ending:
    return Ending.VOIDED if RESOURCE_OF[kind].is_voided and status.is_approved else Ending.DELETED


@dataclass(frozen=True, slots=True)
class Withdrawer:
    finder: Finder
    clock: Clock

    async def withdraw(self, access: Access, withdrawal: Withdrawal) -> Outcome:
        resource, document_id = RESOURCE_OF[withdrawal.kind], withdrawal.document_id
        found = await self.finder.record(access, resource, document_id)
        ended = await self._ended(access, resource, document_id, found)
        if found is None or ended is not None:
            return Accepted(ledger_id=document_id, record=ended)
        with mapped_errors():
            settled = [payment_id for payment_id, _, _ in settlements_of(found)]
            obstacle = self._obstacle(found, withdrawal, resource, settled)
            payments = [each for each in withdrawal.payments if each in settled]
        if obstacle is not None:
            return kept(withdrawal, obstacle, payments)
        reason = {"void_reason": REASON} if resource.is_voided else None
        return await in_turn(
            withdrawal,
            payments,
            take_back=lambda payment: self._take_back(access, payment, document_id),
            end=lambda: self._delete(access, resource.plural, document_id, reason),
        )

    async def ended(self, access: Access, route: str) -> dict[str, EndedDocument]:
        """The document of this route by its id, where it stands no more."""
        plural, _, document_id = route.partition("/")
        resource = RESOURCES[plural]
        record = await self.finder.record(access, resource, document_id)
        found = await self._ended(access, resource, document_id, record)
        return {} if found is None else {document_id: found}

    async def _ended(
        self, access: Access, resource: Resource, document_id: str, found: Json | None
    ) -> EndedDocument | None:
        if found is None:
            since = (self.clock.now() - TOLD_FOR).astimezone(UTC).isoformat(timespec="seconds")
            told = await self.finder.client.whole(access, resource.plural, {"deleted_since": since})
            was_there = any(one.get("id") == document_id for one in told)
            return EndedDocument(ledger_id=document_id, ending=Ending.DELETED if was_there else Ending.GONE)
        if found.get("deleted_at"):
            return EndedDocument(ledger_id=document_id, ending=Ending.DELETED)
        if status_code(found) == VOID:
            return EndedDocument(ledger_id=document_id, ending=Ending.VOIDED)
        return None

    async def _take_back(self, access: Access, payment_id: str, document_id: str) -> None:
        """Raises:
        PersonNeededError: somebody made it pay something else as well, which would not be paid any more.
        """
        found = await self.finder.client.one(access, PAYMENTS, payment_id)
        with mapped_errors():
            paid = {str(one["artefact"]["id"]) for one in (found or {}).get("allocated_artefacts") or []}
        if paid - {document_id}:
            raise PersonNeededError(Problem(code=ProblemCode.WITHDRAWAL_SETTLED))
        await self._delete(access, PAYMENTS, payment_id)

    async def _delete(self, access: Access, plural: str, key: str, query: dict[str, str] | None = None) -> None:
        """What is gone meanwhile is done already."""
        try:
            await self.finder.client.delete(access, plural, key, query)
        except PersonNeededError as error:
            if error.problem.code is not ProblemCode.DOCUMENT_GONE:
                raise

    def _obstacle(
        self, found: Json, withdrawal: Withdrawal, resource: Resource, settled: Sequence[str]
    ) -> Problem | None:
        """What people have to hear of first. What somebody else settled of it is theirs; our own payments go with it."""
        if any(payment not in withdrawal.payments for payment in settled):
            return Problem(code=ProblemCode.WITHDRAWAL_SETTLED)
        changed = changes(withdrawal.posting, document_of(found, resource, self.finder.link))
        if changed and changed != withdrawal.known:
            return Problem(code=ProblemCode.WITHDRAWAL_CHANGED, facts={"differences": changed})
        return None
