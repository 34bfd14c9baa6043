"""A bill in the two syntaxes of EN 16931, with what every reader asks for and no more."""

from xml.sax.saxutils import escape

from bot.playground.samples.bills import BUYER, Bill, Row

_UBL = "urn:oasis:names:specification:ubl:schema:xsd"
_UNECE = "urn:un:unece:uncefact:data:standard"
_NORM = "urn:cen.eu:en16931:2017"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def as_ubl(bill: Bill) -> bytes:
    root, code = ("CreditNote", "381") if bill.is_credit else ("Invoice", "380")
    due = "" if bill.is_credit else f"  <cbc:DueDate>{bill.due}</cbc:DueDate>\n"
    lines = "".join(_ubl_line(row, number, bill, root) for number, row in enumerate(bill.rows, start=1))
    return f"""{_HEAD}<{root} xmlns="{_UBL}:{root}-2" xmlns:cac="{_UBL}:CommonAggregateComponents-2"
  xmlns:cbc="{_UBL}:CommonBasicComponents-2">
  <cbc:CustomizationID>{_NORM}</cbc:CustomizationID>
  <cbc:ID>{bill.number}</cbc:ID>
  <cbc:IssueDate>{bill.day}</cbc:IssueDate>
{due}  <cbc:{root}TypeCode>{code}</cbc:{root}TypeCode>
  <cbc:DocumentCurrencyCode>{bill.currency}</cbc:DocumentCurrencyCode>
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PostalAddress><cbc:StreetName>{escape(bill.street)}</cbc:StreetName><cbc:CityName>{escape(bill.town)}</cbc:CityName>
      <cac:Country><cbc:IdentificationCode>GB</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
    <cac:PartyTaxScheme><cbc:CompanyID>{bill.vat_number}</cbc:CompanyID>
      <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>{escape(bill.supplier)}</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PartyLegalEntity><cbc:RegistrationName>{BUYER}</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:TaxTotal><cbc:TaxAmount currencyID="{bill.currency}">{bill.tax}</cbc:TaxAmount>
    <cac:TaxSubtotal><cbc:TaxableAmount currencyID="{bill.currency}">{bill.net}</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="{bill.currency}">{bill.tax}</cbc:TaxAmount>
      <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>{bill.tax_percent}</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="{bill.currency}">{bill.net}</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="{bill.currency}">{bill.net}</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="{bill.currency}">{bill.gross}</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="{bill.currency}">{bill.gross}</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
{lines}</{root}>
""".encode()


def _ubl_line(row: Row, number: int, bill: Bill, root: str) -> str:
    counted = "CreditedQuantity" if bill.is_credit else "InvoicedQuantity"
    return f"""  <cac:{root}Line><cbc:ID>{number}</cbc:ID>
    <cbc:{counted} unitCode="C62">{row.quantity}</cbc:{counted}>
    <cbc:LineExtensionAmount currencyID="{bill.currency}">{row.net}</cbc:LineExtensionAmount>
    <cac:Item><cbc:Name>{escape(row.name)}</cbc:Name>
      <cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>{bill.tax_percent}</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="{bill.currency}">{row.price}</cbc:PriceAmount></cac:Price></cac:{root}Line>
"""


def as_cii(bill: Bill) -> bytes:
    lines = "".join(_cii_line(row, number, bill) for number, row in enumerate(bill.rows, start=1))
    return f"""{_HEAD}<rsm:CrossIndustryInvoice xmlns:rsm="{_UNECE}:CrossIndustryInvoice:100"
  xmlns:ram="{_UNECE}:ReusableAggregateBusinessInformationEntity:100" xmlns:udt="{_UNECE}:UnqualifiedDataType:100">
  <rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
    <ram:ID>{_NORM}</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument><ram:ID>{bill.number}</ram:ID><ram:TypeCode>380</ram:TypeCode>
    <ram:IssueDateTime><udt:DateTimeString format="102">{bill.day:%Y%m%d}</udt:DateTimeString></ram:IssueDateTime>
  </rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>
{lines}    <ram:ApplicableHeaderTradeAgreement>
      <ram:SellerTradeParty><ram:Name>{escape(bill.supplier)}</ram:Name>
        <ram:PostalTradeAddress><ram:LineOne>{escape(bill.street)}</ram:LineOne>
          <ram:CityName>{escape(bill.town)}</ram:CityName><ram:CountryID>GB</ram:CountryID></ram:PostalTradeAddress>
        <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{bill.vat_number}</ram:ID></ram:SpecifiedTaxRegistration>
      </ram:SellerTradeParty>
      <ram:BuyerTradeParty><ram:Name>{BUYER}</ram:Name></ram:BuyerTradeParty>
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeDelivery/>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:InvoiceCurrencyCode>{bill.currency}</ram:InvoiceCurrencyCode>
      <ram:ApplicableTradeTax><ram:CalculatedAmount>{bill.tax}</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>
        <ram:BasisAmount>{bill.net}</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode>
        <ram:RateApplicablePercent>{bill.tax_percent}</ram:RateApplicablePercent></ram:ApplicableTradeTax>
      <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>
        <udt:DateTimeString format="102">{bill.due:%Y%m%d}</udt:DateTimeString></ram:DueDateDateTime>
      </ram:SpecifiedTradePaymentTerms>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        <ram:LineTotalAmount>{bill.net}</ram:LineTotalAmount><ram:TaxBasisTotalAmount>{bill.net}</ram:TaxBasisTotalAmount>
        <ram:TaxTotalAmount currencyID="{bill.currency}">{bill.tax}</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>{bill.gross}</ram:GrandTotalAmount>
        <ram:DuePayableAmount>{bill.gross}</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
""".encode()


def _cii_line(row: Row, number: int, bill: Bill) -> str:
    return f"""    <ram:IncludedSupplyChainTradeLineItem>
      <ram:AssociatedDocumentLineDocument><ram:LineID>{number}</ram:LineID></ram:AssociatedDocumentLineDocument>
      <ram:SpecifiedTradeProduct><ram:Name>{escape(row.name)}</ram:Name></ram:SpecifiedTradeProduct>
      <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>
        <ram:ChargeAmount>{row.price}</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
      <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">{row.quantity}</ram:BilledQuantity>
      </ram:SpecifiedLineTradeDelivery>
      <ram:SpecifiedLineTradeSettlement>
        <ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
          <ram:RateApplicablePercent>{bill.tax_percent}</ram:RateApplicablePercent></ram:ApplicableTradeTax>
        <ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>{row.net}</ram:LineTotalAmount>
        </ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
    </ram:IncludedSupplyChainTradeLineItem>
"""
