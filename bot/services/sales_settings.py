"""What an organisation decides for its sales: what the form shows, and what has to be true of it before it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.db.unit_of_work import Database, Tx
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.settings import SalesForm, SalesPage
from bot.domain.slack import Actor
from bot.services.kind_settings import impossible, kind_page, not_offered
from bot.services.people import People
from bot.services.saving_settings import SettingsService, sent_twice
from bot.services.settings_pages import FormRefusedError, for_admin, ground_of
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
        async with for_admin(self.db, self.people, actor, organisation_id) as tx:
            return await self._page(tx, actor.workspace.id, organisation_id)

    async def save(self, actor: Actor, organisation_id: OrganisationId, form: SalesForm) -> SalesPage:
        """Raises:
        NotAllowedError, NoConnectionError: as `opened`.
        FormRefusedError: a sentence for each field that cannot stay as it is.
        StaleFormError: somebody else saved meanwhile. The same form once more, saved already, is not stale.
        """
        async with for_admin(self.db, self.people, actor, organisation_id) as tx:
            before = await self._page(tx, actor.workspace.id, organisation_id)
            if sent_twice(form.version, before.version, is_held=before.sales.chosen == form.sales):
                return before
            of = tx, actor.workspace.id, organisation_id
            gone = await not_offered(*of, kind=ItemKind.SALE, chosen=form.sales)
            if wrong := impossible(before.sales, form.sales) | gone:
                raise FormRefusedError(wrong)
        await self.settings.save_sales(actor, organisation_id, form)
        return replace(await self.opened(actor, organisation_id), before=before)

    async def _page(self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> SalesPage:
        ground = await ground_of(tx, workspace_id, organisation_id, self.providers)
        return SalesPage(
            organisation_id=organisation_id,
            organisation=ground.organisation,
            sales=await kind_page(tx, workspace_id, organisation_id, ground, ItemKind.SALE),
            version=ground.settings.version,
        )
