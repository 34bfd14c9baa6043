"""Facts written as e-invoices, one writer a syntax, so that what is read can be held against what was known.

`own` says how many of the lines are the document's own; those behind them are its allowances and charges.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from bot.domain.documents import Facts, Line, Party, TaxSubtotal


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a document is to say. The amounts are as it has them: a negative invoice is written negative."""

    facts: Facts
    own: int
    type_code: str = "380"


Writer = Callable[[Known], bytes]


def tag(name: str, *content: object, **attributes: str) -> str:
    """An element, or nothing where nothing is known of it."""
    inside = "".join(str(part) for part in content if part is not None)
    if not inside:
        return ""
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{written}>{inside}</{name}>"


def text(value: object) -> str | None:
    return None if value is None else escape(f"{value:f}" if isinstance(value, Decimal) else str(value))


def as_ubl(known: Known) -> bytes:
    facts, amount = known.facts, _amount_in(known.facts.currency)
    urn = "urn:oasis:names:specification:ubl:schema:xsd"
    body = (
        tag("c:CustomizationID", "urn:cen.eu:en16931:2017"),
        tag("c:ID", text(facts.number)),
        tag("c:IssueDate", text(facts.issued_on)),
        tag("c:DueDate", text(facts.due_on)),
        tag("c:InvoiceTypeCode", known.type_code),
        tag("c:Note", text(facts.note)),
        tag("c:DocumentCurrencyCode", text(facts.currency)),
        tag("a:AccountingSupplierParty", _ubl_party(facts.supplier)),
        tag("a:AccountingCustomerParty", _ubl_party(facts.buyer)),
        tag("a:PaymentMeans", tag("a:PayeeFinancialAccount", tag("c:ID", text(facts.supplier.bank_account)))),
        *(_ubl_allowance(line, amount) for line in facts.lines[known.own :]),
        tag("a:TaxTotal", amount("c:TaxAmount", facts.tax), *(_ubl_rate(row, amount) for row in facts.tax_breakdown)),
        tag(
            "a:LegalMonetaryTotal",
            amount("c:TaxExclusiveAmount", facts.net),
            amount("c:TaxInclusiveAmount", facts.gross),
            amount("c:PrepaidAmount", facts.prepaid),
            amount("c:PayableAmount", facts.payable),
        ),
        *(_ubl_line(line, amount) for line in facts.lines[: known.own]),
    )
    namespaces = (
        f'xmlns="{urn}:Invoice-2" xmlns:a="{urn}:CommonAggregateComponents-2" xmlns:c="{urn}:CommonBasicComponents-2"'
    )
    return f"<Invoice {namespaces}>{''.join(body)}</Invoice>".encode()


Amount = Callable[[str, Decimal | None], str]


def _amount_in(currency: str | None) -> Amount:
    attributes = {} if currency is None else {"currencyID": currency}
    return lambda name, amount: tag(name, text(amount), **attributes)


def _ubl_party(party: Party) -> str:
    return tag(
        "a:Party",
        tag("a:PostalAddress", tag("a:Country", tag("c:IdentificationCode", text(party.country)))),
        tag("a:PartyTaxScheme", tag("c:CompanyID", text(party.tax_number)), tag("a:TaxScheme", tag("c:ID", "VAT"))),
        tag("a:PartyLegalEntity", tag("c:RegistrationName", text(party.name))),
    )


def _ubl_line(line: Line, amount: Amount) -> str:
    return tag(
        "a:InvoiceLine",
        tag("c:InvoicedQuantity", text(line.quantity)),
        amount("c:LineExtensionAmount", line.net),
        tag(
            "a:Item",
            tag("c:Name", text(line.description)),
            tag("a:ClassifiedTaxCategory", tag("c:Percent", text(line.tax_percent))),
        ),
        tag("a:Price", amount("c:PriceAmount", line.unit_price)),
    )


def _ubl_allowance(line: Line, amount: Amount) -> str:
    return tag(
        "a:AllowanceCharge",
        tag("c:ChargeIndicator", "true" if line.net >= 0 else "false"),
        tag("c:AllowanceChargeReason", text(line.description)),
        amount("c:Amount", abs(line.net)),
        tag("a:TaxCategory", tag("c:Percent", text(line.tax_percent))),
    )


def _ubl_rate(row: TaxSubtotal, amount: Amount) -> str:
    return tag(
        "a:TaxSubtotal",
        amount("c:TaxableAmount", row.taxable),
        amount("c:TaxAmount", row.tax),
        tag("a:TaxCategory", tag("c:ID", text(row.category)), tag("c:Percent", text(row.percent))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What CII and the first ZUGFeRD do not call alike."""

    root: str
    namespaces: str
    profile: str
    context: str
    document: str
    transaction: str
    header: str
    line: str
    header_sum: str
    line_sum: str
    percent: str


_UNECE = "urn:un:unece:uncefact:data:standard"
CII = Dialect(
    root="CrossIndustryInvoice",
    namespaces=f'xmlns:s="{_UNECE}:CrossIndustryInvoice:100" xmlns:u="{_UNECE}:UnqualifiedDataType:100" '
    f'xmlns:r="{_UNECE}:ReusableAggregateBusinessInformationEntity:100"',
    profile="urn:cen.eu:en16931:2017",
    context="s:ExchangedDocumentContext",
    document="s:ExchangedDocument",
    transaction="s:SupplyChainTradeTransaction",
    header="r:ApplicableHeaderTrade",
    line="r:SpecifiedLineTrade",
    header_sum="r:SpecifiedTradeSettlementHeaderMonetarySummation",
    line_sum="r:SpecifiedTradeSettlementLineMonetarySummation",
    percent="r:RateApplicablePercent",
)
ZUGFERD_1 = Dialect(
    root="CrossIndustryDocument",
    namespaces=f'xmlns:s="urn:ferd:CrossIndustryDocument:invoice:1p0" xmlns:u="{_UNECE}:UnqualifiedDataType:15" '
    f'xmlns:r="{_UNECE}:ReusableAggregateBusinessInformationEntity:12"',
    profile="urn:ferd:CrossIndustryDocument:invoice:1p0:comfort",
    context="s:SpecifiedExchangedDocumentContext",
    document="s:HeaderExchangedDocument",
    transaction="s:SpecifiedSupplyChainTradeTransaction",
    header="r:ApplicableSupplyChainTrade",
    line="r:SpecifiedSupplyChainTrade",
    header_sum="r:SpecifiedTradeSettlementMonetarySummation",
    line_sum="r:SpecifiedTradeSettlementMonetarySummation",
    percent="r:ApplicablePercent",
)


def as_cii(known: Known, dialect: Dialect = CII) -> bytes:
    facts, amount = known.facts, _amount_in(known.facts.currency)
    body = (
        tag(dialect.context, tag("r:GuidelineSpecifiedDocumentContextParameter", tag("r:ID", dialect.profile))),
        tag(
            dialect.document,
            tag("r:ID", text(facts.number)),
            tag("r:TypeCode", known.type_code),
            _cii_day("r:IssueDateTime", facts),
            tag("r:IncludedNote", tag("r:Content", text(facts.note))),
        ),
        tag(
            dialect.transaction,
            *(_cii_line(line, amount, dialect) for line in facts.lines[: known.own]),
            tag(
                f"{dialect.header}Agreement",
                tag("r:SellerTradeParty", _cii_party(facts.supplier)),
                tag("r:BuyerTradeParty", _cii_party(facts.buyer)),
            ),
            tag(f"{dialect.header}Settlement", *_cii_settlement(known, amount, dialect)),
        ),
    )
    return f"<s:{dialect.root} {dialect.namespaces}>{''.join(body)}</s:{dialect.root}>".encode()


def as_zugferd_1(known: Known) -> bytes:
    return as_cii(known, ZUGFERD_1)


def _cii_day(name: str, facts: Facts, *, is_due: bool = False) -> str:
    day = facts.due_on if is_due else facts.issued_on
    return "" if day is None else tag(name, tag("u:DateTimeString", f"{day:%Y%m%d}", format="102"))


def _cii_party(party: Party) -> str:
    return (
        tag("r:Name", text(party.name))
        + tag("r:PostalTradeAddress", tag("r:CountryID", text(party.country)))
        + tag("r:SpecifiedTaxRegistration", tag("r:ID", text(party.tax_number), schemeID="VA"))
    )


def _cii_settlement(known: Known, amount: Amount, dialect: Dialect) -> tuple[str, ...]:
    facts = known.facts
    account = tag("r:PayeePartyCreditorFinancialAccount", tag("r:IBANID", text(facts.supplier.bank_account)))
    return (
        tag("r:InvoiceCurrencyCode", text(facts.currency)),
        tag("r:SpecifiedTradeSettlementPaymentMeans", account),
        *(_cii_rate(row, amount, dialect) for row in facts.tax_breakdown),
        *(_cii_allowance(line, amount, dialect) for line in facts.lines[known.own :]),
        tag("r:SpecifiedTradePaymentTerms", _cii_day("r:DueDateDateTime", facts, is_due=True)),
        tag(
            dialect.header_sum,
            amount("r:TaxBasisTotalAmount", facts.net),
            amount("r:TaxTotalAmount", facts.tax),
            amount("r:GrandTotalAmount", facts.gross),
            amount("r:TotalPrepaidAmount", facts.prepaid),
            amount("r:DuePayableAmount", facts.payable),
        ),
    )


def _cii_line(line: Line, amount: Amount, dialect: Dialect) -> str:
    return tag(
        "r:IncludedSupplyChainTradeLineItem",
        tag("r:SpecifiedTradeProduct", tag("r:Name", text(line.description))),
        tag(f"{dialect.line}Agreement", tag("r:NetPriceProductTradePrice", amount("r:ChargeAmount", line.unit_price))),
        tag(f"{dialect.line}Delivery", tag("r:BilledQuantity", text(line.quantity))),
        tag(
            f"{dialect.line}Settlement",
            tag("r:ApplicableTradeTax", tag(dialect.percent, text(line.tax_percent))),
            tag(dialect.line_sum, amount("r:LineTotalAmount", line.net), amount("r:TaxTotalAmount", line.tax)),
        ),
    )


def _cii_allowance(line: Line, amount: Amount, dialect: Dialect) -> str:
    return tag(
        "r:SpecifiedTradeAllowanceCharge",
        tag("r:ChargeIndicator", tag("u:Indicator", "true" if line.net >= 0 else "false")),
        amount("r:ActualAmount", abs(line.net)),
        tag("r:Reason", text(line.description)),
        tag("r:CategoryTradeTax", tag(dialect.percent, text(line.tax_percent))),
    )


def _cii_rate(row: TaxSubtotal, amount: Amount, dialect: Dialect) -> str:
    return tag(
        "r:ApplicableTradeTax",
        amount("r:CalculatedAmount", row.tax),
        amount("r:BasisAmount", row.taxable),
        tag("r:CategoryCode", text(row.category)),
        tag(dialect.percent, text(row.percent)),
    )


WRITERS: dict[str, Writer] = {"UBL": as_ubl, "CII": as_cii, "ZUGFeRD 1": as_zugferd_1}


def as_fattura_pa(known: Known) -> bytes:
    """All lines are the document's own, and amounts prepaid are not known to this syntax."""
    facts = known.facts
    body = (
        tag(
            "DatiGenerali",
            tag(
                "DatiGeneraliDocumento",
                tag("TipoDocumento", known.type_code),
                tag("Divisa", text(facts.currency)),
                tag("Data", text(facts.issued_on)),
                tag("Numero", text(facts.number)),
                tag("ImportoTotaleDocumento", text(facts.gross)),
                tag("Causale", text(facts.note)),
            ),
        ),
        tag(
            "DatiBeniServizi",
            *(_fattura_line(line) for line in facts.lines),
            *(_fattura_rate(row) for row in facts.tax_breakdown),
        ),
        tag(
            "DatiPagamento",
            tag(
                "DettaglioPagamento",
                tag("DataScadenzaPagamento", text(facts.due_on)),
                tag("ImportoPagamento", text(facts.payable)),
                tag("IBAN", text(facts.supplier.bank_account)),
            ),
        ),
    )
    header = tag(
        "FatturaElettronicaHeader",
        tag("DatiTrasmissione", tag("FormatoTrasmissione", "FPR12")),
        tag("CedentePrestatore", _fattura_party(facts.supplier)),
        tag("CessionarioCommittente", _fattura_party(facts.buyer)),
    )
    return (
        '<p:FatturaElettronica versione="FPR12" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">'
        f"{header}<FatturaElettronicaBody>{''.join(body)}</FatturaElettronicaBody></p:FatturaElettronica>"
    ).encode()


def _fattura_party(party: Party) -> str:
    number = party.tax_number or ""
    return tag(
        "DatiAnagrafici",
        tag("IdFiscaleIVA", tag("IdPaese", text(number[:2])), tag("IdCodice", text(number[2:]))),
        tag("Anagrafica", tag("Denominazione", text(party.name))),
    ) + tag("Sede", tag("Nazione", text(party.country)))


def _fattura_line(line: Line) -> str:
    return tag(
        "DettaglioLinee",
        tag("Descrizione", text(line.description)),
        tag("Quantita", text(line.quantity)),
        tag("PrezzoUnitario", text(line.unit_price)),
        tag("PrezzoTotale", text(line.net)),
        tag("AliquotaIVA", text(line.tax_percent)),
    )


def _fattura_rate(row: TaxSubtotal) -> str:
    return tag(
        "DatiRiepilogo",
        tag("AliquotaIVA", text(row.percent)),
        tag("Natura", text(row.category)),
        tag("ImponibileImporto", text(row.taxable)),
        tag("Imposta", text(row.tax)),
    )
