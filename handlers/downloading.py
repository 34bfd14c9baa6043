"""Downloading what is approved, where the software is not called, and saying that it was removed there."""

from dataclasses import dataclass

from slack_sdk.models.views import View

from bot.domain.items import Item
from bot.services.cards import Cards
from bot.services.downloading import Downloading
from bot.services.removing import Removing
from bot.views import downloading as views
from bot.views import items as item_views
from bot.views.ids import ActionId
from bot.views.metadata import BatchRef, ItemRef
from handlers.payloads import Click
from handlers.replies import Reply, Whisper
from handlers.routes import Routes
from handlers.stacking import redrawn


@dataclass(frozen=True, slots=True)
class DownloadHandlers:
    downloading: Downloading
    removing: Removing
    cards: Cards

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.DOWNLOAD_BATCH, self.download_batch)
        routes.action(ActionId.CONFIRM_REMOVED, self.confirm_removed)
        routes.action(ActionId.LEAVE_THERE, self.leave_there)

    async def download_batch(self, click: Click) -> Reply:
        ref = BatchRef.decode(click.value)
        return Whisper(views.answer(await self.downloading.download(click.actor, ref.organisation_id, ref.number)))

    async def confirm_removed(self, click: Click) -> Reply:
        return await self._shown(click, await self.removing.removed(click.actor, ItemRef.decode(click.value).item_id))

    async def leave_there(self, click: Click) -> Reply:
        return await self._shown(click, await self.removing.left(click.actor, ItemRef.decode(click.value).item_id))

    async def _shown(self, click: Click, item: Item) -> Reply:
        async def card() -> View:
            return item_views.alone(await self.cards.seen(click.actor, item.id))

        return await redrawn(click, card)
