"""One occurrence of a problem, and the words that its facts fill."""

from collections.abc import Collection
from dataclasses import dataclass, field
from string import Formatter

from bot.domain.problems.catalogue import CATALOGUE
from bot.domain.problems.entries import OF_WITHDRAWAL, Entry, Fix, ProblemCode
from bot.domain.problems.withdrawing import GONE, IN_PART, NOT_WITHDRAWN, SO_FAR, TAKEN_BACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One occurrence of an entry. `facts` are plain strings; a fact that is not known reads as "unknown"."""

    code: ProblemCode
    facts: dict[str, str] = field(default_factory=dict)
    vendor_words: str = ""

    @property
    def entry(self) -> Entry:
        return CATALOGUE[self.code]

    @property
    def title(self) -> str:
        template = self.entry.title.replace(NOT_WITHDRAWN, IN_PART) if self.is_in_part else self.entry.title
        return _fill(template, self.facts)

    @property
    def field(self) -> tuple[str, str] | None:
        """Which field it is about, and what stands there as far as that is known: `MISSING_VALUE` where it is empty."""
        if self.entry.field is None:
            return None
        name = _fill(self.entry.field, self.facts)
        if self.code in MISSING:
            return name, MISSING_VALUE
        return name, self.facts.get(FACT_OF.get(self.entry.field, ""), "")

    @property
    def explanation(self) -> str:
        return self._with_how_far(self.entry.explanation, 0)

    @property
    def remedy(self) -> str:
        return self._with_how_far(self.entry.remedy, 1)

    def remedy_by(self, offered: Collection[Fix]) -> str:
        """The remedy where these can be pressed: of no other it says that it can."""
        template = self.entry.remedy
        for fix, words, instead in self.entry.without:
            template = template if fix in offered else template.replace(words, instead)
        return self._with_how_far(template, 1)

    @property
    def taken_back(self) -> tuple[str, ...]:
        """The ledger's ids of payments that stand there no more, though their document does."""
        return tuple(self.facts.get(TAKEN_BACK, "").split())

    @property
    def is_in_part(self) -> bool:
        """Of a withdrawal: a part of the document is gone, and the rest stays."""
        return GONE in self.facts and self.code in OF_WITHDRAWAL

    def with_facts(self, **facts: str) -> "Problem":
        return Problem(code=self.code, facts={**facts, **self.facts}, vendor_words=self.vendor_words)

    def _with_how_far(self, template: str, place: int) -> str:
        """Of a withdrawal also how far it got, or what to do about that."""
        so_far = [words[place] for fact, words in SO_FAR.items() if self.facts.get(fact)]
        return _fill(" ".join([template, *(so_far if self.code in OF_WITHDRAWAL else ())]), self.facts)


MISSING_VALUE = "none"

FACT_OF = {
    "Category": "account",
    "Tax rate": "tax_rate",
    "Product": "product",
    "Date": "date",
    "Supplier": "supplier",
    "Contact": "supplier",
    "Bank account": "bank_account",
    "Currency": "currency",
    "Number": "number",
}
"""The fact that holds a field's value."""

MISSING = frozenset(
    {
        ProblemCode.ACCOUNT_MISSING,
        ProblemCode.TAX_MISSING,
        ProblemCode.CONTACT_MISSING,
        ProblemCode.FIELD_MISSING,
    }
)
"""Problems whose field is empty."""


def placeholders(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "unknown"


def _fill(template: str, facts: dict[str, str]) -> str:
    return template.format_map(_Facts(facts))
