"""Workspaces install the app from a browser, each with a token of its own; a forged or used answer installs nothing."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import Row, select, update

from bot.db.workspaces import WORKSPACES
from bot.domain.ids import UserId
from bot.domain.installing import Grant, InstallStop
from bot.domain.slack import BOT_SCOPES
from bot.playground.slack import ADMIN, BILLS, OTHER_TEAM, OUTSIDER, OWNER, TEAM
from bot.playground.slack.installations import ORGANISATION
from bot.services.installations import InstallStoppedError
from bot.services.signing_in import Return
from bot.services.workspaces import fresh_workspace_id
from bot.slack import learn_workspace
from handlers.dispatch import NOT_INSTALLED
from tests.fakes.app import TOKEN, World, whole_app
from tests.fakes.browser import Browser, Page, a_browser
from tests.fakes.clock import FakeClock
from tests.fakes.ports import free_port
from tests.handlers.envelopes import UNINSTALLED, an_event, send_event, send_form

CLIENT = {"SLACK_CLIENT_ID": "11.22", "SLACK_CLIENT_SECRET": "client-secret-canary"}
ELSEWHERE = "http://127.0.0.1"


@dataclass(slots=True)
class Shop:
    """The product where workspaces install the app, and browsers."""

    world: World

    async def begin(self, browser: Browser) -> Page:
        """To Slack's page."""
        return await browser.open(f"{self.world.address}/slack/install")

    async def install(self, user: str = ADMIN, team: str = TEAM, *, answer: str = "allow") -> Page:
        """The whole way, in a browser of its own."""
        async with a_browser() as browser:
            return await self.go_on(browser, user=user, team=team, answer=answer)

    async def go_on(self, browser: Browser, *, user: str = ADMIN, team: str = TEAM, answer: str = "allow") -> Page:
        return await browser.press(await self.begin(browser), user=user, team=team, answer=answer)

    async def answer_of_slack(self, browser: Browser, *, user: str = ADMIN, team: str = TEAM) -> str:
        """Where Slack sends this browser, not followed yet."""
        form = (await self.begin(browser)).forms[0]
        fields = {**dict(form.form_values()), "user": user, "team": team, "answer": "allow"}
        address = f"{self.world.slack.public_url}/oauth/decide"
        async with browser.session.post(address, data=fields, allow_redirects=False) as answer:
            return answer.headers["Location"]

    async def rows(self) -> list[Row[Any]]:
        async with self.world.services.db.read() as tx:
            statement = select(WORKSPACES).where(WORKSPACES.c.token_sealed.is_not(None))
            return list((await tx.execute(statement.order_by(WORKSPACES.c.team_id))).all())

    async def row(self) -> Row[Any]:
        (row,) = await self.rows()
        return row

    def later(self, **passed: float) -> None:
        assert isinstance(self.world.clock, FakeClock)
        self.world.clock.move_to(self.world.clock.now() + timedelta(**passed))


@asynccontextmanager
async def a_shop(database_url: str, more: Mapping[str, str] | None = None) -> AsyncIterator[Shop]:
    port = free_port()
    environment = {"DEXT_PUBLIC_URL": f"http://127.0.0.1:{port}", "SLACK_BOT_TOKEN": "", **CLIENT, **(more or {})}
    clock = FakeClock(sleeps_at_once=True)
    async with whole_app(database_url, clock=clock, more=environment, port=port) as world:
        world.slack.oauth.client_id, world.slack.oauth.client_secret = CLIENT.values()
        yield Shop(world)


@pytest.fixture
async def shop(sqlite_url: str) -> AsyncIterator[Shop]:
    async with a_shop(sqlite_url) as made:
        yield made


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Shop]:
    async with a_shop(database_url) as made:
        yield made


async def test_a_workspace_installs_the_app_and_is_served(either: Shop) -> None:
    page = await either.install()

    assert page.status == 200
    assert "Northwind Trading" in page.text
    assert f"slack://app?team={TEAM}&amp;id=A0DEXT001" in page.source
    row = await either.row()
    assert (row.enterprise_id, row.team_id, row.name) == ("", TEAM, "Northwind Trading")
    assert (row.app_id, row.bot_user_id, row.bot_id) == ("A0DEXT001", "U0DEXTBOT", "B0DEXT001")
    assert (row.installer_user_id, row.scopes.split(","), row.removed_at) == (ADMIN, list(BOT_SCOPES), None)
    assert TOKEN.encode() not in row.token_sealed
    await either.world.settle()
    assert "Type `/dext connect`" in either.world.slack.dms(ADMIN)[-1].text
    assert "connect" in (await either.world.slack.command("/dext", "help", user=ADMIN)).text


async def test_slack_is_asked_for_the_manifests_scopes_and_nothing_of_the_host_header(shop: Shop) -> None:
    async with a_browser() as browser:
        address = f"{shop.world.address}/slack/install"
        headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
        async with browser.session.get(address, headers=headers, allow_redirects=False) as answer:
            location = answer.headers["Location"]

    query = parse_qs(urlsplit(location).query)
    assert location.startswith(f"{shop.world.slack.public_url}/oauth/v2/authorize?")
    assert query["scope"] == [",".join(BOT_SCOPES)]
    assert query["redirect_uri"] == [f"{shop.world.address}/slack/oauth_redirect"]


async def test_the_cookie_and_the_pages_keep_to_this_browser(shop: Shop) -> None:
    async with a_browser() as browser:
        address = f"{shop.world.address}/slack/install"
        async with browser.session.get(address, allow_redirects=False) as answer:
            cookie, headers = answer.headers["Set-Cookie"], answer.headers

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


async def test_over_https_the_cookie_belongs_to_this_host_alone(sqlite_url: str) -> None:
    async with a_shop(sqlite_url, {"DEXT_PUBLIC_URL": "https://dext.example.com"}) as shop, a_browser() as browser:
        address = f"{shop.world.address}/slack/install"
        async with browser.session.get(address, allow_redirects=False) as answer:
            cookie, location = answer.headers["Set-Cookie"], answer.headers["Location"]

    assert cookie.startswith("__Host-dext-install=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert "redirect_uri=https%3A%2F%2Fdext.example.com%2Fslack%2Foauth_redirect" in location


async def test_the_last_address_carries_neither_code_nor_state(shop: Shop) -> None:
    page = await shop.install()

    assert page.address == f"{shop.world.address}/slack/installed"


async def test_a_state_works_once(shop: Shop) -> None:
    async with a_browser() as browser:
        back = await shop.answer_of_slack(browser)
        first, second = await browser.open(back), await browser.open(back)

    assert first.status == 200
    assert "not one that goes on here" in second.text
    assert len(shop.world.slack.calls_of("oauth.v2.access")) == 1


async def test_eight_answers_at_once_are_one_installation(either: Shop) -> None:
    async with a_browser() as browser:
        back = await either.answer_of_slack(browser)
        await asyncio.gather(*(browser.open(back) for _ in range(8)))

    assert len(await either.rows()) == 1
    assert len(either.world.slack.calls_of("oauth.v2.access")) == 1


async def test_another_browser_installs_nothing_and_the_first_one_still_can(shop: Shop) -> None:
    async with a_browser() as browser, a_browser() as other:
        back = await shop.answer_of_slack(browser)
        await shop.begin(other)

        stolen = await other.open(back)
        assert (stolen.status, await shop.rows()) == (403, [])

        assert (await browser.open(back)).status == 200
    assert len(await shop.rows()) == 1


async def test_a_browser_without_any_cookie_installs_nothing(shop: Shop) -> None:
    async with a_browser() as browser, a_browser() as bare:
        page = await bare.open(await shop.answer_of_slack(browser))

    assert "another browser" in page.text
    assert await shop.rows() == []


async def test_a_state_older_than_ten_minutes_installs_nothing(shop: Shop) -> None:
    async with a_browser() as browser:
        back = await shop.answer_of_slack(browser)
        shop.later(minutes=10, seconds=1)
        page = await browser.open(back)

    assert (page.status, "took too long" in page.text, await shop.rows()) == (410, True, [])


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"code": "1.2"},
        {"state": "made-up"},
        {"code": "1.2", "state": "made-up"},
        {"code": "1.2", "state": ""},
        {"error": "access_denied", "state": "made-up"},
    ],
)
async def test_a_made_up_answer_asks_slack_nothing(shop: Shop, query: dict[str, str]) -> None:
    async with a_browser() as browser:
        await shop.begin(browser)
        page = await browser.open(f"{shop.world.address}/slack/oauth_redirect?{urlencode(query)}")

    assert (page.status, await shop.rows()) == (400, [])
    assert shop.world.slack.calls_of("oauth.v2.access") == []


async def test_a_state_of_another_sign_in_is_not_one_of_these(shop: Shop) -> None:
    """The state of connecting a ledger, and of any other app, is another secret in another table."""
    async with a_browser() as browser:
        back = await shop.answer_of_slack(browser)
        code = parse_qs(urlsplit(back).query)["code"][0]
        page = await browser.open(f"{shop.world.address}/slack/signin_redirect?code={code}&state=x")
        await browser.open(f"{shop.world.address}/slack/oauth_redirect?code={code}&state=x")

    assert page.status in (403, 404, 410)
    assert await shop.rows() == []


async def test_a_code_or_a_state_given_twice_is_none(shop: Shop) -> None:
    async with a_browser() as browser:
        back = await shop.answer_of_slack(browser)
        page = await browser.open(f"{back}&state=another")

    assert (page.status, await shop.rows()) == (400, [])


async def test_a_code_of_another_client_is_refused_by_slack_and_said(shop: Shop) -> None:
    async with a_browser() as browser:
        back = await shop.answer_of_slack(browser)
        shop.world.slack.oauth.client_secret = "rotated"
        page = await browser.open(back)

    assert (page.status, "SLACK_CLIENT_SECRET" in page.text, await shop.rows()) == (502, True, [])


@pytest.mark.parametrize("fault", ["500", "lost"])
async def test_a_slack_that_fails_installs_nothing_and_it_can_be_begun_anew(
    shop: Shop, fault: Literal["500", "lost"]
) -> None:
    shop.world.slack.faults.next_call("oauth.v2.access", fault)

    assert ((await shop.install()).status, await shop.rows()) == (502, [])

    assert (await shop.install()).status == 200


async def test_a_token_that_is_good_for_nothing_is_not_kept(shop: Shop) -> None:
    shop.world.slack.faults.next_call("auth.test", "500")

    assert ((await shop.install()).status, await shop.rows()) == (502, [])


async def test_cancelling_at_slack_is_explained(shop: Shop) -> None:
    page = await shop.install(answer="deny")

    assert "Slack did not allow it" in page.text
    assert await shop.rows() == []


async def test_a_whole_organisation_is_refused_with_what_to_do_instead(shop: Shop) -> None:
    page = await shop.install(team=ORGANISATION)

    assert "choose a workspace instead of the organisation" in page.text
    assert await shop.rows() == []


@dataclass(slots=True)
class EverythingAtOnce:
    """Slack's side, where an organisation as a whole names one of its workspaces."""

    grant: Grant
    states: list[str] = field(default_factory=list)

    def authorize_url(self, *, state: str, redirect_uri: str) -> str:
        self.states.append(state)
        return redirect_uri

    async def exchange(self, *, code: str, redirect_uri: str) -> Grant:
        return self.grant


async def test_a_whole_organisation_is_refused_also_where_it_names_a_workspace(shop: Shop) -> None:
    grant = Grant(
        token="xoxb-everything",
        app_id="A0DEXT001",
        enterprise_id="E0GRID001",
        team_id=TEAM,
        team_name="Northwind Trading",
        bot_user_id="U0DEXTBOT",
        bot_id="B0DEXT001",
        scopes=(),
        installer=UserId(ADMIN),
        is_enterprise_install=True,
    )
    slack, services = EverythingAtOnce(grant), shop.world.services
    assert services.installing is not None
    installing = replace(services.installing, slack=slack)
    await installing.begin("cookie")

    with pytest.raises(InstallStoppedError) as stopped:
        await installing.finish("cookie", Return(state=slack.states[0], code="c", error=""))

    assert stopped.value.stop is InstallStop.WHOLE_ORGANISATION
    assert await shop.rows() == []


async def test_another_apps_installation_is_refused(shop: Shop) -> None:
    await shop.install()
    async with shop.world.services.db.write() as tx:
        await tx.execute(update(WORKSPACES).where(WORKSPACES.c.team_id == TEAM).values(app_id="A0ANOTHER"))

    page = await shop.install(OUTSIDER, OTHER_TEAM)

    assert "another Slack app" in page.text
    assert [row.team_id for row in await shop.rows()] == [TEAM]


async def test_what_slack_did_not_grant_is_named(shop: Shop) -> None:
    granted = [scope for scope in BOT_SCOPES if scope not in {"files:read", "groups:read"}]
    shop.world.slack.installations.scopes = frozenset(granted)

    page = await shop.install()

    assert "groups:read, files:read are missing" in page.text
    assert (await shop.row()).scopes == ",".join(granted)


async def test_a_name_from_slack_cannot_become_markup(shop: Shop) -> None:
    shop.world.slack.installations.names[TEAM] = "<b>Bold</b> & Co"

    page = await shop.install()

    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; Co" in page.source


@pytest.mark.parametrize("path", ["/slack/install", "/slack/oauth_redirect?code=1&state=2", "/slack/installed"])
async def test_where_nothing_is_installed_from_here_it_says_so(sqlite_url: str, path: str) -> None:
    async with whole_app(sqlite_url) as world, a_browser() as browser:
        page = await browser.open(world.address + path)

    assert page.status == 404
    assert "SLACK_CLIENT_ID" in page.text


async def test_the_result_is_shown_to_the_browser_that_finished_and_to_no_other(shop: Shop) -> None:
    await shop.install()

    async with a_browser() as other:
        page = await other.open(f"{shop.world.address}/slack/installed")

    assert page.status == 400
    assert "Northwind" not in page.text


async def test_a_result_that_was_made_up_is_none(shop: Shop) -> None:
    async with a_browser() as browser:
        for cookie in ("x", "eyJhIjoxfQ==", "%00", "é"):
            headers = {"Cookie": f"dext-installed={cookie}"}
            async with browser.session.get(f"{shop.world.address}/slack/installed", headers=headers) as answer:
                assert answer.status == 400


async def test_two_workspaces_each_speak_with_their_own_token(either: Shop) -> None:
    await either.install()
    await either.install(OUTSIDER, OTHER_TEAM)
    await either.world.settle()

    services = either.world.services
    tokens = [await services.workspaces.token(row.id, default=None) for row in await either.rows()]
    live = either.world.slack.installations
    expected = [live.of(TEAM), live.of(OTHER_TEAM)]
    assert [found.token for found in expected if found is not None] == tokens
    answer = await send_form(either.world, a_command(OTHER_TEAM, OUTSIDER))
    assert NOT_INSTALLED not in answer[1]


async def test_one_workspaces_removal_leaves_the_other_alone(either: Shop) -> None:
    await either.install()
    await either.install(OUTSIDER, OTHER_TEAM)
    either.later(seconds=5)

    await either.world.slack.uninstall(OTHER_TEAM)

    assert [row.team_id for row in await either.rows()] == [TEAM]
    assert NOT_INSTALLED in (await send_form(either.world, a_command(OTHER_TEAM, OUTSIDER)))[1]
    assert "connect" in (await either.world.slack.command("/dext", "help", user=ADMIN)).text


async def test_a_sealed_token_opens_in_its_own_row_only(shop: Shop) -> None:
    await shop.install()
    await shop.install(OUTSIDER, OTHER_TEAM)
    first, second = await shop.rows()
    async with shop.world.services.db.write() as tx:
        swapped = update(WORKSPACES).where(WORKSPACES.c.id == first.id).values(token_sealed=second.token_sealed)
        await tx.execute(swapped)

    with pytest.raises(Exception, match="sealed for another place"):
        await shop.world.services.workspaces.token(first.id, default=None)


async def test_after_a_removal_it_is_installed_again_with_everything_and_a_new_token(either: Shop) -> None:
    await either.install()
    await either.world.settle()
    before = await either.row()
    either.later(days=1)
    removed_at = either.world.clock.now().timestamp()
    await either.world.slack.uninstall()
    assert await either.rows() == []
    either.later(minutes=5)

    page = await either.install(OWNER)
    late = an_event(UNINSTALLED, at=removed_at, event_id="EvLate")
    assert (await send_event(either.world, late))[0] == 200
    await either.world.settle()

    after = await either.row()
    assert "Installed again" in page.text
    assert (after.id, after.installer_user_id) == (before.id, OWNER)
    assert after.installed_at > before.installed_at
    assert "installed again" in either.world.slack.dms(OWNER)[-1].text


async def test_what_slack_refused_with_the_old_token_goes_out_with_the_new_one(either: Shop) -> None:
    """No event said that the old token died: it was lost, or is late."""
    await either.install()
    services = either.world.services
    either.world.slack.installations.remove(TEAM)
    await either.world.product.messenger.drain()
    assert either.world.slack.dms(ADMIN) == []
    workspace = await services.workspaces.find("", TEAM)
    assert workspace is not None

    await either.install(OWNER)
    await either.world.settle()

    client = await services.clients.of(workspace.id)
    installed = either.world.slack.installations.of(TEAM)
    assert client is not None
    assert installed is not None
    assert client.token == installed.token
    assert "Type `/dext connect`" in either.world.slack.dms(ADMIN)[-1].text


async def test_another_process_takes_the_new_token_once_slack_refuses_the_old_one(shop: Shop) -> None:
    await shop.install()
    await shop.world.settle()
    row, services = await shop.row(), shop.world.services
    old = await services.clients.of(row.id)
    shop.world.slack.installations.remove(TEAM)
    new = shop.world.slack.installations.install(TEAM)
    sealed = services.vault.seal(new.token, f"workspaces.token:{row.id}")
    async with services.db.write() as tx:
        await tx.execute(update(WORKSPACES).where(WORKSPACES.c.id == row.id).values(token_sealed=sealed))

    assert old is not None
    with pytest.raises(Exception, match="account_inactive"):
        await old.auth_test()

    client = await services.clients.of(row.id)
    assert client is not None
    assert client.token == new.token


async def test_a_bot_token_and_installs_go_together(sqlite_url: str) -> None:
    async with a_shop(sqlite_url, {"SLACK_BOT_TOKEN": TOKEN}) as shop:
        await learn_workspace(shop.world.services.clients)
        await shop.install(OUTSIDER, OTHER_TEAM)

        assert [row.team_id for row in await shop.rows()] == [OTHER_TEAM]
        assert "connect" in (await shop.world.slack.command("/dext", "help", user=ADMIN)).text


async def test_the_environments_token_is_lent_to_the_workspace_it_is_of_and_to_no_other(shop: Shop) -> None:
    """SLACK_BOT_TOKEN was moved to another workspace: the one before it would be spoken to with a stranger's."""
    await shop.install()
    before = await shop.row()
    services = shop.world.services
    async with services.db.write() as tx:
        await tx.execute(update(WORKSPACES).where(WORKSPACES.c.id == before.id).values(token_sealed=None))
    moved = shop.world.slack.installations.install(OTHER_TEAM)
    services.clients.forget(before.id)
    services.clients.bot_token = moved.token

    learned = await learn_workspace(services.clients)

    assert learned is not None
    assert learned.team_id == OTHER_TEAM
    assert await services.clients.of(before.id) is None
    home = await services.clients.of(learned.id)
    assert home is not None
    assert home.token == moved.token


async def test_a_workspace_that_moves_into_an_enterprise_organisation_goes_on_as_it_is(either: Shop) -> None:
    await either.install()
    before, find = await either.row(), either.world.services.workspaces.find
    found = await find("E0GRID001", TEAM)
    assert found is not None, "from the first request that names its organisation"

    either.world.slack.installations.enterprises[TEAM] = "E0GRID001"
    page = await either.install()

    after = await either.row()
    assert "Installed again" in page.text
    assert (found.id, after.id, after.enterprise_id) == (before.id, before.id, "E0GRID001")
    assert await find("E0GRID001", OTHER_TEAM) is None


async def test_so_does_one_that_the_environments_token_is_of(shop: Shop) -> None:
    services = shop.world.services
    services.clients.bot_token = TOKEN
    before = await learn_workspace(services.clients)
    assert before is not None

    moved = await services.workspaces.remember(
        replace(before, id=fresh_workspace_id(), enterprise_id="E0GRID001"), None
    )

    assert (moved.id, moved.enterprise_id) == (before.id, "E0GRID001")


def a_command(team: str, user: str) -> dict[str, str]:
    return {
        "command": "/dext",
        "text": "help",
        "team_id": team,
        "user_id": user,
        "channel_id": BILLS,
        "trigger_id": "1.2",
        "is_enterprise_install": "false",
    }
