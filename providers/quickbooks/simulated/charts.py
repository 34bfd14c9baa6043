"""The lists of the two companies as rows of text: charts of accounts, tax, names, products and services."""

# number | name | type | subtype | currency (home, if empty) | is it inactive
UK_ACCOUNTS = """\
1|Business Current Account|Bank|Checking||
2|Business Savings Account|Bank|Savings||
3|Euro Account|Bank|Checking|EUR|
4|Company Card|Credit Card|CreditCard||
5|Petty Cash|Bank|CashOnHand||
6|Old Current Account|Bank|Checking||no
7|Debtors|Accounts Receivable|AccountsReceivable||
8|Debtors - EUR|Accounts Receivable|AccountsReceivable|EUR|
9|Creditors|Accounts Payable|AccountsPayable||
10|Creditors - EUR|Accounts Payable|AccountsPayable|EUR|
11|Creditors - USD|Accounts Payable|AccountsPayable|USD|
12|VAT Control|Other Current Liability|GlobalTaxPayable||
13|VAT Suspense|Other Current Liability|GlobalTaxSuspense||
14|Prepayments|Other Current Asset|PrepaidExpenses||
15|Undeposited Funds|Other Current Asset|UndepositedFunds||
16|Office Equipment|Fixed Asset|FurnitureAndFixtures||
17|Director's Loan|Long Term Liability|ShareholderNotesPayable||
18|Share Capital|Equity|CommonStock||
19|Sales|Income|SalesOfProductIncome||
20|Services|Income|ServiceFeeIncome||
21|Cost of Sales|Cost of Goods Sold|SuppliesMaterialsCogs||
22|Advertising and Marketing|Expense|AdvertisingPromotional||
23|Bank Charges|Expense|BankCharges||
24|Computer Software|Expense|OfficeGeneralAdministrativeExpenses||
25|Entertainment|Expense|EntertainmentMeals||
26|Insurance|Expense|Insurance||
27|Legal and Professional Fees|Expense|LegalProfessionalFees||
28|Office Supplies|Expense|OfficeGeneralAdministrativeExpenses||
29|Postage and Couriers|Expense|ShippingFreightDelivery||
30|Rent|Expense|RentOrLeaseOfBuildings||
31|Repairs and Maintenance|Expense|RepairMaintenance||
32|Telephone and Internet|Expense|Utilities||
33|Travel|Expense|Travel||
34|Utilities|Expense|Utilities||
35|Fax Rental|Expense|EquipmentRental||no
36|Exchange Gain or Loss|Other Expense|ExchangeGainOrLoss||"""

US_ACCOUNTS = """\
35|Checking|Bank|Checking||
36|Savings|Bank|Savings||
41|Mastercard|Credit Card|CreditCard||
42|Visa|Credit Card|CreditCard||no
84|Accounts Receivable (A/R)|Accounts Receivable|AccountsReceivable||
33|Accounts Payable (A/P)|Accounts Payable|AccountsPayable||
90|Board of Equalization Payable|Other Current Liability|SalesTaxPayable||
4|Undeposited Funds|Other Current Asset|UndepositedFunds||
3|Prepaid Expenses|Other Current Asset|PrepaidExpenses||
37|Truck|Fixed Asset|Vehicles||
2|Retained Earnings|Equity|RetainedEarnings||
79|Sales of Product Income|Income|SalesOfProductIncome||
1|Services|Income|ServiceFeeIncome||
80|Cost of Goods Sold|Cost of Goods Sold|SuppliesMaterialsCogs||
7|Advertising|Expense|AdvertisingPromotional||
8|Bank Charges|Expense|BankCharges||
13|Meals and Entertainment|Expense|EntertainmentMeals||
15|Office Expenses|Expense|OfficeGeneralAdministrativeExpenses||
17|Rent or Lease|Expense|RentOrLeaseOfBuildings||
20|Supplies|Expense|SuppliesMaterials||
22|Travel|Expense|Travel||
24|Utilities|Expense|Utilities||
26|Legal & Professional Fees|Expense|LegalProfessionalFees||
64|Software|Expense|OfficeGeneralAdministrativeExpenses||
66|Fax Rental|Expense|EquipmentRental||no"""

# id | name | description | rate of purchases | rate of sales (empty: the code is of the other side only) | is it inactive
UK_TAX = """\
2|20.0% S|Standard rate|20|20|
3|5.0% R|Reduced rate|5|5|
4|0.0% Z|Zero rated|0|0|
5|Exempt|Exempt|0|0|
6|No VAT|Outside the scope of VAT|0|0|
7|20.0% RC CIS|Reverse charge|0|0|
8|0.0% ECG|EC goods, zero|0|0|
9|17.5% S|Standard rate until 2011|17.5|17.5|no"""

# name | currency (home, if empty) | is it inactive
UK_VENDORS = """\
ABC Furniture||
Bluebird Couriers||no
Capital Cab Co||
Central Copiers||
City Limousines||
Dublin Print Works|EUR|
Melrose Parking||
Net Connect||
PowerDirect||
Rex Media Group||
SMART Agency||
Swanston Security||
Brooklyn Paper Co|USD|"""
UK_CUSTOMERS = """\
Bank West||
Basket Case||
Boom FM||
City Agency||
Hamilton Smith Ltd||
Paris Boutique|EUR|
Ridgeway University||
Closed Door Ltd||no"""
# name | the customer it is a project of
UK_PROJECTS = "Loft refit|Hamilton Smith Ltd\nNew website|Boom FM"
US_PROJECTS = "Aviary|Amy's Bird Sanctuary"
US_VENDORS = """\
Books by Bessie||
Brosnahan Insurance Agency||
Cal Telephone||
Central Copiers||
Computers by Jenni||
Hicks Hardware||
Norton Lumber and Building Materials||
PG&E||
Robertson & Associates||
Tania's Nursery||
Old Town Fax||no"""
US_CUSTOMERS = """\
Amy's Bird Sanctuary||
Bill's Windsurf Shop||
Cool Cars||
Freeman Sporting Goods||
Jeff's Jalopies||
Shara Barnett||no"""

# name | type | price | income account | expense account
UK_ITEMS = """\
Consulting|Service|95.00|20|
Delivery|Service|12.50|20|29
Desk Lamp|NonInventory|39.99|19|21
Training Day|Service|650.00|20|"""
US_ITEMS = """\
Design|Service|75.00|1|
Gardening|Service|45.00|1|
Installation|Service|50.00|1|
Rock Fountain|NonInventory|275.00|79|80"""

CLASSES = "North||\nSouth||\nOverseas||no"
DEPARTMENTS = "London||\nManchester||\nYork||no"
US_CLASSES = "Design||\nInstall||\nRetail||no"
US_DEPARTMENTS = "San Mateo||\nOakland||"

# name | days
TERMS = "Due on receipt|0\nNet 14|14\nNet 30|30\nNet 60|60"

CURRENCIES = {"GBP": "British Pound Sterling", "EUR": "Euro", "USD": "United States Dollar", "CHF": "Swiss Franc"}
