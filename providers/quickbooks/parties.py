"""Whom a document is from or to, by the id that QuickBooks knows them by: known already, found by name, or made. Who was found
by name is remembered for a while, so that batches of one supplier's bills ask once.

Vendors, customers and employees share one list of names, and their ids ("Duplicate Name Exists Error").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.clock import Clock
from bot.domain.problems import Problem, ProblemCode
from bot.domain.texts import folded
from providers.base import Access
from providers.errors import OutcomeUnknownError, PersonNeededError, TryLaterError
from providers.quickbooks.client import QuickBooksClient, among, derived_key
from providers.refusals import mapped_errors

Json = dict[str, Any]
VENDOR, CUSTOMER = "Vendor", "Customer"
SIDES: Mapping[str, tuple[str, ...]] = {
    "Bill": (VENDOR,),
    "VendorCredit": (VENDOR,),
    "Invoice": (CUSTOMER,),
    "CreditMemo": (CUSTOMER,),
    "SalesReceipt": (CUSTOMER,),
    "RefundReceipt": (CUSTOMER,),
    "Purchase": (VENDOR, CUSTOMER),
    "Deposit": (CUSTOMER, VENDOR),
}
"""Who may be named on each, in the order in which they are looked for; a new one is made of the first kind."""
OTHER = {VENDOR: CUSTOMER, CUSTOMER: VENDOR}
WORDS = {VENDOR: "supplier", CUSTOMER: "customer"}
ANY_ACTIVE = "Active in (true, false)"
REMEMBERED_FOR = 600.0
"""Seconds."""
MOST_REMEMBERED = 10_000
"""So many are remembered; then it begins anew."""


def of_the_other_side(side: str, name: str, words: str) -> Problem:
    """A name, or an id, is a vendor's or a customer's, and never both."""
    what = f"the {WORDS[side]} ({name} is a {WORDS[OTHER[side]]} there)"
    return Problem(code=ProblemCode.FIELD_NOT_VALID, facts={"what": what}, vendor_words=words)


@dataclass(frozen=True, slots=True)
class Party:
    entity: str
    id: str


Name = tuple[str, str, str]
"""Of a company: whose side, and the name as it is compared."""


@dataclass(frozen=True, slots=True)
class Parties:
    client: QuickBooksClient
    clock: Clock
    _by_name: dict[Name, tuple[Party, float]] = field(default_factory=dict)
    """With until when it is believed."""

    async def of(self, access: Access, drafts: Sequence[Json], key: str) -> list[Party | Problem]:
        """Of each draft, in order.

        Raises:
            TryLaterError: somebody new could not be made for now; no document was written.
        """
        found = self._remembered(access, drafts)
        unknown = [
            draft for draft in drafts if not any((side, _wanted(draft)) in found for side in SIDES[draft["entity"]])
        ]
        for side in dict.fromkeys(side for draft in unknown for side in SIDES[draft["entity"]]):
            of_side = [draft for draft in unknown if side in SIDES[draft["entity"]]]
            found |= {(side, name): party for name, party in (await self._known(access, side, of_side)).items()}
        parties = [await self._one(access, draft, found, key) for draft in drafts]
        self._remember(access, drafts, parties)
        return parties

    def forget(self, access: Access) -> None:
        """Something was refused: whoever was remembered may be why."""
        for name in [name for name in self._by_name if name[0] == access.tenant_id]:
            del self._by_name[name]

    def _remembered(self, access: Access, drafts: Sequence[Json]) -> dict[tuple[str, str], Party]:
        """By side and name."""
        now, found = self.clock.monotonic(), {}
        for draft in drafts:
            for side in SIDES[draft["entity"]] if not draft["party"]["id"] else ():
                party, until = self._by_name.get((access.tenant_id, side, _wanted(draft)), (None, now))
                if party is not None and now < until:
                    found[side, _wanted(draft)] = party
        return found

    def _remember(self, access: Access, drafts: Sequence[Json], parties: Sequence[Party | Problem]) -> None:
        now = self.clock.monotonic()
        if len(self._by_name) > MOST_REMEMBERED:
            self._by_name.clear()
        for draft, party in zip(drafts, parties, strict=True):
            if isinstance(party, Party) and not draft["party"]["id"]:
                name = (access.tenant_id, party.entity, _wanted(draft))
                _, until = self._by_name.get(name, (party, now))
                if until <= now:
                    self._by_name[name] = party, now + REMEMBERED_FOR

    async def _known(self, access: Access, side: str, drafts: Sequence[Json]) -> dict[str, Party]:
        """By id, and by name as it is compared; of several an active one."""
        known: dict[str, Party] = {}
        ids = sorted(
            {draft["party"]["id"] for draft in drafts if draft["party"]["id"] and len(SIDES[draft["entity"]]) > 1}
        )
        if ids:
            records = await self.client.whole(access, side, among("Id", ids), ANY_ACTIVE)
            with mapped_errors():
                known |= {f"id {one['Id']}": Party(side, str(one["Id"])) for one in records}
        names = sorted({draft["party"]["name"].strip() for draft in drafts if not draft["party"]["id"]} - {""})
        if names:
            records = await self.client.whole(access, side, among("DisplayName", names), ANY_ACTIVE)
            with mapped_errors():
                for one in sorted(records, key=lambda one: bool(one.get("Active", True))):
                    known[folded(one["DisplayName"])] = Party(side, str(one["Id"]))
        return known

    async def _one(self, access: Access, draft: Json, found: dict[tuple[str, str], Party], key: str) -> Party | Problem:
        sides, party, wanted = SIDES[draft["entity"]], draft["party"], _wanted(draft)
        for side in sides:
            if (side, wanted) in found:
                return found[side, wanted]
        if party["id"]:
            return Party(sides[0], party["id"])
        if not wanted:
            return Problem(code=ProblemCode.CONTACT_MISSING)
        made = await self._made(access, sides[0], draft, key)
        if isinstance(made, Party):
            found[sides[0], wanted] = made
        return made

    async def _holder(self, access: Access, side: str, draft: Json, taken: Problem) -> Party | Problem:
        """Who has the name that could not be given again: one made a moment ago, one of the other side, or an employee."""
        name = folded(draft["party"]["name"])
        known = await self._known(access, side, [draft])
        if name in known:
            return known[name]
        if name in await self._known(access, OTHER[side], [draft]):
            return of_the_other_side(side, draft["party"]["name"], taken.vendor_words)
        return taken

    async def _made(self, access: Access, side: str, draft: Json, key: str) -> Party | Problem:
        name = " ".join(draft["party"]["name"].split())
        record = {"DisplayName": name, "CurrencyRef": draft["record"]["CurrencyRef"]}
        try:
            made = await self.client.create(access, side, record, derived_key(key, side, name))
        except OutcomeUnknownError as error:
            # its own key finds it again; the document itself was not sent
            raise TryLaterError(error.problem, after_seconds=error.after_seconds) from error
        except PersonNeededError as error:
            if error.problem.code is ProblemCode.CONTACT_NAME_TAKEN:
                return await self._holder(access, side, draft, error.problem)
            return error.problem
        with mapped_errors():
            return Party(side, str(made["Id"]))


def _wanted(draft: Json) -> str:
    """What it is looked for by."""
    party = draft["party"]
    return f"id {party['id']}" if party["id"] else folded(party["name"])
