"""What FreeAgent answers, in our own words, as a judge of what the simulated one answered: a field that is not here is a fault.

The vendor has no schema. Each field was learnt from the page of dev.freeagent.com/docs that its table names ("page" below: its
list of attributes, or else an example on it), unless it is marked otherwise. "The sandbox" is what the tests of
dinoconstantinou87/FreeAgent (2026), a public client, got of FreeAgent's own.

`!` after a name: no record lacks it. `text`, `flag`, `int`, `date`, `moment`; `amount` is text of digits; `link` is an address
of the API; `link:contacts` one of that kind; `rows:` a list of another table's; `of:` one of another table.
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
from jsonschema import Draft202012Validator

from providers.freeagent.simulator import Call

_MADE = "created_at! moment, updated_at! moment"
_TAXED = "sales_tax_status text, sales_tax_rate amount, sales_tax_value amount, manual_sales_tax_amount amount"
_REBILL = "project link:projects, rebill_type text, rebill_factor amount, rebill_to_project link:projects"
_SALE = (
    "url! link, contact! link:contacts, contact_name text, reference! text, dated_on! date, due_on! date, currency! text, "
    "exchange_rate! amount, net_value! amount, sales_tax_value! amount, total_value! amount, due_value! amount, status! text, "
    "long_status! text, comments text, omit_header! flag, payment_terms_in_days! int, ec_status text, involves_sales_tax flag, "
    f"is_interim_uk_vat flag, project link:projects, paid_on date, bank_account link:bank_accounts, {_MADE}"
)
_SOLD = (
    "url! link:invoice_items, position! int, description! text, item_type text, price! amount, quantity! amount, "
    "sales_tax_rate amount, sales_tax_status text, category! link:categories, project link:projects"
)

TABLES = {
    # page "company"; supports_auto_sales_tax_on_purchases is of a public client's type, sales_tax_registration_status of an
    # example, ec_vat_reporting_enabled of the sandbox
    "company": (
        "url! link, id! int, name! text, subdomain! text, type! text, currency! text, mileage_units! text, "
        "company_start_date! date, freeagent_start_date! date, first_accounting_year_end! date, "
        "annual_accounting_periods! rows:period, address1 text, town text, country! text, contact_email text, "
        "short_date_format! text, company_registration_number text, sales_tax_name text, sales_tax_registration_number text, "
        "sales_tax_registration_status! text, sales_tax_effective_date date, sales_tax_rates! amounts, "
        "sales_tax_is_value_added flag, supports_auto_sales_tax_on_purchases flag, cis_enabled! flag, cis_subcontractor! flag, "
        "cis_contractor! flag, locked_attributes! texts, vat_first_return_period_ends_on date, initial_vat_basis text, "
        f"initially_on_frs flag, ec_vat_reporting_enabled flag, {_MADE}"
    ),
    "period": "starts_on! date, ends_on! date",
    # page "users"; hidden is of the sandbox
    "user": (
        "url! link:users, first_name! text, last_name! text, email! text, role! text, permission_level! int, "
        f"opening_mileage! amount, hidden! flag, {_MADE}"
    ),
    # page "categories"; bank_account, user and stock_item are those of sub accounts
    "category": (
        "url! link:categories, description! text, nominal_code! text, group_description text, auto_sales_tax_rate text, "
        "allowable_for_tax flag, tax_reporting_name text, bank_account link:bank_accounts, user link:users, "
        "stock_item link:stock_items"
    ),
    # page "contacts"; account_balance of an example
    "contact": (
        "url! link:contacts, organisation_name text, first_name text, last_name text, email text, billing_email text, "
        "phone_number text, mobile text, address1 text, address2 text, address3 text, town text, region text, postcode text, "
        "country text, sales_tax_registration_number text, charge_sales_tax! text, default_payment_terms_in_days int, "
        "locale! text, contact_name_on_invoices! flag, uses_contact_invoice_sequence! flag, status! text, "
        f"account_balance! amount, active_projects_count! int, {_MADE}"
    ),
    # page "projects"; contact_name of an example
    "project": (
        "url! link:projects, name! text, contact! link:contacts, contact_name! text, status! text, currency! text, "
        "budget! int, budget_units! text, hours_per_day! amount, normal_billing_rate! amount, billing_period! text, "
        "is_ir35! flag, uses_project_invoice_sequence! flag, include_unbilled_time_in_profitability! flag, "
        f"is_deletable flag, {_MADE}"
    ),
    # page "bank_accounts"
    "bank_account": (
        "url! link:bank_accounts, type! text, name! text, currency! text, is_personal! flag, is_primary! flag, status! text, "
        "opening_balance! amount, current_balance! amount, latest_activity_date date, bank_guess_enabled flag, bank_name text, "
        f"account_number text, sort_code text, email text, {_MADE}"
    ),
    # page "stock_items"
    "stock_item": (
        "url! link:stock_items, description! text, opening_quantity! amount, opening_balance! amount, "
        f"cost_of_sale_category! link:categories, stock_on_hand! amount, {_MADE}"
    ),
    # page "price_list_items"
    "price_list_item": (
        "url! link:price_list_items, code! text, item_type! text, quantity! amount, price! amount, description! text, "
        f"category link:categories, vat_status text, sales_tax_rate amount, {_MADE}"
    ),
    # page "sales_tax_periods"; the moments are of no example there
    "sales_tax_period": (
        "url! link:sales_tax_periods, sales_tax_name! text, sales_tax_registration_status! text, effective_date! date, "
        "sales_tax_is_value_added! flag, is_locked! flag, sales_tax_rate_1! amount, sales_tax_rate_2 amount, "
        f"sales_tax_rate_3 amount, {_MADE}"
    ),
    # page "vat_returns"
    "vat_return": (
        "url! link:vat_returns, period_ends_on! date, period_starts_on! date, payments! rows:vat_payment, "
        "filing_due_on! date, filing_status! text, filed_at moment, filed_reference text"
    ),
    "vat_payment": "label! text, due_on! date, amount_due! amount, status text",
    # page "account_locks"
    "account_lock": "locked_to_date! date, user_lock flag, locked_by_description! text, locked_by_url link",
    # page "bills"; contact_name of other clients' records, paid_value of an example, what is locked of the sandbox
    "bill": (
        "url! link:bills, contact! link:contacts, contact_name text, reference! text, dated_on! date, due_on! date, "
        "paid_on date, status! text, long_status! text, currency! text, input_total_values_inc_tax flag, total_value! amount, "
        "paid_value! amount, due_value! amount, native_due_value! amount, net_value! amount, exchange_rate! amount, "
        "sales_tax_value! amount, is_paid_by_hire_purchase! flag, ec_status text, comments text, attachment of:attachment, "
        "is_locked! flag, locked_attributes! texts, locked_reason text, "
        f"{_REBILL}, bill_items rows:bill_item, {_MADE}"
    ),
    "bill_item": (
        "url! link:bill_items, bill! link:bills, category! link:categories, description text, total_value! amount, "
        f"total_value_ex_tax! amount, {_TAXED}, unit! text, quantity! amount, stock_item link:stock_items, "
        "stock_item_description text, stock_altering_quantity amount, project link:projects"
    ),
    # page "expenses"; project_name and contact_name of the sandbox
    "expense": (
        "url! link:expenses, user! link:users, category! link:categories, dated_on! date, currency! text, gross_value! amount, "
        f"native_gross_value! amount, {_TAXED}, native_sales_tax_value! amount, ec_status text, description! text, "
        "receipt_reference text, stock_item link:stock_items, stock_item_description text, stock_altering_quantity amount, "
        f"{_REBILL}, project_name text, contact_name text, attachment of:attachment, {_MADE}"
    ),
    # page "bank_transaction_explanations", and bank_transaction_explanation_attachments for attachments; linked_transfer_explanation and linked_transfer_account of an example
    "bank_transaction_explanation": (
        "url! link:bank_transaction_explanations, bank_transaction! link:bank_transactions, "
        "bank_account! link:bank_accounts, type! text, dated_on! date, description text, gross_value! amount, ec_status text, "
        f"{_TAXED}, category link:categories, cheque_number text, receipt_reference text, attachment of:attachment, "
        "attachments rows:attachment, marked_for_review! flag, is_money_in! flag, is_money_out! flag, is_money_paid_to_user! flag, is_locked! flag, "
        "locked_attributes! texts, locked_reason text, is_deletable! flag, paid_invoice link, paid_bill link:bills, "
        "paid_user link:users, foreign_currency_value amount, transfer_bank_account link:bank_accounts, "
        f"linked_transfer_explanation link, linked_transfer_account link:bank_accounts, {_REBILL}, {_MADE}"
    ),
    # page "bank_transactions"; that explanations are there in full is of the sandbox
    "bank_transaction": (
        "url! link:bank_transactions, amount! amount, bank_account! link:bank_accounts, dated_on! date, description! text, "
        "full_description! text, uploaded_at moment, unexplained_amount! amount, is_manual! flag, transaction_id text, "
        f"matching_transactions_count! int, bank_transaction_explanations! rows:bank_transaction_explanation, {_MADE}"
    ),
    # page "invoices"
    "invoice": (
        f"{_SALE}, paid_value! amount, written_off_date date, discount_percent amount, always_show_bic_and_iban! flag, "
        "send_new_invoice_emails! flag, send_reminder_emails! flag, send_thank_you_emails! flag, payment_methods! flags, "
        "invoice_items rows:sold"
    ),
    # page "credit_notes"; refunded_on of the sandbox
    "credit_note": f"{_SALE}, refunded_value! amount, refunded_on date, discount_percent amount, credit_note_items rows:sold",
    "sold": _SOLD,
    # page "credit_note_reconciliations"
    "credit_note_reconciliation": (
        "url! link:credit_note_reconciliations, gross_value! amount, dated_on! date, currency! text, exchange_rate! amount, "
        f"invoice! link:invoices, credit_note! link:credit_notes, {_MADE}"
    ),
    # page "attachments"
    "attachment": (
        "url! link:attachments, content_src! text, expires_at! moment, content_type! text, file_name! text, file_size! int, "
        "description text"
    ),
    # page "accountancy_practice_api"
    "account_manager": "url! link:account_managers, name! text, email! text",
    "client": (
        "id int, url link, name! text, subdomain! text, type text, status text, account_manager link:account_managers, "
        "account_owner of:owner, company_start_date date, freeagent_start_date date, first_accounting_year_end date, "
        "address1 text, town text, country text, contact_email text, company_registration_number text, short_date_format text, "
        "sales_tax_name text, sales_tax_registration_number text, sales_tax_registration_status text, "
        "sales_tax_effective_date date, sales_tax_is_value_added flag, supports_auto_sales_tax_on_purchases flag, "
        "ec_vat_reporting_enabled flag, cis_enabled flag, cis_subcontractor flag, cis_contractor flag, vat_first_return_period_ends_on date, "
        "initial_vat_basis text, initially_on_frs flag, created_at moment, updated_at moment"
    ),
    "owner": "first_name! text, last_name! text",
}
_PARTS = ("period", "vat_payment", "owner", "bill_item", "sold")
_ROOTS = {name: name for name in TABLES if name not in _PARTS}
_LISTS = {
    **{f"{name}s": name for name in _ROOTS if not name.endswith("y")},
    **{f"{group}_categories": "category" for group in ("income", "cost_of_sales", "admin_expenses", "general")},
}
_BESIDE = {"earliest_lock_date", "latest_lock_date", "subdomain", "name"}
"""Of answers without a root element: those of account locks and of a practice."""
_PLAIN: dict[str, Any] = {
    "text": {"type": "string"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "flag": {"type": "boolean"},
    "flags": {"type": "object", "additionalProperties": {"type": "boolean"}},
    "int": {"type": "integer"},
    "date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
    "moment": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$"},
    "amount": {"type": "string", "pattern": r"^-?\d+\.\d+$"},
    "amounts": {"type": "array", "items": {"type": "string", "pattern": r"^\d+\.\d+$"}},
    "link": {"type": "string", "pattern": r"^http://[^/]+(/\w+)?/v2/\w+"},
}
_NO_BODY = re.compile(rb"\s*")


@cache
def _schema(table: str) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    for entry in TABLES[table].split(", "):
        name, _, kind = entry.strip().partition(" ")
        if name.endswith("!"):
            name = name[:-1]
            found["required"].append(name)
        found["properties"][name] = _of_kind(kind)
    return found


def _of_kind(kind: str) -> Any:
    word, _, rest = kind.partition(":")
    match word, rest:
        case "rows", _:
            return {"type": "array", "items": _schema(rest)}
        case "of", _:
            return _schema(rest)
        case "link", str() if rest:
            return {"type": "string", "pattern": rf"^http://[^/]+(/\w+)?/v2/{rest}/[\w.-]+$"}
        case _:
            return _PLAIN[word]


@cache
def _quick(table: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_schema(table))


@cache
def _telling(table: str) -> Draft202012Validator:
    return Draft202012Validator(_schema(table))


def problems(calls: Sequence[Call]) -> list[str]:
    """What is wrong with the answers of these calls to the API."""
    found = []
    for call in calls:
        if call.status and call.fault is None and not _is_of_signing_in(call.path) and call.status not in (429, 503):
            found += [f"{call.method} {call.path}: {words}" for words in _of_answer(call)]
    return found


def _is_of_signing_in(path: str) -> bool:
    return urlsplit(path).path.rsplit("/", 1)[-1] in ("approve_app", "token_endpoint")


def _of_answer(call: Call) -> Iterator[str]:
    if _NO_BODY.fullmatch(call.answer):
        yield from () if call.status == 200 and call.method == "DELETE" else (f"{call.status} without a body",)
        return
    if call.answer.startswith(b"<"):
        return
    answer = json.loads(call.answer)
    if call.status >= 400:
        yield from _of_refusal(call.status, answer)
        return
    if (call.status == 201) != (call.method == "POST"):
        yield f"{call.status}"
    for name, value in answer.items():
        if isinstance(value, list) and name in _LISTS:
            yield from (words for one in value for words in _of_record(_LISTS[name], one))
        elif isinstance(value, dict) and (name in _ROOTS or name in _LISTS):
            yield from _of_record(_ROOTS.get(name) or _LISTS[name], value)
        elif name not in _BESIDE:
            yield f"{name} is not in the schema"


def _of_record(table: str, record: Any) -> Iterator[str]:
    """Nearly all is right, which the quick validator says; only for what is not, the one that says what it found."""
    if not _quick(table).is_valid(record):
        for error in _telling(table).iter_errors(record):
            yield f"{table}{list(error.absolute_path)}: {error.message[:200]}"


def _of_refusal(status: int, answer: Any) -> Iterator[str]:
    errors = answer.get("errors")
    if status == 422:
        is_right = isinstance(errors, list) and errors and all(set(one) == {"message"} for one in errors)
    else:
        is_right = isinstance(errors, dict) and set(errors) == {"error"} and set(errors["error"]) == {"message"}
    yield from () if is_right and set(answer) == {"errors"} else (f"{status} with {answer}",)
