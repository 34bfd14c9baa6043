"""Payments of bills and sales invoices, refunds of credit notes, and taking one back ("Payments")."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from providers.simulating.numbers import Json, number, rounded
from providers.xero.simulated import rules, sentences, settling
from providers.xero.simulated.books import APPROVERS, Books
from providers.xero.simulated.dates import day
from providers.xero.simulated.kinds import CREDIT_NOTE, INVOICE, SALES, Kind
from providers.xero.simulated.outcomes import Author, Outcome
from providers.xero.simulated.refusals import unreadable

_TARGETS = {INVOICE: "Invoice", CREDIT_NOTE: "CreditNote"}


def write(books: Books, author: Author, sent: Any) -> Outcome:
    """Pay a document.

    Raises:
        RefusalError: it is not readable at all.
    """
    if not isinstance(sent, dict):
        raise unreadable("Invalid JSON data: a Payment object was expected")
    outcome = Outcome(sent)
    kind, document = _document(books, sent)
    account = _account(books, sent)
    amount, paid_on, rate = _figures(books, sent)
    outcome.refuse(*_errors(books, document, account, amount))
    outcome.errors += [] if author.role in APPROVERS else [sentences.NOT_PERMITTED]
    outcome.errors += rules.lock_errors(books, author.role, paid_on)
    if document is None or account is None or outcome.errors:
        return outcome
    payment = _payment(kind, document, account)
    payment |= {"Date": paid_on, "Amount": amount, "UpdatedDateUTC": books.now(), "_created_at": books.now()}
    payment["CurrencyRate"] = rate or document["CurrencyRate"]
    payment["BankAmount"] = _in_account(books, payment, account, document["CurrencyCode"])
    payment |= {"Reference": str(sent.get("Reference") or ""), "IsReconciled": sent.get("IsReconciled") is True}
    books.payments.save(payment["PaymentID"], payment)
    settling.settle(books, kind, document[kind.key])
    books.note(document[kind.key], "Paid", author.name)
    outcome.document = payment
    return outcome


def delete(books: Books, author: Author, payment: Json) -> list[str]:
    """Take a payment back; its document is open again. Gives the sentences that refuse it."""
    if payment["Status"] != "AUTHORISED":
        return [sentences.PAYMENT_DELETED]
    errors = [] if author.role in APPROVERS else [sentences.NOT_PERMITTED]
    errors += [sentences.PAYMENT_RECONCILED] if payment.get("_statement") else []
    errors += rules.lock_errors(books, author.role, payment["Date"])
    if errors:
        return errors
    deleted = {**payment, "Status": "DELETED", "UpdatedDateUTC": books.now()}
    books.payments.save(payment["PaymentID"], deleted)
    kind, document_id = settling.target_of(payment)
    settling.settle(books, kind, document_id)
    books.note(document_id, "Payment removed", author.name)
    return []


# What was sent


def _document(books: Books, sent: Json) -> tuple[Kind, Json | None]:
    """By id or by number, in an object of its own or beside the payment's other fields."""
    for kind, name in _TARGETS.items():
        within, number_name = sent.get(name), str(kind.number)
        wanted = within if isinstance(within, dict) else {}
        text = wanted.get(number_name) or sent.get(number_name)
        if wanted.get(kind.key):
            return kind, books.shelf(kind).get(str(wanted[kind.key]))
        if text:
            return kind, next(iter(rules.numbered(books, kind, text)), None)
    if not any(name in sent for name in _TARGETS.values()):
        raise unreadable("Invalid JSON data: a Payment object with an Invoice or a CreditNote was expected")
    return INVOICE, None


def _account(books: Books, sent: Json) -> Json | None:
    within = sent.get("Account")
    wanted = within if isinstance(within, dict) else {}
    return books.account(str(wanted.get("AccountID") or wanted.get("Code") or sent.get("Code")))


def _figures(books: Books, sent: Json) -> tuple[Decimal, str, Decimal | None]:
    """Amount, day and rate."""
    try:
        amount = rounded(number(sent.get("Amount")))
        paid_on = day(sent["Date"]) if sent.get("Date") else books.today()
        rate = number(sent["CurrencyRate"]) if sent.get("CurrencyRate") else None
    except (ValueError, OverflowError) as error:
        raise unreadable(str(error)) from error
    return amount, paid_on.isoformat(), rate


def _errors(books: Books, document: Json | None, account: Json | None, amount: Decimal) -> list[str]:
    if document is None:
        return [sentences.NO_DOCUMENT]
    errors = _account_errors(books, document, account)
    if document["Status"] != "AUTHORISED":
        errors.append(sentences.PAYMENT_STATUS)
    if amount > number(document.get("AmountDue", document.get("RemainingCredit"))):
        errors.append(sentences.PAYMENT_TOO_HIGH)
    if amount <= 0:
        errors.append(sentences.PAYMENT_NOT_POSITIVE)
    return errors


def _account_errors(books: Books, document: Json, account: Json | None) -> list[str]:
    """It is a bank account, or one that is open to payments ("EnablePaymentsToAccount"), in a currency that fits."""
    if account is None or account["Status"] != "ACTIVE":
        return [sentences.PAYMENT_ACCOUNT]
    if account["Type"] != "BANK" and not account["EnablePaymentsToAccount"]:
        return [sentences.PAYMENT_ACCOUNT_TYPE]
    base, code = books.organisation["BaseCurrency"], document["CurrencyCode"]
    fits = account.get("CurrencyCode", base) in (base, code)
    return [] if fits else [sentences.PAYMENT_CURRENCY.format(code=code)]


# What it becomes


def _payment(kind: Kind, document: Json, account: Json) -> Json:
    is_sale = document["Type"] in SALES
    words = ("ACCREC" if is_sale else "ACCPAY") if kind is INVOICE else ("ARCREDIT" if is_sale else "APCREDIT")
    shown = (kind.key, str(kind.number), "Type", "Contact", "CurrencyCode")
    return {
        "PaymentID": str(uuid4()),
        "PaymentType": f"{words}PAYMENT",
        "Status": "AUTHORISED",
        "HasAccount": True,
        "Account": {name: account[name] for name in ("AccountID", "Code", "Name")},
        _TARGETS[kind]: {name: document[name] for name in shown},
        "HasValidationErrors": False,
    }


def _in_account(books: Books, payment: Json, account: Json, currency: str) -> Decimal:
    """The amount in the account's currency ("BankAmount")."""
    base = books.organisation["BaseCurrency"]
    if account.get("CurrencyCode", base) == currency:
        return number(payment["Amount"])
    return rounded(number(payment["Amount"]) / (number(payment["CurrencyRate"]) or 1))
