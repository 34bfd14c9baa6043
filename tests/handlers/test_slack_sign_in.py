"""With Slack's own sign-in: whoever is in the browser must be whoever started."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from handlers.web import ConnectPages
from tests.handlers.conftest import SLACK, Browser, Connecting, FakeSignIn, state_of


@pytest.fixture
def slack() -> FakeSignIn:
    return FakeSignIn()


@pytest.fixture
async def signing_in(connecting: Connecting, slack: FakeSignIn) -> AsyncIterator[Connecting]:
    connecting.flows = replace(connecting.flows, sign_in=slack)
    connecting.linking = replace(connecting.linking, flows=connecting.flows)
    app = web.Application()
    ConnectPages(flows=connecting.flows, linking=connecting.linking, form_targets=(SLACK,)).register(app)
    server = TestServer(app)
    await server.start_server()
    connecting.base = f"http://127.0.0.1:{server.port}"
    yield connecting
    await server.close()


async def sent_to_slack(browser: Browser, link: str) -> str:
    page = await browser.get(link)
    return (await browser.submit(page, "/connect/fake/start")).location


async def test_the_starter_signs_in_at_slack_and_goes_on_without_a_code(signing_in: Connecting) -> None:
    browser = signing_in.browser()
    address = await sent_to_slack(browser, await signing_in.link())
    back = await browser.get(f"/slack/signin_redirect?code=c&state={state_of(address)}")
    page = await browser.get(back.location)

    done = await browser.submit(page, "/connect/fake/start")

    assert address.startswith(f"{SLACK}/openid/connect/authorize")
    assert "Thank you, Adam" in page.text
    assert done.location.startswith("https://login.fakebooks.example/authorize")
    assert await signing_in.messages("connect_code") == []


@pytest.mark.parametrize(("team", "user"), [("T0NORTH", "U0OLIVIA"), ("T0OTHER", "U0ADAM"), ("T0NORTH", "")])
async def test_somebody_else_at_slack_goes_no_further(
    signing_in: Connecting, slack: FakeSignIn, team: str, user: str
) -> None:
    slack.team, slack.who_is_there = team, user
    browser = signing_in.browser()
    address = await sent_to_slack(browser, await signing_in.link())

    back = await browser.get(f"/slack/signin_redirect?code=c&state={state_of(address)}")

    page = await browser.get(back.location)
    assert (back.status, page.status) == (303, 403)
    assert "code=" not in back.location
    assert "somebody else" in page.text
    assert await signing_in.stops() == ["other_person"]


async def test_a_sign_in_made_for_another_nonce_is_refused(signing_in: Connecting, slack: FakeSignIn) -> None:
    browser = signing_in.browser()
    address = await sent_to_slack(browser, await signing_in.link())
    slack.nonce = "of another sign-in"

    back = await browser.get(f"/slack/signin_redirect?code=c&state={state_of(address)}")

    assert back.location.endswith("stop=other_person")


async def test_slacks_answer_counts_once_and_in_its_own_browser(signing_in: Connecting) -> None:
    browser = signing_in.browser()
    address = await sent_to_slack(browser, await signing_in.link())
    back = f"/slack/signin_redirect?code=c&state={state_of(address)}"

    elsewhere = await signing_in.browser().get(back)
    first = await browser.get(back)
    second = await browser.get(back)

    assert first.location == "/connect/fake/start"
    assert [elsewhere.location, second.location] == ["/slack/signin_redirect?stop=unknown"] * 2


async def test_the_providers_page_cannot_be_reached_without_the_proof(signing_in: Connecting) -> None:
    browser = signing_in.browser()
    page = await browser.get(await signing_in.link())
    await browser.submit(page, "/connect/fake/start")
    page = await browser.get("/connect/fake/start")
    form = page.text.partition('name="form" value="')[2].partition('"')[0]

    skipped = await browser.post("/connect/fake/start", step="go_on", form=form)

    assert skipped.status == 403
    assert "Location" not in skipped.headers
