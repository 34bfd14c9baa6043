"""Items looked at again: coded by the settings as they are now, checked, and moved to where that leads.

Runs at the door, after an edit, and for all waiting items when defaults change (`bot.services.following`). A default
never overrides what is stronger; an approval is never touched by a default, because what was decided on is checked only.
A default that the ledger is known not to take any more is none.
"""

from dataclasses import replace

from bot.db.items import change_item
from bot.db.unit_of_work import Tx
from bot.domain.checks import check
from bot.domain.coding import Coding, CodingDefaults, apply_defaults
from bot.domain.items import Item, ItemState
from bot.domain.settings import PaymentStatus, Settings
from bot.services.choices import usable_defaults


async def judged(tx: Tx, item: Item, settings: Settings) -> Item:
    """An undecided item as the settings have it: coded by the defaults, and checked; its state is left alone."""
    defaults = await usable_defaults(tx, item.workspace_id, item.organisation_id, settings.coding_defaults)
    return judged_by(item, settings, defaults)


def judged_by(item: Item, settings: Settings, defaults: CodingDefaults) -> Item:
    """As `judged`; `defaults` are those of the settings that can be used."""
    coding = apply_defaults(item.coding, defaults)
    return checked(replace(item, coding=coding, publish_as=status_of(coding, settings)))


def status_of(coding: Coding, settings: Settings) -> PaymentStatus:
    """What it is published as: by the settings, unless somebody chose for it."""
    chosen = coding.publish_as.value
    return settings.payment_status if chosen is None else PaymentStatus(chosen)


def checked(item: Item) -> Item:
    """The item as it stands, checked, with what somebody has to answer; its state is left alone."""
    asked = tuple(question.words for question in item.questions if question.is_open)
    return replace(item, complaints=(*asked, *check(item.facts, item.coding, item.kind)))


async def settle(tx: Tx, item: Item) -> Item | None:
    """Move an undecided item, as already judged, to where its complaints lead: to review, or on into approval.

    None when somebody else changed it meanwhile.
    """
    current: Item | None = item
    for state in _way(item):
        if current is not None and current.state is not state:
            current = await change_item(tx, current, replace(current, state=state))
    return current


def _way(item: Item) -> tuple[ItemState, ...]:
    if item.complaints:
        return (ItemState.TO_REVIEW,)
    return () if item.state is ItemState.IN_APPROVAL else (ItemState.READY, ItemState.IN_APPROVAL)
