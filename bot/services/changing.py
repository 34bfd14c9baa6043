"""Change organisation: asked for by an admin who may connect, who types the name of what is to be replaced.

Nothing is changed before they have signed in and chosen the other organisation (`bot.services.taking_place`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.db import merges
from bot.db.unit_of_work import Database
from bot.domain.changing import ChangePage
from bot.domain.connecting import Package
from bot.domain.ids import ChannelId, OrganisationId
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.domain.texts import folded
from bot.services.connect_flow import ConnectFlows
from bot.services.connections import Connections
from bot.services.merging import waiting_in
from bot.services.people import People
from bot.services.settings import organisation_name
from bot.services.settings_pages import NoConnectionError, provider_of
from bot.views.text import plain
from providers.base import AccountingProvider


class AlreadyReplacedError(Exception):
    """Other books take the place of these."""

    def __init__(self, successor: str) -> None:
        super().__init__(
            f"{plain(successor)} takes the place of these books already. Press Merge lists on its Manage page."
        )


class WrongNameError(Exception):
    """What was typed is not the organisation's name. Nothing was begun."""

    def __init__(self, organisation: str) -> None:
        super().__init__(f"Type {plain(organisation)}, if that is the one to be replaced.")


@dataclass(frozen=True, slots=True)
class Changing:
    db: Database
    people: People
    connections: Connections
    flows: ConnectFlows
    providers: Mapping[str, AccountingProvider]

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> ChangePage:
        """What it would do.

        Raises:
            NotAllowedError: only for an admin of the organisation who may connect.
            OrganisationNotFoundError, NoConnectionError: there is nothing to be changed.
            AlreadyReplacedError
        """
        person = await self.people.require_connect(actor)
        async with self.db.read() as tx:
            of = tx, actor.workspace.id, organisation_id
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            into = await merges.merge_from(*of)
            if into is not None:
                raise AlreadyReplacedError(await organisation_name(tx, actor.workspace.id, into.organisation_id))
            key = await provider_of(*of)
            if key is None:
                raise NoConnectionError
            provider = self.providers.get(key)
            return ChangePage(
                organisation_id=organisation_id,
                organisation=await organisation_name(*of),
                ledger="the ledger" if provider is None else provider.profile.name,
                package=key,
                packages=tuple(package for package in self.connections.packages() if not package.layouts),
                waiting=await waiting_in(*of),
            )

    async def begin(
        self,
        actor: Actor,
        organisation_id: OrganisationId,
        package: str | None,
        typed: str | None,
        *,
        channel_id: ChannelId | None = None,
    ) -> tuple[ChangePage, Package, str]:
        """A link to sign in with, of the package that was chosen.

        Raises:
            NotAllowedError, OrganisationNotFoundError, NoConnectionError, AlreadyReplacedError: as `opened`.
            WrongNameError
        """
        page = await self.opened(actor, organisation_id)
        if folded(typed or "") not in {folded(page.organisation), folded(page.name)}:
            raise WrongNameError(page.name)
        chosen = next((each for each in page.packages if each.key == package), None)
        if chosen is None:
            raise NoConnectionError
        address = await self.flows.start(actor, chosen.key, channel_id=channel_id, replaces_id=organisation_id)
        return page, chosen, address
