"""Documents and payments to Sage's JSON and back; pure.

What is frozen is a draft: the record as Sage takes it, but for what has to be looked up there when it is sent
(`providers.sage.completing`): whom a name means, which rate stands for no tax, whose document is paid.

Our marker stands in the notes. Money spent and received has none, and its reference may be 25 characters long only: there the
marker follows the first line's details, as it does a quick entry's own.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from bot.domain.documents import LineAmounts
from bot.domain.ledger_documents import LedgerDocument, LedgerFile, LedgerPayment
from bot.domain.money import WIDE, to_cents
from bot.domain.postings import Payment, Posting, PostingLine
from bot.domain.settings import PaymentStatus
from providers.exact import exact_json
from providers.sage.mapping import day_of
from providers.sage.resources import (
    OTHER_PAYMENTS,
    PAYMENT_OF,
    RESOURCE_OF,
    TYPE_OF,
    Resource,
    kind_of,
    sides_of,
)

Json = dict[str, Any]
Link = Callable[[str, str], str]
"""Where a person opens a document of a resource, by its id."""

LONGEST_DETAILS = 255
LONGEST_DESCRIPTION = 4000
DRAFT, VOID = "DRAFT", "VOID"
_STATUS_OF = {
    DRAFT: PaymentStatus.DRAFT,
    "UNPAID": PaymentStatus.AWAITING_PAYMENT,
    "PART_PAID": PaymentStatus.AWAITING_PAYMENT,
    "PAID": PaymentStatus.PAID,
}
ATTRIBUTES = (
    "reference,vendor_reference,invoice_number,credit_note_number,notes,contact,contact_name,date,currency,"
    "exchange_rate,net_amount,tax_amount,total_amount,status,transaction_type,payment_lines,deleted_at,"
    "quick_entry_type,details,ledger_account"
)
"""What is asked for of each document in a list."""
PAYMENT_ATTRIBUTES = "reference,bank_account,date,total_amount,allocated_artefacts,deleted_at"


def drafts_of(works: Sequence[Posting] | Sequence[Payment]) -> bytes:
    """What is frozen of one call; the same works give the same bytes."""
    return exact_json(
        [_payment(work) if isinstance(work, Payment) else posting_to_draft(work) for work in works]
    ).encode()


def posting_to_draft(posting: Posting) -> Json:
    return {
        "plural": RESOURCE_OF[posting.kind].plural,
        "sides": list(sides_of(posting)),
        "party": {"id": posting.contact_id, "name": posting.contact_name},
        "currency": posting.currency,
        "is_untaxed": posting.line_amounts is LineAmounts.NO_TAX,
        "record": _record(posting),
    }


def _record(posting: Posting) -> Json:
    if posting.kind.is_of_bank:
        return _money(posting)
    return _entry(posting) if posting.kind.is_quick else _artefact(posting)


def _artefact(posting: Posting) -> Json:
    """The number stands in the reference too: what people look for, and kept where Sage numbers sales by itself."""
    resource = RESOURCE_OF[posting.kind]
    record: Json = {
        "date": posting.issued_on.isoformat(),
        resource.number: posting.number,
        "reference": posting.number,
        "notes": posting.marker,
        "currency_id": posting.currency,
        str(resource.lines): [_line(line, posting.line_amounts) for line in posting.lines],
    }
    if resource.has_due_date:
        record["due_date"] = (posting.due_on or posting.issued_on).isoformat()
    if posting.currency_rate is not None:
        record["exchange_rate"] = posting.currency_rate
    if posting.status is PaymentStatus.DRAFT:
        record["status_id"] = DRAFT
    return record


def _line(line: PostingLine, amounts: LineAmounts) -> Json:
    """Sage takes the tax as it is sent, and works out the rest of quantity and price; where that is not ours to the cent,
    the amount goes as the price of one.
    """
    amount = line.amount(amounts)
    is_worked_out = _is_worked_out(line, amount)
    found: Json = {
        "description": line.description.strip()[:LONGEST_DESCRIPTION] or "-",
        "ledger_account_id": line.account_code,
        "quantity": line.quantity if is_worked_out else Decimal(1),
        "unit_price": line.unit_price if is_worked_out else amount,
        **_rate(line),
    }
    if amounts is LineAmounts.INCLUSIVE:
        found["unit_price_includes_tax"] = True
    if line.item_code is not None:
        kind, _, item_id = line.item_code.partition("/")
        found[f"{kind}_id"] = item_id
    return {**found, **_analysis(line)}


def _rate(line: PostingLine) -> Json:
    return {} if line.tax_code is None else {"tax_rate_id": line.tax_code, "tax_amount": line.tax}


def _analysis(line: PostingLine) -> Json:
    """In objects, as the guide has them."""
    return {"analysis_type_categories": [{"id": one.option} for one in line.tracking]} if line.tracking else {}


def _is_worked_out(line: PostingLine, amount: Decimal) -> bool:
    if line.quantity <= 0 or not (_has_few_places(line.quantity) and _has_few_places(line.unit_price)):
        return False
    return to_cents(WIDE.multiply(line.quantity, line.unit_price)) == amount


def _has_few_places(value: Decimal) -> bool:
    """How many Sage keeps is not said; so many as prices have (unverified)."""
    exponent = value.normalize(WIDE).as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -4


def _money(posting: Posting) -> Json:
    """Spent or received: its currency is that of the bank account."""
    lines = [_money_line(line) for line in posting.lines]
    if lines:
        lines[0]["details"] = _marked(posting.lines[:1], posting.marker)
    return {
        "transaction_type_id": TYPE_OF[posting.kind],
        "bank_account_id": posting.bank_account,
        "date": posting.issued_on.isoformat(),
        "total_amount": posting.gross,
        "reference": posting.number,
        "payment_lines": lines,
    }


def _entry(posting: Posting) -> Json:
    """By its sums: all of its lines are booked to the same."""
    first = posting.lines[0]
    found: Json = {
        "quick_entry_type_id": TYPE_OF[posting.kind],
        "date": posting.issued_on.isoformat(),
        "reference": posting.number,
        "details": _marked(posting.lines, posting.marker),
        "ledger_account_id": first.account_code,
        "net_amount": posting.net,
        "total_amount": posting.gross,
        "currency_id": posting.currency,
        **_rate(first),
        **_analysis(first),
    }
    if posting.currency_rate is not None:
        found["exchange_rate"] = posting.currency_rate
    return {**found, "tax_amount": posting.tax} if first.tax_code is not None else found


def _marked(lines: Sequence[PostingLine], marker: str) -> str:
    words = ", ".join(dict.fromkeys(line.description.strip() or "-" for line in lines))
    return f"{words[: LONGEST_DETAILS - len(marker) - 1].strip()} {marker}"


def _money_line(line: PostingLine) -> Json:
    return {
        "details": line.description.strip()[:LONGEST_DETAILS] or "-",
        "ledger_account_id": line.account_code,
        "net_amount": line.net,
        "total_amount": line.net + line.tax,
        **_rate(line),
        **_analysis(line),
    }


def _payment(payment: Payment) -> Json:
    allocated = {"artefact_id": payment.document_id, "amount": payment.amount}
    record: Json = {
        "transaction_type_id": PAYMENT_OF[payment.kind],
        "bank_account_id": payment.bank_account,
        "date": payment.paid_on.isoformat(),
        "total_amount": payment.amount,
        "currency_id": payment.currency,
        "reference": payment.marker,
        "allocated_artefacts": [allocated],
    }
    if payment.currency_rate is not None:
        record["exchange_rate"] = payment.currency_rate
    return {"pays": RESOURCE_OF[payment.kind].plural, "document": payment.document_id, "record": record}


# Back


def is_gone(found: Json) -> bool:
    """Deleted, or void: it counts for nothing."""
    return bool(found.get("deleted_at")) or status_code(found) == VOID


def status_code(found: Json) -> str:
    return str((found.get("status") or {}).get("id") or "")


def notes_of(found: Json, resource: Resource) -> tuple[str, ...]:
    """The words in which a marker of ours may be: people may write beside it."""
    if resource is OTHER_PAYMENTS or resource.lines is None:
        return tuple(word for line in _lines_of(found, resource) for word in str(line.get("details") or "").split())
    return tuple(str(found.get("notes") or "").split())


def _lines_of(found: Json, resource: Resource) -> list[Json]:
    return [found] if resource.lines is None else list(found.get(resource.lines) or [])


def document_of(found: Json, resource: Resource, link: Link) -> LedgerDocument:
    lines = _lines_of(found, resource)
    contact = found.get("contact") or {}
    marker = next((word for word in notes_of(found, resource) if "://" in word), None)
    is_money = resource is OTHER_PAYMENTS
    return LedgerDocument(
        ledger_id=found["id"],
        kind=kind_of(resource.plural, (found.get("quick_entry_type") or found.get("transaction_type") or {}).get("id")),
        marker=marker,
        number=found.get("reference") or found.get(resource.number),
        contact_name=None if is_money else found.get("contact_name"),
        contact_id=contact.get("id"),
        status=PaymentStatus.AWAITING_PAYMENT if is_money else _STATUS_OF.get(status_code(found), status_code(found)),
        issued_on=day_of(found.get("date")),
        currency=(found.get("currency") or {}).get("id"),
        currency_rate=None if found.get("exchange_rate") is None else Decimal(found["exchange_rate"]),
        net=cents_of(found["net_amount"]),
        tax=cents_of(found["tax_amount"]),
        gross=cents_of(found["total_amount"]),
        url=link(resource.plural, found["id"]),
        account_codes=tuple((line.get("ledger_account") or {}).get("id") for line in lines),
        item_codes=None if is_money or resource.lines is None or not lines else tuple(sorted(_products(lines))),
        options=_options_of(lines),
    )


def cents_of(amount: Any) -> Decimal:
    """A number, or text with as few places as there are."""
    return to_cents(Decimal(amount))


def _products(lines: Sequence[Json]) -> list[str]:
    return [f"{kind}/{line[kind]['id']}" for line in lines for kind in ("product", "service") if line.get(kind)]


def _options_of(lines: Sequence[Json]) -> tuple[str, ...] | None:
    """A list tells no analysis, unless it is asked for."""
    if not lines or any("analysis_type_categories" not in line for line in lines):
        return None
    return tuple(sorted(one["id"] for line in lines for one in line["analysis_type_categories"] or []))


def payment_of(found: Json) -> LedgerPayment:
    allocated = found.get("allocated_artefacts") or []
    return LedgerPayment(
        ledger_id=found["id"],
        marker=found.get("reference"),
        document_id=allocated[0]["artefact"]["id"] if len(allocated) == 1 else None,
        bank_account=(found.get("bank_account") or {}).get("id"),
        paid_on=day_of(found.get("date")),
        amount=cents_of(found["total_amount"]),
    )


def settlements_of(found: Json) -> list[tuple[str, str | None, Decimal]]:
    """Of what settles a document: the payment or the allocation by its id, what stands beside it, and how much."""
    told = found.get("payments_allocations") or []
    return [
        (
            str((one.get("contact_payment") or one.get("contact_allocation") or {}).get("id")),
            one.get("reference"),
            cents_of(one.get("amount") or 0),
        )
        for one in told
    ]


def file_of(found: Json) -> LedgerFile:
    return LedgerFile(ledger_id=found["id"], name=found["file_name"], size=int(found["file_size"]))
