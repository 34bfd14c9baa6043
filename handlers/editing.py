"""Editing an item: its form, and what becomes of it when somebody else changed the item meanwhile."""

from dataclasses import dataclass

from bot.services.choices import NotOfferedError
from bot.services.current import StaleItemError
from bot.services.item_forms import ItemForms
from bot.services.items import Items
from bot.views import item_form
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, ItemRef
from handlers.payloads import Click, Submission
from handlers.replies import CloseAll, FormErrors, NextForm, Reply, UpdateView
from handlers.routes import Routes
from handlers.stacking import instead


@dataclass(frozen=True, slots=True)
class EditingHandlers:
    items: Items
    forms: ItemForms

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.EDIT_ITEM, self.edit_item)
        routes.action(ActionId.CHOOSE_KIND, self.choose_kind)
        routes.view(CallbackId.EDIT_ITEM, self.save_item)

    async def edit_item(self, click: Click) -> Reply:
        """In the place of a card that is a modal itself: the lines take a place over it, and Slack stacks three."""
        page = await self.forms.editing(click.actor, ItemRef.decode(click.value).item_id)
        return instead(click, item_form.form(page))

    async def choose_kind(self, click: Click) -> Reply:
        """A sale has a customer where a cost has a supplier; what else was typed stays."""
        if click.form is None:
            return None
        ref, actor = FormRef.decode(click.form.private_metadata), click.actor
        if ref.item_id is None:
            found = item_form.read(click.form.state, await self.forms.new(actor, ref.organisation_id))
            return UpdateView(item_form.form(await self.forms.new(actor, ref.organisation_id, found.edit)))
        found = item_form.read(click.form.state, await self.forms.editing(actor, ref.item_id, form_id=ref.form_id))
        page = await self.forms.editing(actor, ref.item_id, found.edit, form_id=ref.form_id)
        return UpdateView(item_form.form(page, version=ref.version))

    async def save_item(self, submission: Submission) -> Reply:
        form, state = FormRef.decode(submission.form.private_metadata), submission.form.state
        ref, actor = form.item, submission.actor
        found = item_form.read(state, await self.forms.editing(actor, ref.item_id, form_id=form.form_id))
        if found.wrong:
            return FormErrors(found.wrong)
        try:
            await self.items.edit(actor, ref.item_id, ref.version, found.edit)
        except NotOfferedError as error:
            return FormErrors(item_form.wrong_at(error.fields, state))
        except StaleItemError:
            page = await self.forms.editing(actor, ref.item_id, found.edit, form_id=form.form_id)
            return NextForm(item_form.form(page, is_stale=True))
        return CloseAll()
