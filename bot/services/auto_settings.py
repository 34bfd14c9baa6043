"""What an organisation decides about publishing without anybody's approval: what the form shows, and what has to be true of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.db.unit_of_work import Database
from bot.domain.auto_settings import IN_FILES, AutoForm, AutoPage
from bot.domain.books import Capability
from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.people import People
from bot.services.rule_checks import NOT_SET_UP
from bot.services.saving_settings import SettingsService, sent_twice
from bot.services.settings_pages import FormRefusedError, for_admin, ground_of
from providers.base import AccountingProvider

FOR_ALL = "for_all"
"""The field that can be wrong."""


@dataclass(frozen=True, slots=True)
class AutoSettingsForms:
    db: Database
    people: People
    settings: SettingsService
    providers: Mapping[str, AccountingProvider]

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> AutoPage:
        """Raises:
        NotAllowedError: only admins of the organisation set it up.
        OrganisationNotFoundError: it is no organisation of this workspace.
        NoConnectionError: it is not connected.
        """
        async with for_admin(self.db, self.people, actor, organisation_id) as tx:
            ground = await ground_of(tx, actor.workspace.id, organisation_id, self.providers)
            return AutoPage(
                organisation_id=organisation_id,
                organisation=ground.organisation,
                ledger=ground.profile.name,
                auto=ground.settings.auto,
                version=ground.settings.version,
                is_set_up=ground.settings.is_set_up,
                is_downloaded=Capability.DOWNLOADS in ground.can,
            )

    async def save(self, actor: Actor, organisation_id: OrganisationId, form: AutoForm) -> AutoPage:
        """Raises:
        NotAllowedError, OrganisationNotFoundError, NoConnectionError: as `opened`.
        FormRefusedError: it cannot be switched on.
        StaleFormError: somebody else saved meanwhile. The same form once more, saved already, is not stale.
        """
        before = await self.opened(actor, organisation_id)
        if sent_twice(form.version, before.version, is_held=form.is_held_by(before.auto)):
            return before
        if form.is_for_all and (wrong := why_never(before)) is not None:
            raise FormRefusedError({FOR_ALL: wrong})
        await self.settings.save_auto(actor, organisation_id, form)
        return replace(await self.opened(actor, organisation_id), before=before.auto)


def why_never(page: AutoPage) -> str | None:
    """Why nothing can be published by itself."""
    if page.is_downloaded:
        return IN_FILES.format(ledger=page.ledger)
    return None if page.is_set_up else NOT_SET_UP
