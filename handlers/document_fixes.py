"""The buttons of an alert that change whom a document is from or to, its products or its number, or say that what the ledger has is right."""

from dataclasses import dataclass

from bot.services.archiving import Archiving
from bot.services.choices import NotOfferedError
from bot.services.document_fixes import DocumentFixes
from bot.services.fixes import Fixes
from bot.services.item_forms import ItemForms
from bot.services.taking_as_it_is import TakingAsItIs
from bot.views import fixing as views
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, ItemRef
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, OpenView, Reply
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class DocumentFixHandlers:
    fixes: Fixes
    document: DocumentFixes
    forms: ItemForms
    archiving: Archiving
    taking: TakingAsItIs

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.CHOOSE_CONTACT, self.ask_for_contact)
        routes.view(CallbackId.CHOOSE_CONTACT, self.choose_contact)
        routes.action(ActionId.CHOOSE_PRODUCT, self.ask_for_product)
        routes.view(CallbackId.CHOOSE_PRODUCT, self.choose_product)
        routes.action(ActionId.USE_CONTACT, self.use_contact)
        routes.action(ActionId.CHOOSE_PAYMENT_METHOD, self.ask_for_method)
        routes.view(CallbackId.CHOOSE_PAYMENT_METHOD, self.choose_method)
        routes.action(ActionId.CHANGE_NUMBER, self.ask_for_number)
        routes.view(CallbackId.CHANGE_NUMBER, self.change_number)
        routes.action(ActionId.SAME_DOCUMENT, self.same_document)
        routes.action(ActionId.TAKE_AS_IT_IS, self.take_as_it_is)

    async def ask_for_contact(self, click: Click) -> Reply:
        item, _ = await self.fixes.item_to_fix(click.actor, ItemRef.decode(click.value).item_id)
        return OpenView(views.contact_form(await self.forms.editing(click.actor, item.id)))

    async def choose_contact(self, submission: Submission) -> Reply:
        ref = FormRef.decode(submission.form.private_metadata).item
        contact = views.read_contact(Fields(submission.form.state))
        if contact is None:
            await self.fixes.item_to_fix(submission.actor, ref.item_id)
            return FormErrors({BlockId.CONTACT: "Choose a contact."})
        try:
            await self.document.choose_contact(submission.actor, ref.item_id, ref.version, contact)
        except NotOfferedError as error:
            return _not_offered(error)
        return None

    async def ask_for_product(self, click: Click) -> Reply:
        item, alert = await self.fixes.item_to_fix(click.actor, ItemRef.decode(click.value).item_id)
        page = await self.forms.editing(click.actor, item.id)
        return OpenView(views.product_form(page, alert.problem.facts.get("product", "unknown")))

    async def choose_product(self, submission: Submission) -> Reply:
        ref = FormRef.decode(submission.form.private_metadata).item
        product = views.read_product(Fields(submission.form.state))
        try:
            await self.document.choose_product(submission.actor, ref.item_id, ref.version, product)
        except NotOfferedError as error:
            return _not_offered(error)
        return None

    async def ask_for_method(self, click: Click) -> Reply:
        item, _ = await self.fixes.item_to_fix(click.actor, ItemRef.decode(click.value).item_id)
        return OpenView(views.method_form(await self.forms.editing(click.actor, item.id)))

    async def choose_method(self, submission: Submission) -> Reply:
        ref = FormRef.decode(submission.form.private_metadata).item
        method = views.read_method(Fields(submission.form.state))
        if method is None:
            await self.fixes.item_to_fix(submission.actor, ref.item_id)
            return FormErrors({BlockId.PAYMENT_METHOD: "Choose a payment method."})
        try:
            await self.document.choose_method(submission.actor, ref.item_id, ref.version, method)
        except NotOfferedError as error:
            return _not_offered(error)
        return None

    async def use_contact(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        await self.document.use_contact(click.actor, ref.item_id, ref.version)
        return None

    async def ask_for_number(self, click: Click) -> Reply:
        item, _ = await self.fixes.item_to_fix(click.actor, ItemRef.decode(click.value).item_id)
        return OpenView(views.number_form(await self.forms.editing(click.actor, item.id)))

    async def change_number(self, submission: Submission) -> Reply:
        ref = FormRef.decode(submission.form.private_metadata).item
        number = views.read_number(Fields(submission.form.state))
        if number is None:
            await self.fixes.item_to_fix(submission.actor, ref.item_id)
            return FormErrors({BlockId.NUMBER: "Write the number that stands on the document."})
        await self.document.change_number(submission.actor, ref.item_id, ref.version, number)
        return None

    async def same_document(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        await self.archiving.archive_as_there(click.actor, ref.item_id, ref.version)
        return None

    async def take_as_it_is(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        await self.taking.take(click.actor, ref.item_id, ref.version)
        return None


def _not_offered(error: NotOfferedError) -> FormErrors:
    return FormErrors({views.BLOCKS[field]: sentence for field, sentence in error.fields.items()})
