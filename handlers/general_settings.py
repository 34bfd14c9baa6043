"""General settings: the button, and the form."""

from dataclasses import dataclass

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.general_settings import General
from bot.services.saving_settings import StaleFormError
from bot.services.set_up import FormRefusedError
from bot.views import general_settings as views
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, organisation_of
from bot.views.settings import STALE
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class GeneralSettingsHandlers:
    general: General

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.OPEN_GENERAL_SETTINGS, self.open_general_settings)
        routes.view(CallbackId.GENERAL_SETTINGS, self.save)

    async def open_general_settings(self, click: Click) -> Reply:
        return await self.form(click.actor, organisation_of(click.value))

    async def form(self, actor: Actor, organisation_id: OrganisationId) -> Reply:
        return OpenView(views.form(await self.general.opened(actor, organisation_id)))

    async def save(self, submission: Submission) -> Reply:
        about = FormRef.decode(submission.form.private_metadata)
        reading = await read_for(
            lambda: self.general.opened(submission.actor, about.organisation_id),
            lambda: views.read(submission.form.state, about.version),
        )
        try:
            page = await self.general.save(submission.actor, about.organisation_id, reading.form, reading.wrong)
        except FormRefusedError as refused:
            return FormErrors({views.BLOCKS.get(field, field): sentence for field, sentence in refused.fields.items()})
        except StaleFormError:
            now = await self.general.opened(submission.actor, about.organisation_id)
            return NextForm(views.form(now, notice=STALE))
        return NextForm(views.saved(page))
