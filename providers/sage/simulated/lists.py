"""The lists of each business at the first start, made of the rows in `charts`."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from providers.sage.simulated import charts, seed
from providers.simulating.numbers import Json, rounded

_AREAS = {"S": "sales", "E": "expenses", "P": "other_payments", "R": "other_receipts", "B": "banking"}


def _rows(text: str) -> list[list[str]]:
    return [row.split("|") for row in text.split("\n") if row]


def ledger_accounts(business_id: str) -> Iterator[Json]:
    for code, name, kind, places, rate, control, hidden in _rows(charts.UK_ACCOUNTS):
        account_id = seed.guid(business_id, "ledger", code)
        words, group = charts.TYPES[kind]
        offered = [area for letter, area in _AREAS.items() if letter in places]
        tax = next((one for one in tax_rates(business_id) if one["id"].endswith(f"_{rate}")), None) if rate else None
        account: Json = {
            **seed.common("ledger_accounts", account_id, f"{name} ({code.zfill(4)})"),
            "ledger_account_group": {"id": group, "displayed_as": group.title()},
            "name": name,
            "display_name": name,
            "visible_scopes": [*offered, "reporting", "journals"],
            "included_in_chart": not hidden,
            "nominal_code": int(code),
            "ledger_account_type": seed.reference("ledger_account_types", kind, words),
            "tax_rate": None if tax is None else seed.reference("tax_rates", tax["id"], tax["displayed_as"]),
            "fixed_tax_rate": False,
            "is_control_account": bool(control),
            "control_name": control or None,
            "display_formatted": f"{name} ({code.zfill(4)})",
        }
        areas = ("banking", "expenses", "other_payments", "other_receipts", "sales")
        account |= {f"visible_in_{area}": area in offered for area in areas}
        yield {**account, "visible_in_journals": not control, "visible_in_reporting": True}


def tax_rates(business_id: str) -> Iterator[Json]:
    for rate_id, name, percentage, since, hidden, before in _rows(
        charts.UK_TAX if seed.country(business_id) == "GB" else charts.IE_TAX
    ):
        value = Decimal(percentage)
        ends = "2011-01-03" if hidden else None
        yield {
            **seed.common("tax_rates", rate_id, f"{name} {value:.2f}%"),
            "name": name,
            "agency": None,
            "percentage": value,
            "percentages": [*_earlier(before, since), {"percentage": value, "from_date": since, "to_date": ends}],
            "is_visible": not hidden,
            "retailer": False,
            "editable": False,
            "deletable": False,
            "is_combined_rate": False,
            "component_tax_rates": [],
        }


def _earlier(before: str, until: str) -> Iterator[Json]:
    """The percentage that there was until another one came."""
    if before:
        percentage, since = before.split()
        last = date.fromisoformat(until) - timedelta(days=1)
        yield {"percentage": Decimal(percentage), "from_date": since, "to_date": last.isoformat()}


def contacts(business_id: str) -> Iterator[Json]:
    is_uk = seed.country(business_id) == "GB"
    lists = (
        ("VENDOR", charts.UK_VENDORS if is_uk else charts.IE_VENDORS),
        ("CUSTOMER", charts.UK_CUSTOMERS if is_uk else charts.IE_CUSTOMERS),
    )
    for kind, rows in lists:
        for name, short, code in _rows(rows):
            if not code or business_id == seed.TRADING:
                contact_id = seed.guid(business_id, "contact", kind, name)
                yield {
                    **seed.common("contacts", contact_id, f"{name} ({short})"),
                    **new_contact(name, short, kind, code or seed.home(business_id)),
                }


def new_contact(name: str, short: str | None, kind: str, code: str) -> Json:
    return {
        "links": [],
        "deleted_at": None,
        "balance": Decimal("0.0"),
        "contact_types": [seed.reference("contact_types", kind, "Supplier" if kind == "VENDOR" else "Customer")],
        "name": name,
        "reference": short,
        "default_sales_ledger_account": None,
        "default_sales_tax_rate": None,
        "default_purchase_ledger_account": None,
        "tax_number": None,
        "notes": None,
        "currency": seed.reference("currencies", code, f"{charts.CURRENCIES.get(code, (code,))[0]} ({code})"),
        "credit_days": None,
        "email": None,
        "deletable": True,
        "gdpr_obfuscated": False,
        "system": False,
    }


def bank_accounts(business_id: str) -> Iterator[Json]:
    for code, kind, name, number, sort_code, inactive in _rows(charts.BANKS):
        ledger = next(one for one in ledger_accounts(business_id) if one["nominal_code"] == int(code))
        bank_id = seed.guid(business_id, "bank", code)
        yield {
            **seed.common("bank_accounts", bank_id, f"{ledger['name']} ({code})"),
            "deleted_at": None,
            "bank_account_details": {
                "account_name": name,
                "account_number": number or None,
                "sort_code": sort_code or None,
                "bic": None,
                "iban": None,
            },
            "ledger_account": seed.reference("ledger_accounts", ledger["id"], ledger["displayed_as"]),
            "bank_account_type": seed.reference("bank_account_types", kind, kind.replace("_", " ").title()),
            "balance": Decimal("0.0"),
            "nominal_code": int(code),
            "editable": True,
            "deletable": False,
            "default_payment_method": None,
            "is_active": not inactive,
        }


def items(business_id: str, kind: str) -> Iterator[Json]:
    """Products, services or stock items."""
    rows = {"products": charts.PRODUCTS, "services": charts.SERVICES, "stock_items": charts.STOCK}[kind]
    accounts = {one["nominal_code"]: one for one in ledger_accounts(business_id)}

    def account(code: str) -> Json | None:
        found = accounts.get(int(code)) if code else None
        return None if found is None else seed.reference("ledger_accounts", found["id"], found["displayed_as"])

    for code, words, sold, bought, price in _rows(rows):
        item_id = seed.guid(business_id, kind, code)
        yield {
            **seed.common(kind, item_id, f"{words} ({code})"),
            "deleted_at": None,
            "item_code": code,
            "description": words,
            "sales_ledger_account": account(sold),
            "purchase_ledger_account": account(bought),
            "sales_tax_rate": None,
            "purchase_tax_rate": None,
            "cost_price": Decimal("0.0"),
            "sales_prices": [{"product_sales_price_name": "Sales Price", "price": rounded(Decimal(price))}],
            "active": True,
        }


def analysis(business_id: str) -> Iterator[tuple[str, Json]]:
    """Types and their categories. On the plan Start there are none."""
    for number, (name, level, areas, categories) in enumerate(_rows(charts.ANALYSIS), 1):
        type_id = seed.guid(business_id, "analysis", name)
        words = "TRANSACTION" if level == "1" else "GROUP"
        yield (
            "analysis_types",
            {
                **seed.common("analysis_types", type_id, name),
                "active_areas": areas.split(",") if areas else [],
                "analysis_type_level": {"id": int(level), "name": f"{words}_LEVEL", "identifier": words},
                "name": name,
            },
        )
        for place, category in enumerate(categories.split(","), 1):
            category_id = seed.guid(business_id, "analysis", name, category)
            yield (
                "analysis_type_categories",
                {
                    **seed.common("analysis_type_categories", category_id, category),
                    "code": f"{place:02}",
                    "name": category,
                    "combined_id": f"{2832220 + number},{8604750 + 10 * number + place}",
                    "analysis_type": seed.reference("analysis_types", type_id, name),
                },
            )


def exchange_rates(business_id: str) -> Iterator[Json]:
    """Of currencies beside the one of the business; where there are several."""
    base = seed.home(business_id)
    for code, rate in charts.RATES.items() if business_id == seed.TRADING else ():
        yield exchange_rate(base, code, Decimal(rate))


def exchange_rate(base: str, code: str, rate: Decimal) -> Json:
    """`rate` is what one unit of the base currency is worth, which is unverified."""
    named = {one: f"{charts.CURRENCIES.get(one, (one,))[0]} ({one})" for one in (base, code)}
    return {
        **seed.common("business_exchange_rates", code, code),
        "rate": rate,
        "inverse_rate": rounded(1 / rate, 6),
        "base_currency": seed.reference("currencies", base, named[base]),
        "currency": seed.reference("currencies", code, named[code]),
    }
