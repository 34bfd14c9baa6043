"""What an organisation decides for its sales: what the form shows, and what has to be true of it before it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.db.unit_of_work import Database, Tx
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.rights import Deed
from bot.domain.settings import SalesForm, SalesPage, destinations_for, statuses_for
from bot.domain.slack import Actor
from bot.services import choices, lists
from bot.services.choices import NotOfferedError
from bot.services.payment_methods import method_not_offered, method_of
from bot.services.people import People
from bot.services.saving_settings import SettingsService, StaleFormError
from bot.services.set_up import (
    DESTINATION,
    PAYMENT_STATUS,
    FormRefusedError,
    NoConnectionError,
    plan_limit,
    provider_of,
)
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
            if before.settings.version > form.version and before.settings.sales == form.sales:
                return before
            if before.settings.version != form.version:
                raise StaleFormError
            if wrong := _impossible(before, form) | await _not_offered(tx, actor.workspace.id, organisation_id, form):
                raise FormRefusedError(wrong)
        await self.settings.save_sales(actor, organisation_id, form)
        return await self.opened(actor, organisation_id)

    async def _page(self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> SalesPage:
        of = tx, workspace_id, organisation_id
        provider = self.providers.get(await provider_of(*of) or "")
        if provider is None:
            raise NoConnectionError
        settings, can = await load_settings(*of), provider.profile.capabilities
        known = await choices.chosen(*of, settings.sales.default_account, settings.sales.default_tax_rate)
        return SalesPage(
            organisation_id=organisation_id,
            organisation=await organisation_name(*of),
            ledger=provider.profile.name,
            destinations=destinations_for(ItemKind.SALE, can),
            statuses=statuses_for(ItemKind.SALE, can),
            settings=settings,
            account=known.account,
            tax_rate=known.tax_rate,
            payment_method=await method_of(*of, settings.sales.default_payment_method),
            plan_limit=plan_limit(provider.profile, await lists.books_of(*of)),
        )


def _impossible(page: SalesPage, form: SalesForm) -> dict[str, str]:
    wrong = {}
    if form.sales.destination not in page.destinations:
        wrong[DESTINATION] = f"{page.ledger} cannot take sales there. Choose another place."
    if form.sales.payment_status not in page.statuses:
        wrong[PAYMENT_STATUS] = f"{page.ledger} cannot take sales with this status. Choose another one."
    return wrong


async def _not_offered(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, form: SalesForm
) -> dict[str, str]:
    of, sales = (tx, workspace_id, organisation_id), form.sales
    wrong = await method_not_offered(*of, sales.default_payment_method)
    try:
        await choices.require_offered(*of, sales.default_account, sales.default_tax_rate, kind=ItemKind.SALE)
    except NotOfferedError as error:
        wrong |= error.fields
    return wrong
