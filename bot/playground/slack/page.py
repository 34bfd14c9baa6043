"""The page's doors: the page itself, its changing parts, what a person does on it, and the links that lead to it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import Environment

from bot.playground.slack.consent_pages import COOKIE
from bot.playground.slack.drawing import HERE, Drawing, Place
from bot.playground.slack.errors import NotPossibleError
from bot.playground.slack.page_files import channel_of
from bot.playground.slack.page_guard import HEADERS, json_of, told
from bot.playground.slack.people import ADMIN, BILLS, Channel, Person
from bot.playground.slack.shapes import Json
from bot.playground.slack.state import SlackState
from bot.playground.slack.views import View
from bot.playground.slack.workspace import Message
from bot.static import Static

FILES = Static.of(HERE / "static")


@dataclass(slots=True)
class Page:
    state: SlackState
    environment: Environment

    def add_to(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/", self.page)
        router.add_get("/page/version", self.version)
        router.add_get("/page/parts", self.parts)
        router.add_post("/page/act", self.act)
        router.add_get("/archives/{channel}/{message}", self.permalink)
        router.add_get("/archives/{channel}", self.permalink)
        router.add_get("/app_redirect", self.app_redirect)
        router.add_get("/favicon.ico", self.icon)
        FILES.add_to(router, "/static")

    # Looking

    async def page(self, request: web.Request) -> web.Response:
        drawing = self._drawing(request)
        if drawing.place.kind == "home" and not drawing.me.is_outsider:
            await self.state.open_home(drawing.me.id)
        elif drawing.place.kind == "dm":
            await self.state.open_home(drawing.me.id, "messages")
        headers = {**HEADERS, "Cache-Control": "no-store"}
        response = web.Response(text=drawing.page(), content_type="text/html", headers=headers)
        response.set_cookie(COOKIE, drawing.me.id, httponly=True, samesite="Lax")
        return response

    async def version(self, _: web.Request) -> web.Response:
        return web.json_response({"version": self.state.workspace.version})

    async def parts(self, request: web.Request) -> web.Response:
        version = self.state.workspace.version
        drawing = self._drawing(request)
        return web.json_response({"version": version, "parts": drawing.parts(), "latest": drawing.latest()})

    async def icon(self, _: web.Request) -> web.Response:
        """Browsers ask for it on the sign-in pages too."""
        return FILES.response("icon.svg")

    def _drawing(self, request: web.Request) -> Drawing:
        me = self._acting(request)
        place = self._place(request.query.get("channel", ""), me)
        return Drawing(self.state, me, place, request.query.get("thread") or None, self.environment)

    def _acting(self, request: web.Request) -> Person:
        people = self.state.workspace.people
        for wanted in (request.query.get("as", ""), request.cookies.get(COOKIE, "")):
            person = people.get(wanted)
            if person is not None and not person.is_bot and not person.is_deleted:
                return person
        return people[ADMIN]

    def _place(self, wanted: str, me: Person) -> Place:
        workspace = self.state.workspace
        dm = workspace.dm(me.id)
        if wanted == "home" and not me.is_outsider:
            purpose = "What the app shows you alone"
            return Place(id="home", kind="home", title="Dext", purpose=purpose, channel_id=None, can_write=False)
        if wanted in ("messages", dm.id) and not me.is_outsider:
            purpose = "Between you and the app"
            return Place(
                id="messages",
                kind="dm",
                title="Dext",
                purpose=purpose,
                channel_id=dm.id,
                can_write=self.state.manifest.takes_messages,
            )
        seen = workspace.seen_by(me.id)
        fallback = next((channel for channel in seen if channel.id == BILLS), seen[0] if seen else None)
        channel = next((channel for channel in seen if channel.id == wanted), fallback)
        return _channel_place(channel)

    # Links from elsewhere

    async def permalink(self, request: web.Request) -> web.Response:
        """Where `chat.getPermalink` leads."""
        channel, stamp = request.match_info["channel"], request.match_info.get("message", "").removeprefix("p")
        ts = f"{stamp[:-6]}.{stamp[-6:]}" if re.fullmatch(r"\d{16}", stamp) else ""
        thread = request.query.get("thread_ts", "")
        query = {"channel": channel} | ({"thread": thread} if thread else {})
        raise web.HTTPFound(f"/?{urlencode(query)}" + (f"#m-{ts}{'-t' if thread else ''}" if ts else ""))

    async def app_redirect(self, request: web.Request) -> web.Response:
        """Slack's "open Slack at …" link."""
        channel = request.query.get("channel", "home")
        raise web.HTTPFound(f"/?{urlencode({'channel': channel})}")

    # Doing

    async def act(self, request: web.Request) -> web.Response:
        body = await json_of(request)
        run = self._doors().get(str(body.get("do")))
        if run is None:
            raise web.HTTPBadRequest(text="nothing like that can be done here")
        return web.json_response(await told(run(body)))

    def _doors(self) -> Mapping[str, Callable[[Json], Awaitable[Json]]]:
        return {
            "type": self._type,
            "click": self._click,
            "options": self._options,
            "submit": self._submit,
            "close": self._close,
            "close_all": self._close,
            "shortcut": self._shortcut,
            "message_shortcut": self._message_shortcut,
            "switch": self._switch,
        }

    async def _type(self, body: Json) -> Json:
        channel = channel_of(self.state, str(body["channel"]), str(body["as"]))
        await self.state.typed(
            str(body["text"]), user=body["as"], channel=channel, thread_ts=body.get("thread") or None
        )
        return {}

    async def _click(self, body: Json) -> Json:
        answer = await self.state.click(
            self._surface(body),
            str(body["action"]),
            user=body["as"],
            value=body.get("value"),
            block_id=body["block"],
            values=_known(body.get("values")),
        )
        return {"error": f"The app did not answer ({answer.error})."} if answer.error else {}

    async def _options(self, body: Json) -> Json:
        where, query = self._surface(body), str(body.get("query", ""))
        found = await self.state.grouped_options(where, body["action"], query, user=body["as"], block_id=body["block"])
        drawn = [(group, {"value": option["value"], "text": option["text"]["text"]}) for group, option in found]
        return {"options": [option | ({"group": group} if group else {}) for group, option in drawn]}

    async def _submit(self, body: Json) -> Json:
        view = self._surface(body)
        if not isinstance(view, View):
            raise NotPossibleError("only a modal can be submitted")
        done = await self.state.submit(view, _known(body.get("values")), user=body["as"])
        return {"errors": done.errors, "error": done.error}

    async def _close(self, body: Json) -> Json:
        await self.state.close_modal(body["as"], everything=body["do"] == "close_all")
        return {}

    async def _shortcut(self, body: Json) -> Json:
        answer = await self.state.shortcut(str(body["callback"]), user=body["as"])
        return {"error": f"The app did not answer ({answer.error})."} if answer.error else {}

    async def _message_shortcut(self, body: Json) -> Json:
        message = self._surface(body)
        if not isinstance(message, Message):
            raise NotPossibleError("this shortcut is for messages")
        answer = await self.state.message_shortcut(str(body["callback"]), message, user=body["as"])
        return {"error": f"The app did not answer ({answer.error})."} if answer.error else {}

    async def _switch(self, body: Json) -> Json:
        if "deliver_twice" in body:
            self.state.faults.deliver_twice = bool(body["deliver_twice"])
        if body.get("fault") in ("429", "500", "lost"):
            self.state.faults.next_call("chat.*", body["fault"], retry_after=3)
        self.state.workspace.touch()
        return {}

    def _surface(self, body: Json) -> Message | View:
        kind, _, rest = str(body["surface"]).partition(":")
        found: Message | View | None
        if kind == "view":
            found = self.state.views.get(rest)
        else:
            channel, _, ts = rest.partition(":")
            found = self.state.message(channel, ts)
        if found is None:
            raise NotPossibleError("this has changed meanwhile")
        return found


def _channel_place(channel: Channel | None) -> Place:
    if channel is None:
        return Place(id="", kind="channel", title="Nowhere", purpose="", channel_id=None, can_write=False)
    return Place(
        id=channel.id,
        kind="channel",
        title=f"#{channel.name}",
        purpose=channel.purpose,
        channel_id=channel.id,
        can_write=True,
    )


def _known(values: object) -> dict[str, Any]:
    """What the script found in the fields; files come as they are stored here."""
    return values if isinstance(values, dict) else {}
