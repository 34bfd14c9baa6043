"""What our client makes of the books and the lists of FreeAgent, beyond the contract of every provider."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain.book_rules import BookRules
from bot.domain.books import (
    Account,
    AccountClass,
    BillRights,
    Contact,
    Currency,
    ListKind,
    ListPage,
    Login,
    TaxRate,
    TrackingCategory,
)
from bot.domain.documents import ItemKind
from bot.domain.problems import ProblemCode
from bot.domain.tax_policies import TaxMethod
from providers.base import Access
from providers.errors import PersonNeededError, ReconnectNeededError
from providers.freeagent import wire
from providers.freeagent.lists import rates_of
from providers.freeagent.mapping import rules_of
from providers.freeagent.simulator import AMERICA, IRELAND, PRACTICE, TRADING
from tests.contract.freeagent import FreeAgentFarEnd
from tests.contract.signing_in import REDIRECT
from tests.providers.freeagent.ours import access_of


async def a_list(far: FreeAgentFarEnd, kind: ListKind, access: Access | None = None) -> ListPage:
    return await far.provider.list_page(access or far.access, kind, None)


# The books


async def test_lock_dates_are_told_to_somebody_with_full_access_and_unknown_to_others(far: FreeAgentFarEnd) -> None:
    far.state.lock_to(TRADING, date(2026, 1, 31))

    full = await far.provider.books(far.access)
    banking = await far.provider.books(access_of(far, "sam", TRADING))

    assert (full.lock_dates_known, full.period_locked_to, full.year_locked_to) == (
        True,
        date(2026, 1, 31),
        date(2025, 3, 31),
    )
    # what FreeAgent was begun with is known to everybody
    assert (banking.lock_dates_known, banking.period_locked_to, banking.year_locked_to) == (
        False,
        None,
        date(2024, 3, 31),
    )


async def test_the_access_level_says_whether_bills_may_be_written(far: FreeAgentFarEnd) -> None:
    levels = {"dana": BillRights.ALL, "ira": BillRights.ALL, "rae": BillRights.NONE}

    found = {person: await far.provider.bill_rights(access_of(far, person, TRADING)) for person in levels}

    assert found == levels


async def test_books_ask_for_tax_where_the_company_reclaims_or_charges_any(far: FreeAgentFarEnd) -> None:
    registered = await far.provider.books(far.access)
    america = await far.provider.books(access_of(far, "dana", AMERICA))
    far.state.set_registered(TRADING, is_registered=False)
    unregistered = await far.provider.books(far.access)

    at_once = (ItemKind.COST, ItemKind.EXPENSE_REPORT)
    bare = BookRules(books_bank_whole=True, costs_taxed_in="GBP", pays_users=True, books_at_once=at_once)
    whole = replace(bare, works_tax_out=TaxMethod.ROUNDS_TAX, categories_have_tax=True)
    assert registered.rules == whole
    assert america.rules == replace(whole, taxes_costs=False, costs_taxed_in="USD")
    assert unregistered.rules == replace(bare, taxes_costs=False, taxes_sales=False)
    assert (america.base_currency, america.country, america.short_code) == ("USD", "United States", AMERICA)


# The lists


async def test_categories_are_codable_unless_only_freeagent_books_to_them(far: FreeAgentFarEnd) -> None:
    page = await a_list(far, ListKind.ACCOUNTS)

    found = {entry.code: entry for entry in page.entries if isinstance(entry, Account)}
    assert found["359"].label == "359 · Stationery"
    assert (found["359"].account_class, found["001"].account_class) == (AccountClass.EXPENSE, AccountClass.REVENUE)
    assert [found[code].is_codable for code in ("359", "001", "820")] == [True] * 3
    # debtors, bank, creditors, VAT, users; stock and capital assets want more than a category
    assert [found[code].is_codable for code in ("681", "750", "796", "817", "905", "609", "602")] == [False] * 7
    usual = {code: found[code].default_tax_code for code in ("359", "292", "365", "256", "260", "820")}
    assert usual == {"359": "20", "292": "5", "365": "0", "256": "EXEMPT", "260": "OUT_OF_SCOPE", "820": "OUT_OF_SCOPE"}


@pytest.mark.parametrize(
    ("company", "codes"),
    [
        (TRADING, ["20", "5", "0", "EXEMPT", "OUT_OF_SCOPE", "REVERSE_CHARGE"]),
        (AMERICA, ["8.25", "0", "EXEMPT", "OUT_OF_SCOPE"]),
        (IRELAND, ["23", "13.5", "9", "0", "EXEMPT", "OUT_OF_SCOPE"]),
    ],
)
async def test_tax_rates_are_those_of_the_company(far: FreeAgentFarEnd, company: str, codes: list[str]) -> None:
    page = await a_list(far, ListKind.TAX_RATES, access_of(far, "dana", company))

    found = [entry for entry in page.entries if isinstance(entry, TaxRate)]
    assert [rate.code for rate in found] == codes
    assert found[0].percent == Decimal(codes[0])


@pytest.mark.parametrize(
    ("company", "codes", "taxes"),
    [
        ({"type": "UkLimitedCompany", "sales_tax_registration_status": "Registered"}, ["20", "5", "0"], (True, True)),
        ({"type": "UkSoleTrader", "sales_tax_registration_status": "Not Registered"}, [], (False, False)),
        (
            {"type": "UkPartnership", "sales_tax_registration_status": "De-registered", "sales_tax_rates": ["20.0"]},
            [],
            (False, False),
        ),
        ({"type": "UsSCorp", "sales_tax_rates": ["8.25", "0.0"]}, ["8.25", "0"], (False, True)),
        ({"type": "UniversalCompany", "sales_tax_rates": ["23.0", "23.00"]}, ["23"], (True, True)),
    ],
)
def test_what_a_company_leaves_out_is_known_by_where_it_is(
    company: wire.Company, codes: list[str], taxes: tuple[bool, bool]
) -> None:
    assert rates_of(company) == codes
    rules = rules_of(company)
    assert (rules.taxes_costs, rules.taxes_sales) == taxes


async def test_projects_are_options_of_one_category_and_only_active_ones_are_offered(far: FreeAgentFarEnd) -> None:
    (category,) = (await a_list(far, ListKind.TRACKING_CATEGORIES)).entries

    assert isinstance(category, TrackingCategory)
    assert category.name == "Project"
    assert {option.name: option.is_active for option in category.options} == {
        "Jingles": True,
        "Airport Runs": True,
        "Trailers": True,
        "Old Campaign": False,
    }


async def test_bank_accounts_have_their_currency_and_hidden_ones_are_not_live(far: FreeAgentFarEnd) -> None:
    page = await a_list(far, ListKind.BANK_ACCOUNTS)

    found = {entry.name: entry for entry in page.entries if isinstance(entry, Account)}
    assert {name: account.currency for name, account in found.items()} == {
        "Business Current Account": "GBP",
        "Euro Account": "EUR",
        "Company Card": "GBP",
        "PayPal": "GBP",
        "Old Current Account": "GBP",
    }
    assert (found["Company Card"].is_active, found["Old Current Account"].is_active) == (True, False)


async def test_bank_accounts_are_refused_to_an_access_level_below_banking(far: FreeAgentFarEnd) -> None:
    with pytest.raises(PersonNeededError) as refused:
        await a_list(far, ListKind.BANK_ACCOUNTS, access_of(far, "ira", TRADING))

    assert refused.value.problem.code is ProblemCode.PERMISSION_MISSING


async def test_a_person_is_a_contact_by_their_name_and_hidden_ones_are_not_live(far: FreeAgentFarEnd) -> None:
    page = await a_list(far, ListKind.CONTACTS)

    found = {entry.name: entry for entry in page.entries if isinstance(entry, Contact)}
    assert found["Petra Plumber"].is_active
    assert not found["Old Supplies"].is_active
    assert all(contact.is_supplier and contact.is_customer for contact in found.values() if not contact.is_user)


async def test_of_contacts_only_those_that_changed_are_asked_for(far: FreeAgentFarEnd) -> None:
    since = far.clock.now()
    far.clock.move_to(since + timedelta(minutes=1))
    far.state.set_contact_status(TRADING, "Net Connect", "Hidden")

    page = await far.provider.list_page(far.access, ListKind.CONTACTS, None, since=since)

    changed = [entry for entry in page.entries if isinstance(entry, Contact) and not entry.is_user]
    assert [(entry.name, entry.is_active) for entry in changed] == [("Net Connect", False)]


async def test_the_companys_own_currency_comes_first(far: FreeAgentFarEnd) -> None:
    page = await a_list(far, ListKind.CURRENCIES, access_of(far, "dana", IRELAND))

    codes = [entry.code for entry in page.entries if isinstance(entry, Currency)]
    assert codes[0] == "EUR"
    assert len(codes) == len(set(codes)) > 80


# A practice


async def test_a_practices_sign_in_sees_its_clients_and_is_of_no_company(far: FreeAgentFarEnd) -> None:
    told = await far.allow(far.address(), person="pat", company=PRACTICE)
    answer = await far.provider.exchange(code=told["code"], redirect_uri=REDIRECT, code_verifier=None)

    choices = await far.provider.organisations(answer)

    assert (answer.tenant_id, answer.subject) == (None, f"manager 1@{PRACTICE}")
    assert answer.login == Login(name="Pat Practice", email="pat@northwind.example")
    assert {choice.tenant_id: choice.name for choice in choices} == {
        TRADING: "Northwind Trading Ltd",
        IRELAND: "Northwind Ireland",
    }
    access = Access(access_token=answer.access_token, tenant_id=IRELAND)
    assert (await far.provider.books(access)).name == "Northwind Ireland"
    assert await far.provider.shared(access) == {TRADING, IRELAND}


async def test_a_client_that_left_the_practice_is_told_as_access_that_was_removed(far: FreeAgentFarEnd) -> None:
    access = access_of(far, "pat", PRACTICE, of=AMERICA)

    with pytest.raises(ReconnectNeededError) as removed:
        await far.provider.books(access)

    assert removed.value.problem.code is ProblemCode.ACCESS_REMOVED


async def test_who_signed_in_to_a_company_is_told_by_name(far: FreeAgentFarEnd) -> None:
    answer = await far.signed_in()

    assert answer.login is not None
    assert (answer.login.name, answer.tenant_id) == ("Dana Admin", TRADING)
