"""What is done with an approved item before it is sent: hold, release, publish now, take back."""

from dataclasses import dataclass

from slack_sdk.models.views import View

from bot.domain.items import Item
from bot.services.cards import Cards
from bot.services.holding import Holding
from bot.views import items as item_views
from bot.views.ids import ActionId
from bot.views.metadata import ItemRef
from handlers.payloads import Click
from handlers.replies import Reply
from handlers.routes import Routes
from handlers.stacking import redrawn


@dataclass(frozen=True, slots=True)
class HoldingHandlers:
    holding: Holding
    cards: Cards

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.HOLD_ITEM, self.hold_item)
        routes.action(ActionId.RELEASE_ITEM, self.release_item)
        routes.action(ActionId.PUBLISH_NOW, self.publish_now)
        routes.action(ActionId.UNDO_ITEM, self.undo_item)

    async def hold_item(self, click: Click) -> Reply:
        return await self._shown(click, await self.holding.hold(click.actor, _ref(click).item_id))

    async def release_item(self, click: Click) -> Reply:
        return await self._shown(click, await self.holding.release(click.actor, _ref(click).item_id))

    async def publish_now(self, click: Click) -> Reply:
        return await self._shown(click, await self.holding.publish_now(click.actor, _ref(click).item_id))

    async def undo_item(self, click: Click) -> Reply:
        return await self._shown(click, await self.holding.undo(click.actor, _ref(click).item_id))

    async def _shown(self, click: Click, item: Item) -> Reply:
        """The card in the channel is drawn by itself; a card that was opened on its own turns into the outcome."""

        async def card() -> View:
            return item_views.alone(await self.cards.seen(click.actor, item.id))

        return await redrawn(click, card)


def _ref(click: Click) -> ItemRef:
    return ItemRef.decode(click.value)
