"""The web pages of installing the app: to Slack, back with its answer, and what became of it.

`GET /slack/install` sends the browser to Slack at once, so that it can stand behind an "Add to Slack" button. The answer
is shown at an address without the code; what the page tells is sealed in a cookie of that browser.
"""

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.domain.connecting import Explanation
from bot.domain.installing import STOPS, Installed, InstallStop
from bot.services.installations import InstallStoppedError
from bot.services.installing import Installing
from bot.vault import SealError, Vault
from handlers.pages import Away, Handler, Pages, new_cookie, return_of, see_other

COOKIE, RESULT = "dext-install", "dext-installed"
COOKIE_SECONDS, RESULT_SECONDS = 3600, 600
LONGEST_COOKIE = 100
LONGEST_NAME = 200
NOT_KEPT = f"/slack/installed?stop={InstallStop.NOT_KEPT}"
SEALED_AS = "cookie.installed"
BROKEN = Explanation(
    "Something went wrong on our side",
    "It is not certain that Dext was installed.",
    "Look in Slack whether Dext is among the apps; if not, open /slack/install again.",
)
STATUS = {
    InstallStop.NOT_OFFERED: 404,
    InstallStop.UNKNOWN: 400,
    InstallStop.EXPIRED: 410,
    InstallStop.OTHER_BROWSER: 403,
    InstallStop.DENIED: 200,
    InstallStop.WHOLE_ORGANISATION: 409,
    InstallStop.OTHER_APP: 409,
    InstallStop.SLACK_REFUSED: 502,
    InstallStop.SLACK_SILENT: 502,
    InstallStop.NOT_KEPT: 503,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallPages:
    """`installing` is None where the product runs with one workspace's token only."""

    installing: Installing | None
    vault: Vault
    public_url: str
    slack_url: str

    def register(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/slack/install", self._page(self.install), allow_head=False)
        router.add_get("/slack/oauth_redirect", self._page(self.came_back, lambda _: NOT_KEPT), allow_head=False)
        router.add_get("/slack/installed", self._page(self.installed), allow_head=False)

    async def install(self, request: web.Request) -> web.StreamResponse:
        """To Slack. Tries of one browser stand side by side: two tabs may both be finished."""
        cookie = self._pages.cookie(request, COOKIE)
        if not 0 < len(cookie) <= LONGEST_COOKIE:
            cookie = new_cookie()
        answer = see_other(await self._offered.begin(cookie))
        self._pages.set_cookie(answer, COOKIE, cookie, seconds=COOKIE_SECONDS)
        return answer

    async def came_back(self, request: web.Request) -> web.StreamResponse:
        """Slack's answer. Whatever became of it is shown on a page whose address carries no code."""
        try:
            installed = await self._offered.finish(self._pages.cookie(request, COOKIE), return_of(request))
        except InstallStoppedError as stopped:
            return see_other(f"/slack/installed?stop={stopped.stop}")
        answer = see_other("/slack/installed")
        self._pages.set_cookie(answer, RESULT, self._sealed(installed), seconds=RESULT_SECONDS)
        return answer

    async def installed(self, request: web.Request) -> web.StreamResponse:
        """What became of it: the workspace and the way back into it, or what stopped it."""
        stop = request.query.get("stop", "")
        if self.installing is None:
            raise InstallStoppedError(InstallStop.NOT_OFFERED)
        if stop in set(InstallStop):
            raise InstallStoppedError(InstallStop(stop))
        found = self._opened(self._pages.cookie(request, RESULT))
        if found is None:
            raise InstallStoppedError(InstallStop.UNKNOWN)
        slack = f"slack://app?{urlencode({'team': found.team_id, 'id': found.app_id, 'tab': 'home'})}"
        web_address = f"{self.slack_url}/app_redirect?{urlencode({'app': found.app_id, 'team': found.team_id})}"
        return self._pages.html("installed", title="Installed", found=found, slack=slack, web_address=web_address)

    @property
    def _offered(self) -> Installing:
        if self.installing is None:
            raise InstallStoppedError(InstallStop.NOT_OFFERED)
        return self.installing

    def _page(self, handler: Handler, away: Away | None = None) -> Handler:
        return self._pages.served(handler, self._explain, away)

    @property
    def _pages(self) -> Pages:
        return Pages(public_url=self.public_url, slack_url=self.slack_url, broken=BROKEN)

    async def _explain(self, _: web.Request, error: Exception) -> web.StreamResponse | None:
        if not isinstance(error, InstallStoppedError):
            return None
        return self._pages.explained(STOPS[error.stop], self.slack_url, STATUS[error.stop])

    def _sealed(self, installed: Installed) -> str:
        short = {**asdict(installed), "team_name": installed.team_name[:LONGEST_NAME]}
        return base64.urlsafe_b64encode(self.vault.seal(json.dumps(short), SEALED_AS)).decode()

    def _opened(self, cookie: str) -> Installed | None:
        try:
            found: dict[str, Any] = json.loads(self.vault.open(base64.urlsafe_b64decode(cookie), SEALED_AS))
        except (binascii.Error, ValueError, SealError):
            return None
        return Installed(**{**found, "lacking": tuple(found["lacking"])})
