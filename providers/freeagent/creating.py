"""Writing documents and payments to FreeAgent, a call each, where nothing keeps a second call from writing a second one.

There are no idempotency keys. What was sent under a key in this process is looked for before it is sent again under the same
one; beyond that the product looks by the marker (`Finder.find`). What is sold is safe by itself: its number is taken then.
An invoice is a draft until it is marked as sent, which is a second call; until both are done it is not there.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain.ledger_documents import Found
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Accepted, Outcome, Refused
from providers.base import Access
from providers.errors import PersonNeededError
from providers.freeagent.claiming import Claims
from providers.freeagent.completing import Completer
from providers.freeagent.documents import DRAFT, payment_of
from providers.freeagent.finding import Finder
from providers.freeagent.gone import Gone
from providers.freeagent.resources import EXPENSES, PAYMENTS, RECEIVED, RESOURCES, SPENT, Resource, id_of
from providers.one_by_one import one_by_one
from providers.refusals import mapped_errors, once_written

Json = dict[str, Any]
MOST_KEYS = 2000


@dataclass(frozen=True, slots=True)
class Creator:
    finder: Finder
    completer: Completer
    gone: Gone
    claims: Claims
    _keys: OrderedDict[str, None] = field(default_factory=OrderedDict)

    async def create(self, access: Access, drafts: Sequence[Json], key: str) -> tuple[Outcome, ...]:
        """One outcome each.

        Raises:
            OutcomeUnknownError: also where a later one could not be sent for now, and an earlier one is there already.
        """
        was_sent = key in self._keys

        async def one(_place: int, draft: Json) -> Outcome:
            return await self._one(access, draft, key, was_sent=was_sent)

        return await one_by_one(drafts, one)

    async def _one(self, access: Access, draft: Json, key: str, *, was_sent: bool) -> Outcome:
        if draft["route"] == EXPENSES.name:
            return await self.claims.create(access, draft)
        resource = SPENT if draft["route"] == PAYMENTS else RESOURCES[draft["route"]]
        if was_sent:
            there = await self.finder.marked(access, resource, draft)
            if there is not None and not await self._is_gone_again(access, resource, draft, there):
                return await self._finished(access, resource, draft, there)
        try:
            record = await self.completer.complete(access, draft)
            if isinstance(record, Problem):
                return Refused(problem=record)
            self._remember(key)
            made = await self.finder.client.create(access, resource.path, resource.root, record)
        except PersonNeededError as error:
            return await self._refused(access, resource, draft, error.problem, key)
        return await self._finished(access, resource, draft, made)

    async def _refused(self, access: Access, resource: Resource, draft: Json, problem: Problem, key: str) -> Outcome:
        """Where our own one has the number already, an earlier call wrote it. Bank accounts ask for a higher access level than
        bills, so that of those nothing is said.
        """
        if problem.code is ProblemCode.NUMBER_TAKEN and resource.is_sold:
            there = await self.finder.marked(access, resource, draft)
            if there is not None and await self._is_gone_again(access, resource, draft, there):
                return await self._one(access, draft, key, was_sent=False)
            if there is not None:
                return await self._finished(access, resource, draft, there)
        party = draft.get("party")
        if problem.code is ProblemCode.CONTACT_ARCHIVED and party and self.completer.parties.forget(access, party):
            # whoever was remembered is gone: looked for anew, or made
            return await self._one(access, draft, key, was_sent=False)
        if problem.code is ProblemCode.PERMISSION_MISSING and draft["route"] in (SPENT.name, RECEIVED.name):
            problem = replace(problem, code=ProblemCode.MONEY_NOT_ALLOWED)
        return Refused(problem=await self.gone.told(access, draft["record"], problem))

    async def _finished(self, access: Access, resource: Resource, draft: Json, made: Json) -> Outcome:
        """What is to be sent is marked so; where that is refused, nothing of it stays."""
        with mapped_errors():
            ledger_id = id_of(made["url"])
        if draft.get("sent") and made.get("status") == DRAFT:
            path = f"{resource.path}/{ledger_id}"
            try:
                with once_written():
                    made = await self.finder.client.change(
                        access, path, resource.root, step="/transitions/mark_as_sent"
                    )
            except PersonNeededError as error:
                with once_written():
                    await self.finder.client.delete(access, path)
                return Refused(problem=error.problem)
        return Accepted(ledger_id=ledger_id, record=await self._record(access, resource, draft, made))

    async def _is_gone_again(self, access: Access, resource: Resource, draft: Json, there: Json) -> bool:
        """A draft of ours that was to be marked as sent, and was not, may say what an earlier form of the item said: it makes way
        for what is sent now.
        """
        if not draft.get("sent") or there.get("status") != DRAFT:
            return False
        with mapped_errors():
            number = id_of(there["url"])
        await self.finder.client.delete(access, f"{resource.path}/{number}")
        return True

    async def _record(self, access: Access, resource: Resource, draft: Json, made: Json) -> Found:
        if draft["route"] != PAYMENTS:
            return await self.finder.told(access, resource, made)
        with mapped_errors():
            return payment_of(made)

    def _remember(self, key: str) -> None:
        self._keys[key] = None
        while len(self._keys) > MOST_KEYS:
            self._keys.popitem(last=False)
