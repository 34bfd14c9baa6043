"""News and alerts that no channel has seen yet go where those of their organisation go now, as another channel is chosen for them.

They may wait there through quiet hours or an outage, and the channel may by then be another organisation's.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from bot.db import places
from bot.db.base import table_of
from bot.db.connections import ConnectionRow
from bot.db.unit_of_work import Nudge, Tx
from bot.domain.general import Purpose
from bot.domain.ids import ChannelId, OrganisationId, UserId, WorkspaceId
from bot.domain.settings import Settings
from bot.services.connection_messages import NEWS, place_of_news
from bot.services.messages import MESSAGES, POINTER, Subject, Surface

CONNECTIONS = table_of(ConnectionRow)
OF_ORGANISATIONS = (Subject.DEFAULT, Subject.GONE_CODES, Subject.QUEUE)


async def follow(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, before: Settings, after: Settings
) -> None:
    """What is on its way, or stands somewhere, stays."""
    old, new = before.channel_of(Purpose.NEWS), after.channel_of(Purpose.NEWS)
    if old is not None and old != new:
        await _news(tx, workspace_id, organisation_id, old)
    old, new = before.digest_channel, after.digest_channel
    if old is not None and old != new:
        await _digests(tx, workspace_id, organisation_id, old, new)
    old, new = before.channel_of(Purpose.ALERTS), after.channel_of(Purpose.ALERTS)
    if old is not None and old != new:
        is_needed = new is not None and new != after.channel_of(Purpose.APPROVALS)
        await _pointers(tx, workspace_id, old, new if is_needed else None)
    tx.nudge(Nudge.MESSENGER)


async def _news(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, old: ChannelId) -> None:
    """To the channel that there is for it now, else to who connected the organisation."""
    of = CONNECTIONS.c.workspace_id == workspace_id, CONNECTIONS.c.organisation_id == organisation_id
    connected_by = (await tx.execute(select(CONNECTIONS.c.connected_by).where(*of))).scalar_one_or_none()
    if connected_by is None:
        return
    place = await place_of_news(tx, workspace_id, organisation_id, UserId(connected_by), "")
    of_connection = or_(*(MESSAGES.c.role.startswith(role, autoescape=True) for role in NEWS))
    is_news = or_(
        MESSAGES.c.subject.in_(OF_ORGANISATIONS), and_(MESSAGES.c.subject == Subject.CONNECTION, of_connection)
    )
    unseen = (*_unseen(workspace_id, old), MESSAGES.c.subject_id == str(organisation_id), is_news)
    there = {"surface": place.surface, "channel_id": place.channel_id, "user_id": place.user_id}
    await tx.execute(MESSAGES.update().where(*unseen).values(**there, **_again(tx)), places.limits(tx.now))


async def _digests(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, old: ChannelId, new: ChannelId | None
) -> None:
    """Nobody asks for them any more where there is no channel for them."""
    unseen = (
        *_unseen(workspace_id, old),
        MESSAGES.c.subject == Subject.DIGEST,
        MESSAGES.c.subject_id == str(organisation_id),
    )
    if new is None:
        await tx.execute(MESSAGES.delete().where(*unseen), places.limits(tx.now))
    else:
        moved = MESSAGES.update().where(*unseen).values(channel_id=new, **_again(tx))
        await tx.execute(moved, places.limits(tx.now))


async def _pointers(tx: Tx, workspace_id: WorkspaceId, old: ChannelId, new: ChannelId | None) -> None:
    """Lines that lead to alerts; where alerts stand under their cards alone, none is needed."""
    is_pointer = MESSAGES.c.role.startswith(f"{POINTER}:", autoescape=True)
    unseen = (*_unseen(workspace_id, old), MESSAGES.c.subject == Subject.ALERT, is_pointer)
    if new is None:
        await tx.execute(MESSAGES.delete().where(*unseen), places.limits(tx.now))
    else:
        moved = MESSAGES.update().where(*unseen).values(channel_id=new, **_again(tx))
        await tx.execute(moved, places.limits(tx.now))


def _unseen(workspace_id: WorkspaceId, old: ChannelId) -> tuple[ColumnElement[bool], ...]:
    return (
        MESSAGES.c.workspace_id == workspace_id,
        MESSAGES.c.surface == Surface.CHANNEL,
        MESSAGES.c.channel_id == old,
        MESSAGES.c.ts.is_(None),
        MESSAGES.c.is_waiting.is_(True),
        places.is_free(MESSAGES.c.leased_until),
    )


def _again(tx: Tx) -> dict[str, Any]:
    return {"wanted": MESSAGES.c.wanted + 1, "due_at": tx.now, "trouble": None}
