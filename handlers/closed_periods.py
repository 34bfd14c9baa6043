"""What a bookkeeper chooses for an item that is dated in a closed period: on its card, or on its alert."""

from dataclasses import dataclass

from slack_sdk.models.views import View

from bot.domain.closing import ClosedAnswer
from bot.services.cards import Cards
from bot.services.closed_answers import ClosedAnswers
from bot.views import items as item_views
from bot.views.ids import ActionId
from bot.views.metadata import ItemRef
from handlers.payloads import Click
from handlers.replies import Reply
from handlers.routes import Routes
from handlers.stacking import redrawn


@dataclass(frozen=True, slots=True)
class ClosedPeriodHandlers:
    answers: ClosedAnswers
    cards: Cards

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.BOOK_ON_OPEN_DAY, self.book_on_open_day)
        routes.action(ActionId.DRAFT_UNTIL_OPEN, self.draft_until_open)

    async def book_on_open_day(self, click: Click) -> Reply:
        return await self._choose(click, ClosedAnswer.NEXT_OPEN_DAY)

    async def draft_until_open(self, click: Click) -> Reply:
        return await self._choose(click, ClosedAnswer.AS_DRAFT)

    async def _choose(self, click: Click, answer: ClosedAnswer) -> Reply:
        ref = ItemRef.decode(click.value)
        item = await self.answers.choose(click.actor, ref.item_id, ref.version, answer)

        async def card() -> View:
            return item_views.alone(await self.cards.seen(click.actor, item.id))

        return await redrawn(click, card)
