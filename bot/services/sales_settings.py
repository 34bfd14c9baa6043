"""What an organisation decides for its sales: what the form shows, and what has to be true of it before it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.db.unit_of_work import Database, Tx
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.rights import Deed
from bot.domain.settings import SalesForm, SalesPage
from bot.domain.slack import Actor
from bot.services.kind_settings import impossible, kind_page, not_offered
from bot.services.people import People
from bot.services.saving_settings import SettingsService, StaleFormError
from bot.services.set_up import FormRefusedError, NoConnectionError, provider_of
from bot.services.settings import load_settings, organisation_name
from providers.base import AccountingProvider


@dataclass(frozen=True, slots=True)
class SalesSettings:
    db: Database
    people: People
    settings: SettingsService
    providers: Mapping[str, AccountingProvider]

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> SalesPage:
        """Raises:
        NotAllowedError: only admins of the organisation set it up.
        NoConnectionError: it is not connected, or is no organisation of this workspace.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            return await self._page(tx, actor.workspace.id, organisation_id)

    async def save(self, actor: Actor, organisation_id: OrganisationId, form: SalesForm) -> SalesPage:
        """Raises:
        NotAllowedError, NoConnectionError: as `opened`.
        FormRefusedError: a sentence for each field that cannot stay as it is.
        StaleFormError: somebody else saved meanwhile. The same form once more, saved already, is not stale.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            before = await self._page(tx, actor.workspace.id, organisation_id)
            if before.version > form.version and before.sales.chosen == form.sales:
                return before
            if before.version != form.version:
                raise StaleFormError
            of = tx, actor.workspace.id, organisation_id
            gone = await not_offered(*of, kind=ItemKind.SALE, chosen=form.sales)
            if wrong := impossible(before.sales, form.sales) | gone:
                raise FormRefusedError(wrong)
        await self.settings.save_sales(actor, organisation_id, form)
        return replace(await self.opened(actor, organisation_id), before=before)

    async def _page(self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> SalesPage:
        of = tx, workspace_id, organisation_id
        provider = self.providers.get(await provider_of(*of) or "")
        if provider is None:
            raise NoConnectionError
        settings = await load_settings(*of)
        return SalesPage(
            organisation_id=organisation_id,
            organisation=await organisation_name(*of),
            sales=await kind_page(*of, provider.profile, kind=ItemKind.SALE, chosen=settings.sales),
            version=settings.version,
        )
