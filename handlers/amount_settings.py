"""What is decided about amounts: the button, and the form."""

from dataclasses import dataclass
from functools import partial

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.amount_settings import AmountSettingsService
from bot.views import amount_settings as views
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, organisation_of
from handlers.forms import answered, read_for
from handlers.payloads import Click, Submission
from handlers.replies import OpenView, Reply
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class AmountSettingsHandlers:
    amounts: AmountSettingsService

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.OPEN_AMOUNT_SETTINGS, self.open_amount_settings)
        routes.view(CallbackId.AMOUNT_SETTINGS, self.save)

    async def open_amount_settings(self, click: Click) -> Reply:
        return await self.form(click.actor, organisation_of(click.value))

    async def form(self, actor: Actor, organisation_id: OrganisationId) -> Reply:
        return OpenView(views.form(await self.amounts.opened(actor, organisation_id)))

    async def save(self, submission: Submission) -> Reply:
        about, actor, state = FormRef.decode(submission.form.private_metadata), submission.actor, submission.form.state
        opened = partial(self.amounts.opened, actor, about.organisation_id)
        reading = await read_for(opened, lambda: views.read(state, about.version))
        saving = self.amounts.save(actor, about.organisation_id, reading.form, reading.wrong)
        return await answered(saving, opened, views.form, views.saved, lambda field: views.block_of(field, state))
