"""Which exchange rate a document is booked at, and what becomes of money that leaves an account of another currency."""

from dataclasses import replace

from bot.domain.cards import ItemCard
from bot.domain.checks import is_of_a_fitting_currency
from bot.domain.documents import FactField, Facts
from bot.domain.exchange import in_words, rate_to, towards
from bot.domain.items import Item
from bot.domain.rates import is_within
from bot.views.text import amount, escape

Told = tuple[str, str, str]
"""A field's name, its value, and in small what there is to say of it."""
NAME = "Exchange rate"
TYPED = "a rate typed by a person"
WHERE_TYPED = "An admin types one by `/dext settings amounts`"


def exchange(found: ItemCard) -> list[Told]:
    """Where the document is in another currency than the books, or states a rate anyway."""
    facts, own = found.item.facts, found.own_currency
    stated = in_words(facts)
    if own is None or facts.currency is None or not found.item.is_booked:
        return _stated(stated, _how_known(found.item))
    if facts.currency == own:
        return (
            [] if stated is None else [(NAME, stated, f"on the document, and not needed: the books are in {own} too")]
        )
    return [*_booked_at(found, facts, own, stated), *in_own(found)]


def _booked_at(found: ItemCard, facts: Facts, own: str, stated: str | None) -> list[Told]:
    if rate_to(facts, own) is not None:
        return _stated(in_words(towards(facts, own)), _how_known(found.item))
    other = "" if stated is None else f"the document states another: {escape(stated, 80)}"
    if found.rules.foreign_by_rate is not None:
        return [(NAME, "none yet", other)]
    if found.item.ledger_rate is not None:
        at = in_words(replace(facts, currency_rate=found.item.ledger_rate, rate_currency=own))
        return [(NAME, escape(at or "", 80), f"what {escape(found.ledger)} booked it at")]
    whose = "the software" if found.is_downloaded else escape(found.ledger)
    return [(NAME, f"{whose}'s rate of the day", other)]


def in_own(found: ItemCard) -> list[Told]:
    """What its total comes to in the books' own currency, by which rate; said too where none is known."""
    own, rate = found.own_currency, found.own_rate
    if own is None or found.item.facts.gross is None:
        return []
    if rate is None:
        return [(f"In {own}", "not converted", f"no exchange rate is known{_over_limit(found, own)}. {WHERE_TYPED}")]
    told = f"at {rate.in_words(own)}, {rate.source_in_words(escape(found.ledger, 40))}"
    aged = rate.aged_in_words(found.item.facts.issued_on)
    more = f". :warning: It is {aged}: look whether it still holds" if aged else ""
    return [(f"In {own}", amount(found.total_in_own, own), f"{told}{more}{_not_small(found, own)}")]


def _over_limit(found: ItemCard, own: str) -> str:
    """Where there is a limit that an unknown amount is more than."""
    limit = found.small.limit
    return "" if limit is None else f", so it counts as more than {amount(limit, own)}, up to which amounts are small"


def _not_small(found: ItemCard, own: str) -> str:
    """Where it would be, by a rate that whoever wrote the document has put there (`bot.domain.small_amounts`)."""
    small = found.small
    if not is_within(found.total_in_own, small.limit) or small.limit is None or small.takes_total(found.item.facts):
        return ""
    return f". By a rate that nobody but the document states, nothing counts as less than {amount(small.limit, own)}"


def _stated(rate: str | None, more: str) -> list[Told]:
    return [] if rate is None else [(NAME, escape(rate, 80), more)]


def _how_known(item: Item) -> str:
    if FactField.CURRENCY in item.facts.edited:
        return TYPED
    is_unchecked = FactField.CURRENCY in item.facts.read and not item.is_confirmed
    return "the document's own; read, check it" if is_unchecked else "the document's own"


def conversion(found: ItemCard) -> str:
    """Of what is paid from, or received on, a bank account of another currency; empty where it is of the same one."""
    account, currency = found.paid_from, found.item.facts.currency
    if account is None or currency is None:
        return ""
    holds = account.currency or found.own_currency
    if holds in (None, currency):
        return ""
    if found.own_currency is None or not is_of_a_fitting_currency(found.item, account, found.own_currency):
        return f":warning: in {escape(str(holds), 3)}, not in {escape(currency, 3)}"
    return f"in {escape(str(holds), 3)}: {escape(found.ledger)} converts the {escape(currency, 3)} at the exchange rate"
