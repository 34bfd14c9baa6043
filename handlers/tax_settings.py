"""What an organisation decides about tax: the button, and the form."""

from dataclasses import dataclass
from functools import partial

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.tax_settings import TaxSettingsService
from bot.views import tax_settings as views
from bot.views.fields import entered
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, organisation_of
from handlers.forms import anew, answered, placed, read_for
from handlers.payloads import Click, Submission
from handlers.replies import OpenView, Reply
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class TaxSettingsHandlers:
    tax: TaxSettingsService

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.OPEN_TAX_SETTINGS, self.open_tax_settings)
        routes.view(CallbackId.TAX_SETTINGS, self.save)

    async def open_tax_settings(self, click: Click) -> Reply:
        return await self.form(click.actor, organisation_of(click.value))

    async def form(self, actor: Actor, organisation_id: OrganisationId) -> Reply:
        return OpenView(views.form(await self.tax.opened(actor, organisation_id)))

    async def save(self, submission: Submission) -> Reply:
        about, actor = FormRef.decode(submission.form.private_metadata), submission.actor
        opened = partial(self.tax.opened, actor, about.organisation_id)
        form = await read_for(opened, lambda: views.read(entered(submission.form.state, about), about.version))
        saving = self.tax.save(actor, about.organisation_id, form)
        return await answered(saving, opened, anew(views.form), views.saved, placed(submission, views.BLOCKS))
