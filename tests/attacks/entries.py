"""What Slack sends for each entry, made by hand and so sent also by those to whom Slack would show no button.

Ids are those of Northwind's books, whoever sends them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from bot.domain.books import ListKind
from bot.playground.slack import ALERTS, BILLS
from bot.playground.slack import APPROVER as PRIYA
from bot.playground.slack import BOOKKEEPER as BEN
from bot.views.ids import ActionId, BlockId, CallbackId, ShortcutId
from providers.file_export import PROFILE
from providers.xero.simulated.seed import contacts, tracking
from providers.xero.simulator import TRADING
from tests.attacks.rights_table import OF_LINES
from tests.handlers.desk import A_BILL

Payload = dict[str, Any]
NUMBERS = count(1)
OWN_RECEIPT = "own receipt"
"""Stands for the one of whoever sends it."""
OF_AN_ORGANISATION = {
    ActionId.OPEN_MANAGE,
    ActionId.REFRESH_LISTS,
    ActionId.OPEN_PEOPLE,
    ActionId.TAKE_OVER,
    ActionId.OPEN_SETTINGS,
    ActionId.OPEN_SALES_SETTINGS,
    ActionId.OPEN_BANK_SETTINGS,
    ActionId.OPEN_GENERAL_SETTINGS,
    ActionId.OPEN_STATEMENT,
    ActionId.OPEN_SUPPLIER_SETTINGS,
    ActionId.OPEN_AMOUNT_SETTINGS,
    ActionId.OPEN_QUIET_SETTINGS,
    ActionId.OPEN_AUTO_SETTINGS,
    ActionId.OPEN_TAX_SETTINGS,
    ActionId.OPEN_CHANNELS,
    ActionId.LIST_CHANNELS,
    ActionId.OPEN_API_KEYS,
    ActionId.MAKE_API_KEY,
    ActionId.OPEN_PAYMENT_METHODS,
    ActionId.PREVIOUS_PAYMENT_METHODS,
    ActionId.NEXT_PAYMENT_METHODS,
    ActionId.ADD_PAYMENT_METHOD,
    ActionId.OPEN_RULES,
    ActionId.PREVIOUS_RULES,
    ActionId.NEXT_RULES,
    ActionId.DISCONNECT,
    ActionId.OPEN_CHANGE,
    ActionId.OPEN_MERGE,
    ActionId.CARRY_REST,
    ActionId.OPEN_ADD_ITEM,
    ActionId.OPEN_REPORT,
    ActionId.OPEN_CONNECT,
    ActionId.OPEN_DEFAULT_BOOKS,
    ActionId.OPEN_ITEMS,
    ActionId.SEARCH_ITEMS,
    ActionId.OLDER_ITEMS,
    ActionId.NEWEST_ITEMS,
    ActionId.REVIEW_ITEMS,
}
ASKED: dict[ActionId | CallbackId, str] = {
    ActionId.CONFIRM_OURS: "elsewhere",
    ActionId.MOVE_ITEM: "elsewhere",
    CallbackId.MOVE_ITEM: "elsewhere",
    ActionId.CONFIRM_ANOTHER: "same",
    ActionId.ARCHIVE_DUPLICATE: "same",
    ActionId.ARCHIVE_ITEM: "same",
    ActionId.ASK_AGAIN: "back",
    ActionId.UNARCHIVE_ITEM: "archived",
    ActionId.TAKE_APART: "report",
    ActionId.LINK_CLAIMANT: "unlinked",
    CallbackId.LINK_CLAIMANT: "unlinked",
    ActionId.UNDO_ITEM: "approved",
    ActionId.HOLD_ITEM: "approved",
    ActionId.RELEASE_ITEM: "held",
    ActionId.PUBLISH_NOW: "hurried",
    ActionId.WITHDRAW_ITEM: "published",
    CallbackId.WITHDRAW_ITEM: "published",
    ActionId.WITHDRAW_AGAIN: "kept",
    ActionId.LEAVE_PUBLISHED: "kept",
    ActionId.MAKE_CREDIT_NOTE: "kept",
    ActionId.CONFIRM_REMOVED: "to_remove",
    ActionId.LEAVE_THERE: "to_remove",
    ActionId.WAIT_FOR_LEDGER: "locked",
    ActionId.BOOK_ON_OPEN_DAY: "closed",
    ActionId.CONFIRM_NEW_SUPPLIER: "unlisted",
    ActionId.CHOOSE_SUPPLIER: "unlisted",
    CallbackId.CHOOSE_SUPPLIER: "unlisted",
    ActionId.DRAFT_UNTIL_OPEN: "closed",
    ActionId.SAME_DOCUMENT: "doubled",
    ActionId.TAKE_AS_IT_IS: "otherwise",
    ActionId.PAY_WITH_ANOTHER: "unpaid",
    CallbackId.PAY_WITH_ANOTHER: "unpaid",
}
"""What each of these is about, by the name that `Ids` has for it."""
OF_ANY_VERSION = {ActionId.SHOW_ITEM, ActionId.OPEN_ITEM, ActionId.NEXT_ITEM}
OF_A_REFUSAL = {
    ActionId.CHOOSE_ACCOUNT,
    ActionId.CHOOSE_TAX_RATE,
    ActionId.CHOOSE_PAYMENT_METHOD,
    ActionId.CHOOSE_PRODUCT,
    ActionId.CHOOSE_CONTACT,
    ActionId.USE_CONTACT,
    ActionId.CHANGE_NUMBER,
    ActionId.PUBLISH_AS_DRAFT,
    ActionId.RETRY_ITEM,
    ActionId.SHOW_LEDGER_WORDS,
    CallbackId.CHOOSE_ACCOUNT,
    CallbackId.CHOOSE_TAX_RATE,
    CallbackId.CHOOSE_PAYMENT_METHOD,
    CallbackId.CHOOSE_PRODUCT,
    CallbackId.CHOOSE_CONTACT,
    CallbackId.CHANGE_NUMBER,
}
CONTACT = next(str(contact["ContactID"]) for contact in contacts(TRADING) if contact["ContactStatus"] == "ACTIVE")
A_USER = "users/1"
"""Of the books whose software is not called."""
REGION = str(tracking(TRADING)[0]["TrackingCategoryID"])
MERGED = f"{BlockId.MERGED}:1:1"
"""The row of the one entry that is merged."""
IN_THE_FORM = (ActionId.CHOOSE_PROVIDER, ActionId.ASK_TO_CONNECT, ActionId.LINK_OUT)

OF_A_RULE = {ActionId.CHANGE_RULE, ActionId.PREVIEW_RULE, ActionId.SWITCH_RULE, ActionId.DELETE_RULE}
IN_AN_EDIT = {ActionId.CHOOSE_KIND, ActionId.EDIT_LINES}
OF_SETTINGS = (
    CallbackId.SETTINGS,
    CallbackId.SALES_SETTINGS,
    CallbackId.BANK_SETTINGS,
    CallbackId.GENERAL_SETTINGS,
    CallbackId.SUPPLIER_SETTINGS,
    CallbackId.AMOUNT_SETTINGS,
    CallbackId.QUIET_SETTINGS,
    CallbackId.AUTO_SETTINGS,
    CallbackId.TAX_SETTINGS,
    CallbackId.PEOPLE,
    CallbackId.CHANNELS,
)
OF_A_DRAFT = (CallbackId.LINES, CallbackId.CODE_LINES)
FILE_EXPORT = PROFILE.key
FORM = "00000000-0000-4000-8000-00000000f0f0"
"""The form that the drafts of the lines belong to, of everybody who may have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """Of the books: the organisation, and an item with its version for each state that buttons are for."""

    organisation: str
    settings_version: int
    connected: int
    """Which connecting it was, by its instant in milliseconds."""
    other_organisation: str
    """Of the same workspace, and of the same bookkeepers."""
    old_organisation: str
    """That is disconnected, and whose lists are merged."""
    same: str
    elsewhere: str
    back: str
    archived: str
    """Items that wait for an answer, and one that was put away."""
    report: str
    receipts: Mapping[str, str]
    """An expense report; and of everybody who can claim something, by user, an item of theirs."""
    waiting: str
    approved: str
    held: str
    hurried: str
    """Approved, too, each for another button."""
    refused: str
    closed: str
    """Dated in a closed period, so that somebody has to choose."""
    unlisted: str
    """From a supplier that the ledger does not have."""
    locked: str
    doubled: str
    otherwise: str
    """Refused for its date, for its number, and because the ledger has it otherwise."""
    without_file: str
    """Published, and its file was refused."""
    unpaid: str
    """Published, and its payment was refused."""
    published: str
    kept: str
    """Published, and Xero did not let it be withdrawn."""
    api_key: str
    """With its organisation, as its button spells it."""
    payment_method: str
    rule: str
    deleted_rule: str
    offered_rule: str
    """By which it is offered to publish by itself."""
    bank_account: str
    dropped_statement: str
    statement: str
    """A bank account of the ledger, and where a statement of it is."""
    bank_line: str
    """One that what waits may have been paid by."""
    """With its organisation and version, as its form spells it."""
    downloaded: str
    """Another organisation of the same workspace and people, whose software is not called; it has had one batch."""
    list_file: str
    """A file for a list of that one, as its preview spells it."""
    to_remove: str
    """An item of that one, to be removed there by a person."""
    unlinked: str
    """An expense report of that one, of somebody who is none of its users yet."""
    picture: str
    """A file that is asked about."""
    files: str
    """A message whose files wait for an organisation, with one, as its button spells it."""

    def item(self, entry: ActionId | CallbackId) -> str:
        if entry in OF_A_REFUSAL:
            return self.refused
        if entry is ActionId.LEAVE_STEP:
            return self.without_file
        if entry in ASKED:
            return str(getattr(self, ASKED[entry]))
        return self.waiting

    def value(self, action: ActionId) -> str:
        """What the button says that it is about."""
        if action in OF_AN_ORGANISATION:
            return self.organisation
        if action in OF_A_RULE:
            return self.rule
        if action in OF_LINES:
            return "0"
        if action in OF_THEIR_OWN:
            return str(OF_THEIR_OWN[action](self))
        return self.item(action).partition(":")[0] if action in OF_ANY_VERSION else self.item(action)

    def metadata(self, callback: CallbackId) -> str:
        """What the form says that it is about."""
        if callback in FORMS_OF_THEIR_OWN:
            return FORMS_OF_THEIR_OWN[callback](self)
        item, _, version = self.item(callback).partition(":")
        if callback in OF_SETTINGS:
            version = str(self.settings_version)
        elif callback is CallbackId.DISCONNECT:
            version = str(self.connected)
        draft = f":{FORM}:0:1" if callback in OF_A_DRAFT else ""
        of = self.downloaded if callback is CallbackId.LINK_CLAIMANT else self.organisation
        return f"{of}:{version}:{item}{draft}"


FORMS_OF_THEIR_OWN: dict[CallbackId, Callable[[Ids], str]] = {
    CallbackId.PAYMENT_METHOD: lambda ids: ids.payment_method,
    CallbackId.RULE: lambda ids: ids.rule,
    CallbackId.CHOOSE_INSTEAD: lambda ids: f"{ids.organisation}:0:::::accounts:461:",
    CallbackId.RULE_TARGET: lambda ids: f"{ids.organisation}:0::::::supplier:",
    CallbackId.NAME_BOOKS: lambda ids: f"{FILE_EXPORT}:{BILLS}:{ids.downloaded}",
    CallbackId.TYPED_LIST: lambda ids: f"{ids.downloaded}:{ListKind.ACCOUNTS}",
    CallbackId.LIST_FILE: lambda ids: ids.list_file,
    CallbackId.CHANGE_ORGANISATION: lambda ids: f"{ids.organisation}:1:",
    CallbackId.DEFAULT_BOOKS: lambda _: "",
    CallbackId.MERGE_SOURCE: lambda ids: f"{ids.organisation}:1:",
    CallbackId.MERGE: lambda ids: f"{ids.organisation}:1:",
    CallbackId.MERGE_LIST: lambda ids: f"{ids.organisation}:1:{ListKind.ACCOUNTS}:0",
}
"""What these forms say that they are about."""
OF_THEIR_OWN: dict[ActionId, Callable[[Ids], str]] = {
    ActionId.MAKE_RULE: lambda ids: f"{ids.waiting.partition(':')[0]}:{'0' * 16}",
    ActionId.RUN_COMMAND: lambda _: "help",
    ActionId.OPEN_MERGE_LIST: lambda ids: f"{ids.organisation}:1:{ListKind.ACCOUNTS}:0",
    ActionId.START_MERGE_OVER: lambda ids: f"{ids.organisation}:1:",
    ActionId.DOWNLOAD_BATCH: lambda ids: f"{ids.downloaded}:1",
    **dict.fromkeys(
        (ActionId.TYPE_LIST, ActionId.PREVIOUS_ENTRIES, ActionId.NEXT_ENTRIES, ActionId.DOWNLOAD_LIST),
        lambda ids: f"{ids.downloaded}:{ListKind.ACCOUNTS}",
    ),
    ActionId.ADD_STATEMENT: lambda ids: ids.dropped_statement,
    ActionId.TAKE_PICTURE: lambda ids: ids.picture,
    ActionId.LEAVE_PICTURE: lambda ids: ids.picture,
    ActionId.REVOKE_API_KEY: lambda ids: ids.api_key,
    ActionId.UNBIND_CHANNEL: lambda ids: f"{ids.organisation}:news:{ALERTS}",
    ActionId.SEND_FILES: lambda ids: ids.files,
    ActionId.CHANGE_PAYMENT_METHOD: lambda ids: ids.payment_method,
    ActionId.GO_TO_PAYMENT_METHOD: lambda ids: ids.payment_method,
    ActionId.NEW_RULE: lambda ids: f"{ids.organisation}:0:{ids.waiting.partition(':')[0]}:::::supplier:",
    ActionId.RESTORE_RULE: lambda ids: ids.deleted_rule,
    ActionId.USE_INSTEAD: lambda ids: f"{ids.organisation}:0:::::accounts:461:400",
    ActionId.USE_SECOND_INSTEAD: lambda ids: f"{ids.organisation}:0:::::accounts:461:404",
    ActionId.USE_THIRD_INSTEAD: lambda ids: f"{ids.organisation}:0:::::accounts:461:420",
    ActionId.CHOOSE_INSTEAD: lambda ids: f"{ids.organisation}:0:::::accounts:461:",
    ActionId.ACCEPT_AUTO_OFFER: lambda ids: ids.offered_rule,
    ActionId.DECLINE_AUTO_OFFER: lambda ids: ids.offered_rule,
}
"""What the buttons of these say that they are about."""


def trigger() -> str:
    return f"8.{next(NUMBERS)}"


def command(word: str) -> Payload:
    where = {"channel_id": BILLS, "trigger_id": trigger(), "api_app_id": "A0DEXT001"}
    return {"command": "/dext", "text": word, **where}


def click(ids: Ids, action: ActionId) -> Payload:
    pressed: Payload = {"type": "button", "action_id": action, "block_id": "b", "value": ids.value(action)}
    if action is ActionId.CHOOSE_PROVIDER:
        pressed["selected_option"] = {"value": "xero", "text": {"type": "plain_text", "text": "Xero"}}
    if action is ActionId.GO_TO_PAYMENT_METHOD:
        pressed |= chosen(ids.payment_method.rpartition(":")[2])
    if action is ActionId.GO_TO_RULE:
        pressed |= chosen(ids.rule.split(":")[6])
    if action is ActionId.ADD_RULE:
        pressed |= chosen("supplier")
    return {"type": "block_actions", "actions": [pressed], "trigger_id": trigger(), **place(ids, action)}


def shortcut(callback: ShortcutId) -> Payload:
    if callback is ShortcutId.NEW_ITEM:
        return {"type": "shortcut", "callback_id": callback, "trigger_id": trigger()}
    number = next(NUMBERS)
    message = {"type": "message", "ts": f"1772000000.{number:06}", "text": "", "files": [{"id": f"F1{number}"}]}
    chosen = {"channel": {"id": BILLS}, "message": message, "message_ts": message["ts"]}
    return {"type": "message_action", "callback_id": callback, "trigger_id": trigger(), **chosen}


def place(ids: Ids, action: ActionId) -> Payload:
    """Where it is pressed."""
    if action is ActionId.GO_TO_PAYMENT_METHOD:
        return {"view": view(CallbackId.EXPLANATION, f"{ids.organisation}:0:", {})}
    if action in (ActionId.GO_TO_RULE, ActionId.ADD_RULE):
        return {"view": view(CallbackId.EXPLANATION, f"{ids.organisation}:0:", {})}
    if action in OF_A_RULE:
        return {"view": view(CallbackId.RULE, ids.rule, filled(CallbackId.RULE))}
    if action in IN_THE_FORM:
        return {"view": view(CallbackId.CONNECT, BILLS, {})}
    if action in IN_AN_EDIT:
        metadata = f"{ids.metadata(CallbackId.EDIT_ITEM)}:{FORM}"
        return {"view": view(CallbackId.EDIT_ITEM, metadata, filled(CallbackId.EDIT_ITEM))}
    if action in OF_LINES:
        return {"view": view(CallbackId.LINES, ids.metadata(CallbackId.LINES), filled(CallbackId.LINES))}
    return {"channel": {"id": BILLS}}


def search(ids: Ids, action: ActionId) -> Payload:
    form = view(CallbackId.ADD_ITEM, ids.metadata(CallbackId.ADD_ITEM), {})
    if action is ActionId.GO_TO_RULE:
        form = view(CallbackId.EXPLANATION, f"{ids.organisation}:0:", {})
    if action is ActionId.FIND_MERGED:
        form = view(CallbackId.MERGE_LIST, ids.metadata(CallbackId.MERGE_LIST), {})
    block = {ActionId.FIND_TRACKING: f"{BlockId.TRACKING}:{REGION}", ActionId.FIND_MERGED: MERGED}.get(action, "b")
    return {"type": "block_suggestion", "action_id": action, "block_id": block, "value": "", "view": form}


def submission(ids: Ids, callback: CallbackId) -> Payload:
    state = filled(callback)
    if callback is CallbackId.MERGE_SOURCE:
        state = {BlockId.ORGANISATION: value(chosen(ids.old_organisation))}
    if callback is CallbackId.DEFAULT_BOOKS:
        state = {BlockId.ITEMS_BOOKS: value(chosen(ids.organisation))}
    if callback is CallbackId.MOVE_ITEM:
        state = {BlockId.ORGANISATION: value(chosen(ids.other_organisation))}
    if callback in (CallbackId.CHOOSE_PAYMENT_METHOD, CallbackId.PAY_WITH_ANOTHER):
        method = chosen(ids.payment_method.rpartition(":")[2])
        state = {BlockId.PAYMENT_METHOD: {ActionId.FIND_USABLE_METHOD: method}}
    if callback is CallbackId.STATEMENT:
        files = {"type": "file_input", "files": [{"id": "F0", "url_private_download": ids.statement}]}
        bank = chosen(ids.bank_account)
        state = {BlockId.STATEMENT_FILE: value(files), BlockId.BANK_ACCOUNT: {ActionId.FIND_BANK_ACCOUNT: bank}}
    if callback is CallbackId.AUTOFILL_PAYMENT:
        state = {BlockId.BANK_LINE: value(chosen(ids.bank_line))}
    form = view(callback, ids.metadata(callback), state)
    return {"type": "view_submission", "trigger_id": trigger(), "view": form}


def event(kind: str) -> Payload:
    facts: dict[str, Payload] = {
        "app_home_opened": {"tab": "home", "channel": "D0"},
        "file_shared": {"file_id": f"F0{next(NUMBERS)}", "channel_id": BILLS},
        "channel_id_changed": {"old_channel_id": BILLS, "new_channel_id": "C0OTHER01"},
        "member_joined_channel": {"user": "U0DEXTBOT", "channel": BILLS},
        **{f"channel_{what}": {"channel": BILLS} for what in ("archive", "unarchive", "deleted", "left", "unshared")},
        **{f"group_{what}": {"channel": BILLS} for what in ("archive", "unarchive", "deleted", "left")},
        "tokens_revoked": {"tokens": {"oauth": [], "bot": ["U0DEXTBOT"]}},
    }
    return {"event": {"type": kind, **facts.get(kind, {})}}


def view(callback: str, metadata: str, state: Payload) -> Payload:
    number = trigger()
    shown = {"id": f"V{number}", "hash": number, "type": "modal", "callback_id": callback}
    return {**shown, "private_metadata": metadata, "state": {"values": state}}


def filled(callback: CallbackId) -> Payload:
    match callback:
        case _ if callback in FIXED:
            return dict(FIXED[callback])
        case CallbackId.REJECT_REASON | CallbackId.SEND_BACK | CallbackId.WITHDRAW_ITEM:
            return {BlockId.REASON: value(typed("Twice"))}
        case CallbackId.ADD_ITEM | CallbackId.EDIT_ITEM:
            texts = {block: value(typed(str(text))) for block, text in A_BILL.items()}
            date = {"type": "datepicker", "selected_date": "2026-03-01"}
            return {**texts, BlockId.ISSUED_ON: value(date), BlockId.DESCRIPTION: value(typed("Paper"))}
        case CallbackId.MAKE_REPORT:
            own = {"type": "multi_static_select", "selected_options": [{"value": OWN_RECEIPT}]}
            return {BlockId.RECEIPTS: value(own), BlockId.SUPPLIER: value(typed("Sam"))}
        case CallbackId.LINES:
            return {
                f"{BlockId.LINE_AMOUNT}:1:0": value(typed("100.00")),
                f"{BlockId.LINE_TAX}:1:0": value(typed("20.00")),
            }
        case CallbackId.DISCONNECT:
            ticked = {"type": "checkboxes", "selected_options": [{"value": "yes"}]}
            return {BlockId.KEEP: value(chosen("everything")), BlockId.CONFIRMED: value(ticked)}
        case _ if callback in OF_ADMINS:
            return OF_ADMINS[callback]
        case CallbackId.PEOPLE:
            return {block: value({"type": "multi_users_select", "selected_users": who}) for block, who in ROLES.items()}
        case CallbackId.SETTINGS | CallbackId.CHANNELS:
            return {**settings(), **channels()}
        case _:
            return {}


ROLES = {
    BlockId.ADMINS: ["U0ADAM001", "U0OLIVIA1"],
    BlockId.BOOKKEEPERS: [BEN],
    BlockId.APPROVERS: [PRIYA],
    BlockId.SUBMITTERS: [],
    BlockId.VIEWERS: [],
}


def settings() -> Payload:
    people = {BlockId.APPROVERS: PRIYA, BlockId.BOOKKEEPERS: BEN}
    return {
        BlockId.DESTINATION: value(chosen("purchases")),
        BlockId.PAYMENT_STATUS: value(chosen("awaiting_approval")),
        **{block: value({"type": "multi_users_select", "selected_users": [who]}) for block, who in people.items()},
    }


def channels() -> Payload:
    bound = {BlockId.APPROVALS_CHANNEL: BILLS, BlockId.ALERTS_CHANNEL: ALERTS}
    drops: Payload = {BlockId.DROPS: value(chosen("documents"))}
    return drops | {
        block: value({"type": "conversations_select", "selected_conversation": channel, "selected_channel": channel})
        for block, channel in bound.items()
    }


def value(entry: Payload) -> Payload:
    return {ActionId.VALUE: entry}


def typed(text: str) -> Payload:
    return {"type": "plain_text_input", "value": text}


def chosen(option: str) -> Payload:
    return {"type": "external_select", "selected_option": {"value": option}}


OF_ADMINS: dict[CallbackId, Payload] = {
    CallbackId.TYPED_LIST: {BlockId.TYPED_LIST: value(typed("7500, Office costs"))},
    CallbackId.NAME_BOOKS: {
        BlockId.BOOKS_NAME: value(typed("Northwind Garden")),
        BlockId.LAYOUT: value(chosen("other")),
        BlockId.BOOKS_CURRENCY: value(typed("EUR")),
    },
    CallbackId.MAKE_API_KEY: {
        BlockId.KEY_NAME: value(typed("The web shop")),
        BlockId.SCOPES: value({"type": "checkboxes", "selected_options": [{"value": "items:write"}]}),
    },
    CallbackId.PAYMENT_METHOD: {BlockId.METHOD_NAME: value(typed("Petty cash")), BlockId.IN_USE: value(chosen("yes"))},
    CallbackId.RULE: {
        BlockId.RULE_ACCOUNT: {ActionId.FIND_ACCOUNT: chosen("400")},
        BlockId.RULE_FOR: value(chosen("new")),
    },
    CallbackId.RULE_TARGET: {BlockId.RULE_NAME: value(typed("Rail plc"))},
    CallbackId.BANK_SETTINGS: {BlockId.BANK_MATCH: value(chosen("off"))},
    CallbackId.QUIET_SETTINGS: {
        BlockId.QUIET_BEGINS: value(chosen("1140")),
        BlockId.QUIET_ENDS: value(chosen("480")),
        BlockId.QUIET_ZONE: value(typed("Europe/London")),
    },
    CallbackId.AUTO_SETTINGS: {
        BlockId.AUTO_FOR_ALL: value(chosen("all")),
        BlockId.AUTO_EXCEPTIONS: value({"selected_options": [{"value": "receipt"}]}),
    },
    CallbackId.SUPPLIER_SETTINGS: {BlockId.SUPPLIER_MATCH: value(chosen("loose"))},
    CallbackId.AMOUNT_SETTINGS: {BlockId.EXCHANGE_RATES: value(typed("EUR 1.168"))},
    CallbackId.SALES_SETTINGS: {
        BlockId.DESTINATION: value(chosen("sales")),
        BlockId.PAYMENT_STATUS: value(chosen("awaiting_approval")),
    },
    CallbackId.GENERAL_SETTINGS: {
        BlockId.CLOSED_UNTIL: value(chosen("2021-12-31")),
        BlockId.CLOSED_COSTS: value(chosen("stop")),
        BlockId.CLOSED_SALES: value(chosen("stop")),
        BlockId.UNDO_TIME: value(chosen("usual")),
    },
}
FIXED: dict[CallbackId, Payload] = {
    CallbackId.CHANGE_ORGANISATION: {
        BlockId.PROVIDER: value(chosen("xero")),
        BlockId.BOOKS_NAME: value(typed("Northwind Trading Ltd")),
    },
    CallbackId.MERGE_LIST: {MERGED: {ActionId.FIND_MERGED: chosen("400")}},
    CallbackId.CHOOSE_ACCOUNT: {BlockId.ACCOUNT: {ActionId.FIND_ACCOUNT: chosen("400")}},
    CallbackId.CHOOSE_TAX_RATE: {BlockId.TAX_RATE: {ActionId.FIND_TAX_RATE: chosen("NONE")}},
    CallbackId.CHOOSE_PRODUCT: {BlockId.PRODUCT: {ActionId.FIND_PRODUCT: chosen("TONER")}},
    CallbackId.CHOOSE_CONTACT: {BlockId.CONTACT: {ActionId.FIND_CONTACT: chosen(CONTACT)}},
    CallbackId.CHOOSE_INSTEAD: {BlockId.ACCOUNT: {ActionId.FIND_ACCOUNT: chosen("400")}},
    CallbackId.CHOOSE_SUPPLIER: {BlockId.CONTACT: {ActionId.FIND_CONTACT: chosen(CONTACT)}},
    CallbackId.LINK_CLAIMANT: {BlockId.CONTACT: {ActionId.FIND_CONTACT: chosen(A_USER)}},
    CallbackId.CHANGE_NUMBER: {BlockId.NUMBER: value(typed("INV-33"))},
}
"""The small forms behind an alert's buttons."""
