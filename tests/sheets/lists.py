"""Lists as their products write them, with the headers that are documented for them and contents of ours."""

from decimal import Decimal

from bot.sheets.columns import columns_of
from bot.sheets.documents import Reading, SheetDocument, documents_of
from bot.sheets.sheet import read_sheet

RATES = {"input2": Decimal(20), "20% (vat on expenses)": Decimal(20), "zero rated": Decimal(0), "20.0% s": Decimal(20)}

DEXT = """Receipt ID,Type,Date,Due Date,Invoice Number,Supplier,Category,Customer,Project,Payment Method,Bank Account,Tax,Total,Currency,Tax (GBP),Total (GBP),Status,Owner,Note,Description,Image
101,Invoice,31-Aug-2026,30-Sep-2026,INV-1,Paper & Ink Ltd,429 - General Expenses,,,,,20.00,"1,120.00",GBP,20.00,"1,120.00",Ready,Mia,for Q3,Paper,https://example.test/1
102,Receipt,01-Sep-2026,,,Café Ünal,,,,,,,12.50,EUR,,,Published,Mia,,,
"""
XERO = """*ContactName,EmailAddress,*InvoiceNumber,*InvoiceDate,*DueDate,Total,InventoryItemCode,Description,*Quantity,*UnitAmount,*AccountCode,*TaxType,TaxAmount,Currency
Paper & Ink Ltd,,INV-7,03/09/2026,17/09/2026,,,Paper,2,50.00,429,20% (VAT on Expenses),20.00,GBP
Paper & Ink Ltd,,INV-7,03/09/2026,17/09/2026,,,Stamps,1,10.00,429,Zero Rated,0.00,GBP
Other Ltd,,INV-7,04/09/2026,17/09/2026,,,Other,1,5.00,461,Zero Rated,0,GBP
"""
QUICKBOOKS = """*BillNo,*Supplier,*BillDate,*DueDate,Terms,Location,Memo,*Account,LineDescription,*LineAmount,LineTaxCode,LineTaxAmount,Currency
B1,Paper & Ink Ltd,13/09/2026,27/09/2026,,,from the shop,Office Expenses,Paper,100.00,20.0% S,20.00,GBP
"""


def read(text: str | bytes, reading: Reading | None = None) -> tuple[SheetDocument, ...]:
    sheet = read_sheet(text.encode() if isinstance(text, str) else text)
    return documents_of(
        sheet, columns_of(sheet.header, {}), reading or Reading(), lambda name: RATES.get(name.casefold())
    )
