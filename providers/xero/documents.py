"""Documents to Xero's JSON and back; pure."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from bot.domain.coding import Track
from bot.domain.documents import LineAmounts
from bot.domain.ledger_documents import LedgerDocument, LedgerFile, LedgerPayment
from bot.domain.money import WIDE, to_cents
from bot.domain.postings import Payment, Posting, PostingKind, PostingLine
from bot.domain.settings import PaymentStatus
from providers.exact import exact_json
from providers.xero import wire
from providers.xero.mapping import day_of
from providers.xero.resources import KIND_OF, PAYMENTS, RESOURCE_OF, RESOURCES, TARGETS, TYPE_OF, Resource

STATUS = {
    PaymentStatus.DRAFT: "DRAFT",
    PaymentStatus.AWAITING_APPROVAL: "SUBMITTED",
    PaymentStatus.AWAITING_PAYMENT: "AUTHORISED",
    PaymentStatus.PAID: "AUTHORISED",
}
"""What is to be paid is approved, and then paid by its payment."""
AMOUNTS = {
    LineAmounts.EXCLUSIVE: "Exclusive",
    LineAmounts.INCLUSIVE: "Inclusive",
    LineAmounts.NO_TAX: "NoTax",
}
_STATUS_OF = {
    "DRAFT": PaymentStatus.DRAFT,
    "SUBMITTED": PaymentStatus.AWAITING_APPROVAL,
    "AUTHORISED": PaymentStatus.AWAITING_PAYMENT,
    "PAID": PaymentStatus.PAID,
}
LONGEST_DESCRIPTION = 4000

Link = Callable[[PostingKind, str], str]
"""Where a person opens a document of a kind, by its id."""


def postings_to_wire(postings: Sequence[Posting]) -> bytes:
    """The body of one PUT; the same postings give the same bytes, so that a frozen batch can be sent again."""
    path = RESOURCE_OF[postings[0].kind].path
    return exact_json({path: [posting_to_wire(posting) for posting in postings]}).encode()


def posting_to_wire(posting: Posting) -> dict[str, Any]:
    """Contact carries the id alone, or the name alone: any other field would change the contact in Xero and drop its
    contact persons.
    """
    resource = RESOURCE_OF[posting.kind]
    element: dict[str, Any] = {
        "Type": TYPE_OF[posting.kind],
        "Status": STATUS[posting.status],
        "Contact": {"ContactID": posting.contact_id} if posting.contact_id else {"Name": posting.contact_name},
        resource.number: posting.number,
        "Date": posting.issued_on.isoformat(),
        "CurrencyCode": posting.currency,
        "LineAmountTypes": AMOUNTS[posting.line_amounts],
        "LineItems": [_line(line, posting.line_amounts) for line in posting.lines],
    }
    if resource.has_url:
        element["Url"] = posting.marker
    if posting.currency_rate is not None:
        element["CurrencyRate"] = posting.currency_rate
    if posting.kind.is_of_bank:
        # they are booked at once: "Status" of a bank transaction is only ever AUTHORISED or DELETED
        element |= {"Status": "AUTHORISED", "BankAccount": {"AccountID": posting.bank_account}}
    elif resource.takes_ids:
        # an authorised bill needs a due date; a document that names none is due on its own date
        element["DueDate"] = (posting.due_on or posting.issued_on).isoformat()
    return element


def _line(line: PostingLine, amounts: LineAmounts) -> wire.LineItem:
    amount = line.amount(amounts)
    is_worked_out = _is_worked_out(line, amount)
    item: wire.LineItem = {
        "Description": line.description[:LONGEST_DESCRIPTION] or "-",
        "Quantity": line.quantity if is_worked_out else Decimal(1),
        "UnitAmount": line.unit_price if is_worked_out else amount,
        "LineAmount": amount,
        "AccountCode": line.account_code,
    }
    if line.tax_code is not None:
        item["TaxType"] = line.tax_code
        if not line.is_tax_left:
            item["TaxAmount"] = line.tax
    if line.item_code is not None:
        item["ItemCode"] = line.item_code
    if line.tracking:
        item["Tracking"] = [_tracking(track) for track in line.tracking]
    return item


def _tracking(track: Track) -> wire.LineItemTracking:
    """By ids: a name that was changed in Xero means the same option still."""
    return {"TrackingCategoryID": track.category, "TrackingOptionID": track.option}


def _is_worked_out(line: PostingLine, amount: Decimal) -> bool:
    """Whether Xero gets the line's amount from quantity and price, which it keeps to four places; where it does not
    (allowances, finer prices), it would refuse the line, so the amount goes alone.
    """
    if line.quantity < 0 or not (_has_four_places(line.quantity) and _has_four_places(line.unit_price)):
        return False
    return to_cents(WIDE.multiply(line.quantity, line.unit_price)) == amount


def _has_four_places(value: Decimal) -> bool:
    exponent = value.normalize(WIDE).as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -4


def payments_to_wire(payments: Sequence[Payment]) -> bytes:
    """As `postings_to_wire`, for what pays documents that are there ("Payments")."""
    return exact_json({PAYMENTS.path: [_payment(payment) for payment in payments]}).encode()


def _payment(payment: Payment) -> dict[str, Any]:
    resource = RESOURCE_OF[payment.kind]
    element: dict[str, Any] = {
        TARGETS[resource.path]: {resource.id: payment.document_id},
        "Account": {"AccountID": payment.bank_account},
        "Date": payment.paid_on.isoformat(),
        "Amount": payment.amount,
        "Reference": payment.marker,
    }
    if payment.currency_rate is not None:
        element["CurrencyRate"] = payment.currency_rate
    return element


def payment_of(found: dict[str, Any]) -> LedgerPayment:
    targets = ((found.get(name) or {}, RESOURCES[path].id) for path, name in TARGETS.items())
    return LedgerPayment(
        ledger_id=found[PAYMENTS.id],
        marker=found.get("Reference"),
        document_id=next((target[key] for target, key in targets if target.get(key)), None),
        bank_account=(found.get("Account") or {}).get("AccountID"),
        paid_on=day_of(found.get("Date")),
        amount=Decimal(found["Amount"]),
    )


def document_of(found: dict[str, Any], resource: Resource, link: Link) -> LedgerDocument:
    kind = KIND_OF.get(found.get("Type", ""))
    return LedgerDocument(
        ledger_id=found[resource.id],
        kind=kind,
        marker=found.get("Url"),
        number=found.get(resource.number),
        contact_name=found.get("Contact", {}).get("Name"),
        contact_id=found.get("Contact", {}).get("ContactID"),
        status=_STATUS_OF.get(found.get("Status", ""), found.get("Status", "")),
        issued_on=day_of(found.get("DateString") or found.get("Date")),
        currency=found.get("CurrencyCode"),
        currency_rate=None if found.get("CurrencyRate") is None else Decimal(found["CurrencyRate"]),
        net=Decimal(found.get("SubTotal", 0)),
        tax=Decimal(found.get("TotalTax", 0)),
        gross=Decimal(found.get("Total", 0)),
        url="" if kind is None else link(kind, found[resource.id]),
        account_codes=tuple(line.get("AccountCode") for line in found.get("LineItems", [])),
        item_codes=_products_of(found),
        options=_options_of(found),
    )


def _products_of(found: dict[str, Any]) -> tuple[str, ...] | None:
    """Of an answer without lines nothing is known."""
    codes = [line.get("ItemCode") for line in found.get("LineItems") or []]
    return tuple(sorted(code for code in codes if code)) if codes else None


def _options_of(found: dict[str, Any]) -> tuple[str, ...] | None:
    """Of an answer without lines, or without the ids, nothing is known."""
    if "LineItems" not in found:
        return None
    ids = [track.get("TrackingOptionID") for line in found["LineItems"] for track in line.get("Tracking") or []]
    return tuple(sorted(each for each in ids if each)) if all(ids) else None


def kept_as(name: str, files: Sequence[LedgerFile]) -> LedgerFile:
    """Which of an answer's files is the one that was just sent; the only one is, whatever Xero made of its name.

    Raises:
        LookupError: none of them can be said to be it.
    """
    only = files if len(files) == 1 else ()
    return ([file for file in files if file.name == name] or only)[0]


def file_of(found: dict[str, Any]) -> LedgerFile:
    return LedgerFile(ledger_id=found["AttachmentID"], name=found["FileName"], size=int(found["ContentLength"]))
