"""Xero, Accounting API 2.0 (developer.xero.com/documentation/api/accounting; OpenAPI 16.1.0).

| their word | our word |
|---|---|
| tenant, Organisation | organisation |
| Invoice, Type ACCPAY | bill |
| Account (Code) | account; "category" on screen |
| TaxRate (TaxType) | tax rate |
| Contact | supplier, contact |
| Item (Code) | product |
| Status DRAFT, SUBMITTED, AUTHORISED | draft, awaiting approval, awaiting payment |
| Url | marker |
| CreditNote, Type ACCPAYCREDIT, ACCRECCREDIT | supplier's credit note, credit note to a customer |
| BankTransaction, Type SPEND, RECEIVE | spend money, receive money |
"""

from datetime import timedelta

from bot.domain.attachments import FileRules
from bot.domain.books import Capability, ListKind
from providers.base import ConnectSteps, Marker, Profile, RateLimits

PROFILE = Profile(
    key="xero",
    name="Xero",
    capabilities=frozenset(
        {
            Capability.BILLS,
            Capability.DRAFT_BILLS,
            Capability.BILLS_AWAITING_APPROVAL,
            Capability.SALES_INVOICES,
            Capability.DRAFT_SALES_INVOICES,
            Capability.SALES_INVOICES_AWAITING_APPROVAL,
            Capability.CREDIT_NOTES,
            Capability.BANK_TRANSACTIONS,
            Capability.PAYMENTS,
            Capability.SEVERAL_ORGANISATIONS,
            Capability.TRACKING,
            Capability.PRODUCTS,
            Capability.LOCK_DATES,
            Capability.EXPENSE_REPORTS,
            Capability.WITHDRAWING,
        }
    ),
    lists=tuple(ListKind),
    # If-Modified-Since, developer.xero.com "Requests and responses". Lists that come in one call are read whole:
    # asking for less would save no call, and would not tell what was deleted
    incremental=frozenset({ListKind.CONTACTS}),
    batch_size=50,
    # "OAuth 2.0 API limits" (a plan with 1,000 a day says so in what it says is left); "rate limits" in the FAQ says that
    # minute and day roll. Five at once may be under way; a place is given back once an answer was read
    limits=RateLimits(per_minute=60, per_day=5000, at_once=4, spare=1, per_minute_of_app=10_000),
    marker=Marker(
        field="Url",
        visibility_delay=timedelta(seconds=10),
        # "idempotent requests": answers are kept for six minutes
        key_remembered_for=timedelta(minutes=6),
    ),
    connect=ConnectSteps(
        steps=(
            "We link you out to Xero, where you sign in.",
            "Xero shows what Dext may do; press *Allow access*, or *Continue with …* your organisation.",
            "Back here, you choose the organisation if your login sees several, and confirm.",
            "Your chart of accounts, tax rates, contacts, bank accounts, products, tracking categories and currencies are imported.",
        ),
        rights=(
            "A Xero user with the *Standard* or *Adviser* role in the organisation.",
            "For bills that are approved at once, that user must also be allowed to approve bills.",
        ),
        access=("read its settings and lists", "read contacts", "record payments", "attach files"),
        role="the Standard or Adviser role",
    ),
    # Class of Organisation: the plans of an earlier time, and Ignite; by Xero's price pages
    plan_limits=dict.fromkeys(
        ("STARTER", "IGNITE", "LITE", "SIMPLE"),
        "This plan of Xero takes 5 bills and 20 sales invoices a month that are more than a draft. Drafts are not counted.",
    ),
    # "Attachments": ten for each document, 10 MB each, of these kinds
    files=FileRules(
        most_bytes=10 * 1024 * 1024,
        endings=frozenset(
            [
                "7z",
                "bmp",
                "csv",
                "doc",
                "docx",
                "eml",
                "gif",
                "jpeg",
                "jpg",
                "keynote",
                "msg",
                "numbers",
                "odf",
                "ods",
                "odt",
                "pages",
                "pdf",
                "png",
                "ppt",
                "pptx",
                "rar",
                "rtf",
                "tif",
                "tiff",
                "txt",
                "xls",
                "xlsx",
                "zip",
            ]
        ),
        not_in_names='<>:"/\\|?*+',
        most_files=10,
    ),
    uses_pkce=True,
    # of its OpenID configuration; its answers carry none so far
    issuer="https://identity.xero.com",
    # "The Xero OAuth 2.0 flow", token types: an unused refresh token expires after 60 days
    refresh_token_life=timedelta(days=60),
    apps_page="Settings, Connected apps",
    addresses={
        "auth_url": "https://login.xero.com/identity/connect/authorize",
        "token_url": "https://identity.xero.com/connect/token",
        "revoke_url": "https://identity.xero.com/connect/revocation",
        "api_url": "https://api.xero.com",
        "web_url": "https://go.xero.com",
    },
)
