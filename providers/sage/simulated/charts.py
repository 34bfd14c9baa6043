"""The lists of the three businesses as rows of text: charts of accounts, tax rates, contacts, products, analysis.

That nominal codes are as in Sage's United Kingdom chart is from memory; the ids of tax rates but `GB_STANDARD` (analysis types
guide) and those of ledger account types are unverified.
"""

# nominal code | name | type | where it is offered: Sales, Expenses, Payments, Receipts, Banking | tax rate | control name | is it hidden
UK_ACCOUNTS = """\
30|Office Equipment - Cost|FIXED_ASSETS|EP|STANDARD||
50|Motor Vehicles - Cost|FIXED_ASSETS|EP|STANDARD||
1001|Stock|CURRENT_ASSETS|E|STANDARD||
1100|Trade Debtors|CURRENT_ASSETS|||TRADE_DEBTORS|
1103|Prepayments|CURRENT_ASSETS|EP|STANDARD||
1200|Current Account|BANK|B||BANK|
1210|Savings Account|BANK|B||BANK|
1230|Cash in Hand|BANK|B||BANK|
1240|Company Credit Card|CREDIT_CARD|B||BANK|
1250|Old Current Account|BANK|B||BANK|
2100|Trade Creditors|CURRENT_LIABILITIES|||TRADE_CREDITORS|
2200|VAT on Sales|CURRENT_LIABILITIES|||VAT_ON_SALES|
2201|VAT on Purchases|CURRENT_LIABILITIES|||VAT_ON_PURCHASES|
2300|Director's Loan|FUTURE_LIABILITIES|PR|NO_TAX||
3000|Share Capital|EQUITY|PR|NO_TAX||
4000|Sales - Products|SALES|SR|STANDARD||
4010|Sales - Services|SALES|SR|STANDARD||
4009|Discounts Allowed|SALES|||DISCOUNTS_ALLOWED|
4900|Other Income|OTHER_INCOME|SR|STANDARD||
5000|Cost of Sales - Goods|DIRECT_EXPENSES|EP|STANDARD||
5010|Cost of Sales - Delivery|DIRECT_EXPENSES|EP|STANDARD||
5009|Discounts Taken|DIRECT_EXPENSES|||DISCOUNTS_TAKEN|
6200|Marketing|OVERHEADS|EP|STANDARD||
7100|Rent and Rates|OVERHEADS|EP|EXEMPT||
7110|Fax Rental|OVERHEADS|EP|STANDARD||hidden
7200|Electricity|OVERHEADS|EP|LOWER||
7400|Travel and Entertainment|OVERHEADS|EP|ZERO||
7500|Office Costs|OVERHEADS|EP|STANDARD||
7501|Postage and Couriers|OVERHEADS|EP|EXEMPT||
7550|Telephone and Internet|OVERHEADS|EP|STANDARD||
7553|IT Software and Consumables|OVERHEADS|EP|STANDARD||
7600|Legal and Professional Fees|OVERHEADS|EP|STANDARD||
7620|Insurance|OVERHEADS|EP|EXEMPT||
7800|Repairs and Maintenance|OVERHEADS|EP|STANDARD||
7900|Bank Charges|OVERHEADS|EP|EXEMPT||
7906|Exchange Rate Gains or Losses|OVERHEADS|||EXCHANGE_GAINS_LOSSES|"""

TYPES = {
    "FIXED_ASSETS": ("Fixed Assets", "ASSET"),
    "CURRENT_ASSETS": ("Current Assets", "ASSET"),
    "BANK": ("Bank", "ASSET"),
    "CREDIT_CARD": ("Credit Card", "LIABILITY"),
    "CURRENT_LIABILITIES": ("Current Liabilities", "LIABILITY"),
    "FUTURE_LIABILITIES": ("Future Liabilities", "LIABILITY"),
    "EQUITY": ("Equity", "CAPITAL"),
    "SALES": ("Sales", "INCOME"),
    "OTHER_INCOME": ("Other Income", "INCOME"),
    "DIRECT_EXPENSES": ("Direct Expenses", "EXPENSE"),
    "OVERHEADS": ("Overheads", "EXPENSE"),
}
"""Of ledger accounts: in words, and the group that each belongs to; `INCOME` and `EXPENSE` are of the invoicing guide."""

# id | name | percentage | since | is it hidden | an earlier percentage and its first day
UK_TAX = """\
GB_STANDARD|Standard|20|2011-01-04||17.5 2010-01-01
GB_LOWER|Lower Rate|5|1997-09-01||
GB_ZERO|Zero Rated|0|1973-04-01||
GB_EXEMPT|Exempt|0|1973-04-01||
GB_NO_TAX|No VAT|0|1973-04-01||
GB_STANDARD_17_5|Old Standard|17.5|2010-01-01|hidden|"""
IE_TAX = """\
IE_STANDARD|Standard|23|2021-03-01||21 2020-09-01
IE_LOWER|Reduced|13.5|2003-01-01||
IE_ZERO|Zero Rated|0|1972-11-01||
IE_EXEMPT|Exempt|0|1972-11-01||
IE_NO_TAX|No VAT|0|1972-11-01||"""
WITHOUT_TAX = ("ZERO", "EXEMPT", "NO_TAX")
"""Ends of ids of rates for which no tax has to be said: "zero", "exempt", "no_tax" (swagger 3.1, `tax_amount`)."""

# name | reference | currency (that of the business, if empty)
UK_VENDORS = """\
ABC Furniture|ABC001|
Bluebird Couriers|BLU001|
Capital Cab Co|CAP001|
Central Copiers|CEN001|
City Limousines|CIT001|
Dublin Print Works|DUB001|EUR
Melrose Parking|MEL001|
Net Connect|NET001|
PowerDirect|POW001|
Rex Media Group|REX001|
SMART Agency|SMA001|
Swanston Security|SWA001|
Brooklyn Paper Co|BRO001|USD"""
UK_CUSTOMERS = """\
Bank West|BAN001|
Basket Case|BAS001|
Boom FM|BOO001|
City Agency|CIT002|
Hamilton Smith Ltd|HAM001|
Paris Boutique|PAR001|EUR
Ridgeway University|RID001|"""
IE_VENDORS = """\
An Post|ANP001|
Cork Cabs|COR001|
ESB Energy|ESB001|
Galway Stationery|GAL001|
Liffey Legal|LIF001|"""
IE_CUSTOMERS = """\
Dublin Bakery|DUB001|
Kerry Tours|KER001|"""

# nominal code | type | name of the account | account number | sort code or IBAN | is it inactive
BANKS = """\
1200|CHECKING|Business Current|12345678|20-00-00|
1210|SAVINGS|Business Savings|12345679|20-00-00|
1230|CASH|Petty Cash|||
1240|CREDIT_CARD|Company Card|||
1250|CHECKING|Old Current|11111111|20-00-00|inactive"""

# item code | description | sales account | purchase account | price
PRODUCTS = """\
LAMP|Desk Lamp|4000|5000|39.99
CHAIR|Office Chair|4000|5000|149.00"""
SERVICES = """\
CONS|Consulting|4010||95.00
TRAIN|Training Day|4010||650.00"""
STOCK = "PAPER|Copier Paper, box|4000|5000|18.50"

# name | level | areas | categories
ANALYSIS = """\
Department|1|SALES,EXPENSES,BANKING|Administration,Sales,Workshop
Customer Group|2|CUSTOMERS|Retail,Trade,Export
Cost Centre|1|EXPENSES|London,Manchester,York
Supplier Group|2|VENDORS|Goods,Services,Utilities
Project|1||Website,Office Move,Trade Fair
Product Group|2|PRODUCTS|Lighting,Seating,Paper"""

CURRENCIES = {
    "GBP": ("Pound Sterling", "£"),
    "EUR": ("Euro", "€"),
    "USD": ("US Dollar", "$"),
    "CHF": ("Swiss Franc", "CHF"),
    "CAD": ("Canadian Dollar", "$"),
}
RATES = {"EUR": "1.17", "USD": "1.27", "CHF": "1.12", "CAD": "1.72"}
"""What one pound is worth."""
