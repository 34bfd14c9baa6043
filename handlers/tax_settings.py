"""What an organisation decides about tax: the button, and the form."""

from dataclasses import dataclass

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.saving_settings import StaleFormError
from bot.services.set_up import FormRefusedError
from bot.services.tax_settings import TaxSettingsService
from bot.views import tax_settings as views
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, organisation_of
from bot.views.settings import STALE
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply
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
        about = FormRef.decode(submission.form.private_metadata)
        form = await read_for(
            lambda: self.tax.opened(submission.actor, about.organisation_id),
            lambda: views.read(submission.form.state, about.version),
        )
        try:
            page = await self.tax.save(submission.actor, about.organisation_id, form)
        except FormRefusedError as refused:
            wrong = refused.fields.items()
            return FormErrors({views.at(views.BLOCKS[field], form.version): sentence for field, sentence in wrong})
        except StaleFormError:
            now = await self.tax.opened(submission.actor, about.organisation_id)
            return NextForm(views.form(now, notice=STALE))
        return NextForm(views.saved(page))
