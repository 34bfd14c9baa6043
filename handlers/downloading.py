"""Downloading what is approved, where the software is not called."""

from dataclasses import dataclass

from bot.services.downloading import Downloading
from bot.views import downloading as views
from bot.views.ids import ActionId
from bot.views.metadata import BatchRef
from handlers.payloads import Click
from handlers.replies import Reply, Whisper
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class DownloadHandlers:
    downloading: Downloading

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.DOWNLOAD_BATCH, self.download_batch)

    async def download_batch(self, click: Click) -> Reply:
        ref = BatchRef.decode(click.value)
        return Whisper(views.answer(await self.downloading.download(click.actor, ref.organisation_id, ref.number)))
