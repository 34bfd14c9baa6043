"""The pages of connecting in a real browser, with the content security policy as a browser enforces it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, async_playwright

from bot.services.site import Site
from handlers.web import ConnectPages
from tests.fakes.connecting import ACME, BETA
from tests.fakes.ports import free_port
from tests.handlers.conftest import Connecting

pytestmark = pytest.mark.browser


@dataclass(slots=True)
class Seen:
    """A browser's page, and what the browser complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    async def is_too_wide(self) -> bool:
        return bool(await self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


async def far_end() -> TestServer:
    """A provider that sends the browser on to a sister page before it sends it back, and Slack's own page."""

    async def authorize(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"/login?{request.query_string}")

    async def login(request: web.Request) -> web.Response:
        query = urlencode({"code": "c", "state": request.query["state"]})
        raise web.HTTPFound(f"{request.query['redirect_uri']}?{query}")

    async def slack(request: web.Request) -> web.Response:
        return web.Response(text="back in Slack")

    app = web.Application()
    app.add_routes([web.get("/authorize", authorize), web.get("/login", login), web.get("/app_redirect", slack)])
    server = TestServer(app)
    await server.start_server()
    return server


@pytest.fixture
async def served(connecting: Connecting) -> AsyncIterator[Connecting]:
    far, port = await far_end(), free_port()
    base, there = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{far.port}"
    connecting.ledger.login_page = f"{there}/authorize"
    connecting.flows = replace(connecting.flows, site=Site(public_url=base, slack_url=there))
    connecting.linking = replace(connecting.linking, flows=connecting.flows)
    app = web.Application()
    ConnectPages(flows=connecting.flows, linking=connecting.linking, form_targets=(there,)).register(app)
    server = TestServer(app, port=port)
    await server.start_server()
    yield connecting
    await server.close()
    await far.close()


@pytest.fixture
async def seen(chromium: str) -> AsyncIterator[Seen]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = await browser.new_page(viewport={"width": 420, "height": 800})
        found = Seen(page)
        page.on("console", lambda message: found.complaints.append(message.text))
        yield found
        await browser.close()


async def test_a_person_clicks_through_from_the_link_to_slack(served: Connecting, seen: Seen) -> None:
    served.ledger.organisations_seen = (ACME, BETA)
    page, wide = seen.page, []
    await page.goto(await served.link())
    wide.append(await seen.is_too_wide())
    await page.get_by_role("button", name="Send me a code in Slack").click()
    await page.get_by_label("Code").fill("wrong")
    await page.get_by_role("button", name="Continue").click()
    warning = await page.get_by_role("alert").inner_text()
    await page.get_by_label("Code").fill((await served.code()).lower())
    await page.get_by_role("button", name="Continue").click()
    address = page.url
    await page.get_by_label("Beta GmbH").check()
    wide.append(await seen.is_too_wide())
    await page.get_by_role("button", name="Next").click()
    wide.append(await seen.is_too_wide())

    await page.get_by_role("button", name="Finish").click()

    assert "4 tries left" in warning
    assert "code=" not in address
    assert await page.inner_text("body") == "back in Slack"
    assert wide == [False, False, False]
    assert [text for text in seen.complaints if "404" not in text] == []


async def test_an_expired_link_says_what_to_do(served: Connecting, seen: Seen) -> None:
    link = await served.link()
    await served.clock.advance(601)

    await seen.page.goto(link)

    assert "expired" in await seen.page.get_by_role("heading").inner_text()
    assert "type /dext connect in Slack" in await seen.page.inner_text("main")
    assert not await seen.is_too_wide()
