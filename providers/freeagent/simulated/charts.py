"""The lists of the companies as rows of text.

Nominal codes and their ranges are those of dev.freeagent.com/docs/categories, as far as it names them: income 001-049,
interest 051, cost of sales 096-199, administration 200-399, capital assets 601-607, stock 609, trade debtors 681 (support article
115001219150), bank 750, users 900-910. All other codes and the names of most are in the vendor's style, and unverified.
"""

# nominal code | description | group | what tax is by itself | is it allowable for tax | what only the system posts to
CATEGORIES = """\
001|Sales|income|Standard rate||
002|Sales of Services|income|Standard rate||
051|Interest Received|general|Outside of the scope of VAT||
101|Cost of Sales|cost_of_sales|Standard rate|yes|
102|Commission Paid|cost_of_sales|Standard rate|yes|
104|Subcontractor Costs|cost_of_sales|Standard rate|yes|
250|Accountancy Fees|admin_expenses|Standard rate|yes|
251|Office Costs|admin_expenses|Standard rate|yes|
256|Insurance|admin_expenses|Exempt|yes|
260|Rent|admin_expenses|Outside of the scope of VAT|yes|
268|Computer Software|admin_expenses|Standard rate|yes|
269|Computer Hardware|admin_expenses|Standard rate|yes|
280|Books and Journals|admin_expenses|Zero rate|yes|
285|Accommodation and Meals|admin_expenses|Standard rate|yes|
292|Light and Heat|admin_expenses|Reduced rate|yes|
359|Stationery|admin_expenses|Standard rate|yes|
360|Postage|admin_expenses|Exempt|yes|
362|Web Hosting|admin_expenses|Standard rate|yes|
363|Bank Charges|admin_expenses|Exempt|yes|
365|Travel|admin_expenses|Zero rate|yes|
366|Business Entertaining|admin_expenses|Outside of the scope of VAT||
391|Currency Gain or Loss|admin_expenses|Outside of the scope of VAT|yes|system
602|Computer Equipment Purchase|general|Standard rate||
609|Purchase of Stock|general|Standard rate||
681|Trade Debtors|general|||system
750|Bank Account|general|||system
796|Trade Creditors|general|||system
817|VAT|general|||system
820|Prepayments|general|Outside of the scope of VAT||
905|Expense Account|general|||system
907|Director Loan Account|general|Outside of the scope of VAT||"""

# organisation | first and last name | country | charge sales tax | terms in days | status | what it was before FreeAgent
TRADING_CONTACTS = """\
Central Copiers||United Kingdom|Auto|30|Active|supplier
PowerDirect||United Kingdom|Auto|14|Active|supplier
Net Connect||United Kingdom|Auto|30|Active|supplier
SMART Agency||United Kingdom|Auto|30|Active|
Gateway Motors||United Kingdom|Auto|30|Active|supplier
Berlin Bauteile GmbH||Germany|Auto|30|Active|supplier
Paris Paper SARL||France|Never|30|Active|
Old Supplies||United Kingdom|Auto|30|Hidden|supplier
|Petra Plumber|United Kingdom|Auto|7|Active|
Boom FM||United Kingdom|Auto|30|Active|client
City Limousines||United Kingdom|Always|14|Active|client
Rex Media Group||Germany|Auto|30|Active|client"""

AMERICA_CONTACTS = """\
Bay Office Supply||United States|Auto|30|Active|supplier
Pacific Power||United States|Auto|14|Active|supplier
Cool Cars||United States|Auto|30|Active|client"""

IRELAND_CONTACTS = """\
Dublin Stationers||Ireland|Auto|30|Active|supplier
Liffey Hosting||Ireland|Auto|30|Active|supplier
Cork Cycles||Ireland|Auto|30|Active|client"""

# name | type | currency (native, if empty) | is it the primary one | status
TRADING_BANKS = """\
Business Current Account|StandardBankAccount||yes|active
Euro Account|StandardBankAccount|EUR||active
Company Card|CreditCardAccount|||active
PayPal|PaypalAccount|||active
Old Current Account|StandardBankAccount|||hidden"""

OTHER_BANKS = """\
Checking|StandardBankAccount||yes|active
Company Card|CreditCardAccount|||active"""

# name | contact | status | currency (native, if empty)
TRADING_PROJECTS = """\
Jingles|Boom FM|Active|
Airport Runs|City Limousines|Active|
Trailers|Rex Media Group|Active|EUR
Old Campaign|Boom FM|Completed|"""

AMERICA_PROJECTS = """\
Showroom|Cool Cars|Active|"""

IRELAND_PROJECTS = """\
Bike Week|Cork Cycles|Active|"""

# code | type | price | tax | income category
PRICES = """\
CONSULT|Hours|95.00|standard|002
JINGLE|Products|450.00|standard|001"""

# day | description | amount
STATEMENT = """\
2026-02-12|CENTRAL COPIERS 4471|-120.00
2026-02-16|RAIL TICKETS|-64.50
2026-02-20|BOOM FM FPI|1140.00"""

_CODES = """
AED AMD AOA ARS AUD AWG AZN BBD BDT BGN BRL BWP CAD CHF CLP CNY COP CRC CUC CUP CZK DKK DOP EGP
EUR FJD GBP GEL GHS GTQ GYD HKD HNL HRK HUF IDR ILS INR ISK JMD JPY KES KRW KWD KYD KZT LAK LBP
LKR LTL LVL MAD MDL MGA MUR MVR MWK MXN MYR MZN NAD NGN NOK NPR NZD OMR PEN PHP PKR PLN QAR RON
RSD RUB RWF SAR SCR SEK SGD THB TND TRY TTD TWD TZS UAH UGX USD UYU VEF VND VUV XAF XCD XOF ZAR
ZMK
"""
CURRENCIES = tuple(_CODES.split())
"""dev.freeagent.com/docs/currencies: a list that is the same for all, and not an address of the API."""
