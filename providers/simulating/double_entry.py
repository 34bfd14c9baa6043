"""Double entry: what documents and payments do to the accounts of one organisation.

A vendor says the legs of each of its documents, in its own records of accounts; here is what holds for any ledger: the legs
of a posting come to nothing, and what is missing goes to an account for it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from providers.simulating.numbers import Json

NOTHING = Decimal("0.00")

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One side of a posting: an account, and how much it is debited (credited, where negative)."""

    account: Json
    debit: Decimal

    @property
    def is_credit(self) -> bool:
        return self.debit < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting(Generic[Kind]):
    on: str
    kind: Kind
    document: Json
    is_payment: bool
    legs: tuple[Leg, ...]


def balanced(legs: list[Leg], for_the_rest: Callable[[], Json]) -> Iterator[Leg]:
    """With what is missing to nothing on the account for the rest; legs of nothing are left out."""
    missing = -sum((leg.debit for leg in legs), NOTHING)
    yield from (leg for leg in legs if leg.debit)
    if missing:
        yield Leg(account=for_the_rest(), debit=missing)


def balances(postings: Iterable[Posting[Kind]], key: str) -> dict[str, Decimal]:
    """What stands on each account by its id, which is in its record under `key`: a debit is positive."""
    found: dict[str, Decimal] = {}
    for leg in (leg for posting in postings for leg in posting.legs):
        account = str(leg.account[key])
        found[account] = found.get(account, NOTHING) + leg.debit
    return found
