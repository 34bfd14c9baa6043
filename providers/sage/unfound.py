"""Which of the things that a refused document points at is gone or not to be used: Sage says only that a record is not found."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.problems import Problem, ProblemCode
from providers.base import Access
from providers.errors import ProviderError
from providers.refusals import mapped_errors
from providers.sage.client import SageClient
from providers.sage.resources import CUSTOMER, VENDOR

P = ProblemCode
Json = dict[str, Any]
ANALYSIS = "analysis_type_categories"
PLURALS = {
    "contact_id": "contacts",
    "bank_account_id": "bank_accounts",
    "ledger_account_id": "ledger_accounts",
    "tax_rate_id": "tax_rates",
    "product_id": "products",
    "service_id": "services",
    ANALYSIS: ANALYSIS,
}
"""What each reference is to."""
CODES = {
    "contact_id": (P.CONTACT_ARCHIVED, None),
    "bank_account_id": (P.BANK_ACCOUNT_NOT_TAKEN, None),
    "ledger_account_id": (P.ACCOUNT_NOT_VALID, "account"),
    "tax_rate_id": (P.TAX_RATE_GONE, "tax_rate"),
    "product_id": (P.PRODUCT_NOT_VALID, "product"),
    "service_id": (P.PRODUCT_NOT_VALID, "product"),
}
UNCLEAR = frozenset({P.DOCUMENT_GONE, P.CONTACT_ARCHIVED, P.ACCOUNT_NOT_VALID, P.TAX_RATE_GONE, P.PRODUCT_NOT_VALID})
WORDS = {VENDOR: "supplier", CUSTOMER: "customer"}
FLAGS = ("active", "is_active", "is_visible")
NO_CATEGORY = Problem(
    code=P.FIELD_NOT_VALID, facts={"what": "a category of an analysis type, which is not there any more"}
)


AREAS = {
    "purchase_invoices": "expenses",
    "purchase_credit_notes": "expenses",
    "sales_invoices": "sales",
    "sales_credit_notes": "sales",
    "sales_quick_entries": "sales",
    "OTHER_PAYMENT": "other_payments",
    "OTHER_RECEIPT": "other_receipts",
}
"""Where ledger accounts have to be offered, by what refers to them."""


@dataclass(frozen=True, slots=True)
class Unfound:
    client: SageClient

    async def told(self, access: Access, draft: Json, record: Json, problem: Problem) -> Problem:
        """The problem with what it is about, where that can be seen; whatever goes wrong leaves the problem as it is."""
        if problem.code not in UNCLEAR:
            return problem
        try:
            for field, value in dict.fromkeys(_references(record)):
                found = await self._wrong(access, draft, field, value)
                if found is not None:
                    return replace(found, vendor_words=problem.vendor_words)
        except ProviderError:
            return problem
        # of something that is new nothing can be gone
        return replace(problem, code=P.NOT_UNDERSTOOD) if problem.code is P.DOCUMENT_GONE else problem

    async def _wrong(self, access: Access, draft: Json, field: str, value: str) -> Problem | None:
        found = await self._record(access, field, value)
        with mapped_errors():
            if field == ANALYSIS:
                return NO_CATEGORY if _is_gone(found) else None
            code, fact = CODES[field]
            told = Problem(code=code, facts={} if fact is None else {fact: value})
            if found is None or _is_gone(found):
                return told
            match field:
                case "contact_id":
                    return _of_the_other_side(found, draft.get("sides") or [])
                case "ledger_account_id" if found.get("included_in_chart") is False:
                    return replace(told, code=P.ACCOUNT_ARCHIVED)
                case "ledger_account_id":
                    area = AREAS.get(draft.get("plural", ""), AREAS.get(draft["record"].get("transaction_type_id"), ""))
                    return told if found.get(f"visible_in_{area}") is False else None
                case _:
                    return None

    async def _record(self, access: Access, field: str, value: str) -> Json | None:
        """A stock item is named as a product."""
        found = await self.client.one(access, PLURALS[field], value)
        if found is None and field == "product_id":
            found = await self.client.one(access, "stock_items", value)
        return found


def _references(found: Any) -> Iterator[tuple[str, str]]:
    """Wherever they are: the document's own first."""
    if isinstance(found, list):
        for one in found:
            yield from _references(one)
    if isinstance(found, dict):
        yield from ((field, str(found[field])) for field in CODES if found.get(field))
        yield from ((ANALYSIS, str(one["id"])) for one in found.get(ANALYSIS) or [])
        for name, value in found.items():
            if name != ANALYSIS:
                yield from _references(value)


def _is_gone(found: Json | None) -> bool:
    """Deleted, hidden or inactive, as each list calls it."""
    return found is None or bool(found.get("deleted_at")) or any(found.get(flag) is False for flag in FLAGS)


def _of_the_other_side(found: Json, sides: list[str]) -> Problem | None:
    """Somebody who is a customer there is told as that, and not as gone."""
    types = [str(one["id"]) for one in found.get("contact_types") or []]
    if not types or not sides or set(types) & set(sides):
        return None
    what = f"the {WORDS[sides[0]]} ({found['name']} is a {WORDS.get(types[0], 'contact of another type')} there)"
    return Problem(code=P.FIELD_NOT_VALID, facts={"what": what[:200]})
