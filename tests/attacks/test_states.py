"""States of sign-ins: forged, reused, expired, of another browser, in parallel. Each has an effect once, or none."""

import asyncio
from itertools import product
from urllib.parse import parse_qs, urlsplit

from bot.playground.slack import ADMIN, OTHER_TEAM, OUTSIDER, OWNER, TEAM
from tests.attacks.jars import Jar, Stand
from tests.fakes.clock import FakeClock


def state_in(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


def exchanges(stand: Stand) -> int:
    return sum(call.status == 200 and b"authorization_code" in call.body for call in stand.xero.calls)


async def test_the_four_browsers_can_do_what_they_are_meant_to(either: Stand) -> None:
    """Without this, attacks would fail for a reason of their own."""
    before = await either.effects()

    await either.connected(either.admin, await either.link())

    after = await either.effects()
    assert (before.connections, after.connections) == (0, 1)
    assert (after.token_sets, after.finished, after.audited - before.audited) == (1, 1, 1)
    assert after.announced == 2


CALLBACKS = ("/connect/xero/callback", "/slack/signin_redirect", "/slack/oauth_redirect")
FORGED = (
    "",
    "code=c",
    "state=s",
    "code=c&state=",
    "code=c&state=" + "s" * 43,
    "code=c&state=" + "s" * 5000,
    "code=c&state=%00",
    "code=c&state=%ff%fe",
    "code=c&state=%27%20or%201=1--",
    "code=c&state[]=x",
    "code=&state=s&error=access_denied",
)


async def test_a_forged_state_has_no_effect_in_any_browser(stand: Stand) -> None:
    """Each browser has begun what the answer would be to, so that only the state is wrong."""
    await stand.sent(stand.admin, await stand.link())
    await stand.opened(stand.member, await stand.link())
    for jar in stand.jars.values():
        await jar.get("/slack/install")
    before, asked, told = await stand.effects(), len(stand.xero.calls), len(stand.world.slack.calls)

    for path, query, jar in product(CALLBACKS, FORGED, stand.jars.values()):
        seen = await jar.get(f"{path}?{query}")
        assert seen.status < 500
        assert "code=" not in seen.location

    assert await stand.effects() == before
    assert len(stand.xero.calls) == asked
    assert not [call for call in stand.world.slack.calls[told:] if call.method.startswith(("oauth.", "openid."))]


# An installation of the app, which needs nobody's link


async def answered_by_slack(stand: Stand, jar: Jar, user: str = ADMIN, team: str = TEAM) -> str:
    """Where Slack sends this browser after an installation was allowed, not followed."""
    page = await jar.follow((await jar.get("/slack/install")).location)
    return (await jar.press(page, user=user, team=team, answer="allow")).location


async def test_an_installation_is_of_the_browser_that_began_it(either: Stand) -> None:
    """All have begun one of their own; the stranger passes the answer of theirs on to the others."""
    for jar in either.jars.values():
        await jar.get("/slack/install")
    answer = await answered_by_slack(either, either.stranger, OUTSIDER, OTHER_TEAM)
    before, asked = await either.effects(), len(either.world.slack.calls_of("oauth.v2.access"))

    for jar in (either.admin, either.member, either.nobody):
        assert "stop=other_browser" in (await jar.get(answer)).location

    assert await either.effects() == before
    assert len(either.world.slack.calls_of("oauth.v2.access")) == asked
    assert "stop=" not in (await either.stranger.get(answer)).location


async def test_an_installation_is_made_once_and_within_ten_minutes(either: Stand) -> None:
    """Eight answers at once; the same once more in every browser; and one that came too late."""
    before, asked = await either.effects(), len(either.world.slack.calls_of("oauth.v2.access"))
    answer, late = [await answered_by_slack(either, either.admin) for _ in range(2)]

    seen = await asyncio.gather(*(either.admin.get(answer) for _ in range(8)))
    again = [await jar.get(answer) for jar in either.jars.values()]
    assert isinstance(either.world.clock, FakeClock)
    await either.world.clock.advance(601)
    again.append(await either.admin.get(late))

    assert ["stop=" in each.location for each in seen].count(False) == 1
    assert all("stop=" in each.location for each in again)
    assert len(either.world.slack.calls_of("oauth.v2.access")) == asked + 1
    assert (await either.effects()).installed - before.installed == 1


async def test_eight_callbacks_at_once_have_one_effect(either: Stand) -> None:
    address = await either.returned(either.admin, await either.link())

    seen = await asyncio.gather(*(either.admin.get(address) for _ in range(8)))

    assert exchanges(either) == 1
    assert sum("stop=" not in answer.location for answer in seen) == 1
    assert (await either.effects()).token_sets == 1


async def test_eight_sign_ins_at_slack_at_once_are_one(either: Stand) -> None:
    address = await either.slack_answer(either.admin, await either.opened(either.admin, await either.link()), ADMIN)

    seen = await asyncio.gather(*(either.admin.get(address) for _ in range(8)))

    assert sum(answer.location == "/connect/xero/start" for answer in seen) == 1
    assert len(either.world.slack.calls_of("openid.connect.token")) == 1


async def test_eight_last_buttons_at_once_connect_once(either: Stand) -> None:
    page = await either.granted(either.admin, await either.link())

    seen = await asyncio.gather(*(either.admin.ask("POST", page.action(), form=page.fields()) for _ in range(8)))

    assert {answer.status for answer in seen} == {303}
    after = await either.effects()
    assert (after.connections, after.organisations, after.finished, after.announced) == (1, 1, 1, 2)


async def test_a_used_answer_is_used_up_in_every_browser(stand: Stand) -> None:
    address = await stand.returned(stand.admin, await stand.link())
    await stand.admin.follow(address)
    before = await stand.effects()

    for jar in stand.jars.values():
        assert "stop=" in (await jar.get(address)).location

    assert await stand.effects() == before
    assert exchanges(stand) == 1


async def test_an_expired_answer_has_no_effect(stand: Stand) -> None:
    address = await stand.returned(stand.admin, await stand.link())
    before = await stand.effects()
    assert isinstance(stand.world.clock, FakeClock)
    await stand.world.clock.advance(601)

    seen = await stand.admin.get(address)

    assert "stop=expired" in seen.location
    assert await stand.effects() == before
    assert exchanges(stand) == 0


async def test_a_state_of_one_step_is_none_of_another(stand: Stand) -> None:
    """Slack's state at Xero's address, Xero's at Slack's, both at the installation's. What was begun goes on."""
    link = await stand.link()
    at_slack = await stand.opened(stand.admin, link)
    slack_state = state_in(at_slack.location)
    before = await stand.effects()

    await stand.admin.get(f"/connect/xero/callback?code=c&state={slack_state}")
    await stand.admin.get(f"/slack/oauth_redirect?code=c&state={slack_state}")
    await stand.admin.follow(await stand.slack_answer(stand.admin, at_slack, ADMIN))
    at_xero = await stand.admin.press(await stand.admin.follow("/connect/xero/start"))
    xero_state = state_in(at_xero.location)
    await stand.admin.get(f"/slack/signin_redirect?code=c&state={xero_state}")
    await stand.admin.get(f"/slack/oauth_redirect?code=c&state={xero_state}")

    assert await stand.effects() == before
    assert exchanges(stand) == 0
    assert "stop=" not in (await stand.admin.get(await stand.consented(stand.admin, at_xero.location))).location


async def test_an_answer_that_is_a_refusal_is_none_whatever_code_is_beside_it(stand: Stand) -> None:
    """Of Slack's sign-in, of Xero's, and of an installation: the code is good, and is not used."""
    opened = await stand.opened(stand.member, await stand.link(OWNER))
    at_slack = await stand.slack_answer(stand.member, opened, OWNER)
    at_xero = await stand.returned(stand.admin, await stand.link())
    installing = await answered_by_slack(stand, stand.admin)
    before, told = await stand.effects(), len(stand.world.slack.calls)

    for jar, answer in ((stand.member, at_slack), (stand.admin, at_xero), (stand.admin, installing)):
        assert "stop=" in (await jar.get(f"{answer}&error=access_denied")).location

    assert await stand.effects() == before
    assert exchanges(stand) == 0
    assert not [call for call in stand.world.slack.calls[told:] if call.method.startswith(("oauth.", "openid."))]


async def test_a_parameter_given_twice_is_none(stand: Stand) -> None:
    for twice in ("state", "code"):
        address = await stand.returned(stand.admin, await stand.link())
        value = parse_qs(urlsplit(address).query)[twice][0]
        before = await stand.effects()

        for jar in stand.jars.values():
            await jar.get(f"{address}&{twice}=another")
            await jar.get(f"{address}&{twice}={value}")

        assert await stand.effects() == before
        assert exchanges(stand) == 0
