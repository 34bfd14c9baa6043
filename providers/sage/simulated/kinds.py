"""Which resources there are, and who may do what with them.

Which roles, in which areas, and which plans a call needs is said with every endpoint of the swagger of version 3.1 (copies in
SynergiTech/sage-php and nook-io/python-sage, and withone.ai of 2026). For contacts, products, stock and settings this was not
read: they are by the guide "Access rights".
"""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from providers.sage.simulated.seed import PLUS, STANDARD, START


class Level(IntEnum):
    """As the guide "Access rights" has them."""

    NONE = 0
    READ_ONLY = 1
    RESTRICTED = 2
    FULL = 3


class Area(StrEnum):
    SALES = "Sales"
    PURCHASES = "Purchases"
    PRODUCTS = "Products & Services"
    CONTACTS = "Contacts"
    BANK = "Bank"
    JOURNALS = "Journals"
    SETTINGS = "Settings"


OF_ROLE = {
    "OWNER": Level.FULL,
    "SYSTEM_MANAGER": Level.FULL,
    "FULL": Level.FULL,
    "RESTRICTED": Level.RESTRICTED,
    "READ_ONLY": Level.READ_ONLY,
    "NONE": Level.NONE,
}
ALL_PLANS = frozenset({PLUS, STANDARD, START})
NOT_START = frozenset({PLUS, STANDARD})
EVERYWHERE = tuple(Area)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    plural: str
    singular: str
    words: str
    areas: tuple[Area, ...] = EVERYWHERE
    """One of these is enough, but where `needs_all`."""
    needs_all: bool = False
    reads: Level = Level.READ_ONLY
    writes: Level = Level.RESTRICTED
    plans: frozenset[str] = ALL_PLANS
    """Where it may be read."""
    writing_plans: frozenset[str] = field(default=ALL_PLANS)


def _artefact(plural: str, singular: str, words: str, area: Area, writing_plans: frozenset[str]) -> Kind:
    return Kind(plural=plural, singular=singular, words=words, areas=(area,), writing_plans=writing_plans)


KINDS = {
    kind.plural: kind
    for kind in (
        Kind(plural="ledger_accounts", singular="ledger_account", words="Ledger Account", writes=Level.FULL),
        Kind(plural="tax_rates", singular="tax_rate", words="Tax Rate"),
        # whoever has no access to contacts still sees them by the API ("Access rights")
        Kind(plural="contacts", singular="contact", words="Contact", areas=(Area.CONTACTS,), reads=Level.NONE),
        Kind(plural="bank_accounts", singular="bank_account", words="Bank Account", areas=(Area.BANK,)),
        Kind(plural="products", singular="product", words="Product", areas=(Area.PRODUCTS,)),
        Kind(plural="services", singular="service", words="Service", areas=(Area.PRODUCTS,)),
        Kind(
            plural="stock_items",
            singular="stock_item",
            words="Stock Item",
            areas=(Area.PRODUCTS,),
            plans=NOT_START,
        ),
        Kind(
            plural="analysis_types",
            singular="analysis_type",
            words="Analysis Type",
            areas=(Area.SETTINGS,),
            reads=Level.FULL,
            writes=Level.FULL,
            plans=NOT_START,
            writing_plans=NOT_START,
        ),
        Kind(
            plural="analysis_type_categories",
            singular="analysis_type_category",
            words="Analysis Type Category",
            areas=(Area.SETTINGS,),
            reads=Level.READ_ONLY,
            writes=Level.FULL,
            plans=NOT_START,
            writing_plans=NOT_START,
        ),
        Kind(
            plural="business_exchange_rates",
            singular="business_exchange_rate",
            words="Business Exchange Rate",
            areas=(Area.SETTINGS,),
            writes=Level.FULL,
        ),
        _artefact("purchase_invoices", "purchase_invoice", "Purchase Invoice", Area.PURCHASES, NOT_START),
        _artefact("purchase_credit_notes", "purchase_credit_note", "Purchase Credit Note", Area.PURCHASES, NOT_START),
        _artefact("purchase_quick_entries", "purchase_quick_entry", "Purchase Quick Entry", Area.PURCHASES, NOT_START),
        _artefact("sales_invoices", "sales_invoice", "Sales Invoice", Area.SALES, ALL_PLANS),
        _artefact("sales_credit_notes", "sales_credit_note", "Sales Credit Note", Area.SALES, ALL_PLANS),
        _artefact("sales_quick_entries", "sales_quick_entry", "Sales Quick Entry", Area.SALES, NOT_START),
        Kind(plural="other_payments", singular="other_payment", words="Other Payment", areas=(Area.BANK,)),
        Kind(plural="contact_payments", singular="contact_payment", words="Contact Payment", areas=(Area.BANK,)),
        Kind(
            plural="contact_allocations",
            singular="contact_allocation",
            words="Contact Allocation",
            areas=(Area.SALES, Area.PURCHASES, Area.CONTACTS),
            needs_all=True,
            writes=Level.FULL,
            plans=NOT_START,
            writing_plans=NOT_START,
        ),
        Kind(plural="attachments", singular="attachment", words="Attachment", areas=(Area.SALES, Area.PURCHASES)),
    )
}
ARTEFACTS = (
    "purchase_invoices",
    "purchase_credit_notes",
    "purchase_quick_entries",
    "sales_invoices",
    "sales_credit_notes",
    "sales_quick_entries",
)
"""What is owed until it is settled."""
DOCUMENTS = (*ARTEFACTS, "other_payments", "contact_payments", "contact_allocations")
SETTINGS = Kind(plural="settings", singular="settings", words="Settings", areas=(Area.SETTINGS,), writes=Level.FULL)
FIXED = Kind(plural="types", singular="type", words="Type", reads=Level.NONE)
"""Lists that are the same for everybody, and what needs no role at all."""
ANALYSIS_TYPE = Kind(
    plural="one_analysis_type",
    singular="analysis_type",
    words="Analysis Type",
    reads=Level.NONE,
    plans=NOT_START,
)
"""One by its key, which needs no role, where their list needs the highest."""

STATUSES = {"DRAFT": "Draft", "UNPAID": "Unpaid", "PART_PAID": "Part Paid", "PAID": "Paid", "VOID": "Void"}
"""`/artefact_statuses`; `PAID` and `DRAFT` were seen, the other three are from memory."""
FIXED_LISTS = {
    "artefact_statuses": STATUSES,
    "contact_types": {"CUSTOMER": "Customer", "VENDOR": "Supplier"},
    "payment_methods": {
        "CASH": "Cash",
        "CHECK": "Cheque",
        "CREDIT_DEBIT": "Credit/Debit Card",
        "ELECTRONIC": "Electronic",
    },
    "quick_entry_types": {"INVOICE": "Invoice", "CREDIT_NOTE": "Credit Note"},
    "bank_account_types": {
        "CHECKING": "Checking",
        "SAVINGS": "Savings",
        "CREDIT_CARD": "Credit Card",
        "CASH": "Cash",
        "LOAN": "Loan",
        "OTHER": "Other",
    },
    "attachment_context_types": {
        "PURCHASE_INVOICE": "Purchase Invoice",
        "PURCHASE_CREDIT_NOTE": "Purchase Credit Note",
        "OTHER_PAYMENT": "Other Payment",
        "OTHER_RECEIPT": "Other Receipt",
        "JOURNAL": "Journal",
    },
    "transaction_types": {
        "PURCHASE_INVOICE": "Purchase Invoice",
        "PURCHASE_CREDIT_NOTE": "Purchase Credit Note",
        "PURCHASE_QUICK_INVOICE": "Purchase Quick Entry Invoice",
        "PURCHASE_QUICK_CREDIT_NOTE": "Purchase Quick Entry Credit Note",
        "SALES_INVOICE": "Sales Invoice",
        "SALES_CREDIT_NOTE": "Sales Credit Note",
        "SALES_QUICK_INVOICE": "Sales Quick Entry Invoice",
        "SALES_QUICK_CREDIT_NOTE": "Sales Quick Entry Credit Note",
        "OTHER_PAYMENT": "Other Payment",
        "OTHER_RECEIPT": "Other Receipt",
        "VENDOR_PAYMENT": "Vendor Payment",
        "VENDOR_REFUND": "Vendor Refund",
        "CUSTOMER_RECEIPT": "Customer Receipt",
        "CUSTOMER_REFUND": "Customer Refund",
        "VENDOR_ALLOCATION": "Vendor Allocation",
        "CUSTOMER_ALLOCATION": "Customer Allocation",
    },
}
"""Ids of payment methods, kinds of bank accounts, quick entries and allocations are from memory."""
