"""What an organisation decides about tax: what the form shows, and what has to be true of it before it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.db.unit_of_work import Database, Tx
from bot.domain.books import TaxRate
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.settings import Settings, destinations_for
from bot.domain.slack import Actor
from bot.domain.tax_settings import KindTaxPage, TaxForm, TaxPage
from bot.services.choices import TAX_RATE, NotOfferedError, require_offered
from bot.services.lists import load_tax_rate
from bot.services.people import People
from bot.services.saving_settings import SettingsService, sent_twice
from bot.services.settings_pages import FormRefusedError, for_admin, ground_of
from providers.base import AccountingProvider

POLICY = "policy"
RATES = {ItemKind.COST: "costs_rate", ItemKind.SALE: "sales_rate"}
WITHOUT_AMOUNT = {ItemKind.COST: "costs_without_amount", ItemKind.SALE: "sales_without_amount"}
"""Fields that can be wrong."""
IMPOSSIBLE = "{ledger} does not work tax out by itself: the document's amount has to go. Choose that."


@dataclass(frozen=True, slots=True)
class TaxSettingsService:
    db: Database
    people: People
    settings: SettingsService
    providers: Mapping[str, AccountingProvider]

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> TaxPage:
        """Raises:
        NotAllowedError: only admins of the organisation set it up.
        NoConnectionError: it is not connected, or is no organisation of this workspace.
        """
        async with for_admin(self.db, self.people, actor, organisation_id) as tx:
            return await self._page(tx, actor.workspace.id, organisation_id)

    async def save(self, actor: Actor, organisation_id: OrganisationId, form: TaxForm) -> TaxPage:
        """What the form does not ask in these books stays as it is.

        Raises:
            NotAllowedError, NoConnectionError: as `opened`.
            FormRefusedError: a sentence for each field that cannot stay as it is.
            StaleFormError: somebody else saved meanwhile. The same form once more, saved already, is not stale.
        """
        async with for_admin(self.db, self.people, actor, organisation_id) as tx:
            before = await self._page(tx, actor.workspace.id, organisation_id)
            form = before.completed(form)
            if sent_twice(form.version, before.version, is_held=before.holds(form)):
                return before
            if wrong := await _wrong(tx, actor.workspace.id, before, form):
                raise FormRefusedError(wrong)
        await self.settings.save_tax(actor, organisation_id, form)
        return replace(await self.opened(actor, organisation_id), before=before)

    async def _page(self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> TaxPage:
        of = tx, workspace_id, organisation_id
        ground = await ground_of(*of, self.providers)
        settings, rules = ground.settings, ground.rules
        kinds = [kind for kind in RATES if rules.taxes(kind) and destinations_for(kind, ground.can)]
        return TaxPage(
            organisation_id=organisation_id,
            organisation=ground.organisation,
            ledger=ground.profile.name,
            version=settings.version,
            tax=settings.tax,
            rates={kind: settings.of(kind).default_tax_rate for kind in RATES},
            kinds=tuple([await _kind_page(*of, kind, settings) for kind in kinds]),
            rules=rules,
        )


async def _kind_page(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ItemKind, settings: Settings
) -> KindTaxPage:
    async def named(code: str | None) -> TaxRate | None:
        return None if code is None else await load_tax_rate(tx, workspace_id, organisation_id, code)

    chosen = settings.tax.of(kind)
    return KindTaxPage(
        kind=kind,
        chosen=chosen,
        rate=await named(settings.of(kind).default_tax_rate),
        without_amount=await named(chosen.without_amount),
    )


async def _wrong(tx: Tx, workspace_id: WorkspaceId, page: TaxPage, form: TaxForm) -> dict[str, str]:
    """What the books cannot do, and rates that their list does not have any more, as a sentence by field."""
    wrong = {}
    if page.offers_policies and form.tax.policy not in page.rules.tax_policies:
        wrong[POLICY] = IMPOSSIBLE.format(ledger=page.ledger)
    for each in page.kinds:
        chosen = (
            (RATES[each.kind], form.rates[each.kind]),
            (WITHOUT_AMOUNT[each.kind], form.tax.of(each.kind).without_amount),
        )
        for field, code in chosen:
            try:
                await require_offered(tx, workspace_id, page.organisation_id, None, code, kind=each.kind)
            except NotOfferedError as error:
                wrong[field] = error.fields[TAX_RATE]
    return wrong
