"""What the form of a first set-up is filled in with: the channel where it was connected, and the people of the organisation
that was set up before, where whoever opens it is its admin too. Nothing of it holds until somebody presses Save.
"""

from dataclasses import replace

from sqlalchemy import bindparam, select

from bot.db.base import table_of
from bot.db.connections import GrantRow, SettingsRow
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Tx
from bot.domain.ids import ChannelId, OrganisationId, WorkspaceId
from bot.domain.rights import Role
from bot.domain.settings import SettingsPage
from bot.domain.slack import Actor
from bot.services.channels import taken
from bot.services.connection_messages import ANNOUNCEMENT
from bot.services.messages import Subject, Surface
from bot.services.settings import ALERTS, APPROVALS, organisation_name, people_with

MESSAGES = table_of(MessageRow)
SETTINGS = table_of(SettingsRow)
GRANTS = table_of(GrantRow)

_CONNECTED_IN = select(MESSAGES.c.channel_id).where(
    MESSAGES.c.workspace_id == bindparam("workspace_id"),
    MESSAGES.c.subject == Subject.CONNECTION,
    MESSAGES.c.subject_id == bindparam("subject_id"),
    MESSAGES.c.role == ANNOUNCEMENT,
    MESSAGES.c.surface == Surface.CHANNEL,
    MESSAGES.c.ts.is_not(None),
)
_SET_UP_LAST = (
    select(SETTINGS.c.organisation_id)
    .join(GRANTS, GRANTS.c.organisation_id == SETTINGS.c.organisation_id)
    .where(
        GRANTS.c.user_id == bindparam("user_id"),
        GRANTS.c.role == Role.ADMIN,
        SETTINGS.c.workspace_id == bindparam("workspace_id"),
        SETTINGS.c.organisation_id != bindparam("organisation_id"),
        SETTINGS.c.general_confirmed_at.is_not(None),
    )
    .order_by(SETTINGS.c.general_confirmed_at.desc(), SETTINGS.c.organisation_id)
    .limit(1)
)


async def proposed(tx: Tx, actor: Actor, page: SettingsPage) -> SettingsPage:
    """The page of an organisation that nobody has set up, with what can be known without asking; any other as it is.

    A channel is proposed where we could post and no other organisation is served.
    """
    settings, workspace_id = page.settings, actor.workspace.id
    if settings.is_set_up:
        return page
    channel = await _channel(tx, workspace_id, page.organisation_id)
    like = await _set_up_last(tx, actor, page.organisation_id)
    approvers, bookkeepers = settings.approvers, page.bookkeepers
    if like is not None:
        approvers = approvers or await people_with(tx, workspace_id, like, Role.APPROVER)
        bookkeepers = bookkeepers or await people_with(tx, workspace_id, like, Role.BOOKKEEPER)
    filled = replace(
        settings,
        approvers=approvers,
        approvals_channel=settings.approvals_channel or channel,
        alerts_channel=settings.alerts_channel or channel,
    )
    copied = (approvers, bookkeepers) != (settings.approvers, page.bookkeepers)
    people_of = await organisation_name(tx, workspace_id, like) if copied and like is not None else None
    return replace(page, settings=filled, bookkeepers=bookkeepers, people_of=people_of)


async def _channel(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> ChannelId | None:
    of = {"workspace_id": workspace_id, "subject_id": str(organisation_id)}
    found = (await tx.execute(_CONNECTED_IN, of)).scalar_one_or_none()
    if found is None:
        return None
    channel = ChannelId(found)
    is_taken = await taken(tx, workspace_id, organisation_id, {APPROVALS: channel, ALERTS: channel})
    return None if is_taken else channel


async def _set_up_last(tx: Tx, actor: Actor, organisation_id: OrganisationId) -> OrganisationId | None:
    of = {"workspace_id": actor.workspace.id, "organisation_id": organisation_id, "user_id": actor.user_id}
    found = (await tx.execute(_SET_UP_LAST, of)).scalar_one_or_none()
    return None if found is None else OrganisationId(found)
