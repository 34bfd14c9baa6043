"""A channel that does not take what is to be shown there: archived, deleted, without us in it, or read by another company.

Slack tells when that happens, and often does not (`channel_left` is "sometimes withheld", docs.slack.dev), so a refused post
tells it too. What waits goes on waiting for the channel, or follows where its organisation's messages go now.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bot.db import outbox
from bot.db.base import dump, load, table_of
from bot.db.connections import ChannelRow, OrganisationRow
from bot.db.outbox import Message
from bot.db.unit_of_work import Tx
from bot.domain.ids import ChannelId, OrganisationId, UserId, WorkspaceId
from bot.domain.rights import Role
from bot.domain.slack import Workspace
from bot.services.messages import MESSAGES, Drawn, Place, Shown, Subject, Surface, redraw, try_closed_again, want
from bot.services.rehoming import rehome
from bot.services.settings import any_admin, people_with
from bot.views import closed_channels as views

CHANNELS, ORGANISATIONS = table_of(ChannelRow), table_of(OrganisationRow)
logger = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT, WAIT_OF_OLD = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
OLD_TRIES = 720
"""About a month. What waits longer is tried once a day: it is still to be seen when the channel is open again."""
MOST_TOLD = 5
"""Admins of one organisation."""


async def refused(tx: Tx, message: Message, reason: str, workspace: Workspace | None) -> None:
    """Have it shown where it belongs now; else it goes on waiting, and whoever can open the place is told once, with
    what to do.
    """
    if not await outbox.put_off(tx, message, reason, _wait(message.attempts)):
        return
    if await rehome(tx, message) or workspace is None or message.trouble == reason or message.channel_id is None:
        return
    await tell(tx, workspace, ChannelId(message.channel_id), reason)


async def noticed(tx: Tx, workspace: Workspace, channel_id: ChannelId, reason: str) -> None:
    """Slack says that a channel takes nothing any more: of one that is bound, its organisation's admins hear it before
    anything waits for it.
    """
    if await _bound_to(tx, workspace.id, channel_id) is not None:
        await tell(tx, workspace, channel_id, reason)


async def opened(tx: Tx, workspace_id: WorkspaceId, channel_id: ChannelId) -> None:
    """It may take messages again: what waits is tried now, and who was told hears that it is over."""
    await try_closed_again(tx, workspace_id)
    told = _told(workspace_id, channel_id)
    rows = (await tx.execute(select(MESSAGES.c.id, MESSAGES.c.facts).where(*told))).all()
    for row in rows:
        facts = dump({**load(row.facts, dict[str, Any]), "is_over": True})
        of = MESSAGES.c.id == row.id, MESSAGES.c.workspace_id == workspace_id
        await tx.execute(MESSAGES.update().where(*of).values(facts=facts))
    if rows:
        await redraw(tx, workspace_id, Subject.CHANNEL, channel_id)


async def moved(tx: Tx, workspace_id: WorkspaceId, old: ChannelId, new: ChannelId) -> None:
    """The same channel under another id, as a private one gets when somebody shares it with another company."""
    if await _bound_to(tx, workspace_id, new) is not None:
        return  # it was chosen under its new id already
    for table in (CHANNELS, MESSAGES):
        of = table.c.workspace_id == workspace_id, table.c.channel_id == old
        await tx.execute(table.update().where(*of).values(channel_id=new))
    await redraw(tx, workspace_id, Subject.CHANNEL, old)


async def tell(tx: Tx, workspace: Workspace, channel_id: ChannelId, reason: str) -> None:
    """Each admin of its organisation, once for as long as it is closed; else whoever can mend it."""
    organisation_id = await _bound_to(tx, workspace.id, channel_id)
    helpers = await _helpers(tx, workspace, organisation_id)
    if not helpers:
        logger.warning("a channel cannot be posted to, and nobody to tell", extra={"reason": reason})
    facts: dict[str, Any] = {"reason": reason, "bot": workspace.bot_user_id, "organisation": str(organisation_id or "")}
    for user in helpers:
        place = Place(role=f"closed:{user}", surface=Surface.DIRECT, user_id=user)
        await want(tx, workspace.id, Subject.CHANNEL, channel_id, place, facts=facts)


async def draw(tx: Tx, message: Shown) -> Drawn | None:
    """The drawer of `Subject.CHANNEL`."""
    facts, channel = load(message.facts, dict[str, Any]), ChannelId(message.subject_id)
    told_of = facts["organisation"] or None
    name = None if told_of is None else await _name(tx, message.workspace_id, OrganisationId(UUID(told_of)))
    bound = await _bound_to(tx, message.workspace_id, channel)
    is_replaced = told_of is not None and str(bound or "") != told_of
    if is_replaced or facts.get("is_over"):
        text = views.is_replaced(channel, name) if is_replaced else views.is_open(channel, name)
        return None if message.ts is None else Drawn(text=text, is_last=True)
    text = views.closed(channel, facts["reason"], facts["bot"], name)
    return Drawn(text=text, blocks=views.blocks(text, bound))


async def _helpers(tx: Tx, workspace: Workspace, organisation_id: OrganisationId | None) -> Sequence[UserId]:
    if organisation_id is not None:
        admins = await people_with(tx, workspace.id, organisation_id, Role.ADMIN)
        if admins:
            return admins[:MOST_TOLD]
    helper = await any_admin(tx, workspace.id) or workspace.installer_user_id
    return () if helper is None else (helper,)


async def _bound_to(tx: Tx, workspace_id: WorkspaceId, channel_id: ChannelId) -> OrganisationId | None:
    of = CHANNELS.c.workspace_id == workspace_id, CHANNELS.c.channel_id == channel_id
    found = (await tx.execute(select(CHANNELS.c.organisation_id).where(*of).limit(1))).scalar_one_or_none()
    return None if found is None else OrganisationId(found)


async def _name(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> str | None:
    of = ORGANISATIONS.c.workspace_id == workspace_id, ORGANISATIONS.c.id == organisation_id
    return (await tx.execute(select(ORGANISATIONS.c.name).where(*of))).scalar_one_or_none()


def _told(workspace_id: WorkspaceId, channel_id: ChannelId) -> tuple[Any, ...]:
    return (
        MESSAGES.c.workspace_id == workspace_id,
        MESSAGES.c.subject == Subject.CHANNEL,
        MESSAGES.c.subject_id == channel_id,
    )


def _wait(attempts: int) -> timedelta:
    if attempts >= OLD_TRIES:
        return WAIT_OF_OLD
    return min(FIRST_WAIT * float(2 ** min(attempts, 10)), LONGEST_WAIT)
