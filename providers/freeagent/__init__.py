"""FreeAgent, API v2 (dev.freeagent.com/docs).

| their word | our word |
|---|---|
| company, client of a practice | organisation |
| bill | bill |
| bill refund: a bill of less than nothing | supplier's credit note |
| invoice, credit note | sales invoice, credit note to a customer |
| bank transaction | bank line |
| bank transaction explanation with a category | spend money, receive money |
| bank transaction explanation with `paid_bill` or `paid_invoice` | payment |
| category (nominal code) | account; "category" on screen |
| sales tax rate, sales tax status | tax rate |
| contact | supplier, customer; contact |
| user | whoever an expense report is paid to |
| expense: one for each line | expense report |
| project | tracking category with one name, and its options |
| account lock | lock date |
| comments (of explanations: a word of the description) | marker |
| attachment | file |
"""

from datetime import timedelta

from bot.domain.attachments import FileRules
from bot.domain.books import Capability, ListKind
from bot.domain.postings import PostingKind
from providers.base import ConnectSteps, Marker, Profile, RateLimits

AT_ONCE = 4
"""Unverified: the vendor names no number of calls at once."""
LATE = timedelta(seconds=10)
"""Unverified: how long a list may leave out what was written."""
APPS_PAGE = "Settings, Connections, Apps"
"""Unverified: how FreeAgent's menus call it."""
REFRESH_LIFE = timedelta(seconds=631151957)
"""`refresh_token_expires_in` of the example in "OAuth"; each answer says how long it is."""

PROFILE = Profile(
    key="freeagent",
    name="FreeAgent",
    capabilities=frozenset(
        {
            Capability.BILLS,
            Capability.SALES_INVOICES,
            Capability.DRAFT_SALES_INVOICES,
            Capability.CREDIT_NOTES,
            Capability.BANK_TRANSACTIONS,
            Capability.PAYMENTS,
            Capability.BANK_LINES,
            Capability.TRACKING,
            Capability.LOCK_DATES,
            Capability.EXPENSE_REPORTS,
            Capability.WITHDRAWING,
        }
    ),
    lists=tuple(kind for kind in ListKind if kind is not ListKind.PRODUCTS),
    # "Contacts": updated_since; the other lists come in one or two calls
    incremental=frozenset({ListKind.CONTACTS}),
    # each document is a call of its own
    batch_size=1,
    # "Rate Limits": of a user; with a practice's sign-in, of a client
    limits=RateLimits(per_minute=120, per_hour=3600, per_day=None, at_once=AT_ONCE, spare=1),
    # there are no idempotency keys: whatever was sent is looked for before it is sent again
    marker=Marker(field="comments", visibility_delay=LATE, key_remembered_for=timedelta(0)),
    connect=ConnectSteps(
        steps=(
            "We link you out to FreeAgent, where you sign in: to your company, or as an account manager to your practice.",
            "You press *Approve* there.",
            "Back here, you confirm the company; of a practice you choose the client.",
            "Your categories, tax rates, projects, currencies, bank accounts, contacts and users are imported.",
        ),
        rights=(
            "A FreeAgent user with access level *Bills* or higher: *Banking* for payments, *Full* for the account lock to be seen.",
            "For expense reports of others than yourself: access level *Tax, Accounting & Users*, or *Full*.",
            "For the clients of a practice: sign in with the practice's login, and not with a client's.",
        ),
        access=(
            "do in FreeAgent what the access level of who signed in allows",
            "attach files",
            "see their name and email address",
        ),
        role="access level Bills or higher",
    ),
    # "Attachments": 5 MB, one for each document
    files=FileRules(
        most_bytes=5_000_000,
        endings=frozenset({"gif", "jpeg", "jpg", "pdf", "png"}),
        not_in_names='<>:"/\\|?*',
    ),
    claimed_as=PostingKind.EXPENSES,
    # invoices and credit notes have no files
    attaches=frozenset(kind for kind in PostingKind if kind.is_of_bank or not kind.is_sale),
    uses_pkce=False,
    refresh_token_life=REFRESH_LIFE,
    apps_page=APPS_PAGE,
    addresses={
        "auth_url": "https://api.freeagent.com/v2/approve_app",
        "token_url": "https://api.freeagent.com/v2/token_endpoint",
        "api_url": "https://api.freeagent.com",
        # {company} is the company's subdomain
        "web_url": "https://{company}.freeagent.com",
    },
)
