"""Items: the form they are added with, editing them, and why they are coded so."""

from dataclasses import dataclass

from bot.services.cards import Cards
from bot.services.choices import NotOfferedError
from bot.services.item_forms import ItemForms
from bot.services.items import Items
from bot.views import item_form
from bot.views import items as views
from bot.views.ids import ActionId, CallbackId
from bot.views.item_added import added
from bot.views.metadata import FormRef, ItemRef, item_of
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply
from handlers.routes import Routes
from handlers.stacking import opened


@dataclass(frozen=True, slots=True)
class ItemHandlers:
    items: Items
    cards: Cards
    forms: ItemForms

    def register(self, routes: Routes) -> None:
        routes.view(CallbackId.ADD_ITEM, self.add_item)
        routes.action(ActionId.EXPLAIN_ITEM, self.explain_item)
        routes.action(ActionId.SHOW_ITEM, self.show_item)
        routes.action(ActionId.OPEN_IN_LEDGER, self.open_in_ledger)

    async def add_item(self, submission: Submission) -> Reply:
        """One form adds one item: what it is known by is the form itself."""
        organisation_id = FormRef.decode(submission.form.private_metadata).organisation_id
        actor = submission.actor
        found = item_form.read(submission.form.state, await self.forms.new(actor, organisation_id))
        if found.wrong:
            return FormErrors(found.wrong)
        source = f"form:{submission.form.view_id}"
        try:
            item = await self.items.add(actor, organisation_id, found.edit, source)
        except NotOfferedError as error:
            return FormErrors(item_form.wrong_at(error.fields, submission.form.state))
        return NextForm(added(await self.cards.seen(actor, item.id)))

    async def explain_item(self, click: Click) -> Reply:
        explained = await self.cards.explained(click.actor, ItemRef.decode(click.value).item_id)
        return OpenView(views.explanation(explained))

    async def show_item(self, click: Click) -> Reply:
        return opened(click, views.alone(await self.cards.seen(click.actor, item_of(click.value))))

    async def open_in_ledger(self, click: Click) -> Reply:  # noqa: ARG002 - a link: the browser does the rest
        return None
