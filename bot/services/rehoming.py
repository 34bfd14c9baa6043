"""What a closed channel refused goes where its organisation's messages go now.

A channel is archived, or we are removed from it, and an admin chooses another one, as our own message advises. What
stands in the old channel can be seen there by nobody new, and changed by us no more, so it is posted anew.
"""

from uuid import UUID

from bot.db import outbox
from bot.db.base import table_of
from bot.db.items import load_item
from bot.db.messages import MessageRow
from bot.db.outbox import Message
from bot.db.unit_of_work import Nudge, Tx
from bot.domain.general import Purpose
from bot.domain.ids import ChannelId, ItemId, OrganisationId
from bot.domain.items import Item
from bot.domain.settings import Settings
from bot.services import home_cards
from bot.services.arrival_messages import tell_alone
from bot.services.connection_messages import AGAIN, ANNOUNCEMENT, DISCONNECTED, LAPSE, RECONNECT
from bot.services.messages import FLOOD, POINTER, Subject, Surface, home_card, step_of
from bot.services.settings import load_settings

MESSAGES = table_of(MessageRow)


async def rehome(tx: Tx, message: Message) -> bool:
    """Have it shown in the channel that was chosen meanwhile; False when it is to wait for the one that refused it."""
    is_announced_otherwise = message.subject == Subject.CONNECTION and message.role == ANNOUNCEMENT
    if is_announced_otherwise or (message.subject == Subject.NOTE and message.role == FLOOD):
        # whoever connected it has the same message in their own conversation; what was much goes elsewhere one by one
        await outbox.forget(tx, message)
        return True
    if message.subject == Subject.NOTE and message.role == AGAIN:
        return await _move_to_person(tx, message)
    if message.subject == Subject.ARRIVAL:
        await tell_alone(tx, message.workspace_id, message.subject_id)
        return await _move_to_person(tx, message)
    is_news = message.subject == Subject.CONNECTION and message.role.startswith((RECONNECT, LAPSE, DISCONNECTED))
    if is_news or message.subject in (Subject.DEFAULT, Subject.GONE_CODES, Subject.QUEUE):
        settings = await load_settings(tx, message.workspace_id, OrganisationId(UUID(message.subject_id)))
        return await _move(tx, message, settings.channel_of(Purpose.NEWS))
    if message.subject == Subject.DIGEST:
        chosen = (
            await load_settings(tx, message.workspace_id, OrganisationId(UUID(message.subject_id)))
        ).digest_channel
        if chosen is None:
            await outbox.forget(tx, message)
            return True
        return await _move(tx, message, chosen)
    if message.subject not in (Subject.ITEM, Subject.ALERT):
        return False
    item = await load_item(tx, message.workspace_id, ItemId(UUID(message.subject_id)))
    if item is None:
        return False
    settings = await load_settings(tx, item.workspace_id, item.organisation_id)
    if message.subject == Subject.ALERT and step_of(message.role)[0] == POINTER:
        return await _move_pointer(tx, message, settings)
    return await _bring(tx, message, item, settings.channel_of(Purpose.APPROVALS))


async def _bring(tx: Tx, message: Message, item: Item, chosen: ChannelId | None) -> bool:
    card = await home_card(tx, item.workspace_id, item.id)
    if card is None or chosen == message.channel_id:
        return False
    if chosen is None:
        await home_cards.bring_to_sender(tx, item.workspace_id, item.id)
        return card.ts is None
    if card.place.channel_id == chosen:
        await home_cards.bring_alert(tx, item.workspace_id, item.id, chosen, card.id)
    else:
        await home_cards.bring(tx, item.workspace_id, item.id, chosen)
    return True


async def _move_pointer(tx: Tx, message: Message, settings: Settings) -> bool:
    """Where alerts and cards share a channel, the alert itself stands there, and no line needs to lead to it."""
    chosen = settings.channel_of(Purpose.ALERTS)
    if chosen == message.channel_id:
        return False
    if chosen != settings.channel_of(Purpose.APPROVALS):
        return await _move(tx, message, chosen)
    unneeded = MESSAGES.delete().where(MESSAGES.c.id == message.id, MESSAGES.c.workspace_id == message.workspace_id)
    await tx.execute(unneeded)
    return True


async def _move_to_person(tx: Tx, message: Message) -> bool:
    return await _moved(tx, message, surface=Surface.DIRECT, channel_id=None, thread_ts=None)


async def _move(tx: Tx, message: Message, chosen: ChannelId | None) -> bool:
    if chosen is None or chosen == message.channel_id:
        return False
    return await _moved(tx, message, channel_id=chosen)


async def _moved(tx: Tx, message: Message, **place: str | None) -> bool:
    """It is wanted anew there, so that a copy on its way to the old place does not count for it."""
    of = MESSAGES.c.id == message.id, MESSAGES.c.workspace_id == message.workspace_id
    again = {"wanted": MESSAGES.c.wanted + 1, "is_waiting": True, "ts": None, "trouble": None, "due_at": tx.now}
    await tx.execute(MESSAGES.update().where(*of).values(**place, **again))
    tx.nudge(Nudge.MESSENGER)
    return True
