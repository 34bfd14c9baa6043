"""Which tax rate an item gets that nobody chose one for, as its organisation decided: the organisation's default, its
category's own in the ledger, or the one of documents that show no tax. Each stands above the one before, and all of them
below every rule, what came with the document, and a person's choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from bot.domain.coding import CodedValue, Coding, LineCoding, Source
from bot.domain.documents import Facts

OURS = (Source.BY_AMOUNT, Source.CATEGORY_TAX, Source.UNTAXED_DEFAULT)
"""What is looked at anew whenever an item is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultRates:
    """Tax rates by their codes, all of them usable for what is coded. `of_categories` are by the categories' codes, and empty
    where these do not count.
    """

    of_categories: Mapping[str, str] = field(default_factory=dict)
    untaxed: str | None = None
    percents: Mapping[str, Decimal] = field(default_factory=dict)


def without_default_rates(coding: Coding) -> Coding:
    """Before it is coded by today's defaults: a category may be another one by now, and the document show its tax."""
    lines = tuple(replace(line, tax_rate=_taken_back(line.tax_rate)) for line in coding.lines)
    return replace(coding, tax_rate=_taken_back(coding.tax_rate), lines=lines)


def with_default_rates(facts: Facts, coding: Coding, rates: DefaultRates) -> Coding:
    """A coding that has the organisation's defaults already, with these."""
    of_whole = coding.tax_rate
    of_category = rates.of_categories.get(coding.account.value or "")
    if of_category is not None:
        of_whole = of_whole.offer(of_category, Source.CATEGORY_TAX)
    if rates.untaxed is not None and shows_no_tax(facts):
        of_whole = of_whole.offer(rates.untaxed, Source.UNTAXED_DEFAULT)
    is_of_all = of_whole.source >= Source.UNTAXED_DEFAULT and of_whole.value is not None
    coded = replace(coding, tax_rate=of_whole)
    if is_of_all:
        return coded
    return replace(coded, lines=tuple(_line(facts, coded, place, rates) for place in range(len(coding.lines))))


def shows_no_tax(facts: Facts) -> bool:
    """Whether it is known what it comes to, and there is no tax in that."""
    return facts.gross is not None and not facts.tax


def _line(facts: Facts, coding: Coding, place: int, rates: DefaultRates) -> LineCoding:
    """A line has a default of its own where it has a category of its own. What a document with several rates states of a line
    stands above that.
    """
    line = coding.lines[place]
    code = rates.of_categories.get(line.account.value or "")
    if code is None or (line.tax_rate.value is None and code == coding.tax_rate.value):
        return line
    stated = facts.lines[place].tax_percent if place < len(facts.lines) else None
    if stated is not None and len(facts.tax_percents) > 1 and rates.percents.get(code) != stated:
        return line
    return replace(line, tax_rate=line.tax_rate.offer(code, Source.CATEGORY_TAX))


def _taken_back(standing: CodedValue) -> CodedValue:
    """Without what these defaults had set, and without what is said of them where they lost."""
    is_ours = standing.source in OURS
    again = (*OURS, Source.DEFAULT_TAX) if is_ours else OURS
    beaten = tuple(each for each in standing.beaten if each.source not in again)
    return CodedValue(beaten=beaten) if is_ours else replace(standing, beaten=beaten)
