"""The page: nothing of a message becomes markup, nobody else's page can press its buttons, and it survives restarts."""

from datetime import UTC
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import ADMIN, BILLS, BOT_USER, FINANCE, GUEST, MEMBER, OUTSIDER, Manifest, SlackState
from bot.playground.slack.mrkdwn import mrkdwn_html
from bot.playground.slack.people import OF_OTHERS
from providers import PROVIDERS
from tests.fakes.clock import FakeClock
from tests.playground.conftest import SECRET, TOKEN, section

README = Path(__file__).resolve().parents[2] / "README.md"
HEADERS = {"X-Simslack": "1"}
QUIET = Manifest(events=frozenset())


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~no~ `a*b*c`", "<strong>bold</strong> <em>it</em> <s>no</s> <code>a*b*c</code>"),
        ("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
        ("&lt;script&gt; &amp; co", "&lt;script&gt; &amp; co"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<@U0PRIYA01>", '<span class="mention">@Priya Approver</span>'),
        ("<!date^1764000000^{date_short}|then>", '<time datetime="2025-11-24T16:00:00+00:00">24 Nov 2025</time>'),
        ("<javascript:alert(1)|click>", "&lt;javascript:alert(1)|click&gt;"),
        (
            '<https://example.com/?a=1&amp;b="2"|see>',
            '<a href="https://example.com/?a=1&amp;b=&#34;2&#34;" target="_blank" rel="noopener noreferrer">see</a>',
        ),
        (
            "*<https://example.com|x>*",
            '<strong><a href="https://example.com" target="_blank" rel="noopener noreferrer">x</a></strong>',
        ),
        ("one\ntwo", "one<br>two"),
        ("&gt; said\nafter", "<blockquote>said</blockquote>after"),
        (":unknown_code: 12:30:45", ":unknown_code: 12:30:45"),
        ("```<b> *x*```", "<pre>&lt;b&gt; *x*</pre>"),
    ],
)
def test_mrkdwn_is_drawn_as_slack_draws_it(slack: SlackState, text: str, html: str) -> None:
    slack.workspace.zone = UTC

    assert str(mrkdwn_html(text, slack.workspace)) == html


async def page(slack: SlackState, http: aiohttp.ClientSession, query: str) -> str:
    async with http.get(f"{slack.public_url}/?{query}") as response:
        policy = response.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        return await response.text()


async def test_a_channel_shows_what_this_person_may_see(
    slack: SlackState, http: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel=BILLS, text="for all")
    await client.chat_postEphemeral(channel=BILLS, user=ADMIN, text="for Adam")

    adams, mias = [await page(slack, http, f"as={user}&channel={BILLS}") for user in (ADMIN, MEMBER)]

    assert "for all" in adams
    assert "for all" in mias
    assert "for Adam" in adams
    assert "Only visible to you" in adams
    assert "for Adam" not in mias


@pytest.mark.parametrize("user", [GUEST, OUTSIDER])
async def test_a_private_channel_is_not_on_a_strangers_page(
    slack: SlackState, http: aiohttp.ClientSession, user: str
) -> None:
    assert "finance-private" not in await page(slack, http, f"as={user}&channel={FINANCE}")


async def test_hostile_text_in_every_place_stays_text(
    slack: SlackState, http: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    hostile = '"><img src=x onerror=alert(1)>'
    plain = {"type": "plain_text", "text": hostile}
    pick = {
        "type": "multi_static_select",
        "action_id": "a",
        "options": [{"text": plain, "value": hostile}],
        "placeholder": plain,
    }
    confirm = {"title": plain, "text": plain, "confirm": {**plain, "text": "<b>"}, "deny": {**plain, "text": "<b>"}}
    button = {"type": "button", "text": plain, "action_id": "b", "value": hostile, "confirm": confirm}
    blocks = [section(hostile), {"type": "header", "text": plain}, {"type": "actions", "elements": [button, pick]}]
    await client.chat_postMessage(channel=BILLS, text=hostile, blocks=blocks)
    await slack.upload(b"x", hostile.replace("/", ""), channel=BILLS, user=MEMBER)

    assert "<img src=x" not in await page(slack, http, f"as={ADMIN}&channel={BILLS}")


async def test_another_page_cannot_act_here(slack: SlackState, http: aiohttp.ClientSession) -> None:
    body = {"do": "type", "as": ADMIN, "channel": BILLS, "text": "hello"}

    async with http.post(f"{slack.public_url}/page/act", json=body) as without:
        assert without.status == 403
    async with http.post(f"{slack.public_url}/page/act", json=body, headers=HEADERS) as response:
        assert await response.json() == {}

    assert [message.text for message in slack.messages(BILLS)] == ["hello"]


async def test_a_rebound_name_gets_nothing(slack: SlackState, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{slack.public_url}/", headers={"Host": "evil.example"}) as response:
        assert response.status == 421


async def test_the_redirect_link_leads_into_the_channel(slack: SlackState, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{slack.public_url}/app_redirect?app=A1&team=T1&channel={BILLS}") as response:
        assert response.url.query["channel"] == BILLS
        assert "#bills" in await response.text()


async def test_everything_that_counts_survives_a_restart(tmp_path: Path) -> None:
    database = tmp_path / "var" / "farends.db"
    first = SlackState(signing_secret=SECRET, bot_token=TOKEN, database=database, manifest=QUIET)
    said = await first.say("remember me", user=MEMBER, channel=BILLS)
    stored = await first.upload(b"<x/>", "bill.xml", channel=FINANCE, user=ADMIN)
    await first.join(FINANCE, GUEST)
    home = first.views.publish(ADMIN, {"type": "home", "blocks": [section("Home")]}, None)
    ticket = first.views.new_trigger(ADMIN)
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Open"}, "blocks": [section()]}
    first.views.open(ticket, view)
    await first.close()

    second = SlackState(signing_secret=SECRET, bot_token=TOKEN, database=database, manifest=QUIET)

    assert second.messages(BILLS) == [said]
    assert second.store.bytes_of(stored.id) == b"<x/>"
    assert GUEST in second.workspace.channels[FINANCE].members
    kept_home, kept_view = second.home(ADMIN), second.view(ADMIN)
    assert kept_home is not None
    assert kept_home.id == home.id
    assert kept_view is not None
    assert kept_view.title == "Open"
    await second.close()


async def test_a_message_after_a_restart_never_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    """Several said in one instant stand a little after it, and the clock may not have moved since."""
    database, clock = tmp_path / "farends.db", FakeClock()
    first = SlackState(signing_secret=SECRET, bot_token=TOKEN, database=database, clock=clock, manifest=QUIET)
    for text in ("one", "two"):
        await first.say(text, user=MEMBER, channel=BILLS)
    await first.close()

    second = SlackState(signing_secret=SECRET, bot_token=TOKEN, database=database, clock=clock, manifest=QUIET)
    await second.say("three", user=MEMBER, channel=BILLS)

    assert [message.text for message in second.messages(BILLS)] == ["one", "two", "three"]
    await second.close()


async def test_the_switches_of_the_page_reach_the_next_call(
    slack: SlackState, http: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    for switch in ({"deliver_twice": True}, {"fault": "429"}):
        async with http.post(
            f"{slack.public_url}/page/act", json={"do": "switch", **switch}, headers=HEADERS
        ) as response:
            assert response.status == 200

    assert slack.faults.deliver_twice is True
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.chat_postMessage(channel=BILLS, text="x")


async def test_a_door_without_its_arguments_is_a_bad_request(slack: SlackState, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{slack.public_url}/page/act", json={"do": "click"}, headers=HEADERS) as response:
        assert response.status == 400


async def test_the_first_hint_is_for_who_may_follow_it_and_goes_once_the_app_has_said_something(
    slack: SlackState, http: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    async def page(user: str) -> str:
        async with http.get(f"{slack.public_url}/?as={user}&channel={BILLS}") as response:
            return await response.text()

    assert "choose Adam Admin at" in await page(MEMBER)
    assert "choose Adam Admin at" not in await page(ADMIN)
    assert "Try this first" in await page(ADMIN)

    await client.chat_postMessage(channel=BILLS, text="Connected.")

    assert "Try this first" not in await page(ADMIN)


async def test_each_package_can_have_a_channel_of_its_own_also_in_what_was_kept_before_there_were_so_many(
    tmp_path: Path,
) -> None:
    """A channel serves one organisation; those of the first day are named in README, which says how to connect the others."""
    database = tmp_path / "farends.db"
    earlier = SlackState(signing_secret=SECRET, bot_token=TOKEN, database=database, manifest=QUIET)
    for channel_id in OF_OTHERS:
        earlier.workspace.store.remove("channel", channel_id)
    await earlier.close()

    slack = SlackState(signing_secret=SECRET, bot_token=TOKEN, database=database, manifest=QUIET)

    found = [each for each in slack.workspace.seen_by(ADMIN) if BOT_USER in each.members and not each.is_shared]
    assert len(found) > len(PROVIDERS)
    assert [each.name for each in found if f"`#{each.name}`" not in README.read_text()] == []
