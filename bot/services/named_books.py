"""The organisation that an operator means, who types its name and belongs to no workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from bot.db.base import load, table_of
from bot.db.connections import OrganisationRow
from bot.db.unit_of_work import Database
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
        found = (await tx.execute(select(ORGANISATIONS).order_by(ORGANISATIONS.c.name))).all()
        meant = [row for row in found if named is None or named.casefold() in (row.name.casefold(), str(row.id))]
        if len(meant) != 1:
            raise NoSuchOrganisationError(_which(meant or found, named))
        row = meant[0]
        of = WorkspaceId(row.workspace_id), OrganisationId(row.id)
        admins = await people_with(tx, *of, Role.ADMIN)
    if not admins:
        raise NoSuchOrganisationError(f"{row.name} has no admin; somebody has to take it over in Slack first.")
    currency = load(row.books, Books).base_currency
    return NamedBooks(workspace_id=of[0], organisation_id=of[1], name=row.name, currency=currency, admin=admins[0])


def _which(found: Sequence[Row[Any]], named: str | None) -> str:
    if not found:
        return "No organisation is connected yet. Type /dext connect in Slack."
    said = "Say which organisation it is" if named is None else f"There is not one organisation called {named}"
    listed = "\n".join(f'  --organisation "{row.name}" or --organisation {row.id}' for row in found)
    return f"{said}:\n{listed}"
