"""The default books of a workspace: the button, the command and the form."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.default_books import DefaultBooks, DefaultBooksPage, DefaultOf
from bot.services.saving_settings import StaleFormError
from bot.views import default_books as views
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import DefaultBooksRef
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import NextForm, OpenView, Reply
from handlers.routes import Routes

FIELDS = {DefaultOf.ITEMS: BlockId.ITEMS_BOOKS, DefaultOf.CLAIMS: BlockId.CLAIMS_BOOKS}


@dataclass(frozen=True, slots=True)
class DefaultBooksHandlers:
    default_books: DefaultBooks

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.OPEN_DEFAULT_BOOKS, self.open_default_books)
        routes.view(CallbackId.DEFAULT_BOOKS, self.save)

    async def open_default_books(self, click: Click) -> Reply:
        return await self.form(click.actor)

    async def form(self, actor: Actor) -> Reply:
        page = await self.default_books.opened(actor)
        return OpenView(views.form(_names(page), _by_field(page.chosen)))

    async def save(self, submission: Submission) -> Reply:
        drawn, actor = DefaultBooksRef.decode(submission.form.private_metadata), submission.actor
        opened = partial(self.default_books.opened, actor)
        read = await read_for(opened, lambda: views.read(submission.form.state, drawn))
        chosen = {of: read[block] for of, block in FIELDS.items()}
        before = {DefaultOf.ITEMS: drawn.items, DefaultOf.CLAIMS: drawn.claims}
        try:
            page = await self.default_books.save(actor, before, chosen)
        except StaleFormError:
            page = await opened()
            return NextForm(views.changed_meanwhile(_names(page), _by_field(page.chosen)))
        was = page.chosen if page.before is None else page.before
        return NextForm(views.saved(_names(page), _by_field(was), _by_field(page.chosen)))


def _names(page: DefaultBooksPage) -> dict[OrganisationId, str]:
    return {each.id: each.name for each in page.organisations}


def _by_field(chosen: Mapping[DefaultOf, OrganisationId | None]) -> dict[BlockId, OrganisationId | None]:
    return {block: chosen[of] for of, block in FIELDS.items()}
