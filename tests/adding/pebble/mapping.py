"""Pebble's JSON to our words and back; pure."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bot.domain.books import Account, AccountClass, Books, Contact, ListEntry, ListKind, OrganisationChoice, TaxRate
from bot.domain.ledger_documents import LedgerDocument
from bot.domain.postings import Posting, PostingKind, PostingLine
from bot.domain.settings import PaymentStatus
from tests.adding.pebble import wire

PATHS = {ListKind.ACCOUNTS: "accounts", ListKind.TAX_RATES: "rates", ListKind.CONTACTS: "contacts"}
ENTRIES = "entries"
STATES = {PaymentStatus.DRAFT: "draft", PaymentStatus.AWAITING_PAYMENT: "final"}
STATUSES = {word: status for status, word in STATES.items()}


def choice_of(book: wire.Book) -> OrganisationChoice:
    return OrganisationChoice(tenant_id=book["id"], name=book["name"], link_id=book["link"])


def books_of(book: wire.Book) -> Books:
    return Books(provider_id=book["id"], name=book["name"], base_currency=book["currency"], lock_dates_known=False)


def entry_of(kind: ListKind, found: dict[str, Any]) -> ListEntry:
    match kind:
        case ListKind.ACCOUNTS:
            return Account(
                provider_id=found["id"],
                code=found["code"],
                name=found["name"],
                account_class=AccountClass.EXPENSE,
                is_active=not found["put_away"],
            )
        case ListKind.TAX_RATES:
            return TaxRate(code=found["code"], name=found["name"], percent=Decimal(found["percent"]))
        case _:
            return Contact(provider_id=found["id"], name=found["name"], is_supplier=True)


def rendered(postings: Sequence[Posting]) -> bytes:
    """Amounts go as text, which Pebble reads exactly."""
    return json.dumps({ENTRIES: [bill_to_wire(posting) for posting in postings]}, default=str).encode()


def bill_to_wire(posting: Posting) -> wire.Entry:
    return {
        "mark": posting.marker,
        "number": posting.number,
        "contact": posting.contact_name,
        "date": posting.issued_on.isoformat(),
        "currency": posting.currency,
        "state": STATES[posting.status],
        "lines": [_line(line) for line in posting.lines],
    }


def _line(line: PostingLine) -> wire.Line:
    return {
        "text": line.description,
        "amount": line.net,
        "tax": line.tax,
        "account": line.account_code,
        "rate": line.tax_code,
    }


def document_of(found: wire.Entry, url: str) -> LedgerDocument:
    net, tax = (sum((Decimal(line[name]) for line in found["lines"]), Decimal(0)) for name in ("amount", "tax"))
    return LedgerDocument(
        ledger_id=found["id"],
        kind=PostingKind.BILL,
        marker=found["mark"],
        number=found["number"],
        contact_name=found["contact"],
        status=STATUSES.get(found["state"], found["state"]),
        issued_on=date.fromisoformat(found["date"]),
        currency=found["currency"],
        net=net,
        tax=tax,
        gross=net + tax,
        url=url,
        account_codes=tuple(line["account"] for line in found["lines"]),
    )
