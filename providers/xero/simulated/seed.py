"""What the simulated Xero starts with: four people, two organisations, and their lists."""

from decimal import Decimal
from functools import partial

from providers.simulating import people
from providers.simulating.numbers import Json
from providers.simulating.people import Person
from providers.xero.simulated import charts

SEEDED_AT = "2025-01-06T09:00:00+00:00"


stable_id = partial(people.stable_id, "xero")
TRADING = stable_id("Northwind Trading Ltd")
IRELAND = stable_id("Northwind Ireland Ltd")


PEOPLE = {
    person.key: person
    for person in (
        Person(
            vendor="xero",
            key="dana",
            first_name="Dana",
            last_name="Adviser",
            roles={TRADING: "FINANCIALADVISER", IRELAND: "FINANCIALADVISER"},
        ),
        Person(vendor="xero", key="sam", first_name="Sam", last_name="Standard", roles={TRADING: "STANDARD"}),
        Person(vendor="xero", key="ira", first_name="Ira", last_name="Invoice", roles={TRADING: "INVOICEONLY"}),
        Person(vendor="xero", key="rae", first_name="Rae", last_name="Reader", roles={TRADING: "READONLY"}),
    )
}

# code, name, kind, currency, number
_BANKS = {
    TRADING: (
        ("090", "Business Current Account", "BANK", "GBP", "20304012345678", "ACTIVE"),
        ("091", "Business Savings Account", "BANK", "GBP", "20304087654321", "ACTIVE"),
        ("092", "Euro Account", "BANK", "EUR", "20304055555555", "ACTIVE"),
        ("093", "Company Card", "CREDITCARD", "GBP", "4111", "ACTIVE"),
        ("094", "Old Current Account", "BANK", "GBP", "20304011112222", "ARCHIVED"),
    ),
    IRELAND: (("090", "Current Account", "BANK", "EUR", "IE29AIBK93115212345678", "ACTIVE"),),
}
_CLASSES = {
    "REVENUE": "REVENUE",
    "DIRECTCOSTS": "EXPENSE",
    "OVERHEADS": "EXPENSE",
    "CURRENT": "ASSET",
    "INVENTORY": "ASSET",
    "FIXED": "ASSET",
    "BANK": "ASSET",
    "CURRLIAB": "LIABILITY",
    "TERMLIAB": "LIABILITY",
    "EQUITY": "EQUITY",
}

_APPLIES = {"A": "Assets", "Q": "Equity", "E": "Expenses", "L": "Liabilities", "R": "Revenue"}

_TRACKING = {
    TRADING: (
        ("Region", ("North", "South", "East", "West"), ("Overseas",)),
        ("Department", ("Sales", "Operations", "Admin"), ()),
    ),
    IRELAND: (("Department", ("Sales", "Operations"), ()),),
}
CURRENCY_NAMES = {
    "GBP": "British Pound",
    "EUR": "Euro",
    "USD": "United States Dollar",
}


def organisation(tenant: str) -> Json:
    """The organisation's own record. Lock dates lie well back: who wants a locked period sets one."""
    is_uk = tenant == TRADING
    name = "Northwind Trading Ltd" if is_uk else "Northwind Ireland Ltd"
    return {
        "OrganisationID": tenant,
        "Name": name,
        "LegalName": name,
        "PaysTax": True,
        "Version": "UK" if is_uk else "GLOBAL",
        "OrganisationType": "COMPANY",
        "OrganisationEntityType": "COMPANY",
        "BaseCurrency": "GBP" if is_uk else "EUR",
        "CountryCode": "GB" if is_uk else "IE",
        "IsDemoCompany": False,
        "OrganisationStatus": "ACTIVE",
        "TaxNumber": "GB245719348" if is_uk else "IE6388047V",
        "FinancialYearEndDay": 31,
        "FinancialYearEndMonth": 3 if is_uk else 12,
        "SalesTaxBasis": "ACCRUALS",
        "SalesTaxPeriod": "QUARTERLY1",
        "DefaultSalesTax": "Tax Exclusive",
        "DefaultPurchasesTax": "Tax Exclusive",
        "PeriodLockDate": "2008-06-30" if is_uk else "2007-12-31",
        "EndOfYearLockDate": "2008-03-31" if is_uk else "2007-12-31",
        "CreatedDateUTC": SEEDED_AT,
        "Timezone": "GMTSTANDARDTIME",
        "ShortCode": "!nW7tr" if is_uk else "!nW3ie",
        "Class": "COMPREHENSIVE" if is_uk else "GROW",
        "Edition": "BUSINESS",
        "Addresses": [],
        "Phones": [],
        "ExternalLinks": [],
        "PaymentTerms": {},
    }


def accounts(tenant: str) -> list[Json]:
    chart, archived = (charts.UK_CHART, charts.UK_ARCHIVED) if tenant == TRADING else (charts.IE_CHART, ())
    found = [_account(tenant, row, "ACTIVE") for row in chart.split("\n") if row]
    found += [_account(tenant, row, "ARCHIVED") for row in archived]
    return [_bank(tenant, bank) for bank in _BANKS[tenant]] + found


def _account(tenant: str, row: str, status: str) -> Json:
    code, name, kind, tax, *system = row.split("|")
    account: Json = {
        "AccountID": stable_id(tenant, "account", code),
        "Code": code,
        "Name": name,
        "Status": status,
        "Type": kind,
        "TaxType": tax,
        "Class": _CLASSES[kind],
        "EnablePaymentsToAccount": code in ("835", "900"),
        "ShowInExpenseClaims": kind == "OVERHEADS" and not system,
        "BankAccountType": "",
        "HasAttachments": False,
        "UpdatedDateUTC": SEEDED_AT,
        "AddToWatchlist": False,
    }
    return {**account, "SystemAccount": system[0]} if system else account


def _bank(tenant: str, bank: tuple[str, str, str, str, str, str]) -> Json:
    code, name, kind, currency, number, status = bank
    account = _account(tenant, f"{code}|{name}|BANK|NONE", status)
    return {**account, "BankAccountType": kind, "BankAccountNumber": number, "CurrencyCode": currency}


def tax_rates(tenant: str) -> list[Json]:
    rates, archived = (charts.UK_TAX, charts.UK_TAX_ARCHIVED) if tenant == TRADING else (charts.IE_TAX, ())
    found = [_tax_rate(row, "ACTIVE") for row in rates.split("\n") if row]
    return found + [_tax_rate(row, "ARCHIVED") for row in archived]


def _tax_rate(row: str, status: str) -> Json:
    code, name, rate, applies, report = row.split("|")
    component: Json = {"Name": "VAT", "Rate": Decimal(rate), "IsCompound": False, "IsNonRecoverable": False}
    return {
        "Name": name,
        "TaxType": code,
        "ReportTaxType": report,
        **{f"CanApplyTo{word}": letter in applies for letter, word in _APPLIES.items()},
        "DisplayTaxRate": Decimal(rate),
        "EffectiveRate": Decimal(rate),
        "Status": status,
        "TaxComponents": [component],
    }


def contacts(tenant: str) -> list[Json]:
    rows, archived = (
        (charts.UK_CONTACTS, charts.UK_CONTACTS_ARCHIVED) if tenant == TRADING else (charts.IE_CONTACTS, ())
    )
    found = [_contact(tenant, row, "ACTIVE") for row in rows.split("\n") if row]
    return found + [_contact(tenant, row, "ARCHIVED") for row in archived]


def _contact(tenant: str, row: str, status: str) -> Json:
    name, kinds, account, tax_number = row.split("|")
    contact = new_contact(stable_id(tenant, "contact", name), name, SEEDED_AT)
    contact |= {"ContactStatus": status, "IsSupplier": "S" in kinds, "IsCustomer": "C" in kinds}
    if account:
        contact["PurchasesDefaultAccountCode"] = account
    if tax_number:
        contact["TaxNumber"] = tax_number
    return contact


def new_contact(contact_id: str, name: str, at: str) -> Json:
    return {
        "ContactID": contact_id,
        "ContactStatus": "ACTIVE",
        "Name": name,
        "EmailAddress": "",
        "BankAccountDetails": "",
        "Addresses": [],
        "Phones": [],
        "UpdatedDateUTC": at,
        "ContactGroups": [],
        "IsSupplier": False,
        "IsCustomer": False,
        "ContactPersons": [],
        "HasAttachments": False,
        "HasValidationErrors": False,
    }


def tracking(tenant: str) -> list[Json]:
    return [_category(tenant, *category) for category in _TRACKING[tenant]]


def _category(tenant: str, name: str, active: tuple[str, ...], archived: tuple[str, ...]) -> Json:
    options = [(option, "ACTIVE") for option in active] + [(option, "ARCHIVED") for option in archived]
    return {
        "Name": name,
        "Status": "ACTIVE",
        "TrackingCategoryID": stable_id(tenant, "tracking", name),
        "Options": [
            {"TrackingOptionID": stable_id(tenant, "tracking", name, option), "Name": option, "Status": status}
            for option, status in options
        ],
    }


def currencies(tenant: str) -> list[Json]:
    codes = ("GBP", "EUR", "USD") if tenant == TRADING else ("EUR",)
    return [{"Code": code, "Description": CURRENCY_NAMES[code]} for code in codes]


def items(tenant: str) -> list[Json]:
    """Products and services; none is tracked as inventory."""
    rows = charts.UK_ITEMS if tenant == TRADING else charts.IE_ITEMS
    return [_item(tenant, row) for row in rows.split("\n") if row]


def _item(tenant: str, row: str) -> Json:
    code, name, purchase, sale = row.split("|")
    item: Json = {
        "ItemID": stable_id(tenant, "item", code),
        "Code": code,
        "Name": name,
        "IsTrackedAsInventory": False,
        "IsSold": bool(sale),
        "IsPurchased": bool(purchase),
        "UpdatedDateUTC": SEEDED_AT,
    }
    if purchase:
        item |= {"PurchaseDescription": name, "PurchaseDetails": _details(purchase)}
    return {**item, "Description": name, "SalesDetails": _details(sale)} if sale else item


def _details(text: str) -> Json:
    price, account, tax = text.split()
    return {"UnitPrice": Decimal(price), "AccountCode": account, "TaxType": tax}


def users(tenant: str) -> list[Json]:
    return [
        {
            "UserID": person.id,
            "EmailAddress": person.email,
            "FirstName": person.first_name,
            "LastName": person.last_name,
            "UpdatedDateUTC": SEEDED_AT,
            "IsSubscriber": person.key == "dana",
            "OrganisationRole": person.roles[tenant],
        }
        for person in PEOPLE.values()
        if tenant in person.roles
    ]
