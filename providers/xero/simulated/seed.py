"""What the simulated Xero starts with: three people, two organisations, and their lists.

The charts follow the ones Xero gives a new organisation in each country, with a few accounts archived.
"""

from dataclasses import dataclass
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from providers.xero.simulated.numbers import Json

SEEDED_AT = "2025-01-06T09:00:00+00:00"


def stable_id(*names: str) -> str:
    """The same id at every start, so that a link kept from yesterday still works."""
    return str(uuid5(NAMESPACE_URL, "/".join(("simulated-xero", *names))))


TRADING = stable_id("Northwind Trading Ltd")
IRELAND = stable_id("Northwind Ireland Ltd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a Xero login; `roles` says what they are in which organisation."""

    key: str
    first_name: str
    last_name: str
    roles: dict[str, str]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        return f"{self.first_name.lower()}@northwind.example"

    @property
    def id(self) -> str:
        return stable_id("person", self.key)


PEOPLE = {
    person.key: person
    for person in (
        Person(
            key="dana",
            first_name="Dana",
            last_name="Adviser",
            roles={TRADING: "FINANCIALADVISER", IRELAND: "FINANCIALADVISER"},
        ),
        Person(key="sam", first_name="Sam", last_name="Standard", roles={TRADING: "STANDARD"}),
        Person(key="ira", first_name="Ira", last_name="Invoice", roles={TRADING: "INVOICEONLY"}),
        Person(key="rae", first_name="Rae", last_name="Reader", roles={TRADING: "READONLY"}),
    )
}

# code, name, type, default tax
_UK_CHART = """
200|Sales|REVENUE|OUTPUT2
260|Other Revenue|REVENUE|OUTPUT2
270|Interest Income|REVENUE|NONE
310|Cost of Goods Sold|DIRECTCOSTS|INPUT2
320|Direct Wages|DIRECTCOSTS|NONE
325|Direct Expenses|DIRECTCOSTS|INPUT2
400|Advertising & Marketing|OVERHEADS|INPUT2
401|Audit & Accountancy fees|OVERHEADS|INPUT2
404|Bank Fees|OVERHEADS|NONE
408|Cleaning|OVERHEADS|INPUT2
412|Consulting|OVERHEADS|INPUT2
416|Depreciation Expense|OVERHEADS|NONE
418|Charitable and Political Donations|OVERHEADS|EXEMPTINPUT
420|Entertainment - 100% business|OVERHEADS|INPUT2
424|Entertainment - 0%|OVERHEADS|NONE
425|Postage, Freight & Courier|OVERHEADS|INPUT2
429|General Expenses|OVERHEADS|INPUT2
433|Insurance|OVERHEADS|NONE
437|Interest Paid|OVERHEADS|NONE
441|Legal Expenses|OVERHEADS|INPUT2
445|Light, Power, Heating|OVERHEADS|RRINPUT
449|Motor Vehicle Expenses|OVERHEADS|INPUT2
457|Operating Lease Payments|OVERHEADS|INPUT2
461|Printing & Stationery|OVERHEADS|INPUT2
463|IT Software and Consumables|OVERHEADS|INPUT2
465|Rates|OVERHEADS|NONE
469|Rent|OVERHEADS|INPUT2
473|Repairs & Maintenance|OVERHEADS|INPUT2
477|Salaries|OVERHEADS|NONE
479|Employers National Insurance|OVERHEADS|NONE
480|Staff Training|OVERHEADS|INPUT2
485|Subscriptions|OVERHEADS|INPUT2
489|Telephone & Internet|OVERHEADS|INPUT2
493|Travel - National|OVERHEADS|INPUT2
494|Travel - International|OVERHEADS|ZERORATEDINPUT
497|Bank Revaluations|OVERHEADS|NONE|BANKCURRENCYGAIN
498|Unrealised Currency Gains|OVERHEADS|NONE|UNREALISEDCURRENCYGAIN
499|Realised Currency Gains|OVERHEADS|NONE|REALISEDCURRENCYGAIN
500|Corporation Tax|OVERHEADS|NONE
610|Accounts Receivable|CURRENT|NONE|DEBTORS
611|Less Provision for Doubtful Debts|CURRENT|NONE
620|Prepayments|CURRENT|NONE
630|Inventory|INVENTORY|NONE
710|Office Equipment|FIXED|INPUT2
711|Less Accumulated Depreciation on Office Equipment|FIXED|NONE
720|Computer Equipment|FIXED|INPUT2
740|Plant and Machinery|FIXED|INPUT2
800|Accounts Payable|CURRLIAB|NONE|CREDITORS
801|Unpaid Expense Claims|CURRLIAB|NONE|UNPAIDEXPCLM
805|Accruals|CURRLIAB|NONE
814|Wages Payable - Payroll|CURRLIAB|NONE|WAGEPAYABLES
820|VAT|CURRLIAB|NONE|GST
825|PAYE Payable|CURRLIAB|NONE
835|Directors' Loan Account|CURRLIAB|NONE
840|Historical Adjustment|CURRLIAB|NONE|HISTORICAL
850|Suspense|CURRLIAB|NONE
860|Rounding|CURRLIAB|NONE|ROUNDING
877|Tracking Transfers|CURRLIAB|NONE|TRACKINGTRANSFERS
900|Loan|TERMLIAB|NONE
960|Retained Earnings|EQUITY|NONE|RETAINEDEARNINGS
970|Owner A Funds Introduced|EQUITY|NONE
"""
_IE_CHART = """
200|Sales|REVENUE|OUTPUT4
260|Other Revenue|REVENUE|OUTPUT4
310|Cost of Goods Sold|DIRECTCOSTS|INPUT4
400|Advertising|OVERHEADS|INPUT4
404|Bank Fees|OVERHEADS|NONE
412|Consulting & Accounting|OVERHEADS|INPUT4
425|Freight & Courier|OVERHEADS|INPUT4
429|General Expenses|OVERHEADS|INPUT4
433|Insurance|OVERHEADS|NONE
445|Light, Power, Heating|OVERHEADS|INPUT3
461|Printing & Stationery|OVERHEADS|INPUT4
469|Rent|OVERHEADS|INPUT4
485|Subscriptions|OVERHEADS|INPUT4
489|Telephone & Internet|OVERHEADS|INPUT4
493|Travel|OVERHEADS|NONE
610|Accounts Receivable|CURRENT|NONE|DEBTORS
720|Computer Equipment|FIXED|INPUT4
800|Accounts Payable|CURRLIAB|NONE|CREDITORS
820|VAT|CURRLIAB|NONE|GST
860|Rounding|CURRLIAB|NONE|ROUNDING
960|Retained Earnings|EQUITY|NONE|RETAINEDEARNINGS
"""
_UK_ARCHIVED = ("426|Magazines (old)|OVERHEADS|INPUT2", "462|Fax Supplies|OVERHEADS|INPUT2")
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

# tax type, name, rate, can apply to (Assets, eQuity, Expenses, Liabilities, Revenue), report tax type
_UK_TAX = """
INPUT2|20% (VAT on Expenses)|20|AQEL|INPUT
OUTPUT2|20% (VAT on Income)|20|AQLR|OUTPUT
RRINPUT|5% (VAT on Expenses)|5|AQEL|INPUT
RROUTPUT|5% (VAT on Income)|5|AQLR|OUTPUT
EXEMPTINPUT|Exempt Expenses|0|AQEL|EXEMPTINPUT
EXEMPTOUTPUT|Exempt Income|0|AQLR|EXEMPTOUTPUT
ZERORATEDINPUT|Zero Rated Expenses|0|AQEL|ZERORATEDINPUT
ZERORATEDOUTPUT|Zero Rated Income|0|AQLR|ZERORATEDOUTPUT
CAPEXINPUT2|20% (VAT on Capital Purchases)|20|A|CAPEXINPUT
REVERSECHARGES|Reverse Charge Expenses (20%)|0|AEL|REVERSECHARGES
ECZROUTPUTSERVICES|Zero Rated EC Services|0|AQLR|ECOUTPUTSERVICES
NONE|No VAT|0|AQELR|NONE
"""
_UK_TAX_ARCHIVED = (
    "SRINPUT|17.5% (VAT on Expenses)|17.5|AQEL|INPUT",
    "SROUTPUT|17.5% (VAT on Income)|17.5|AQLR|OUTPUT",
)
_IE_TAX = """
INPUT4|23% (VAT on Expenses)|23|AQEL|INPUT
OUTPUT4|23% (VAT on Income)|23|AQLR|OUTPUT
INPUT3|13.5% (VAT on Expenses)|13.5|AQEL|INPUT
OUTPUT3|13.5% (VAT on Income)|13.5|AQLR|OUTPUT
EXEMPTINPUT|Exempt Expenses|0|AQEL|EXEMPTINPUT
EXEMPTOUTPUT|Exempt Income|0|AQLR|EXEMPTOUTPUT
ZERORATEDINPUT|Zero Rated Expenses|0|AQEL|ZERORATEDINPUT
ZERORATEDOUTPUT|Zero Rated Income|0|AQLR|ZERORATEDOUTPUT
NONE|No VAT|0|AQELR|NONE
"""
_APPLIES = {"A": "Assets", "Q": "Equity", "E": "Expenses", "L": "Liabilities", "R": "Revenue"}

# name, supplier or customer, default account, tax number
_UK_CONTACTS = """
24 Locks|S|473|
7-Eleven Stationers|S|461|
Abby & Wells|SC|429|
ABC Furniture|S|720|GB123456789
Bank West|S|404|
Basket Case|C||
Bayside Club|C||
Berry Brew|S|420|
Boom FM|C||
Brunswick Petals|S|429|
Capital Cab Co|S|493|
Carlton Functions|S|420|
Central Copiers|S|461|GB223344556
City Agency|C||
City Limousines|SC|493|
Cube Land|C||
DIISR - Small Business Services|C||
Dimples Warehouse|S|310|
Espresso 31|S|420|
Fulton Airport Parking|S|493|
Gable Print|S|400|GB330011224
Gateway Motors|S|449|GB887766554
Hoyt Productions|SC|400|
Jakaranda Maple Systems|C||
Marine Systems|C||
Melrose Parking|S|493|
Net Connect|S|489|GB999888777
PowerDirect|S|445|GB111222333
Ridgeway University|C||
SMART Agency|S|469|GB555666777
Swanston Security|S|473|
Truxton Property Management|S|469|
Xero|S|485|
Young Bros Transport|S|425|
"""
_UK_CONTACTS_ARCHIVED = ("Orchard Timber (closed)|S|310|", "Bluebird Couriers|S|425|", "Parcel Force Nine|S|425|")
_IE_CONTACTS = """
An Post|S|425|
Dublin Print Works|S|461|IE1234567T
Electric Ireland|S|445|
Liffey Office Supplies|S|461|
"""
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
    chart, archived = (_UK_CHART, _UK_ARCHIVED) if tenant == TRADING else (_IE_CHART, ())
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
    rates, archived = (_UK_TAX, _UK_TAX_ARCHIVED) if tenant == TRADING else (_IE_TAX, ())
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
    rows, archived = (_UK_CONTACTS, _UK_CONTACTS_ARCHIVED) if tenant == TRADING else (_IE_CONTACTS, ())
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
