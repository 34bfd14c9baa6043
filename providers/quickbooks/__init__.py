"""QuickBooks Online, Accounting API v3, minor version 75 (developer.intuit.com, "API Explorer").

| their word | our word |
|---|---|
| company, realm | organisation |
| Bill, Invoice | bill, sales invoice |
| VendorCredit, CreditMemo | supplier's credit note, credit note to a customer |
| Purchase (shown as Expense, Cheque), Deposit | spend money, receive money |
| BillPayment, Payment | payment |
| Account (Id) | account; "category" on screen |
| TaxCode, with its TaxRates | tax rate |
| Vendor, Customer | supplier, customer; contact |
| Item | product |
| Class, Department (shown as Location) | tracking category |
| PrivateNote (shown as Memo) | marker |
| Attachable | file |
"""

from datetime import timedelta

from bot.domain.attachments import FileRules
from bot.domain.books import Capability, ListKind
from bot.domain.postings import PostingKind
from providers.base import ConnectSteps, Marker, Profile, RateLimits

BATCHES = "batches"
"""Calls of many documents at once, which have a limit of their own."""

PROFILE = Profile(
    key="quickbooks",
    name="QuickBooks Online",
    capabilities=frozenset(
        {
            Capability.BILLS,
            Capability.SALES_INVOICES,
            Capability.CREDIT_NOTES,
            Capability.BANK_TRANSACTIONS,
            Capability.CHEQUES,
            Capability.PAYMENTS,
            Capability.TRACKING,
            Capability.PRODUCTS,
            Capability.LOCK_DATES,
            Capability.EXPENSE_REPORTS,
            Capability.WITHDRAWING,
        }
    ),
    lists=tuple(ListKind),
    # MetaData.LastUpdatedTime; the other lists come in one or two calls
    incremental=frozenset({ListKind.CONTACTS, ListKind.PRODUCTS}),
    # "Batch operation": ten payloads in each, forty batches a minute
    batch_size=10,
    # "Limits and throttles"; no answer says what is left
    limits=RateLimits(per_minute=500, per_day=None, at_once=9, spare=1, per_minute_of={BATCHES: 40}),
    marker=Marker(
        field="PrivateNote",
        visibility_delay=timedelta(seconds=10),
        # how long a `requestid` is replayed is not documented
        key_remembered_for=timedelta(days=1),
    ),
    connect=ConnectSteps(
        steps=(
            "We link you out to QuickBooks, where you sign in with your Intuit account.",
            "You choose the company there, and press *Connect*.",
            "Back here, you confirm that it is the right one.",
            "Your accounts, tax rates, classes, locations, currencies, products, suppliers and customers are imported.",
        ),
        rights=("A QuickBooks user who is a *Primary admin* or *Company admin* of the company.",),
        access=(
            "read and write the company's accounting data",
            "attach files",
            "see the name and email address of who signed in",
        ),
        has_bills=True,
        role="the Primary admin or Company admin role",
    ),
    plan_limits={
        "QUICKBOOKS ONLINE SIMPLE START": "This plan of QuickBooks Online has no bills: publish costs to bank accounts.",
        "QUICKBOOKS ONLINE EASYSTART": "This plan of QuickBooks Online has no bills: publish costs to bank accounts.",
    },
    # "Attach files": 100 MB each, of these kinds
    files=FileRules(
        most_bytes=100 * 1024 * 1024,
        endings=frozenset(
            {"ai", "csv", "doc", "docx", "eps", "gif", "jpeg", "jpg", "ods", "pages", "pdf", "png"}
            | {"rtf", "tif", "txt", "xls", "xlsx", "xml"}
        ),
        not_in_names='<>:"/\\|?*',
    ),
    uses_pkce=False,
    callback_fields=("realmId",),
    # x_refresh_token_expires_in: 100 days from the last refresh
    refresh_token_life=timedelta(days=100),
    # "Refresh token": its value changes about once a day
    refresh_token_kept_for=timedelta(hours=24),
    # what a credit note credits is set against bills there, or received as a deposit
    pays=frozenset({PostingKind.BILL, PostingKind.SALES_INVOICE}),
    apps_page="Settings, Apps, My apps",
    addresses={
        "auth_url": "https://appcenter.intuit.com/connect/oauth2",
        "token_url": "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        "revoke_url": "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
        "user_url": "https://accounts.platform.intuit.com/v1/openid_connect/userinfo",
        "api_url": "https://quickbooks.api.intuit.com",
        "web_url": "https://app.qbo.intuit.com",
    },
)
