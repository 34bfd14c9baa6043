"""The buttons of an alert that change whom a document is from or to, its products or its number, or say that what the ledger has is right."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from slack_sdk.models.views import View

from bot.domain.forms import ItemPage
from bot.domain.ids import ItemId
from bot.domain.items import Item
from bot.domain.slack import Actor
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

Save = Callable[[Actor, ItemId, int, str], Awaitable[Item]]
"""What a form chooses, done to the item at the version that the person saw."""


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
        routes.action(ActionId.CHANGE_NUMBER, self.ask_for_number)
        routes.view(CallbackId.CHANGE_NUMBER, self.change_number)
        routes.action(ActionId.SAME_DOCUMENT, self.same_document)
        routes.action(ActionId.TAKE_AS_IT_IS, self.take_as_it_is)

    async def ask_for_contact(self, click: Click) -> Reply:
        return await self._ask(click, views.contact_form)

    async def choose_contact(self, submission: Submission) -> Reply:
        lacking = {BlockId.CONTACT: "Choose a contact."}
        return await self._save(submission, views.read_contact, self.document.choose_contact, lacking)

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

    async def ask_for_number(self, click: Click) -> Reply:
        return await self._ask(click, views.number_form)

    async def change_number(self, submission: Submission) -> Reply:
        lacking = {BlockId.NUMBER: "Write the number that stands on the document."}
        return await self._save(submission, views.read_number, self.document.change_number, lacking)

    async def use_contact(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        await self.document.use_contact(click.actor, ref.item_id, ref.version)
        return None

    async def same_document(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        await self.archiving.archive_as_there(click.actor, ref.item_id, ref.version)
        return None

    async def take_as_it_is(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        await self.taking.take(click.actor, ref.item_id, ref.version)
        return None

    async def _ask(self, click: Click, form: Callable[[ItemPage], View]) -> Reply:
        item, _ = await self.fixes.item_to_fix(click.actor, ItemRef.decode(click.value).item_id)
        return OpenView(form(await self.forms.editing(click.actor, item.id)))

    async def _save(
        self, submission: Submission, read: Callable[[Fields], str | None], save: Save, lacking: Mapping[BlockId, str]
    ) -> Reply:
        """`lacking` is what is said of an empty field."""
        ref, value = FormRef.decode(submission.form.private_metadata).item, read(Fields(submission.form.state))
        if value is None:
            await self.fixes.item_to_fix(submission.actor, ref.item_id)
            return FormErrors({str(block): sentence for block, sentence in lacking.items()})
        try:
            await save(submission.actor, ref.item_id, ref.version, value)
        except NotOfferedError as error:
            return _not_offered(error)
        return None


def _not_offered(error: NotOfferedError) -> FormErrors:
    return FormErrors({views.BLOCKS[field]: sentence for field, sentence in error.fields.items()})
