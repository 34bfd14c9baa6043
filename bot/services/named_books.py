"""The organisation that an operator means, who types its name and belongs to no workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from bot.db.base import load, table_of
from bot.db.connections import OrganisationRow
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import WORKSPACES, is_installed
from bot.domain.books import Books
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.rights import Role
from bot.services.settings import people_with

ORGANISATIONS = table_of(OrganisationRow)


class NoSuchOrganisationError(Exception):
    """No organisation, or several, by that name; the message names those there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedBooks:
    """`admin` is the organisation's first admin, in whose name an operator acts."""

    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    name: str
    currency: str
    admin: UserId


async def named_books(db: Database, named: str | None) -> NamedBooks:
    """The organisation of that name or id in any workspace; without a name, the only one there is.

    Raises:
        NoSuchOrganisationError: none, more than one, or one without an admin.
    """
    async with db.read() as tx:
        row = the_one(await organisations(tx, with_removed=True), named)
        admins = await admins_of(tx, row)
    return NamedBooks(
        workspace_id=WorkspaceId(row.workspace_id),
        organisation_id=OrganisationId(row.id),
        name=row.name,
        currency=load(row.books, Books).base_currency,
        admin=admins[0],
    )


async def organisations(tx: Tx, *, with_removed: bool = False) -> Sequence[Row[Any]]:
    """Those of every workspace that has the app: whoever runs the product is asked. `with_removed`: of all there are."""
    statement = (
        select(ORGANISATIONS, WORKSPACES.c.name.label("workspace"))
        .join(WORKSPACES, WORKSPACES.c.id == ORGANISATIONS.c.workspace_id)
        .order_by(ORGANISATIONS.c.name)
    )
    if not with_removed:
        statement = statement.where(is_installed(ORGANISATIONS.c.workspace_id))
    return (await tx.execute(statement)).all()


def the_one(found: Sequence[Row[Any]], named: str | None) -> Row[Any]:
    """Raises: NoSuchOrganisationError: none, or more than one."""
    meant = [row for row in found if named is None or named.casefold() in (row.name.casefold(), str(row.id))]
    if len(meant) != 1:
        raise NoSuchOrganisationError(_which(meant or found, named))
    return meant[0]


async def admins_of(tx: Tx, organisation: Row[Any]) -> tuple[UserId, ...]:
    """The first is who an operator acts in the name of. Raises: NoSuchOrganisationError: it has none."""
    of = WorkspaceId(organisation.workspace_id), OrganisationId(organisation.id)
    admins = await people_with(tx, *of, Role.ADMIN)
    if not admins:
        raise NoSuchOrganisationError(f"{organisation.name} has no admin; somebody has to take it over in Slack first.")
    return admins


def _which(found: Sequence[Row[Any]], named: str | None) -> str:
    if not found:
        return "No organisation is connected yet. Type /dext connect in Slack."
    said = "Say which organisation it is" if named is None else f"No single organisation is called {named}"
    listed = "\n".join(
        f'  --organisation "{row.name}" or --organisation {row.id} (workspace {row.workspace})' for row in found
    )
    return f"{said}:\n{listed}"
