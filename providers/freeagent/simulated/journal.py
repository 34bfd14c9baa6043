"""The journal: what the documents of one company do to its categories, in its own currency.

Which nominal codes the vendor posts to is in `charts`; gains and losses by currencies come when something is paid.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from providers.freeagent.simulated.books import Books
from providers.simulating import double_entry
from providers.simulating.double_entry import Leg, Posting, balanced
from providers.simulating.numbers import Json, rounded

NOTHING = Decimal("0.00")
DEBTORS, BANK, CREDITORS, VAT, CLAIMS, CURRENCIES = "681", "750", "796", "817", "905", "391"
KINDS = ("bills", "expenses", "invoices", "credit_notes", "bank_transaction_explanations")


def journal(books: Books) -> list[Posting[str]]:
    """By day, oldest first."""
    found = [posting for kind in KINDS for posting in _of_kind(books, kind)]
    return sorted(found, key=lambda posting: posting.on)


def of_document(books: Books, kind: str, url: str) -> list[Posting[str]]:
    return [one for one in _of_kind(books, kind) if one.document["url"] == url]


def balances(books: Books) -> dict[str, Decimal]:
    """What stands on each category by its nominal code: a debit is positive."""
    return double_entry.balances(journal(books), "nominal_code")


def _of_kind(books: Books, kind: str) -> Iterator[Posting[str]]:
    legs_of: Callable[[Books, Json], Iterator[Leg]] = {
        "bills": _bill,
        "expenses": _expense,
        "invoices": _sale,
        "credit_notes": _sale,
        "bank_transaction_explanations": _explanation,
    }[kind]
    for document in books.shelf(kind).values():
        if document.get("_state", "sent") not in ("sent", "cancelled"):
            continue
        legs = tuple(balanced(list(legs_of(books, document)), lambda: _category(books, CURRENCIES)))
        is_payment = kind == "bank_transaction_explanations" and not document.get("category")
        yield Posting(on=document["dated_on"], kind=kind, document=document, is_payment=is_payment, legs=legs)


def _bill(books: Books, bill: Json) -> Iterator[Leg]:
    rate = bill["exchange_rate"]
    for item in bill["bill_items"]:
        yield Leg(account=_at(books, item["category"]), debit=rounded(item["total_value_ex_tax"] * rate))
    yield Leg(account=_category(books, VAT), debit=rounded(-bill["sales_tax_value"] * rate))
    yield Leg(account=_category(books, CREDITORS), debit=-rounded(bill["total_value"] * rate))


def _expense(books: Books, expense: Json) -> Iterator[Leg]:
    gross, tax = expense["native_gross_value"], expense["native_sales_tax_value"]
    yield Leg(account=_at(books, expense["category"]), debit=-(gross - tax))
    yield Leg(account=_category(books, VAT), debit=-tax)
    yield Leg(account=_category(books, CLAIMS), debit=gross)


def _sale(books: Books, document: Json) -> Iterator[Leg]:
    rate = document["exchange_rate"]
    for item in document.get("invoice_items") or document.get("credit_note_items") or []:
        yield Leg(account=_at(books, item["category"]), debit=-rounded(item["_net"] * rate))
    yield Leg(account=_category(books, VAT), debit=-rounded(document["sales_tax_value"] * rate))
    yield Leg(account=_category(books, DEBTORS), debit=rounded(document["total_value"] * rate))


def _explanation(books: Books, explanation: Json) -> Iterator[Leg]:
    rate = books.rate(explanation["_currency"])
    gross = rounded(explanation["gross_value"] * rate)
    yield Leg(account=_category(books, BANK), debit=gross)
    settled = books.at(explanation.get("paid_bill") or explanation.get("paid_invoice"))
    if settled is not None:
        code, sign = (CREDITORS, 1) if explanation.get("paid_bill") else (DEBTORS, -1)
        native = rounded(explanation["_settles"] * settled["exchange_rate"])
        yield Leg(account=_category(books, code), debit=sign * native)
    elif explanation.get("transfer_bank_account"):
        yield Leg(account=_category(books, BANK), debit=-gross)
    elif explanation.get("category"):
        tax = rounded(explanation["sales_tax_value"] * rate)
        yield Leg(account=_at(books, explanation["category"]), debit=-(gross - tax))
        yield Leg(account=_category(books, VAT), debit=-tax)
    else:
        yield Leg(account=_category(books, CLAIMS), debit=-gross)


def _category(books: Books, code: str) -> Json:
    return books.shelf("categories").get(code) or {"nominal_code": code, "description": code}


def _at(books: Books, path: str) -> Json:
    return books.at(path) or {"nominal_code": path.rsplit("/", 1)[-1], "description": "gone"}
