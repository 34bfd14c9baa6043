"""Deciding on an item by its card: approve, reject with a reason, undo. The card's version is what is decided on."""

from dataclasses import dataclass

from bot.domain.items import Item
from bot.services.approvals import Approvals
from bot.services.cards import Cards
from bot.views import approvals as views
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, ItemRef
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import CloseAll, FormErrors, OpenView, Reply, UpdateView
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class ApprovalHandlers:
    approvals: Approvals
    cards: Cards

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.APPROVE_ITEM, self.approve_item)
        routes.action(ActionId.REJECT_ITEM, self.reject_item)
        routes.view(CallbackId.REJECT_REASON, self.reject)
        routes.action(ActionId.UNDO_ITEM, self.undo_item)

    async def approve_item(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        return _shown(click, await self.approvals.approve(click.actor, ref.item_id, ref.version))

    async def reject_item(self, click: Click) -> Reply:
        """Asks for the reason; who may not decide is told so before writing one."""
        ref = ItemRef.decode(click.value)
        await self.approvals.check_may_decide(click.actor, ref.item_id, ref.version)
        return OpenView(views.reject_form(await self.cards.seen(click.actor, ref.item_id)))

    async def reject(self, submission: Submission) -> Reply:
        ref = FormRef.decode(submission.form.private_metadata).item
        actor = submission.actor
        reason = await read_for(
            lambda: self.approvals.check_may_decide(actor, ref.item_id, ref.version),
            lambda: views.read_reason(submission.form.state),
        )
        if reason is None:
            await self.approvals.check_may_decide(actor, ref.item_id, ref.version)
            return FormErrors({BlockId.REASON: views.NO_REASON})
        await self.approvals.reject(submission.actor, ref.item_id, ref.version, reason)
        return CloseAll()

    async def undo_item(self, click: Click) -> Reply:
        return _shown(click, await self.approvals.undo(click.actor, ItemRef.decode(click.value).item_id))


def _shown(click: Click, item: Item) -> Reply:
    """The card in the channel is drawn by itself; a card that was opened on its own turns into the outcome."""
    return None if click.form is None else UpdateView(views.outcome(item))
