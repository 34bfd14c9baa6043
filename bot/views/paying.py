"""The form behind *Choose another payment method*, read back where it is drawn; and what is said where there is no other."""

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.documents import ItemKind
from bot.domain.paying import OtherMethods
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef
from bot.views.parts import context, section
from bot.views.payment_fields import bank_account_label, usable_method_field
from bot.views.text import amount, escape, mention

BLOCKS = {"payment_method": BlockId.PAYMENT_METHOD}
"""Where the sentence about the field stands in the form."""
TITLE = "Another payment method"
MOST_NAMED = 5


def form(found: OtherMethods, callback: CallbackId) -> View:
    """`callback` says whether the document is refused, or its payment alone is."""
    if not found.is_any:
        return _none(found)
    card, item = found.card, found.card.item
    ref = FormRef(item.organisation_id, item.version, item.id, is_of_sale=item.kind is ItemKind.SALE)
    asked = usable_method_field(
        BlockId.PAYMENT_METHOD,
        "Payment method",
        hint=f"Those that are linked to a live bank account in {card.ledger}, and can pay this document's currency.",
    )
    return View(
        type="modal",
        callback_id=callback,
        title=PlainTextObject(text=TITLE),
        submit=PlainTextObject(text="Save and send" if callback is CallbackId.PAY_WITH_ANOTHER else "Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=ref.encode(),
        blocks=[_head(found), asked, context(_what_follows(found, callback))],
    )


def read(found: Fields) -> str | None:
    """Our id of the one that was chosen.

    Raises:
        NotOursError: not an id.
    """
    return found.payment_method(BlockId.PAYMENT_METHOD, ActionId.FIND_USABLE_METHOD)


def _head(found: OtherMethods) -> Block:
    card, item = found.card, found.card.item
    who = escape(item.counterparty.name or "unknown", 60)
    what = f"{who}, {amount(item.facts.gross, item.facts.currency)} ({item.reference})"
    now = "none" if card.payment_method is None else escape(card.payment_method.method.label, 100)
    account = "" if card.paid_from is None else f" → {escape(bank_account_label(card.paid_from), 100)}"
    return section(f"*{escape(card.organisation)}* · {what}\nNow: {now}{account}")


def _what_follows(found: OtherMethods, callback: CallbackId) -> str:
    if callback is CallbackId.PAY_WITH_ANOTHER:
        ledger = escape(found.card.ledger)
        return f"The payment alone is sent again, at once. The document stays in {ledger} as it is, and nobody approves it again."
    return "What is paid from another account is approved again, and then sent."


def _none(found: OtherMethods) -> View:
    """What there would have to be, and who can see to it: whoever may not is sent nowhere."""
    item, ledger = found.card.item, escape(found.card.ledger)
    lacking = (
        f"No other payment method is linked to a live bank account in {ledger} that can pay this.{_currencies(found)}"
    )
    blocks = [_head(found), section(f"{lacking}\n{_who_links(found)}")]
    if found.may_link:
        link = ButtonElement(
            action_id=ActionId.OPEN_PAYMENT_METHODS,
            text="Payment methods",
            value=str(item.organisation_id),
            style="primary",
        )
        blocks.append(ActionsBlock(elements=[link]))
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text=TITLE),
        close=PlainTextObject(text="Close"),
        blocks=blocks,
    )


def _currencies(found: OtherMethods) -> str:
    """Said of what is in another currency than the books alone."""
    item, own = found.card.item, found.card.own_currency
    currency = item.facts.currency
    if currency is None or own in (None, currency) or not item.is_to_be_paid:
        return ""
    holds = [currency] if item.publish_to.is_of_bank else [currency, own]
    return f" It has to be in {' or '.join(str(each) for each in holds)}."


def _who_links(found: OtherMethods) -> str:
    again = "Then press *Choose another payment method* again."
    if found.may_link:
        return f"Press *Payment methods*, and link one or add one. {again}"
    if not found.admins:
        return "An admin of these books can link one, and there is none now: *Manage* says who can become one."
    named = " ".join(mention(user) for user in found.admins[:MOST_NAMED])
    return f"An admin can link one: {named}. They type `/dext payment-methods`. {again}"
