"""The journal: what the documents of one business do to its accounts, in its own currency."""

from collections.abc import Iterator
from decimal import Decimal

from providers.sage.simulated.books import Books
from providers.sage.simulated.kinds import DOCUMENTS
from providers.simulating import double_entry
from providers.simulating.double_entry import Leg, Posting, balanced
from providers.simulating.numbers import Json

NOTHING = Decimal("0.00")
_UNPOSTED = ("DRAFT", "VOID")


def journal(books: Books) -> list[Posting[str]]:
    """By day, oldest first."""
    found = [posting for plural in DOCUMENTS for posting in _of_kind(books, plural)]
    return sorted(found, key=lambda posting: posting.on)


def of_document(books: Books, plural: str, record_id: str) -> list[Posting[str]]:
    return [one for one in _of_kind(books, plural) if one.document["id"] == record_id]


def balances(books: Books) -> dict[str, Decimal]:
    """What stands on each account by id: a debit is positive."""
    return double_entry.balances(journal(books), "id")


def _of_kind(books: Books, plural: str) -> Iterator[Posting[str]]:
    """An allocation moves nothing: both of its sides are on the same account."""
    if plural == "contact_allocations":
        return
    is_payment = plural == "contact_payments"
    for document in books.standing(plural):
        if document.get("status", {}).get("id") in _UNPOSTED:
            continue
        legs = _payment(books, document) if is_payment else _document(books, plural, document)
        rest = balanced(list(legs), lambda: books.account("EXCHANGE_GAINS_LOSSES"))
        yield Posting(on=document["date"], kind=plural, document=document, is_payment=is_payment, legs=tuple(rest))


def _document(books: Books, plural: str, document: Json) -> Iterator[Leg]:
    is_sale = plural.startswith("sales") or document["transaction_type"]["id"] == "OTHER_RECEIPT"
    sign = -1 if is_sale else 1
    if plural.endswith("credit_notes") or (document.get("quick_entry_type") or {}).get("id") == "CREDIT_NOTE":
        sign = -sign
    nets: dict[str, Decimal] = {}
    lines = document.get("invoice_lines") or document.get("credit_note_lines") or document.get("payment_lines")
    for line in lines or [document]:
        account = line["ledger_account"]["id"]
        nets[account] = nets.get(account, NOTHING) + _at_home(line, "net_amount")
    for account, net in nets.items():
        yield Leg(account=_account(books, account), debit=sign * net)
    tax = books.account("VAT_ON_SALES" if is_sale else "VAT_ON_PURCHASES")
    yield Leg(account=tax, debit=sign * _at_home(document, "tax_amount"))
    yield Leg(account=_control(books, plural, document), debit=-sign * _at_home(document, "total_amount"))


def _at_home(record: Json, name: str) -> Decimal:
    at_home = f"base_currency_{name}"
    return Decimal(record[at_home if at_home in record else name])


def _payment(books: Books, document: Json) -> Iterator[Leg]:
    kind = document["transaction_type"]["id"]
    is_vendor, is_refund = kind.startswith("VENDOR"), kind.endswith("REFUND")
    sign = 1 if is_vendor is not is_refund else -1
    amount, rate = _at_home(document, "total_amount"), Decimal(document["exchange_rate"])
    given = sum((Decimal(one["discount"]) for one in document["allocated_artefacts"]), NOTHING)
    discount = round(given / rate, 2)
    control = books.account("TRADE_CREDITORS" if is_vendor else "TRADE_DEBTORS")
    yield Leg(account=control, debit=sign * (amount + discount))
    taken = books.account("DISCOUNTS_TAKEN" if is_vendor else "DISCOUNTS_ALLOWED")
    yield Leg(account=taken, debit=-sign * discount)
    yield Leg(account=_bank(books, document), debit=-sign * amount)


def _control(books: Books, plural: str, document: Json) -> Json:
    if plural == "other_payments":
        return _bank(books, document)
    return books.account("TRADE_DEBTORS" if plural.startswith("sales") else "TRADE_CREDITORS")


def _bank(books: Books, document: Json) -> Json:
    bank = books.shelf("bank_accounts")[document["bank_account"]["id"]]
    return _account(books, bank["ledger_account"]["id"])


def _account(books: Books, wanted: str) -> Json:
    return books.get("ledger_accounts", wanted) or {"id": wanted, "displayed_as": "gone"}
