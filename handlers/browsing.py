"""`/dext items`: search, page, open, and go through what waits for review."""

from dataclasses import dataclass

from bot.domain.browsing import ItemSearch
from bot.domain.cards import ItemCard
from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.browsing import Browsing
from bot.services.cards import Cards
from bot.services.organisations import Organisations
from bot.views import browsing as views
from bot.views import items as item_views
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, PageRef, item_of, organisation_of
from handlers.forms import read_for
from handlers.organisations import where_meant
from handlers.payloads import Click, Command, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply, Whisper
from handlers.routes import Routes
from handlers.stacking import instead, opened


@dataclass(frozen=True, slots=True)
class BrowsingHandlers:
    browsing: Browsing
    cards: Cards
    organisations: Organisations

    def register(self, routes: Routes) -> None:
        routes.command("items", self.items, "find items, open them, and go through what waits for review")
        routes.action(ActionId.OPEN_ITEMS, self.open_items)
        routes.action(ActionId.SEARCH_ITEMS, self.search_items)
        routes.view(CallbackId.SEARCH_ITEMS, self.find)
        routes.action(ActionId.OLDER_ITEMS, self.page_of_items)
        routes.action(ActionId.NEWEST_ITEMS, self.page_of_items)
        routes.action(ActionId.OPEN_ITEM, self.open_item)
        routes.action(ActionId.REVIEW_ITEMS, self.review_items)
        routes.action(ActionId.NEXT_ITEM, self.next_item)

    async def items(self, command: Command) -> Reply:
        return await where_meant(self.organisations, command, self._list, (ActionId.OPEN_ITEMS, "Look here"))

    async def open_items(self, click: Click) -> Reply:
        page = await self.browsing.page(click.actor, organisation_of(click.value), ItemSearch())
        return instead(click, views.item_list(page))

    async def search_items(self, click: Click) -> Reply:
        page = await self.browsing.page(click.actor, organisation_of(click.value), _search(click))
        return instead(click, views.search_form(page.organisation_id, page.organisation, page.search))

    async def find(self, submission: Submission) -> Reply:
        organisation_id, actor = FormRef.decode(submission.form.private_metadata).organisation_id, submission.actor
        search = await read_for(
            lambda: self.browsing.page(actor, organisation_id, ItemSearch()),
            lambda: views.read_search(submission.form.state),
        )
        if not isinstance(search, ItemSearch):
            await self.browsing.page(actor, organisation_id, ItemSearch())
            return FormErrors(search)
        return NextForm(views.item_list(await self.browsing.page(actor, organisation_id, search)))

    async def page_of_items(self, click: Click) -> Reply:
        ref = PageRef.decode(click.value)
        page = await self.browsing.page(click.actor, ref.organisation_id, _search(click), ref.after)
        return instead(click, views.item_list(page))

    async def open_item(self, click: Click) -> Reply:
        return opened(click, item_views.alone(await self.cards.seen(click.actor, item_of(click.value))))

    async def review_items(self, click: Click) -> Reply:
        found = await self.browsing.first_to_review(click.actor, organisation_of(click.value))
        return _to_review(click, found, views.NOTHING_TO_REVIEW)

    async def next_item(self, click: Click) -> Reply:
        found = await self.browsing.next_to_review(click.actor, item_of(click.value))
        return _to_review(click, found, views.LAST_TO_REVIEW)

    async def _list(self, actor: Actor, organisation_id: OrganisationId) -> Reply:
        return OpenView(views.item_list(await self.browsing.page(actor, organisation_id, ItemSearch())))


def _search(click: Click) -> ItemSearch:
    return ItemSearch() if click.form is None else views.search_of(click.form.private_metadata)


def _to_review(click: Click, found: ItemCard | None, otherwise: str) -> Reply:
    return Whisper(otherwise) if found is None else instead(click, item_views.alone(found))
