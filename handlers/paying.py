"""The buttons of an alert that choose another payment method: for a refused document, or for the payment alone."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.ids import ItemId
from bot.domain.items import Item
from bot.domain.paying import OtherMethods
from bot.domain.slack import Actor
from bot.services.choices import NotOfferedError
from bot.services.paying import Paying
from bot.views import paying as views
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, ItemRef
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, OpenView, Reply
from handlers.routes import Routes

Open = Callable[[Actor, ItemId], Awaitable[OtherMethods]]
Save = Callable[[Actor, ItemId, int, str], Awaitable[Item]]


@dataclass(frozen=True, slots=True)
class PayingHandlers:
    paying: Paying

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.CHOOSE_PAYMENT_METHOD, self.ask_for_method)
        routes.view(CallbackId.CHOOSE_PAYMENT_METHOD, self.choose_method)
        routes.action(ActionId.PAY_WITH_ANOTHER, self.ask_what_to_pay_with)
        routes.view(CallbackId.PAY_WITH_ANOTHER, self.pay_with)

    async def ask_for_method(self, click: Click) -> Reply:
        found = await self.paying.methods_for(click.actor, ItemRef.decode(click.value).item_id)
        return OpenView(views.form(found, CallbackId.CHOOSE_PAYMENT_METHOD))

    async def choose_method(self, submission: Submission) -> Reply:
        return await _save(submission, self.paying.methods_for, self.paying.choose_method)

    async def ask_what_to_pay_with(self, click: Click) -> Reply:
        found = await self.paying.methods_for_payment(click.actor, ItemRef.decode(click.value).item_id)
        return OpenView(views.form(found, CallbackId.PAY_WITH_ANOTHER))

    async def pay_with(self, submission: Submission) -> Reply:
        return await _save(submission, self.paying.methods_for_payment, self.paying.pay_with)


async def _save(submission: Submission, may_send: Open, save: Save) -> Reply:
    ref = FormRef.decode(submission.form.private_metadata).item
    method = await read_for(
        lambda: may_send(submission.actor, ref.item_id), lambda: views.read(Fields(submission.form.state))
    )
    if method is None:
        await may_send(submission.actor, ref.item_id)
        return FormErrors({BlockId.PAYMENT_METHOD: "Choose a payment method."})
    try:
        await save(submission.actor, ref.item_id, ref.version, method)
    except NotOfferedError as error:
        return FormErrors({views.BLOCKS[field]: sentence for field, sentence in error.fields.items()})
    return None
