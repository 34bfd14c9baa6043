"""Every id that Slack can send back to us. Member, service verb and handler name agree."""

from enum import StrEnum


class ActionId(StrEnum):
    # the menu of a bare /dext
    RUN_COMMAND = "run_command"
    # connecting
    CHOOSE_PROVIDER = "choose_provider"
    OPEN_CONNECT = "open_connect"
    LINK_OUT = "link_out"
    ASK_TO_CONNECT = "ask_to_connect"
    # managing a connection
    OPEN_MANAGE = "open_manage"
    REFRESH_LISTS = "refresh_lists"
    OPEN_PEOPLE = "open_people"
    TAKE_OVER = "take_over"
    OPEN_CHANNELS = "open_channels"
    OPEN_API_KEYS = "open_api_keys"
    MAKE_API_KEY = "make_api_key"
    REVOKE_API_KEY = "revoke_api_key"
    DISCONNECT = "disconnect"
    # setting up
    OPEN_SETTINGS = "open_settings"
    # selects that search in an imported list; the form's metadata names the organisation
    FIND_ACCOUNT = "find_account"
    FIND_TAX_RATE = "find_tax_rate"
    # items
    OPEN_ADD_ITEM = "open_add_item"
    EDIT_ITEM = "edit_item"
    EXPLAIN_ITEM = "explain_item"
    SHOW_ITEM = "show_item"
    OPEN_IN_LEDGER = "open_in_ledger"
    # looking through items
    OPEN_ITEMS = "open_items"
    SEARCH_ITEMS = "search_items"
    OLDER_ITEMS = "older_items"
    NEWEST_ITEMS = "newest_items"
    OPEN_ITEM = "open_item"
    REVIEW_ITEMS = "review_items"
    NEXT_ITEM = "next_item"
    # approvals
    APPROVE_ITEM = "approve_item"
    REJECT_ITEM = "reject_item"
    UNDO_ITEM = "undo_item"
    # alerts
    CHOOSE_ACCOUNT = "choose_account"
    CHOOSE_TAX_RATE = "choose_tax_rate"
    RETRY_ITEM = "retry_item"
    SHOW_LEDGER_WORDS = "show_ledger_words"
    # form elements
    VALUE = "value"


class CallbackId(StrEnum):
    CONNECT = "connect"
    DISCONNECT = "disconnect"
    SETTINGS = "settings"
    PEOPLE = "people"
    TAKE_OVER = "take_over"
    CHANNELS = "channels"
    MAKE_API_KEY = "make_api_key"
    ADD_ITEM = "add_item"
    EDIT_ITEM = "edit_item"
    SEARCH_ITEMS = "search_items"
    REJECT_REASON = "reject_reason"
    CHOOSE_ACCOUNT = "choose_account"
    CHOOSE_TAX_RATE = "choose_tax_rate"
    EXPLANATION = "explanation"
    """A modal that only shows something; it has no submit."""
    HOME = "home"


class BlockId(StrEnum):
    PROVIDER = "provider"
    CONNECTION = "connection"
    """With the organisation's id: a card of several, which stays the same when Home is drawn again under a press."""
    KEEP = "keep"
    CONFIRMED = "confirmed"
    DESTINATION = "destination"
    PAYMENT_STATUS = "payment_status"
    DEFAULT_ACCOUNT = "default_account"
    DEFAULT_TAX = "default_tax"
    APPROVERS = "approvers"
    BOOKKEEPERS = "bookkeepers"
    ADMINS = "admins"
    SUBMITTERS = "submitters"
    VIEWERS = "viewers"
    APPROVALS_CHANNEL = "approvals_channel"
    ALERTS_CHANNEL = "alerts_channel"
    KEY_NAME = "key_name"
    SCOPES = "scopes"
    SUPPLIER = "supplier"
    NUMBER = "number"
    ISSUED_ON = "issued_on"
    DUE_ON = "due_on"
    CURRENCY = "currency"
    TAX = "tax"
    GROSS = "gross"
    DESCRIPTION = "description"
    ACCOUNT = "account"
    TAX_RATE = "tax_rate"
    REASON = "reason"
    STATE = "state"
    PERSON = "person"
    SINCE = "since"
    UNTIL = "until"
    ARCHIVE = "archive"
