"""Costs matched with bank lines: the setting, and the form that says which line an item was paid by."""

from dataclasses import dataclass
from functools import partial

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.bank_matching import BankMatching, LineNotTakenError
from bot.services.bank_settings import BankSettings
from bot.views import bank_match as views
from bot.views import bank_settings
from bot.views.fields import Fields, entered
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, ItemRef, organisation_of
from handlers.forms import anew, answered, read_for
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, OpenView, Reply
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class BankMatchHandlers:
    matching: BankMatching
    settings: BankSettings

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.OPEN_BANK_SETTINGS, self.open_bank_settings)
        routes.view(CallbackId.BANK_SETTINGS, self.save)
        routes.action(ActionId.AUTOFILL_PAYMENT, self.ask_for_line)
        routes.view(CallbackId.AUTOFILL_PAYMENT, self.autofill)

    async def open_bank_settings(self, click: Click) -> Reply:
        return await self.form(click.actor, organisation_of(click.value))

    async def form(self, actor: Actor, organisation_id: OrganisationId) -> Reply:
        return OpenView(bank_settings.form(await self.settings.opened(actor, organisation_id)))

    async def save(self, submission: Submission) -> Reply:
        about, actor = FormRef.decode(submission.form.private_metadata), submission.actor
        opened = partial(self.settings.opened, actor, about.organisation_id)
        form = await read_for(
            opened, lambda: bank_settings.read(Fields(entered(submission.form.state, about)), about.version)
        )
        saving = self.settings.save(actor, about.organisation_id, form)
        return await answered(saving, opened, anew(bank_settings.form), bank_settings.saved)

    async def ask_for_line(self, click: Click) -> Reply:
        return OpenView(views.form(await self.matching.found(click.actor, ItemRef.decode(click.value).item_id)))

    async def autofill(self, submission: Submission) -> Reply:
        ref, actor = FormRef.decode(submission.form.private_metadata).item, submission.actor
        line = await read_for(
            lambda: self.matching.found(actor, ref.item_id), lambda: views.read(Fields(submission.form.state))
        )
        try:
            if line is None:
                await self.matching.without_line(actor, ref.item_id, ref.version)
            else:
                await self.matching.autofill(actor, ref.item_id, ref.version, line)
        except LineNotTakenError as error:
            return FormErrors({BlockId.BANK_LINE: str(error)})
        return None
