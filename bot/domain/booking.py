"""From an item to what is booked of it: pure, so that what an approver saw is what the ledger gets."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from itertools import pairwise

from bot.domain.billing import customers_not_taken, of_kind
from bot.domain.book_rules import PRODUCTS, TRACKING, USUAL_RULES, BookRules
from bot.domain.books import Capability
from bot.domain.coding import Codes, Track
from bot.domain.documents import DocumentType, Facts, ItemKind, Line, LineAmounts
from bot.domain.exchange import rate_to
from bot.domain.items import Item
from bot.domain.money import CENT, WIDE, to_cents
from bot.domain.postings import Posting, PostingKind, PostingLine
from bot.domain.settings import Destination, PaymentStatus
from bot.domain.whole_document import tracking_of

PRICE_PLACES = Decimal("0.0001")
"""As many as ledgers keep of a unit price."""


NOT_CODED = "category and tax rate are needed"


class NotBookableError(ValueError):
    """The item lacks something that booking it needs; checks should have kept it in review."""


def kind_of(
    kind: ItemKind, document_type: DocumentType, destination: Destination, rules: BookRules = USUAL_RULES
) -> PostingKind:
    """What a document becomes in a ledger whose books ask for what `rules` say. Of a bank account, what a supplier gives back is received, and what is given
    back to a customer is spent.
    """
    if rules.claims_by_user(kind):
        return PostingKind.EXPENSES
    is_credit = document_type is DocumentType.CREDIT_NOTE
    if destination.is_of_bank:
        return PostingKind.RECEIVE_MONEY if (kind is ItemKind.SALE) is not is_credit else PostingKind.SPEND_MONEY
    if destination is Destination.QUICK_ENTRIES:
        return PostingKind.QUICK_CREDIT if is_credit else PostingKind.QUICK_SALE
    if kind is ItemKind.SALE:
        return PostingKind.CUSTOMER_CREDIT_NOTE if is_credit else PostingKind.SALES_INVOICE
    return PostingKind.SUPPLIER_CREDIT_NOTE if is_credit else PostingKind.BILL


def taken_by(capabilities: frozenset[Capability], rules: BookRules) -> frozenset[Capability]:
    """What a package can do, without what these books have no place for, or their plan has not."""
    lacking = {needed for kind, needed in _NEEDED.items() if kind in rules.takes_not or kind in rules.not_in_plan}
    if Capability.BILLS in lacking and not rules.pays_users:
        lacking.add(Capability.EXPENSE_REPORTS)  # which are bills, too
    return capabilities - lacking


_NEEDED: Mapping[str, Capability] = {
    PostingKind.BILL: Capability.BILLS,
    PostingKind.SALES_INVOICE: Capability.SALES_INVOICES,
    PostingKind.SPEND_MONEY: Capability.BANK_TRANSACTIONS,
    PostingKind.QUICK_SALE: Capability.QUICK_ENTRIES,
    TRACKING: Capability.TRACKING,
    PRODUCTS: Capability.PRODUCTS,
}


def posting_of(item: Item, *, marker: str, own_currency: str | None = None, rules: BookRules = USUAL_RULES) -> Posting:
    """The document of an approved item, for books that are kept in `own_currency` and ask for what `rules` say. What is booked
    on a bank account at once has no status of its own there, and what is entered by its sums is never a draft. What was paid by a
    bank line is dated as that is.

    Raises:
        NotBookableError: names what is missing.
    """
    facts, coding, rules = item.facts, item.coding, rules.under(item.tax_policy)
    contact = facts.buyer.name if item.kind is ItemKind.SALE else facts.supplier.name
    if contact is None or item.booked_on is None or facts.currency is None or facts.gross is None:
        raise NotBookableError("supplier or customer, date, currency and total are needed")
    if item.is_to_be_paid and item.paid_from is None:
        raise NotBookableError("a payment method that is linked to a bank account is needed")
    kind = kind_of(item.kind, facts.document_type, item.publish_to, rules)
    if kind is PostingKind.EXPENSES and coding.contact.value is None:
        raise NotBookableError("the ledger's own user of whoever claims it is needed")
    booked = _as_booked(item, rules)
    tax = Decimal(0) if booked.tax is None else booked.tax
    net = facts.gross - tax
    lines = booked.lines or (single_line(booked, net),)
    of_lines = sum((line.net for line in lines), Decimal(0))
    if of_lines != net:
        raise NotBookableError(f"lines that add up to {net}, not {of_lines}")
    if kind.is_quick and said_otherwise(item):
        raise NotBookableError("one category, one tax rate and no product for the whole of a quick entry")
    if kind.is_quick:
        lines = (_summed(booked, lines, net),)
    if customers_not_taken(item, kind, rules):
        raise NotBookableError("no customer, or one that it can be for,")
    coded = zip(lines, spread_tax(tax, lines), strict=True)
    is_booked_at_once = kind.is_of_bank or (kind.is_quick and not item.publish_as.is_approved)
    return Posting(
        item_id=item.id,
        kind=kind,
        marker=marker,
        contact_id=coding.contact.value,
        contact_name=contact,
        number=facts.number or item.reference,
        issued_on=item.booked_on,
        due_on=_due_on(item, item.booked_on),
        currency=facts.currency,
        currency_rate=None if own_currency is None else rate_to(facts, own_currency),
        status=PaymentStatus.AWAITING_PAYMENT if is_booked_at_once else item.publish_as,
        lines=_with_own_date(
            item,
            tuple(
                _line(
                    _of_its_report(_of_its_day(line, item), kind, facts.note),
                    line_tax,
                    _codes_at(item, place, rules),
                    booked.line_amounts,
                )
                for place, (line, line_tax) in enumerate(coded)
            ),
        ),
        net=net,
        tax=tax,
        gross=facts.gross,
        line_amounts=booked.line_amounts,
        bank_account=item.paid_from if item.is_to_be_paid else None,
        bank_line=None if item.bank_line is None or not kind.is_of_bank else item.bank_line.ledger_id,
        is_cheque=item.publish_to is Destination.CHEQUES and kind is PostingKind.SPEND_MONEY,
        tracking=_tracking(item, rules),
        days=_known_days(item, item.booked_on) if kind is PostingKind.EXPENSES else (),
    )


def _known_days(item: Item, booked_on: date) -> tuple[date, ...]:
    """A date that was given to all of them, and a day that they are moved to, hide the receipts' own."""
    own = (item.facts.issued_on, *(line.dated_on for line in item.facts.lines))
    known = [booked_on, *(day for day in own if day is not None)]
    return min(known), max(known)


def _due_on(item: Item, booked_on: date) -> date | None:
    """What is moved is due no earlier than it is dated: ledgers refuse that."""
    due_on = item.facts.due_on
    return due_on if due_on is None or booked_on == item.dated_on else max(due_on, booked_on)


def _with_own_date(item: Item, lines: tuple[PostingLine, ...]) -> tuple[PostingLine, ...]:
    """What is booked on another day than its own says so where it is read first; a receipt of a report says its own anyway."""
    facts = item.facts
    if item.booked_on in (None, item.dated_on) or not lines or item.has_days:
        return lines
    first, *others = lines
    due = "" if facts.due_on is None else f", due {facts.due_on}"
    return replace(first, description=f"Dated {facts.issued_on}{due}: {first.description}"), *others


def _of_its_report(line: Line, kind: PostingKind, note: str | None) -> Line:
    """Where each receipt is an expense of its own, nothing else is there to say what the report is for."""
    if kind is not PostingKind.EXPENSES or note is None:
        return line
    return replace(line, description=" · ".join(filter(None, (line.description.strip(), " ".join(note.split())))))


def _of_its_day(line: Line, item: Item) -> Line:
    """A date that somebody gave the whole document is that of each of its lines, and so is the day that it is moved to: those
    of its receipts may be locked.
    """
    is_moved = item.booked_on != item.dated_on
    return line if item.has_days and not is_moved else replace(line, dated_on=None)


def _summed(facts: Facts, lines: tuple[Line, ...], net: Decimal) -> Line:
    """All lines as one."""
    words = ", ".join(dict.fromkeys(line.description for line in lines if line.description.strip()))
    return replace(single_line(facts, net), description=words)


def said_otherwise(item: Item) -> bool:
    """Whether its lines are not all booked to the same, or one names a product."""
    codes = [item.coding.codes_at(place) for place in range(len(item.facts.lines))] or [item.coding.codes]
    return any(each != codes[0] or each.product is not None for each in codes)


def _tracking(item: Item, rules: BookRules) -> tuple[Track, ...]:
    """Raises:
    NotBookableError: the lines say several of what a document has one of.
    """
    found = tracking_of(item.coding, len(item.facts.lines), rules)
    several = {rules.of_document[each.category] for each, after in pairwise(found) if each.category == after.category}
    if several:
        raise NotBookableError(f"one {' and one '.join(sorted(several))} for the whole document, not several,")
    return found


def _codes_at(item: Item, place: int, rules: BookRules) -> Codes:
    """What a line is booked to, of what is not the document's.

    Raises:
        NotBookableError: it has no category, or no product where that stands in its place.
    """
    codes = of_kind(item.kind, item.coding.codes_at(place))
    tracking = tuple(each for each in codes.tracking if each.category not in rules.of_document)
    if rules.asks_product(item.kind):
        if codes.product is None:
            raise NotBookableError("a product or service is needed on each line")
        return replace(codes, account="", tracking=tracking)
    if codes.account is None:
        raise NotBookableError(NOT_CODED)
    return replace(codes, product=item.coding.own_codes(place).product, tracking=tracking)


def _as_booked(item: Item, rules: BookRules) -> Facts:
    """Raises:
    NotBookableError: it has tax where there can be none.
    """
    facts = item.facts
    if facts.tax and facts.line_amounts is LineAmounts.NO_TAX:
        raise NotBookableError(f"no tax, because it says so, not {facts.tax}")
    if rules.taxes(item.kind):
        return facts
    if facts.tax and item.kind is ItemKind.SALE:
        raise NotBookableError(f"no tax, because the books have none on sales, not {facts.tax}")
    return with_tax_in_cost(facts)


def _line(line: Line, tax: Decimal, codes: Codes, amounts: LineAmounts) -> PostingLine:
    """Raises:
    NotBookableError: it has no tax rate where it needs one.
    """
    if codes.account is None or (codes.tax_rate is None and amounts is not LineAmounts.NO_TAX):
        raise NotBookableError(NOT_CODED)
    return PostingLine(
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        net=line.net,
        tax=tax,
        account_code=codes.account,
        tax_code=None if amounts is LineAmounts.NO_TAX else codes.tax_rate,
        item_code=codes.product,
        customer=codes.customer,
        is_billable=codes.is_billable,
        tracking=codes.tracking,
        dated_on=line.dated_on,
        receipt=line.receipt,
    )


def with_tax_in_cost(facts: Facts) -> Facts:
    """A document as books without tax on costs have it: what it states as tax is part of what each line comes to."""
    tax = Decimal(0) if facts.tax is None else facts.tax
    shares = spread_tax(tax, facts.lines) if facts.lines else ()
    lines = tuple(
        _with_its_tax(line, share, facts.line_amounts) for line, share in zip(facts.lines, shares, strict=True)
    )
    return replace(
        facts,
        net=facts.gross,
        tax=Decimal(0),
        lines=lines,
        line_amounts=LineAmounts.NO_TAX,
        tax_breakdown=(),
    )


def _with_its_tax(line: Line, tax: Decimal, amounts: LineAmounts) -> Line:
    """Its price has the tax in it already where the amounts of the document do."""
    amount = line.net + tax
    is_priced_so = amounts is LineAmounts.INCLUSIVE or not tax
    price = line.unit_price if is_priced_so else unit_price(amount, line.quantity)
    return replace(line, unit_price=price, net=amount, tax=Decimal(0), tax_percent=None)


def unit_price(amount: Decimal, quantity: Decimal) -> Decimal:
    if not quantity:
        return amount
    return WIDE.divide(amount, quantity).quantize(PRICE_PLACES, context=WIDE)


def spread_tax(tax: Decimal, lines: tuple[Line, ...]) -> tuple[Decimal, ...]:
    """The document's tax over its lines, to the cent: as the lines state it, all or some of them, or by their own rates, where that gives
    the document's tax but for rounding; else in proportion to the net amounts. What is left goes to the largest lines, no
    more than a cent to each.
    """
    with localcontext(WIDE):
        return _spread(tax, lines)


def _spread(tax: Decimal, lines: tuple[Line, ...]) -> tuple[Decimal, ...]:
    net = sum((line.net for line in lines), Decimal(0))
    shares = [to_cents(tax * line.net / net) if net else Decimal(0) for line in lines]
    for stated in (_partly_stated(lines, shares), _by_rate(lines), _as_stated(lines)):
        if stated is not None and abs(sum(stated, Decimal(0)) - tax) <= CENT * len(lines):
            shares = stated
    left = tax - sum(shares, Decimal(0))
    largest = sorted(range(len(lines)), key=lambda place: -abs(lines[place].net))
    for place in largest:
        if abs(left) < CENT:
            break
        shares[place] += CENT.copy_sign(left)
        left -= CENT.copy_sign(left)
    shares[largest[0]] += left
    return tuple(share.quantize(CENT) if share == share.quantize(CENT) else share for share in shares)


def _partly_stated(lines: tuple[Line, ...], shares: list[Decimal]) -> list[Decimal]:
    """As the lines state it, and the shares of those that state nothing."""
    return [share if line.tax is None else to_cents(line.tax) for line, share in zip(lines, shares, strict=True)]


def _as_stated(lines: tuple[Line, ...]) -> list[Decimal] | None:
    taxes = [to_cents(line.tax) for line in lines if line.tax is not None]
    return taxes if len(taxes) == len(lines) else None


def _by_rate(lines: tuple[Line, ...]) -> list[Decimal] | None:
    taxes = [to_cents(line.net * line.tax_percent / 100) for line in lines if line.tax_percent is not None]
    return taxes if len(taxes) == len(lines) else None


def single_line(facts: Facts, net: Decimal) -> Line:
    """What a document without lines is booked as. A sale that is typed names its customer only."""
    party = facts.supplier.name or facts.buyer.name or ""
    shown = facts.gross if facts.line_amounts is LineAmounts.INCLUSIVE else None
    return Line(
        description=facts.note or f"{party} {facts.number or ''}".strip(),
        unit_price=net if shown is None else shown,
        net=net,
    )
