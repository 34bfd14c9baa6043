"""What a supplier's documents usually come to and are paid to, and whether one is far from it."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import median_low

from bot.domain.documents import ItemKind
from bot.domain.items import Item, ItemState

FEWEST = 3
"""Before there are so many, nothing is usual."""
FAR = Decimal(2)
"""Times more, or times less."""
_LONGEST = 60
"""Of an account in a sentence; an IBAN has 34 characters."""
_AGREED_TO = frozenset(
    {ItemState.APPROVED, ItemState.SENDING, ItemState.UNKNOWN, ItemState.PUBLISHED, ItemState.REFUSED}
)
_REFUSED_BY_US = frozenset({ItemState.REJECTED, ItemState.ARCHIVED})


def unusual(item: Item, before: Sequence[Item]) -> str | None:
    """A sentence when the total is far from what this supplier's others come to in the same currency."""
    facts = item.facts
    totals = [
        other.facts.gross
        for other in before
        if other.is_booked and other.facts.gross and other.facts.currency == facts.currency and other.kind is item.kind
    ]
    if not facts.gross or facts.gross < 0 or len(totals) < FEWEST:
        return None
    usual = median_low(totals)
    if usual <= 0:
        return None
    if facts.gross >= usual * FAR:
        return f"Usually {usual:,.2f}; this one is {_times(facts.gross / usual)} × that."
    if facts.gross * FAR <= usual:
        return f"Usually {usual:,.2f}; this one is {facts.gross:,.2f}."
    return None


def paid_elsewhere(item: Item, before: Sequence[Item]) -> str | None:
    """A sentence when it is payable to another account than this supplier's documents, newest first, were before.

    Somebody's approval makes an account a known one; a document that nobody has decided on yet does not, as it may be of
    the same hand, and one that was rejected or archived says nothing.
    """
    account = item.facts.supplier.bank_account
    if account is None or item.kind is ItemKind.SALE:
        return None
    told = [
        (other.state, known)
        for other in before
        if other.state not in _REFUSED_BY_US and (known := other.facts.supplier.bank_account) is not None
    ]
    if any(state in _AGREED_TO and _plain(known) == _plain(account) for state, known in told):
        return None
    others = [(state, known) for state, known in told if _plain(known) != _plain(account)]
    if not others:
        return None
    agreed_to = [known for state, known in others if state in _AGREED_TO]
    earlier = agreed_to[0] if agreed_to else others[0][1]
    return f"Payable to {account[:_LONGEST]}; before it was {earlier[:_LONGEST]}."


def _plain(account: str) -> str:
    """As people and programs write the same one: in groups or not, in capitals or not."""
    return "".join(account.split()).casefold()


def _times(factor: Decimal) -> str:
    return f"{round(factor):,}" if factor >= 10 else f"{factor.quantize(Decimal('0.1')).normalize():f}"
