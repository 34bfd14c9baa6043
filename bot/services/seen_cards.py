"""The cards that documents name as payment methods: found among those there are, or added when one is seen first.

A card that nobody knew is added without a bank account, so nothing is ever paid from it until an admin has linked it; they
are asked to under the document that named it.
"""

from collections.abc import Mapping, Sequence

from bot.db import payment_methods as stored
from bot.db.base import new_id
from bot.db.unit_of_work import Tx
from bot.domain.documents import ItemKind, PaidWith
from bot.domain.items import Item
from bot.domain.payment_methods import MOST_SEEN, PaymentMethod, PaymentMethodForm, PaymentMethodId, named_by, of_card
from bot.domain.questions import QuestionKind, open_kinds
from bot.domain.rights import Role
from bot.services import audit
from bot.services.settings import people_with
from bot.services.threads import note_under_card
from bot.views.text import escape, mention

SEEN = "payment method seen"
"""The deed, and the role of the message that tells of it."""
MOST_ASKED = 10


async def methods_of_cards(tx: Tx, items: Sequence[Item]) -> Mapping[PaidWith, str]:
    """For items of one organisation: of each card that one of them names, the payment method, where it is one alone."""
    cards = {item.facts.paid_with for item in items if item.facts.paid_with is not None}
    if not cards:
        return {}
    methods = await stored.all_methods(tx, items[0].workspace_id, items[0].organisation_id)
    live = [method for method in methods if method.is_active]
    found = {card: of_card(card, live) for card in cards}
    return {card: str(alike[0].id) for card, alike in found.items() if len(alike) == 1}


async def card_seen(tx: Tx, item: Item) -> PaymentMethod | None:
    """The payment method that was added for the card of a new item; None where it names none, or one that is known, switched
    off or not. Whoever brings an item in holds the settings, so of two at once the second finds what the first added.
    """
    card = item.facts.paid_with
    is_ours = QuestionKind.WHOSE_BOOKS not in open_kinds(item.questions)
    if card is None or item.kind is not ItemKind.COST or not (item.is_booked and is_ours):
        return None
    of = tx, item.workspace_id, item.organisation_id
    methods = await stored.all_methods(*of)
    if of_card(card, methods) or len(methods) >= MOST_SEEN:
        return None
    form = PaymentMethodForm(version=0, name=named_by(card), last_digits=card.last_digits, bank_account=None)
    method_id = PaymentMethodId(new_id())
    if not await stored.insert_method(*of, method_id, form):
        return None  # another card has this name
    await audit.record(
        tx,
        item.workspace_id,
        method_id,
        SEEN,
        by=None,
        organisation_id=item.organisation_id,
        facts={"name": form.name, "bank account": None, "on": item.reference},
    )
    return PaymentMethod(id=method_id, name=form.name, last_digits=form.last_digits)


async def ask_to_link(tx: Tx, item: Item, method: PaymentMethod) -> None:
    """Once, under the card of the item that it was seen on."""
    admins = await people_with(tx, item.workspace_id, item.organisation_id, Role.ADMIN)
    named = " ".join(mention(user) for user in admins[:MOST_ASKED])
    words = (
        f"{named} *{escape(method.label)}* stands on *{item.reference}* and was not known here, so it is a payment method "
        "now. Type `/dext payment-methods` and press *Link* to say which bank account of the ledger it pays from: until "
        "then nothing is paid with it."
    )
    await note_under_card(tx, item, SEEN, words.strip())
