"""A refusal in Slack: what happened, whose move it is, and the buttons that mend it."""

from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, PlainTextObject, SectionBlock
from slack_sdk.models.views import View

from bot.domain.alerts import AlertCard, AlertState
from bot.domain.closing import ClosedAnswer
from bot.domain.crediting import can_be_credited
from bot.domain.documents import ItemKind
from bot.domain.forms import ItemPage
from bot.domain.items import ItemState
from bot.domain.problems import MISSING_VALUE, Fix
from bot.domain.publishing import StepKind
from bot.domain.settings import PaymentStatus
from bot.views import fields
from bot.views.alert_outcomes import SIGNS, is_let_wait, is_open, over, what
from bot.views.connections import Message, connect_button
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.item_buttons import open_in_ledger
from bot.views.metadata import FormRef, ItemRef, StepRef
from bot.views.parts import context, section
from bot.views.text import escape, mention, moment, plain
from bot.views.withdrawing import not_again

LABELS = {
    Fix.CHOOSE_ACCOUNT: (ActionId.CHOOSE_ACCOUNT, "Choose another category"),
    Fix.CHOOSE_TAX_RATE: (ActionId.CHOOSE_TAX_RATE, "Choose another tax rate"),
    Fix.CHOOSE_PAYMENT_METHOD: (ActionId.CHOOSE_PAYMENT_METHOD, "Choose another payment method"),
    Fix.CHOOSE_BANK_LINE: (ActionId.AUTOFILL_PAYMENT, "Choose another bank line"),
    Fix.PAY_WITH_ANOTHER: (ActionId.PAY_WITH_ANOTHER, "Choose another payment method"),
    Fix.CHOOSE_PRODUCT: (ActionId.CHOOSE_PRODUCT, "Choose another product"),
    Fix.CHOOSE_CONTACT: (ActionId.CHOOSE_CONTACT, "Choose another contact"),
    Fix.USE_CONTACT: (ActionId.USE_CONTACT, "Use the existing contact"),
    Fix.CHANGE_NUMBER: (ActionId.CHANGE_NUMBER, "Change the number"),
    Fix.SAME_DOCUMENT: (ActionId.SAME_DOCUMENT, "It is the same document"),
    Fix.TAKE_AS_IT_IS: (ActionId.TAKE_AS_IT_IS, "Take it as it is"),
    Fix.EDIT_ITEM: (ActionId.EDIT_ITEM, "Edit"),
    Fix.RETRY: (ActionId.RETRY_ITEM, "Retry"),
    Fix.PUBLISH_AS_DRAFT: (ActionId.PUBLISH_AS_DRAFT, "Publish as draft"),
    Fix.BOOK_ON_OPEN_DAY: (ActionId.BOOK_ON_OPEN_DAY, "Book on the next open day"),
    Fix.DRAFT_UNTIL_OPEN: (ActionId.DRAFT_UNTIL_OPEN, "Publish as draft"),
    Fix.WAIT_FOR_LEDGER: (ActionId.WAIT_FOR_LEDGER, "Wait"),
    Fix.LEAVE_STEP: (ActionId.LEAVE_STEP, "Leave it so"),
    Fix.WITHDRAW_AGAIN: (ActionId.WITHDRAW_AGAIN, "Retry"),
    Fix.WITHDRAW_ANYWAY: (ActionId.WITHDRAW_AGAIN, "Withdraw anyway"),
    Fix.MAKE_CREDIT_NOTE: (ActionId.MAKE_CREDIT_NOTE, "Make a credit note"),
    Fix.LEAVE_PUBLISHED: (ActionId.LEAVE_PUBLISHED, "Leave it so"),
}
OF_ONE_STEP = frozenset({ActionId.RETRY_ITEM, ActionId.LEAVE_STEP, ActionId.SHOW_LEDGER_WORDS})
"""What acts on the step that the alert is about; the others change the item."""
NOT_DONE = {
    StepKind.DOCUMENT: "{name} was not published",
    StepKind.PAYMENT: "{reference} was not paid",
    StepKind.ATTACHMENT: "the file of {reference} was not attached",
    StepKind.WITHDRAWAL: "{reference} was not withdrawn",
}
LONGEST_WORDS = 2900
LONGEST_TITLE = 24
LONGEST_EXPLANATION = 2500
"""It may name each receipt of an expense report."""
BLOCKS = {"account": BlockId.ACCOUNT, "tax_rate": BlockId.TAX_RATE}
"""Where the sentence about a field that searches stands in the form."""


def alert(found: AlertCard) -> Message:
    """The reply under the home card, as it is now."""
    return _open(found) if is_open(found) else over(found)


def words_modal(found: AlertCard) -> View:
    """The ledger's own words, letter by letter: plain text, so that they can be searched for as they stand."""
    problem, ledger = found.alert.problem, found.card.ledger
    said = plain(problem.vendor_words, LONGEST_WORDS) or f"{plain(ledger)} gave no words with it."
    title = f"{ledger}'s words"
    return _modal(
        title if len(title) <= LONGEST_TITLE else "The ledger's words",
        [
            section(f"*{escape(found.card.organisation)}* · {found.card.item.reference}\n*{escape(ledger)} said*"),
            SectionBlock(text=PlainTextObject(text=said, emoji=False)),
            context(f"Our name for it: `{problem.code}`"),
        ],
    )


def choose_form(page: ItemPage, action: ActionId) -> View:
    """Another category, or another tax rate, for a refused item."""
    item = page.item
    assert item is not None
    is_account = action is ActionId.CHOOSE_ACCOUNT
    if is_account:
        now = "none" if page.account is None else page.account.label
        field = fields.account_field(BlockId.ACCOUNT, "Category", None)
    else:
        now = "none" if page.tax_rate is None else page.tax_rate.label
        field = fields.tax_rate_field(BlockId.TAX_RATE, "Tax rate", None)
    return View(
        type="modal",
        callback_id=CallbackId.CHOOSE_ACCOUNT if is_account else CallbackId.CHOOSE_TAX_RATE,
        title=PlainTextObject(text="Another category" if is_account else "Another tax rate"),
        submit=PlainTextObject(text="Save and send"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(
            page.organisation_id, item.version, item.id, is_of_sale=item.kind is ItemKind.SALE
        ).encode(),
        blocks=[
            section(f"*{escape(page.organisation)}* · {what(item)}\nNow: {escape(now, 100)}"),
            field,
            context("The approval is kept, and it is sent again at once."),
        ],
    )


def read_choice(state: dict[str, Any]) -> str | None:
    """The code that was chosen in either form."""
    found = Fields(state)
    return found.account(BlockId.ACCOUNT) or found.tax_rate(BlockId.TAX_RATE)


def _open(found: AlertCard) -> Message:
    item, problem, fixes = found.card.item, found.alert.problem, _fixes(found)
    sign = SIGNS[AlertState.FIXED if is_let_wait(found) else AlertState.OPEN]
    head = f"*{escape(found.card.organisation)}* · {item.reference}\n{sign} *{escape(problem.title)}*"
    asked = " ".join(mention(user) for user in found.helpers[:5])
    move = f"*Who acts next:* {problem.entry.mover}{': ' + asked if asked else ''}"
    asks = f" Admins: {' '.join(mention(user) for user in found.admins[:5])}" if found.admins else ""
    if is_let_wait(found):
        move = f"*Who acts next:* nobody; it waits for {escape(found.card.ledger)}."
    blocks: list[Block] = [
        section(head),
        section(escape(problem.explanation, LONGEST_EXPLANATION)),
        *_field(found),
        section(f"{move}\n{escape(problem.remedy_by(fixes), 900)}{asks}"),
        *not_again(found, can_be_credited=Fix.MAKE_CREDIT_NOTE in fixes),
        ActionsBlock(elements=_buttons(found)),
    ]
    if not _waits_for_people(found):
        blocks.append(context(f"It is tried again by itself until {escape(found.card.ledger)} gives a clear answer."))
    elif found.alert.look_at is not None:
        blocks.append(context(_waiting(found)))
    if found.alert.times > 1 and _waits_for_people(found):
        blocks.append(context(f"Refused {found.alert.times} times, last {moment(found.alert.changed_at)}"))
    return f"{plain(found.card.organisation)}: {_what_failed(found)}. {plain(problem.title)}.", tuple(blocks)


def _what_failed(found: AlertCard) -> str:
    item = found.card.item
    name = plain(item.counterparty.name or item.reference, 60)
    if found.alert.problem.is_in_part:
        return f"{item.reference} was withdrawn only in part"
    return NOT_DONE[found.alert.of].format(name=name, reference=item.reference)


def _waits_for_people(found: AlertCard) -> bool:
    """Whether the step has ended in a refusal: what is only told of is tried again by itself."""
    ended = ItemState.REFUSED if found.alert.of is StepKind.DOCUMENT else ItemState.PUBLISHED
    return found.card.item.state is ended and found.alert.is_refusal


def _waiting(found: AlertCard) -> str:
    """Who asked for it, and how it ends."""
    alert, ledger = found.alert, escape(found.card.ledger)
    looks = f"{ledger} is asked again by itself, the next time {moment(alert.look_at or alert.changed_at)}"
    if not is_let_wait(found):
        return f"{looks}; when the cause is gone, it goes out."
    *others, last = (f"*{LABELS[fix][1]}*" for fix in _fixes(found))
    ends = f"{', '.join(others)} or {last}" if others else last
    return f"{alert.outcome} {looks}. {ends} ends the waiting."


def _field(found: AlertCard) -> list[Block]:
    """What it is about, where the heading does not say that."""
    about, title = found.alert.problem.field, found.alert.problem.title
    if about is None:
        return []
    name, value = about
    is_said = name.lower() in title.lower() if value == MISSING_VALUE else bool(value) and value in title
    return [] if is_said else [section(f"*{escape(name)}*\n{escape(value, 150) or 'see the card'}")]


def _buttons(found: AlertCard) -> list[ButtonElement]:
    item = found.card.item
    of_item, of_step = ItemRef(item.id, item.version).encode(), StepRef(item.id, found.alert.of).encode()
    buttons = []
    for fix in _fixes(found):
        if fix is Fix.RECONNECT:
            buttons.append(connect_button("Reconnect", str(item.organisation_id)))
        elif fix is Fix.OPEN_IN_LEDGER:
            buttons += open_in_ledger(found.card)
        else:
            action, label = LABELS[fix]
            value = of_step if action in OF_ONE_STEP else of_item
            buttons.append(ButtonElement(action_id=action, text=label, value=value))
    if buttons:
        buttons[0].style = "primary"
    ledger, link = plain(found.card.ledger, 60), found.alert.problem.facts.get("link")
    if link:
        label = f"Open it in {ledger}"
        buttons.append(ButtonElement(action_id=ActionId.OPEN_IN_LEDGER, text=label, url=link, value=of_item))
    words = f"{ledger}'s words"
    return [*buttons, ButtonElement(action_id=ActionId.SHOW_LEDGER_WORDS, text=words, value=of_step)]


def _fixes(found: AlertCard) -> tuple[Fix, ...]:
    """What can be pressed now: nothing changes an item whose answer is still open, and it is tried again by itself."""
    fixes = found.alert.problem.entry.fixes
    if not _waits_for_people(found):
        return tuple(fix for fix in fixes if fix is Fix.RECONNECT)
    return tuple(fix for fix in fixes if _works(fix, found))


def _works(fix: Fix, found: AlertCard) -> bool:
    match fix:
        case Fix.PUBLISH_AS_DRAFT:
            item = found.card.item
            is_less = item.publish_as is not PaymentStatus.DRAFT and not item.publish_to.is_of_bank
            return is_less and PaymentStatus.DRAFT in found.card.statuses
        case Fix.BOOK_ON_OPEN_DAY:
            return ClosedAnswer.NEXT_OPEN_DAY in found.card.closed_answers
        case Fix.DRAFT_UNTIL_OPEN:
            return ClosedAnswer.AS_DRAFT in found.card.closed_answers
        case Fix.MAKE_CREDIT_NOTE:
            return can_be_credited(found.card.item)
        case Fix.WAIT_FOR_LEDGER:
            return found.alert.look_at is None
        case _:
            return True


def _modal(title: str, blocks: list[Block]) -> View:
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text=plain(title, LONGEST_TITLE)),
        close=PlainTextObject(text="Close"),
        blocks=blocks,
    )
