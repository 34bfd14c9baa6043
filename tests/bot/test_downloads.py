"""Files of Slack's: from one host only, the token to nobody else, and no more bytes or time than a file may take."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot import downloads
from bot.domain.arrivals import SlackMessage
from bot.domain.documents import Door
from bot.domain.ids import ChannelId, WorkspaceId
from bot.downloads import SlackFiles
from bot.intake.sniff import LARGEST_FILE
from bot.playground.slack import TEAM
from bot.services.arrivals import Found, NotFetched
from bot.serving import listening
from bot.slack import SlackClients
from tests.fakes.app import TOKEN, World, whole_app
from tests.services.arriving import an_arrival

BOMB = gzip.compress(bytes(LARGEST_FILE + 1), compresslevel=1)
CHANNEL = ChannelId("C000000001")
HOSTED: dict[str, Any] = {
    "id": "F1",
    "name": "bill.xml",
    "mode": "hosted",
    "is_external": False,
    "file_access": "visible",
    "user_team": TEAM,
    "size": 9,
}


@dataclass(slots=True)
class FarEnd:
    """Slack's Web API and its file host, both as hostile as they can be; it notes who was told a token."""

    info: dict[str, Any] = field(default_factory=dict)
    channel: dict[str, Any] = field(default_factory=dict)
    port: int = 0
    seen: list[tuple[str, str]] = field(default_factory=list)
    bytes_sent: int = 0

    def site(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self.api)
        app.router.add_get("/{kind}", self.file)
        return app

    async def api(self, request: web.Request) -> web.Response:
        if request.match_info["method"] == "files.info":
            return web.json_response({"ok": True, "file": self.info} if "error" not in self.info else self.info)
        return web.json_response({"ok": bool(self.channel), "channel": self.channel, "error": "channel_not_found"})

    async def file(self, request: web.Request) -> web.StreamResponse:
        kind = request.match_info["kind"]
        self.seen.append((kind, request.headers.get("Authorization", "")))
        match kind:
            case "whole":
                return web.Response(body=b"<Invoice>", content_type="image/png")
            case "moved":
                return web.Response(status=302, headers={"Location": f"http://localhost:{self.port}/whole"})
            case "login":
                return web.Response(text="<!DOCTYPE html><html>Sign in</html>", content_type="image/png")
            case "bomb":
                return web.Response(body=BOMB, headers={"Content-Encoding": "gzip"})
            case "forever" | "drip":
                return await self._stream(request, is_slow=kind == "drip")
            case "cut":
                response = web.StreamResponse(headers={"Content-Length": "1000"})
                await response.prepare(request)
                await response.write(b"<Invoice>")
                assert request.transport is not None
                request.transport.close()
                return response
            case _:
                return web.Response(status=int(kind))

    async def _stream(self, request: web.Request, *, is_slow: bool) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" if is_slow else bytes(256 * 1024))
            self.bytes_sent += 1 if is_slow else 256 * 1024
            await asyncio.sleep(0.02 if is_slow else 0)


@dataclass(slots=True)
class Fetching:
    far: FarEnd
    files: SlackFiles
    workspace_id: WorkspaceId

    async def fetch(self, kind: str, size: int = 9) -> bytes | NotFetched:
        url = f"http://127.0.0.1:{self.far.port}/{kind}"
        return await self.files.fetch(self.workspace_id, Found(name="bill.xml", message=None, url=url, size=size))

    async def look(self, info: dict[str, Any], **arrival: Any) -> Found | NotFetched:
        self.far.info = info
        return await self.files.look(an_arrival(self.workspace_id, channel_id=CHANNEL, **arrival))


@pytest.fixture
async def fetching(sqlite_url: str) -> AsyncIterator[Fetching]:
    async with whole_app(sqlite_url) as world, _far_end(world) as made:
        yield made


@asynccontextmanager
async def _far_end(world: World) -> AsyncIterator[Fetching]:
    far, services = FarEnd(), world.services
    workspace = await services.workspaces.find("", TEAM)
    assert workspace is not None
    async with listening(far.site(), "127.0.0.1", 0) as port, aiohttp.ClientSession() as session:
        far.port = port
        clients = SlackClients(services.workspaces, session, f"http://127.0.0.1:{port}/api/", TOKEN)
        clients.lend_to(workspace.id)
        yield Fetching(far, SlackFiles(clients, session, f"127.0.0.1:{port}"), workspace.id)


async def test_what_a_host_does_ends_in_bytes_or_in_words(fetching: Fetching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "WAIT_SECONDS", 1.0)
    assert await fetching.fetch("whole") == b"<Invoice>"

    for kind, is_final, words in (
        ("login", True, "right to read files"),
        ("moved", True, "status 302"),
        ("404", True, "status 404"),
        ("429", False, "trouble"),
        ("500", False, "trouble"),
        ("cut", False, "trouble"),
        ("drip", False, "trouble"),
        ("bomb", False, "compressed"),
        ("forever", True, "larger than 20 MiB"),
    ):
        found = await fetching.fetch(kind)
        assert isinstance(found, NotFetched), kind
        assert (found.is_final, words in found.reason) == (is_final, True), (kind, found)

    told = fetching.far.seen
    assert len(told) == 10, "the redirect was not followed"
    assert {token for _, token in told} == {f"Bearer {TOKEN}"}
    assert fetching.far.bytes_sent < 2 * LARGEST_FILE


async def test_less_than_slack_says_there_is_is_fetched_again(fetching: Fetching) -> None:
    found = await fetching.fetch("whole", size=10)

    assert found == NotFetched(reason="it came incomplete", is_final=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://files.slack.com/files-pri/T1-F1/bill.xml",
        "https://files.slack.com:443/files-pri/T1-F1/download/bill.xml?t=1",
        "https://FILES.slack.com/files-pri/T1-F1/bill.xml",
    ],
)
def test_an_address_of_the_one_host_is_taken(url: str) -> None:
    assert files_of_slack().allowed(url) is not None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "bill.xml",
        "//files.slack.com/bill.xml",
        "http://files.slack.com/bill.xml",
        "ftp://files.slack.com/bill.xml",
        "file:///etc/passwd",
        "https://files.slack.com:444/bill.xml",
        "https://files.slack.com:99999/bill.xml",
        "https://files.slack.com./bill.xml",
        "https://files.slack.com.evil.test/bill.xml",
        "https://evil.test/files.slack.com/bill.xml",
        "https://evil.test#files.slack.com",
        "https://evilfiles.slack.com/bill.xml",
        "https://slack.com/api/api.test",
        "https://files.slack.com@127.0.0.1/bill.xml",
        "https://user@files.slack.com/bill.xml",
        "https://user:word@files.slack.com/bill.xml",
        "https://:@files.slack.com/bill.xml",
        "https://files.slack.com\\@evil.test/bill.xml",
        "https://evil.test\\@files.slack.com/bill.xml",
        "https:\\\\files.slack.com\\bill.xml",
        "https://files.slack.com/a\r\nHost: evil.test",
        "https://files.sl\tack.com/bill.xml",
        " https://files.slack.com/bill.xml",
        "https://files.slack.com/\x00bill.xml",
        "https://\uff46iles.slack.com/bill.xml",
        "https://files\u3002slack.com/bill.xml",
        "https://fi\u00adles.slack.com/bill.xml",
        "https://xn--files-.slack.com/bill.xml",
        "https://[::1]/bill.xml",
        "https://127.0.0.1/bill.xml",
        "https://0x7f000001/bill.xml",
    ],
)
def test_every_other_address_is_refused(url: str) -> None:
    assert files_of_slack().allowed(url) is None


def files_of_slack() -> SlackFiles:
    """It asks nobody."""
    return SlackFiles(None, None, "files.slack.com")  # type: ignore[arg-type]


async def test_what_slack_says_of_a_file_may_refuse_it_in_words(fetching: Fetching) -> None:
    for more, words in (
        ({"is_external": True, "external_type": "gdrive"}, "not stored in Slack itself"),
        ({"mode": "external"}, "not stored in Slack itself"),
        ({"mode": "tombstone"}, "was deleted"),
        ({"mode": "hidden_by_limit"}, "plan's limit"),
        ({"file_access": "check_file_info"}, "another company"),
        ({"mode": "file_access"}, "another company"),
        ({"user_team": "T0OTHER01"}, "another company"),
        ({"file_access": "access_denied"}, "does not let me see it"),
        ({"file_access": "file_not_found"}, "does not let me see it"),
        ({"size": LARGEST_FILE + 1}, "larger than 20 MiB"),
    ):
        found = await fetching.look({**HOSTED, **more})
        assert isinstance(found, Found)
        assert found.refusal is not None, more
        assert words in found.refusal, found.refusal

    for odd in ({"size": "9"}, {"size": None}, {"shares": None}, {"user_team": None}, {"name": None}):
        found = await fetching.look({**HOSTED, **odd})
        assert isinstance(found, Found)
        assert found.refusal is None, odd
    assert fetching.far.seen == []


async def test_what_slack_refuses_to_tell_is_told_with_what_to_do(fetching: Fetching) -> None:
    for error, door, is_final, words in (
        ("file_deleted", Door.FILE, True, "was deleted"),
        ("file_not_found", Door.FILE, True, "Drop it again"),
        ("file_not_found", Door.MESSAGE, True, "/invite @Dext"),
        ("missing_scope", Door.FILE, True, "install the app again"),
        ("ratelimited", Door.FILE, False, "trouble"),
        ("fatal_error", Door.MESSAGE, False, "trouble"),
        ("<!channel>", Door.FILE, True, "&lt;!channel&gt;"),
    ):
        found = await fetching.look({"ok": False, "error": error}, door=door)
        assert isinstance(found, NotFetched), error
        assert (found.is_final, words in found.reason) == (is_final, True), found


async def test_it_is_answered_where_it_was_shared_unless_others_read_along(fetching: Fetching) -> None:
    share = {"ts": "1.2", "thread_ts": "1.1"}
    shared = {**HOSTED, "shares": {"private": {CHANNEL: [share]}, "public": {"C0OTHER01": [{"ts": "9.9"}]}}}
    there = SlackMessage(channel_id=CHANNEL, ts="1.2", thread_ts="1.1")
    dropped = await fetching.look(shared)
    assert isinstance(dropped, Found)
    assert dropped.message == there

    sent: dict[str, Any] = {"door": Door.MESSAGE, "message": there}
    for channel, message in (
        ({"is_member": True}, there),
        ({"is_member": False}, None),
        ({"is_member": True, "is_ext_shared": True}, None),
        ({"is_member": True, "is_pending_ext_shared": True}, None),
        ({}, None),
    ):
        fetching.far.channel = channel
        found = await fetching.look(shared, **sent)
        assert isinstance(found, Found)
        assert found.message == message, channel
