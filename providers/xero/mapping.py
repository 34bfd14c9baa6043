"""Xero's JSON to our words and back; pure."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.domain.books import BillRights, Books
from bot.domain.coding import Track
from bot.domain.documents import LineAmounts
from bot.domain.money import WIDE, to_cents
from bot.domain.publishing import Bill, BillLine, LedgerDocument
from bot.domain.settings import PaymentStatus
from providers.fields import code_of, name_of, optional_code, optional_name, record_of
from providers.xero import wire

STATUS = {
    PaymentStatus.DRAFT: "DRAFT",
    PaymentStatus.AWAITING_APPROVAL: "SUBMITTED",
    PaymentStatus.AWAITING_PAYMENT: "AUTHORISED",
}
AMOUNTS = {
    LineAmounts.EXCLUSIVE: "Exclusive",
    LineAmounts.INCLUSIVE: "Inclusive",
    LineAmounts.NO_TAX: "NoTax",
}
_STATUS_OF = {"PAID": PaymentStatus.AWAITING_PAYMENT} | {word: status for status, word in STATUS.items()}
LONGEST_DESCRIPTION = 4000
_DOTNET_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")


def bills_to_wire(bills: Sequence[Bill]) -> bytes:
    """The body of one PUT; the same bills give the same bytes, so that a frozen batch can be sent again."""
    return _dump({"Invoices": [bill_to_wire(bill) for bill in bills]}).encode()


def bill_to_wire(bill: Bill) -> wire.Invoice:
    """Contact carries the id alone, or the name alone: any other field would change the
    contact in Xero and drop its contact persons.
    """
    contact: wire.Contact = {"ContactID": bill.contact_id} if bill.contact_id else {"Name": bill.contact_name}
    return {
        "Type": "ACCPAY",
        "Status": STATUS[bill.status],
        "Contact": contact,
        "InvoiceNumber": bill.number,
        "Date": bill.issued_on.isoformat(),
        # an authorised bill needs a due date; a document that names none is due on its own date
        "DueDate": (bill.due_on or bill.issued_on).isoformat(),
        "CurrencyCode": bill.currency,
        "Url": bill.marker,
        "LineAmountTypes": AMOUNTS[bill.line_amounts],
        "LineItems": [_line(line, bill.line_amounts) for line in bill.lines],
    }


def _line(line: BillLine, amounts: LineAmounts) -> wire.LineItem:
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
        item |= {"TaxType": line.tax_code, "TaxAmount": line.tax}
    if line.tracking:
        item["Tracking"] = [_tracking(track) for track in line.tracking]
    return item


def _tracking(track: Track) -> wire.LineItemTracking:
    """By ids: a name that was changed in Xero means the same option still."""
    return {"TrackingCategoryID": track.category, "TrackingOptionID": track.option}


def _is_worked_out(line: BillLine, amount: Decimal) -> bool:
    """Whether Xero gets the line's amount from quantity and price, which it keeps to four places; where it does not
    (allowances, finer prices), it would refuse the line, so the amount goes alone.
    """
    if line.quantity < 0 or not (_has_four_places(line.quantity) and _has_four_places(line.unit_price)):
        return False
    return to_cents(WIDE.multiply(line.quantity, line.unit_price)) == amount


def _has_four_places(value: Decimal) -> bool:
    exponent = value.normalize(WIDE).as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -4


def _dump(value: Any) -> str:
    """JSON with Decimals as numbers, digit for digit: `json` would go through float."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_dump(found)}" for key, found in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_dump(found) for found in value) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value)


def document_of(found: wire.Invoice, url: str) -> LedgerDocument:
    return LedgerDocument(
        ledger_id=found["InvoiceID"],
        marker=found.get("Url"),
        number=found.get("InvoiceNumber"),
        contact_name=found.get("Contact", {}).get("Name"),
        status=_STATUS_OF.get(found.get("Status", ""), found.get("Status", "")),
        issued_on=day_of(found.get("DateString") or found.get("Date")),
        currency=found.get("CurrencyCode"),
        net=Decimal(found.get("SubTotal", 0)),
        tax=Decimal(found.get("TotalTax", 0)),
        gross=Decimal(found.get("Total", 0)),
        url=url,
        account_codes=tuple(line.get("AccountCode") for line in found.get("LineItems", [])),
        options=_options_of(found),
    )


def _options_of(found: wire.Invoice) -> tuple[str, ...] | None:
    """Of an answer without lines, or without the ids, nothing is known."""
    if "LineItems" not in found:
        return None
    ids = [track.get("TrackingOptionID") for line in found["LineItems"] for track in line.get("Tracking") or []]
    return tuple(sorted(each for each in ids if each)) if all(ids) else None


def day_of(text: str | None) -> date | None:
    """A date in either of Xero's forms: ISO, or `/Date(milliseconds+0000)/`, which is midnight UTC of that day."""
    if not text:
        return None
    dotnet = _DOTNET_DATE.fullmatch(text)
    if dotnet:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(dotnet[1]))).date()
    return date.fromisoformat(text[:10])


def books_of(found: wire.Organisation, bill_rights: BillRights) -> Books:
    said = record_of(found)
    return Books(
        provider_id=code_of(said, "OrganisationID"),
        name=name_of(said, "Name"),
        base_currency=optional_code(said, "BaseCurrency") or "",
        legal_name=optional_name(said, "LegalName"),
        tax_number=optional_name(said, "TaxNumber"),
        country=optional_name(said, "CountryCode"),
        time_zone=optional_name(said, "Timezone"),
        plan=optional_name(said, "Class"),
        short_code=optional_code(said, "ShortCode"),
        period_locked_to=day_of(found.get("PeriodLockDate")),
        year_locked_to=day_of(found.get("EndOfYearLockDate")),
        bill_rights=bill_rights,
    )


def bill_rights_of(actions: Sequence[Any]) -> BillRights:
    """From "Organisation Actions" (GET /Organisation/Actions): each has a Name and a Status, ALLOWED or NOT-ALLOWED."""
    status = {action["Name"]: action.get("Status") for action in actions}
    match status.get("CreateDraftBill"), status.get("CreateApprovedBill"):
        case _, "ALLOWED":
            return BillRights.ALL
        case "ALLOWED", "NOT-ALLOWED":
            return BillRights.DRAFTS
        case "NOT-ALLOWED", _:
            return BillRights.NONE
        case _:
            return BillRights.UNTOLD
