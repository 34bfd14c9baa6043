"""What the simulated FreeAgent starts with: people, three companies with taxes of three kinds, and a practice with clients."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from providers.freeagent.simulated import charts
from providers.simulating import people
from providers.simulating.numbers import Json
from providers.simulating.people import Person

SEEDED_AT = "2025-01-06T09:00:00.000Z"
VENDOR = "freeagent"
TRADING = "northwind"
"""The subdomain of Northwind Trading Ltd: United Kingdom, pounds, registered for VAT."""
AMERICA = "northwindamerica"
"""Of Northwind America LLC: United States, dollars, sales tax that is not reclaimed."""
IRELAND = "northwindireland"
"""Of Northwind Ireland: a company of any country, euros, VAT by sales tax periods."""
COMPANIES = (TRADING, AMERICA, IRELAND)
PRACTICE = "harbouraccounts"
"""The subdomain of an accountancy practice; its account managers sign in to it, and to no company."""
CLIENTS = (TRADING, IRELAND)
MANAGERS = frozenset({"pat"})
FULL, TAX, BANKING, BILLS, INVOICES, CONTACTS, MONEY, TIME = 8, 7, 6, 5, 4, 3, 2, 1
"""Access levels: dev.freeagent.com/docs/introduction."""

stable_id = partial(people.stable_id, VENDOR)


def _person(key: str, first: str, last: str, roles: dict[str, str]) -> Person:
    return Person(vendor=VENDOR, key=key, first_name=first, last_name=last, roles=roles)


PEOPLE = {
    person.key: person
    for person in (
        _person("dana", "Dana", "Admin", {TRADING: "8", AMERICA: "8", IRELAND: "8"}),
        _person("sam", "Sam", "Second", {TRADING: "6"}),
        _person("ira", "Ira", "Standard", {TRADING: "5"}),
        _person("rae", "Rae", "Receipts", {TRADING: "2"}),
        _person("pat", "Pat", "Practice", dict.fromkeys(CLIENTS, "8")),
        _person("mia", "Mia", "Member", {TRADING: "2"}),
    )
}
_ROLES = {"dana": "Director", "pat": "Accountant"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How the company of one subdomain begins."""

    number: int
    name: str
    type: str
    currency: str
    country: str
    contacts: str
    banks: str
    projects: str
    taxes: tuple[tuple[str, str, str], ...]
    """Sales tax periods, of companies that have such: from when, whether registered, and the rates."""


STARTS = {
    TRADING: Start(
        number=48001,
        name="Northwind Trading Ltd",
        type="UkLimitedCompany",
        currency="GBP",
        country="United Kingdom",
        contacts=charts.TRADING_CONTACTS,
        banks=charts.TRADING_BANKS,
        projects=charts.TRADING_PROJECTS,
        taxes=(),
    ),
    AMERICA: Start(
        number=48002,
        name="Northwind America LLC",
        type="UsLimitedLiabilityCompany",
        currency="USD",
        country="United States",
        contacts=charts.AMERICA_CONTACTS,
        banks=charts.OTHER_BANKS,
        projects=charts.AMERICA_PROJECTS,
        taxes=(("2024-01-01", "Registered", "8.25"),),
    ),
    IRELAND: Start(
        number=48003,
        name="Northwind Ireland",
        type="UniversalCompany",
        currency="EUR",
        country="Ireland",
        contacts=charts.IRELAND_CONTACTS,
        banks=charts.OTHER_BANKS,
        projects=charts.IRELAND_PROJECTS,
        taxes=(("2024-01-01", "Not Registered", "0"), ("2025-01-01", "Registered", "23 13.5 9")),
    ),
}
IDS_APART = 1_000_000
"""Ids of one company are this far from those of the next, so that a link that names no company leads to the right one."""
IN_POUNDS = {"GBP": Decimal(1), "EUR": Decimal("0.86"), "USD": Decimal("0.79"), "CHF": Decimal("0.89")}
"""What FreeAgent takes from xe.com; currencies that are not here are worth half a pound."""


def home(subdomain: str) -> str:
    return STARTS[subdomain].currency


def is_uk(subdomain: str) -> bool:
    return STARTS[subdomain].type.startswith("Uk")


def _rows(text: str) -> list[list[str]]:
    return [row.split("|") for row in text.split("\n")]


def company(subdomain: str) -> Json:
    """As `GET /company` has it; what is private is what people set and the API tells elsewhere."""
    start = STARTS[subdomain]
    found: Json = {
        "url": "/v2/company",
        "id": start.number,
        "name": start.name,
        "subdomain": subdomain,
        "type": start.type,
        "currency": start.currency,
        "mileage_units": "miles",
        "company_start_date": "2024-01-01",
        "freeagent_start_date": "2024-04-01",
        "first_accounting_year_end": "2025-03-31",
        "address1": "1 Harbour Street",
        "town": "Northwind",
        "country": start.country,
        "contact_email": "books@northwind.example",
        "short_date_format": "dd mmm yy",
        "sales_tax_registration_status": "Registered",
        "cis_enabled": False,
        "cis_subcontractor": False,
        "cis_contractor": False,
        "locked_attributes": ["currency", "type"],
        "created_at": SEEDED_AT,
        "updated_at": SEEDED_AT,
        "_is_lapsed": False,
        "_is_in_northern_ireland": False,
        "_locks": [],
    }
    if is_uk(subdomain):
        found |= {
            "company_registration_number": "12345678",
            "sales_tax_name": "VAT",
            "sales_tax_registration_number": "123456789",
            "sales_tax_effective_date": "2024-04-01",
            "sales_tax_is_value_added": True,
            "supports_auto_sales_tax_on_purchases": True,
            "vat_first_return_period_ends_on": "2024-06-30",
            "initial_vat_basis": "Invoice",
            "initially_on_frs": False,
            "ec_vat_reporting_enabled": False,
        }
    return found


def users(subdomain: str) -> Iterator[Json]:
    for number, person in enumerate((one for one in PEOPLE.values() if subdomain in one.roles), 1):
        yield {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
            "role": _ROLES.get(person.key, "Employee"),
            "permission_level": int(person.roles[subdomain]),
            "opening_mileage": Decimal("0.0"),
            "hidden": False,
            "_number": number,
            "_person": person.key,
        }


def categories(subdomain: str) -> Iterator[Json]:
    for code, description, group, tax, allowable, system in _rows(charts.CATEGORIES):
        found: Json = {"url": f"/v2/categories/{code}", "description": description, "nominal_code": code}
        found |= {"group_description": _GROUPS[group], "_group": f"{group}_categories", "_system": bool(system)}
        if group in ("cost_of_sales", "admin_expenses"):
            found |= {"allowable_for_tax": bool(allowable), "tax_reporting_name": description}
        if tax and subdomain != AMERICA:
            found["auto_sales_tax_rate"] = tax
        yield found


_GROUPS = {
    "income": "Income (normally VATable)",
    "cost_of_sales": "Cost of sales (normally VATable)",
    "admin_expenses": "Admin expenses (normally VATable)",
    "general": "General",
}
"""The first two are in the examples of dev.freeagent.com/docs/categories."""


def contacts(subdomain: str) -> Iterator[Json]:
    for organisation, person, country, charge, terms, status, was in _rows(STARTS[subdomain].contacts):
        first, _, last = person.partition(" ")
        yield {
            "organisation_name": organisation or None,
            "first_name": first or None,
            "last_name": last or None,
            "country": country,
            "charge_sales_tax": charge,
            "default_payment_terms_in_days": int(terms),
            "locale": "en",
            "contact_name_on_invoices": True,
            "uses_contact_invoice_sequence": False,
            "status": status,
            "_was": was,
        }


def bank_accounts(subdomain: str) -> Iterator[Json]:
    for name, kind, currency, primary, status in _rows(STARTS[subdomain].banks):
        found: Json = {
            "type": kind,
            "name": name,
            "currency": currency or home(subdomain),
            "is_personal": False,
            "is_primary": bool(primary),
            "status": status,
            "opening_balance": Decimal(1000 if primary else 0),
            "bank_guess_enabled": False,
        }
        if kind == "PaypalAccount":
            yield {**found, "email": "paypal@northwind.example"}
        elif kind == "CreditCardAccount":
            yield {**found, "account_number": "4242"}
        else:
            yield {**found, "bank_name": "Harbour Bank", "account_number": "12345678", "sort_code": "001122"}


def projects(subdomain: str) -> Iterator[Json]:
    """The name of the contact stands in for it, until it has an address."""
    for name, contact, status, currency in _rows(STARTS[subdomain].projects):
        yield {
            "name": name,
            "contact": contact,
            "status": status,
            "currency": currency or home(subdomain),
            "budget": 0,
            "budget_units": "Hours",
            "hours_per_day": Decimal(8),
            "normal_billing_rate": Decimal(0),
            "billing_period": "hour",
            "is_ir35": False,
            "uses_project_invoice_sequence": False,
            "include_unbilled_time_in_profitability": True,
        }


def stock_items(subdomain: str) -> Iterator[Json]:
    if is_uk(subdomain):
        yield {
            "description": "Microphones",
            "opening_quantity": Decimal(10),
            "opening_balance": Decimal(900),
            "cost_of_sale_category": "/v2/categories/101",
            "stock_on_hand": Decimal(10),
        }


def price_list_items(subdomain: str) -> Iterator[Json]:
    for code, kind, price, tax, category in _rows(charts.PRICES):
        item: Json = {"code": code, "item_type": kind, "quantity": Decimal(1), "price": Decimal(price)}
        item |= {"description": code.title(), "category": f"/v2/categories/{category}"}
        rate = STARTS[subdomain].taxes[-1][2].split()[0] if STARTS[subdomain].taxes else "0"
        yield {**item, "vat_status": tax} if is_uk(subdomain) else {**item, "sales_tax_rate": Decimal(rate)}


def sales_tax_periods(subdomain: str) -> Iterator[Json]:
    """Of companies outside the United Kingdom, which have no others."""
    for day, status, rates in STARTS[subdomain].taxes:
        found: Json = {
            "sales_tax_name": "Sales Tax" if subdomain == AMERICA else "VAT",
            "sales_tax_registration_status": status,
            "sales_tax_is_value_added": subdomain != AMERICA,
            "effective_date": day,
            "is_locked": False,
        }
        found |= {f"sales_tax_rate_{place}": Decimal(rate) for place, rate in enumerate(rates.split(), 1)}
        yield found


def vat_returns(subdomain: str) -> Iterator[Json]:
    """A return that is filed locks nothing: corrections go to the next one (support article 115001220130)."""
    if not is_uk(subdomain):
        return
    for starts, ends, due, status in (
        ("2025-07-01", "2025-09-30", "2025-11-07", "filed"),
        ("2025-10-01", "2025-12-31", "2026-02-07", "marked_as_filed"),
        ("2026-01-01", "2026-03-31", "2026-05-07", "unfiled"),
    ):
        payment = {"label": "Payment Due", "amount_due": Decimal("5450.91"), "due_on": due, "status": "unpaid"}
        found: Json = {
            "url": f"/v2/vat_returns/{ends}",
            "period_ends_on": ends,
            "period_starts_on": starts,
            "payments": [payment],
            "filing_due_on": due,
            "filing_status": status,
        }
        if status == "filed":
            found |= {"filed_at": f"{due}T10:32:49.000+00:00", "filed_reference": "00000000001"}
        yield found


def statement(subdomain: str) -> Iterator[tuple[str, str, Decimal]]:
    """What a bank feed brought, and nobody has explained yet."""
    if is_uk(subdomain):
        for day, description, amount in _rows(charts.STATEMENT):
            yield day, description, Decimal(amount)
