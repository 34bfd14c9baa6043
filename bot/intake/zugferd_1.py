"""The first ZUGFeRD (2014): a draft of Cross Industry Invoices, the same tree under other names.

So the tree is given the names that the syntax got in the end, and read as one of those.
"""

from lxml import etree

from bot.intake.cii import reading_of
from bot.intake.cii_lines import RAM
from bot.intake.elements import Element, parse
from bot.intake.result import Reading, UnreadableError
from bot.intake.sniff import CII_INVOICE, ZUGFERD_1_INVOICE

_RSM = CII_INVOICE.removesuffix("CrossIndustryInvoice")
_FIRST_RSM = ZUGFERD_1_INVOICE.removesuffix("CrossIndustryDocument")
_FIRST_RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12}"
_OF_ROOT = {
    "CrossIndustryDocument": "CrossIndustryInvoice",
    "SpecifiedExchangedDocumentContext": "ExchangedDocumentContext",
    "HeaderExchangedDocument": "ExchangedDocument",
    "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
}
_OF_PARTS = {
    "ApplicableSupplyChainTradeAgreement": "ApplicableHeaderTradeAgreement",
    "ApplicableSupplyChainTradeDelivery": "ApplicableHeaderTradeDelivery",
    "ApplicableSupplyChainTradeSettlement": "ApplicableHeaderTradeSettlement",
    "SpecifiedSupplyChainTradeAgreement": "SpecifiedLineTradeAgreement",
    "SpecifiedSupplyChainTradeDelivery": "SpecifiedLineTradeDelivery",
    "SpecifiedSupplyChainTradeSettlement": "SpecifiedLineTradeSettlement",
    "ApplicablePercent": "RateApplicablePercent",
}
_SUMMATION = f"{RAM}SpecifiedTradeSettlementMonetarySummation"
_LINE_SUMMATION = f"{RAM}SpecifiedTradeSettlementLineMonetarySummation"
_HEADER_SUMMATION = f"{RAM}SpecifiedTradeSettlementHeaderMonetarySummation"
_LINE_SETTLEMENT = f"{RAM}SpecifiedLineTradeSettlement"


def read_zugferd_1(content: bytes) -> Reading:
    """Read one document.

    Raises:
        UnreadableError: in words for whoever dropped the file.
    """
    root = parse(content)
    if root.tag != ZUGFERD_1_INVOICE:
        raise UnreadableError("The file is no invoice.")
    for element in root.iter(f"{_FIRST_RSM}*", f"{_FIRST_RAM}*"):
        element.tag = _todays_name(element)
    return reading_of(root)


def _todays_name(element: Element) -> str:
    """Parents come before their parts, so a sum is told by the name that its parent has by now."""
    name = etree.QName(element).localname
    if element.tag == f"{_FIRST_RSM}{name}":
        return f"{_RSM}{_OF_ROOT.get(name, name)}"
    today = f"{RAM}{_OF_PARTS.get(name, name)}"
    if today != _SUMMATION:
        return today
    parent = element.getparent()
    return _LINE_SUMMATION if parent is not None and parent.tag == _LINE_SETTLEMENT else _HEADER_SUMMATION
