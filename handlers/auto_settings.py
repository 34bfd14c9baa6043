"""Publishing without anybody's approval: the button, and the form."""

from dataclasses import dataclass
from functools import partial

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.auto_settings import AutoSettingsForms
from bot.views import auto_settings as views
from bot.views.fields import entered
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, organisation_of
from handlers.forms import anew, answered, placed, read_for
from handlers.payloads import Click, Submission
from handlers.replies import OpenView, Reply
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class AutoSettingsHandlers:
    forms: AutoSettingsForms

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.OPEN_AUTO_SETTINGS, self.open_auto_settings)
        routes.view(CallbackId.AUTO_SETTINGS, self.save)

    async def open_auto_settings(self, click: Click) -> Reply:
        return await self.form(click.actor, organisation_of(click.value))

    async def form(self, actor: Actor, organisation_id: OrganisationId) -> Reply:
        return OpenView(views.form(await self.forms.opened(actor, organisation_id)))

    async def save(self, submission: Submission) -> Reply:
        about, actor = FormRef.decode(submission.form.private_metadata), submission.actor
        opened = partial(self.forms.opened, actor, about.organisation_id)
        form = await read_for(opened, lambda: views.read(entered(submission.form.state, about), about.version))
        saving = self.forms.save(actor, about.organisation_id, form)
        return await answered(saving, opened, anew(views.form), views.saved, placed(submission, views.BLOCKS))
