"""The page's doors: the page itself, its changing parts, what a person does on it, and the links that lead to it.

It is a playground for one person on one machine: whoever opens it may act as anybody. Still a foreign web page must
not press its buttons, so doing needs a header no form can send, and the address has to be this machine's.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from aiohttp import web
from jinja2 import Environment

from bot.playground.slack.drawing import HERE, Drawing, Place
from bot.playground.slack.errors import NotPossibleError, SlackRefusalError
from bot.playground.slack.files import type_of
from bot.playground.slack.oauth import COOKIE
from bot.playground.slack.people import ADMIN, BILLS, Channel, Person
from bot.playground.slack.shapes import Json
from bot.playground.slack.sharing import Dropped
from bot.playground.slack.state import SlackState
from bot.playground.slack.views import View
from bot.playground.slack.workspace import Message

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
LARGEST_UPLOAD = 32 * 1024 * 1024
_DOES = "X-Simslack"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


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
        router.add_post("/page/upload", self.upload)
        router.add_get("/page/file/{file}", self.file)
        router.add_get("/page/picture/{file}", self.picture)
        router.add_get("/page/sample/{name}", self.sample)
        router.add_get("/files/{owner}/{file}/{name}", self.file_link)
        router.add_get("/archives/{channel}/{message}", self.permalink)
        router.add_get("/archives/{channel}", self.permalink)
        router.add_get("/app_redirect", self.app_redirect)
        router.add_get("/favicon.ico", self.icon)
        router.add_static("/static/", HERE / "static")

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

    async def icon(self, _: web.Request) -> web.FileResponse:
        """Browsers ask for it on the sign-in pages too."""
        return web.FileResponse(HERE / "static" / "icon.svg")

    async def file(self, request: web.Request) -> web.Response:
        stored = self.state.workspace.files.get(request.match_info["file"])
        content = self.state.store.bytes_of(stored.id) if stored else None
        if stored is None or content is None:
            raise web.HTTPNotFound(text="this file is gone")
        name = f"attachment; filename*=UTF-8''{quote(stored.name)}"
        return web.Response(
            body=content, content_type="application/octet-stream", headers={**HEADERS, "Content-Disposition": name}
        )

    async def picture(self, request: web.Request) -> web.Response:
        """A picture to be shown in the page, by what its bytes are and not by what its name says."""
        stored = self.state.workspace.files.get(request.match_info["file"])
        if stored is None or not stored.is_picture:
            raise web.HTTPNotFound(text="this is no picture")
        content = self.state.store.bytes_of(stored.id) or b""
        return web.Response(body=content, content_type=stored.mimetype, headers=HEADERS)

    async def sample(self, request: web.Request) -> web.Response:
        """A document to try, dated today."""
        found = next((each for each in self.state.samples if each.name == request.match_info["name"]), None)
        if found is None:
            raise web.HTTPNotFound(text="there is no such document")
        content = found.made(self.state.clock.now().date())
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{found.name}"'}
        return web.Response(body=content, content_type=type_of(found.name), headers=headers)

    async def file_link(self, request: web.Request) -> web.Response:
        """Where a file's permalink leads."""
        raise web.HTTPFound(f"/page/file/{quote(request.match_info['file'])}")

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
        body = await _json_of(request)
        run = self._doors().get(str(body.get("do")))
        if run is None:
            raise web.HTTPBadRequest(text="nothing like that can be done here")
        return web.json_response(await self._done(run(body)))

    async def _done(self, work: Awaitable[Json]) -> Json:
        try:
            return await work
        except NotPossibleError as nothing:
            return {"error": str(nothing)}
        except KeyError as missing:
            raise web.HTTPBadRequest(text=f"there is no {missing}") from missing
        except SlackRefusalError as refusal:
            return {"error": f"Slack refused: {refusal}"}

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
        channel = self._channel(str(body["channel"]), str(body["as"]))
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
        found = await self.state.options(where, body["action"], query, user=body["as"], block_id=body["block"])
        return {"options": [{"value": option["value"], "text": option["text"]["text"]} for option in found]}

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

    async def upload(self, request: web.Request) -> web.Response:
        """Files dropped or attached, in one message; or kept for a form when no channel is named."""
        _check_header(request)
        form = await request.post()
        parts = [part for part in form.getall("file", []) if isinstance(part, web.FileField)]
        if not parts:
            raise web.HTTPBadRequest(text="no file")
        dropped = [Dropped(content=part.file.read(), name=part.filename) for part in parts]
        return web.json_response(await self._done(self._uploaded(dropped, form)))

    async def _uploaded(self, dropped: list[Dropped], form: Mapping[str, Any]) -> Json:
        user, channel = str(form.get("as")), str(form.get("channel") or "")
        if not channel:
            kept = [self.state.workspace.keep_file(each.content, each.name, user=user) for each in dropped]
            return {"files": [{"id": stored.id, "name": stored.name} for stored in kept]}
        thread, text = str(form.get("thread") or "") or None, str(form.get("text") or "")
        await self.state.share(dropped, channel=self._channel(channel, user), user=user, thread_ts=thread, text=text)
        return {}

    def _channel(self, place: str, user_id: str) -> str:
        return self.state.workspace.dm(user_id).id if place == "messages" else place

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


def _check_header(request: web.Request) -> None:
    if request.headers.get(_DOES) != "1":
        raise web.HTTPForbidden(text="this comes from another page")


async def _json_of(request: web.Request) -> Json:
    _check_header(request)
    try:
        body = json.loads(await request.text())
    except ValueError:
        raise web.HTTPBadRequest(text="no JSON") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="no JSON object")
    return body


def is_ours(request: web.Request, public_url: str) -> bool:
    """Whether the address in the request is this machine's or the configured one, and not a name that was rebound."""
    host = urlsplit(f"//{request.host}").hostname
    return host in _LOOPBACK or host == urlsplit(public_url).hostname
