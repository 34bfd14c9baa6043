"""The charts, tax rates and contacts that the two organisations start with, one a line; see `seed` for what they become.

The charts follow the ones Xero gives a new organisation in each country, with a few accounts archived.
"""

# code, name, type, default tax
UK_CHART = """
200|Sales|REVENUE|OUTPUT2
260|Other Revenue|REVENUE|OUTPUT2
270|Interest Income|REVENUE|NONE
310|Cost of Goods Sold|DIRECTCOSTS|INPUT2
320|Direct Wages|DIRECTCOSTS|NONE
325|Direct Expenses|DIRECTCOSTS|INPUT2
400|Advertising & Marketing|OVERHEADS|INPUT2
401|Audit & Accountancy fees|OVERHEADS|INPUT2
404|Bank Fees|OVERHEADS|NONE
408|Cleaning|OVERHEADS|INPUT2
412|Consulting|OVERHEADS|INPUT2
416|Depreciation Expense|OVERHEADS|NONE
418|Charitable and Political Donations|OVERHEADS|EXEMPTINPUT
420|Entertainment - 100% business|OVERHEADS|INPUT2
424|Entertainment - 0%|OVERHEADS|NONE
425|Postage, Freight & Courier|OVERHEADS|INPUT2
429|General Expenses|OVERHEADS|INPUT2
433|Insurance|OVERHEADS|NONE
437|Interest Paid|OVERHEADS|NONE
441|Legal Expenses|OVERHEADS|INPUT2
445|Light, Power, Heating|OVERHEADS|RRINPUT
449|Motor Vehicle Expenses|OVERHEADS|INPUT2
457|Operating Lease Payments|OVERHEADS|INPUT2
461|Printing & Stationery|OVERHEADS|INPUT2
463|IT Software and Consumables|OVERHEADS|INPUT2
465|Rates|OVERHEADS|NONE
469|Rent|OVERHEADS|INPUT2
473|Repairs & Maintenance|OVERHEADS|INPUT2
477|Salaries|OVERHEADS|NONE
479|Employers National Insurance|OVERHEADS|NONE
480|Staff Training|OVERHEADS|INPUT2
485|Subscriptions|OVERHEADS|INPUT2
489|Telephone & Internet|OVERHEADS|INPUT2
493|Travel - National|OVERHEADS|INPUT2
494|Travel - International|OVERHEADS|ZERORATEDINPUT
497|Bank Revaluations|OVERHEADS|NONE|BANKCURRENCYGAIN
498|Unrealised Currency Gains|OVERHEADS|NONE|UNREALISEDCURRENCYGAIN
499|Realised Currency Gains|OVERHEADS|NONE|REALISEDCURRENCYGAIN
500|Corporation Tax|OVERHEADS|NONE
610|Accounts Receivable|CURRENT|NONE|DEBTORS
611|Less Provision for Doubtful Debts|CURRENT|NONE
620|Prepayments|CURRENT|NONE
630|Inventory|INVENTORY|NONE
710|Office Equipment|FIXED|INPUT2
711|Less Accumulated Depreciation on Office Equipment|FIXED|NONE
720|Computer Equipment|FIXED|INPUT2
740|Plant and Machinery|FIXED|INPUT2
800|Accounts Payable|CURRLIAB|NONE|CREDITORS
801|Unpaid Expense Claims|CURRLIAB|NONE|UNPAIDEXPCLM
805|Accruals|CURRLIAB|NONE
814|Wages Payable - Payroll|CURRLIAB|NONE|WAGEPAYABLES
820|VAT|CURRLIAB|NONE|GST
825|PAYE Payable|CURRLIAB|NONE
835|Directors' Loan Account|CURRLIAB|NONE
840|Historical Adjustment|CURRLIAB|NONE|HISTORICAL
850|Suspense|CURRLIAB|NONE
860|Rounding|CURRLIAB|NONE|ROUNDING
877|Tracking Transfers|CURRLIAB|NONE|TRACKINGTRANSFERS
900|Loan|TERMLIAB|NONE
960|Retained Earnings|EQUITY|NONE|RETAINEDEARNINGS
970|Owner A Funds Introduced|EQUITY|NONE
"""
IE_CHART = """
200|Sales|REVENUE|OUTPUT4
260|Other Revenue|REVENUE|OUTPUT4
310|Cost of Goods Sold|DIRECTCOSTS|INPUT4
400|Advertising|OVERHEADS|INPUT4
404|Bank Fees|OVERHEADS|NONE
412|Consulting & Accounting|OVERHEADS|INPUT4
425|Freight & Courier|OVERHEADS|INPUT4
429|General Expenses|OVERHEADS|INPUT4
433|Insurance|OVERHEADS|NONE
445|Light, Power, Heating|OVERHEADS|INPUT3
461|Printing & Stationery|OVERHEADS|INPUT4
469|Rent|OVERHEADS|INPUT4
485|Subscriptions|OVERHEADS|INPUT4
489|Telephone & Internet|OVERHEADS|INPUT4
493|Travel|OVERHEADS|NONE
610|Accounts Receivable|CURRENT|NONE|DEBTORS
720|Computer Equipment|FIXED|INPUT4
800|Accounts Payable|CURRLIAB|NONE|CREDITORS
820|VAT|CURRLIAB|NONE|GST
860|Rounding|CURRLIAB|NONE|ROUNDING
960|Retained Earnings|EQUITY|NONE|RETAINEDEARNINGS
"""
UK_ARCHIVED = ("426|Magazines (old)|OVERHEADS|INPUT2", "462|Fax Supplies|OVERHEADS|INPUT2")

# tax type, name, rate, can apply to (Assets, eQuity, Expenses, Liabilities, Revenue), report tax type
UK_TAX = """
INPUT2|20% (VAT on Expenses)|20|AQEL|INPUT
OUTPUT2|20% (VAT on Income)|20|AQLR|OUTPUT
RRINPUT|5% (VAT on Expenses)|5|AQEL|INPUT
RROUTPUT|5% (VAT on Income)|5|AQLR|OUTPUT
EXEMPTINPUT|Exempt Expenses|0|AQEL|EXEMPTINPUT
EXEMPTOUTPUT|Exempt Income|0|AQLR|EXEMPTOUTPUT
ZERORATEDINPUT|Zero Rated Expenses|0|AQEL|ZERORATEDINPUT
ZERORATEDOUTPUT|Zero Rated Income|0|AQLR|ZERORATEDOUTPUT
CAPEXINPUT2|20% (VAT on Capital Purchases)|20|A|CAPEXINPUT
REVERSECHARGES|Reverse Charge Expenses (20%)|0|AEL|REVERSECHARGES
ECZROUTPUTSERVICES|Zero Rated EC Services|0|AQLR|ECOUTPUTSERVICES
NONE|No VAT|0|AQELR|NONE
"""
UK_TAX_ARCHIVED = (
    "SRINPUT|17.5% (VAT on Expenses)|17.5|AQEL|INPUT",
    "SROUTPUT|17.5% (VAT on Income)|17.5|AQLR|OUTPUT",
)
IE_TAX = """
INPUT4|23% (VAT on Expenses)|23|AQEL|INPUT
OUTPUT4|23% (VAT on Income)|23|AQLR|OUTPUT
INPUT3|13.5% (VAT on Expenses)|13.5|AQEL|INPUT
OUTPUT3|13.5% (VAT on Income)|13.5|AQLR|OUTPUT
EXEMPTINPUT|Exempt Expenses|0|AQEL|EXEMPTINPUT
EXEMPTOUTPUT|Exempt Income|0|AQLR|EXEMPTOUTPUT
ZERORATEDINPUT|Zero Rated Expenses|0|AQEL|ZERORATEDINPUT
ZERORATEDOUTPUT|Zero Rated Income|0|AQLR|ZERORATEDOUTPUT
NONE|No VAT|0|AQELR|NONE
"""

# name, supplier or customer, default account, tax number
UK_CONTACTS = """
24 Locks|S|473|
7-Eleven Stationers|S|461|
Abby & Wells|SC|429|
ABC Furniture|S|720|GB123456789
Bank West|S|404|
Basket Case|C||
Bayside Club|C||
Berry Brew|S|420|
Boom FM|C||
Brunswick Petals|S|429|
Capital Cab Co|S|493|
Carlton Functions|S|420|
Central Copiers|S|461|GB223344556
City Agency|C||
City Limousines|SC|493|
Cube Land|C||
DIISR - Small Business Services|C||
Dimples Warehouse|S|310|
Espresso 31|S|420|
Fulton Airport Parking|S|493|
Gable Print|S|400|GB330011224
Gateway Motors|S|449|GB887766554
Hoyt Productions|SC|400|
Jakaranda Maple Systems|C||
Marine Systems|C||
Melrose Parking|S|493|
Net Connect|S|489|GB999888777
PowerDirect|S|445|GB111222333
Ridgeway University|C||
SMART Agency|S|469|GB555666777
Swanston Security|S|473|
Truxton Property Management|S|469|
Xero|S|485|
Young Bros Transport|S|425|
"""
UK_CONTACTS_ARCHIVED = ("Orchard Timber (closed)|S|310|", "Bluebird Couriers|S|425|", "Parcel Force Nine|S|425|")
IE_CONTACTS = """
An Post|S|425|
Dublin Print Works|S|461|IE1234567T
Electric Ireland|S|445|
Liffey Office Supplies|S|461|
"""

# code, name, then price, account and tax rate: as bought, as sold
UK_ITEMS = """
PAPER-A4|A4 paper, 5 reams|18.50 461 INPUT2|
TONER|Toner cartridge, black|64.99 461 INPUT2|
HOSTING|Web hosting, one month|29.00 463 INPUT2|49.00 200 OUTPUT2
CONSULT|Consulting, one hour||95.00 200 OUTPUT2
BOOK|Training handbook|9.95 480 ZERORATEDINPUT|14.50 200 ZERORATEDOUTPUT
"""
IE_ITEMS = """
PAPER-A4|A4 paper, 5 reams|21.00 461 INPUT4|
CONSULT|Consulting, one hour||110.00 200 OUTPUT4
"""
