"""Who may use what: a row for everything that a request can be about.

`allowed` are those who are not refused; everybody else is told why. Whoever adds a word, an id, an event or a page adds
its row here.
"""

from bot.views.ids import ActionId, CallbackId, ShortcutId

OWNER, ADMIN, BOOKKEEPER, APPROVER = "Slack owner", "organisation admin", "bookkeeper", "approver"
SUBMITTER, VIEWER, MEMBER = "submitter", "viewer", "member"
GUEST, BOT, FORMER, OUTSIDER, UNKNOWN = "guest", "bot", "deactivated", "outsider", "whom Slack does not know"
NEIGHBOUR, TWOFOLD = "another workspace's admin", "another workspace's admin with every role in these books"
ELSEWHERE = "an admin of a workspace without the app"
INSIDERS = frozenset({OWNER, ADMIN, BOOKKEEPER, APPROVER, SUBMITTER, VIEWER, MEMBER})
EVERYBODY = INSIDERS | {GUEST, BOT, FORMER, OUTSIDER, UNKNOWN}
"""Of those who can be seen from a workspace that has the app."""
ADMINS, KEEPERS, DECIDERS = frozenset({ADMIN}), frozenset({ADMIN, BOOKKEEPER}), frozenset({APPROVER})
CONNECTORS, ENDERS = frozenset({OWNER}), frozenset({OWNER, ADMIN})
SENDERS = KEEPERS | {MEMBER}
"""Of the files that are laid out a member dropped each."""
CLAIMANTS = frozenset({OWNER})
"""Whose expense report the one is that is laid out."""
NOBODY: frozenset[str] = frozenset()
"""While there is an admin who can act."""

WORDS = {
    "help": EVERYBODY,
    "add": INSIDERS,
    "connect": CONNECTORS,
    "connections": INSIDERS,
    "disconnect": ENDERS,
    "items": INSIDERS,
    "payment-methods": ADMINS,
    "settings": ADMINS,
    "statement": KEEPERS,
    "sync": KEEPERS,
}
CLICKS = {
    ActionId.RUN_COMMAND: EVERYBODY,
    ActionId.LINK_OUT: EVERYBODY,
    ActionId.OPEN_IN_LEDGER: EVERYBODY,
    ActionId.CHOOSE_PROVIDER: CONNECTORS,
    ActionId.OPEN_CONNECT: CONNECTORS,
    ActionId.ASK_TO_CONNECT: INSIDERS,
    ActionId.OPEN_MANAGE: INSIDERS,
    ActionId.REFRESH_LISTS: KEEPERS,
    ActionId.TYPE_LIST: ADMINS,
    ActionId.DOWNLOAD_BATCH: KEEPERS,
    ActionId.DISCONNECT: ENDERS,
    ActionId.OPEN_PEOPLE: ADMINS,
    ActionId.TAKE_OVER: NOBODY,
    ActionId.OPEN_CHANNELS: ADMINS,
    ActionId.OPEN_API_KEYS: ADMINS,
    ActionId.MAKE_API_KEY: ADMINS,
    ActionId.REVOKE_API_KEY: ADMINS,
    ActionId.OPEN_PAYMENT_METHODS: ADMINS,
    ActionId.PREVIOUS_PAYMENT_METHODS: ADMINS,
    ActionId.NEXT_PAYMENT_METHODS: ADMINS,
    ActionId.ADD_PAYMENT_METHOD: ADMINS,
    ActionId.CHANGE_PAYMENT_METHOD: ADMINS,
    ActionId.GO_TO_PAYMENT_METHOD: ADMINS,
    ActionId.OPEN_SETTINGS: ADMINS,
    ActionId.OPEN_SALES_SETTINGS: ADMINS,
    ActionId.OPEN_BANK_SETTINGS: ADMINS,
    ActionId.OPEN_GENERAL_SETTINGS: ADMINS,
    ActionId.OPEN_STATEMENT: KEEPERS,
    ActionId.OPEN_SUPPLIER_SETTINGS: ADMINS,
    ActionId.OPEN_ADD_ITEM: INSIDERS,
    ActionId.OPEN_REPORT: INSIDERS,
    ActionId.TAKE_APART: KEEPERS | CLAIMANTS,
    ActionId.LINK_CLAIMANT: KEEPERS,
    ActionId.SEND_FILES: SENDERS,
    ActionId.TAKE_PICTURE: SENDERS,
    ActionId.LEAVE_PICTURE: SENDERS,
    ActionId.EDIT_ITEM: KEEPERS,
    ActionId.AUTOFILL_PAYMENT: KEEPERS,
    ActionId.CHOOSE_KIND: KEEPERS,
    ActionId.EDIT_LINES: KEEPERS,
    ActionId.ADD_LINE: KEEPERS,
    ActionId.REMOVE_LINE: KEEPERS,
    ActionId.PREVIOUS_LINES: KEEPERS,
    ActionId.NEXT_LINES: KEEPERS,
    ActionId.WORK_OUT_LINES: KEEPERS,
    ActionId.MERGE_LINES: KEEPERS,
    ActionId.TAKE_TOTALS: KEEPERS,
    ActionId.ASK_TO_CODE_LINES: KEEPERS,
    ActionId.EXPLAIN_ITEM: INSIDERS,
    ActionId.SHOW_ITEM: INSIDERS,
    ActionId.OPEN_ITEMS: INSIDERS,
    ActionId.SEARCH_ITEMS: INSIDERS,
    ActionId.OLDER_ITEMS: INSIDERS,
    ActionId.NEWEST_ITEMS: INSIDERS,
    ActionId.OPEN_ITEM: INSIDERS,
    ActionId.REVIEW_ITEMS: INSIDERS,
    ActionId.NEXT_ITEM: INSIDERS,
    ActionId.APPROVE_ITEM: DECIDERS,
    ActionId.REJECT_ITEM: DECIDERS,
    ActionId.SEND_BACK: DECIDERS,
    ActionId.UNDO_ITEM: KEEPERS | DECIDERS,
    ActionId.HOLD_ITEM: KEEPERS,
    ActionId.RELEASE_ITEM: KEEPERS,
    ActionId.PUBLISH_NOW: KEEPERS,
    ActionId.SHOW_DETAILS: INSIDERS,
    ActionId.CONFIRM_OURS: KEEPERS,
    ActionId.CONFIRM_ANOTHER: KEEPERS,
    ActionId.ASK_AGAIN: KEEPERS,
    ActionId.ARCHIVE_ITEM: KEEPERS,
    ActionId.ARCHIVE_DUPLICATE: KEEPERS,
    ActionId.UNARCHIVE_ITEM: KEEPERS,
    ActionId.MOVE_ITEM: KEEPERS,
    ActionId.WITHDRAW_ITEM: KEEPERS,
    ActionId.WITHDRAW_AGAIN: KEEPERS,
    ActionId.LEAVE_PUBLISHED: KEEPERS,
    ActionId.MAKE_CREDIT_NOTE: KEEPERS,
    ActionId.CONFIRM_REMOVED: KEEPERS,
    ActionId.LEAVE_THERE: KEEPERS,
    ActionId.CHOOSE_ACCOUNT: KEEPERS,
    ActionId.CHOOSE_TAX_RATE: KEEPERS,
    ActionId.CHOOSE_PAYMENT_METHOD: KEEPERS,
    ActionId.PAY_WITH_ANOTHER: KEEPERS,
    ActionId.CHOOSE_PRODUCT: KEEPERS,
    ActionId.CHOOSE_CONTACT: KEEPERS,
    ActionId.USE_CONTACT: KEEPERS,
    ActionId.CHANGE_NUMBER: KEEPERS,
    ActionId.SAME_DOCUMENT: KEEPERS,
    ActionId.TAKE_AS_IT_IS: KEEPERS,
    ActionId.PUBLISH_AS_DRAFT: KEEPERS,
    ActionId.BOOK_ON_OPEN_DAY: KEEPERS,
    ActionId.DRAFT_UNTIL_OPEN: KEEPERS,
    ActionId.WAIT_FOR_LEDGER: KEEPERS,
    ActionId.RETRY_ITEM: KEEPERS,
    ActionId.LEAVE_STEP: KEEPERS,
    ActionId.SHOW_LEDGER_WORDS: INSIDERS,
}
OF_LINES = frozenset(
    {
        ActionId.EDIT_LINES,
        ActionId.ADD_LINE,
        ActionId.REMOVE_LINE,
        ActionId.PREVIOUS_LINES,
        ActionId.NEXT_LINES,
        ActionId.WORK_OUT_LINES,
        ActionId.MERGE_LINES,
        ActionId.TAKE_TOTALS,
        ActionId.ASK_TO_CODE_LINES,
    }
)
"""They change what only the person has: a draft of the lines."""
FORMS = {
    CallbackId.ADD_ITEM: INSIDERS,
    CallbackId.MAKE_REPORT: INSIDERS,
    CallbackId.LINK_CLAIMANT: KEEPERS,
    CallbackId.EDIT_ITEM: KEEPERS,
    CallbackId.LINES: KEEPERS,
    CallbackId.CODE_LINES: KEEPERS,
    CallbackId.SEARCH_ITEMS: INSIDERS,
    CallbackId.REJECT_REASON: DECIDERS,
    CallbackId.SEND_BACK: DECIDERS,
    CallbackId.MOVE_ITEM: KEEPERS,
    CallbackId.WITHDRAW_ITEM: KEEPERS,
    CallbackId.CHOOSE_ACCOUNT: KEEPERS,
    CallbackId.CHOOSE_TAX_RATE: KEEPERS,
    CallbackId.CHOOSE_PAYMENT_METHOD: KEEPERS,
    CallbackId.PAY_WITH_ANOTHER: KEEPERS,
    CallbackId.CHOOSE_PRODUCT: KEEPERS,
    CallbackId.CHOOSE_CONTACT: KEEPERS,
    CallbackId.CHANGE_NUMBER: KEEPERS,
    CallbackId.SETTINGS: ADMINS,
    CallbackId.SALES_SETTINGS: ADMINS,
    CallbackId.BANK_SETTINGS: ADMINS,
    CallbackId.STATEMENT: KEEPERS,
    CallbackId.AUTOFILL_PAYMENT: KEEPERS,
    CallbackId.GENERAL_SETTINGS: ADMINS,
    CallbackId.SUPPLIER_SETTINGS: ADMINS,
    CallbackId.PEOPLE: ADMINS,
    CallbackId.TAKE_OVER: NOBODY,
    CallbackId.CHANNELS: ADMINS,
    CallbackId.MAKE_API_KEY: ADMINS,
    CallbackId.PAYMENT_METHOD: ADMINS,
    CallbackId.NAME_BOOKS: CONNECTORS,
    CallbackId.TYPED_LIST: ADMINS,
    CallbackId.DISCONNECT: ENDERS,
}
OPTIONS = {
    ActionId.FIND_ACCOUNT: INSIDERS,
    ActionId.FIND_TAX_RATE: INSIDERS,
    ActionId.FIND_PRODUCT: INSIDERS,
    ActionId.FIND_CONTACT: INSIDERS,
    ActionId.FIND_CUSTOMER: INSIDERS,
    ActionId.FIND_TRACKING: INSIDERS,
    ActionId.FIND_BANK_ACCOUNT: INSIDERS,
    ActionId.FIND_PAYMENT_METHOD: INSIDERS,
    ActionId.FIND_USABLE_METHOD: INSIDERS,
    ActionId.GO_TO_PAYMENT_METHOD: INSIDERS,
}
SHORTCUTS = {ShortcutId.SEND_MESSAGE: INSIDERS, ShortcutId.NEW_ITEM: INSIDERS}
EVENTS = {"app_home_opened": INSIDERS, "file_shared": INSIDERS}
EVENTS_OF_SLACK = frozenset({"app_uninstalled", "tokens_revoked"})
"""Nobody's: they are about the installation, and only Slack can sign them."""

CHANGING = frozenset(
    {
        ("word", "sync"),
        ("click", ActionId.CHOOSE_PROVIDER),
        ("click", ActionId.OPEN_CONNECT),
        ("click", ActionId.ASK_TO_CONNECT),
        ("click", ActionId.REFRESH_LISTS),
        ("click", ActionId.REVOKE_API_KEY),
        ("click", ActionId.DOWNLOAD_BATCH),
        ("click", ActionId.TAKE_APART),
        ("click", ActionId.APPROVE_ITEM),
        ("click", ActionId.UNDO_ITEM),
        ("click", ActionId.HOLD_ITEM),
        ("click", ActionId.RELEASE_ITEM),
        ("click", ActionId.PUBLISH_NOW),
        ("click", ActionId.CONFIRM_OURS),
        ("click", ActionId.CONFIRM_ANOTHER),
        ("click", ActionId.ASK_AGAIN),
        ("click", ActionId.ARCHIVE_ITEM),
        ("click", ActionId.ARCHIVE_DUPLICATE),
        ("click", ActionId.UNARCHIVE_ITEM),
        ("click", ActionId.USE_CONTACT),
        ("click", ActionId.SAME_DOCUMENT),
        ("click", ActionId.TAKE_AS_IT_IS),
        ("click", ActionId.PUBLISH_AS_DRAFT),
        ("click", ActionId.BOOK_ON_OPEN_DAY),
        ("click", ActionId.DRAFT_UNTIL_OPEN),
        ("click", ActionId.WAIT_FOR_LEDGER),
        ("click", ActionId.RETRY_ITEM),
        ("click", ActionId.LEAVE_STEP),
        ("click", ActionId.WITHDRAW_AGAIN),
        ("click", ActionId.LEAVE_PUBLISHED),
        ("click", ActionId.MAKE_CREDIT_NOTE),
        ("click", ActionId.CONFIRM_REMOVED),
        ("click", ActionId.LEAVE_THERE),
        ("click", ActionId.SEND_FILES),
        ("click", ActionId.TAKE_PICTURE),
        ("click", ActionId.LEAVE_PICTURE),
        ("shortcut", ShortcutId.SEND_MESSAGE),
        *(("click", action) for action in OF_LINES),
        *(("form", callback) for callback in FORMS if callback is not CallbackId.SEARCH_ITEMS),
        ("event", "file_shared"),
    }
)
"""What changes something when somebody does it who may. All else only shows."""

SIGNED, KEYED, ANYBODY, SAME_BROWSER = (
    "signed by Slack",
    "with an API key",
    "anybody",
    "the browser that began, as the person who began",
)
PAGES = {
    ("POST", "/slack/events"): SIGNED,
    ("POST", "/api/v1/items"): KEYED,
    ("GET", "/api/v1/items/{item}"): KEYED,
    ("GET", "/healthz"): ANYBODY,
    ("GET", "/readyz"): ANYBODY,
    ("GET", "/i/{item}"): ANYBODY,
    ("GET", "/slack/install"): ANYBODY,
    ("GET", "/slack/installed"): SAME_BROWSER,
    ("GET", "/slack/oauth_redirect"): SAME_BROWSER,
    ("GET", "/slack/signin_redirect"): SAME_BROWSER,
    ("GET", "/connect/{provider}/start"): SAME_BROWSER,
    ("POST", "/connect/{provider}/start"): SAME_BROWSER,
    ("GET", "/connect/{provider}/callback"): SAME_BROWSER,
    ("GET", "/connect/{provider}/organisation"): SAME_BROWSER,
    ("POST", "/connect/{provider}/organisation"): SAME_BROWSER,
}
