"""What an organisation decides about suppliers and customers: how like a contact's name has to be before it is suggested."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.db.unit_of_work import Database
from bot.domain.ids import OrganisationId
from bot.domain.likeness import Strictness
from bot.domain.settings import SuppliersPage
from bot.domain.slack import Actor
from bot.services.people import People
from bot.services.saving_settings import SettingsService, sent_twice
from bot.services.settings import load_settings, organisation_name
from bot.services.settings_pages import for_admin, provider_of
from providers.base import AccountingProvider


@dataclass(frozen=True, slots=True)
class SupplierSettings:
    db: Database
    people: People
    settings: SettingsService
    providers: Mapping[str, AccountingProvider]

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> SuppliersPage:
        """Raises:
        NotAllowedError: only admins of the organisation set it up.
        OrganisationNotFoundError: the workspace has no such organisation.
        """
        async with for_admin(self.db, self.people, actor, organisation_id) as tx:
            of = tx, actor.workspace.id, organisation_id
            settings = await load_settings(*of)
            provider = self.providers.get(await provider_of(*of) or "")
            return SuppliersPage(
                organisation_id=organisation_id,
                organisation=await organisation_name(*of),
                ledger="the ledger" if provider is None else provider.profile.name,
                version=settings.version,
                match=settings.supplier_match,
            )

    async def save(
        self, actor: Actor, organisation_id: OrganisationId, version: int, match: Strictness
    ) -> SuppliersPage:
        """Raises:
        NotAllowedError, OrganisationNotFoundError: as `opened`.
        StaleFormError: somebody else saved meanwhile. The same form once more, saved already, is not stale.
        """
        before = await self.opened(actor, organisation_id)
        if sent_twice(version, before.version, is_held=before.match is match):
            return before
        await self.settings.save_suppliers(actor, organisation_id, version, match)
        return replace(await self.opened(actor, organisation_id), before=before.match)
