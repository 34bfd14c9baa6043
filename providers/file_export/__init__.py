"""File export, for software without an API: what is approved goes into a CSV file in the columns that the package imports.

Nothing is called and nobody signs in. An admin names the organisation; a document is published when a person downloads
the batch that it is in.

| package | file | columns of |
|---|---|---|
| Xero, costs | UTF-8, a row a line | Xero, *Bills to pay → Import* |
| Xero, sales | UTF-8, a row a line | Xero, *Invoices → Import* |
| QuickBooks Online, costs | UTF-8, a row a line | QuickBooks, *Import data → Bills* |
| QuickBooks Online, sales | UTF-8, a row a line | QuickBooks, *Import data → Invoices* |
| QuickBooks Online, credit notes to customers | UTF-8, a row a line | QuickBooks, *Import data → Credit notes* |
| Sage 50 | Windows-1252, a row a line | Sage 50 Accounts, audit trail transactions |
| other software | UTF-8 with a mark for spreadsheets | our own: every field there is |
"""

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.book_rules import BOUGHT, FOREIGN_BANK, PRODUCTS, TRACKING
from bot.domain.books import Capability
from bot.domain.postings import PostingKind
from providers.base import ConnectSteps, Layout, Marker, Profile, RateLimits

XERO, QUICKBOOKS, SAGE_50, OTHER = "xero", "quickbooks", "sage-50", "other"
XERO_SALES = "xero-sales"
QUICKBOOKS_SALES, QUICKBOOKS_CREDITS = "quickbooks-sales", "quickbooks-credit-notes"
ROUTES: Mapping[str, Mapping[PostingKind, str]] = {
    XERO: {PostingKind.SALES_INVOICE: XERO_SALES, PostingKind.CUSTOMER_CREDIT_NOTE: XERO_SALES},
    QUICKBOOKS: {
        PostingKind.SALES_INVOICE: QUICKBOOKS_SALES,
        PostingKind.CUSTOMER_CREDIT_NOTE: QUICKBOOKS_CREDITS,
    },
}
"""What goes into a file of its own, by layout; everything else goes into the one that is called as the layout."""
SAGE_ACCOUNT = 8
"""The longest account reference of Sage 50 ("Supplier record data fields you can import")."""
OF_BANK = frozenset({PostingKind.SPEND_MONEY, PostingKind.RECEIVE_MONEY})
LAYOUTS = (
    Layout(
        key=XERO,
        name="Xero",
        advice="In Xero: Purchases overview, Bills, Import; say that the amounts are tax exclusive.",
        advice_of={
            XERO_SALES: "In Xero: Sales overview, Invoices, Import; say that the amounts are tax exclusive.",
        },
        takes_not=OF_BANK,
    ),
    Layout(
        key=QUICKBOOKS,
        name="QuickBooks Online",
        advice="In QuickBooks: Settings, Import data, Bills; say that the amounts are exclusive of tax.",
        advice_of={
            QUICKBOOKS_SALES: "In QuickBooks: Settings, Import data, Invoices; say that the amounts are exclusive of tax.",
            QUICKBOOKS_CREDITS: "In QuickBooks: Settings, Import data, Import credit notes; say that the amounts are exclusive of "
            "tax.",
        },
        takes_not=OF_BANK | {TRACKING, BOUGHT},
        sells_products=True,
    ),
    Layout(
        key=SAGE_50,
        name="Sage 50",
        advice="In Sage 50: File, Import, Audit Trail Transactions; the first row has the headings.",
        # "you must enter these manually" (Sage 50 Accounts, "Import data", audit trail transactions)
        takes_not=frozenset({TRACKING, PRODUCTS, FOREIGN_BANK}),
        contact_code=SAGE_ACCOUNT,
        names_currency=False,
    ),
    Layout(key=OTHER, name="Other software", advice="Every row is a line of a document, its amounts without tax."),
)
FOR_EVER = timedelta(days=36500)

PROFILE = Profile(
    key="file_export",
    name="File export",
    capabilities=frozenset(
        {
            Capability.BILLS,
            Capability.SALES_INVOICES,
            Capability.CREDIT_NOTES,
            Capability.BANK_TRANSACTIONS,
            Capability.TRACKING,
            Capability.PRODUCTS,
            Capability.DOWNLOADS,
            Capability.WITHDRAWING,
        }
    ),
    lists=(),
    batch_size=200,  # frozen while a person waits for the answer: 0.6 s of processor time
    limits=RateLimits(per_minute=None, per_day=None, at_once=1),
    marker=Marker(field="", visibility_delay=timedelta(0), key_remembered_for=timedelta(0)),
    connect=ConnectSteps(
        steps=(
            "You name the organisation and choose the software that its files are for.",
            "Whoever keeps its books downloads what is approved here, and imports the file there.",
        ),
        rights=("Nothing: nobody signs in, and no software is called.",),
        role="the right to import files",
    ),
    uses_pkce=False,
    refresh_token_life=FOR_EVER,
    apps_page="",
    addresses={},
    pays=frozenset[PostingKind](),
    layouts=LAYOUTS,
)
