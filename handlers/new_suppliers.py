"""Who a document is from whose supplier is not in the ledger yet: one that is there, or a new one."""

from dataclasses import dataclass

from slack_sdk.models.views import View

from bot.domain.items import Item
from bot.domain.questions import QuestionKind
from bot.services.asking import Answers
from bot.services.cards import Cards
from bot.services.choices import NotOfferedError
from bot.services.choosing_suppliers import ChoosingSuppliers
from bot.services.item_forms import ItemForms
from bot.views import fixing as views
from bot.views import items as item_views
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, ItemRef
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, Reply
from handlers.routes import Routes
from handlers.stacking import opened, redrawn

NEW_SUPPLIER = frozenset({QuestionKind.NEW_SUPPLIER})


@dataclass(frozen=True, slots=True)
class NewSupplierHandlers:
    choosing: ChoosingSuppliers
    answers: Answers
    forms: ItemForms
    cards: Cards

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.CONFIRM_NEW_SUPPLIER, self.confirm_new_supplier)
        routes.action(ActionId.CHOOSE_SUPPLIER, self.ask_for_supplier)
        routes.view(CallbackId.CHOOSE_SUPPLIER, self.choose_supplier)

    async def confirm_new_supplier(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        item = await self.answers.confirm(click.actor, ref.item_id, ref.version, NEW_SUPPLIER)
        return await self._shown(click, item)

    async def ask_for_supplier(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        item = await self.choosing.asked(click.actor, ref.item_id, ref.version)
        return opened(click, views.supplier_form(await self.forms.editing(click.actor, item.id)))

    async def choose_supplier(self, submission: Submission) -> Reply:
        ref = FormRef.decode(submission.form.private_metadata).item
        contact = views.read_contact(Fields(submission.form.state))
        if contact is None:
            await self.choosing.asked(submission.actor, ref.item_id, ref.version)
            return FormErrors({BlockId.CONTACT: "Choose a contact."})
        try:
            await self.choosing.choose(submission.actor, ref.item_id, ref.version, contact)
        except NotOfferedError as error:
            return FormErrors({views.BLOCKS[field]: sentence for field, sentence in error.fields.items()})
        return None

    async def _shown(self, click: Click, item: Item) -> Reply:
        async def card() -> View:
            return item_views.alone(await self.cards.seen(click.actor, item.id))

        return await redrawn(click, card)
