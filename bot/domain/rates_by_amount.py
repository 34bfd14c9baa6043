"""The tax rate that the tax of a document tells: the weakest of all sources, as amounts tell less than anybody says.

It is told where exactly one of the rates that could be meant makes that tax, to the cent. A tax of nothing tells none: what
is zero rated, exempt, outside the scope, or accounted for by the buyer is all of 0 %, and is not the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from bot.domain.books import AccountClass, TaxRate
from bot.domain.coding import Coding, LineCoding, Source
from bot.domain.documents import Facts, Line, LineAmounts
from bot.domain.money import tax_of
from bot.domain.tax_policies import TaxMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What can be meant: `rates` are those that such items can have, `classes` those of categories by their codes."""

    rates: Sequence[TaxRate] = ()
    classes: Mapping[str, AccountClass] = field(default_factory=dict)

    def usable(self, accounts: set[str | None]) -> list[TaxRate]:
        """Rates that go with all of these categories, as far as they are known, and that tax something."""
        classes = {self.classes[account] for account in accounts if account is not None and account in self.classes}
        return [rate for rate in self.rates if rate.percent and rate.percent > 0 and classes <= rate.applies_to]


def with_rate_by_amount(facts: Facts, coding: Coding, told: Told) -> Coding:
    """Of the whole document where one rate makes all of its tax; else of each line that states its own. What anybody chose,
    or left empty, stands.
    """
    is_open = coding.tax_rate.source is Source.NOTHING
    if not is_open or not facts.tax or facts.gross is None or facts.line_amounts is LineAmounts.NO_TAX:
        return coding
    if len(facts.tax_percents) < 2 and (code := _of_whole(facts, coding, told)) is not None:
        return replace(coding, tax_rate=coding.tax_rate.offer(code, Source.BY_AMOUNT))
    lines = [coding.lines[place] if place < len(coding.lines) else LineCoding() for place in range(len(facts.lines))]
    told_of = [_of_line(line, coding.codes_at(place).account, told) for place, line in enumerate(facts.lines)]
    if not any(told_of):
        return coding
    return replace(coding, lines=tuple(map(_offered, lines, told_of)))


def _of_whole(facts: Facts, coding: Coding, told: Told) -> str | None:
    places = range(len(facts.lines))
    accounts = {coding.codes_at(place).account for place in places} or {coding.account.value}
    if any(coding.own_codes(place).tax_rate is not None for place in places):
        return None
    tax, gross = facts.tax or Decimal(0), facts.gross or Decimal(0)
    nets = [line.net for line in facts.lines] if facts.lines and facts.lines_agree else [gross - tax]
    return _only([rate.code for rate in told.usable(accounts) if _makes(rate, tax, nets, gross)])


def _of_line(line: Line, account: str | None, told: Told) -> str | None:
    if not line.tax:
        return None
    gross = line.net + line.tax
    return _only([rate.code for rate in told.usable({account}) if _makes(rate, line.tax, [line.net], gross)])


def _makes(rate: TaxRate, tax: Decimal, nets: Sequence[Decimal], gross: Decimal) -> bool:
    """Whether it comes to this tax in one of the ways in which documents are made: of the sum, of each line, or within."""
    percent = rate.percent or Decimal(0)
    of_sum, of_each = tax_of(sum(nets, Decimal(0)), percent), sum((tax_of(net, percent) for net in nets), Decimal(0))
    return tax in (of_sum, of_each, *(method.tax_within(gross, percent) for method in TaxMethod))


def _only(codes: Sequence[str]) -> str | None:
    return codes[0] if len(codes) == 1 else None


def _offered(line: LineCoding, code: str | None) -> LineCoding:
    is_open = line.tax_rate.source is Source.NOTHING
    return line if code is None or not is_open else replace(line, tax_rate=line.tax_rate.offer(code, Source.BY_AMOUNT))
