"""Whose Homes follow what happens to an organisation: those of everybody with a role in it."""

from sqlalchemy import select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow, GrantRow
from bot.db.unit_of_work import Tx
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.services.messages import redraw_homes

GRANTS, CONNECTIONS = table_of(GrantRow), table_of(ConnectionRow)


async def redraw_homes_of(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """Draw them again, and that of whoever connected it. Anybody else's Home is drawn anew when it is opened: a change
    of one connection must not use up what Slack takes in a minute from a workspace of thousands.
    """
    granted = select(GRANTS.c.user_id).where(
        GRANTS.c.workspace_id == workspace_id, GRANTS.c.organisation_id == organisation_id
    )
    connected = select(CONNECTIONS.c.connected_by).where(
        CONNECTIONS.c.workspace_id == workspace_id, CONNECTIONS.c.organisation_id == organisation_id
    )
    people = (await tx.execute(granted.union(connected))).scalars()
    await redraw_homes(tx, workspace_id, [UserId(user) for user in people])
