"""Whose Homes follow what happens: to an organisation, or to one of its items."""

from sqlalchemy import String, bindparam, or_, select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow, GrantRow
from bot.db.unit_of_work import Tx
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import Item
from bot.domain.rights import Role
from bot.services.messages import MESSAGES, Subject, redraw_those, shown_again

GRANTS, CONNECTIONS = table_of(GrantRow), table_of(ConnectionRow)

_WITH_A_ROLE = select(GRANTS.c.user_id).where(
    GRANTS.c.workspace_id == bindparam("of_workspace"), GRANTS.c.organisation_id == bindparam("of_organisation")
)
_CONNECTED = select(CONNECTIONS.c.connected_by).where(
    CONNECTIONS.c.workspace_id == bindparam("of_workspace"),
    CONNECTIONS.c.organisation_id == bindparam("of_organisation"),
)
_KEEPERS = _WITH_A_ROLE.where(or_(GRANTS.c.role == Role.APPROVER, GRANTS.c.role == Role.BOOKKEEPER))
_IS_HOME = MESSAGES.c.subject == Subject.HOME
_OF_ORGANISATION = shown_again(_IS_HOME, MESSAGES.c.subject_id.in_(_WITH_A_ROLE.union(_CONNECTED)))
_OF_ITEM = shown_again(
    _IS_HOME, MESSAGES.c.subject_id.in_(_KEEPERS.union(select(bindparam("of_submitter", type_=String))))
)
"""One statement each: whose Homes they are is looked up by the database itself."""


async def redraw_homes_of(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """Those of everybody with a role in it, and of whoever connected it. Anybody else's Home is drawn anew when it is
    opened: a change of one connection must not use up what Slack takes in a minute from a workspace of thousands.
    """
    await redraw_those(tx, workspace_id, _OF_ORGANISATION, of_organisation=organisation_id)


async def redraw_homes_of_item(tx: Tx, item: Item) -> None:
    """Those of who sent it in, and of who may decide on it or put it right."""
    of = {"of_organisation": item.organisation_id, "of_submitter": item.submitted_by}
    await redraw_those(tx, item.workspace_id, _OF_ITEM, **of)
