"""Whom a cost is for, and when it can be billed on to them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.book_rules import BookRules
from bot.domain.booking import NotBookableError, posting_of
from bot.domain.checks import not_billed
from bot.domain.coding import Billable, CodedValue, LineCoding, Source
from bot.domain.documents import DocumentType, ItemKind
from bot.domain.items import Item
from bot.domain.postings import PostingKind
from bot.domain.settings import Destination
from tests.domain.test_booking import a_line, an_item

RULES = BookRules(customers_on=(PostingKind.BILL, PostingKind.SUPPLIER_CREDIT_NOTE), bills_customers=True)


def said(value: str | None) -> CodedValue:
    return CodedValue() if value is None else CodedValue(value=value, source=Source.PERSON)


def for_customers(*lines: tuple[str | None, str | None], of_all: tuple[str | None, str | None] = (None, None)) -> Item:
    """A customer, and whether it is billable, of each line; and of the whole document."""
    net = Decimal("100.00") * len(lines)
    item = an_item(lines=tuple(a_line("100.00") for _ in lines), net=net, gross=net + Decimal("20.00"))
    codings = tuple(LineCoding(customer=said(customer), billable=said(billable)) for customer, billable in lines)
    coding = replace(item.coding, customer=said(of_all[0]), billable=said(of_all[1]), lines=codings)
    return replace(item, coding=coding)


def test_a_line_is_for_its_own_customer_or_the_documents_and_billable_as_either_says() -> None:
    item = for_customers(("BOOM", None), (None, None), (None, Billable.NO), of_all=("ACME", Billable.YES))

    assert not_billed(item, RULES) == ()
    lines = posting_of(item, marker="m", rules=RULES).lines
    assert [(line.customer, line.is_billable) for line in lines] == [("BOOM", True), ("ACME", True), ("ACME", False)]


@pytest.mark.parametrize(
    ("item", "rules", "words"),
    [
        (for_customers((None, Billable.YES)), RULES, "nobody knows to whom: choose the customer"),
        (for_customers((None, Billable.YES), ("ACME", Billable.YES)), RULES, "on 1 of its 2 lines"),
        (for_customers(("ACME", None)), BookRules(), "the books do not track costs by customer"),
        (for_customers((None, Billable.YES)), BookRules(), "the books do not track costs by customer"),
        (for_customers(("ACME", Billable.YES)), replace(RULES, bills_customers=False), "choose Not billable in Edit"),
        (
            replace(for_customers(("ACME", None)), publish_to=Destination.BANK_ACCOUNTS, paid_from="1"),
            RULES,
            "names no customer on a spend money transaction: empty whom it is for in Edit, or publish it to purchases",
        ),
    ],
)
def test_what_the_ledger_would_not_take_is_said_before_anybody_approves_and_never_left_out(
    item: Item, rules: BookRules, words: str
) -> None:
    (complaint,) = not_billed(item, rules)

    assert words in complaint
    with pytest.raises(NotBookableError, match="customer"):
        posting_of(item, marker="m", rules=rules)


def test_a_customer_without_billing_is_fine_where_nothing_is_billed_on() -> None:
    assert not_billed(for_customers(("ACME", Billable.NO)), replace(RULES, bills_customers=False)) == ()


def test_a_sale_is_of_its_customer_whatever_was_chosen_while_it_was_a_cost() -> None:
    item = replace(for_customers(("ACME", Billable.YES)), kind=ItemKind.SALE)
    item = replace(item, facts=replace(item.facts, buyer=item.facts.supplier))

    assert not_billed(item, RULES) == ()
    assert posting_of(item, marker="m", rules=RULES).lines[0].customer is None


def test_what_is_never_booked_is_asked_nothing() -> None:
    item = for_customers((None, Billable.YES))

    assert not_billed(replace(item, facts=replace(item.facts, document_type=DocumentType.STATEMENT)), RULES) == ()
