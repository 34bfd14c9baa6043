"""What the simulated Sage starts with: people, and three businesses on three plans; their lists are in `lists`."""

from collections.abc import Iterator

from providers.sage.simulated import charts
from providers.simulating import people
from providers.simulating.numbers import Json
from providers.simulating.people import Person

SEEDED_AT = "2025-01-06T09:00:00Z"
VENDOR = "sage"


def guid(*names: str) -> str:
    """The same at every start: 32 hexadecimal figures without hyphens, as Sage writes them."""
    return people.stable_id(VENDOR, *names).replace("-", "")


TRADING = guid("business", "trading")
"""Northwind Trading Ltd: United Kingdom, pounds, VAT, several currencies, the largest plan."""
IRELAND = guid("business", "ireland")
"""Northwind Ireland Ltd: Ireland, euros, VAT, one currency, the plan in the middle."""
STUDIO = guid("business", "studio")
"""Northwind Studio: United Kingdom, the plan Start, which has no purchase invoices of its own making."""
BUSINESSES = (TRADING, IRELAND, STUDIO)
CODES = {TRADING: "trading", IRELAND: "ireland", STUDIO: "studio"}
"""What addresses of pages name them by."""
PLUS, STANDARD, START = "ACCOUNTING_PLUS", "ACCOUNTING", "START"
"""Ids of subscriptions: `START` is of the analysis types guide, the other two are unverified."""

PEOPLE = {
    person.key: person
    for person in (
        Person(
            vendor=VENDOR,
            key="dana",
            first_name="Dana",
            last_name="Owner",
            roles={TRADING: "OWNER", IRELAND: "OWNER", STUDIO: "OWNER"},
        ),
        Person(vendor=VENDOR, key="sam", first_name="Sam", last_name="Manager", roles={TRADING: "SYSTEM_MANAGER"}),
        Person(vendor=VENDOR, key="ira", first_name="Ira", last_name="Restricted", roles={TRADING: "RESTRICTED"}),
        Person(
            vendor=VENDOR,
            key="rae",
            first_name="Rae",
            last_name="Reader",
            roles={IRELAND: "READ_ONLY", TRADING: "NONE"},
        ),
    )
}
_ABOUT = {
    TRADING: ("Northwind Trading Ltd", "GB", "GBP", PLUS, "London"),
    IRELAND: ("Northwind Ireland Ltd", "IE", "EUR", STANDARD, "Dublin"),
    STUDIO: ("Northwind Studio", "GB", "GBP", START, "Brighton"),
}
_COUNTRIES = {"GB": "United Kingdom", "IE": "Ireland"}


def country(business: str) -> str:
    return _ABOUT[business][1]


def home(business: str) -> str:
    return _ABOUT[business][2]


def common(kind: str, record_id: str, words: str) -> Json:
    """What every record has."""
    path = {"id": record_id, "displayed_as": words, "$path": f"/{kind}/{record_id}"}
    return {**path, "created_at": SEEDED_AT, "updated_at": SEEDED_AT}


def reference(kind: str, record_id: str, words: str) -> Json:
    return {"id": record_id, "displayed_as": words, "$path": f"/{kind}/{record_id}"}


def business(business_id: str) -> Json:
    """As `/businesses/{id}`; what is private is what people set and the API does not tell."""
    name, code, _, plan, city = _ABOUT[business_id]
    subscription = {
        "id": plan,
        "displayed_as": plan.replace("_", " ").title(),
        "created_at": SEEDED_AT,
        "updated_at": SEEDED_AT,
        "active": True,
        "status": "ACTIVE",
    }
    return {
        "id": business_id,
        "displayed_as": name,
        "$path": f"/businesses/{business_id}",
        "created_at": SEEDED_AT,
        "updated_at": SEEDED_AT,
        "name": name,
        "address_line_1": "1 North Street",
        "address_line_2": "",
        "city": city,
        "postal_code": "",
        "country": {"id": code, "displayed_as": _COUNTRIES[code]},
        "region": "",
        "telephone": "",
        "mobile": "",
        "website": "",
        "is_demo": False,
        "ni_based": False,
        "subscriptions": [subscription],
        "_numbers_as_text": True,
    }


def financial_settings(business_id: str) -> Json:
    code = home(business_id)
    return {
        "$path": "/financial_settings",
        "year_end_date": "2025-12-31",
        "year_end_lockdown_date": None,
        "accounting_type": "accrual",
        "accounts_start_date": "2020-01-01",
        "base_currency": reference("currencies", code, f"{charts.CURRENCIES[code][0]} ({code})"),
        "multi_currency_enabled": business_id == TRADING,
        "use_live_exchange_rates": False,
        "mtd_activation_status": None,
        "mtd_connected": None,
        "mtd_authenticated_date": None,
        "tax_scheme": reference("tax_schemes", f"{country(business_id)}_STANDARD", "Standard"),
        "tax_return_frequency": reference("tax_return_frequencies", "QUARTERLY", "Quarterly"),
        "tax_number": "GB123456789" if country(business_id) == "GB" else "IE1234567T",
        "sales_tax_calculation": "invoice",
        "purchase_tax_calculation": "invoice",
        "updated_at": SEEDED_AT,
    }


def business_settings(business_id: str) -> Json:
    code = country(business_id)
    return {
        "$path": "/business_settings",
        "default_ledger_accounts": None,
        "business_type": None,
        "country_of_registration": reference("countries", code, _COUNTRIES[code]),
        "business_created_at": SEEDED_AT,
        "updated_at": SEEDED_AT,
        "wizard_complete": True,
    }


def users(business_id: str) -> Iterator[Json]:
    """Who may open the business; the API tells of oneself only."""
    for person in PEOPLE.values():
        if business_id in person.roles:
            yield {"id": person.id, "name": person.name, "email": person.email, "role": person.roles[business_id]}
