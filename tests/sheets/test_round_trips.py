"""What items are booked to is found again by a list that was written of them, whatever things are called in the ledger."""

from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.books import Account, AccountClass, Contact, Product, TaxRate, TrackingCategory, TrackingOption
from bot.domain.coding import Billable, CodedValue, Coding, LineCoding, Track, Tracked
from bot.domain.documents import Facts, Line, Party
from bot.domain.naming import Called
from bot.services.item_import import coding_of
from bot.services.ledger_names import LedgerNames
from bot.sheets.writing import Written, header, rows_of, written
from tests.sheets.lists import read
from tests.sheets.test_writing import an_item

LINE = Line(description="Paper", unit_price=Decimal("1.00"), net=Decimal("1.00"))
CODES = ("1", "2", "3")
NAMES = ("Paper", "paper", "1", "2", "1 - Paper", "=Ink", "a;b")
"""Some are the codes of others, and some are alike."""
numbers = st.none() | st.sampled_from(("", "1", "2", "7"))


def of_each(names: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[tuple[str, str]]]:
    return names.map(lambda found: list(zip(CODES, found, strict=True)))


three_names = of_each(st.lists(st.sampled_from(NAMES), min_size=3, max_size=3))
accounts = st.tuples(three_names, st.lists(numbers, min_size=3, max_size=3)).map(
    lambda found: [
        Account(provider_id=code, code=code, name=name, number=number, account_class=AccountClass.EXPENSE)
        for (code, name), number in zip(*found, strict=True)
    ]
)
rates = three_names.map(lambda found: [TaxRate(code=code, name=name, percent=Decimal(20)) for code, name in found])
products = st.tuples(three_names, st.lists(numbers, min_size=3, max_size=3)).map(
    lambda found: [
        Product(provider_id=code, code=code, name=name, number=number)
        for (code, name), number in zip(*found, strict=True)
    ]
)
customers = st.tuples(three_names, st.lists(st.none() | st.sampled_from(NAMES), min_size=3, max_size=3)).map(
    lambda found: [
        Contact(provider_id=code, name=name, within=within, is_customer=True)
        for (code, name), within in zip(*found, strict=True)
    ]
)
options = three_names.map(lambda found: tuple(TrackingOption(provider_id=code, name=name) for code, name in found))
categories = st.tuples(three_names, options).map(
    lambda found: [TrackingCategory(provider_id=code, name=name, options=found[1]) for code, name in found[0]]
)
value = st.none() | st.sampled_from(CODES)
coded = value.map(lambda code: CodedValue(value=code))
tracking = st.dictionaries(st.sampled_from(CODES), st.sampled_from(CODES), max_size=3).map(
    lambda chosen: tuple(
        Tracked(category=category, option=CodedValue(value=option)) for category, option in sorted(chosen.items())
    )
)
billable = st.sampled_from([None, *Billable]).map(lambda said: CodedValue(value=said))
of_lines = st.builds(
    LineCoding, account=coded, tax_rate=coded, product=coded, customer=coded, billable=billable, tracking=tracking
)
codings = st.builds(
    Coding,
    account=coded,
    tax_rate=coded,
    product=coded,
    customer=coded,
    billable=billable,
    tracking=tracking,
    lines=st.lists(of_lines, max_size=3).map(tuple),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    accounts: list[Account]
    rates: list[TaxRate]
    products: list[Product]
    customers: list[Contact]
    categories: list[TrackingCategory]

    def names(self) -> LedgerNames:
        return LedgerNames(
            accounts=Called.of(self.accounts),
            tax_rates=Called.of(self.rates),
            products=Called.of(self.products),
            customers=Called.of(self.customers),
            categories=Called.of(self.categories),
            options={category.provider_id: Called.of(category.options) for category in self.categories},
        )

    def written(self, names: LedgerNames) -> Written:
        called = names.customers
        return Written(
            accounts={each.code: names.accounts.name_for(each) for each in self.accounts},
            tax_rates={each.code: names.tax_rates.name_for(each) for each in self.rates},
            products={each.code: names.products.name_for(each) for each in self.products},
            customers={} if called is None else {each.provider_id: called.name_for(each) for each in self.customers},
            tracking={
                Track(each.provider_id, option.provider_id): (
                    names.categories.name_for(each),
                    names.options[each.provider_id].name_for(option),
                )
                for each in self.categories
                for option in each.options
            },
        )


ledgers = st.builds(
    Ledger, accounts=accounts, rates=rates, products=products, customers=customers, categories=categories
)


@given(codings, st.integers(0, 3), ledgers)
def test_what_an_item_and_its_lines_are_booked_to_is_found_again(coding: Coding, lines: int, ledger: Ledger) -> None:
    facts = Facts(supplier=Party(name="A"), gross=Decimal(lines or 5), net=Decimal(lines or 5), lines=(LINE,) * lines)
    item, names = replace(an_item(facts), coding=coding), ledger.names()

    (back,) = read(header() + written(rows_of(item, ledger.written(names))))

    found = coding_of(back, names)
    assert [sentence for each in back.all_names for sentence in names.unknown(each)] == []
    assert [found.codes_at(at) for at in range(lines)] == [coding.codes_at(at) for at in range(lines)]
    assert lines or found.codes == coding.codes
