"""Home cards when something changes that is not the item's own: they follow into the approvals channel, show who
approves now, and say whether the connection is there.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import not_, or_, select

from bot.db import places
from bot.db.base import table_of
from bot.db.items import ITEMS
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Tx
from bot.domain.general import Purpose
from bot.domain.ids import ChannelId, ItemId, OrganisationId, WorkspaceId
from bot.domain.items import ItemState
from bot.domain.settings import Settings
from bot.services.homes import redraw_homes_of
from bot.services.messages import (
    HOME_CARD,
    THREADS,
    Place,
    Subject,
    Surface,
    redraw,
    redraw_items,
    try_closed_again,
    want,
)

MESSAGES = table_of(MessageRow)

WAITING = (ItemState.TO_REVIEW, ItemState.READY, ItemState.IN_APPROVAL, ItemState.APPROVED)
OVER = (ItemState.PUBLISHED, ItemState.REJECTED, ItemState.ARCHIVED)
UNFINISHED = tuple(state for state in ItemState if state not in OVER)
ON_THEIR_WAY = (ItemState.APPROVED, ItemState.SENDING, ItemState.UNKNOWN, ItemState.WITHDRAWING)
FIRST_CARD = "first card"
"""The role of a card that was the home until there was a channel for it; it goes on showing the item."""


async def follow(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, before: Settings, after: Settings
) -> None:
    """Draw the cards of what waits by the new settings; those that no channel has seen yet go to the new one, or to who sent
    the item in, where there is none any more.
    """
    if any(before.channel_of(purpose) != after.channel_of(purpose) for purpose in Purpose):
        await try_closed_again(tx, workspace_id)
        for channel in {before.channel_of(purpose) for purpose in Purpose} - {None}:
            await redraw(tx, workspace_id, Subject.CHANNEL, channel)  # whether it is still told to be closed
    chosen = after.channel_of(Purpose.APPROVALS)
    if chosen != before.channel_of(Purpose.APPROVALS):
        unfinished = await _items_in(tx, workspace_id, organisation_id, UNFINISHED)
        waiting = await _waiting_for(tx, workspace_id, before.channel_of(Purpose.APPROVALS))
        for item_id in dict.fromkeys((*await _unseen(tx, workspace_id, unfinished), *waiting)):
            await (
                bring_to_sender(tx, workspace_id, item_id)
                if chosen is None
                else bring(tx, workspace_id, item_id, chosen)
            )
    if (before.approvers, before.steps_done) != (after.approvers, after.steps_done):
        await redraw_items(tx, workspace_id, await _items_in(tx, workspace_id, organisation_id, WAITING))


async def connection_changed(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """What is to go to the ledger says that it waits for the connection, or that it goes on; Homes show how it stands."""
    await redraw_homes_of(tx, workspace_id, organisation_id)
    await redraw_items(tx, workspace_id, await _items_in(tx, workspace_id, organisation_id, ON_THEIR_WAY))


async def methods_changed(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """What waits names its payment method, and the bank account of that."""
    await redraw_items(tx, workspace_id, await _items_in(tx, workspace_id, organisation_id, WAITING))


async def _items_in(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, states: Collection[ItemState]
) -> list[ItemId]:
    statement = select(ITEMS.c.id).where(
        ITEMS.c.workspace_id == workspace_id,
        ITEMS.c.organisation_id == organisation_id,
        ITEMS.c.state.in_(states),
    )
    return [ItemId(found) for found in (await tx.execute(statement.order_by(ITEMS.c.created_at))).scalars()]


async def _unseen(tx: Tx, workspace_id: WorkspaceId, items: list[ItemId]) -> list[ItemId]:
    """Those whose home card is in somebody's own conversation, or waits for a channel that does not take it."""
    statement = select(MESSAGES.c.subject_id).where(
        MESSAGES.c.workspace_id == workspace_id,
        MESSAGES.c.subject == Subject.ITEM,
        MESSAGES.c.role == HOME_CARD,
        or_(MESSAGES.c.surface == Surface.DIRECT, MESSAGES.c.ts.is_(None)),
    )
    found = set((await tx.execute(statement)).scalars())
    return [item_id for item_id in items if str(item_id) in found]


async def _waiting_for(tx: Tx, workspace_id: WorkspaceId, channel: ChannelId | None) -> list[ItemId]:
    """Items whose home card is still to be posted there, as in quiet hours, whatever became of them meanwhile."""
    statement = select(MESSAGES.c.subject_id).where(
        MESSAGES.c.workspace_id == workspace_id,
        MESSAGES.c.channel_id == channel,
        MESSAGES.c.subject == Subject.ITEM,
        MESSAGES.c.role == HOME_CARD,
        MESSAGES.c.ts.is_(None),
        MESSAGES.c.is_waiting.is_(True),
    )
    return [ItemId(UUID(found)) for found in (await tx.execute(statement)).scalars()]


async def bring(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId, channel_id: ChannelId) -> None:
    """Have the home card in this channel, and its alerts under it.

    A person keeps the card they have, or are about to get; a card that no channel took, or that stands in one that is
    closed, is posted in the new one instead.
    """
    home = (
        MESSAGES.c.workspace_id == workspace_id,
        MESSAGES.c.subject == Subject.ITEM,
        MESSAGES.c.subject_id == str(item_id),
        MESSAGES.c.role == HOME_CARD,
    )
    has_it = or_(MESSAGES.c.ts.is_not(None), not_(places.is_free(MESSAGES.c.leased_until)))
    kept = MESSAGES.update().where(*home, MESSAGES.c.surface == Surface.DIRECT, has_it).values(role=FIRST_CARD)
    await tx.execute(kept, places.limits(tx.now))
    await tx.execute(
        MESSAGES.update()
        .where(*home)
        .values(surface=Surface.CHANNEL, channel_id=channel_id, user_id=None, ts=None, trouble=None)
    )
    card_id = await want(
        tx, workspace_id, Subject.ITEM, item_id, Place(role=HOME_CARD, surface=Surface.CHANNEL, channel_id=channel_id)
    )
    await bring_alert(tx, workspace_id, item_id, channel_id, card_id)


async def bring_to_sender(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> None:
    """A card that stands nowhere goes to who sent the item in, and what is to be told of it goes with it."""
    of = ITEMS.c.workspace_id == workspace_id, ITEMS.c.id == item_id
    sender = (await tx.execute(select(ITEMS.c.submitted_by).where(*of))).scalar_one()
    place = {"surface": Surface.DIRECT, "channel_id": None, "user_id": sender}
    again = {"wanted": MESSAGES.c.wanted + 1, "is_waiting": True, "due_at": tx.now, "trouble": None}
    stands_nowhere = MESSAGES.update().where(
        MESSAGES.c.workspace_id == workspace_id,
        MESSAGES.c.subject.in_((Subject.ITEM, Subject.ALERT)),
        MESSAGES.c.subject_id == str(item_id),
        MESSAGES.c.role.in_((HOME_CARD, *THREADS)),
        MESSAGES.c.surface == Surface.CHANNEL,
        MESSAGES.c.ts.is_(None),
        places.is_free(MESSAGES.c.leased_until),
    )
    await tx.execute(stands_nowhere.values(**place, **again), places.limits(tx.now))


async def bring_alert(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId, channel_id: ChannelId, card_id: UUID) -> None:
    """The item's alerts, if it has any, stand under this card; those in a person's own conversation stays there."""
    moved = MESSAGES.update().where(
        MESSAGES.c.workspace_id == workspace_id,
        MESSAGES.c.subject == Subject.ALERT,
        MESSAGES.c.subject_id == str(item_id),
        MESSAGES.c.role.in_(THREADS),
        or_(MESSAGES.c.surface == Surface.CHANNEL, MESSAGES.c.ts.is_(None)),
    )
    place = {"surface": Surface.CHANNEL, "channel_id": channel_id, "user_id": None, "thread_of": card_id, "ts": None}
    again = {"wanted": MESSAGES.c.wanted + 1, "is_waiting": True, "due_at": tx.now, "trouble": None}
    await tx.execute(moved.values(**place, **again))
