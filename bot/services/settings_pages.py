"""What every form of an organisation's settings begins with: who may see it, of which organisation, in which package."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow
from bot.db.unit_of_work import Database, Tx
from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.booking import taken_by
from bot.domain.books import Books, Capability
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.rights import Deed
from bot.domain.settings import Settings
from bot.domain.slack import Actor
from bot.services.lists import books_of
from bot.services.people import People
from bot.services.settings import load_settings, organisation_name
from providers.base import AccountingProvider, Profile

CONNECTIONS = table_of(ConnectionRow)
_PROVIDER = select(CONNECTIONS.c.provider).where(
    CONNECTIONS.c.workspace_id == bindparam("workspace_id"),
    CONNECTIONS.c.organisation_id == bindparam("organisation_id"),
)


class FormRefusedError(Exception):
    """What is wrong with a form, as a sentence by field. Nothing was saved."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("; ".join(self.fields.values()))


class NoConnectionError(Exception):
    """The organisation is not connected."""

    def __init__(self) -> None:
        super().__init__("This organisation is not connected any more. Type `/dext connect` to connect it again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is known of an organisation when its settings are drawn."""

    organisation: str
    profile: Profile
    settings: Settings
    books: Books | None
    """None until the ledger's lists were read for the first time."""

    @property
    def rules(self) -> BookRules:
        return USUAL_RULES if self.books is None else self.books.rules

    @property
    def can(self) -> frozenset[Capability]:
        """What the package can do in these books."""
        return taken_by(self.profile.capabilities, self.rules)


@asynccontextmanager
async def for_admin(
    db: Database, people: People, actor: Actor, organisation_id: OrganisationId, *, writes: bool = False
) -> AsyncIterator[Tx]:
    """A transaction for somebody who sets the organisation up.

    Raises:
        NotAllowedError: only admins of the organisation do.
        OrganisationNotFoundError: it is no organisation of this workspace.
    """
    person = await people.identify(actor)
    async with db.write() if writes else db.read() as tx:
        await people.require(tx, Deed.SET_UP, actor, person, organisation_id)
        yield tx


async def ground_of(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    providers: Mapping[str, AccountingProvider],
) -> Ground:
    """Raises:
    NoConnectionError: it is not connected.
    """
    of = tx, workspace_id, organisation_id
    provider = await connected_to(*of, providers)
    return Ground(
        organisation=await organisation_name(*of),
        profile=provider.profile,
        settings=await load_settings(*of),
        books=await books_of(*of),
    )


async def connected_to(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    providers: Mapping[str, AccountingProvider],
) -> AccountingProvider:
    """Raises:
    NoConnectionError: it is connected to nothing, or to a package that this program does not serve.
    """
    provider = providers.get(await provider_of(tx, workspace_id, organisation_id) or "")
    if provider is None:
        raise NoConnectionError
    return provider


async def provider_of(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> str | None:
    """The key of the package that it is connected to."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    found = (await tx.execute(_PROVIDER, of)).scalar_one_or_none()
    return None if found is None else str(found)
