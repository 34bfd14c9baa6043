"""Suggestions: they fill what is empty, and stand below every other source."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.books import TaxRate
from bot.domain.coding import Coding, LineCoding, Source
from bot.domain.documents import Facts, Line
from bot.domain.lines import with_taxes


def rates_by_percent(facts: Facts, coding: Coding, rates: Sequence[TaxRate]) -> Coding:
    """Each line that states a percentage with the tax rate of that percentage, where there is exactly one; of several, and of
    0 %, which says nothing of why there is no tax, it is the item's own, if that is among them. The others stay without one; all
    do where the item's was chosen for it.
    """
    if coding.tax_rate.source >= Source.DOOR and coding.tax_rate.value is not None:
        return coding
    lines = [coding.lines[place] if place < len(coding.lines) else LineCoding() for place in range(len(facts.lines))]
    for place, line in enumerate(facts.lines):
        code = _meant(line, rates, coding.tax_rate.value)
        if code is not None and lines[place].tax_rate.value is None:
            lines[place] = replace(lines[place], tax_rate=lines[place].tax_rate.offer(code, Source.SUGGESTION))
    return replace(coding, lines=tuple(lines))


def rates_by_tax(facts: Facts, coding: Coding, rates: Sequence[TaxRate]) -> Coding:
    """Where the ledger works out what its one tax rate comes to: that one for each line with tax, and for the others the one
    of 0 %. Unless one was chosen for all of it.
    """
    taxed = [rate.code for rate in rates if rate.percent is None]
    untaxed = [rate.code for rate in rates if rate.percent == 0]
    is_chosen = coding.tax_rate.source >= Source.DOOR and coding.tax_rate.value is not None
    if is_chosen or len(taxed) != 1 or len(untaxed) != 1:
        return coding
    found = [coding.lines[place] if place < len(coding.lines) else LineCoding() for place in range(len(facts.lines))]
    for place, line in enumerate(with_taxes(facts).lines):
        code = taxed[0] if line.tax else untaxed[0]
        if found[place].tax_rate.value is None and code != coding.tax_rate.value:
            found[place] = replace(found[place], tax_rate=found[place].tax_rate.offer(code, Source.SUGGESTION))
    return replace(coding, lines=tuple(found))


def named_by_lines(facts: Facts, coding: Coding) -> dict[str, list[int]]:
    """The places of lines that have no product, their own or the item's by choice, by what they say they are of."""
    if coding.product.source >= Source.DOOR:
        return {}
    found: dict[str, list[int]] = {}
    for place, line in enumerate(facts.lines):
        if coding.own_codes(place).product is None and line.description.strip():
            found.setdefault(line.description.strip(), []).append(place)
    return found


def products_by_name(facts: Facts, coding: Coding, products: Mapping[str, str]) -> Coding:
    """Each of these lines with the product that is called what it says; `products` are codes by that."""
    lines = [coding.lines[place] if place < len(coding.lines) else LineCoding() for place in range(len(facts.lines))]
    for name, places in named_by_lines(facts, coding).items():
        if name in products:
            for place in places:
                suggested = lines[place].product.offer(products[name], Source.SUGGESTION)
                lines[place] = replace(lines[place], product=suggested)
    return replace(coding, lines=tuple(lines))


def _meant(line: Line, rates: Sequence[TaxRate], usual: str | None) -> str | None:
    codes = [rate.code for rate in rates if rate.percent is not None and rate.percent == line.tax_percent]
    if len(codes) == 1 and line.tax_percent:
        return codes[0]
    return usual if usual in codes else None
