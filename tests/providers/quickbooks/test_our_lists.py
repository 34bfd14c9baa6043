"""What our client makes of the books and the lists of QuickBooks, beyond the contract of every provider."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from bot.domain.book_rules import BookRules
from bot.domain.books import Account, Contact, Currency, ListKind, ListPage, Product, TaxRate, TrackingCategory
from bot.domain.documents import ItemKind, LineAmounts
from bot.domain.ledger_documents import differences
from bot.domain.postings import Posting, PostingKind
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Refused
from bot.domain.settings import Destination
from bot.domain.tax_policies import TaxMethod
from providers.base import Access
from providers.quickbooks.simulator import AMERICA, TRADING
from tests.contract.quickbooks import QuickBooksFarEnd
from tests.providers.quickbooks.ours import the_document

OURS = BookRules(
    tracks_documents=True,
    sells_products=True,
    parts_contacts=True,
    cards_not=(Destination.CHEQUES, ItemKind.SALE),
    pays_credits=False,
    customers_on=(PostingKind.BILL, PostingKind.SUPPLIER_CREDIT_NOTE, PostingKind.SPEND_MONEY),
    bills_customers=True,
    books_at_once=tuple(ItemKind),
    works_tax_out=TaxMethod.ROUNDS_NET,
    categories_have_tax=True,
)
UNTAXED = replace(OURS, taxes_costs=False, works_tax_out=None, categories_have_tax=False)

# The books and their lists


async def a_list(quickbooks: QuickBooksFarEnd, kind: ListKind, page: str | None = None) -> ListPage:
    return await quickbooks.provider.list_page(quickbooks.access, kind, page)


async def test_the_books_say_what_is_closed_where_quickbooks_tells(quickbooks: QuickBooksFarEnd) -> None:
    told = await quickbooks.provider.books(quickbooks.access)
    quickbooks.state.set_tells_close_date(TRADING, tells=False)
    untold = await quickbooks.provider.books(quickbooks.access)

    assert (told.lock_dates_known, told.period_locked_to) == (True, date(2019, 12, 31))
    assert (untold.lock_dates_known, untold.period_locked_to) == (False, None)
    assert (told.base_currency, told.country, told.plan) == ("GBP", "GB", "QuickBooks Online Plus")


async def test_currencies_come_with_todays_rate_where_quickbooks_has_one(quickbooks: QuickBooksFarEnd) -> None:
    quickbooks.books.create("CompanyCurrency", {"Code": "SEK", "Name": "Swedish Krona", "Active": True})

    page = await a_list(quickbooks, ListKind.CURRENCIES)

    told = {each.code: (each.rate, each.rated_on) for each in page.entries if isinstance(each, Currency)}
    assert told["EUR"] == (Decimal("1.162791"), quickbooks.clock.now().date())
    assert told["GBP"] == told["SEK"] == (None, None)


async def test_books_that_are_registered_for_no_tax_ask_for_none(quickbooks: QuickBooksFarEnd) -> None:
    registered = await quickbooks.provider.books(quickbooks.access)
    quickbooks.books.change_preferences("TaxPrefs", UsingSalesTax=False)
    not_registered = await quickbooks.provider.books(quickbooks.access)

    quickbooks.books.change_preferences("CurrencyPrefs", MultiCurrencyEnabled=False)
    of_one_currency = await quickbooks.provider.books(quickbooks.access)

    assert of_one_currency.rules.has_one_currency
    assert registered.rules == OURS
    assert not_registered.rules == replace(UNTAXED, taxes_sales=False)


async def test_the_books_say_whether_costs_are_tracked_by_customer_and_billed_on(quickbooks: QuickBooksFarEnd) -> None:
    quickbooks.books.change_preferences("VendorAndPurchasesPrefs", BillableExpenseTracking=False)
    unbilled = await quickbooks.provider.books(quickbooks.access)
    quickbooks.books.change_preferences("VendorAndPurchasesPrefs", TrackingByCustomer=False)
    untracked = await quickbooks.provider.books(quickbooks.access)

    assert unbilled.rules == replace(OURS, bills_customers=False)
    assert untracked.rules == replace(OURS, customers_on=(), bills_customers=False)


async def test_what_is_billable_is_refused_with_its_cause_where_that_was_switched_off_since(
    quickbooks: QuickBooksFarEnd,
) -> None:
    bill = quickbooks.a_bill("A")
    bill = replace(bill, lines=(replace(bill.lines[0], customer="16", is_billable=True),))
    quickbooks.books.change_preferences("VendorAndPurchasesPrefs", BillableExpenseTracking=False)
    unbilled = await refused(quickbooks, bill)
    quickbooks.books.change_preferences("VendorAndPurchasesPrefs", TrackingByCustomer=False)
    untracked = await refused(quickbooks, bill)

    assert (unbilled.code, untracked.code) == (ProblemCode.CUSTOMER_NOT_TAKEN, ProblemCode.CUSTOMER_NOT_TAKEN)
    assert "billable expense" in unbilled.vendor_words


async def refused(quickbooks: QuickBooksFarEnd, bill: Posting) -> Problem:
    (outcome,) = await quickbooks.create(bill)
    assert isinstance(outcome, Refused), outcome
    return outcome.problem


async def test_a_project_is_known_with_the_customer_that_it_is_of(quickbooks: QuickBooksFarEnd) -> None:
    page = await a_list(quickbooks, ListKind.CONTACTS)
    while page.next_page is not None:
        page = replace(
            more := await a_list(quickbooks, ListKind.CONTACTS, page.next_page), entries=(*page.entries, *more.entries)
        )

    found = {entry.name: entry for entry in page.entries if isinstance(entry, Contact)}
    assert (found["Loft refit"].label, found["Loft refit"].is_customer) == ("Hamilton Smith Ltd · Loft refit", True)
    assert found["Boom FM"].label == "Boom FM"


async def test_accounts_are_shown_by_number_and_referred_to_by_id(quickbooks: QuickBooksFarEnd) -> None:
    page = await a_list(quickbooks, ListKind.ACCOUNTS)

    found = {entry.name: entry for entry in page.entries if isinstance(entry, Account)}
    office = found["Office Supplies"]
    assert (office.code, office.label) == ("28", "1280 · Office Supplies")
    assert [found[name].is_codable for name in ("Creditors", "Debtors", "VAT Control", "Company Card")] == [False] * 4
    assert not found["Fax Rental"].is_active


async def test_a_list_of_bank_accounts_has_cards_too_and_inactive_ones(quickbooks: QuickBooksFarEnd) -> None:
    page = await a_list(quickbooks, ListKind.BANK_ACCOUNTS)

    found = {entry.name: entry.is_active for entry in page.entries if isinstance(entry, Account) and entry.is_bank}
    assert found["Company Card"]
    assert not found["Old Current Account"]
    assert len(found) == len(page.entries)


async def test_a_tax_code_has_the_percentage_of_its_rates(quickbooks: QuickBooksFarEnd) -> None:
    page = await a_list(quickbooks, ListKind.TAX_RATES)

    found = {entry.code: entry for entry in page.entries if isinstance(entry, TaxRate)}
    assert (found["2"].name, found["2"].percent, found["2"].is_active) == ("20.0% S", Decimal(20), True)
    assert not found["9"].is_active


async def test_classes_and_locations_are_options_as_far_as_they_are_switched_on(quickbooks: QuickBooksFarEnd) -> None:
    both = await a_list(quickbooks, ListKind.TRACKING_CATEGORIES)
    quickbooks.books.change_preferences("AccountingInfoPrefs", ClassTrackingPerTxnLine=False)
    one = await a_list(quickbooks, ListKind.TRACKING_CATEGORIES)

    names = [
        (category.name, category.is_of_document, [option.name for option in category.options])
        for category in both.entries
        if isinstance(category, TrackingCategory)
    ]
    assert names == [
        ("Class", False, ["North", "Overseas", "South"]),
        ("Location", True, ["London", "Manchester", "York"]),
    ]
    assert [category.name for category in one.entries if isinstance(category, TrackingCategory)] == ["Location"]


async def test_suppliers_come_before_customers_and_only_what_changed_where_that_is_asked(
    quickbooks: QuickBooksFarEnd,
) -> None:
    first = await a_list(quickbooks, ListKind.CONTACTS)
    second = await a_list(quickbooks, ListKind.CONTACTS, first.next_page)
    since = quickbooks.clock.now()
    quickbooks.clock.move_to(since + timedelta(minutes=1))
    quickbooks.state.set_active(TRADING, "Vendor", "Net Connect", is_active=False)
    changed = await quickbooks.provider.list_page(quickbooks.access, ListKind.CONTACTS, None, since=since)

    assert all(isinstance(entry, Contact) and entry.is_supplier for entry in first.entries)
    assert all(isinstance(entry, Contact) and entry.is_customer for entry in second.entries)
    assert second.next_page is None
    assert [(entry.name, entry.is_active) for entry in changed.entries if isinstance(entry, Contact)] == [
        ("Net Connect", False)
    ]


async def test_products_say_what_they_are_booked_to(quickbooks: QuickBooksFarEnd) -> None:
    page = await a_list(quickbooks, ListKind.PRODUCTS)

    found = {entry.name: entry for entry in page.entries if isinstance(entry, Product)}
    assert (found["Delivery"].bought and found["Delivery"].bought.account) == "29"
    assert found["Consulting"].bought is None
    assert (found["Consulting"].sold and found["Consulting"].sold.account) == "20"


async def test_of_products_only_what_changed_is_read_where_that_is_asked(quickbooks: QuickBooksFarEnd) -> None:
    since = quickbooks.clock.now()
    quickbooks.clock.move_to(since + timedelta(minutes=1))
    quickbooks.state.set_active(TRADING, "Item", "Delivery", is_active=False)

    changed = await quickbooks.provider.list_page(quickbooks.access, ListKind.PRODUCTS, None, since=since)

    found = [(entry.name, entry.is_active) for entry in changed.entries if isinstance(entry, Product)]
    assert found == [("Delivery", False)]


async def test_an_entry_of_another_form_is_named_and_costs_the_list_nothing(quickbooks: QuickBooksFarEnd) -> None:
    account = quickbooks.books.shelf("Account")["28"]
    quickbooks.books.save("Account", {**account, "Classification": "Weather"})

    page = await a_list(quickbooks, ListKind.ACCOUNTS)

    (unreadable,) = page.unreadable
    assert unreadable.key == "28"
    assert "Office Supplies (its Classification, Weather, is none that I know)" in unreadable.words


async def test_books_in_the_united_states_take_a_bill_without_tax_and_a_sale_with_their_own(
    quickbooks: QuickBooksFarEnd,
) -> None:
    tokens = quickbooks.state.grant("dana", AMERICA)
    quickbooks.access = Access(access_token=tokens["access_token"], tenant_id=AMERICA)
    bill = quickbooks.a_bill("A", currency="USD", line_amounts=LineAmounts.NO_TAX)
    line = replace(bill.lines[0], account_code="20", tax_code=None, tax=Decimal(0))
    bill = replace(bill, lines=(line,), tax=Decimal(0), gross=Decimal("100.00"))

    sale = quickbooks.a_posting(PostingKind.SALES_INVOICE, "S")
    sold = replace(sale.lines[0], item_code="1", account_code="", tax_code="TAX", tax=Decimal("8.25"))
    sale = replace(
        sale, currency="USD", contact_name="Cool Cars", lines=(sold,), tax=Decimal("8.25"), gross=Decimal("108.25")
    )

    books = await quickbooks.provider.books(quickbooks.access)
    document = await the_document(quickbooks, bill)

    assert (books.base_currency, books.country) == ("USD", "US")
    assert books.rules == replace(UNTAXED, has_one_currency=True)
    assert differences(bill, document) == ()
    assert differences(sale, await the_document(quickbooks, sale)) == (), "the tax that QuickBooks works out"
    for kind in quickbooks.provider.profile.lists:
        assert (await a_list(quickbooks, kind)).unreadable == ()
    rates = await a_list(quickbooks, ListKind.TAX_RATES)
    assert {entry.code: entry.percent for entry in rates.entries if isinstance(entry, TaxRate)} == {
        "TAX": None,
        "NON": 0,
    }
    accounts = await a_list(quickbooks, ListKind.ACCOUNTS)
    assert "Supplies" in {entry.label for entry in accounts.entries if isinstance(entry, Account)}
