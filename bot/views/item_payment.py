"""Where an item goes in the ledger, with which status, and the bank account that it is paid from or received on."""

from slack_sdk.models.blocks import ButtonElement

from bot.domain.cards import ItemCard
from bot.domain.items import ItemState
from bot.domain.payment_methods import KnownMethod
from bot.domain.settings import PaymentStatus
from bot.views.bank_match import bank_line
from bot.views.ids import ActionId
from bot.views.item_exchange import Told, conversion
from bot.views.kind_settings import DESTINATION_NAMES, STATUS_NAMES
from bot.views.metadata import MethodRef
from bot.views.payment_fields import bank_account_label, linked
from bot.views.text import day, escape

NO_PAYMENT = "{ledger} takes no payment of a credit note: it is set against bills there"


def destination(found: ItemCard) -> Told:
    coded = found.item.coding.publish_to
    return "Publish to", DESTINATION_NAMES[found.item.publish_to][0], "" if coded.value is None else coded.source.words


def going(found: ItemCard) -> list[Told]:
    """For a card: that it goes to where others of its kind go, nobody has to be told. On a bank account, and in a file that
    says none, it has no status of its own.
    """
    if found.item.publish_to.is_of_bank:
        return [destination(found), *payment(found)]
    if not found.rules.says_status:
        return payment(found)
    return [("Publish as", STATUS_NAMES[found.item.publish_as][0], _not_paid(found)), *payment(found)]


def _not_paid(found: ItemCard) -> str:
    """What was to be paid is told why it is not."""
    item = found.item
    is_taken = found.rules.pays(item.facts.document_type) or item.publish_as is not PaymentStatus.AWAITING_PAYMENT
    return "" if is_taken else NO_PAYMENT.format(ledger=escape(found.ledger))


def in_full(found: ItemCard) -> list[Told]:
    """For whoever looks at everything: where it goes even if that is as usual, when it is paid, and what it was paid with
    though it is not to be paid from here.
    """
    told = [destination(found), *(each for each in going(found) if each != destination(found))]
    if found.item.is_to_be_paid:
        source = "the document's date" if found.item.bank_line is None else "the bank line's date"
        source = source if found.item.booked_on == found.item.dated_on else "the next open day"
        return [*told, ("Payment date", day(found.item.booked_on), source)]
    if found.payment_method is None:
        return told
    method = escape(found.payment_method.method.label, 100)
    return [*told, ("Payment method", f"{method}, and it is not to be paid from here", _source(found))]


def payment(found: ItemCard) -> list[Told]:
    """What it is paid with, where it is to be paid; of what is not, a payment method says nothing."""
    known = found.payment_method
    if not found.item.is_to_be_paid:
        return []
    line = bank_line(found)
    if known is None and line and found.paid_from is not None:
        return [("Bank account", escape(bank_account_label(found.paid_from)), ""), *line]
    if known is None:
        return [("Payment method", "none yet", "")]
    value = [escape(known.method.label, 100), _account(found, known), conversion(found)]
    return [("Payment method", "\n".join(filter(None, value)), _source(found)), *line]


def _source(found: ItemCard) -> str:
    return found.item.coding.payment_method.source.words


def _account(found: ItemCard, known: KnownMethod) -> str:
    """The one that was decided on, whatever its payment method is linked to since."""
    if found.paid_from is not None:
        return f"→ {escape(bank_account_label(found.paid_from))}"
    return linked(known, found.ledger) if known.method.is_active else ":warning: it is switched off"


def link_label(found: ItemCard) -> str | None:
    """What is to be pressed where the item waits for its payment method to get a bank account."""
    item, known = found.item, found.payment_method
    waits = item.state is ItemState.TO_REVIEW and item.is_to_be_paid and item.paid_from is None
    if not waits or known is None:
        return None
    return "Link payment method" if known.method.is_active else "Switch payment method on"


def link_button(found: ItemCard) -> list[ButtonElement]:
    label, known = link_label(found), found.payment_method
    if label is None or known is None:
        return []
    value = MethodRef(found.item.organisation_id, known.method.id).encode()
    return [ButtonElement(action_id=ActionId.CHANGE_PAYMENT_METHOD, text=label, value=value, style="primary")]
