"""The lines of a Cross Industry Invoice: its own, and the allowances and charges of the whole document behind them."""

from collections.abc import Iterator
from decimal import Decimal

from bot.domain.documents import Line
from bot.intake.elements import Element, code_at, money_at, number_at, text_at
from bot.intake.lines import (
    allowance_or_charge,
    description,
    disagreements,
    price_at,
    priced,
    refuse_too_many,
    signed,
    text_line,
)

RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
_ABOUT = f"{RAM}AssociatedDocumentLineDocument"
_AGREEMENT = f"{RAM}SpecifiedLineTradeAgreement"
_SETTLEMENT = f"{RAM}SpecifiedLineTradeSettlement"
_SUMMATION = f"{_SETTLEMENT}/{RAM}SpecifiedTradeSettlementLineMonetarySummation"
_PRICE = f"{_AGREEMENT}/{RAM}NetPriceProductTradePrice"
_QUANTITY = f"{RAM}SpecifiedLineTradeDelivery/{RAM}BilledQuantity"
_WITHOUT_AMOUNT = frozenset({"GROUP", "INFORMATION"})
"""Factur-X EXTENDED: a heading that repeats what its lines add up to, and a text. Neither counts towards the total."""


def invoice_lines(transaction: Element | None, currency: str | None) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The document's own lines, and warnings about those whose figures do not agree."""
    found = [] if transaction is None else transaction.findall(f"{RAM}IncludedSupplyChainTradeLineItem")
    refuse_too_many(len(found))
    lines = tuple(_line(element, currency) for element in found)
    return lines, disagreements(lines, (_allowances(element, currency) for element in found))


def _line(element: Element, currency: str | None) -> Line:
    net = money_at(element, f"{_SUMMATION}/{RAM}LineTotalAmount", currency)
    unit_price = price_at(element, f"{_PRICE}/{RAM}ChargeAmount", f"{_PRICE}/{RAM}BasisQuantity", currency)
    if _is_text(element) or (net is None and unit_price is None):
        return text_line(_description(element))
    return priced(
        description=_description(element),
        quantity=number_at(element, _QUANTITY),
        unit_price=unit_price,
        net=net,
        tax=money_at(element, f"{_SUMMATION}/{RAM}TaxTotalAmount", currency),
        tax_percent=number_at(element, f"{_SETTLEMENT}/{RAM}ApplicableTradeTax/{RAM}RateApplicablePercent"),
    )


def _is_text(element: Element) -> bool:
    return code_at(element, f"{_ABOUT}/{RAM}LineStatusReasonCode") in _WITHOUT_AMOUNT


def _description(element: Element) -> str:
    product = element.find(f"{RAM}SpecifiedTradeProduct")
    stated = text_at(product, f"{RAM}Name") or text_at(element, f"{_ABOUT}/{RAM}IncludedNote/{RAM}Content")
    return description(stated, text_at(product, f"{RAM}Description"))


def _allowances(element: Element, currency: str | None) -> Decimal:
    of_line = element.find(_SETTLEMENT)
    if of_line is None or _is_text(element):
        return Decimal(0)
    return sum((amount for _, amount in _signed(of_line, currency)), Decimal(0))


def document_lines(settlement: Element | None, currency: str | None) -> tuple[Line, ...]:
    """Allowances (negative), charges and the cost of delivery of the whole document."""
    if settlement is None:
        return ()
    delivery = settlement.findall(f"{RAM}SpecifiedLogisticsServiceCharge")
    refuse_too_many(len(settlement.findall(f"{RAM}SpecifiedTradeAllowanceCharge")) + len(delivery))
    return (
        *(
            allowance_or_charge(
                amount,
                text_at(element, f"{RAM}Reason"),
                number_at(element, f"{RAM}CategoryTradeTax/{RAM}RateApplicablePercent"),
            )
            for element, amount in _signed(settlement, currency)
        ),
        *(_of_delivery(element, currency) for element in delivery),
    )


def _of_delivery(element: Element, currency: str | None) -> Line:
    return allowance_or_charge(
        signed(money_at(element, f"{RAM}AppliedAmount", currency), "true"),
        text_at(element, f"{RAM}Description"),
        number_at(element, f"{RAM}AppliedTradeTax/{RAM}RateApplicablePercent"),
    )


def _signed(parent: Element, currency: str | None) -> Iterator[tuple[Element, Decimal]]:
    for element in parent.iterfind(f"{RAM}SpecifiedTradeAllowanceCharge"):
        amount = money_at(element, f"{RAM}ActualAmount", currency)
        yield element, signed(amount, text_at(element, f"{RAM}ChargeIndicator"))
