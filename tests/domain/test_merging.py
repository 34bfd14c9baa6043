"""What is proposed for an entry of an old list: its code, else its name, of the same kind; a tax rate only at the same rate."""

from dataclasses import replace
from decimal import Decimal

from bot.domain.books import (
    Account,
    AccountClass,
    ListKind,
    Product,
    TaxRate,
    TrackingCategory,
    TrackingOption,
    Usually,
)
from bot.domain.gone_codes import Code
from bot.domain.merging import (
    SKIP,
    account_for,
    agree,
    bank_account_for,
    code_of,
    option_for,
    product_for,
    tax_rate_for,
    value_of,
)

D = Decimal


def account(code: str, name: str, of: AccountClass = AccountClass.EXPENSE, number: str | None = None) -> Account:
    return Account(provider_id=f"id {code}", code=code, name=name, account_class=of, number=number)


def rate(code: str, name: str, percent: str, *applies: AccountClass) -> TaxRate:
    return TaxRate(code=code, name=name, percent=D(percent), applies_to=frozenset(applies or (AccountClass.EXPENSE,)))


RENT, TRAVEL = account("469", "Rent"), account("493", "Travel - National")


def test_a_category_of_the_same_code_and_class_is_proposed_first() -> None:
    new = (account("7", "Rent"), account("469", "Premises"))
    assert account_for("469", RENT, new) == new[1]
    assert account_for("469", RENT, (new[0], replace(new[1], account_class=AccountClass.REVENUE))) == new[0]


def test_codes_that_are_a_ledgers_own_ids_say_nothing_and_numbers_do() -> None:
    new = (account("469", "Petrol", number=""), account("31", "Premises", number="469"))
    assert account_for("469", RENT, new) == new[1]


def test_else_the_one_that_is_called_alike_and_none_where_two_are() -> None:
    new = (account("1", "Travel national"), account("2", "Training"))
    assert account_for("493", TRAVEL, new) == new[0]
    assert account_for("493", TRAVEL, (new[0], account("3", "National travel"))) is None
    assert account_for("493", TRAVEL, (new[1],)) is None


def test_a_tax_rate_agrees_at_the_same_rate_and_for_all_that_the_old_one_is_for() -> None:
    costs, sales = AccountClass.EXPENSE, AccountClass.REVENUE
    old = rate("INPUT2", "20% (VAT on Expenses)", "20", costs)
    assert agree(old, rate("2", "20.0% S", "20", costs, sales))
    assert not agree(old, rate("2", "20% (VAT on Income)", "20", sales))
    assert not agree(old, rate("INPUT2", "20% (VAT on Expenses)", "17.5", costs))
    assert not agree(replace(old, applies_to=frozenset({costs, sales})), old)


def test_of_the_rates_that_agree_code_then_name_then_the_only_one() -> None:
    old = rate("ZERO", "Zero rated expenses", "0")
    exempt, zero, none = rate("ZERO", "Exempt", "0"), rate("Z", "Zero-rated expenses", "0"), rate("N", "No VAT", "0")
    assert tax_rate_for("ZERO", old, (exempt, zero)) == exempt
    assert tax_rate_for("ZERO", old, (zero, none)) == zero
    assert tax_rate_for("ZERO", old, (none, rate("X", "Exempt", "0"))) is None
    assert tax_rate_for("ZERO", old, (none, rate("S", "Standard", "20"))) == none


def test_bank_accounts_are_of_the_same_currency() -> None:
    pounds = replace(account("090", "Current Account", AccountClass.ASSET), currency="GBP", is_bank=True)
    euros = replace(pounds, currency="EUR")
    assert bank_account_for(pounds, (euros,)) is None
    assert bank_account_for(pounds, (euros, replace(pounds, code="1"))) == replace(pounds, code="1")


def test_a_product_is_sold_and_bought_as_the_old_one_is() -> None:
    sold = Product(provider_id="1", code="TONER", name="Toner", sold=Usually())
    bought = replace(sold, sold=None, bought=Usually())
    assert product_for("TONER", sold, (bought,)) is None
    assert product_for("TONER", sold, (bought, replace(sold, code="5", number=""))) == replace(
        sold, code="5", number=""
    )


def test_an_option_is_found_in_the_category_of_its_name_else_in_the_only_one_that_has_it() -> None:
    north, south = (TrackingOption(provider_id=f"id {name}", name=name) for name in ("North", "South"))
    region = TrackingCategory(provider_id="r", name="Region", options=(north, south))
    other = TrackingCategory(provider_id="o", name="Class", options=(north,))
    kind = ListKind.TRACKING_CATEGORIES
    assert option_for(("Region", "North"), (other, region)) == Code(kind, "id North", "r")
    assert option_for(("Area", "South"), (other, region)) == Code(kind, "id South", "r")
    assert option_for(("Area", "North"), (other, region)) is None


def test_what_lists_that_were_forgotten_had_is_known_by_its_code_alone() -> None:
    assert account_for("469", None, (RENT, TRAVEL)) == RENT
    assert tax_rate_for("INPUT2", None, ()) is None


def test_an_entry_comes_back_from_an_option_as_it_was() -> None:
    for code in (Code(ListKind.ACCOUNTS, "4/69"), Code(ListKind.TRACKING_CATEGORIES, "a/b", "c")):
        assert code_of(code.kind, value_of(code)) == code
    assert code_of(ListKind.ACCOUNTS, SKIP) is None
