"""What the app is sent: signed, shaped as Slack shapes it, and repeated as Slack repeats it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import (
    ADMIN,
    APPROVER,
    BILLS,
    FINANCE,
    GENERAL,
    MEMBER,
    OTHER_TEAM,
    OUTSIDER,
    SHARED,
    TEAM,
    Manifest,
    Message,
    NotPossibleError,
    SlackState,
)
from tests.fakes.clock import FakeClock
from tests.playground.conftest import SECRET, FakeApp, Json, actions, button, listening, modal, option, section


@pytest.fixture
async def card(slack: SlackState, client: AsyncWebClient) -> Message:
    element = {"type": "static_select", "action_id": "pick", "options": [option("one"), option("two")]}
    blocks = [section("A card"), actions(button("approve", value="item-1"), element, block_id="row")]
    await client.chat_postMessage(channel=BILLS, text="A card", blocks=blocks)
    return slack.messages(BILLS)[-1]


async def test_every_delivery_carries_a_signature_the_sdk_accepts(
    slack: SlackState, app: FakeApp, card: Message
) -> None:
    await slack.command("/dext", "connect xero", user=ADMIN)
    await slack.click(card, "approve", user=APPROVER)
    await slack.open_home(ADMIN)
    await slack.upload(b"<x/>", "bill.xml", channel=BILLS, user=MEMBER)

    assert [received.is_signed for received in app.received] == [True] * 4


async def test_a_command_is_a_form_with_slacks_fields(slack: SlackState, app: FakeApp) -> None:
    await slack.command("/dext", "who @priya in #bills & <b>", user=ADMIN)

    body = app.last
    assert app.received[-1].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert body["text"] == "who <@U0PRIYA01|priya> in <#C0BILLS01|bills> &amp; &lt;b&gt;"
    assert (body["command"], body["user_id"], body["channel_id"], body["team_id"]) == ("/dext", ADMIN, BILLS, TEAM)
    assert {"trigger_id", "response_url", "channel_name", "team_domain", "api_app_id", "token"} <= set(body)


async def test_a_private_channel_is_not_named(slack: SlackState, app: FakeApp) -> None:
    await slack.command("/dext", user=ADMIN, channel=FINANCE)

    assert app.last["channel_name"] == "privategroup"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda: web.Response(text="plain words"), "plain words"),
        (lambda: web.json_response({"text": "as json"}), "as json"),
    ],
)
async def test_the_answer_to_a_command_is_seen_by_its_person_only(
    slack: SlackState, app: FakeApp, answer: Any, expected: str
) -> None:
    app.answers["/dext"] = lambda _: answer()

    await slack.command("/dext", user=ADMIN)

    assert [message.text for message in slack.ephemerals(ADMIN, BILLS)] == [expected]
    assert slack.messages(BILLS) == []


async def test_an_answer_in_channel_is_seen_by_all(slack: SlackState, app: FakeApp) -> None:
    app.answers["/dext"] = lambda _: {"response_type": "in_channel", "text": "all"}

    await slack.command("/dext", user=ADMIN)

    assert [message.text for message in slack.messages(BILLS)] == ["all"]


async def test_an_unknown_command_never_reaches_the_app(slack: SlackState, app: FakeApp) -> None:
    await slack.typed("/dance", user=ADMIN, channel=BILLS)

    assert app.received == []
    assert "not a valid command" in slack.ephemerals(ADMIN, BILLS)[0].text


async def test_a_command_does_not_work_in_a_thread(slack: SlackState, app: FakeApp, card: Message) -> None:
    await slack.typed("/dext", user=ADMIN, channel=BILLS, thread_ts=card.ts)

    assert app.received == []


@pytest.mark.usefixtures("short_waits")
async def test_a_slow_app_is_told_to_the_person_and_not_asked_again(slack: SlackState, app: FakeApp) -> None:
    async def slow(_: Json) -> None:
        await asyncio.sleep(3.5)

    app.answers["/dext"] = slow

    answer = await slack.command("/dext", user=ADMIN)

    assert answer.error == "operation_timeout"
    assert "operation_timeout" in slack.ephemerals(ADMIN, BILLS)[0].text
    assert len(app.received) == 1


async def test_a_failing_app_is_told_to_the_person(slack: SlackState, app: FakeApp) -> None:
    app.answers["/dext"] = lambda _: web.Response(status=500)

    answer = await slack.command("/dext", user=ADMIN)

    assert (answer.status, answer.error) == (500, "dispatch_failed")


async def test_a_click_carries_its_message_and_its_button(slack: SlackState, app: FakeApp, card: Message) -> None:
    await slack.click(card, "approve", user=APPROVER)

    body = app.last
    action = body["actions"][0]
    assert body["type"] == "block_actions"
    assert body["container"] == {"type": "message", "message_ts": card.ts, "channel_id": BILLS, "is_ephemeral": False}
    assert (action["action_id"], action["block_id"], action["value"]) == ("approve", "row", "item-1")
    assert action["action_ts"]
    assert body["message"]["blocks"][0]["text"]["text"] == "A card"
    assert {"trigger_id", "response_url", "channel", "api_app_id", "token"} <= set(body)


async def test_a_choice_carries_the_whole_option(slack: SlackState, app: FakeApp, card: Message) -> None:
    await slack.click(card, "pick", user=APPROVER, value="two")

    assert app.last["actions"][0]["selected_option"] == option("two")
    assert app.last["state"]["values"]["row"]["pick"]["selected_option"] == option("two")
    with pytest.raises(NotPossibleError):
        await slack.click(card, "pick", user=APPROVER, value="three")


async def test_an_old_card_can_still_be_clicked_but_not_a_deleted_one(
    slack: SlackState, app: FakeApp, client: AsyncWebClient, card: Message
) -> None:
    await client.chat_update(channel=BILLS, ts=card.ts, text="Done", blocks=[section("Done")])
    await slack.click(card, "approve", user=APPROVER)
    assert app.last["actions"][0]["value"] == "item-1"

    await client.chat_delete(channel=BILLS, ts=card.ts)

    with pytest.raises(NotPossibleError):
        await slack.click(card, "approve", user=APPROVER)


async def test_a_click_on_an_ephemeral_does_not_bring_the_message(
    slack: SlackState, app: FakeApp, client: AsyncWebClient
) -> None:
    await client.chat_postEphemeral(channel=BILLS, user=ADMIN, text="x", blocks=[actions(button())])

    await slack.click(slack.ephemerals(ADMIN, BILLS)[0], "go", user=ADMIN)

    assert app.last["container"]["is_ephemeral"] is True
    assert "message" not in app.last
    with pytest.raises(NotPossibleError):
        await slack.click(slack.ephemerals(ADMIN, BILLS)[0], "go", user=MEMBER)


async def test_an_outsider_is_told_apart_by_their_own_team_only(
    slack: SlackState, app: FakeApp, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel=SHARED, text="x", blocks=[actions(button())])

    await slack.click(slack.messages(SHARED)[0], "go", user=OUTSIDER)

    assert app.last["team"]["id"] == TEAM
    assert app.last["user"]["team_id"] == OTHER_TEAM


async def test_an_outsider_has_no_commands(slack: SlackState, app: FakeApp) -> None:
    await slack.command("/dext", user=OUTSIDER, channel=SHARED)

    assert app.received == []


async def test_a_file_dropped_where_the_app_is_announces_itself(slack: SlackState, app: FakeApp) -> None:
    stored = await slack.upload(b"<x/>", "bill.xml", channel=BILLS, user=MEMBER, text="this month")

    event = app.last["event"]
    assert (event["type"], event["file_id"], event["channel_id"]) == ("file_shared", stored.id, BILLS)
    assert app.last["authorizations"][0]["team_id"] == TEAM
    assert slack.messages(BILLS)[0].files == [stored.id]


async def test_a_file_dropped_elsewhere_does_not(slack: SlackState, app: FakeApp) -> None:
    await slack.upload(b"<x/>", "bill.xml", channel=GENERAL, user=MEMBER)

    assert app.received == []


async def test_plain_messages_are_not_sent_to_an_app_that_did_not_ask(slack: SlackState, app: FakeApp) -> None:
    await slack.say("hello", user=MEMBER, channel=BILLS)

    assert app.received == []


async def test_plain_messages_are_sent_to_an_app_that_asked(app: FakeApp, clock: FakeClock) -> None:
    state = SlackState(
        signing_secret=SECRET,
        bot_token="x",
        clock=clock,
        manifest=Manifest(events=frozenset({"message.channels"})),
    )
    async with listening(app) as state.app_url:
        said = await state.say("hello", user=MEMBER, channel=BILLS)
        await state.say("not here", user=MEMBER, channel=GENERAL)
        await state.close()

    assert [received.body["event"]["text"] for received in app.received] == ["hello"]
    assert app.last["event"]["ts"] == said.ts


async def test_an_invitation_is_an_event(slack: SlackState, app: FakeApp) -> None:
    await slack.typed("/invite @dext", user=ADMIN, channel=FINANCE)

    event = app.last["event"]
    assert (event["type"], event["user"], event["inviter"]) == ("member_joined_channel", "U0DEXTBOT", ADMIN)


async def test_an_event_that_fails_is_sent_three_more_times(slack: SlackState, app: FakeApp, clock: FakeClock) -> None:
    app.answers["app_home_opened"] = lambda _: web.Response(status=500)

    await slack.open_home(ADMIN)
    await slack.settle()

    retries = [(r.headers.get("X-Slack-Retry-Num"), r.headers.get("X-Slack-Retry-Reason")) for r in app.received]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({received.body["event_id"] for received in app.received}) == 1
    assert clock.slept == [0, 60, 300]


async def test_an_event_taken_at_last_is_not_sent_again(slack: SlackState, app: FakeApp) -> None:
    app.answers["app_home_opened"] = lambda _: web.Response(status=500 if len(app.received) < 3 else 200)

    await slack.open_home(ADMIN)
    await slack.settle()

    assert len(app.received) == 3


async def test_the_app_can_decline_retries(slack: SlackState, app: FakeApp) -> None:
    app.answers["app_home_opened"] = lambda _: web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    await slack.open_home(ADMIN)
    await slack.settle()

    assert len(app.received) == 1


async def test_the_switch_delivers_everything_twice(slack: SlackState, app: FakeApp, card: Message) -> None:
    slack.faults.deliver_twice = True

    await slack.click(card, "approve", user=APPROVER)
    await slack.open_home(ADMIN)

    clicks, events = app.received[:2], app.received[2:]
    assert clicks[0].body == clicks[1].body
    assert events[0].body["event_id"] == events[1].body["event_id"]
    assert {received.headers.get("X-Slack-Retry-Num") for received in events} == {None, "1"}


@pytest.fixture(scope="module")
def samples(shared: Path) -> Json:
    return dict(json.loads((shared / "specs" / "slack" / "payload-samples.json").read_text()))


async def test_no_payload_has_a_field_that_slacks_samples_lack(
    slack: SlackState, app: FakeApp, client: AsyncWebClient, card: Message, samples: Json
) -> None:
    async def open_form(body: Json) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal(notify_on_close=True))

    app.answers["/dext"] = open_form
    await slack.click(card, "approve", user=APPROVER)
    await slack.command("/dext", user=ADMIN)
    view = slack.view(ADMIN)
    assert view is not None
    await slack.submit(view, {"name": "x"})
    await slack.command("/dext", user=ADMIN)
    await slack.close_modal(ADMIN)
    await slack.open_home(ADMIN)
    await slack.upload(b"x", "x.txt", channel=BILLS, user=MEMBER)
    await slack.join(GENERAL, MEMBER)
    await slack.uninstall()

    sent = {entry.kind: entry.payload for entry in slack.delivered}
    unknown = {kind: extra for kind, name in SAMPLES.items() if (extra := _extra(sent[kind], samples[name]))}
    assert unknown == {}


SAMPLES = {
    "block_actions": "app-backend/interactive-components/BlockActionPayload",
    "slash_command": "app-backend/slash-commands/SlashCommandPayload",
    "view_submission": "app-backend/views/ViewSubmissionPayload",
    "view_closed": "app-backend/views/ViewClosedPayload",
    "event:app_home_opened": "events/AppHomeOpenedPayload",
    "event:file_shared": "events/FileSharedPayload",
    "event:member_joined_channel": "events/MemberJoinedChannelPayload",
    "event:app_uninstalled": "events/AppUninstalledPayload",
}


def _extra(ours: Json, sample: Json) -> set[str]:
    """Fields of the payload and of its direct members that the sample does not know."""
    found = set(ours) - set(sample) - {"response_urls", "context_team_id", "context_enterprise_id"}
    for name in ("container", "user", "team", "channel", "view", "event"):
        inner, known = ours.get(name), sample.get(name)
        if isinstance(inner, dict) and isinstance(known, dict):
            found |= {f"{name}.{field}" for field in set(inner) - set(known)}
    return found - {"view.blocks"}
