"""Which of the things that a refused document points at is inactive: QuickBooks says only that one is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.domain.problems import Problem, ProblemCode
from providers.base import Access
from providers.errors import ProviderError
from providers.quickbooks.client import QuickBooksClient, among
from providers.quickbooks.parties import ANY_ACTIVE, OTHER, of_the_other_side
from providers.refusals import mapped_errors

Json = dict[str, Any]
SAID = "has been made inactive"
NO_SUCH_NAME = "Names element id"
FIELDS = {
    "AccountRef": "Account",
    "DepositToAccountRef": "Account",
    "ItemRef": "Item",
    "TaxCodeRef": "TaxCode",
    "ClassRef": "Class",
    "DepartmentRef": "Department",
    "VendorRef": "Vendor",
    "CustomerRef": "Customer",
}
"""What each reference is to, in the order in which it is looked for."""
CODES = {
    "Account": (ProblemCode.ACCOUNT_ARCHIVED, "account"),
    "Item": (ProblemCode.PRODUCT_NOT_VALID, "product"),
    "TaxCode": (ProblemCode.TAX_RATE_GONE, "tax_rate"),
    "Vendor": (ProblemCode.CONTACT_ARCHIVED, None),
    "Customer": (ProblemCode.CONTACT_ARCHIVED, None),
}
WORDS = {"Class": "class", "Department": "location"}


@dataclass(frozen=True, slots=True)
class Inactive:
    client: QuickBooksClient

    async def told(self, access: Access, record: Json, problem: Problem) -> Problem:
        """The problem with what it is about, where that can be seen. It is asked for after others were written, so whatever
        goes wrong leaves the problem as it is.
        """
        try:
            if SAID in problem.vendor_words:
                return await self._looked_for(access, record, problem.vendor_words) or problem
            if NO_SUCH_NAME in problem.vendor_words:
                return await self._other_side(access, record, problem) or problem
        except ProviderError:
            return problem
        return problem

    async def _other_side(self, access: Access, record: Json, problem: Problem) -> Problem | None:
        """A customer who was chosen for a bill is told as that, and not as archived."""
        for side, contact_id in _references(record):
            if side in OTHER:
                found = await self.client.whole(access, OTHER[side], among("Id", [contact_id]), ANY_ACTIVE)
                with mapped_errors():
                    if found:
                        return of_the_other_side(side, str(found[0]["DisplayName"])[:80], problem.vendor_words)
        return None

    async def _looked_for(self, access: Access, record: Json, words: str) -> Problem | None:
        of_lines = _customers_of_lines(record)
        wanted: dict[str, set[str]] = {entity: set() for entity in FIELDS.values()}
        for entity, value in _references(record):
            wanted[entity].add(value)
        for entity, ids in wanted.items():
            found = await self.client.whole(access, entity, among("Id", sorted(ids)), "Active = false") if ids else []
            with mapped_errors():
                if found and entity == "Customer" and str(found[0]["Id"]) in of_lines:
                    what = f"the customer {str(found[0]['DisplayName'])[:80]} that a line is for, who is inactive there"
                    return Problem(code=ProblemCode.FIELD_NOT_VALID, facts={"what": what}, vendor_words=words)
                if found:
                    return _problem(entity, found[0], words)
        return None


def _customers_of_lines(record: Json) -> frozenset[str]:
    """Whom the lines of a cost are for."""
    (document,) = record.values()
    details = [line.get(line.get("DetailType")) or {} for line in document.get("Line") or []]
    return frozenset(str(one["CustomerRef"]["value"]) for one in details if one.get("CustomerRef"))


def _references(found: Any) -> Iterator[tuple[str, str]]:
    """Wherever they are; whom money goes to or comes from says what it is."""
    if isinstance(found, list):
        for one in found:
            yield from _references(one)
    if isinstance(found, dict):
        for name, value in found.items():
            is_reference = isinstance(value, dict) and "value" in value
            entity = value.get("type", FIELDS.get(name)) if is_reference else None
            if isinstance(entity, str) and entity in FIELDS.values():
                yield entity, str(value["value"])
            yield from _references(value)


def _problem(entity: str, found: Json, words: str) -> Problem:
    """`words` are the vendor's, which name nothing."""
    name = str(found.get("DisplayName") or found.get("FullyQualifiedName") or found["Name"])[:80]
    if entity in WORDS:
        facts = {"what": f"the {WORDS[entity]} {name}, which is inactive there"}
        return Problem(code=ProblemCode.FIELD_NOT_VALID, facts=facts, vendor_words=words)
    code, fact = CODES[entity]
    return Problem(code=code, facts={} if fact is None else {fact: str(found["Id"])}, vendor_words=words)
