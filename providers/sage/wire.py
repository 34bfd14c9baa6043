"""Sage's JSON exactly as it is spelt there; nothing is required, because lists tell only what they were asked for.

Amounts come as numbers or as text, "20.0": the published description says numbers, apps that people write read text.
"""

from decimal import Decimal
from typing import TypedDict


class TokenAnswer(TypedDict, total=False):
    access_token: str
    refresh_token: str
    expires_in: int
    refresh_token_expires_in: int
    requested_by_id: str
    scope: str
    token_type: str


class User(TypedDict, total=False):
    id: str
    displayed_as: str
    first_name: str
    last_name: str
    email: str


class Reference(TypedDict, total=False):
    id: str
    displayed_as: str


class Subscription(TypedDict, total=False):
    id: str
    displayed_as: str
    active: bool
    status: str


class Business(TypedDict, total=False):
    id: str
    displayed_as: str
    name: str
    country: Reference
    subscriptions: list[Subscription]


class FinancialSettings(TypedDict, total=False):
    year_end_date: str
    year_end_lockdown_date: str | None
    accounts_start_date: str
    base_currency: Reference
    multi_currency_enabled: bool
    tax_scheme: Reference | None
    tax_number: str | None


class Line(TypedDict, total=False):
    """Of an invoice or a credit note, and of other payments: each has some of these."""

    description: str
    details: str | None
    ledger_account: Reference
    product: Reference | None
    service: Reference | None
    quantity: Decimal
    unit_price: Decimal
    unit_price_includes_tax: bool
    net_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    tax_rate: Reference
    analysis_type_categories: list[Reference]


class Settlement(TypedDict, total=False):
    """One of `payments_allocations`: by a payment, or by an allocation."""

    reference: str | None
    amount: Decimal
    contact_payment: Reference
    contact_allocation: Reference


class Document(TypedDict, total=False):
    """An invoice, a credit note, or a payment; each has some of these."""

    id: str
    displayed_as: str
    deleted_at: str | None
    transaction_type: Reference
    contact: Reference | None
    contact_name: str
    bank_account: Reference
    date: str
    due_date: str
    reference: str | None
    vendor_reference: str | None
    invoice_number: str
    credit_note_number: str
    notes: str | None
    status: Reference
    currency: Reference
    exchange_rate: Decimal
    net_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    base_currency_total_amount: Decimal
    outstanding_amount: Decimal
    invoice_lines: list[Line]
    credit_note_lines: list[Line]
    payment_lines: list[Line]
    payments_allocations: list[Settlement]


Problem = TypedDict("Problem", {"$severity": str, "$dataCode": str, "$message": str, "$source": str}, total=False)
"""One of the list that a refusal is."""
