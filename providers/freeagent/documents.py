"""Documents and payments to FreeAgent's JSON and back; pure.

What is frozen is a draft: the record as FreeAgent takes it, but for addresses, which begin with where the API is served, and for
what has to be looked up there when it is sent (`providers.freeagent.completing`): whom a name means, and the own currency.
Other records are named by their paths, as `categories/359`.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from bot.domain.books import USERS
from bot.domain.coding import Track
from bot.domain.ledger_documents import LedgerDocument, LedgerFile, LedgerPayment
from bot.domain.money import WIDE, to_cents
from bot.domain.postings import Payment, Posting, PostingKind, PostingLine
from bot.domain.problems import Problem, ProblemCode
from bot.domain.settings import PaymentStatus
from providers.exact import exact_json
from providers.freeagent import taxes
from providers.freeagent.mapping import amount_of, day_of, rate_of
from providers.freeagent.resources import (
    AND,
    EXPENSES,
    EXPLANATIONS,
    PAID_BY,
    PAYMENTS,
    RESOURCE_OF,
    Resource,
    id_of,
    optional_id,
    paid_by,
)
from providers.freeagent.taxes import NotTakenError, text_of

Json = dict[str, Any]
Link = Callable[[PostingKind, str], str]
"""Where a person opens a document of a kind, by its id."""

LONGEST = 255
"""Of a line of text; unverified."""
DRAFT = "Draft"
SETTLED = ("Paid", "Refunded", "Overpaid")
_OPEN = ("Open", "Overdue", "Zero Value", "Written-off", "Part written-off")
_ROUNDING = "Rounding of the tax"
LINE = "#"
"""Between the marker of a document and the number of its line, where each line is a record."""
SEVERAL = "several"
"""In the place of a currency, where not all are in one."""
_SEVERAL = "lines of several categories or projects: FreeAgent books money on a bank account under one"


def drafts_of(works: Sequence[Posting] | Sequence[Payment]) -> bytes:
    """What is frozen of one call; the same works give the same bytes."""
    return exact_json([_payment(work) if isinstance(work, Payment) else draft_of(work) for work in works]).encode()


def draft_of(posting: Posting) -> Json:
    """What cannot be said in FreeAgent is frozen as its problem."""
    if posting.kind is PostingKind.EXPENSES:
        return _claim(posting)
    resource = RESOURCE_OF[posting.kind]
    draft: Json = {
        "route": resource.name,
        "marker": posting.marker,
        "on": posting.issued_on.isoformat(),
        "currency": posting.currency,
        "bank_account": posting.bank_account,
        "taxed": bool(posting.tax) and not resource.is_sold,
        "sent": resource.is_sold and posting.status is not PaymentStatus.DRAFT,
        "party": None if posting.kind.is_of_bank else {"id": posting.contact_id, "name": posting.contact_name},
    }
    try:
        return {**draft, "record": _record(posting, resource)}
    except NotTakenError as error:
        return {**draft, "code": error.problem.code, "facts": dict(error.problem.facts)}


def _record(posting: Posting, resource: Resource) -> Json:
    charged = taxes.charged_the_other_way([line.tax_code for line in posting.lines])
    if posting.kind.is_of_bank:
        return {**_explanation(posting, resource), **charged}
    record: Json = {
        **charged,
        "reference": posting.number,
        "dated_on": posting.issued_on.isoformat(),
        "currency": posting.currency,
        "comments": posting.marker,
    }
    due_on = posting.due_on or posting.issued_on
    if resource.is_sold:
        record["payment_terms_in_days"] = (due_on - posting.issued_on).days
        return {**record, resource.items: [row for line in posting.lines for row in _sold(line, resource)]}
    record["due_on"] = due_on.isoformat()
    return {**record, resource.items: [_bought(line, resource) for line in posting.lines]}


def _bought(line: PostingLine, resource: Resource) -> Json:
    gross = (line.net + line.tax) * resource.sign
    return {
        **_booked(line.account_code, line.tracking),
        "description": (line.description.strip() or "-")[:LONGEST],
        "total_value": text_of(gross),
        **taxes.of_cost((line.tax_code,), gross, line.tax * resource.sign),
    }


def _booked(account: str, tracking: Sequence[Track]) -> Json:
    found: Json = {"category": f"categories/{account}"} if account else {}
    return found | ({"project": f"projects/{tracking[0].option}"} if tracking else {})


def _sold(line: PostingLine, resource: Resource) -> list[Json]:
    rows = []
    for place, (net, tax) in enumerate(taxes.of_sale(line)):
        is_worked_out = net == line.net and _is_worked_out(line)
        quantity, price = (line.quantity, line.unit_price) if is_worked_out else (Decimal(1), net)
        rows.append(
            {
                **_booked(line.account_code, line.tracking),
                "description": _ROUNDING if place else line.description.strip() or "-",
                "item_type": "Products",
                "quantity": text_of(quantity),
                "price": text_of(price * resource.sign),
                **tax,
            }
        )
    return rows


def _is_worked_out(line: PostingLine) -> bool:
    """Whether FreeAgent gets the line's net from quantity and price, which it keeps to the penny."""
    return line.unit_price == to_cents(line.unit_price) and (
        to_cents(WIDE.multiply(line.quantity, line.unit_price)) == line.net
    )


def _explanation(posting: Posting, resource: Resource) -> Json:
    """One of all lines, which have to be booked alike: of the bank's own line, where that is known; else FreeAgent makes one.

    Raises:
        NotTakenError: they are not.
    """
    if not posting.lines:
        raise NotTakenError(Problem(code=ProblemCode.FIELD_MISSING, facts={"what": "at least one line"}))
    first, *others = posting.lines
    if any((one.account_code, one.tracking) != (first.account_code, first.tracking) for one in others):
        raise NotTakenError(Problem(code=ProblemCode.FIELD_NOT_VALID, facts={"what": _SEVERAL}))
    gross = posting.gross * resource.sign
    line = posting.bank_line
    where = {"bank_account": f"bank_accounts/{posting.bank_account}"}
    return {
        **_booked(first.account_code, first.tracking),
        **(where if line is None else {"bank_transaction": f"bank_transactions/{line}"}),
        "dated_on": posting.issued_on.isoformat(),
        "receipt_reference": posting.number,
        "description": _described(posting),
        "gross_value": text_of(gross),
        **taxes.of_cost([one.tax_code for one in posting.lines], gross, posting.tax * resource.sign),
    }


def _described(posting: Posting) -> str:
    """Whom it is from or to, of which FreeAgent has no field; what it is; and our marker, as its last word."""
    words = "; ".join(dict.fromkeys(filter(None, (line.description.strip() for line in posting.lines))))
    return _with_marker(f"{posting.contact_name}: {words}", posting.marker)


def _with_marker(words: str, marker: str) -> str:
    room = max(LONGEST - len(marker) - 1, 0)
    return f"{words[:room].strip()} {marker}".strip()


def _claim(posting: Posting) -> Json:
    """An expense for each line, with a marker of its own."""
    draft: Json = {"route": EXPENSES.name, "marker": posting.marker, "days": [day.isoformat() for day in posting.days]}
    try:
        return {**draft, "records": [_expense(posting, place, line) for place, line in enumerate(posting.lines)]}
    except NotTakenError as error:
        return {**draft, "code": error.problem.code, "facts": dict(error.problem.facts)}


def _expense(posting: Posting, place: int, line: PostingLine) -> Json:
    """Less than nothing is owed to whoever claims it. Each is found by the report's number, and is of its receipt's day.

    Raises:
        NotTakenError: tax that FreeAgent has no way to say.
    """
    gross = (line.net + line.tax) * EXPENSES.sign
    return {
        **_booked(line.account_code, line.tracking),
        **taxes.charged_the_other_way([line.tax_code]),
        "user": posting.contact_id,
        "dated_on": (line.dated_on or posting.issued_on).isoformat(),
        "currency": posting.currency,
        "gross_value": text_of(gross),
        "description": _with_marker(line.description.strip() or "-", f"{posting.marker}{LINE}{place + 1}"),
        "receipt_reference": posting.number,
        **taxes.of_cost((line.tax_code,), gross, line.tax * EXPENSES.sign),
    }


PAID_BY_US = "Paid by Dext"


def _payment(payment: Payment) -> Json:
    """What pays out, and what comes in, by the sign of the account; what it is in the document's currency stands beside it."""
    resource = RESOURCE_OF[payment.kind]
    pays_out = payment.kind in (PostingKind.BILL, PostingKind.CUSTOMER_CREDIT_NOTE)
    return {
        "route": PAYMENTS,
        "marker": payment.marker,
        "on": payment.paid_on.isoformat(),
        "currency": payment.currency,
        "bank_account": payment.bank_account,
        "amount": text_of(-payment.amount if pays_out else payment.amount),
        "of": resource.name,
        "document": payment.document_id,
        "pays": paid_by(payment),
        "record": {
            "bank_account": f"bank_accounts/{payment.bank_account}",
            "dated_on": payment.paid_on.isoformat(),
            "description": f"{PAID_BY_US} {payment.marker}",
            PAID_BY[payment.kind]: paid_by(payment),
        },
    }


# Back


def markers_of(found: Json) -> frozenset[str]:
    """The words among which ours is: people may write beside it."""
    return frozenset(str(found.get("comments") or found.get("description") or "").split())


def line_marked(found: Json, marker: str) -> int | None:
    """Of which line of ours an expense is, counted from 0; None of none of this marker."""
    for word in str(found.get("description") or "").split():
        own, _, place = word.rpartition(LINE)
        if own == marker and place.isascii() and place.isdigit() and int(place):
            return int(place) - 1
    return None


def claim_of(rows: Sequence[Json], link: Link) -> LedgerDocument:
    """Expenses that are one document, in the order of its lines; of all of which it says what they have in common."""
    ledger_id = AND.join(id_of(row["url"]) for row in rows)
    gross = -sum((amount_of(row["gross_value"]) for row in rows), Decimal(0))
    tax = -sum((amount_of(row.get("sales_tax_value")) for row in rows), Decimal(0))
    markers = {word.rpartition(LINE)[0] for row in rows for word in str(row.get("description") or "").split()[-1:]}
    projects = [id_of(row["project"]) for row in rows if row.get("project")]
    return LedgerDocument(
        ledger_id=ledger_id,
        kind=PostingKind.EXPENSES,
        marker=_only(markers),
        number=_only({str(row.get("receipt_reference") or "") for row in rows}),
        contact_name=None,
        contact_id=USERS + id_of(_only({str(row["user"]) for row in rows}) or ""),
        status=PaymentStatus.AWAITING_PAYMENT,
        issued_on=None,
        currency=_only({str(row["currency"]) for row in rows}) or SEVERAL,
        net=gross - tax,
        tax=tax,
        gross=gross,
        url=link(PostingKind.EXPENSES, ledger_id),
        account_codes=tuple(optional_id(row.get("category")) for row in rows),
        days=tuple(day for row in rows if (day := day_of(row.get("dated_on"))) is not None),
        options=tuple(sorted(projects)),
    )


def _only(found: set[str]) -> str | None:
    """What all of them say."""
    return next(iter(found)) if len(found) == 1 else None


def status_of(found: Json) -> str:
    """Ours where theirs means one."""
    said = str(found.get("status") or "")
    if said in (DRAFT, "Scheduled To Email"):
        return PaymentStatus.DRAFT
    if said in SETTLED:
        return PaymentStatus.PAID
    return PaymentStatus.AWAITING_PAYMENT if said in _OPEN or not said else said


def document_of(found: Json, resource: Resource, link: Link, *, currency: str | None = None) -> LedgerDocument:
    """`currency` is that of the bank account, which an explanation does not tell."""
    if resource.path == EXPLANATIONS:
        return _money_moved(found, resource, link, currency)
    return _invoiced(found, resource, link)


def _invoiced(found: Json, resource: Resource, link: Link) -> LedgerDocument:
    ledger_id, total = id_of(found["url"]), amount_of(found["total_value"])
    tax = abs(amount_of(found.get("sales_tax_value")))
    items = found.get(resource.items) or []
    return LedgerDocument(
        ledger_id=ledger_id,
        kind=_kind_of(total, resource),
        marker=next(iter(str(found.get("comments") or "").split()), None),
        number=found.get("reference"),
        contact_name=found.get("contact_name"),
        contact_id=optional_id(found.get("contact")),
        status=status_of(found),
        issued_on=day_of(found.get("dated_on")),
        currency=found.get("currency"),
        currency_rate=rate_of(found.get("exchange_rate")),
        net=abs(amount_of(found["net_value"])) if "net_value" in found else abs(total) - tax,
        tax=tax,
        gross=abs(total),
        url=link(resource.kind, ledger_id),
        account_codes=tuple(optional_id(item.get("category")) for item in items),
        options=_projects_of(items) if items else None,
    )


def _kind_of(total: Decimal, resource: Resource) -> PostingKind | None:
    """A bill of less than nothing is a refund; what comes to nothing is what it was written as."""
    return resource.kind if total * resource.sign >= 0 else _OPPOSITE.get(resource.kind)


_OPPOSITE = {
    PostingKind.BILL: PostingKind.SUPPLIER_CREDIT_NOTE,
    PostingKind.SUPPLIER_CREDIT_NOTE: PostingKind.BILL,
    PostingKind.SPEND_MONEY: PostingKind.RECEIVE_MONEY,
    PostingKind.RECEIVE_MONEY: PostingKind.SPEND_MONEY,
}


def _projects_of(items: Sequence[Json]) -> tuple[str, ...]:
    """What makes a tax right is booked as its line is, and is no other line."""
    own = [item for item in items if item.get("description") != _ROUNDING]
    return tuple(sorted(id_of(item["project"]) for item in own if item.get("project")))


def _money_moved(found: Json, resource: Resource, link: Link, currency: str | None) -> LedgerDocument:
    ledger_id, gross = id_of(found["url"]), amount_of(found["gross_value"])
    tax, words = abs(amount_of(found.get("sales_tax_value"))), str(found.get("description") or "").split()
    return LedgerDocument(
        ledger_id=ledger_id,
        kind=_kind_of(gross, resource),
        marker=words[-1] if words else None,
        number=found.get("receipt_reference"),
        contact_name=None,
        status=PaymentStatus.AWAITING_PAYMENT,
        issued_on=day_of(found.get("dated_on")),
        currency=currency,
        net=abs(gross) - tax,
        tax=tax,
        gross=abs(gross),
        url=link(resource.kind, ledger_id),
        account_codes=(optional_id(found.get("category")),),
    )


def payment_of(found: Json) -> LedgerPayment:
    """In the document's currency, where that is another than the account's."""
    words = str(found.get("description") or "").split()
    return LedgerPayment(
        ledger_id=id_of(found["url"]),
        marker=words[-1] if words else None,
        document_id=optional_id(found.get("paid_bill") or found.get("paid_invoice")),
        bank_account=optional_id(found.get("bank_account")),
        paid_on=day_of(found.get("dated_on")),
        amount=abs(amount_of(found.get("foreign_currency_value") or found["gross_value"])),
    )


def files_of(found: Json) -> list[LedgerFile]:
    """One of a bill, many of an explanation."""
    files = found.get("attachments") or ([found["attachment"]] if found.get("attachment") else [])
    return [LedgerFile(ledger_id=id_of(one["url"]), name=one["file_name"], size=int(one["file_size"])) for one in files]
