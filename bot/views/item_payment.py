"""Where an item goes in the ledger, with which status, and the bank account that it is paid from or received on."""

from slack_sdk.models.blocks import ButtonElement

from bot.domain.cards import ItemCard
from bot.domain.items import ItemState
from bot.domain.payment_methods import KnownMethod
from bot.domain.settings import Destination
from bot.views.ids import ActionId
from bot.views.kind_settings import DESTINATION_NAMES, STATUS_NAMES
from bot.views.metadata import MethodRef
from bot.views.payment_fields import bank_account_label
from bot.views.payment_methods import linked
from bot.views.text import escape

Told = tuple[str, str, str]
"""A field's name, its value, and in small what there is to say of it."""


def destination(found: ItemCard) -> Told:
    coded = found.item.coding.publish_to
    return "Publish to", DESTINATION_NAMES[found.item.publish_to][0], "" if coded.value is None else coded.source.words


def going(found: ItemCard) -> list[Told]:
    """For a card: that it goes to where others of its kind go, nobody has to be told. On a bank account it has no status of
    its own.
    """
    if found.item.publish_to is Destination.BANK_ACCOUNTS:
        return [destination(found), *payment(found)]
    return [("Publish as", STATUS_NAMES[found.item.publish_as][0], ""), *payment(found)]


def payment(found: ItemCard) -> list[Told]:
    """What it is paid with, where it is to be paid, or somebody says what it was paid with."""
    item, known = found.item, found.payment_method
    if known is None:
        return [("Payment method", "none yet", "")] if item.is_to_be_paid else []
    source = item.coding.payment_method.source.words
    value = escape(known.method.label, 100)
    return [("Payment method", f"{value}\n{_account(found, known)}" if item.is_to_be_paid else value, source)]


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
