"""App Home is drawn when somebody opens it."""

from dataclasses import dataclass

from bot.services.home import Home
from handlers.payloads import Event
from handlers.replies import PublishHome, Reply
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class HomeHandlers:
    home: Home

    def register(self, routes: Routes) -> None:
        routes.event("app_home_opened", self.app_home_opened)

    async def app_home_opened(self, event: Event) -> Reply:
        if event.event.get("tab") != "home":
            return None
        return PublishHome(await self.home.opened(event.actor))
