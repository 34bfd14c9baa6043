"""Slack's word that the app was removed from a workspace."""

from dataclasses import dataclass

from bot.services.removal import Removal
from handlers.payloads import Event
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class LifecycleHandlers:
    removal: Removal

    def register(self, routes: Routes) -> None:
        routes.event("app_uninstalled", self.app_uninstalled)
        routes.event("tokens_revoked", self.tokens_revoked)

    async def app_uninstalled(self, event: Event) -> None:
        await self.removal.uninstalled(event.actor.workspace, event.sent_at)

    async def tokens_revoked(self, event: Event) -> None:
        tokens = event.event.get("tokens") or {}
        bots = [str(bot) for bot in tokens.get("bot") or ()]
        await self.removal.revoked(event.actor.workspace, bots, event.sent_at)
