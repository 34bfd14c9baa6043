"""Files on the page: taken in, given out, pictures shown, and the sample documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.playground.slack.files import type_of
from bot.playground.slack.page_guard import HEADERS, check_header, told
from bot.playground.slack.shapes import Json
from bot.playground.slack.sharing import Dropped
from bot.playground.slack.state import SlackState

LARGEST_UPLOAD = 32 * 1024 * 1024


@dataclass(slots=True)
class PageFiles:
    state: SlackState

    def add_to(self, app: web.Application) -> None:
        router = app.router
        router.add_post("/page/upload", self.upload)
        router.add_get("/page/file/{file}", self.file)
        router.add_get("/page/picture/{file}", self.picture)
        router.add_get("/page/sample/{name}", self.sample)
        router.add_get("/files/{owner}/{file}/{name}", self.file_link)

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

    async def upload(self, request: web.Request) -> web.Response:
        """Files dropped or attached, in one message; or kept for a form when no channel is named."""
        check_header(request)
        form = await request.post()
        parts = [part for part in form.getall("file", []) if isinstance(part, web.FileField)]
        if not parts:
            raise web.HTTPBadRequest(text="no file")
        dropped = [Dropped(content=part.file.read(), name=part.filename) for part in parts]
        return web.json_response(await told(self._uploaded(dropped, form)))

    async def _uploaded(self, dropped: list[Dropped], form: Mapping[str, Any]) -> Json:
        user, channel = str(form.get("as")), str(form.get("channel") or "")
        if not channel:
            kept = [self.state.workspace.keep_file(each.content, each.name, user=user) for each in dropped]
            return {"files": [{"id": stored.id, "name": stored.name} for stored in kept]}
        thread, text = str(form.get("thread") or "") or None, str(form.get("text") or "")
        await self.state.share(
            dropped, channel=channel_of(self.state, channel, user), user=user, thread_ts=thread, text=text
        )
        return {}


def channel_of(state: SlackState, place: str, user_id: str) -> str:
    """The channel that a place of the page stands for."""
    return state.workspace.dm(user_id).id if place == "messages" else place
