"""How like a contact's name has to be before it is suggested: the button, and the form."""

from dataclasses import dataclass

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.saving_settings import StaleFormError
from bot.services.supplier_settings import SupplierSettings
from bot.views import supplier_settings as views
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, organisation_of
from bot.views.settings import STALE
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import NextForm, OpenView, Reply
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
        about = FormRef.decode(submission.form.private_metadata)
        match = await read_for(
            lambda: self.suppliers.opened(submission.actor, about.organisation_id),
            lambda: views.read(submission.form.state),
        )
        try:
            page = await self.suppliers.save(submission.actor, about.organisation_id, about.version, match)
        except StaleFormError:
            now = await self.suppliers.opened(submission.actor, about.organisation_id)
            return NextForm(views.form(now, notice=STALE))
        return NextForm(views.saved(page))
