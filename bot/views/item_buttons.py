"""What can be done with an item, as buttons in the order of need, and what only a person can answer about it."""

from collections.abc import Iterable

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
)

from bot.domain.cards import ItemCard
from bot.domain.checks import UNLINKED
from bot.domain.documents import ItemKind
from bot.domain.items import EDITABLE, MOVES, Item, ItemState
from bot.domain.questions import Question, QuestionKind
from bot.domain.reports import APART_FROM
from bot.views import downloading
from bot.views.bank_match import autofill_button
from bot.views.downloading import READY_NOW
from bot.views.ids import ActionId
from bot.views.item_payment import link_button
from bot.views.metadata import BatchRef, ItemRef
from bot.views.parts import section
from bot.views.text import escape, mention, plain, quote

IN_LEDGER = (ItemState.PUBLISHED, ItemState.ARCHIVED)
"""Where an address in the ledger is that of its document."""
FOR_BOOKKEEPERS = frozenset(
    {
        ActionId.EDIT_ITEM,
        ActionId.AUTOFILL_PAYMENT,
        ActionId.CHANGE_PAYMENT_METHOD,
        ActionId.ARCHIVE_ITEM,
        ActionId.UNARCHIVE_ITEM,
        ActionId.MOVE_ITEM,
        ActionId.WITHDRAW_ITEM,
        ActionId.HOLD_ITEM,
        ActionId.RELEASE_ITEM,
        ActionId.PUBLISH_NOW,
        ActionId.DOWNLOAD_BATCH,
        ActionId.CONFIRM_REMOVED,
        ActionId.LEAVE_THERE,
        ActionId.LINK_CLAIMANT,
    }
)
"""Buttons that nobody else is shown where a card is drawn for one person."""


def questions(item: Item) -> list[Block]:
    """Each by itself, with the buttons that answer it."""
    if item.state is not ItemState.TO_REVIEW:
        return []
    return [block for question in item.questions if question.is_open for block in _question(item, question)]


def rows_of_buttons(found: ItemCard) -> list[Block]:
    """What is decided stands in a row of its own, where there is something to decide."""
    decisions, more = (
        [button for button in row if found.may_fix or button.action_id not in FOR_BOOKKEEPERS]
        for row in (_decisions(found), _more(found))
    )
    rows = (decisions, more)
    return [ActionsBlock(elements=row) for row in rows if row]


def _question(item: Item, question: Question) -> Iterable[Block]:
    value = _ref(item)
    words = f":question: {escape(question.words, 600)}"
    match question.kind:
        case QuestionKind.WHOSE_BOOKS:
            buttons = [_button(ActionId.CONFIRM_OURS, "It is ours", value)]
        case QuestionKind.SAME_DOCUMENT:
            buttons = [
                _button(ActionId.CONFIRM_ANOTHER, "It is another", value),
                _button(ActionId.ARCHIVE_DUPLICATE, "Archive as duplicate", value),
            ]
            if question.about is not None:
                buttons.append(_button(ActionId.SHOW_ITEM, "Show the other", str(question.about)))
        case QuestionKind.NEW_SUPPLIER:
            buttons = [
                _button(ActionId.CHOOSE_SUPPLIER, "Choose an existing one", value),
                _button(ActionId.CONFIRM_NEW_SUPPLIER, "It is new, go ahead", value),
            ]
        case QuestionKind.SENT_BACK:
            by = "" if question.by is None else f" by {mention(question.by)}"
            words = f":leftwards_arrow_with_hook: *Sent back*{by}\n{quote(question.words, 600)}"
            buttons = [_button(ActionId.ASK_AGAIN, "Ask for approval again", value)]
        case QuestionKind.WITHDRAWN:
            by = "" if question.by is None else f" by {mention(question.by)}"
            words = f":leftwards_arrow_with_hook: *Withdrawn*{by}\n{quote(question.words, 600)}"
            buttons = [_button(ActionId.ASK_AGAIN, "Ask for approval again", value)]
        case QuestionKind.AFTER_ARCHIVE | QuestionKind.CREDITS:
            buttons = [_button(ActionId.ASK_AGAIN, "Ask for approval again", value)]
        case QuestionKind.CONTACT_CODE:  # Edit stands below, and lists are typed under Manage
            return (section(words),)
    return section(words), ActionsBlock(elements=buttons)


def _decisions(found: ItemCard) -> list[ButtonElement]:
    item, value = found.item, _ref(found.item)
    if item.state is ItemState.IN_APPROVAL:
        return [
            _button(ActionId.APPROVE_ITEM, "Approve", value, style="primary"),
            _button(ActionId.REJECT_ITEM, "Reject", value, style="danger"),
            _button(ActionId.SEND_BACK, "Send back", value),
        ]
    buttons: list[ButtonElement] = []
    if found.is_downloaded and found.is_connected and not item.is_held and _waits_to_be_downloaded(found):
        buttons.append(downloading.button(BatchRef(item.organisation_id)))
    if item.state is ItemState.WITHDRAWING and found.is_downloaded:
        buttons.append(_button(ActionId.CONFIRM_REMOVED, "I removed it there", value, style="primary"))
        buttons.append(_button(ActionId.LEAVE_THERE, "It stays there", value))
    if item.state is ItemState.APPROVED:
        buttons += _before_it_is_sent(found)
        if not found.is_set_up:
            buttons.append(_button(ActionId.OPEN_SETTINGS, "Set up", str(item.organisation_id)))
    return buttons


def _waits_to_be_downloaded(found: ItemCard) -> bool:
    """What can still be undone in its own time is in no file yet."""
    is_ready = found.item.state is ItemState.APPROVED and found.is_set_up and found.is_ready
    return is_ready or found.item.state is ItemState.SENDING


def _before_it_is_sent(found: ItemCard) -> list[ButtonElement]:
    item, value = found.item, _ref(found.item)
    undo = _button(ActionId.UNDO_ITEM, "Undo", value)
    if item.is_held:
        return [_release(found), undo]
    if not (found.is_set_up and found.is_connected):
        return [undo]
    hold = _button(ActionId.HOLD_ITEM, "Hold", value)
    if found.is_downloaded and found.is_due:  # nothing but a download is to be waited for
        return [undo, hold]
    label = READY_NOW if found.is_downloaded else "Publish now"
    return [undo, _button(ActionId.PUBLISH_NOW, label, value), hold]


def _release(found: ItemCard) -> ButtonElement:
    """It says what comes of it: there may be no time left to think better of it."""
    ledger = plain(found.ledger, 60)
    if not found.is_set_up:
        sent = f"It goes to {ledger} as soon as the set-up is complete."
    elif not found.is_connected:
        sent = f"It goes to {ledger} as soon as the connection is back."
    elif found.is_downloaded:
        sent = "It can be downloaded at once, or at the end of the time for Undo if that still runs."
    else:
        sent = f"It goes to {ledger} at once, or at the end of the time for Undo if that still runs."
    button = _button(ActionId.RELEASE_ITEM, "Release", _ref(found.item), style="primary")
    button.confirm = ConfirmObject(
        title=f"Release {found.item.reference}?",
        text=PlainTextObject(text=sent),
        confirm="Release",
        deny="Keep it held",
    )
    return button


def _more(found: ItemCard) -> list[ButtonElement | OverflowMenuElement]:
    item, value = found.item, _ref(found.item)
    archive = [] if ItemState.ARCHIVED not in MOVES[item.state] else [_button(ActionId.ARCHIVE_ITEM, "Archive", value)]
    edit = [_edit(item, value)] if item.state in EDITABLE else []
    look = [_button(ActionId.SHOW_DETAILS, "Details", value)]
    buttons = [*link_button(found), *autofill_button(found), *_link_claimant(item, value), *edit, *look]
    if not item.facts.document_type.is_booked:
        archive, buttons = [], [*archive, *buttons]  # never published: away with it is what is needed
    if item.state in IN_LEDGER:
        buttons[:0] = open_in_ledger(found)
    if item.state is ItemState.PUBLISHED and found.is_downloaded and found.batch is not None:
        ref = BatchRef(item.organisation_id, found.batch.number)
        buttons.insert(0, downloading.button(ref, f"Download batch {found.batch.number} again", is_first=False))
    buttons.append(_button(ActionId.EXPLAIN_ITEM, why(found), value))
    if found.other_side is not None:
        other = found.other_side
        buttons.append(_button(ActionId.SHOW_ITEM, f"Show {other.reference}", str(other.item_id)))
    if found.report is not None:
        report = found.report
        buttons.append(_button(ActionId.SHOW_ITEM, f"Show {report.reference}", str(report.item_id)))
    is_movable = item.state is ItemState.TO_REVIEW and item.kind is not ItemKind.EXPENSE_REPORT
    if is_movable and found.has_other_books:
        buttons.append(_button(ActionId.MOVE_ITEM, "Move", value))
    if item.state is ItemState.ARCHIVED and not (item.archived and item.archived.is_moved):
        buttons.append(_button(ActionId.UNARCHIVE_ITEM, "Take out of the archive", value))
    return [*buttons, *archive, *_menu(found)]


def _link_claimant(item: Item, value: str) -> list[ButtonElement]:
    """Where it waits for nothing but to know who claims it there."""
    if item.state is not ItemState.TO_REVIEW or UNLINKED not in item.complaints:
        return []
    return [_button(ActionId.LINK_CLAIMANT, "Link", value, style="primary")]


def why(found: ItemCard) -> str:
    """Beside a refusal a mere "Why?" would promise the reason of that."""
    is_refused = found.item.state is ItemState.REFUSED or found.additions.refused
    return "Why this coding?" if is_refused else "Why?"


def open_in_ledger(found: ItemCard) -> list[ButtonElement]:
    """Where the ledger has it, a link there."""
    item = found.item
    if item.ledger_url is None:
        return []
    label = f"Open in {plain(found.ledger, 60)}"
    return [ButtonElement(action_id=ActionId.OPEN_IN_LEDGER, text=label, url=item.ledger_url, value=_ref(item))]


def _menu(found: ItemCard) -> list[OverflowMenuElement]:
    """What is seldom wanted, behind three dots."""
    if found.receipts and found.item.state in APART_FROM:
        option = Option(text="Take apart", value=_ref(found.item))
        return [OverflowMenuElement(action_id=ActionId.TAKE_APART, options=[option])]
    if not found.can_withdraw:
        return []
    if found.is_downloaded:  # which takes nothing out anywhere: a person does
        option = Option(text="Withdraw", value=_ref(found.item))
        return [OverflowMenuElement(action_id=ActionId.WITHDRAW_ITEM, options=[option])]
    option = Option(text=f"Withdraw from {plain(found.ledger, 50)}", value=_ref(found.item))
    return [OverflowMenuElement(action_id=ActionId.WITHDRAW_ITEM, options=[option])]


def withdraw_button(found: ItemCard) -> list[ButtonElement]:
    """The same on a page that has room for it."""
    if not (found.can_withdraw and found.may_fix):
        return []
    return [_button(ActionId.WITHDRAW_ITEM, "Withdraw", _ref(found.item), style="danger")]


def _edit(item: Item, value: str) -> ButtonElement:
    if item.facts.is_unread:
        return _button(ActionId.EDIT_ITEM, "Fill in", value, style="primary")
    return _button(ActionId.EDIT_ITEM, "Edit", value)


def _ref(item: Item) -> str:
    return ItemRef(item.id, item.version).encode()


def _button(action: ActionId, text: str, value: str, *, style: str | None = None) -> ButtonElement:
    return ButtonElement(action_id=action, text=text, value=value, style=style)
