"""Deciding on an item by its card: approve, reject or send back with a reason. The card's version is what is decided on."""

from dataclasses import dataclass

from slack_sdk.models.views import View

from bot.domain.cards import ToDecide
from bot.domain.items import Item
from bot.services.approvals import Approvals
from bot.services.cards import Cards
from bot.views import approvals as views
from bot.views import items as item_views
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, ItemRef
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import CloseAll, FormErrors, OpenView, Reply
from handlers.routes import Routes
from handlers.stacking import redrawn


@dataclass(frozen=True, slots=True)
class ApprovalHandlers:
    approvals: Approvals
    cards: Cards

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.APPROVE_ITEM, self.approve_item)
        routes.action(ActionId.REJECT_ITEM, self.reject_item)
        routes.view(CallbackId.REJECT_REASON, self.reject)
        routes.action(ActionId.SEND_BACK, self.ask_what_is_wrong)
        routes.view(CallbackId.SEND_BACK, self.send_back)

    async def approve_item(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        return await self._shown(click, await self.approvals.approve(click.actor, ref.item_id, ref.version))

    async def reject_item(self, click: Click) -> Reply:
        """Asks for the reason; who may not decide is told so before writing one."""
        return OpenView(views.reject_form(await self._to_decide(click)))

    async def reject(self, submission: Submission) -> Reply:
        ref, reason = await self._reason(submission)
        if reason is None:
            return FormErrors({BlockId.REASON: views.NO_REASON})
        await self.approvals.reject(submission.actor, ref.item_id, ref.version, reason)
        return CloseAll()

    async def ask_what_is_wrong(self, click: Click) -> Reply:
        return OpenView(views.send_back_form(await self._to_decide(click)))

    async def send_back(self, submission: Submission) -> Reply:
        ref, reason = await self._reason(submission)
        if reason is None:
            return FormErrors({BlockId.REASON: views.SAY_WHAT})
        await self.approvals.send_back(submission.actor, ref.item_id, ref.version, reason)
        return CloseAll()

    async def _to_decide(self, click: Click) -> ToDecide:
        ref = ItemRef.decode(click.value)
        return await self.approvals.to_decide(click.actor, ref.item_id, ref.version)

    async def _reason(self, submission: Submission) -> tuple[ItemRef, str | None]:
        """What was written, if anything; whoever may not decide is told that first."""
        ref, actor = FormRef.decode(submission.form.private_metadata).item, submission.actor
        reason = await read_for(
            lambda: self.approvals.to_decide(actor, ref.item_id, ref.version),
            lambda: views.read_reason(submission.form.state),
        )
        if reason is None:
            await self.approvals.to_decide(actor, ref.item_id, ref.version)
        return ref, reason

    async def _shown(self, click: Click, item: Item) -> Reply:
        """The card in the channel is drawn by itself; a card that was opened on its own turns into the outcome."""

        async def card() -> View:
            return item_views.alone(await self.cards.seen(click.actor, item.id))

        return await redrawn(click, card)
