"""What an organisation decides about amounts: what the form shows, and saving it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.db.unit_of_work import Database
from bot.domain.amounts import AmountsForm, AmountsPage
from bot.domain.ids import OrganisationId
from bot.domain.rates import KnownRate, RateFrom, retyped
from bot.domain.slack import Actor
from bot.services.currencies import live_currencies
from bot.services.people import People
from bot.services.saving_settings import SettingsService, sent_twice
from bot.services.settings_pages import FormRefusedError, NoConnectionError, for_admin, ground_of
from providers.base import AccountingProvider

RATES = "rates"
"""A field that can be wrong."""


@dataclass(frozen=True, slots=True)
class AmountSettingsService:
    db: Database
    people: People
    settings: SettingsService
    providers: Mapping[str, AccountingProvider]

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> AmountsPage:
        """Raises:
        NotAllowedError: only admins of the organisation set it up.
        NoConnectionError: it is not connected, or is no organisation of this workspace.
        """
        async with for_admin(self.db, self.people, actor, organisation_id) as tx:
            of = tx, actor.workspace.id, organisation_id
            ground = await ground_of(*of, self.providers)
            if ground.books is None:
                raise NoConnectionError
            return AmountsPage(
                organisation_id=organisation_id,
                organisation=ground.organisation,
                ledger=ground.profile.name,
                own=ground.books.base_currency,
                amounts=ground.settings.amounts,
                version=ground.settings.version,
                of_ledger=tuple(
                    KnownRate(currency=each.code, rate=each.rate, source=RateFrom.LEDGER, on=each.rated_on)
                    for each in await live_currencies(*of)
                    if each.rate is not None
                ),
            )

    async def save(
        self, actor: Actor, organisation_id: OrganisationId, form: AmountsForm, wrong: Mapping[str, str]
    ) -> AmountsPage:
        """`wrong` is what was seen of the form itself.

        Raises:
            NotAllowedError, NoConnectionError: as `opened`.
            FormRefusedError: a sentence for each field that cannot stay as it is.
            StaleFormError: somebody else saved meanwhile. The same form once more, saved already, is not stale.
        """
        before = await self.opened(actor, organisation_id)
        if not wrong and before.own in form.rates:
            wrong = {RATES: f"The books are kept in {before.own}, which needs no rate."}
        if wrong:
            raise FormRefusedError(dict(wrong))
        if sent_twice(form.version, before.version, is_held=form.is_held_by(before.amounts)):
            return before
        today = self.db.clock.now().date()
        rates = retyped(before.amounts.rates, form.rates, by=actor.user_id, on=today)
        await self.settings.save_amounts(
            actor, organisation_id, form.version, replace(before.amounts, rates=rates, materiality=form.materiality)
        )
        return replace(await self.opened(actor, organisation_id), before=before.amounts)
