"""Payment methods in Slack: the list of an organisation, adding one, changing one."""

from dataclasses import dataclass

from slack_sdk.models.views import View

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.organisations import Organisations
from bot.services.payment_methods import MethodRefusedError, PaymentMethods
from bot.services.saving_settings import StaleFormError
from bot.views import payment_methods as views
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, MethodRef, MethodsRef, NotOursError, method_of, organisation_of
from handlers.forms import read_for
from handlers.organisations import where_meant
from handlers.payloads import Click, Command, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply, UpdateView
from handlers.routes import Routes

OPEN = (ActionId.OPEN_PAYMENT_METHODS, "Payment methods")


@dataclass(frozen=True, slots=True)
class PaymentMethodHandlers:
    methods: PaymentMethods
    organisations: Organisations

    def register(self, routes: Routes) -> None:
        routes.command(
            "payment-methods", self.command, "cards and accounts things are paid with, and their bank accounts"
        )
        routes.action(ActionId.OPEN_PAYMENT_METHODS, self.open_list)
        routes.action(ActionId.PREVIOUS_PAYMENT_METHODS, self.turn)
        routes.action(ActionId.NEXT_PAYMENT_METHODS, self.turn)
        routes.action(ActionId.ADD_PAYMENT_METHOD, self.open_new)
        routes.action(ActionId.CHANGE_PAYMENT_METHOD, self.open_one)
        routes.action(ActionId.GO_TO_PAYMENT_METHOD, self.open_found)
        routes.view(CallbackId.PAYMENT_METHOD, self.save)

    async def command(self, command: Command) -> Reply:
        return await where_meant(self.organisations, command, self._list, OPEN)

    async def open_list(self, click: Click) -> Reply:
        return await self._list(click.actor, organisation_of(click.value))

    async def turn(self, click: Click) -> Reply:
        ref = MethodsRef.decode(click.value)
        return UpdateView(views.page(await self.methods.listed(click.actor, ref.organisation_id, ref.page)))

    async def open_new(self, click: Click) -> Reply:
        return _in_place(click, views.form(await self.methods.opened(click.actor, organisation_of(click.value))))

    async def open_one(self, click: Click) -> Reply:
        ref = MethodRef.decode(click.value)
        return _in_place(click, views.form(await self.methods.opened(click.actor, ref.organisation_id, ref.method_id)))

    async def open_found(self, click: Click) -> Reply:
        """What was looked for in the list, whose form says of which organisation."""
        if click.form is None or not click.chosen:
            raise NotOursError("a select without its form")
        organisation_id = FormRef.decode(click.form.private_metadata).organisation_id
        found = await self.methods.opened(click.actor, organisation_id, method_of(click.chosen[0]))
        return UpdateView(views.form(found))

    async def save(self, submission: Submission) -> Reply:
        ref = MethodRef.decode(submission.form.private_metadata)
        of = (submission.actor, ref.organisation_id, ref.method_id)
        try:
            form = await read_for(lambda: self.methods.opened(*of), lambda: views.read(submission.form.state, ref))
            found = await self.methods.save(*of, form)
        except views.MethodUnreadableError as unreadable:
            await self.methods.opened(*of)
            return FormErrors(unreadable.fields)
        except MethodRefusedError as refused:
            return FormErrors(views.wrong_at(refused.fields, submission.form.state))
        except StaleFormError:
            return NextForm(views.form(await self.methods.opened(*of), notice=views.STALE))
        return NextForm(views.page(found, notice=views.SAVED))

    async def _list(self, actor: Actor, organisation_id: OrganisationId) -> Reply:
        return OpenView(views.page(await self.methods.listed(actor, organisation_id)))


def _in_place(click: Click, view: View) -> Reply:
    """The list turns into the form, and back when it is saved: Slack stacks only three modals."""
    is_in_list = click.form is not None and click.form.callback_id == CallbackId.EXPLANATION
    return UpdateView(view) if is_in_list else OpenView(view)
