"""FreeAgent's JSON exactly as it is spelt there: amounts are text, other records are addresses, and what is empty is left out."""

from typing import TypedDict


class TokenAnswer(TypedDict, total=False):
    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str
    refresh_token_expires_in: int


class User(TypedDict, total=False):
    url: str
    email: str
    first_name: str
    last_name: str
    permission_level: int
    role: str
    hidden: bool


class AccountManager(TypedDict, total=False):
    url: str
    name: str
    email: str


class Practice(TypedDict, total=False):
    name: str
    subdomain: str


class Client(TypedDict, total=False):
    """Of a practice, with `minimal_data`."""

    name: str
    subdomain: str


class Company(TypedDict, total=False):
    name: str
    subdomain: str
    type: str
    currency: str
    country: str
    freeagent_start_date: str
    sales_tax_name: str
    sales_tax_registration_status: str
    sales_tax_registration_number: str
    sales_tax_is_value_added: bool
    sales_tax_rates: list[str]


class AccountLock(TypedDict, total=False):
    locked_to_date: str
    user_lock: bool


class BillItem(TypedDict, total=False):
    category: str
    description: str
    total_value: str
    sales_tax_rate: str
    sales_tax_status: str
    sales_tax_value: str
    manual_sales_tax_amount: str
    project: str


class SoldItem(TypedDict, total=False):
    category: str
    description: str
    item_type: str
    quantity: str
    price: str
    sales_tax_rate: str
    sales_tax_status: str
    project: str


class File(TypedDict, total=False):
    """Sent with `data`, answered with `url` and `file_size`."""

    url: str
    data: str
    file_name: str
    file_size: int
    content_type: str


class Document(TypedDict, total=False):
    """A bill, an invoice or a credit note; each has some of these."""

    url: str
    contact: str
    contact_name: str
    reference: str
    dated_on: str
    due_on: str
    payment_terms_in_days: int
    currency: str
    exchange_rate: str
    comments: str
    status: str
    net_value: str
    sales_tax_value: str
    total_value: str
    paid_value: str
    due_value: str
    bill_items: list[BillItem]
    invoice_items: list[SoldItem]
    credit_note_items: list[SoldItem]
    attachment: File


class Expense(TypedDict, total=False):
    """What a user paid themselves: less than nothing is owed to them."""

    url: str
    user: str
    category: str
    dated_on: str
    description: str
    currency: str
    gross_value: str
    receipt_reference: str
    sales_tax_rate: str
    sales_tax_status: str
    sales_tax_value: str
    manual_sales_tax_amount: str
    ec_status: str
    project: str
    attachment: File


class Explanation(TypedDict, total=False):
    """Of a bank transaction: with a category, or with what it pays."""

    url: str
    bank_account: str
    dated_on: str
    description: str
    gross_value: str
    receipt_reference: str
    category: str
    sales_tax_rate: str
    sales_tax_status: str
    sales_tax_value: str
    manual_sales_tax_amount: str
    project: str
    paid_bill: str
    paid_invoice: str
    foreign_currency_value: str
    attachments: list[File]
