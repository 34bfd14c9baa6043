"""The fields of Sage Accounting 3.1 in our own words: of each its form, and where it was learnt.

The vendor's swagger has no licence, so it is not here. `M` is the model of that name as generated from swagger 3.1 into
SynergiTech/sage-php (docs/Model, read 2026); `G` a guide at developer.sage.com (Multi business, Analysis types, Attachments);
`U` the file of users and businesses at version 3.1 (nook-io/python-sage openapi.user_business.json); `?` is not verified.

Forms: text, day, moment, number (as text or not), whole, flag, to (a reference), any of these with `?` if it may be null,
`list of x`, and the name of a form below. What may be left out of an answer is marked with `~`.
"""

from tests.providers.sage.vendor_documents import BASE, DATED, DOCUMENTS

FORMS = {
    "to": BASE,
    "link": "href | text | M Link\nrel | text | M Link\ntype | text | M Link",
    **DOCUMENTS,
    "attachment": f"""\
id | text | M Base
displayed_as | text ? | G Attachments
$path | text | M Base
{DATED}
deleted_at | moment ? | M Attachment
mime_type | text | M Attachment
description | text ? | M Attachment
file_extension | text | M Attachment
transaction | to ? | M Attachment
file_size | whole | M Attachment
file_name | text | M Attachment
$file_path | text | M Attachment
attachment_context_type | to ? | M Attachment
attachment_context | to ? | M Attachment
is_public | flag | M Attachment""",
    "group": "id | text | M CoaGroupType\ndisplayed_as | text | M CoaGroupType",
    "ledger_account": f"""\
{BASE}
{DATED}
ledger_account_group | group | M LedgerAccount
name | text | M LedgerAccount
display_name | text | M LedgerAccount
visible_scopes | list of text | M LedgerAccount
included_in_chart | flag | M LedgerAccount
nominal_code | whole | M LedgerAccount
ledger_account_type | to | M LedgerAccount
tax_rate | to ? | M LedgerAccount
fixed_tax_rate | flag | M LedgerAccount
visible_in_banking | flag | M LedgerAccount
visible_in_expenses | flag | M LedgerAccount
visible_in_journals | flag | M LedgerAccount
visible_in_other_payments | flag | M LedgerAccount
visible_in_other_receipts | flag | M LedgerAccount
visible_in_reporting | flag | M LedgerAccount
visible_in_sales | flag | M LedgerAccount
is_control_account | flag | M LedgerAccount
control_name | text ? | M LedgerAccount
display_formatted | text | M LedgerAccount""",
    "percentage": """\
percentage | number | M TaxRatePercentage
from_date | day ? | M TaxRatePercentage
to_date | day ? | M TaxRatePercentage""",
    "tax_rate": f"""\
{BASE}
{DATED}
name | text | M TaxRate
agency | text ? | M TaxRate
percentage | number | M TaxRate
percentages | list of percentage | M TaxRate
is_visible | flag | M TaxRate
retailer | flag | M TaxRate
editable | flag | M TaxRate
deletable | flag | M TaxRate
is_combined_rate | flag | M TaxRate
component_tax_rates | list of to | M TaxRate""",
    "contact": f"""\
{BASE}
{DATED}
links | list of link | M Contact
deleted_at | moment ? | M Contact
balance | number | M Contact
contact_types | list of to | M Contact
name | text | M Contact
reference | text ? | M Contact
default_sales_ledger_account | to ? | M Contact
default_sales_tax_rate | to ? | M Contact
default_purchase_ledger_account | to ? | M Contact
tax_number | text ? | M Contact
notes | text ? | M Contact
currency | to | M Contact
credit_days | whole ? | M Contact
email | text ? | M Contact
deletable | flag | M Contact
gdpr_obfuscated | flag | M Contact
system | flag | M Contact""",
    "bank_details": """\
account_name | text ? | M BankAccountDetails
account_number | text ? | M BankAccountDetails
sort_code | text ? | M BankAccountDetails
bic | text ? | M BankAccountDetails
iban | text ? | M BankAccountDetails""",
    "bank_account": f"""\
{BASE}
{DATED}
deleted_at | moment ? | M BankAccount
bank_account_details | bank_details | M BankAccount
ledger_account | to | M BankAccount
bank_account_type | to | M BankAccount
balance | number | M BankAccount
nominal_code | whole | M BankAccount
editable | flag | M BankAccount
deletable | flag | M BankAccount
default_payment_method | to ? | M BankAccount
is_active | flag | M BankAccount""",
    "price": "product_sales_price_name | text | ?\nprice | number | ?",
    "item": f"""\
{BASE}
{DATED}
deleted_at | moment ? | M Product
item_code | text | M Product
description | text | M Product
sales_ledger_account | to ? | M Product
purchase_ledger_account | to ? | M Product
sales_tax_rate | to ? | M Product
purchase_tax_rate | to ? | M Product
cost_price | number | M Product
sales_prices | list of price | M Product
active | flag | M Product""",
    "level": "id | whole | G Analysis types\nname | text | G Analysis types\nidentifier | text | G Analysis types",
    "analysis_type": f"""\
{BASE}
{DATED}
name | text | M AnalysisType
active_areas | list of text | M AnalysisType
analysis_type_level | level | G Analysis types
analysis_type_categories | list of analysis_type_category | M AnalysisType""",
    "analysis_type_category": f"""\
{BASE}
{DATED}
code | text | M AnalysisTypeCategory
name | text | M AnalysisTypeCategory
combined_id | text ? | M AnalysisTypeCategory
analysis_type | to | M AnalysisTypeCategory
deleted_at | moment ~ | ?""",
    "business_exchange_rate": f"""\
{BASE}
{DATED}
rate | number | M BusinessExchangeRate
inverse_rate | number | M BusinessExchangeRate
base_currency | to | M BusinessExchangeRate
currency | to | M BusinessExchangeRate""",
    "currency": f"{BASE}\nname | text | ?\niso | text | ?\nsymbol | text | ?",
    "financial_settings": """\
$path | text | M FinancialSettings
year_end_date | day | M FinancialSettings
year_end_lockdown_date | day ? | M FinancialSettings
accounting_type | text | M FinancialSettings
accounts_start_date | day | M FinancialSettings
base_currency | to | M FinancialSettings
multi_currency_enabled | flag | M FinancialSettings
use_live_exchange_rates | flag | M FinancialSettings
mtd_activation_status | text ? | M FinancialSettings
mtd_connected | flag ? | M FinancialSettings
mtd_authenticated_date | day ? | M FinancialSettings
tax_scheme | to | M FinancialSettings
tax_return_frequency | to | M FinancialSettings
tax_number | text | M FinancialSettings
sales_tax_calculation | text | M FinancialSettings
purchase_tax_calculation | text | M FinancialSettings
updated_at | moment | M FinancialSettings""",
    "business_settings": """\
$path | text | M BusinessSettings
default_ledger_accounts | to ? | M BusinessSettings
business_type | to ? | M BusinessSettings
country_of_registration | to | M BusinessSettings
business_created_at | moment | M BusinessSettings
updated_at | moment | M BusinessSettings
wizard_complete | flag | M BusinessSettings""",
    "country": "id | text | U\ndisplayed_as | text | U",
    "subscription": """\
id | text | U
displayed_as | text | U
created_at | moment | U
updated_at | moment | U
active | flag | U
status | text | U""",
    "business": """\
id | text | U
displayed_as | text | U
$path | text | G Multi business
created_at | moment | U
updated_at | moment | U
name | text | U
address_line_1 | text | U
address_line_2 | text | U
city | text | U
postal_code | text | U
country | country | U
region | text | U
telephone | text | U
mobile | text | U
website | text | U
is_demo | flag | U
ni_based | flag | U
subscriptions | list of subscription | U""",
    "user": """\
id | text | U
displayed_as | text | U
$path | text | ?
first_name | text | U
last_name | text | U
initials | text | U
email | text | U
locale | text | U""",
}
PLURALS = {
    "purchase_invoices": "purchase_invoice",
    "purchase_credit_notes": "purchase_credit_note",
    "purchase_quick_entries": "purchase_quick_entry",
    "sales_invoices": "sales_invoice",
    "sales_credit_notes": "sales_credit_note",
    "sales_quick_entries": "sales_quick_entry",
    "other_payments": "other_payment",
    "contact_payments": "contact_payment",
    "contact_allocations": "contact_allocation",
    "attachments": "attachment",
    "ledger_accounts": "ledger_account",
    "tax_rates": "tax_rate",
    "contacts": "contact",
    "bank_accounts": "bank_account",
    "products": "item",
    "services": "item",
    "stock_items": "item",
    "analysis_types": "analysis_type",
    "analysis_type_categories": "analysis_type_category",
    "business_exchange_rates": "business_exchange_rate",
    "currencies": "currency",
}
"""The form of an entry of each list; every other list is of references."""
