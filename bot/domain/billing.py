"""Costs that are for a customer of the organisation, or for a customer's project, and that may be billed on to them."""

from dataclasses import replace

from bot.domain.book_rules import BookRules
from bot.domain.coding import Codes
from bot.domain.documents import ItemKind
from bot.domain.items import Item
from bot.domain.postings import PostingKind
from bot.domain.settings import Destination


def customers_not_taken(item: Item, kind: PostingKind, rules: BookRules) -> tuple[str, ...]:
    """What of it the books would not take, as sentences; `kind` is what the item becomes there. A sale is of its customer
    already, so that what was chosen while it was a cost counts for nothing.
    """
    codes = [] if item.kind is ItemKind.SALE else _codes_of(item)
    named = [each for each in codes if each.customer is not None or each.is_billable]
    if not named:
        return ()
    if not rules.customers_on:
        return (NOT_TRACKED,)
    if kind not in rules.customers_on:
        elsewhere = f", or publish it to {Destination.PURCHASES.words}" if kind.is_of_bank else ""
        return (f"The ledger names no customer on a {kind.words}: empty whom it is for in Edit{elsewhere}.",)
    if any(each.is_billable for each in named) and not rules.bills_customers:
        return (NOT_BILLED_ON,)
    return _without_customer(codes)


NOT_TRACKED = (
    "It names a customer whom it is for, and the books do not track costs by customer: switch that on in the ledger and type "
    "/dext sync, or empty the customer in Edit."
)
NOT_BILLED_ON = (
    "It is billable, and the books bill no costs on to customers: switch billable expenses on in the ledger and type /dext sync, "
    "or choose Not billable in Edit."
)


def _without_customer(codes: list[Codes]) -> tuple[str, ...]:
    number = sum(each.is_billable and each.customer is None for each in codes)
    if not number:
        return ()
    if number == len(codes):
        return ("It is billable, and nobody knows to whom: choose the customer it is for.",)
    return (f"Choose the customer on {number} of its {len(codes)} lines: they are billable, and name none.",)


def of_kind(kind: ItemKind, codes: Codes) -> Codes:
    """What counts for an item of this kind."""
    return replace(codes, customer=None, billable=None) if kind is ItemKind.SALE else codes


def _codes_of(item: Item) -> list[Codes]:
    return [item.coding.codes_at(place) for place in range(len(item.facts.lines))] or [item.coding.codes]
