"""Whose books a document is for: our own name and tax number against its seller and its buyer."""

from enum import StrEnum

from bot.domain.books import Books
from bot.domain.documents import Facts, ItemKind, Party
from bot.domain.parties import is_one_of


class Addressed(StrEnum):
    """What a document is to an organisation."""

    ISSUED_BY_US = "issued_by_us"
    TO_US = "to_us"
    ELSEWHERE = "elsewhere"
    """Seller and buyer are others."""
    UNSTATED = "unstated"
    """It names no buyer that could be compared, as receipts do."""

    @property
    def kind(self) -> ItemKind:
        return ItemKind.SALE if self is Addressed.ISSUED_BY_US else ItemKind.COST


def our_names(books: Books) -> tuple[Party, ...]:
    """The organisation as documents may name it: by the name of the books, and by its legal one."""
    names = dict.fromkeys(name for name in (books.name, books.legal_name) if name)
    return tuple(Party(name=name, tax_number=books.tax_number, country=books.country) for name in names)


def addressed(facts: Facts, books: Books) -> Addressed:
    """A self-billed invoice is written by its buyer and names its seller as every other does: nothing is different.

    Where both are us, such as an expense that one part bills to another, it is a cost.
    """
    ours = our_names(books)
    buyer, seller = is_one_of(facts.buyer, ours), is_one_of(facts.supplier, ours)
    if buyer:
        return Addressed.TO_US
    if seller:
        return Addressed.ISSUED_BY_US
    return Addressed.UNSTATED if buyer is None else Addressed.ELSEWHERE
