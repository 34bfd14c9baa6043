"""Whom a document is from or to, by the id that FreeAgent knows them by: known already, found by name, or made.

Contacts cannot be asked for by name, so all are looked through: a hundred in a call. Several may have one name. Who was found is
remembered for a while, so that bills of one supplier that come together are a call each.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.domain.problems import Problem, ProblemCode
from bot.domain.texts import folded
from providers.base import Access
from providers.errors import OutcomeUnknownError, PersonNeededError, TryLaterError
from providers.fields import FieldError, record_of
from providers.freeagent import LATE
from providers.freeagent.client import FreeAgentClient
from providers.freeagent.lists import called
from providers.freeagent.resources import id_of
from providers.refusals import mapped_errors

Json = dict[str, Any]
REMEMBERED_FOR = timedelta(minutes=10)
MOST = 5000
"""So many are remembered; then it begins anew."""


@dataclass(frozen=True, slots=True)
class Parties:
    client: FreeAgentClient
    clock: Clock
    _found: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)

    async def of(self, access: Access, party: Json) -> str | Problem:
        """The contact's id.

        Raises:
            TryLaterError: somebody new could not be made for now; no document was written.
        """
        if party["id"]:
            return str(party["id"])
        name = " ".join(str(party["name"]).split())
        if not name:
            return Problem(code=ProblemCode.CONTACT_MISSING)
        remembered, at = self._found.get((access.tenant_id, folded(name)), ("", None))
        if at is not None and self.clock.now() < at + REMEMBERED_FOR:
            return remembered
        found = await self._known(access, name) or await self._made(access, name)
        if isinstance(found, str):
            if len(self._found) >= MOST:
                self._found.clear()
            self._found[access.tenant_id, folded(name)] = found, self.clock.now()
        return found

    def forget(self, access: Access, party: Json) -> bool:
        """Whoever was remembered by this name may be gone; answers whether somebody was."""
        name = folded(" ".join(str(party["name"]).split()))
        return not party["id"] and self._found.pop((access.tenant_id, name), None) is not None

    async def _known(self, access: Access, name: str) -> str | None:
        """Of several one that is not hidden, and of those the oldest."""
        rows = await self.client.whole(access, "contacts", {"view": "all", "sort": "created_at"})
        found = [row for row in rows if _name(row) == folded(name)]
        found.sort(key=lambda row: row.get("status") == "Hidden")
        with mapped_errors():
            return id_of(found[0]["url"]) if found else None

    async def _made(self, access: Access, name: str) -> str | Problem:
        try:
            made = await self.client.create(access, "contacts", "contact", {"organisation_name": name})
        except OutcomeUnknownError as error:
            # it is found by its name once lists show it; the document itself was not sent
            wait = max(error.after_seconds or 0.0, LATE.total_seconds())
            raise TryLaterError(error.problem, after_seconds=wait) from error
        except PersonNeededError as error:
            return error.problem
        with mapped_errors():
            return id_of(made["url"])


def _name(row: Any) -> str | None:
    """As it is compared; None of one that cannot be read."""
    try:
        return folded(called(record_of(row)))
    except FieldError:
        return None
