"""Whom a document is from or to, by the id that Sage knows them by: known already, found by name, or made.

A contact has one type ("Invoicing" guide), and names are not unique.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.domain.problems import Problem, ProblemCode
from bot.domain.texts import folded
from providers.base import Access
from providers.errors import OutcomeUnknownError, PersonNeededError, TryLaterError
from providers.refusals import mapped_errors
from providers.sage.client import SageClient, derived_key
from providers.sage.errors import OF_THE_WHOLE

Json = dict[str, Any]
CONTACTS = "contacts"


@dataclass(frozen=True, slots=True)
class Parties:
    client: SageClient
    clock: Clock

    async def of(self, access: Access, draft: Json) -> str | Problem:
        """The contact of a draft.

        Raises:
            TryLaterError: somebody new could not be made for now; the document was not written.
        """
        if draft["party"]["id"]:
            return str(draft["party"]["id"])
        name = " ".join(draft["party"]["name"].split())
        if not name:
            return Problem(code=ProblemCode.CONTACT_MISSING)
        for side in draft["sides"]:
            found = await self._named(access, side, name)
            if found:
                return _of_currency(found, draft["currency"])
        return await self._made(access, draft, name)

    async def _named(self, access: Access, side: str, name: str) -> Sequence[Json]:
        """All of this type who have the name, whatever its capitals. Sage looks for a part of a name, or of other fields."""
        query = {"search": name, "contact_type_id": side, "attributes": "name,currency,deleted_at"}
        found = await self.client.whole(access, CONTACTS, query)
        with mapped_errors():
            return [one for one in found if folded(one["name"]) == folded(name) and not one.get("deleted_at")]

    async def _made(self, access: Access, draft: Json, name: str) -> str | Problem:
        """By a key of its own, the same all day whichever document it is for: another one may come before lists show who was
        made a moment ago.
        """
        side, today = draft["sides"][0], self.clock.now().date().isoformat()
        record = {"name": name, "contact_type_ids": [side], "currency_id": draft["currency"]}
        its_key = derived_key(access.tenant_id, side, name, draft["currency"], today)
        try:
            made = await self.client.create(access, CONTACTS, record, its_key)
        except OutcomeUnknownError as error:
            # its key finds it again; the document itself was not sent
            raise TryLaterError(error.problem, after_seconds=error.after_seconds) from error
        except PersonNeededError as error:
            if error.problem.code in OF_THE_WHOLE:
                raise
            return error.problem
        with mapped_errors():
            return str(made["id"])


def _of_currency(found: Sequence[Json], currency: str) -> str:
    """One who is kept in the document's currency comes first."""
    with mapped_errors():
        ordered = sorted(found, key=lambda one: (one.get("currency") or {}).get("id") != currency)
        return str(ordered[0]["id"])
