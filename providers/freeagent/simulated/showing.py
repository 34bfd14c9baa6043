"""Records as they are answered: addresses in full, amounts as text, what is empty left out.

Amounts are text of one decimal at least, such as "100.0" and "83.33": the examples throughout dev.freeagent.com/docs.
That empty fields are left out is what the examples show, and unverified.
"""

from decimal import Decimal
from typing import Any

from providers.simulating.numbers import Json

LINKS = frozenset(
    {
        *("url", "contact", "project", "rebill_to_project", "category", "bill", "user", "bank_account"),
        *("bank_transaction", "paid_bill", "paid_invoice", "paid_user", "transfer_bank_account"),
        *("linked_transfer_explanation", "linked_transfer_account", "stock_item", "cost_of_sale_category"),
        *("invoice", "credit_note", "locked_by_url", "account_manager"),
    }
)
"""Fields that hold an address; any other text stays as it is, even if it looks like one."""


def shown(record: Json, base: str) -> Json:
    return {
        name: _value(name, value, base)
        for name, value in record.items()
        if value is not None and not name.startswith("_")
    }


def _value(name: str, value: Any, base: str) -> Any:
    if isinstance(value, Decimal):
        return text_of(value)
    if isinstance(value, dict):
        return shown(value, base)
    if isinstance(value, list):
        return [_value(name, one, base) for one in value]
    return f"{base}{value}" if name in LINKS and isinstance(value, str) else value


def text_of(amount: Decimal) -> str:
    found = f"{(amount + 0).normalize():f}"
    return found if "." in found else f"{found}.0"
