"""A simulated Slack on a real port, and a tiny app that answers its deliveries."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright
from slack_sdk.signature import Clock as SlackSdkClock
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import BILLS, Manifest, SlackState, View, create_app
from tests.fakes.clock import FakeClock
from tests.playground.windows import WIDE

SECRET, TOKEN = "signing-secret", "xoxb-playground"
Json = dict[str, Any]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class _VerifierClock(SlackSdkClock):
    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


@dataclass
class Received:
    headers: dict[str, str]
    body: Json
    is_signed: bool


@dataclass
class FakeApp:
    """Receives deliveries. `answers` by command, payload type or event type; a plain 200 otherwise."""

    clock: FakeClock
    received: list[Received] = field(default_factory=list)
    answers: dict[str, Callable[[Json], Any]] = field(default_factory=dict)

    async def receive(self, request: web.Request) -> web.StreamResponse:
        raw = await request.text()
        verifier = SignatureVerifier(SECRET, clock=_VerifierClock(self.clock))
        body = _body(request.content_type, raw)
        headers = dict(request.headers)
        self.received.append(Received(headers, body, verifier.is_valid_request(raw, headers)))
        answer = self.answers.get(_kind(body))
        result = answer(body) if answer else None
        if asyncio.iscoroutine(result):
            result = await result
        if isinstance(result, web.StreamResponse):
            return result
        return web.Response() if result is None else web.json_response(result)

    @property
    def last(self) -> Json:
        return self.received[-1].body


def _body(content_type: str, raw: str) -> Json:
    if content_type == "application/json":
        return dict(json.loads(raw))
    form: Json = {name: values[0] for name, values in parse_qs(raw).items()}
    return dict(json.loads(form["payload"])) if "payload" in form else form


def _kind(body: Json) -> str:
    return str(body.get("command") or (body.get("event") or body)["type"])


async def _served(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def _landed(_: web.Request) -> web.Response:
    """Where a browser arrives after signing in; no icon, so that it asks for none."""
    return web.Response(text='<link rel="icon" href="data:,"><h1>Back at the app</h1>', content_type="text/html")


@asynccontextmanager
async def listening(app: FakeApp) -> AsyncIterator[str]:
    """The app's own server; gives its address."""
    server = web.Application()
    server.router.add_post("/slack/events", app.receive)
    server.router.add_get("/slack/signin_redirect", _landed)
    runner, address = await _served(server)
    yield address
    await runner.cleanup()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(sleeps_at_once=True)


@pytest.fixture
def app(clock: FakeClock) -> FakeApp:
    return FakeApp(clock)


@pytest.fixture
def manifest() -> Manifest:
    """May everything, and has a shortcut of each kind."""
    return Manifest(shortcuts={"new_item": "New item"}, message_shortcuts={"send_to_dext": "Send to Dext"})


@pytest.fixture
async def slack(clock: FakeClock, app: FakeApp, manifest: Manifest) -> AsyncIterator[SlackState]:
    state = SlackState(
        signing_secret=SECRET,
        bot_token=TOKEN,
        clock=clock,
        client_id="11.22",
        client_secret="shh",
        manifest=manifest,
    )
    async with listening(app) as state.app_url:
        runner, state.public_url = await _served(create_app(state))
        yield state
        await runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(slack: SlackState, http: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(token=TOKEN, base_url=f"{slack.public_url}/api/", session=http, retry_handlers=[])


@pytest.fixture
async def page(request: pytest.FixtureRequest, chromium: str, slack: SlackState) -> AsyncIterator[Page]:
    """A page whose script must not fail, in a window of the asked width. It is closed before its Slack stops, or what it
    keeps asking for would fail.
    """
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        opened = await browser.new_page(viewport={"width": getattr(request, "param", WIDE), "height": 860})
        errors: list[str] = []
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        yield opened
        await browser.close()
        assert errors == []


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "Words", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(action_id: str = "go", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain("Go"), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def option(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


def text_input(block_id: str = "name", **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "text", **more.pop("element", {})}
    return {"type": "input", "block_id": block_id, "label": plain("Name"), "element": element, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("A form"),
        "submit": plain("Save"),
        "blocks": list(blocks) or [text_input()],
        **more,
    }


@pytest.fixture
def opened(slack: SlackState, app: FakeApp, client: AsyncWebClient) -> Callable[..., Any]:
    """Opens a modal the way an app does: a person types the command, the app answers with `views.open`."""

    async def open_modal(view: Json, user: str) -> View:
        async def answer(body: Json) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=view)

        app.answers["/dext"] = answer
        await slack.command("/dext", user=user, channel=BILLS)
        found = slack.view(user)
        assert found is not None
        return found

    return open_modal
