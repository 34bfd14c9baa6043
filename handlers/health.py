"""`/healthz`: the process answers, and says what it is. `/readyz`: it can also work."""

from dataclasses import dataclass

from aiohttp import web

from bot.services.health import Health
from bot.version import IDENTITY, IDENTITY_HEADER
from handlers.socket import SocketMode


@dataclass(frozen=True, slots=True)
class HealthPages:
    health: Health
    socket: SocketMode | None = None

    def register(self, app: web.Application) -> None:
        app.router.add_get("/healthz", self.healthz, allow_head=True)
        app.router.add_get("/readyz", self.readyz, allow_head=True)

    async def healthz(self, _: web.Request) -> web.Response:
        return web.Response(text="ok", headers={IDENTITY_HEADER: IDENTITY, "Cache-Control": "no-store"})

    async def readyz(self, _: web.Request) -> web.Response:
        found = await self.health.check()
        if self.socket is not None:
            found["socket"] = "ok" if self.socket.is_connected else "Slack's websocket is not connected"
        status = 200 if all(state == "ok" for state in found.values()) else 503
        return web.json_response(found, status=status, headers={"Cache-Control": "no-store"})
