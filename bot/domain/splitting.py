"""A document without lines, split into fixed ones: each a share of it, a fixed amount, or what the others leave.

Their amounts are as the document writes its own, with tax in them where it does (`Facts.line_amounts`), and add up to it to
the cent; so do their taxes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.domain.booking import spread_tax
from bot.domain.documents import Facts, Line, LineAmounts
from bot.domain.money import CENT, WIDE, to_cents

MOST_LINES = 20
LONGEST_DESCRIPTION = 200
TOO_LARGE = Decimal(10**12)
HUNDRED, NOTHING = Decimal(100), Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitLine:
    """`percent` is of the whole document, `amount` is fixed; with neither it is the rest. Without a code it is booked as the
    document is.
    """

    description: str
    account: str | None = None
    tax_rate: str | None = None
    percent: Decimal | None = None
    amount: Decimal | None = None

    @property
    def is_rest(self) -> bool:
        return self.percent is None and self.amount is None


@dataclass(frozen=True, slots=True)
class Split:
    lines: tuple[SplitLine, ...]

    @property
    def wrong(self) -> str | None:
        """What cannot be, as a sentence."""
        if not 2 <= len(self.lines) <= MOST_LINES:
            return f"A split has from 2 to {MOST_LINES} lines."
        if any(not 0 < len(line.description.strip()) <= LONGEST_DESCRIPTION for line in self.lines):
            return f"Each line of a split has a description, of at most {LONGEST_DESCRIPTION} characters."
        numbers = [number for line in self.lines for number in (line.percent, line.amount) if number is not None]
        if any(not number.is_finite() or abs(number) >= TOO_LARGE for number in numbers):
            return "Write shares and amounts as numbers, such as 12.50."
        if any(line.percent is not None and line.amount is not None for line in self.lines):
            return "A line of a split is a share in per cent or a fixed amount, not both."
        if any(line.percent is not None and not 0 < line.percent <= HUNDRED for line in self.lines):
            return "A share is more than 0 and at most 100 per cent."
        amounts = [line.amount for line in self.lines if line.amount is not None]
        if any(amount <= 0 or amount != to_cents(amount) for amount in amounts):
            return "A fixed amount is more than 0, in whole cents."
        return self._wrong_in_all()

    def _wrong_in_all(self) -> str | None:
        rests = sum(line.is_rest for line in self.lines)
        shares = sum((line.percent for line in self.lines if line.percent is not None), NOTHING)
        if rests > 1:
            return "Only one line of a split can be the rest."
        if rests:
            return (
                None
                if shares < HUNDRED
                else "The shares leave nothing for the rest: they come to 100 per cent or more."
            )
        if any(line.amount is not None for line in self.lines):
            return "Beside fixed amounts one line is the rest: leave its share and amount empty."
        return None if shares == HUNDRED else f"The shares come to {shares:f} per cent, not to 100."


def splits_like(facts: Facts, codes: Sequence[tuple[str | None, str | None]]) -> tuple[Split, ...]:
    """As a document's own lines are, with the last one as the rest: by their shares, to a hundredth of a per cent, and by their
    amounts; neither where it has fewer than two, or one that takes something off. `codes` are the lines' categories and tax
    rates.
    """
    nets = [line.net for line in facts.lines]
    total = sum(nets, NOTHING)
    if not 2 <= len(nets) <= MOST_LINES or any(net <= 0 for net in nets):
        return ()
    lines = [
        SplitLine(
            description=line.description.strip()[:LONGEST_DESCRIPTION] or f"Line {place}",
            account=account,
            tax_rate=tax_rate,
        )
        for place, (line, (account, tax_rate)) in enumerate(zip(facts.lines, codes, strict=True), start=1)
    ]
    taxes = spread_tax(facts.tax or NOTHING, facts.lines)
    *first, last = zip(lines, facts.lines, strict=True)
    shares = [replace(made, percent=to_cents(HUNDRED * line.net / total)) for made, line in first]
    has_tax = facts.line_amounts is LineAmounts.INCLUSIVE
    amounts = [
        replace(made, amount=line.net + tax if has_tax else line.net)
        for (made, line), tax in zip(first, taxes, strict=False)
    ]
    found = (Split((*made, last[0])) for made in (shares, amounts))
    return tuple(split for split in found if split.wrong is None)


def split_of(
    split: Split, facts: Facts, percents: Mapping[str, Decimal | None], usual: str | None = None
) -> tuple[tuple[Line, SplitLine], ...]:
    """The lines of a document, each with what it is made by; nothing where the split does not fit the amounts. `percents` are
    those of tax rates, by code; `usual` is the code of lines that have none.

    A line that comes to nothing is left out.
    """
    total = _total(facts)
    amounts = None if total is None else _amounts(split, total)
    if amounts is None:
        return ()
    kept = [(line, amount) for line, amount in zip(split.lines, amounts, strict=True) if amount]
    taxes = _taxes(facts, kept, [percents.get(line.tax_rate or usual or "") for line, _ in kept])
    is_inclusive = facts.line_amounts is LineAmounts.INCLUSIVE
    return tuple(
        (
            Line(
                description=made_by.description,
                unit_price=amount,
                net=amount - tax if is_inclusive else amount,
                tax=None if facts.tax is None else tax,
            ),
            made_by,
        )
        for (made_by, amount), tax in zip(kept, taxes, strict=True)
    )


def _total(facts: Facts) -> Decimal | None:
    """All there is to split, in whole cents; None where the figures are not such that lines could be made of them."""
    if facts.gross is None or facts.gross <= 0 or facts.lines or not facts.is_bookable:
        return None
    if facts.tax is not None and facts.tax != to_cents(facts.tax):
        return None
    total = facts.gross if facts.line_amounts is LineAmounts.INCLUSIVE else facts.before_tax
    return total or None


def can_be_split(facts: Facts) -> bool:
    """Whether there are amounts to split, and no lines of its own."""
    return _total(facts) is not None


def _amounts(split: Split, total: Decimal) -> list[Decimal] | None:
    """What shares of whole cents leave goes to the rest, or else to the largest share."""
    amounts = [_amount(line, total) for line in split.lines]
    left = total - sum(amounts, NOTHING)
    takes = next((place for place, line in enumerate(split.lines) if line.is_rest), None)
    if takes is None:
        takes = max(range(len(amounts)), key=lambda place: (amounts[place], -place))
    amounts[takes] += left
    return amounts if min(amounts) >= 0 else None


def _amount(line: SplitLine, total: Decimal) -> Decimal:
    if line.percent is not None:
        return to_cents(WIDE.divide(WIDE.multiply(total, line.percent), HUNDRED))
    return NOTHING if line.amount is None else line.amount


def _taxes(
    facts: Facts, lines: Sequence[tuple[SplitLine, Decimal]], percents: Sequence[Decimal | None]
) -> list[Decimal]:
    """The document's tax over the lines, by the percentages of their tax rates; where those are not all known or come to
    nothing, by their amounts.
    """
    tax = facts.tax or NOTHING
    weights = _weights(facts.line_amounts, [amount for _, amount in lines], percents)
    whole = sum(weights, NOTHING)
    taxes = [to_cents(WIDE.divide(WIDE.multiply(tax, weight), whole)) for weight in weights]
    left = tax - sum(taxes, NOTHING)
    for place in sorted(range(len(weights)), key=lambda place: (-weights[place], place)):
        if abs(left) < CENT:
            break
        taxes[place] += CENT.copy_sign(left)
        left -= CENT.copy_sign(left)
    return taxes


def _weights(written: LineAmounts, amounts: Sequence[Decimal], percents: Sequence[Decimal | None]) -> Sequence[Decimal]:
    known = [percent for percent in percents if percent is not None]
    if len(known) < len(percents) or not any(known):
        return amounts
    return [
        WIDE.divide(WIDE.multiply(amount, percent), HUNDRED + percent if written is LineAmounts.INCLUSIVE else HUNDRED)
        for amount, percent in zip(amounts, known, strict=True)
    ]
