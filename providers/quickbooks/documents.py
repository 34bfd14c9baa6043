"""Documents and payments to QuickBooks' JSON and back; pure.

What is frozen is a draft: the record as QuickBooks takes it, but for what has to be looked up there when it is sent
(`providers.quickbooks.completing`): whom a name means, which rates a tax code has, what kind of account money is paid from.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from bot.domain.documents import LineAmounts
from bot.domain.ledger_documents import LedgerDocument, LedgerFile, LedgerPayment, for_customer
from bot.domain.money import WIDE, to_cents
from bot.domain.postings import Payment, Posting, PostingKind, PostingLine
from bot.domain.settings import PaymentStatus
from providers.exact import exact_json
from providers.quickbooks.mapping import CLASS, LOCATION, day_of, rate_of, rate_to_wire
from providers.quickbooks.resources import CARD_CREDIT, DEPOSIT, PAYMENT_OF, Entity, PaymentEntity, entity_of

Json = dict[str, Any]
Link = Callable[[PostingKind, str], str]
"""Where a person opens a document of a kind, by its id."""

AMOUNTS = {
    LineAmounts.EXCLUSIVE: "TaxExcluded",
    LineAmounts.INCLUSIVE: "TaxInclusive",
    LineAmounts.NO_TAX: "NotApplicable",
}
LONGEST_DESCRIPTION = 4000
BILLABLE, BILLED = "Billable", "HasBeenBilled"
"""Of a line that is for a customer: whether it is to be on an invoice of theirs, and that it is."""
_UNBOOKED = ("SubTotalLineDetail", "DescriptionOnly")
"""Lines that QuickBooks makes, or that say something only."""


def drafts_of(works: Sequence[Posting] | Sequence[Payment]) -> bytes:
    """What is frozen of one call; the same works give the same bytes."""
    return exact_json(
        [_payment(work) if isinstance(work, Payment) else posting_to_draft(work) for work in works]
    ).encode()


def posting_to_draft(posting: Posting) -> Json:
    entity = entity_of(posting)
    record: Json = {
        "TxnDate": posting.issued_on.isoformat(),
        "DocNumber": posting.number,
        "PrivateNote": posting.marker,
        "CurrencyRef": {"value": posting.currency},
        "GlobalTaxCalculation": AMOUNTS[posting.line_amounts],
        "Line": [_line(line, posting.line_amounts, entity) for line in posting.lines],
    }
    if posting.currency_rate is not None:
        record["ExchangeRate"] = rate_to_wire(posting.currency_rate)
    if entity.has_due_date:
        record["DueDate"] = (posting.due_on or posting.issued_on).isoformat()
    locations = [track.option for track in posting.tracking if track.category == LOCATION]
    if locations:
        record["DepartmentRef"] = {"value": locations[0]}
    return {
        "entity": entity.name,
        "party": {"id": posting.contact_id, "name": posting.contact_name},
        "account": posting.bank_account,
        "is_cheque": posting.is_cheque,
        "taxes": {} if _is_left(posting, entity) else _taxes(posting.lines),
        "record": record,
    }


def _line(line: PostingLine, amounts: LineAmounts, entity: Entity) -> Json:
    """The amount is without tax, whatever `GlobalTaxCalculation` says; what it comes to with tax stands beside it."""
    kind = entity.line if line.item_code is None else entity.product_line
    detail: Json = {}
    if line.item_code is not None and entity is not DEPOSIT:
        detail["ItemRef"] = {"value": line.item_code}
        if amounts is not LineAmounts.INCLUSIVE and _is_worked_out(line):
            detail |= {"Qty": line.quantity, "UnitPrice": line.unit_price}
    elif not entity.is_sale:
        detail["AccountRef"] = {"value": line.account_code}
    if line.tax_code is not None:
        detail["TaxCodeRef"] = {"value": line.tax_code}
        if amounts is LineAmounts.INCLUSIVE and entity is not DEPOSIT:
            detail["TaxInclusiveAmt"] = line.net + line.tax
    classes = [track.option for track in line.tracking if track.category == CLASS]
    if classes:
        detail["ClassRef"] = {"value": classes[0]}
    if line.customer is not None:
        detail["CustomerRef"] = {"value": line.customer}
    if line.customer is not None or line.is_billable:
        detail["BillableStatus"] = BILLABLE if line.is_billable else "NotBillable"
    found: Json = {"DetailType": kind, "Amount": line.net, kind: detail}
    if line.description.strip():
        found["Description"] = line.description[:LONGEST_DESCRIPTION]
    return found


def _is_worked_out(line: PostingLine) -> bool:
    return to_cents(WIDE.multiply(line.quantity, line.unit_price)) == line.net


def _is_left(posting: Posting, entity: Entity) -> bool:
    """Whether QuickBooks works the tax out of the amounts with tax. It is told all of it or nothing; and lines of deposits have
    no such amounts, so that there what it would make is sent.
    """
    return entity is not DEPOSIT and all(line.is_tax_left for line in posting.lines)


def _taxes(lines: Sequence[PostingLine]) -> Json:
    """By tax code, what its lines come to without tax, and their tax."""
    found: dict[str, list[Decimal]] = {}
    for line in lines:
        if line.tax_code is not None:
            sums = found.setdefault(line.tax_code, [Decimal(0), Decimal(0)])
            sums[0], sums[1] = sums[0] + line.net, sums[1] + line.tax
    return dict(found)


def _payment(payment: Payment) -> Json:
    entity = PAYMENT_OF[payment.kind]
    linked = {"TxnId": payment.document_id, "TxnType": entity.document}
    record: Json = {
        "TxnDate": payment.paid_on.isoformat(),
        "PrivateNote": payment.marker,
        "CurrencyRef": {"value": payment.currency},
        "TotalAmt": payment.amount,
        "Line": [{"Amount": payment.amount, "LinkedTxn": [linked]}],
    }
    if payment.currency_rate is not None:
        record["ExchangeRate"] = rate_to_wire(payment.currency_rate)
    return {"entity": entity.name, "document": payment.document_id, "account": payment.bank_account, "record": record}


# Back


def is_voided(found: Json) -> bool:
    """The record stays, with nothing in it; QuickBooks writes so before its note."""
    return not Decimal(found.get("TotalAmt", 0)) and str(found.get("PrivateNote", "")).startswith("Voided")


def notes_of(found: Json) -> tuple[str, ...]:
    """The words of a record's note: people may write beside ours."""
    return tuple(str(found.get("PrivateNote") or "").split())


def document_of(found: Json, entity: Entity, link: Link) -> LedgerDocument:
    lines = [line for line in found.get("Line") or [] if line.get("DetailType") not in _UNBOOKED]
    details = [line.get(line["DetailType"]) or {} for line in lines]
    tax, gross = Decimal((found.get("TxnTaxDetail") or {}).get("TotalTax") or 0), Decimal(found["TotalAmt"])
    party = _party_of(found, details, entity)
    notes = notes_of(found)
    kind = CARD_CREDIT.kind if found.get("Credit") else entity.kind
    return LedgerDocument(
        ledger_id=found["Id"],
        kind=kind,
        marker=notes[0] if notes else None,
        number=found.get("DocNumber"),
        contact_name=party.get("name"),
        contact_id=party.get("value"),
        status=_status_of(found, entity, gross),
        issued_on=day_of(found.get("TxnDate")),
        currency=(found.get("CurrencyRef") or {}).get("value"),
        currency_rate=rate_of(found.get("ExchangeRate")),
        net=sum((Decimal(line.get("Amount") or 0) for line in lines), Decimal(0)),
        tax=tax,
        gross=gross,
        url=link(entity.kind, found["Id"]),
        account_codes=tuple((one.get("AccountRef") or one.get("ItemAccountRef") or {}).get("value") for one in details),
        item_codes=tuple(sorted(one["ItemRef"]["value"] for one in details if one.get("ItemRef"))) if lines else None,
        customers=tuple(sorted(_customers_of(details))) if lines else None,
        options=_options_of(found, details) if lines else None,
    )


def _customers_of(details: Sequence[Json]) -> Iterator[str]:
    """What was billed on since was billable."""
    for one in details:
        if one.get("CustomerRef"):
            is_billable = one.get("BillableStatus") in (BILLABLE, BILLED)
            yield for_customer(one["CustomerRef"]["value"], is_billable=is_billable)


def _party_of(found: Json, details: Sequence[Json], entity: Entity) -> Json:
    if entity is DEPOSIT:
        return next((dict(one["Entity"]) for one in details if one.get("Entity")), {})
    return found.get(entity.party) or {}


def _status_of(found: Json, entity: Entity, gross: Decimal) -> PaymentStatus:
    """QuickBooks has neither drafts nor documents that wait for approval; what is booked on an account owes nothing."""
    is_paid = not entity.kind.is_of_bank and gross and not Decimal(found.get("Balance", gross))
    return PaymentStatus.PAID if is_paid else PaymentStatus.AWAITING_PAYMENT


def _options_of(found: Json, details: Sequence[Json]) -> tuple[str, ...]:
    """The location is of the document."""
    classes = [one["ClassRef"]["value"] for one in details if one.get("ClassRef")]
    location = found.get("DepartmentRef")
    return tuple(sorted([*classes, *([location["value"]] if location else [])]))


def payment_of(found: Json, entity: PaymentEntity) -> LedgerPayment:
    links = [link for line in found.get("Line") or [] for link in line.get("LinkedTxn") or []]
    paid = next((link["TxnId"] for link in links if link.get("TxnType") == entity.document), None)
    notes = notes_of(found)
    return LedgerPayment(
        ledger_id=found["Id"],
        marker=notes[0] if notes else None,
        document_id=paid,
        bank_account=account_of(found),
        paid_on=day_of(found.get("TxnDate")),
        amount=Decimal(found["TotalAmt"]),
    )


def account_of(found: Json) -> str | None:
    """The bank account or card that a record of money is booked on."""
    accounts = (
        found.get("AccountRef"),
        found.get("DepositToAccountRef"),
        (found.get("CheckPayment") or {}).get("BankAccountRef"),
        (found.get("CreditCardPayment") or {}).get("CCAccountRef"),
    )
    return next((str(account["value"]) for account in accounts if account), None)


def file_of(found: Json) -> LedgerFile:
    return LedgerFile(ledger_id=found["Id"], name=found["FileName"], size=int(found["Size"]))
