"""The fields of Sage Accounting 3.1 in our own words: of each its form, and where it was learnt.

The vendor's swagger has no licence, so it is not here. `M` is the model of that name as generated from swagger 3.1 into
SynergiTech/sage-php (docs/Model, read 2026); `G` a guide at developer.sage.com (Multi business, Analysis types, Attachments);
`U` the file of users and businesses at version 3.1 (nook-io/python-sage openapi.user_business.json); `?` is not verified.

Forms: text, day, moment, number (as text or not), whole, flag, to (a reference), any of these with `?` if it may be null,
`list of x`, and the name of a form below. What may be left out of an answer is marked with `~`.
"""

BASE = """\
id | text | M Base
displayed_as | text | M Base
$path | text | M Base"""
DATED = """\
created_at | moment ~ | M Base, of every model
updated_at | moment ~ | M Base, of every model"""
LINE = """\
id | text | M PurchaseInvoiceLineItem
displayed_as | text | M PurchaseInvoiceLineItem
description | text | M PurchaseInvoiceLineItem
product | to ? | M PurchaseInvoiceLineItem
service | to ? | M PurchaseInvoiceLineItem
ledger_account | to | M PurchaseInvoiceLineItem
trade_of_asset | flag | M PurchaseInvoiceLineItem
quantity | number | M PurchaseInvoiceLineItem
unit_price | number | M PurchaseInvoiceLineItem
net_amount | number | M PurchaseInvoiceLineItem
tax_rate | to | M PurchaseInvoiceLineItem
tax_amount | number | M PurchaseInvoiceLineItem
total_amount | number | M PurchaseInvoiceLineItem
unit_price_includes_tax | flag | M PurchaseInvoiceLineItem
base_currency_unit_price | number | M PurchaseInvoiceLineItem
base_currency_net_amount | number | M PurchaseInvoiceLineItem
base_currency_tax_amount | number | M PurchaseInvoiceLineItem
base_currency_total_amount | number | M PurchaseInvoiceLineItem
analysis_type_categories | list of chosen_category ~ | G Analysis types, show_analysis_types
discount_amount | number ~ | M SalesInvoiceLineItem
base_currency_discount_amount | number ~ | M SalesInvoiceLineItem
discount_percentage | number ~ | M SalesInvoiceLineItem"""
ARTEFACT = """\
links | list of link | M PurchaseInvoice
editable | flag | M PurchaseInvoice
vat_reverse_charge | flag | M PurchaseInvoice
transaction | to | M PurchaseInvoice
transaction_type | to | M PurchaseInvoice
deleted_at | moment ? | M PurchaseInvoice
contact | to | M PurchaseInvoice
contact_name | text | M PurchaseInvoice
contact_reference | text ? | M PurchaseInvoice
date | day | M PurchaseInvoice
reference | text ? | M PurchaseInvoice
notes | text ? | M PurchaseInvoice
total_quantity | number | M PurchaseInvoice
net_amount | number | M PurchaseInvoice
tax_amount | number | M PurchaseInvoice
total_amount | number | M PurchaseInvoice
payments_allocations_total_amount | number | M PurchaseInvoice
payments_allocations_total_discount | number | M PurchaseInvoice
total_paid | number | M PurchaseInvoice
outstanding_amount | number | M PurchaseInvoice
currency | to | M PurchaseInvoice
exchange_rate | number | M PurchaseInvoice
inverse_exchange_rate | number | M PurchaseInvoice
base_currency_net_amount | number | M PurchaseInvoice
base_currency_tax_amount | number | M PurchaseInvoice
base_currency_total_amount | number | M PurchaseInvoice
base_currency_outstanding_amount | number | M PurchaseInvoice
status | to | M PurchaseInvoice
void_reason | text ? | M PurchaseInvoice
tax_analysis | list of tax | M PurchaseInvoice
payments_allocations | list of settlement ~ | M PurchaseInvoice, show_payments_allocations
last_paid | day ? | M PurchaseInvoice
tax_reconciled | flag | M PurchaseInvoice
migrated | flag | M PurchaseInvoice
tax_calculation_method | text | M PurchaseInvoice"""
BOUGHT = "vendor_reference | text ? | M PurchaseInvoice"
SOLD = """\
sent | flag | M SalesInvoice
total_discount_amount | number | M SalesInvoice"""
INVOICED = "invoice_lines | list of line | M PurchaseInvoice\ndue_date | day | M PurchaseInvoice"
CREDITED = (
    "credit_note_lines | list of line | M PurchaseCreditNote\noriginal_invoice_date | day ? | M PurchaseCreditNote"
)
ENTRY = """\
transaction | to | M PurchaseQuickEntry
transaction_type | to | M PurchaseQuickEntry
deleted_at | moment ? | M PurchaseQuickEntry
quick_entry_type | to | M PurchaseQuickEntry
contact | to | M PurchaseQuickEntry
contact_name | text | M PurchaseQuickEntry
contact_reference | text ? | M PurchaseQuickEntry
date | day | M PurchaseQuickEntry
reference | text | M PurchaseQuickEntry
ledger_account | to | M PurchaseQuickEntry
details | text ? | M PurchaseQuickEntry
net_amount | number | M PurchaseQuickEntry
tax_rate | to | M PurchaseQuickEntry
tax_amount | number | M PurchaseQuickEntry
total_amount | number | M PurchaseQuickEntry
outstanding_amount | number | M PurchaseQuickEntry
currency | to | M PurchaseQuickEntry
exchange_rate | number | M PurchaseQuickEntry
inverse_exchange_rate | number | M PurchaseQuickEntry
base_currency_net_amount | number | M PurchaseQuickEntry
base_currency_tax_amount | number | M PurchaseQuickEntry
base_currency_total_amount | number | M PurchaseQuickEntry
base_currency_outstanding_amount | number | M PurchaseQuickEntry
status | to | M PurchaseQuickEntry
payments_allocations | list of settlement ~ | M PurchaseQuickEntry
migrated | flag | M PurchaseQuickEntry
analysis_type_categories | list of chosen_category ~ | G Analysis types
editable | flag | ?
last_paid | day ? | ?
payments_allocations_total_amount | number | ?
payments_allocations_total_discount | number | ?
total_paid | number | ?"""

FORMS = {
    "to": BASE,
    "link": "href | text | M Link\nrel | text | M Link\ntype | text | M Link",
    "line": LINE,
    "tax": """\
tax_rate | to | M ArtefactTaxAnalysis
net_amount | number | M ArtefactTaxAnalysis
tax_amount | number | M ArtefactTaxAnalysis
total_amount | number | M ArtefactTaxAnalysis""",
    "settlement": """\
date | day | M PaymentAllocation
type | text | M PaymentAllocation
reference | text ? | M PaymentAllocation
amount | number | M PaymentAllocation
discount | number | M PaymentAllocation
displayed_as | text | M PaymentAllocation
contact_payment | to ~ | M PaymentAllocation
contact_allocation | to ~ | M PaymentAllocation""",
    "chosen_category": f"{BASE}\nanalysis_type | to | M AnalysisTypeLineItem",
    "purchase_invoice": f"{BASE}\n{DATED}\n{ARTEFACT}\n{BOUGHT}\n{INVOICED}",
    "purchase_credit_note": f"{BASE}\n{DATED}\n{ARTEFACT}\n{BOUGHT}\n{CREDITED}",
    "sales_invoice": f"{BASE}\n{DATED}\n{ARTEFACT}\n{SOLD}\n{INVOICED}\ninvoice_number | text | M SalesInvoice",
    "sales_credit_note": f"{BASE}\n{DATED}\n{ARTEFACT}\n{SOLD}\n{CREDITED}\ncredit_note_number | text | M SalesCreditNote",
    "purchase_quick_entry": f"{BASE}\n{DATED}\n{ENTRY}",
    "sales_quick_entry": f"{BASE}\n{DATED}\n{ENTRY}",
    "payment_line": """\
id | text | M OtherPaymentLineItem
displayed_as | text | M OtherPaymentLineItem
ledger_account | to | M OtherPaymentLineItem
details | text ? | M OtherPaymentLineItem
tax_rate | to | M OtherPaymentLineItem
net_amount | number | M OtherPaymentLineItem
tax_amount | number | M OtherPaymentLineItem
total_amount | number | M OtherPaymentLineItem
trade_of_asset | flag | M OtherPaymentLineItem
analysis_type_categories | list of chosen_category ~ | M OtherPaymentLineItem""",
    "other_payment": f"""\
{BASE}
{DATED}
transaction | to | M OtherPayment
transaction_type | to | M OtherPayment
deleted_at | moment ? | M OtherPayment
payment_method | to ? | M OtherPayment
contact | to ? | M OtherPayment
bank_account | to | M OtherPayment
date | day | M OtherPayment
net_amount | number | M OtherPayment
tax_amount | number | M OtherPayment
total_amount | number | M OtherPayment
reference | text ? | M OtherPayment
payment_lines | list of payment_line | M OtherPayment
editable | flag | M OtherPayment
deletable | flag | M OtherPayment""",
    "allocated": """\
id | text | M AllocatedPaymentArtefact
artefact | to | M AllocatedPaymentArtefact
amount | number | M AllocatedPaymentArtefact
discount | number ~ | M AllocatedPaymentArtefact""",
    "on_account": """\
amount | number | ?
outstanding_amount | number | ?""",
    "contact_payment": f"""\
{BASE}
{DATED}
links | list of link | M ContactPayment
transaction | to | M ContactPayment
transaction_type | to | M ContactPayment
deleted_at | moment ? | M ContactPayment
payment_method | to ? | M ContactPayment
contact | to | M ContactPayment
bank_account | to | M ContactPayment
date | day | M ContactPayment
net_amount | number | M ContactPayment
tax_amount | number | M ContactPayment
total_amount | number | M ContactPayment
currency | to | M ContactPayment
exchange_rate | number | M ContactPayment
base_currency_net_amount | number | M ContactPayment
base_currency_tax_amount | number | M ContactPayment
base_currency_total_amount | number | M ContactPayment
base_currency_currency_charge | number | M ContactPayment
reference | text ? | M ContactPayment
allocated_artefacts | list of allocated | M ContactPayment
payment_on_account | on_account ? | M ContactPayment
editable | flag | M ContactPayment""",
    "contact_allocation": f"""\
{BASE}
{DATED}
links | list of link | M ContactAllocation
transaction | to | M ContactAllocation
transaction_type | to | M ContactAllocation
deleted_at | moment ? | M ContactAllocation
date | day | M ContactAllocation
contact | to | M ContactAllocation
allocated_artefacts | list of allocated | M ContactAllocation""",
    "attachment": f"""\
{BASE}
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
