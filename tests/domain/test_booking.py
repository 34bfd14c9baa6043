"""What an approver saw is what is sent, to the cent."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.book_rules import BookRules
from bot.domain.booking import NotBookableError, kind_of, posting_of, spread_tax
from bot.domain.coding import CodedValue, Coding, LineCoding, Source, Track, Tracked
from bot.domain.documents import DocumentType, Door, Facts, ItemKind, Line, LineAmounts, Party
from bot.domain.ids import ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.ledger_documents import LedgerDocument, differences
from bot.domain.money import CENT, WIDE
from bot.domain.postings import PostingKind
from bot.domain.settings import Destination, PaymentStatus

SOME = UUID(int=1)
D = Decimal


def a_line(net: str, **given: Decimal) -> Line:
    return replace(Line(description="Paper", unit_price=D(net), net=D(net)), **given)  # type: ignore[arg-type]  # of amounts


def an_item(**facts: object) -> Item:
    stated = Facts(
        supplier=Party(name="Paper Ltd"),
        number="INV-7",
        issued_on=date(2026, 2, 20),
        currency="GBP",
        net=D("100.00"),
        tax=D("20.00"),
        gross=D("120.00"),
    )
    return Item(
        id=ItemId(SOME),
        workspace_id=WorkspaceId(SOME),
        organisation_id=OrganisationId(SOME),
        kind=ItemKind.COST,
        state=ItemState.SENDING,
        version=3,
        facts=replace(stated, **facts),  # type: ignore[arg-type]  # each test names its own fields
        coding=Coding(
            account=CodedValue(value="429", source=Source.PERSON),
            tax_rate=CodedValue(value="INPUT2", source=Source.PERSON),
        ),
        door=Door.FORM,
        submitted_by=UserId("U1"),
        created_at=datetime(2026, 2, 20, tzinfo=UTC),
    )


def test_a_document_without_lines_is_one_line_of_its_net_amount() -> None:
    bill = posting_of(an_item(), marker="http://here/i/1")

    (line,) = bill.lines
    assert (line.net, line.tax, line.account_code, line.tax_code) == (D(100), D(20), "429", "INPUT2")
    assert (bill.net, bill.tax, bill.gross, bill.number) == (D(100), D(20), D(120), "INV-7")


def test_a_sale_that_names_only_its_customer_is_described_by_that_name() -> None:
    sale = replace(an_item(supplier=Party(), buyer=Party(name="Big Buyer plc")), kind=ItemKind.SALE)
    sale = replace(sale, publish_to=Destination.SALES)

    assert posting_of(sale, marker="m").lines[0].description == "Big Buyer plc INV-7"


def test_lines_keep_their_amounts_and_their_taxes_add_up_to_the_documents() -> None:
    lines = (a_line("33.33"), a_line("33.33"), a_line("33.34"))

    bill = posting_of(an_item(lines=lines), marker="m")

    assert [line.net for line in bill.lines] == [D("33.33"), D("33.33"), D("33.34")]
    assert sum(line.tax for line in bill.lines) == D("20.00")


def test_lines_that_do_not_make_the_net_amount_are_not_billable() -> None:
    with pytest.raises(NotBookableError, match="add up to 100"):
        posting_of(an_item(net=None, lines=(a_line("99.00"),)), marker="m")


@pytest.mark.parametrize("missing", ["issued_on", "currency", "gross"])
def test_what_a_bill_needs_is_named(missing: str) -> None:
    with pytest.raises(NotBookableError, match="needed"):
        posting_of(an_item(**{missing: None}), marker="m")


def test_lines_of_several_rates_keep_each_its_own_tax() -> None:
    lines = (a_line("100.00", tax_percent=D(20)), a_line("100.00", tax_percent=D(0)))

    assert spread_tax(D("20.00"), lines) == (D("20.00"), D("0.00"))


def test_amounts_of_any_size_share_a_tax_that_adds_up() -> None:
    """Two lines that nearly cancel each other make shares of more digits than numbers usually have."""
    large, tax = D("99999999999999.00"), D("10000000000000.00")
    lines = (a_line(f"{large}"), a_line(f"{D('0.01') - large}"))

    with localcontext(WIDE):
        assert sum(spread_tax(tax, lines)) == tax


def test_rates_that_do_not_give_the_documents_tax_are_not_believed() -> None:
    """Reverse charge: the lines name a rate, the document charges nothing."""
    lines = (a_line("100.00", tax_percent=D(21)), a_line("50.00", tax_percent=D(21)))

    assert spread_tax(D(0), lines) == (D(0), D(0))


def by_person(code: str | None) -> CodedValue:
    return CodedValue(value=code, source=Source.PERSON)


def test_a_line_is_booked_to_its_own_codes_and_else_to_the_items() -> None:
    """An option that a person emptied, or that the line has not, is the item's."""
    item = an_item(lines=(a_line("60.00"), a_line("30.00"), a_line("10.00")))
    north, south = (
        Tracked(category="region", option=by_person("north")),
        Tracked(category="region", option=by_person("s")),
    )
    own = LineCoding(account=by_person("461"), tax_rate=by_person("RRINPUT"), tracking=(south,))
    emptied = LineCoding(account=by_person(None), tracking=(Tracked(category="region", option=by_person(None)),))
    coding = replace(item.coding, tracking=(north,), lines=(own, emptied))

    bill = posting_of(replace(item, coding=coding), marker="m")

    assert [(line.account_code, line.tax_code, line.tracking) for line in bill.lines] == [
        ("461", "RRINPUT", (Track("region", "s"),)),
        ("429", "INPUT2", (Track("region", "north"),)),
        ("429", "INPUT2", (Track("region", "north"),)),
    ]


def test_where_every_line_has_its_own_codes_the_item_needs_none() -> None:
    own = LineCoding(account=by_person("461"), tax_rate=by_person("RRINPUT"))
    item = replace(an_item(lines=(a_line("100.00"),)), coding=Coding(lines=(own,)))

    (line,) = posting_of(item, marker="m").lines

    assert (line.account_code, line.tax_code) == ("461", "RRINPUT")


def test_a_bill_without_tax_has_lines_without_a_tax_rate_and_is_never_made_of_one_with_tax() -> None:
    item = an_item(line_amounts=LineAmounts.NO_TAX, tax=None, net=D("120.00"))

    (line,) = posting_of(item, marker="m").lines

    assert (line.net, line.tax, line.tax_code) == (D(120), D(0), None)
    with pytest.raises(NotBookableError, match="no tax"):
        posting_of(an_item(line_amounts=LineAmounts.NO_TAX), marker="m")


@pytest.mark.parametrize(
    ("kind", "document_type", "destination", "posted"),
    [
        (ItemKind.COST, DocumentType.RECEIPT, Destination.PURCHASES, PostingKind.BILL),
        (ItemKind.COST, DocumentType.CREDIT_NOTE, Destination.PURCHASES, PostingKind.SUPPLIER_CREDIT_NOTE),
        (ItemKind.COST, DocumentType.INVOICE, Destination.BANK_ACCOUNTS, PostingKind.SPEND_MONEY),
        (ItemKind.COST, DocumentType.CREDIT_NOTE, Destination.BANK_ACCOUNTS, PostingKind.RECEIVE_MONEY),
        (ItemKind.COST, DocumentType.INVOICE, Destination.CHEQUES, PostingKind.SPEND_MONEY),
        (ItemKind.COST, DocumentType.CREDIT_NOTE, Destination.CHEQUES, PostingKind.RECEIVE_MONEY),
        (ItemKind.SALE, DocumentType.INVOICE, Destination.SALES, PostingKind.SALES_INVOICE),
        (ItemKind.SALE, DocumentType.CREDIT_NOTE, Destination.SALES, PostingKind.CUSTOMER_CREDIT_NOTE),
        (ItemKind.SALE, DocumentType.INVOICE, Destination.BANK_ACCOUNTS, PostingKind.RECEIVE_MONEY),
        (ItemKind.SALE, DocumentType.CREDIT_NOTE, Destination.BANK_ACCOUNTS, PostingKind.SPEND_MONEY),
        (ItemKind.SALE, DocumentType.INVOICE, Destination.QUICK_ENTRIES, PostingKind.QUICK_SALE),
        (ItemKind.SALE, DocumentType.CREDIT_NOTE, Destination.QUICK_ENTRIES, PostingKind.QUICK_CREDIT),
    ],
)
def test_what_a_document_becomes_follows_from_where_it_goes(
    kind: ItemKind, document_type: DocumentType, destination: Destination, posted: PostingKind
) -> None:
    assert kind_of(kind, document_type, destination) is posted


def test_what_is_spent_by_cheque_says_so_and_what_comes_back_is_none() -> None:
    cheque = replace(an_item(), publish_to=Destination.CHEQUES, paid_from="bank-1")
    facts = replace(cheque.facts, document_type=DocumentType.CREDIT_NOTE)

    assert posting_of(cheque, marker="m").is_cheque
    assert not posting_of(replace(cheque, facts=facts), marker="m").is_cheque
    assert not posting_of(replace(cheque, publish_to=Destination.BANK_ACCOUNTS), marker="m").is_cheque


def a_quick_entry(*lines: LineCoding) -> Item:
    """Of a sale of two lines."""
    item = an_item(
        lines=(a_line("60.00"), replace(a_line("40.00"), description="Ink")), buyer=Party(name="Big Buyer plc")
    )
    coding = replace(item.coding, lines=lines)
    return replace(item, kind=ItemKind.SALE, publish_to=Destination.QUICK_ENTRIES, coding=coding)


def test_a_quick_entry_is_the_sums_of_its_lines_and_never_a_draft() -> None:
    posting = posting_of(replace(a_quick_entry(), publish_as=PaymentStatus.DRAFT), marker="m")

    (line,) = posting.lines
    assert (line.description, line.net, line.tax, line.account_code) == ("Paper, Ink", D(100), D(20), "429")
    assert (posting.gross, posting.status) == (D(120), PaymentStatus.AWAITING_PAYMENT)


@pytest.mark.parametrize(
    "own",
    [
        LineCoding(account=CodedValue(value="461", source=Source.PERSON)),
        LineCoding(tax_rate=CodedValue(value="RRINPUT", source=Source.PERSON)),
        LineCoding(product=CodedValue(value="lamp", source=Source.PERSON)),
    ],
)
def test_a_quick_entry_of_lines_that_are_booked_to_several_things_is_none(own: LineCoding) -> None:
    with pytest.raises(NotBookableError, match="one category, one tax rate and no product"):
        posting_of(a_quick_entry(LineCoding(), own), marker="m")


def test_what_is_booked_on_a_bank_account_names_it_and_is_refused_without_one() -> None:
    paid = replace(an_item(), publish_as=PaymentStatus.PAID)
    spent = replace(an_item(), publish_to=Destination.BANK_ACCOUNTS, publish_as=PaymentStatus.DRAFT)

    for item in (paid, spent):
        with pytest.raises(NotBookableError, match="linked to a bank account"):
            posting_of(item, marker="m")
    bill = posting_of(replace(paid, paid_from="bank-1"), marker="m")
    money = posting_of(replace(spent, paid_from="bank-1"), marker="m")

    assert (bill.kind, bill.status, bill.bank_account) == (PostingKind.BILL, PaymentStatus.PAID, "bank-1")
    assert (money.kind, money.status, money.bank_account) == (
        PostingKind.SPEND_MONEY,
        PaymentStatus.AWAITING_PAYMENT,
        "bank-1",
    )
    assert posting_of(replace(an_item(), paid_from="bank-1"), marker="m").bank_account is None


nets = st.decimals(min_value=D("0.01"), max_value=D("99999.99"), places=2)


@given(st.lists(nets, min_size=1, max_size=30), st.decimals(min_value=0, max_value=D("99999.99"), places=2))
def test_the_tax_of_the_lines_is_the_tax_of_the_document_to_the_cent(amounts: list[Decimal], tax: Decimal) -> None:
    lines = tuple(Line(description="x", unit_price=net, net=net) for net in amounts)

    assert sum(spread_tax(tax, lines)) == tax


@given(st.lists(st.tuples(nets, st.sampled_from([D(0), D(5), D("13.5"), D(20)])), min_size=1, max_size=60), st.data())
def test_what_is_left_of_a_tax_moves_no_line_by_more_than_a_cent(rows: list[tuple[D, D]], data: st.DataObject) -> None:
    """A document that rounds its tax as a whole differs from its lines, by up to a cent for each."""
    lines = tuple(Line(description="x", unit_price=net, net=net, tax_percent=percent) for net, percent in rows)
    own = [(line.net * (line.tax_percent or 0) / 100).quantize(CENT, ROUND_HALF_UP) for line in lines]
    tax = sum(own, D(0)) + CENT * data.draw(st.integers(-len(lines), len(lines)))

    shares = spread_tax(tax, lines)

    assert sum(shares) == tax
    assert max(abs(share - stated) for share, stated in zip(shares, own, strict=True)) <= CENT


def test_a_lines_own_tax_goes_out_in_cents() -> None:
    assert spread_tax(D("20.00"), (a_line("50.00", tax=D("10.0049")), a_line("50.00", tax=D("9.9951")))) == (
        D(10),
        D(10),
    )


@given(
    nets=st.lists(st.decimals(min_value=-500, max_value=500, places=2), min_size=1, max_size=5),
    tax=st.decimals(min_value=0, max_value=90, places=2),
    amounts=st.sampled_from((LineAmounts.EXCLUSIVE, LineAmounts.INCLUSIVE)),
)
def test_without_tax_on_costs_the_lines_come_to_the_total_to_the_cent(
    nets: list[Decimal], tax: Decimal, amounts: LineAmounts
) -> None:
    net = sum(nets, D(0))
    item = an_item(
        net=net, tax=tax, gross=net + tax, lines=tuple(a_line(str(each)) for each in nets), line_amounts=amounts
    )

    bill = posting_of(item, marker="m", rules=BookRules(taxes_costs=False))

    assert sum((line.net for line in bill.lines), D(0)) == bill.net == bill.gross == net + tax
    assert {(line.tax, line.tax_code) for line in bill.lines} == {(D(0), None)}
    assert (bill.tax, bill.line_amounts) == (D(0), LineAmounts.NO_TAX)


def test_without_tax_on_costs_a_price_that_has_its_tax_in_it_stays() -> None:
    line = Line(description="Paper", quantity=D(2), unit_price=D("60.00"), net=D("100.00"), tax=D("20.00"))

    (inclusive,) = posting_of(
        an_item(lines=(line,), line_amounts=LineAmounts.INCLUSIVE), marker="m", rules=BookRules(taxes_costs=False)
    ).lines

    assert (inclusive.net, inclusive.unit_price) == (D("120.00"), D("60.00"))


def test_without_tax_on_sales_what_is_asked_for_as_tax_is_not_booked_as_income() -> None:
    sale = replace(an_item(buyer=Party(name="Buyer Ltd")), kind=ItemKind.SALE)

    with pytest.raises(NotBookableError, match="none on sales"):
        posting_of(sale, marker="m", rules=BookRules(taxes_sales=False))


def test_what_is_tracked_for_the_whole_document_stands_at_it_and_on_no_line() -> None:
    north, retail = (Tracked(category=name, option=by_person(name)) for name in ("place", "class"))
    coding = replace(an_item().coding, tracking=(retail, north))
    rules = BookRules(tracks_documents=True, of_document={"place": "Location"})

    bill = posting_of(replace(an_item(), coding=coding), marker="m", rules=rules)

    assert bill.tracking == (Track("place", "place"),)
    assert [line.tracking for line in bill.lines] == [(Track("class", "class"),)]
    several = replace(
        coding, lines=(LineCoding(tracking=(Tracked(category="place", option=by_person("south")),)), LineCoding())
    )
    with pytest.raises(NotBookableError, match="one Location for the whole document"):
        posting_of(replace(an_item(lines=(a_line("60.00"), a_line("40.00"))), coding=several), marker="m", rules=rules)


def test_a_sale_by_products_goes_to_them_and_to_no_category() -> None:
    rules = BookRules(sells_products=True)
    coding = replace(an_item().coding, product=by_person("PAPER"))
    bill = replace(an_item(buyer=Party(name="Buyer Ltd")), coding=coding)
    sale = replace(bill, kind=ItemKind.SALE)

    (line,) = posting_of(sale, marker="m", rules=rules).lines
    assert (line.item_code, line.account_code, line.tax_code) == ("PAPER", "", "INPUT2")
    (line,) = posting_of(bill, marker="m", rules=rules).lines
    assert (line.item_code, line.account_code) == (None, "429")
    with pytest.raises(NotBookableError, match="a product or service is needed"):
        posting_of(replace(sale, coding=an_item().coding), marker="m", rules=rules)


def test_where_a_product_says_what_is_booked_to_the_ledger_may_name_any_category() -> None:
    coding = replace(an_item().coding, product=by_person("PAPER"))
    sale = replace(an_item(buyer=Party(name="Buyer Ltd")), coding=coding, kind=ItemKind.SALE)
    posting = posting_of(sale, marker="m", rules=BookRules(sells_products=True))
    there = LedgerDocument(
        ledger_id="1",
        kind=posting.kind,
        marker="m",
        number=posting.number,
        contact_name=posting.contact_name,
        status=posting.status,
        issued_on=posting.issued_on,
        currency=posting.currency,
        net=posting.net,
        tax=posting.tax,
        gross=posting.gross,
        url="",
        account_codes=("79",),
        item_codes=("PAPER",),
    )

    assert differences(posting, there) == ()
    assert differences(posting, replace(there, item_codes=("INK",))) == ("products: PAPER here, INK in the ledger",)
    tracked = replace(posting, tracking=(Track("place", "north"),))
    assert differences(tracked, replace(there, options=("north",))) == ()
    assert len(differences(tracked, replace(there, options=()))) == 1
