"""Setting up an organisation: the command, the button, the form."""

from dataclasses import dataclass
from functools import partial

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.organisations import Organisations
from bot.services.set_up import SetUp
from bot.views import settings as views
from bot.views.fields import entered
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, organisation_of
from bot.views.text import escape
from handlers.amount_settings import AmountSettingsHandlers
from handlers.auto_settings import AutoSettingsHandlers
from handlers.bank_match import BankMatchHandlers
from handlers.default_books import DefaultBooksHandlers
from handlers.forms import anew, answered, placed, read_for
from handlers.general_settings import GeneralSettingsHandlers
from handlers.organisations import Act, where_meant
from handlers.payloads import Click, Command, Submission
from handlers.quiet_settings import QuietSettingsHandlers
from handlers.replies import OpenView, Reply, Whisper
from handlers.routes import Routes
from handlers.sales_settings import SalesSettingsHandlers
from handlers.supplier_settings import SupplierSettingsHandlers
from handlers.tax_settings import TaxSettingsHandlers

OF_COSTS = ("costs", "expense reports", "reports")
"""What the form of a bare `/dext settings` is about, too."""


@dataclass(frozen=True, slots=True)
class SettingsHandlers:
    set_up: SetUp
    organisations: Organisations
    sales: SalesSettingsHandlers
    tax: TaxSettingsHandlers
    bank: BankMatchHandlers
    general: GeneralSettingsHandlers
    suppliers: SupplierSettingsHandlers
    amounts: AmountSettingsHandlers
    quiet: QuietSettingsHandlers
    auto: AutoSettingsHandlers
    books: DefaultBooksHandlers

    def register(self, routes: Routes) -> None:
        does = (
            "where bills go, who approves them, and in which channels; with one more word what else is decided: `sales`, `tax`, "
            "`general`, `suppliers`, `amounts`, `quiet`, `auto`, `bank` or `books`"
        )
        routes.command("settings", self.settings, does)
        routes.action(ActionId.OPEN_SETTINGS, self.open_settings)
        routes.view(CallbackId.SETTINGS, self.save)

    async def settings(self, command: Command) -> Reply:
        """`/dext settings sales` goes to what is decided for sales, `tax` to tax, `bank` to what is matched with bank lines, `general`
        to what is for all, `suppliers` to what is suggested of contacts, `amounts` to exchange rates,
        `quiet` to when channels hear no news, `auto` to what nobody has to approve, `books` to the default ones of the workspace.
        """
        words = " ".join(word.lower() for word in command.words[1:])
        parts: dict[str, tuple[Act, ActionId, str]] = {
            "": (self._form, ActionId.OPEN_SETTINGS, "Settings"),
            "sales": (self.sales.form, ActionId.OPEN_SALES_SETTINGS, "Sales"),
            "tax": (self.tax.form, ActionId.OPEN_TAX_SETTINGS, "Tax"),
            "general": (self.general.form, ActionId.OPEN_GENERAL_SETTINGS, "General"),
            "suppliers": (self.suppliers.form, ActionId.OPEN_SUPPLIER_SETTINGS, "Suppliers"),
            "amounts": (self.amounts.form, ActionId.OPEN_AMOUNT_SETTINGS, "Amounts"),
            "quiet": (self.quiet.form, ActionId.OPEN_QUIET_SETTINGS, "Quiet hours"),
            "auto": (self.auto.form, ActionId.OPEN_AUTO_SETTINGS, "Automatic publishing"),
            "bank": (self.bank.form, ActionId.OPEN_BANK_SETTINGS, "Bank match"),
        }
        words = "" if words in OF_COSTS else words
        if words in ("books", "default books"):
            return await self.books.form(command.actor)
        meant = parts.get(words.removesuffix(" match").removesuffix(" hours"))
        if meant is None:
            offered = ", ".join(f"`{part}`" for part in (*parts, "books") if part)
            return Whisper(f"I do not know settings called “{escape(words, 40)}”. There are `costs`, {offered}.")
        form, action, name = meant
        return await where_meant(self.organisations, command, form, (action, name))

    async def open_settings(self, click: Click) -> Reply:
        return await self._form(click.actor, organisation_of(click.value))

    async def save(self, submission: Submission) -> Reply:
        about, actor = FormRef.decode(submission.form.private_metadata), submission.actor
        opened = partial(self.set_up.opened, actor, about.organisation_id)
        form = await read_for(opened, lambda: views.read(entered(submission.form.state, about), about.version))
        saving = self.set_up.save(actor, about.organisation_id, form)
        return await answered(saving, opened, anew(views.form), views.saved, placed(submission, views.BLOCKS))

    async def _form(self, actor: Actor, organisation_id: OrganisationId) -> Reply:
        return OpenView(views.form(await self.set_up.opened(actor, organisation_id)))
