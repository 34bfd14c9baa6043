"""Looking after an item by its card: its details, what only a person can answer, archiving and moving it."""

from dataclasses import dataclass

from slack_sdk.models.views import View

from bot.domain.items import Item
from bot.domain.questions import QuestionKind
from bot.services.archiving import Archiving
from bot.services.asking import Answers
from bot.services.cards import Cards
from bot.services.details import ItemDetails
from bot.services.moving import Moving
from bot.views import items as item_views
from bot.views import moving as moving_views
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.item_details import details
from bot.views.metadata import FormRef, ItemRef
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply, Whisper
from handlers.routes import Routes
from handlers.stacking import redrawn

OURS = frozenset({QuestionKind.WHOSE_BOOKS})
ANOTHER = frozenset({QuestionKind.SAME_DOCUMENT})
PUT_RIGHT = frozenset(
    {QuestionKind.SENT_BACK, QuestionKind.AFTER_ARCHIVE, QuestionKind.WITHDRAWN, QuestionKind.CREDITS}
)


@dataclass(frozen=True, slots=True)
class ReviewHandlers:
    cards: Cards
    details: ItemDetails
    answers: Answers
    archiving: Archiving
    moving: Moving

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.SHOW_DETAILS, self.show_details)
        routes.action(ActionId.CONFIRM_OURS, self.confirm_ours)
        routes.action(ActionId.CONFIRM_ANOTHER, self.confirm_another)
        routes.action(ActionId.ASK_AGAIN, self.ask_again)
        routes.action(ActionId.ARCHIVE_ITEM, self.archive_item)
        routes.action(ActionId.ARCHIVE_DUPLICATE, self.archive_duplicate)
        routes.action(ActionId.UNARCHIVE_ITEM, self.unarchive_item)
        routes.action(ActionId.MOVE_ITEM, self.move_item)
        routes.view(CallbackId.MOVE_ITEM, self.move)

    async def show_details(self, click: Click) -> Reply:
        return OpenView(details(await self.details.seen(click.actor, ItemRef.decode(click.value).item_id)))

    async def confirm_ours(self, click: Click) -> Reply:
        return await self._confirm(click, OURS)

    async def confirm_another(self, click: Click) -> Reply:
        return await self._confirm(click, ANOTHER)

    async def ask_again(self, click: Click) -> Reply:
        return await self._confirm(click, PUT_RIGHT)

    async def archive_item(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        return await self._shown(click, await self.archiving.archive(click.actor, ref.item_id, ref.version))

    async def archive_duplicate(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        return await self._shown(click, await self.archiving.archive_duplicate(click.actor, ref.item_id, ref.version))

    async def unarchive_item(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        return await self._shown(click, await self.archiving.unarchive(click.actor, ref.item_id, ref.version))

    async def move_item(self, click: Click) -> Reply:
        ref = ItemRef.decode(click.value)
        found = await self.moving.where_to(click.actor, ref.item_id, ref.version)
        if not found.organisations:
            return Whisper(moving_views.NOWHERE)
        names = tuple((organisation.id, organisation.name) for organisation in found.organisations)
        return OpenView(moving_views.move_form(found.card, names))

    async def move(self, submission: Submission) -> Reply:
        ref, actor = FormRef.decode(submission.form.private_metadata).item, submission.actor
        where = await read_for(
            lambda: self.moving.where_to(actor, ref.item_id, ref.version),
            lambda: moving_views.read_where(submission.form.state),
        )
        if where is None:
            await self.moving.where_to(actor, ref.item_id, ref.version)
            return FormErrors({BlockId.ORGANISATION: moving_views.CHOOSE})
        item = await self.moving.move(actor, ref.item_id, ref.version, where)
        return NextForm(moving_views.moved(await self.cards.seen(actor, item.id)))

    async def _confirm(self, click: Click, kinds: frozenset[QuestionKind]) -> Reply:
        ref = ItemRef.decode(click.value)
        return await self._shown(click, await self.answers.confirm(click.actor, ref.item_id, ref.version, kinds))

    async def _shown(self, click: Click, item: Item) -> Reply:

        async def card() -> View:
            return item_views.alone(await self.cards.seen(click.actor, item.id))

        return await redrawn(click, card)
