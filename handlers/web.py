"""The web pages of connecting: from the link in Slack to the provider and back to Slack.

Looking changes nothing; only a POST goes on. A form is taken from the browser it was drawn for: it carries a token made
of that browser's cookie. After a POST, and after a provider's answer, the browser is sent to an address without secrets.
"""

import asyncio
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.domain.connecting import EXPLANATIONS, Attempt, Explanation, Stage, Stop
from bot.services.connect_flow import ConnectFlows
from bot.services.connect_stops import StoppedError
from bot.services.linking import Linking
from bot.services.people import NotAllowedError
from handlers.pages import BUSY, Away, Handler, Pages, form_token, new_cookie, return_of, see_other

COOKIE, COOKIE_SECONDS = "dext-connect", 3600
LARGEST_FORM = 16 * 1024
READ_SECONDS = 5
NOBODYS = "/connect/unknown/organisation"
"""Where an answer of a provider that there is none of is explained: an address without its code."""
BROKEN = Explanation(
    "Something went wrong on our side", "Nothing was connected.", "Type /dext connect in Slack to start afresh."
)
STALE = Explanation(
    "This form is out of date",
    "It was drawn for another browser or an earlier visit, so it was not taken.",
    "Go back, load the page again and press the button once more.",
)


class _StaleFormError(Exception):
    """A form without the token of this browser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectPages:
    """`form_targets` are the addresses that a form may lead to: the providers' sign-in pages, and Slack."""

    flows: ConnectFlows
    linking: Linking
    form_targets: tuple[str, ...]

    def register(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/connect/{provider}/start", self._page(self.start), allow_head=False)
        router.add_post("/connect/{provider}/start", self._page(self.go_on))
        router.add_get("/connect/{provider}/callback", self._page(self.callback, _away_from_callback), allow_head=False)
        router.add_get("/connect/{provider}/organisation", self._page(self.organisation), allow_head=False)
        router.add_post("/connect/{provider}/organisation", self._page(self.finish))
        router.add_get("/slack/signin_redirect", self._page(self.signed_in, _away_from_sign_in), allow_head=False)

    async def start(self, request: web.Request) -> web.StreamResponse:
        """With a link: what it is for. Without: where this browser's try is."""
        provider, link = self._provider(request), request.query.get("t", "")
        cookie = self._cookie(request)
        if not link:
            return await self._resume(request, provider, cookie)
        cookie = cookie or new_cookie()
        attempt = await self.flows.look(provider, link, cookie)
        if attempt.stage is not Stage.OFFERED:
            return see_other(f"/connect/{provider}/start")
        answer = self._html(
            "start",
            title=f"Connect {attempt.provider_name}",
            attempt=attempt,
            link=link,
            form=form_token(cookie),
            uses_sign_in=self.flows.sign_in is not None,
            organisation=attempt.reconnecting,
        )
        self._pages.set_cookie(answer, COOKIE, cookie, seconds=COOKIE_SECONDS)
        return answer

    async def _resume(self, request: web.Request, provider: str, cookie: str) -> web.StreamResponse:
        attempt = await self.flows.seen(provider, cookie)
        values: dict[str, Any] = {"attempt": attempt, "form": form_token(cookie), "organisation": attempt.reconnecting}
        match attempt.stage:
            case Stage.OPENED if self.flows.sign_in is None:
                wrong = "again" in request.query and attempt.tries_left > 0
                return self._html("code", title="Type the code", wrong=wrong, **values)
            case Stage.OPENED:
                return self._html("sign_in", title="Sign in to Slack", **values)
            case Stage.PROVEN | Stage.SENT:
                return self._html("proven", title=f"Sign in to {attempt.provider_name}", **values)
            case _:
                return see_other(f"/connect/{provider}/organisation")

    async def go_on(self, request: web.Request) -> web.StreamResponse:
        """The start page's buttons: open the link, type the code, sign in to Slack, go to the provider."""
        provider, cookie = self._provider(request), self._cookie(request)
        form = await _form(request, cookie)
        match form.get("step"):
            case "open":
                return await self._open(provider, form.get("t", ""), cookie)
            case "sign_in":
                address = await self.flows.proof.to_slack(provider, cookie)
            case "code":
                if not await self.flows.proof.try_code(provider, cookie, form.get("code", "")):
                    return see_other(f"/connect/{provider}/start?again=1")
                address = await self.flows.grant.go_on(provider, cookie)
            case _:
                address = await self.flows.grant.go_on(provider, cookie)
        return see_other(address or f"/connect/{provider}/start")

    async def _open(self, provider: str, link: str, cookie: str) -> web.StreamResponse:
        """From here on the browser has a cookie that nobody can have planted in it."""
        own = bound_cookie(cookie, link)
        address = await self.flows.open(provider, link, own)
        answer = see_other(address or f"/connect/{provider}/start")
        self._pages.set_cookie(answer, COOKIE, own, seconds=COOKIE_SECONDS)
        return answer

    async def signed_in(self, request: web.Request) -> web.StreamResponse:
        """Slack's OpenID answer. Why it stopped is shown, as after the provider's, at an address without the code."""
        stop = request.query.get("stop", "")
        if stop in EXPLANATIONS:
            return await self._stopped(request, Stop(stop))
        try:
            provider = await self.flows.proof.signed_in(self._cookie(request), return_of(request))
        except StoppedError as stopped:
            return see_other(f"/slack/signin_redirect?stop={stopped.stop}")
        return see_other(f"/connect/{provider}/start")

    async def callback(self, request: web.Request) -> web.StreamResponse:
        """The provider's answer. Whatever became of it is shown on a page whose address carries no code."""
        provider = request.match_info["provider"]
        if provider not in self.flows.providers:
            return see_other(NOBODYS)
        try:
            found = return_of(request, self.flows.providers[provider].profile.callback_fields)
            await self.flows.grant.came_back(provider, self._cookie(request), found)
        except StoppedError as stopped:
            return see_other(f"/connect/{provider}/organisation?stop={stopped.stop}")
        return see_other(f"/connect/{provider}/organisation")

    async def organisation(self, request: web.Request) -> web.StreamResponse:
        """Which organisation, and is that so; or what stopped, or that it is done."""
        provider, cookie = self._provider(request), self._cookie(request)
        stop = request.query.get("stop", "")
        if stop in EXPLANATIONS:
            return await self._stopped(request, Stop(stop))
        attempt = await self.flows.seen(provider, cookie)
        match attempt.stage:
            case Stage.GRANTED:
                return self._granted(request, attempt, cookie)
            case Stage.FINISHED:
                slack = await self.linking.back_to_slack(provider, cookie)
                return self._html("finished", title="Connected", attempt=attempt, slack=slack)
            case Stage.RETURNED:
                return self._explained(BUSY, self.flows.site.slack_url, 503)
            case _:
                return see_other(f"/connect/{provider}/start")

    def _granted(self, request: web.Request, attempt: Attempt, cookie: str) -> web.Response:
        wanted = request.query.get("chosen", "")
        found = [choice for choice in attempt.can_be_chosen if choice.tenant_id == wanted]
        if len(attempt.choices) == 1:
            found = list(attempt.can_be_chosen)
        if not found:
            return self._html("choose", title="Choose an organisation", attempt=attempt)
        return self._html(
            "confirm", title="Confirm", attempt=attempt, choice=found[0], form=form_token(cookie), organisation=None
        )

    async def finish(self, request: web.Request) -> web.StreamResponse:
        """Connect, and back to Slack."""
        provider, cookie = self._provider(request), self._cookie(request)
        form = await _form(request, cookie)
        try:
            return see_other(await self.linking.finish(provider, cookie, form.get("tenant", "")))
        except StoppedError as stopped:
            return see_other(f"/connect/{provider}/organisation?stop={stopped.stop}")

    def _page(self, handler: Handler, away: Away | None = None) -> Handler:
        return self._pages.served(handler, self._explain, away)

    @property
    def _pages(self) -> Pages:
        site = self.flows.site
        return Pages(
            public_url=site.public_url, slack_url=site.slack_url, broken=BROKEN, form_targets=self.form_targets
        )

    async def _explain(self, request: web.Request, error: Exception) -> web.StreamResponse | None:
        match error:
            case StoppedError():
                return await self._stopped(request, error.stop)
            case _StaleFormError():
                return self._explained(STALE, self.flows.site.slack_url, 403)
            case NotAllowedError():
                return self._explained(EXPLANATIONS[Stop.NOT_ALLOWED], self.flows.site.slack_url, 403)
            case _:
                return None

    async def _stopped(self, request: web.Request, stop: Stop) -> web.Response:
        provider, cookie = request.match_info.get("provider", ""), self._cookie(request)
        slack = await self.linking.back_to_slack(provider, cookie)
        words = await self.flows.grant.explanation(provider, cookie, stop)
        return self._explained(words, slack, STATUS.get(stop, 410))

    def _explained(self, words: Explanation, slack: str, status: int) -> web.Response:
        return self._pages.explained(words, slack, status)

    def _html(self, name: str, *, status: int = 200, **values: object) -> web.Response:
        return self._pages.html(name, status=status, **values)

    def _provider(self, request: web.Request) -> str:
        provider = request.match_info["provider"]
        if provider not in self.flows.providers:
            raise StoppedError(Stop.UNKNOWN)
        return provider

    def _cookie(self, request: web.Request) -> str:
        return self._pages.cookie(request, COOKIE)


STATUS = {
    Stop.UNKNOWN: 404,
    Stop.OTHER_BROWSER: 403,
    Stop.OTHER_PERSON: 403,
    Stop.UNPROVEN: 403,
    Stop.NOT_ALLOWED: 403,
    Stop.MAY_NOT_WRITE: 403,
    Stop.TOO_MANY_CODES: 403,
    Stop.DENIED: 200,
    Stop.NOTHING_GRANTED: 200,
    Stop.OTHER_ORGANISATION: 409,
    Stop.PROVIDER_FAILED: 502,
    Stop.SLACK_FAILED: 502,
    Stop.NOT_KEPT: 503,
}


def _away_from_callback(request: web.Request) -> str:
    return f"/connect/{request.match_info['provider']}/organisation?stop={Stop.NOT_KEPT}"


def _away_from_sign_in(request: web.Request) -> str | None:
    """None for the page itself, which is at the same address and carries no code."""
    return None if "stop" in request.query else f"/slack/signin_redirect?stop={Stop.NOT_KEPT}"


def bound_cookie(cookie: str, link: str) -> str:
    """The cookie of a browser that goes on with a link. Whoever planted `cookie` there does not know the link.

    The same for each press of the button, so that a double click stays in its own browser.
    """
    return hmac.new(link.encode(), b"cookie:" + cookie.encode(), hashlib.sha256).hexdigest()


async def _form(request: web.Request, cookie: str) -> dict[str, str]:
    if request.content_type != "application/x-www-form-urlencoded" or (request.content_length or 0) > LARGEST_FORM:
        raise _StaleFormError
    try:
        async with asyncio.timeout(READ_SECONDS):
            sent = await request.post()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (LookupError, ValueError, web.RequestPayloadError):  # no such character set, not of it, not compressed so
        raise _StaleFormError from None
    form = {name: value for name, value in sent.items() if isinstance(value, str)}
    if len(form) != len(sent):  # a field given twice: which of them was meant would be anybody's guess
        raise _StaleFormError
    if not cookie or not hmac.compare_digest(form.get("form", "").encode(), form_token(cookie).encode()):
        raise _StaleFormError
    return form
