"""`/healthz`: the process answers. `/readyz`: it can also work."""

from dataclasses import dataclass

from aiohttp import web

from bot.services.health import Health


@dataclass(frozen=True, slots=True)
class HealthPages:
    health: Health

    def register(self, app: web.Application) -> None:
        app.router.add_get("/healthz", self.healthz, allow_head=True)
        app.router.add_get("/readyz", self.readyz, allow_head=True)

    async def healthz(self, _: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def readyz(self, _: web.Request) -> web.Response:
        found = await self.health.check()
        status = 200 if all(state == "ok" for state in found.values()) else 503
        return web.json_response(found, status=status, headers={"Cache-Control": "no-store"})
