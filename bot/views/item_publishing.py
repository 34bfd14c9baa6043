"""How an item is published: where to, with which status, and what it was paid with; drawn and read back.

What is left as it is follows the settings, also when they change.
"""

from slack_sdk.models.blocks import Block, Option

from bot.domain.documents import ItemKind
from bot.domain.forms import ItemPage
from bot.domain.payment_methods import KnownMethod
from bot.domain.settings import Destination, PaymentStatus, destinations_for
from bot.views import fields, payment_fields
from bot.views.fields import Fields
from bot.views.ids import BlockId
from bot.views.item_parties import shown_kind
from bot.views.kind_settings import DESTINATION_NAMES, STATUS_NAMES
from bot.views.metadata import NotOursError
from bot.views.parts import context
from bot.views.payment_fields import linked
from bot.views.reading import member
from bot.views.text import escape, plain

AS_USUAL = "as_usual"


def publishing_fields(page: ItemPage) -> list[Block]:
    """Only what the package can do otherwise than the settings say, or than what they said of other software."""
    found: list[Block] = []
    is_elsewhere = (page.edit.publish_to or page.usual_destination) not in page.destinations
    if len(page.destinations) > 1 or (page.destinations and is_elsewhere):
        chosen = page.edit.publish_to if page.edit.publish_to in page.destinations else None
        found.append(fields.choice_field(_place(page), "Publish to", _destinations(page), chosen or AS_USUAL))
    if page.statuses and page.rules.says_status:
        status = page.edit.publish_as if page.edit.publish_as in page.statuses else None
        found.append(fields.choice_field(BlockId.PUBLISH_AS, "Publish as", _statuses(page), status or AS_USUAL))
    return [*found, *_method(page)]


def _place(page: ItemPage) -> str:
    """A sale goes elsewhere than a cost, so that Slack must not keep what was chosen before it became one."""
    return f"{BlockId.PUBLISH_TO}:{shown_kind(page.edit.kind)}"


def _method(page: ItemPage) -> list[Block]:
    """Where something can be paid in this package."""
    if not page.can_be_paid:
        return []
    known = page.payment_method
    field = payment_fields.payment_method_field(
        BlockId.PAYMENT_METHOD, "Payment method", None if known is None else known.method, hint=_hint(page)
    )
    return [field, *_account(page, known)]


def _hint(page: ItemPage) -> str:
    """What it is for, and what an empty field leads to."""
    received = "received with" if page.edit.kind is ItemKind.SALE else "paid with"
    ways = [
        *(["as Paid"] if PaymentStatus.PAID in page.statuses else []),
        *(f"to {each.words}" for each in page.destinations if each.is_of_bank),
    ]
    needed = f"What it was {received}. To be published {' or '.join(ways)}, it needs one with a bank account."
    needed += " The payment has the document's date."
    if not page.has_methods:
        return f"{needed} There is none yet: an admin adds one by /dext payment-methods."
    usual = page.usual_method
    return needed if usual is None else f"{needed} Usually: {plain(usual.method.label, 80)}."


def _account(page: ItemPage, known: KnownMethod | None) -> list[Block]:
    """Which bank account that is, or why none."""
    if known is None:
        return []
    off = "" if known.method.is_active else ":warning: it is switched off · "
    return [context(f"{escape(known.method.label)} {off}{linked(known, page.ledger)}")]


def _destinations(page: ItemPage) -> list[Option]:
    usual, _ = DESTINATION_NAMES[page.usual_destination]
    named = [(destination, DESTINATION_NAMES[destination][0]) for destination in page.destinations]
    return [_as_usual(usual), *(fields.an_option(destination, name) for destination, name in named)]


def _statuses(page: ItemPage) -> list[Option]:
    usual, _ = STATUS_NAMES[page.usual_status]
    return [_as_usual(usual), *(fields.an_option(status, STATUS_NAMES[status][0]) for status in page.statuses)]


def _as_usual(usual: str) -> Option:
    return fields.an_option(AS_USUAL, f"As in the settings: {usual}")


def read_destination(found: Fields, page: ItemPage, kind: ItemKind) -> Destination | None:
    """None where the settings say it; also where it was chosen for another kind than it is now.

    Raises:
        NotOursError: a place that was never offered.
    """
    block = found.named(BlockId.PUBLISH_TO)
    if page.item is None or not found.has(block):
        return page.edit.publish_to
    chosen = found.option(block)
    if chosen in (None, AS_USUAL):
        return None
    destination = member(Destination, chosen or "")
    if not destination.takes(kind):
        return None
    if destination not in destinations_for(kind, page.capabilities):
        raise NotOursError(str(chosen)[:60])
    return destination


def read_status(found: Fields, page: ItemPage) -> PaymentStatus | None:
    """Raises:
    NotOursError: a status that was never offered.
    """
    chosen = found.option(BlockId.PUBLISH_AS)
    if page.item is None or not found.has(BlockId.PUBLISH_AS):
        return page.edit.publish_as
    if chosen in (None, AS_USUAL):
        return None
    status = member(PaymentStatus, chosen or "")
    if status not in page.statuses:
        raise NotOursError(str(chosen)[:60])
    return status


def read_method(found: Fields, page: ItemPage) -> str | None:
    """Our id of the payment method; whether the organisation has it is for whoever saves."""
    if page.item is None or not found.has(BlockId.PAYMENT_METHOD):
        return page.edit.payment_method
    return found.payment_method(BlockId.PAYMENT_METHOD)
