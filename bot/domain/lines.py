"""The lines of a document as they are worked on: taken together, shared out, worked out from what was typed.

Whatever is done here keeps the sums to the cent: no line's net or tax changes but the ones that a person changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.booking import single_line, spread_tax, unit_price
from bot.domain.books import Product
from bot.domain.coding import NO_CODES, Codes
from bot.domain.documents import Facts, Line, LineAmounts
from bot.domain.editing import Edit
from bot.domain.money import WIDE, to_cents
from bot.domain.products import with_product

T = TypeVar("T")
NOTHING = Decimal("0.00")
HUNDRED = Decimal(100)
MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What the lines make, against what the document says. Differences are what is missing on the lines."""

    lines: int
    net: Decimal
    tax: Decimal
    missing_net: Decimal
    missing_tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def missing(self) -> Decimal:
        return self.missing_net + self.missing_tax

    @property
    def agrees(self) -> bool:
        return not self.missing_net and not self.missing_tax


def balance_of(facts: Facts) -> Balance:
    """Lines are to have the tax of each (`with_taxes`)."""
    net, tax = facts.of_lines, sum((line.tax or NOTHING for line in facts.lines), NOTHING)
    stated_tax = facts.tax or NOTHING
    stated_net = net if facts.gross is None else facts.gross - stated_tax
    return Balance(
        lines=len(facts.lines),
        net=net,
        tax=tax,
        missing_net=stated_net - net,
        missing_tax=NOTHING if facts.gross is None else stated_tax - tax,
    )


def opened(edit: Edit) -> Edit:
    """To be worked on line by line: a document without lines has one of everything, and every line has its tax."""
    facts = edit.facts
    if not facts.lines:
        net = facts.before_tax or NOTHING
        facts = replace(facts, lines=(replace(single_line(facts, net), tax=facts.tax or NOTHING),))
    return replace(edit, facts=with_taxes(facts))


def with_taxes(facts: Facts) -> Facts:
    """Every line with its own tax: as it states it, or its share of the document's."""
    if all(line.tax is not None for line in facts.lines):
        return facts
    stated = facts.lines and facts.of_lines == facts.before_tax
    shares = spread_tax(facts.tax or NOTHING, facts.lines) if stated else ()
    lines = tuple(
        line if line.tax is not None else replace(line, tax=shares[place] if stated else NOTHING)
        for place, line in enumerate(facts.lines)
    )
    return replace(facts, lines=lines)


def in_amounts(facts: Facts, amounts: LineAmounts) -> Facts:
    """The same document with its lines' amounts written otherwise; nets and taxes stay what they are."""
    if amounts is facts.line_amounts:
        return facts
    return _priced_anew(replace(with_taxes(facts), line_amounts=amounts))


def _priced_anew(facts: Facts) -> Facts:
    """Unit prices that go with the amounts as they are written now."""
    lines = tuple(replace(line, unit_price=_price(line, facts.line_amounts)) for line in facts.lines)
    return replace(facts, lines=lines)


def amount_of(line: Line, amounts: LineAmounts) -> Decimal:
    """A line's amount as the document writes it."""
    return line.net + (line.tax or NOTHING) if amounts is LineAmounts.INCLUSIVE else line.net


def _price(line: Line, amounts: LineAmounts) -> Decimal:
    return unit_price(amount_of(line, amounts), line.quantity)


def priced(quantity: Decimal, unit_price: Decimal) -> Decimal:
    return to_cents(WIDE.multiply(quantity, unit_price))


def tax_in(amount: Decimal, percent: Decimal, amounts: LineAmounts) -> Decimal:
    """The tax of an amount as it is written, rounded line by line as Xero does."""
    match amounts:
        case LineAmounts.NO_TAX:
            return NOTHING
        case LineAmounts.INCLUSIVE:
            return to_cents(WIDE.divide(WIDE.multiply(amount, percent), HUNDRED + percent))
        case LineAmounts.EXCLUSIVE:
            return to_cents(WIDE.divide(WIDE.multiply(amount, percent), HUNDRED))


def a_line(
    *, description: str, quantity: Decimal, unit_price: Decimal, amount: Decimal, tax: Decimal, amounts: LineAmounts
) -> Line:
    """A line whose amount is written as the document writes them."""
    net = amount - tax if amounts is LineAmounts.INCLUSIVE else amount
    return Line(description=description, quantity=quantity, unit_price=unit_price, net=net, tax=tax)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedLine:
    """A line as somebody left it in a form; None is an empty field."""

    description: str
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    amount: Decimal | None = None
    tax: Decimal | None = None
    codes: Codes = NO_CODES


def worked_out(edit: Edit, typed: Mapping[int, TypedLine], percents: Mapping[str, Decimal]) -> Edit:
    """The lines with what was typed, by their place. `percents` are those of the tax rates, by code."""
    rows = _rows(edit)
    for place, line in typed.items():
        if place < len(rows):
            rate = line.codes.over(edit.codes).tax_rate
            is_rated_anew = rate != edit.codes_at(place).tax_rate
            percent = percents.get(rate or "")
            rows[place] = (
                _worked_out(rows[place][0], line, edit.facts.line_amounts, percent, is_rated_anew=is_rated_anew),
                line.codes,
            )
    return _with_lines(edit, rows)


def _worked_out(
    before: Line, typed: TypedLine, amounts: LineAmounts, percent: Decimal | None, *, is_rated_anew: bool
) -> Line:
    """An amount and a tax that were left as they were follow from what was changed beside them; what was typed counts."""
    stood = amount_of(before, amounts)
    quantity = Decimal(1) if typed.quantity is None else typed.quantity
    is_counted_anew = (quantity, typed.unit_price) != (before.quantity, before.unit_price)
    amount = typed.amount
    if amount is None or (amount == stood and is_counted_anew and typed.unit_price is not None):
        amount = NOTHING if typed.unit_price is None else priced(quantity, typed.unit_price)
    tax = typed.tax
    if tax is None or (tax == before.tax and percent is not None and (amount != stood or is_rated_anew)):
        tax = tax_in(amount, percent or NOTHING, amounts)
    if amounts is LineAmounts.NO_TAX:
        tax = NOTHING
    line = a_line(
        description=typed.description,
        quantity=quantity,
        unit_price=NOTHING if typed.unit_price is None else typed.unit_price,
        amount=amount,
        tax=tax,
        amounts=amounts,
    )
    if typed.unit_price is None:
        line = replace(line, unit_price=_price(line, amounts))
    is_as_stated = (line.net, line.tax) == (before.net, before.tax)
    percent = before.tax_percent if is_as_stated else None
    return replace(line, tax_percent=percent, dated_on=before.dated_on, receipt=before.receipt)


def added(edit: Edit) -> Edit:
    """One line more, which takes what is missing."""
    missing = balance_of(edit.facts)
    amounts = edit.facts.line_amounts
    inclusive = missing.missing if amounts is LineAmounts.INCLUSIVE else missing.missing_net
    line = a_line(
        description="",
        quantity=Decimal(1),
        unit_price=inclusive,
        amount=inclusive,
        tax=missing.missing_tax,
        amounts=amounts,
    )
    return _with_lines(edit, [*_rows(edit), (line, NO_CODES)])


def removed(edit: Edit, place: int) -> Edit:
    """Without one line; the last one stays."""
    rows = _rows(edit)
    return edit if len(rows) < 2 else _with_lines(edit, [row for at, row in enumerate(rows) if at != place])


def coded_alike(edit: Edit, codes: Codes, product: Product | None = None, rules: BookRules = USUAL_RULES) -> Edit:
    """Every line with these codes; where they have none, each keeps its own. Their `product` brings its category and tax rate
    to a line that is given it now and has none of its own, as it does where it is chosen for one line.
    """

    def coded(own: Codes) -> Codes:
        alike = codes.over(own)
        is_new = product is not None and own.product != codes.product
        return with_product(alike, product, edit.kind, rules) if product is not None and is_new else alike

    return _with_lines(edit, [(line, coded(own)) for line, own in _rows(edit)])


def merged(edit: Edit) -> Edit:
    """One line for each category, tax rate and tracking, in the order in which they come first."""
    groups: dict[Codes, list[tuple[Line, Codes]]] = {}
    for place, row in enumerate(_rows(edit)):
        groups.setdefault(edit.codes_at(place), []).append(row)
    return _with_lines(edit, [_together(rows, edit.facts.line_amounts) for rows in groups.values()])


def totals_taken(edit: Edit) -> Edit:
    """With the totals that the lines make."""
    found = balance_of(edit.facts)
    facts = replace(
        edit.facts, net=found.net, tax=found.tax, gross=found.gross, payable=None, prepaid=None, tax_breakdown=()
    )
    return replace(edit, facts=facts)


def _rows(edit: Edit) -> list[tuple[Line, Codes]]:
    return [(line, edit.own_codes(place)) for place, line in enumerate(edit.facts.lines)]


def _with_lines(edit: Edit, rows: Sequence[tuple[Line, Codes]]) -> Edit:
    return with_lines(edit, [line for line, _ in rows], [codes for _, codes in rows])


def with_lines(edit: Edit, lines: Sequence[Line], codes: Sequence[Codes]) -> Edit:
    own = list(codes)
    while own and own[-1] == NO_CODES:
        own.pop()
    return replace(edit, facts=replace(edit.facts, lines=tuple(lines)), lines=tuple(own))


def _together(rows: Sequence[tuple[Line, Codes]], amounts: LineAmounts) -> tuple[Line, Codes]:
    if len(rows) == 1:
        return rows[0]
    lines = [line for line, _ in rows]
    net, tax = sum((line.net for line in lines), NOTHING), sum((line.tax or NOTHING for line in lines), NOTHING)
    percents = {line.tax_percent for line in lines}
    line = Line(
        description=_all_of(lines),
        unit_price=NOTHING,
        net=net,
        tax=tax,
        tax_percent=percents.pop() if len(percents) == 1 else None,
        dated_on=_of_all(line.dated_on for line in lines),
        receipt=_of_all(line.receipt for line in lines),
    )
    return replace(line, unit_price=amount_of(line, amounts)), _common(rows)


def _of_all(values: Iterable[T]) -> T | None:
    """What all lines say."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _common(rows: Sequence[tuple[Line, Codes]]) -> Codes:
    """The own codes of lines that are booked alike: of those that have them from the item, only some have their own."""
    found = NO_CODES
    for _, codes in rows:
        found = found.over(codes)
    return found


def _all_of(lines: Sequence[Line]) -> str:
    named = list(dict.fromkeys(line.description for line in lines if line.description))
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return ", ".join(named[:MOST_NAMED]) + more
