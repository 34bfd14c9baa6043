"""The journal: what the transactions of one company do to its accounts, in its own currency."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from providers.quickbooks.simulated.books import Books
from providers.quickbooks.simulated.entities import TRANSACTIONS
from providers.simulating import double_entry
from providers.simulating.double_entry import Leg, Posting, balanced
from providers.simulating.numbers import Json, rounded

NOTHING = Decimal("0.00")
_SIGNS = {
    "Bill": 1,
    "Purchase": 1,
    "VendorCredit": -1,
    "Deposit": -1,
    "Invoice": -1,
    "SalesReceipt": -1,
    "CreditMemo": 1,
    "RefundReceipt": 1,
}
"""Whether the lines are debited or credited."""
_CONTROLS = {
    "Bill": "APAccountRef",
    "VendorCredit": "APAccountRef",
    "Purchase": "AccountRef",
    "Deposit": "DepositToAccountRef",
}


def journal(books: Books) -> list[Posting[str]]:
    """By day, oldest first."""
    found = [posting for kind in TRANSACTIONS for posting in _of_kind(books, kind)]
    return sorted(found, key=lambda posting: posting.on)


def of_document(books: Books, kind: str, record_id: str) -> list[Posting[str]]:
    return [one for one in _of_kind(books, kind) if one.document["Id"] == record_id]


def balances(books: Books) -> dict[str, Decimal]:
    """What stands on each account by id: a debit is positive."""
    return double_entry.balances(journal(books), "Id")


def _of_kind(books: Books, kind: str) -> Iterator[Posting[str]]:
    is_payment = kind in ("BillPayment", "Payment")
    for document in books.shelf(kind).values():
        if document.get("_voided"):
            continue
        legs = _payment(books, kind, document) if is_payment else _document(books, kind, document)
        rest = balanced(list(legs), lambda: _named(books, "Exchange Gain or Loss"))
        yield Posting(on=document["TxnDate"], kind=kind, document=document, is_payment=is_payment, legs=tuple(rest))


def _document(books: Books, kind: str, document: Json) -> Iterator[Leg]:
    rate = Decimal(document.get("ExchangeRate", 1))
    sign = -_SIGNS[kind] if document.get("Credit") else _SIGNS[kind]
    nets: dict[str, Decimal] = {}
    for line in document["Line"]:
        account = _account_of(line)
        if account:
            nets[account] = nets.get(account, NOTHING) + Decimal(line["Amount"])
    for account, net in nets.items():
        yield Leg(account=_account(books, account), debit=sign * rounded(net * rate))
    tax = Decimal(document.get("TxnTaxDetail", {}).get("TotalTax", 0))
    yield Leg(account=_tax(books), debit=sign * rounded(tax * rate))
    yield Leg(account=_control(books, kind, document), debit=-sign * rounded(Decimal(document["TotalAmt"]) * rate))


def _account_of(line: Json) -> str | None:
    detail: Json = line.get(line["DetailType"], {})
    reference: Any = detail.get("AccountRef") or detail.get("ItemAccountRef")
    return str(reference["value"]) if reference else None


def _payment(books: Books, kind: str, document: Json) -> Iterator[Leg]:
    rate = Decimal(document.get("ExchangeRate", 1))
    sign = 1 if kind == "BillPayment" else -1
    amount = rounded(Decimal(document["TotalAmt"]) * rate)
    control = "Accounts Payable" if kind == "BillPayment" else "Accounts Receivable"
    yield Leg(account=_system(books, control, document), debit=sign * amount)
    paid: Json = document.get("CheckPayment") or document.get("CreditCardPayment") or {}
    reference: Any = paid.get("BankAccountRef") or paid.get("CCAccountRef") or document.get("DepositToAccountRef")
    yield Leg(account=_account(books, str(reference["value"])), debit=-sign * amount)


def _control(books: Books, kind: str, document: Json) -> Json:
    if kind in _CONTROLS:
        return _account(books, str(document[_CONTROLS[kind]]["value"]))
    if kind in ("SalesReceipt", "RefundReceipt"):
        return _account(books, str(document["DepositToAccountRef"]["value"]))
    return _system(books, "Accounts Receivable", document)


def _system(books: Books, kind: str, document: Json) -> Json:
    found = books.system_account(kind, document["CurrencyRef"]["value"])
    return found or {"Id": kind, "Name": kind}


def _account(books: Books, wanted: str) -> Json:
    return books.get("Account", wanted) or {"Id": wanted, "Name": "gone"}


def _tax(books: Books) -> Json:
    found = (one for one in books.shelf("Account").values() if one.get("TaxAccount"))
    return next(found, {"Id": "tax", "Name": "Tax"})


def _named(books: Books, name: str) -> Json:
    return books.named("Account", name) or {"Id": name, "Name": name}
