"""How like a contact's name has to be before it is suggested: the button, and the form."""

from dataclasses import dataclass
from functools import partial

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.supplier_settings import SupplierSettings
from bot.views import supplier_settings as views
from bot.views.fields import entered
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, organisation_of
from handlers.forms import anew, answered, read_for
from handlers.payloads import Click, Submission
from handlers.replies import OpenView, Reply
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class SupplierSettingsHandlers:
    suppliers: SupplierSettings

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.OPEN_SUPPLIER_SETTINGS, self.open_supplier_settings)
        routes.view(CallbackId.SUPPLIER_SETTINGS, self.save)

    async def open_supplier_settings(self, click: Click) -> Reply:
        return await self.form(click.actor, organisation_of(click.value))

    async def form(self, actor: Actor, organisation_id: OrganisationId) -> Reply:
        return OpenView(views.form(await self.suppliers.opened(actor, organisation_id)))

    async def save(self, submission: Submission) -> Reply:
        about, actor = FormRef.decode(submission.form.private_metadata), submission.actor
        opened = partial(self.suppliers.opened, actor, about.organisation_id)
        match = await read_for(opened, lambda: views.read(entered(submission.form.state, about)))
        saving = self.suppliers.save(actor, about.organisation_id, about.version, match)
        return await answered(saving, opened, anew(views.form), views.saved)
