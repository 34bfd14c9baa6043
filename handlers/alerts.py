"""The buttons of an alert: another category or tax rate, retry, leave it so, and the ledger's own words."""

from dataclasses import dataclass

from bot.services.alert_messages import AlertMessages
from bot.services.choices import NotOfferedError
from bot.services.fixes import Fixes
from bot.services.item_forms import ItemForms
from bot.services.waiting import Waiting
from bot.views import alerts as views
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, ItemRef, StepRef
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, OpenView, Reply
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class AlertHandlers:
    fixes: Fixes
    waiting: Waiting
    forms: ItemForms
    messages: AlertMessages

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.CHOOSE_ACCOUNT, self.ask_for_account)
        routes.view(CallbackId.CHOOSE_ACCOUNT, self.choose_account)
        routes.action(ActionId.CHOOSE_TAX_RATE, self.ask_for_tax_rate)
        routes.view(CallbackId.CHOOSE_TAX_RATE, self.choose_tax_rate)
        routes.action(ActionId.RETRY_ITEM, self.retry_item)
        routes.action(ActionId.PUBLISH_AS_DRAFT, self.publish_as_draft)
        routes.action(ActionId.WAIT_FOR_LEDGER, self.wait_for_ledger)
        routes.action(ActionId.LEAVE_STEP, self.leave_step)
        routes.action(ActionId.SHOW_LEDGER_WORDS, self.show_ledger_words)

    async def ask_for_account(self, click: Click) -> Reply:
        return await self._ask(click, ActionId.CHOOSE_ACCOUNT)

    async def ask_for_tax_rate(self, click: Click) -> Reply:
        return await self._ask(click, ActionId.CHOOSE_TAX_RATE)

    async def choose_account(self, submission: Submission) -> Reply:
        ref, code = await self._chosen(submission)
        if code is None:
            await self.fixes.item_to_fix(submission.actor, ref.item_id)
            return FormErrors({BlockId.ACCOUNT: "Choose a category."})
        try:
            await self.fixes.choose_account(submission.actor, ref.item_id, ref.version, code)
        except NotOfferedError as error:
            return _not_offered(error)
        return None

    async def choose_tax_rate(self, submission: Submission) -> Reply:
        ref, code = await self._chosen(submission)
        if code is None:
            await self.fixes.item_to_fix(submission.actor, ref.item_id)
            return FormErrors({BlockId.TAX_RATE: "Choose a tax rate."})
        try:
            await self.fixes.choose_tax_rate(submission.actor, ref.item_id, ref.version, code)
        except NotOfferedError as error:
            return _not_offered(error)
        return None

    async def retry_item(self, click: Click) -> Reply:
        ref = StepRef.decode(click.value)
        await self.fixes.retry(click.actor, ref.item_id, ref.kind)
        return None

    async def publish_as_draft(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        await self.fixes.publish_as_draft(click.actor, ref.item_id, ref.version)
        return None

    async def wait_for_ledger(self, click: Click) -> Reply:
        await self.waiting.begin(click.actor, ItemRef.decode(click.value).item_id)
        return None

    async def leave_step(self, click: Click) -> Reply:
        ref = StepRef.decode(click.value)
        await self.fixes.leave_step(click.actor, ref.item_id, ref.kind)
        return None

    async def show_ledger_words(self, click: Click) -> Reply:
        ref = StepRef.decode(click.value)
        found = await self.messages.seen(click.actor, ref.item_id, ref.kind)
        return OpenView(views.words_modal(found))

    async def _ask(self, click: Click, action: ActionId) -> Reply:
        item, _ = await self.fixes.item_to_fix(click.actor, ItemRef.decode(click.value).item_id)
        return OpenView(views.choose_form(await self.forms.editing(click.actor, item.id), action))

    async def _chosen(self, submission: Submission) -> tuple[ItemRef, str | None]:
        ref = FormRef.decode(submission.form.private_metadata).item
        code = await read_for(
            lambda: self.fixes.item_to_fix(submission.actor, ref.item_id),
            lambda: views.read_choice(submission.form.state),
        )
        return ref, code


def _not_offered(error: NotOfferedError) -> FormErrors:
    return FormErrors({views.BLOCKS[field]: sentence for field, sentence in error.fields.items()})
