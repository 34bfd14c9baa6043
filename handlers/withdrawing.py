"""Taking a published item out of the ledger: the confirmation, another try after a refusal, leaving it there, and a credit
note in its place.
"""

from dataclasses import dataclass

from bot.services.cards import Cards
from bot.services.crediting import Crediting
from bot.services.withdrawals import Withdrawals
from bot.views import items as item_views
from bot.views import withdrawing as views
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, ItemRef
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import CloseAll, OpenView, Reply
from handlers.routes import Routes
from handlers.stacking import opened


@dataclass(frozen=True, slots=True)
class WithdrawHandlers:
    withdrawals: Withdrawals
    crediting: Crediting
    cards: Cards

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.WITHDRAW_ITEM, self.ask_to_withdraw)
        routes.view(CallbackId.WITHDRAW_ITEM, self.withdraw)
        routes.action(ActionId.WITHDRAW_AGAIN, self.withdraw_again)
        routes.action(ActionId.LEAVE_PUBLISHED, self.leave_published)
        routes.action(ActionId.MAKE_CREDIT_NOTE, self.make_credit_note)

    async def ask_to_withdraw(self, click: Click) -> Reply:
        """From the menu of a card, or by the button of a page."""
        ref = ItemRef.decode(click.chosen[0] if click.chosen else click.value)
        found = await self.withdrawals.to_withdraw(click.actor, ref.item_id, ref.version)
        return opened(click, views.withdraw_form(found))

    async def withdraw(self, submission: Submission) -> Reply:
        ref, actor = FormRef.decode(submission.form.private_metadata).item, submission.actor
        left = await read_for(
            lambda: self.withdrawals.to_withdraw(actor, ref.item_id, ref.version),
            lambda: views.read(submission.form.state),
        )
        await self.withdrawals.withdraw(actor, ref.item_id, ref.version, left.reason, goes_on=left.goes_on)
        return CloseAll()

    async def withdraw_again(self, click: Click) -> Reply:
        await self.withdrawals.again(click.actor, ItemRef.decode(click.value).item_id)
        return None

    async def leave_published(self, click: Click) -> Reply:
        await self.withdrawals.leave(click.actor, ItemRef.decode(click.value).item_id)
        return None

    async def make_credit_note(self, click: Click) -> Reply:
        """Opens the credit note, which is to be looked at."""
        made = await self.crediting.credit(click.actor, ItemRef.decode(click.value).item_id)
        return OpenView(item_views.alone(await self.cards.seen(click.actor, made.id)))
