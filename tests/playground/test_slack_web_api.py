"""The Web API says no where Slack says no, by the same names."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import (
    ADMIN,
    ALERTS,
    APP,
    BILLS,
    BOT_USER,
    FINANCE,
    FORMER,
    GENERAL,
    GUEST,
    MEMBER,
    OTHER_BOT,
    OUTSIDER,
    OWNER,
    SHARED,
    SINGLE_GUEST,
    TEAM,
    SlackState,
)
from tests.fakes.clock import FakeClock
from tests.playground.conftest import TOKEN, actions, button, section


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_the_app_learns_who_it_is(client: AsyncWebClient) -> None:
    answer = await client.auth_test()

    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == (TEAM, BOT_USER, "B0DEXT001")


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth")])
async def test_a_wrong_token_gets_nothing(
    slack: SlackState, http: aiohttp.ClientSession, token: str, error: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    async with http.post(f"{slack.public_url}/api/auth.test", headers=headers) as response:
        answer = await response.json()

    assert answer == {"ok": False, "error": error}


async def test_a_token_in_the_address_is_not_seen(slack: SlackState, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{slack.public_url}/api/auth.test?token={TOKEN}") as response:
        assert (await response.json())["error"] == "not_authed"


async def test_an_unknown_method_is_named_so(client: AsyncWebClient) -> None:
    assert await refused(client.api_call("chat.shout")) == "unknown_method"


async def test_a_missing_scope_is_told_with_what_is_needed(slack: SlackState, client: AsyncWebClient) -> None:
    slack.installations.scopes = frozenset({"commands"})

    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=BILLS, text="hello")

    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "chat:write"


async def test_a_method_without_json_ignores_a_json_body(slack: SlackState, http: aiohttp.ClientSession) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}

    async with http.post(f"{slack.public_url}/api/users.info", json={"user": ADMIN}, headers=headers) as response:
        assert (await response.json())["error"] == "invalid_arguments"


# Posting


@pytest.mark.parametrize(
    ("channel", "error"),
    [(FINANCE, "channel_not_found"), (GENERAL, "not_in_channel"), ("C0NOWHERE", "channel_not_found")],
)
async def test_the_app_posts_only_where_it_is(client: AsyncWebClient, channel: str, error: str) -> None:
    assert await refused(client.chat_postMessage(channel=channel, text="hello")) == error


async def test_an_invitation_opens_a_private_channel(slack: SlackState, client: AsyncWebClient) -> None:
    await slack.typed("/invite @dext", user=ADMIN, channel=FINANCE)

    await client.chat_postMessage(channel=FINANCE, text="hello")

    assert slack.messages(FINANCE)[-1].text == "hello"


async def test_an_archived_channel_takes_nothing(slack: SlackState, client: AsyncWebClient) -> None:
    channel = slack.workspace.channels[BILLS]
    slack.workspace.put_channel(type(channel)(id=BILLS, name="bills", is_archived=True, members=channel.members))

    assert await refused(client.chat_postMessage(channel=BILLS, text="hello")) == "is_archived"


async def test_a_message_needs_words_or_blocks(client: AsyncWebClient) -> None:
    call = client.api_call("chat.postMessage", json={"channel": BILLS, "text": " "})

    assert await refused(call) == "no_text"


async def test_broken_blocks_are_refused_and_remembered(slack: SlackState, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=BILLS, text="x", blocks=[{"type": "spreadsheet"}])

    assert caught.value.response["error"] == "invalid_blocks"
    assert "unsupported type: spreadsheet" in caught.value.response["response_metadata"]["messages"][0]
    assert slack.messages(BILLS) == []
    assert len(slack.refusals) == 1


async def test_blocks_that_are_no_json_are_refused(client: AsyncWebClient) -> None:
    assert await refused(client.chat_postMessage(channel=BILLS, blocks="[{", text="x")) == "invalid_blocks_format"


async def test_blocks_too_long_altogether_are_refused(client: AsyncWebClient) -> None:
    blocks = [section("x" * 2900)] * 5

    assert await refused(client.chat_postMessage(channel=BILLS, text="x", blocks=blocks)) == "msg_blocks_too_long"


async def test_blocks_without_text_are_taken_with_a_warning(client: AsyncWebClient) -> None:
    answer = await client.api_call("chat.postMessage", json={"channel": BILLS, "blocks": [section()]})

    assert answer["warning"] == "missing_text_in_message"


async def test_blocks_get_the_ids_they_lack(slack: SlackState, client: AsyncWebClient) -> None:
    element = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}

    await client.chat_postMessage(channel=BILLS, text="x", blocks=[actions(element)])

    block = slack.messages(BILLS)[0].blocks[0]
    assert block["block_id"]
    assert block["elements"][0]["action_id"]


async def test_a_reply_needs_a_message_to_reply_to(slack: SlackState, client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel=BILLS, text="root")
    reply = await client.chat_postMessage(channel=BILLS, text="reply", thread_ts=root["ts"])

    to_nothing = client.chat_postMessage(channel=BILLS, text="x", thread_ts="1.000001")
    to_reply = client.chat_postMessage(channel=BILLS, text="x", thread_ts=reply["ts"])

    assert await refused(to_nothing) == "cannot_reply_to_message"
    assert await refused(to_reply) == "cannot_reply_to_message"
    assert [message.text for message in slack.thread(BILLS, root["ts"])] == ["reply"]


async def test_posting_to_a_person_arrives_as_a_direct_message(slack: SlackState, client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel=ADMIN, text="hello")

    assert answer["channel"].startswith("D")
    assert [message.text for message in slack.dms(ADMIN)] == ["hello"]


@pytest.mark.parametrize("user", [FORMER, OUTSIDER, OTHER_BOT])
async def test_leavers_outsiders_and_bots_have_no_direct_message(client: AsyncWebClient, user: str) -> None:
    assert await refused(client.chat_postMessage(channel=user, text="hello")) == "channel_not_found"


async def test_an_update_takes_shorter_words_than_a_post(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=BILLS, text="x" * 4001)

    assert await refused(client.chat_update(channel=BILLS, ts=posted["ts"], text="x" * 4001)) == "msg_too_long"
    await client.chat_update(channel=BILLS, ts=posted["ts"], text="x" * 4000)


async def test_blocks_an_update_does_not_mention_stay(slack: SlackState, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=BILLS, text="before", blocks=[section("before")])

    await client.chat_update(channel=BILLS, ts=posted["ts"], text="after")
    assert slack.messages(BILLS)[0].blocks[0]["text"]["text"] == "before"
    await client.chat_update(channel=BILLS, ts=posted["ts"], text="after", blocks=[])

    assert slack.messages(BILLS)[0].blocks == []


async def test_only_its_own_messages_can_be_changed(slack: SlackState, client: AsyncWebClient) -> None:
    theirs = await slack.say("mine", user=MEMBER, channel=BILLS)

    assert await refused(client.chat_update(channel=BILLS, ts=theirs.ts, text="x")) == "cant_update_message"
    assert await refused(client.chat_delete(channel=BILLS, ts=theirs.ts)) == "cant_delete_message"
    assert await refused(client.chat_update(channel=BILLS, ts="1.000001", text="x")) == "message_not_found"


async def test_a_message_held_is_what_was_seen(slack: SlackState, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=BILLS, text="before")
    seen = slack.messages(BILLS)[0]

    await client.chat_update(channel=BILLS, ts=posted["ts"], text="after")

    now = slack.message(BILLS, posted["ts"])
    assert seen.text == "before"
    assert now is not None
    assert now.text == "after"


async def test_an_ephemeral_reaches_one_person_and_cannot_be_edited(slack: SlackState, client: AsyncWebClient) -> None:
    posted = await client.chat_postEphemeral(channel=BILLS, user=MEMBER, text="psst")

    assert [message.text for message in slack.ephemerals(MEMBER, BILLS)] == ["psst"]
    assert slack.ephemerals(ADMIN, BILLS) == slack.messages(BILLS) == []
    ts = posted["message_ts"]
    assert await refused(client.chat_update(channel=BILLS, ts=ts, text="x")) == "message_not_found"
    assert await refused(client.chat_delete(channel=BILLS, ts=ts)) == "message_not_found"


async def test_an_ephemeral_needs_its_person_in_the_channel(client: AsyncWebClient) -> None:
    call = client.chat_postEphemeral(channel=ALERTS, user=GUEST, text="psst")

    assert await refused(call) == "user_not_in_channel"


async def test_a_permalink_leads_to_the_message(
    slack: SlackState, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    posted = await client.chat_postMessage(channel=BILLS, text="find me")

    link = (await client.chat_getPermalink(channel=BILLS, message_ts=posted["ts"]))["permalink"]

    async with http.get(link) as response:
        assert f'id="m-{posted["ts"]}"' in await response.text()


async def test_an_app_learns_its_own_id_by_its_bot(slack: SlackState, client: AsyncWebClient) -> None:
    bot_id = (await client.auth_test())["bot_id"]

    assert (await client.bots_info(bot=bot_id))["bot"]["app_id"] == APP
    assert await refused(client.bots_info(bot="B0NOBODY1")) == "bot_not_found"


# Pace and faults


async def test_one_channel_takes_a_burst_and_then_a_post_a_second(
    slack: SlackState, client: AsyncWebClient, clock: FakeClock
) -> None:
    for number in range(8):
        await client.chat_postMessage(channel=BILLS, text=str(number))

    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=BILLS, text="too soon")

    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    await client.chat_postMessage(channel=ALERTS, text="another channel")
    await clock.advance(1)
    await client.chat_postMessage(channel=BILLS, text="now")
    assert len(slack.messages(BILLS)) == 9


async def test_a_method_is_limited_by_its_tier(client: AsyncWebClient, clock: FakeClock) -> None:
    for _ in range(20):
        await client.users_list()

    assert await refused(client.users_list()) == "ratelimited"
    await clock.advance(3)
    await client.users_list()


async def test_a_lost_answer_has_done_its_work(slack: SlackState, client: AsyncWebClient) -> None:
    slack.faults.next_call("chat.*", "lost")

    with pytest.raises((aiohttp.ClientError, OSError)):
        await client.chat_postMessage(channel=BILLS, text="once")

    assert [message.text for message in slack.messages(BILLS)] == ["once"]


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("500", 500)])
async def test_a_spoiled_call_does_nothing(
    slack: SlackState, http: aiohttp.ClientSession, kind: Any, status: int
) -> None:
    slack.faults.next_call("chat.postMessage", kind, retry_after=7)
    url, headers = f"{slack.public_url}/api/chat.postMessage", {"Authorization": f"Bearer {TOKEN}"}

    async with http.post(url, data={"channel": BILLS, "text": "x"}, headers=headers) as response:
        assert response.status == status

    assert slack.messages(BILLS) == []
    assert [call.status for call in slack.calls_of("chat.postMessage")] == [status]


async def test_a_hanging_call_breaks_without_effect(slack: SlackState, client: AsyncWebClient) -> None:
    slack.faults.next_call("*", "timeout")

    with pytest.raises((aiohttp.ClientError, OSError)):
        await client.chat_postMessage(channel=BILLS, text="x")

    assert slack.messages(BILLS) == []


async def test_calls_are_remembered_with_their_blocks_parsed(slack: SlackState, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=BILLS, text="x", blocks=[actions(button())])

    call = slack.calls_of("chat.postMessage")[0]
    assert call.args["blocks"][0]["type"] == "actions"
    assert "token" not in call.args
    assert call.answer["ok"] is True


# People and channels


@pytest.mark.parametrize(
    ("user", "facts"),
    [
        (OWNER, {"is_owner": True, "is_admin": True, "deleted": False}),
        (ADMIN, {"is_owner": False, "is_admin": True}),
        (GUEST, {"is_restricted": True, "is_ultra_restricted": False}),
        (SINGLE_GUEST, {"is_restricted": True, "is_ultra_restricted": True}),
        (FORMER, {"deleted": True}),
        (OTHER_BOT, {"is_bot": True}),
        (OUTSIDER, {"is_stranger": True, "team_id": "T0OTHER01"}),
    ],
)
async def test_slack_tells_who_somebody_is(client: AsyncWebClient, user: str, facts: dict[str, Any]) -> None:
    found = (await client.users_info(user=user))["user"]

    assert {name: found[name] for name in facts} == facts


async def test_an_outsider_is_known_only_through_a_shared_channel(slack: SlackState, client: AsyncWebClient) -> None:
    slack.leave(SHARED, OUTSIDER)

    assert await refused(client.users_info(user=OUTSIDER)) == "user_not_found"


async def test_the_list_of_members_comes_in_pages_without_outsiders(client: AsyncWebClient) -> None:
    found: list[str] = []
    cursor: str | None = None
    while cursor != "":
        answer = await client.users_list(limit=4, cursor=cursor)
        found += [member["id"] for member in answer["members"]]
        cursor = answer["response_metadata"]["next_cursor"]

    assert len(found) == len(set(found)) == 11
    assert OUTSIDER not in found
    assert await refused(client.users_list(cursor="nonsense")) == "invalid_cursor"


async def test_private_channels_show_only_once_invited(slack: SlackState, client: AsyncWebClient) -> None:
    types = "public_channel,private_channel"
    before = await client.conversations_list(types=types)
    assert await refused(client.conversations_info(channel=FINANCE)) == "channel_not_found"

    await slack.invite(FINANCE, by=ADMIN)

    after = await client.conversations_list(types=types)
    assert {channel["id"] for channel in after["channels"]} - {channel["id"] for channel in before["channels"]} == {
        FINANCE
    }
    assert (await client.conversations_info(channel=FINANCE))["channel"]["is_private"] is True


async def test_joining_a_public_channel_tells_the_app(slack: SlackState, client: AsyncWebClient) -> None:
    await client.conversations_join(channel=GENERAL)
    await slack.settle()

    assert slack.delivered[-1].payload["event"]["user"] == BOT_USER
    await client.chat_postMessage(channel=GENERAL, text="hello")


async def test_a_shared_channel_says_so(client: AsyncWebClient) -> None:
    channel = (await client.conversations_info(channel=SHARED))["channel"]

    assert channel["is_ext_shared"] is True
    assert OUTSIDER in (await client.conversations_members(channel=SHARED))["members"]


async def test_a_direct_message_opens_for_one_living_person(client: AsyncWebClient) -> None:
    assert (await client.conversations_open(users=[ADMIN]))["channel"]["id"].startswith("D")
    assert await refused(client.conversations_open(users=[FORMER])) == "user_disabled"
    assert await refused(client.conversations_open(users=[ADMIN, MEMBER])) == "invalid_user_combination"


async def test_after_removal_the_token_is_dead(slack: SlackState, client: AsyncWebClient) -> None:
    await slack.uninstall()

    assert await refused(client.auth_test()) == "account_inactive"
    assert [entry.kind for entry in slack.delivered] == ["event:tokens_revoked", "event:app_uninstalled"]
