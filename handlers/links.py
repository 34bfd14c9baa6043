"""`/i/{item}`: the address that a bill carries in the ledger leads back to its card in Slack; with `?alert`, to the alert in its thread.

An address that was made up, one of another installation and one that is no address at all get the same page, so it
tells nothing about what there is.
"""

from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from bot.delivery import BusyError
from bot.domain.ids import ItemId
from bot.services.links import ItemLinks
from bot.views.pages import STYLE_HASH, page
from handlers.pages import BUSY, see_other

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; img-src data:; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'none'"
    ),
}


@dataclass(frozen=True, slots=True)
class ItemPages:
    links: ItemLinks

    def register(self, app: web.Application) -> None:
        app.router.add_get("/i/{item}", self.open_in_slack)

    async def open_in_slack(self, request: web.Request) -> web.Response:
        try:
            address = await self._address(request.match_info["item"], at_alert="alert" in request.query)
        except BusyError:
            return self._told(503, BUSY.title, BUSY.text, BUSY.advice)
        if address is None:
            return self._told(
                404,
                "There is no bill here",
                "This address leads to no bill of this installation.",
                "In Slack, App Home of Dext lists what waits for you.",
            )
        answer = see_other(address)
        answer.headers.update(HEADERS)
        return answer

    async def _address(self, text: str, *, at_alert: bool) -> str | None:
        try:
            item_id = ItemId(UUID(text))
        except ValueError:
            return None
        return await self.links.address(item_id, at_alert=at_alert)

    def _told(self, status: int, title: str, text: str, advice: str) -> web.Response:
        slack = self.links.site.slack_url
        body = page("stopped", title=title, text=text, advice=advice, slack=slack)
        return web.Response(text=body, content_type="text/html", charset="utf-8", status=status, headers=HEADERS)
