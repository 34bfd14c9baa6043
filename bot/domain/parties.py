"""Whether two documents name the same company, and the same document of it.

Names are compared strictly: letter case, accents, signs and the spelling of the legal form do not count, everything
else does. Nothing is guessed, because a guess sends one company's bill into another one's books.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.documents import Party
from bot.domain.finding import words

KEY_LENGTH = 120
AND = frozenset({"and", "und", "et"})
FORMS = {
    "limited": "ltd",
    "incorporated": "inc",
    "corporation": "corp",
    "aktiengesellschaft": "ag",
} | {
    form: form
    for form in (
        *("ltd", "plc", "llp", "llc", "lp", "inc", "corp", "pty", "cic", "gmbh", "mbh", "ag", "kg", "ohg", "gbr", "ug"),
        *("cokg", "bv", "nv", "sa", "sas", "sasu", "sarl", "eurl", "srl", "srls", "spa", "snc", "sl", "slu", "lda"),
        *("ab", "as", "asa", "aps", "oy", "oyj", "kft", "zrt", "sro", "doo", "eood", "ood", "sia", "uab", "ou"),
    )
}
"""Legal forms as they end names, each by the one way it is compared in."""
PREFIXES = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "EL",
        "ES",
        "FI",
        "FR",
        "GB",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
        "XI",
    ]
)
"""Countries' letters before a VAT number; Greece writes EL, and Northern Ireland XI in trade with the Union."""
ENDINGS = re.compile(r"(?:MWST|TVA|IVA|MVA)$")
"""What Switzerland and Norway write after the number to say that it is one for VAT."""
SHORTEST_TAX_NUMBER = 5


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A name taken apart: its words, and its legal forms."""

    core: str
    forms: frozenset[str]

    @classmethod
    def of(cls, name: str) -> "CompanyName":
        found = [word for word in words(name.replace(".", "")) if word not in AND]
        if found[-2:] == ["co", "kg"]:
            found[-2:] = ["cokg"]
        forms = set()
        while len(found) > 1 and found[-1] in FORMS:
            forms.add(FORMS[found.pop()])
        return cls(" ".join(found)[:KEY_LENGTH], frozenset(forms))

    def is_same_as(self, other: "CompanyName") -> bool:
        """A legal form that one of them leaves out is no difference; another one is another company."""
        return self.core == other.core != "" and (not self.forms or not other.forms or self.forms == other.forms)


@dataclass(frozen=True, slots=True)
class TaxNumber:
    """A tax number taken apart: the country it names, and the rest of it."""

    country: str | None
    rest: str

    @classmethod
    def of(cls, number: str) -> "TaxNumber | None":
        """None where it is none."""
        signs = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", number).upper()))[:KEY_LENGTH]
        signs = ENDINGS.sub("", signs)
        if len(signs) < SHORTEST_TAX_NUMBER or not any(map(str.isdigit, signs)):
            return None
        country = signs[:2] if signs[:2] in PREFIXES else None
        return cls(None, signs) if country is None else cls("EL" if country == "GR" else country, signs[2:])

    def is_same_as(self, other: "TaxNumber") -> bool:
        return self.rest == other.rest and (self.country == other.country or None in (self.country, other.country))

    def excludes(self, other: "TaxNumber") -> bool:
        """Whether they are of two companies. Of two countries they may be one company's, which is registered in both."""
        return self.country is not None and self.country == other.country and self.rest != other.rest


def name_key(name: str | None) -> str | None:
    """What companies of one name are found by."""
    return None if name is None else CompanyName.of(name).core or None


def tax_key(number: str | None) -> str | None:
    """What one company's documents are found by, with and without the country's letters."""
    found = None if number is None else TaxNumber.of(number)
    return None if found is None else found.rest


def number_key(number: str | None) -> str | None:
    """A document's number by its letters and digits alone: INV-0012/A is inv0012a."""
    if number is None:
        return None
    signs = unicodedata.normalize("NFKC", number).casefold()
    return "".join(filter(str.isalnum, signs))[:KEY_LENGTH] or None


def is_same_company(one: Party, other: Party) -> bool | None:
    """By tax number, else by name; None when what is known of them says neither."""
    ours, theirs = _tax_number(one), _tax_number(other)
    if ours is not None and theirs is not None:
        if ours.is_same_as(theirs):
            return True
        if ours.excludes(theirs):
            return False
    if not one.name or not other.name:
        return None
    return CompanyName.of(one.name).is_same_as(CompanyName.of(other.name))


def is_one_of(party: Party, companies: Iterable[Party]) -> bool | None:
    """Whether it is any of them; None when nothing can be said."""
    found = [is_same_company(party, company) for company in companies]
    if True in found:
        return True
    return False if False in found else None


def _tax_number(party: Party) -> TaxNumber | None:
    return None if party.tax_number is None else TaxNumber.of(party.tax_number)
