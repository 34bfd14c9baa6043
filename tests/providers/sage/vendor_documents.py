"""The fields of documents; as in `vendor_fields`, of each its form, and where it was learnt."""

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

DOCUMENTS = {
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
}
