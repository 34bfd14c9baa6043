"""Setting up an organisation: the command, the button, the form."""

from dataclasses import dataclass

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.organisations import Organisations
from bot.services.saving_settings import StaleFormError
from bot.services.set_up import FormRefusedError, SetUp
from bot.views import settings as views
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, organisation_of
from handlers.bank_match import BankMatchHandlers
from handlers.forms import read_for
from handlers.general_settings import GeneralSettingsHandlers
from handlers.organisations import where_meant
from handlers.payloads import Click, Command, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply
from handlers.routes import Routes
from handlers.sales_settings import SalesSettingsHandlers
from handlers.supplier_settings import SupplierSettingsHandlers
from handlers.tax_settings import TaxSettingsHandlers


@dataclass(frozen=True, slots=True)
class SettingsHandlers:
    set_up: SetUp
    organisations: Organisations
    sales: SalesSettingsHandlers
    tax: TaxSettingsHandlers
    bank: BankMatchHandlers
    general: GeneralSettingsHandlers
    suppliers: SupplierSettingsHandlers

    def register(self, routes: Routes) -> None:
        does = (
            "where bills go, who approves them, and in which channels; `/dext settings sales` for sales, `tax` for tax, `general` for "
            "closed periods, `suppliers` for whom names mean, `bank` for bank match"
        )
        routes.command("settings", self.settings, does)
        routes.action(ActionId.OPEN_SETTINGS, self.open_settings)
        routes.view(CallbackId.SETTINGS, self.save)

    async def settings(self, command: Command) -> Reply:
        """`/dext settings sales` goes to what is decided for sales, `tax` to tax, `bank` to what is matched with bank lines, `general`
        to what is for all, `suppliers` to what is suggested of contacts.
        """
        words = [word.lower() for word in command.words[1:]]
        if words in (["bank"], ["bank", "match"]):
            ask = (ActionId.OPEN_BANK_SETTINGS, "Bank match")
            return await where_meant(self.organisations, command, self.bank.form, ask)
        if words == ["sales"]:
            ask = (ActionId.OPEN_SALES_SETTINGS, "Sales")
            return await where_meant(self.organisations, command, self.sales.form, ask)
        if words == ["general"]:
            ask = (ActionId.OPEN_GENERAL_SETTINGS, "General")
            return await where_meant(self.organisations, command, self.general.form, ask)
        if words == ["suppliers"]:
            ask = (ActionId.OPEN_SUPPLIER_SETTINGS, "Suppliers")
            return await where_meant(self.organisations, command, self.suppliers.form, ask)
        if words == ["tax"]:
            ask = (ActionId.OPEN_TAX_SETTINGS, "Tax")
            return await where_meant(self.organisations, command, self.tax.form, ask)
        return await where_meant(self.organisations, command, self._form, (ActionId.OPEN_SETTINGS, "Settings"))

    async def open_settings(self, click: Click) -> Reply:
        return await self._form(click.actor, organisation_of(click.value))

    async def save(self, submission: Submission) -> Reply:
        about = FormRef.decode(submission.form.private_metadata)
        form = await read_for(
            lambda: self.set_up.opened(submission.actor, about.organisation_id),
            lambda: views.read(submission.form.state, about.version),
        )
        try:
            page = await self.set_up.save(submission.actor, about.organisation_id, form)
        except FormRefusedError as refused:
            return FormErrors({views.BLOCKS.get(field, field): sentence for field, sentence in refused.fields.items()})
        except StaleFormError:
            now = await self.set_up.opened(submission.actor, about.organisation_id)
            return NextForm(views.form(now, notice=views.STALE))
        return NextForm(views.saved(page))

    async def _form(self, actor: Actor, organisation_id: OrganisationId) -> Reply:
        return OpenView(views.form(await self.set_up.opened(actor, organisation_id)))
