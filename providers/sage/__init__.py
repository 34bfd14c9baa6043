"""Sage Accounting (Business Cloud), API 3.1 (developer.sage.com/accounting).

| their word | our word |
|---|---|
| business | organisation |
| purchase invoice, sales invoice | bill, sales invoice |
| purchase credit note, sales credit note | supplier's credit note, credit note to a customer |
| other payment, other receipt | spend money, receive money |
| sales quick entry | quick entry, of a sale by its sums alone |
| contact payment | payment |
| ledger account (id) | account; "category" on screen |
| tax rate | tax rate |
| contact of the type vendor, customer | supplier, customer |
| product, service, stock item | product |
| analysis type, its categories | tracking category, its options |
| notes; details of the first payment line | marker |
| attachment | file |

What could not be read anywhere is one constant each, marked unverified.
"""

from datetime import timedelta

from bot.domain.attachments import FileRules
from bot.domain.books import Capability, ListKind
from bot.domain.postings import PostingKind
from providers.base import ConnectSteps, Marker, Profile, RateLimits

PER_MINUTE = 100
"""Of a business: so older pages have it, and newer ones name no limit but those of a whole app (unverified)."""
WEB_URL = "https://app.sbc.sage.com"
"""Where people open Sage Accounting (unverified)."""
_NO_PURCHASES = "This plan of Sage Accounting takes no purchase invoices from apps: publish costs to bank accounts."

PROFILE = Profile(
    key="sage",
    name="Sage Accounting",
    capabilities=frozenset(
        {
            Capability.BILLS,
            Capability.SALES_INVOICES,
            Capability.DRAFT_SALES_INVOICES,
            Capability.QUICK_ENTRIES,
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
    # updated_or_created_since and deleted_since; the other lists come in a few calls
    incremental=frozenset({ListKind.CONTACTS}),
    # one document a call: there is no call for several
    batch_size=1,
    # "don't run POST requests in parallel" for one business; the whole app has 1,296,000 calls a day and 150 at once
    limits=RateLimits(per_minute=PER_MINUTE, per_day=None, at_once=1, spare=1),
    marker=Marker(
        field="notes",
        # no page says how late a list may be (unverified)
        visibility_delay=timedelta(seconds=10),
        # "Idempotency" guide
        key_remembered_for=timedelta(days=7),
    ),
    connect=ConnectSteps(
        steps=(
            "We link you out to Sage, where you choose your country and sign in.",
            "You allow access to all businesses that are yours there.",
            "Back here, you choose the business.",
            "Your ledger accounts, tax rates, analysis types, currencies, products, suppliers and customers are imported.",
        ),
        rights=(
            "*Full access* to Purchases, Sales and Bank in Sage.",
            "*Read only* or more to Settings; without it lock dates and analysis types stay unknown.",
        ),
        access=(
            "read and write the accounting data of the businesses",
            "attach files",
            "see the name and email address of who signed in",
        ),
        has_bills=True,
        role="full access to Purchases, Sales and Bank",
    ),
    plan_limits={"START": _NO_PURCHASES, "MICRO": _NO_PURCHASES},
    # "Attachments": 2.5 MB (the reference says 2,621,440 bytes), and the forms that the program itself offers
    files=FileRules(most_bytes=2_621_440, endings=frozenset({"jpeg", "jpg", "pdf", "png"}), not_in_names='<>:"/\\|?*'),
    # "Attachments": the documents of Accounting that may have one
    attaches=frozenset(
        {
            PostingKind.BILL,
            PostingKind.SUPPLIER_CREDIT_NOTE,
            PostingKind.SPEND_MONEY,
            PostingKind.RECEIVE_MONEY,
        }
    ),
    uses_pkce=True,
    # "Authentication": 31 days, and each is good for one use
    refresh_token_life=timedelta(days=31),
    apps_page="Settings, Connected apps",
    addresses={
        "auth_url": "https://www.sageone.com/oauth2/auth/central",
        "token_url": "https://oauth.accounting.sage.com/token",
        "revoke_url": "https://oauth.accounting.sage.com/revoke",
        "api_url": "https://api.accounting.sage.com",
        "web_url": WEB_URL,
    },
)
