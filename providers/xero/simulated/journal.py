"""The journal: what the documents and payments of one organisation do to its accounts, in its own currency.

Each posting is double entry. Documents post their net to the accounts of their lines, their tax to the tax account and
their gross to receivables, payables or the bank account; payments move the gross on, and what a rate that has changed
makes of it is a realised currency gain. Tax is on the accrual basis; what is a draft, voided or deleted posts nothing.
"""

from collections.abc import Iterator
from decimal import Decimal

from providers.simulating import double_entry
from providers.simulating.double_entry import Leg, Posting, balanced
from providers.simulating.numbers import Json, number, rounded
from providers.xero.simulated.books import Books
from providers.xero.simulated.kinds import CREDITS, KINDS, SALES, Kind
from providers.xero.simulated.lines import NOTHING
from providers.xero.simulated.settling import target_of

_NAMES = {
    "CREDITORS": "Accounts Payable",
    "DEBTORS": "Accounts Receivable",
    "GST": "VAT",
    "REALISEDCURRENCYGAIN": "Realised Currency Gains",
    "ROUNDING": "Rounding",
}
"""Of the system accounts that are posted to, should a chart be without one."""
POSTED = frozenset({"AUTHORISED", "PAID"})


def journal(books: Books) -> list[Posting[Kind]]:
    """By day; of one day, documents before payments."""
    found = [*_of_documents(books), *_of_payments(books)]
    return sorted(found, key=lambda posting: posting.on)


def of_document(books: Books, document_id: str) -> list[Posting[Kind]]:
    """What one document and its payments posted."""
    return [one for one in journal(books) if one.document[one.kind.key] == document_id]


def balances(books: Books) -> dict[str, Decimal]:
    """What stands on each account by id: a debit is positive."""
    return double_entry.balances(journal(books), "AccountID")


def _of_documents(books: Books) -> Iterator[Posting[Kind]]:
    for kind in KINDS:
        for document in books.shelf(kind).values():
            if document["Status"] in POSTED:
                legs = tuple(_document_legs(books, document))
                yield Posting(on=document["Date"], kind=kind, document=document, is_payment=False, legs=legs)


def _document_legs(books: Books, document: Json) -> Iterator[Leg]:
    """Costs are debited, sales credited, and credit notes the other way round."""
    rate = number(document["CurrencyRate"]) or Decimal(1)
    sign = -1 if (document["Type"] in SALES) != (document["Type"] in CREDITS) else 1
    nets: dict[str, Decimal] = {}
    for line in document["LineItems"]:
        if "AccountCode" in line:
            within = line["TaxAmount"] if document["LineAmountTypes"] == "Inclusive" else NOTHING
            nets[line["AccountCode"]] = nets.get(line["AccountCode"], NOTHING) + line["LineAmount"] - within
    legs = [Leg(account=_account(books, code), debit=sign * rounded(net / rate)) for code, net in nets.items()]
    legs.append(Leg(account=_system(books, "GST"), debit=sign * rounded(document["TotalTax"] / rate)))
    legs.append(Leg(account=_control(books, document), debit=-sign * rounded(document["Total"] / rate)))
    yield from balanced(legs, lambda: _system(books, "ROUNDING"))


def _of_payments(books: Books) -> Iterator[Posting[Kind]]:
    for payment in books.payments.values():
        if payment["Status"] != "AUTHORISED":
            continue
        kind, document_id = target_of(payment)
        document = books.shelf(kind)[document_id]
        legs = tuple(_payment_legs(books, payment, document))
        yield Posting(on=payment["Date"], kind=kind, document=document, is_payment=True, legs=legs)


def _payment_legs(books: Books, payment: Json, document: Json) -> Iterator[Leg]:
    """The control account at the document's rate, the bank at the payment's."""
    sign = -1 if (document["Type"] in SALES) != (document["Type"] in CREDITS) else 1
    amount = number(payment["Amount"])
    owed = rounded(amount / (number(document["CurrencyRate"]) or 1))
    moved = rounded(amount / (number(payment["CurrencyRate"]) or 1))
    bank = _account(books, payment["Account"]["Code"])
    legs = [Leg(account=_control(books, document), debit=sign * owed), Leg(account=bank, debit=-sign * moved)]
    yield from balanced(legs, lambda: _system(books, "REALISEDCURRENCYGAIN"))


def _control(books: Books, document: Json) -> Json:
    if "BankAccount" in document:
        return _account(books, document["BankAccount"]["Code"])
    return _system(books, "DEBTORS" if document["Type"] in SALES else "CREDITORS")


def _account(books: Books, code: str) -> Json:
    return books.account(code) or {"AccountID": code, "Code": code, "Name": "gone"}


def _system(books: Books, name: str) -> Json:
    found = (one for one in books.accounts.values() if one.get("SystemAccount") == name)
    return next(found, {"AccountID": name, "Code": "–", "Name": _NAMES[name]})
