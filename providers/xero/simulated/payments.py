"""Payments of bills and sales invoices, and taking one back."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from providers.xero.simulated.books import Books
from providers.xero.simulated.invoices import Author, Outcome
from providers.xero.simulated.lines import NOTHING
from providers.xero.simulated.numbers import Json, day, number, rounded
from providers.xero.simulated.refusals import unreadable


def write(books: Books, author: Author, sent: Any) -> Outcome:
    """Pay a document.

    Raises:
        RefusalError: it is not readable at all.
    """
    if not isinstance(sent, dict) or not isinstance(sent.get("Invoice"), dict):
        raise unreadable("Invalid JSON data: a Payment object with an Invoice was expected")
    outcome = Outcome(sent)
    invoice = books.invoices.get(str(sent["Invoice"].get("InvoiceID")))
    account = _account(books, sent.get("Account"))
    try:
        amount = rounded(number(sent.get("Amount")))
        paid_on = day(sent["Date"]).isoformat() if sent.get("Date") else books.today().isoformat()
    except ValueError as error:
        raise unreadable(str(error)) from error
    outcome.errors = _errors(invoice, account, amount)
    if invoice is None or account is None or outcome.errors:
        return outcome
    payment = {**_payment(books, invoice, account), "Date": paid_on, "Amount": amount}
    payment["Reference"] = str(sent.get("Reference") or "")
    books.payments.save(payment["PaymentID"], payment)
    _settle(books, invoice, author)
    outcome.document = payment
    return outcome


def _account(books: Books, sent: Any) -> Json | None:
    wanted = sent if isinstance(sent, dict) else {}
    return books.account(str(wanted.get("Code") or wanted.get("AccountID")))


def _payment(books: Books, invoice: Json, account: Json) -> Json:
    return {
        "PaymentID": str(uuid4()),
        "CurrencyRate": invoice["CurrencyRate"],
        "PaymentType": "ACCPAYPAYMENT" if invoice["Type"] == "ACCPAY" else "ACCRECPAYMENT",
        "Status": "AUTHORISED",
        "UpdatedDateUTC": books.now(),
        "HasAccount": True,
        "IsReconciled": False,
        "Account": {"AccountID": account["AccountID"], "Code": account["Code"]},
        "Invoice": {name: invoice[name] for name in ("InvoiceID", "InvoiceNumber", "Type", "Contact")},
        "HasValidationErrors": False,
    }


def delete(books: Books, author: Author, payment_id: str) -> Json | None:
    """Take a payment back; its document is open again."""
    payment = books.payments.get(payment_id)
    if payment is None:
        return None
    books.payments.save(payment_id, {**payment, "Status": "DELETED", "UpdatedDateUTC": books.now()})
    invoice = books.invoices[payment["Invoice"]["InvoiceID"]]
    _settle(books, invoice, author)
    return books.payments[payment_id]


def _errors(invoice: Json | None, account: Json | None, amount: Decimal) -> list[str]:
    errors = []
    if invoice is None:
        return ["The document with the supplied id was not found for this endpoint"]
    if account is None or account["Status"] != "ACTIVE":
        errors.append("Account could not be found")
    elif account["Type"] != "BANK" and not account["EnablePaymentsToAccount"]:
        errors.append("Account type is invalid for payments")
    if invoice["Status"] not in ("AUTHORISED", "PAID"):
        errors.append("Payments can only be made against Authorised documents")
    elif amount > invoice["AmountDue"]:
        errors.append("Payment amount exceeds the amount outstanding on this document")
    if amount <= 0:
        errors.append("Payment amounts must be positive amounts")
    return errors


def _settle(books: Books, invoice: Json, author: Author) -> None:
    """What is paid and what is due, from the payments that stand."""
    standing = [
        found
        for found in books.payments.values()
        if found["Invoice"]["InvoiceID"] == invoice["InvoiceID"] and found["Status"] == "AUTHORISED"
    ]
    paid = sum((number(found["Amount"]) for found in standing), NOTHING)
    changed = {**invoice, "AmountPaid": paid, "AmountDue": invoice["Total"] - paid}
    changed["Payments"] = [{name: found[name] for name in ("PaymentID", "Date", "Amount")} for found in standing]
    changed["Status"] = "AUTHORISED" if changed["AmountDue"] else "PAID"
    if changed["Status"] == "PAID":
        changed["FullyPaidOnDate"] = max(found["Date"] for found in standing)
    else:
        changed.pop("FullyPaidOnDate", None)
    books.save_invoice(changed)
    books.note(invoice["InvoiceID"], "Paid" if standing else "Payment removed", author.name)
