"""News waits while its channel is to hear none; what somebody asked for, and what changes a message that stands there, never.

Looked at when a message is about to be sent, not when it was asked for: what an outage of Slack's held up until late in the
evening waits for the morning too. What waits keeps its turn, so a channel hears of everything in its order.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, tuple_

from bot.db import places
from bot.db.base import table_of
from bot.db.connections import ChannelRow, SettingsRow
from bot.db.outbox import MESSAGES, Message
from bot.db.unit_of_work import Nudge, Tx
from bot.domain.ids import ChannelId, WorkspaceId
from bot.domain.quiet import QuietHours
from bot.services.connection_messages import DISCONNECTED, LAPSE, RECONNECT
from bot.services.messages import Subject, Surface
from bot.services.settings import Chosen

CHANNELS, SETTINGS = table_of(ChannelRow), table_of(SettingsRow)

WAITING = (Subject.ITEM, Subject.ALERT, Subject.QUEUE, Subject.DEFAULT, Subject.GONE_CODES, Subject.DIGEST)
"""What nobody waits for; notes and answers to files are said to somebody who does."""
OF_CONNECTIONS = (LAPSE, DISCONNECTED)

_PLACE = tuple_(CHANNELS.c.workspace_id, CHANNELS.c.channel_id)
_SETTINGS = CHANNELS.join(SETTINGS, SETTINGS.c.organisation_id == CHANNELS.c.organisation_id)
_OF_PLACES = (
    select(CHANNELS.c.workspace_id, CHANNELS.c.channel_id, SETTINGS.c.chosen)
    .select_from(_SETTINGS)
    .where(_PLACE.in_(bindparam("of_places", expanding=True)))
)
_OF_CHANNEL = (
    select(SETTINGS.c.chosen)
    .select_from(_SETTINGS)
    .where(CHANNELS.c.workspace_id == bindparam("of_workspace"), CHANNELS.c.channel_id == bindparam("of_channel"))
)


async def held_back(tx: Tx, due: Sequence[Message]) -> frozenset[UUID]:
    """Those of them that are to wait, as things stand."""
    news = [message for message in due if _is_news(message)]
    if not news:
        return frozenset()
    asked = {"of_places": [message.where for message in news]}
    found = {(row.workspace_id, row.channel_id): _quiet(row) for row in (await tx.execute(_OF_PLACES, asked)).all()}
    return frozenset(
        message.id
        for message in news
        if (quiet := found.get((message.workspace_id, message.channel_id))) is not None
        and _waits(message, quiet)
        and quiet.end_of_quiet(tx.now) is not None
    )


async def hold(tx: Tx, message: Message) -> bool:
    """All news for its channel waits until quiet hours are over; False where they are by now, or there are none any more.

    Whoever saves others meanwhile waits for this, or this for them, so that nothing waits for hours that do not count.
    """
    of = {"of_workspace": message.workspace_id, "of_channel": message.channel_id}
    row = (await tx.execute(_held(_OF_CHANNEL, is_sqlite=tx.is_sqlite), of)).first()
    quiet = None if row is None else _quiet(row)
    until = None if quiet is None else quiet.end_of_quiet(tx.now)
    if quiet is None or until is None or not _waits(message, quiet):
        return False
    waiting = MESSAGES.update().where(
        MESSAGES.c.workspace_id == message.workspace_id,
        MESSAGES.c.channel_id == message.channel_id,
        MESSAGES.c.surface == Surface.CHANNEL,
        MESSAGES.c.ts.is_(None),
        MESSAGES.c.is_waiting.is_(True),
        places.is_free(MESSAGES.c.leased_until),
        _are_to_wait(quiet),
    )
    await tx.execute(waiting.values(not_before=until), places.limits(tx.now))
    return True


async def end_in(tx: Tx, workspace_id: WorkspaceId, channel_id: ChannelId) -> datetime | None:
    """Until when news waits that is for this channel; None where it does not."""
    row = (await tx.execute(_OF_CHANNEL, {"of_workspace": workspace_id, "of_channel": channel_id})).first()
    quiet = None if row is None else _quiet(row)
    return None if quiet is None else quiet.end_of_quiet(tx.now)


async def release(tx: Tx, workspace_id: WorkspaceId) -> None:
    """Other hours were chosen, or another channel: what waits is looked at again."""
    of = MESSAGES.c.workspace_id == workspace_id, MESSAGES.c.is_waiting.is_(True), MESSAGES.c.not_before > tx.now
    await tx.execute(MESSAGES.update().where(*of).values(not_before=None))
    tx.nudge(Nudge.MESSENGER)


def _held(statement: Select[Any], *, is_sqlite: bool) -> Select[Any]:
    return statement if is_sqlite else statement.with_for_update(of=SETTINGS, read=True)


def _quiet(row: Any) -> QuietHours | None:
    return msgspec.json.decode(row.chosen, type=Chosen).quiet


def _is_news(message: Message) -> bool:
    """What is posted anew in a channel, and nobody asked for."""
    if message.surface != Surface.CHANNEL or message.ts is not None:
        return False
    is_of_connection = message.subject == Subject.CONNECTION
    return message.subject in WAITING or (is_of_connection and message.role.startswith((*OF_CONNECTIONS, RECONNECT)))


def _waits(message: Message, quiet: QuietHours) -> bool:
    is_urgent = message.subject == Subject.CONNECTION and message.role.startswith(RECONNECT)
    return not (is_urgent and quiet.tells_lost_connections)


def _are_to_wait(quiet: QuietHours) -> ColumnElement[bool]:
    """`_is_news` and `_waits`, for the database."""
    roles = OF_CONNECTIONS if quiet.tells_lost_connections else (*OF_CONNECTIONS, RECONNECT)
    of_connections = or_(*(MESSAGES.c.role.startswith(role, autoescape=True) for role in roles))
    return or_(MESSAGES.c.subject.in_(WAITING), and_(MESSAGES.c.subject == Subject.CONNECTION, of_connections))
