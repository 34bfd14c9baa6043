"""Whom a document is from or to, by the id that Sage knows them by: known already, found by name, or made.

A contact has one type ("Invoicing" guide), and names are not unique. Who was found is remembered for a while, so that bills of
one supplier that come together are a call each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
REMEMBERED_FOR = timedelta(minutes=10)
MOST = 5000
"""So many are remembered; then it begins anew."""


@dataclass(frozen=True, slots=True)
class Parties:
    client: SageClient
    clock: Clock
    _found: dict[tuple[str, ...], tuple[str, datetime]] = field(default_factory=dict)
    _gone: dict[tuple[str, ...], int] = field(default_factory=dict)
    """How often whoever was remembered was gone: who is made then is another one."""

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
        key = _key(access, draft)
        remembered, at = self._found.get(key, ("", None))
        if at is not None and self.clock.now() < at + REMEMBERED_FOR:
            return remembered
        found = await self._looked_for(access, draft, name)
        if isinstance(found, str):
            if len(self._found) >= MOST:
                self._found.clear()
            self._found[key] = found, self.clock.now()
        return found

    def forget(self, access: Access, draft: Json) -> bool:
        """Whoever was remembered may be gone; answers whether somebody was."""
        key = _key(access, draft)
        was_known = not draft["party"]["id"] and self._found.pop(key, None) is not None
        if was_known:
            self._gone[key] = self._gone.get(key, 0) + 1
        return was_known

    async def _looked_for(self, access: Access, draft: Json, name: str) -> str | Problem:
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
        times = str(self._gone.get(_key(access, draft), 0))
        its_key = derived_key(access.tenant_id, side, name, draft["currency"], today, times)
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


def _key(access: Access, draft: Json) -> tuple[str, ...]:
    name = folded(" ".join(draft["party"]["name"].split()))
    return (access.tenant_id, *draft["sides"], draft["currency"], name)


def _of_currency(found: Sequence[Json], currency: str) -> str:
    """One who is kept in the document's currency comes first."""
    with mapped_errors():
        ordered = sorted(found, key=lambda one: (one.get("currency") or {}).get("id") != currency)
        return str(ordered[0]["id"])
