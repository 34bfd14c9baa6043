"""What the simulated QuickBooks starts with: people, a company in the United Kingdom and one in the United States."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from providers.quickbooks.simulated import charts
from providers.simulating import people
from providers.simulating.numbers import Json
from providers.simulating.people import Person

SEEDED_AT = "2025-01-06T01:00:00-08:00"
VENDOR = "quickbooks"
TRADING = "9341454510000001"
"""The realm of Northwind Trading Ltd: United Kingdom, pounds, VAT, several currencies."""
AMERICA = "9341454510000002"
"""The realm of Northwind America Inc: United States, dollars, automated sales tax, one currency."""
REALMS = (TRADING, AMERICA)

stable_id = partial(people.stable_id, VENDOR)

PEOPLE = {
    person.key: person
    for person in (
        Person(
            vendor=VENDOR,
            key="dana",
            first_name="Dana",
            last_name="Admin",
            roles={TRADING: "PRIMARY_ADMIN", AMERICA: "PRIMARY_ADMIN"},
        ),
        Person(vendor=VENDOR, key="sam", first_name="Sam", last_name="Second", roles={TRADING: "COMPANY_ADMIN"}),
        Person(vendor=VENDOR, key="ira", first_name="Ira", last_name="Standard", roles={TRADING: "STANDARD"}),
        Person(vendor=VENDOR, key="rae", first_name="Rae", last_name="Reports", roles={AMERICA: "REPORTS"}),
    )
}
FIRST_IDS = {TRADING: 145, AMERICA: 20145}
"""Of transactions; far apart, so that a link that names no company leads to the right one."""
FIRST_CLASS = 5000000000000142238
"""Ids are text: those of classes are too long for many a number."""
SALES_TAX = Decimal("8.25")
RATES = {"GBP": Decimal(1), "EUR": Decimal("0.86"), "USD": Decimal("0.79"), "CHF": Decimal("0.89")}
"""Pounds for one unit, as QuickBooks' list of exchange rates has them."""

_CLASSIFIED = {
    "Bank": "Asset",
    "Accounts Receivable": "Asset",
    "Other Current Asset": "Asset",
    "Fixed Asset": "Asset",
    "Accounts Payable": "Liability",
    "Credit Card": "Liability",
    "Other Current Liability": "Liability",
    "Long Term Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Cost of Goods Sold": "Expense",
    "Expense": "Expense",
    "Other Expense": "Expense",
}
_TAX_ACCOUNTS = ("GlobalTaxPayable", "GlobalTaxSuspense", "SalesTaxPayable")


def is_us(realm: str) -> bool:
    return realm == AMERICA


def home(realm: str) -> str:
    return "USD" if is_us(realm) else "GBP"


def currency(code: str) -> Json:
    return {"value": code, "name": charts.CURRENCIES.get(code, code)}


def common(record_id: str) -> Json:
    """What every record has."""
    meta = {"CreateTime": SEEDED_AT, "LastUpdatedTime": SEEDED_AT}
    return {"domain": "QBO", "sparse": False, "Id": record_id, "SyncToken": "0", "MetaData": meta}


def company(realm: str) -> Json:
    """`CompanyInfo`; what is private is what people set and the API does not tell."""
    us = is_us(realm)
    name = "Northwind America Inc" if us else "Northwind Trading Ltd"
    return {
        **common("1"),
        "CompanyName": name,
        "LegalName": name,
        "CompanyStartDate": "2024-01-01",
        "Country": "US" if us else "GB",
        "FiscalYearStartMonth": "January" if us else "April",
        "SupportedLanguages": "en",
        "DefaultTimeZone": "America/Los_Angeles" if us else "Europe/London",
        "Email": {"Address": "books@northwind.example"},
        "NameValue": [
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "SubscriptionStatus", "Value": "SUBSCRIBED"},
            {"Name": "CompanyType", "Value": "Other"},
        ],
        "_close_date": None,
        "_tells_close_date": True,
        "_warns_of_duplicates": True,
        "_taxes_by_line": False,
    }


def preferences(realm: str) -> Json:
    us = is_us(realm)
    return {
        **common("1"),
        "AccountingInfoPrefs": {
            "UseAccountNumbers": not us,
            "TrackDepartments": True,
            "DepartmentTerminology": "Location",
            "CustomerTerminology": "Customers",
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": True,
            "FirstMonthOfFiscalYear": "January" if us else "April",
            "TaxYearMonth": "January" if us else "April",
        },
        "ProductAndServicesPrefs": {"ForSales": True, "ForPurchase": True, "QuantityWithPriceAndRate": True},
        "SalesFormsPrefs": {"CustomTxnNumbers": not us, "AllowDiscount": False, "AllowDeposit": False},
        "VendorAndPurchasesPrefs": {"TrackingByCustomer": True, "BillableExpenseTracking": True, "EnableBills": True},
        "TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": us},
        "CurrencyPrefs": {"MultiCurrencyEnabled": not us, "HomeCurrency": {"value": home(realm)}},
        "ReportPrefs": {"ReportBasis": "Accrual"},
    }


def users(realm: str) -> Iterator[Json]:
    """Who may open the company; not an entity of the API."""
    for person in PEOPLE.values():
        if realm in person.roles:
            yield {"Id": person.id, "Name": person.name, "Email": person.email, "Role": person.roles[realm]}


def _rows(text: str) -> list[list[str]]:
    return [row.split("|") for row in text.split("\n") if row]


def accounts(realm: str) -> Iterator[Json]:
    for number, name, kind, subtype, code, inactive in _rows(
        charts.US_ACCOUNTS if is_us(realm) else charts.UK_ACCOUNTS
    ):
        account: Json = {
            **common(number),
            "Name": name,
            "SubAccount": False,
            "FullyQualifiedName": name,
            "Active": not inactive,
            "Classification": _CLASSIFIED[kind],
            "AccountType": kind,
            "AccountSubType": subtype,
            "CurrentBalance": 0,
            "CurrentBalanceWithSubAccounts": 0,
            "CurrencyRef": currency(code or home(realm)),
        }
        if subtype in _TAX_ACCOUNTS:
            account["TaxAccount"] = True
        yield account if is_us(realm) else {**account, "AcctNum": f"{1000 + 10 * int(number)}"}


def tax_rates(realm: str) -> Iterator[Json]:
    """Of each code of a country with VAT, one for purchases and one for sales."""
    for code, name, words, bought, sold, inactive in [] if is_us(realm) else _rows(charts.UK_TAX):
        for side, value, offset in (("Purchases", bought, 0), ("Sales", sold, 1)):
            yield {
                **common(str(2 * int(code) + offset)),
                "Name": f"{name} ({side})",
                "Description": words,
                "Active": not inactive,
                "RateValue": Decimal(value),
                "AgencyRef": {"value": "1"},
                "SpecialTaxType": "NONE" if Decimal(value) else "ZERO_RATE",
                "EffectiveTaxRate": [{"RateValue": Decimal(value), "EffectiveDate": "2011-01-04T00:00:00-08:00"}],
                "DisplayType": "ReadOnly",
            }
    if is_us(realm):
        yield {
            **common("3"),
            "Name": "California",
            "Description": "Sales tax",
            "Active": True,
            "RateValue": SALES_TAX,
            "AgencyRef": {"value": "1"},
            "SpecialTaxType": "NONE",
            "DisplayType": "ReadOnly",
        }


def tax_codes(realm: str) -> Iterator[Json]:
    if is_us(realm):
        for code, words in (("TAX", "Taxable"), ("NON", "Non-taxable")):
            record: Json = {**common(code), "Name": code, "Description": words, "Active": True, "Hidden": False}
            yield {**record, "Taxable": code == "TAX", "TaxGroup": False}
        return
    for code, name, words, _, _, inactive in _rows(charts.UK_TAX):
        yield {
            **common(code),
            "Name": name,
            "Description": words,
            "Active": not inactive,
            "Hidden": bool(inactive),
            "Taxable": name != "No VAT",
            "TaxGroup": True,
            "PurchaseTaxRateList": _rate_list(str(2 * int(code)), f"{name} (Purchases)"),
            "SalesTaxRateList": _rate_list(str(2 * int(code) + 1), f"{name} (Sales)"),
        }


def _rate_list(rate: str, name: str) -> Json:
    reference = {"value": rate, "name": name}
    return {"TaxRateDetail": [{"TaxRateRef": reference, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}]}


def names(realm: str) -> Iterator[tuple[str, Json]]:
    """Vendors and customers, who share their ids."""
    us, number = is_us(realm), 0
    listed: list[tuple[str, Json]] = []
    lists = (
        ("Vendor", charts.US_VENDORS if us else charts.UK_VENDORS),
        ("Customer", charts.US_CUSTOMERS if us else charts.UK_CUSTOMERS),
    )
    for entity, rows in lists:
        for name, code, inactive in _rows(rows):
            number += 1
            found = {**common(str(number)), **new_name(entity, name, code or home(realm)), "Active": not inactive}
            listed.append((entity, found))
    yield from listed
    parents = {found["DisplayName"]: found for entity, found in listed if entity == "Customer"}
    for name, customer in (row.split("|") for row in (charts.US_PROJECTS if us else charts.UK_PROJECTS).splitlines()):
        number += 1
        parent = parents[customer]
        project = new_name("Customer", name, parent["CurrencyRef"]["value"])
        project |= {"FullyQualifiedName": f"{customer}:{name}", "Job": True, "Level": 1}
        project["ParentRef"] = {"value": parent["Id"], "name": customer}
        yield "Customer", {**common(str(number)), **project}


def new_name(entity: str, name: str, code: str) -> Json:
    found: Json = {"DisplayName": name, "CompanyName": name, "PrintOnCheckName": name, "Active": True, "Balance": 0}
    found["CurrencyRef"] = currency(code)
    if entity == "Customer":
        return {**found, "FullyQualifiedName": name, "Job": False, "BalanceWithJobs": 0, "Taxable": True}
    return {**found, "Vendor1099": False}


def classes(realm: str) -> Iterator[Json]:
    rows = _rows(charts.US_CLASSES if is_us(realm) else charts.CLASSES)
    for number, (name, _, inactive) in enumerate(rows):
        record = {**common(str(FIRST_CLASS + number)), "Name": name, "SubClass": False}
        yield {**record, "FullyQualifiedName": name, "Active": not inactive}


def departments(realm: str) -> Iterator[Json]:
    rows = _rows(charts.US_DEPARTMENTS if is_us(realm) else charts.DEPARTMENTS)
    for number, (name, _, inactive) in enumerate(rows, 1):
        record = {**common(str(number)), "Name": name, "SubDepartment": False}
        yield {**record, "FullyQualifiedName": name, "Active": not inactive}


def currencies(realm: str) -> Iterator[Json]:
    """Those beside the home currency; of a company with one currency, none."""
    for number, code in enumerate([] if is_us(realm) else ("EUR", "USD"), 1):
        yield {**common(str(number)), "Code": code, "Name": charts.CURRENCIES[code], "Active": True}


def terms() -> Iterator[Json]:
    for number, (name, days) in enumerate(_rows(charts.TERMS), 1):
        yield {**common(str(number)), "Name": name, "Active": True, "Type": "STANDARD", "DueDays": int(days)}


def items(realm: str) -> Iterator[Json]:
    rows = _rows(charts.US_ITEMS if is_us(realm) else charts.UK_ITEMS)
    account_names = {found["Id"]: found["Name"] for found in accounts(realm)}
    for number, (name, kind, price, income, expense) in enumerate(rows, 1):
        item: Json = {
            **common(str(number)),
            "Name": name,
            "Description": name,
            "FullyQualifiedName": name,
            "Active": True,
            "Taxable": True,
            "UnitPrice": Decimal(price),
            "Type": kind,
            "TrackQtyOnHand": False,
            "IncomeAccountRef": {"value": income, "name": account_names[income]},
        }
        if expense:
            item |= {"ExpenseAccountRef": {"value": expense, "name": account_names[expense]}, "PurchaseCost": 0}
        yield item
