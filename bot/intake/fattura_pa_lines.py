"""The lines of a FatturaPA: its own, and behind them what makes them add up to the net amount.

Amounts of lines may have eight decimals. They are rounded to the cent, and what all roundings of a tax rate come to, the
sender's and these, is a line.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import combinations

from bot.domain.documents import Line
from bot.domain.money import to_cents
from bot.intake.elements import Element, amount_at, code_at, money_at, number_at, text_at
from bot.intake.lines import (
    allowance_or_charge,
    description,
    disagreements,
    priced,
    refuse_too_many,
)
from bot.intake.result import UnreadableError

_LINES = "DatiBeniServizi/DettaglioLinee"
_PENSION_FUNDS = "DatiGenerali/DatiGeneraliDocumento/DatiCassaPrevidenziale"
MOST_DISCOUNTS = 20
_PERCENT = Decimal("0.01")


def invoice_lines(body: Element) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The document's own lines, and warnings about those whose figures do not agree."""
    found = body.findall(_LINES)
    refuse_too_many(len(found))
    lines = tuple(_line(element) for element in found)
    return lines, disagreements(lines, map(_allowances, found, lines))


def _line(element: Element) -> Line:
    net = amount_at(element, "PrezzoTotale")
    return priced(
        description=description(text_at(element, "Descrizione"), None),
        quantity=number_at(element, "Quantita"),
        unit_price=number_at(element, "PrezzoUnitario"),
        net=None if net is None else to_cents(net),
        tax_percent=number_at(element, "AliquotaIVA"),
    )


def _allowances(element: Element, line: Line) -> Decimal:
    """What discounts on the price of one, each on what the one before left, take from the line."""
    price, discounts = line.unit_price, element.findall("ScontoMaggiorazione")
    if len(discounts) > MOST_DISCOUNTS:
        raise UnreadableError("A line has more discounts than any price.")
    for each in discounts:
        amount, percent = number_at(each, "Importo"), number_at(each, "Percentuale") or Decimal(0)
        price += _signed(each, price * percent * _PERCENT if amount is None else amount)
    return (price - line.unit_price) * line.quantity


def _signed(element: Element, amount: Decimal) -> Decimal:
    match code_at(element, "Tipo"):
        case "SC":
            return -amount
        case "MG":
            return amount
        case _:
            raise UnreadableError("An allowance or charge does not say which of the two it is.")


def lines_within_net(body: Element, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """What the taxed amounts have beside the document's own lines: pension funds' shares, and roundings."""
    funds = body.findall(_PENSION_FUNDS)
    refuse_too_many(len(funds))
    return (
        *(
            allowance_or_charge(amount, "Pension fund's share", number_at(fund, "AliquotaIVA"))
            for fund in funds
            if (amount := money_at(fund, "ImportoContributoCassa", None)) is not None
        ),
        *_roundings(body, lines),
    )


def _roundings(body: Element, lines: tuple[Line, ...]) -> Iterator[Line]:
    """For each tax rate what the sender rounded and what rounding its lines to the cent took, where that is a cent."""
    exact: defaultdict[Decimal | None, Decimal] = defaultdict(Decimal)
    rounded: defaultdict[Decimal | None, Decimal] = defaultdict(Decimal)
    for element, line in zip(body.iterfind(_LINES), lines, strict=True):
        exact[line.tax_percent] += amount_at(element, "PrezzoTotale") or 0
        rounded[line.tax_percent] += line.net
    for row in body.iterfind("DatiBeniServizi/DatiRiepilogo"):
        exact[number_at(row, "AliquotaIVA")] += amount_at(row, "Arrotondamento") or 0
    for percent, amount in exact.items():
        if missing := to_cents(amount) - rounded[percent]:
            yield allowance_or_charge(missing, "Rounding", percent)


def lines_of_total(document: Element | None, untaxed: Decimal | None) -> tuple[Line, ...]:
    """What the total has beside the taxed amounts and the tax.

    Rounding and discounts of the whole document and a stamp duty may each be in it or not, and only the total tells:
    those are taken that make `untaxed`. Where no total is stated the stamp is taken for paid by the sender.
    """
    if document is None:
        return ()
    rounding = allowance_or_charge(money_at(document, "Arrotondamento", None) or Decimal(0), "Rounding", None)
    discounts = allowance_or_charge(_discounts(document), "Discount on the whole document", None)
    stamp = allowance_or_charge(money_at(document, "DatiBollo/ImportoBollo", None) or Decimal(0), "Stamp duty", None)
    if untaxed is None:
        return tuple(line for line in (rounding, discounts) if line.net)
    offered = [line for line in (rounding, discounts, stamp) if line.net]
    return next((chosen for chosen in _choices(offered) if _total(chosen) == untaxed), ())


def _discounts(document: Element) -> Decimal:
    found = ((each, money_at(each, "Importo", None)) for each in document.iterfind("ScontoMaggiorazione"))
    return sum((_signed(each, amount) for each, amount in found if amount is not None), Decimal(0))


def _choices(offered: list[Line]) -> Iterator[tuple[Line, ...]]:
    for how_many in range(len(offered) + 1):
        yield from combinations(offered, how_many)


def _total(lines: Iterable[Line]) -> Decimal:
    return sum((line.net for line in lines), Decimal(0))
