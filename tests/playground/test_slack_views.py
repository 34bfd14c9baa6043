"""Modals: tickets, hashes, the stack of three, and obedience to the app's answers."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import ADMIN, BILLS, MEMBER, NotPossibleError, SlackState
from tests.fakes.clock import FakeClock
from tests.playground.conftest import FakeApp, Json, actions, button, modal, option, plain, section, text_input
from tests.playground.test_slack_web_api import refused

Opened = Callable[..., Any]


async def trigger(slack: SlackState) -> str:
    await slack.command("/dext", user=ADMIN)
    return str(slack.delivered[-1].payload["trigger_id"])


async def test_a_ticket_is_good_for_three_seconds(slack: SlackState, client: AsyncWebClient, clock: FakeClock) -> None:
    in_time, late = await trigger(slack), await trigger(slack)

    await clock.advance(3)
    await client.views_open(trigger_id=in_time, view=modal())
    await clock.advance(0.1)

    assert await refused(client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"


async def test_a_ticket_is_good_once(slack: SlackState, client: AsyncWebClient) -> None:
    ticket = await trigger(slack)
    await client.views_open(trigger_id=ticket, view=modal())

    assert await refused(client.views_open(trigger_id=ticket, view=modal())) == "exchanged_trigger_id"
    assert await refused(client.views_open(trigger_id="1.2.made-up", view=modal())) == "invalid_trigger_id"


async def test_a_broken_modal_is_refused_and_leaves_the_ticket(slack: SlackState, client: AsyncWebClient) -> None:
    ticket = await trigger(slack)

    assert await refused(client.views_open(trigger_id=ticket, view=modal(title=plain("x" * 25)))) == "invalid_arguments"
    await client.views_open(trigger_id=ticket, view=modal())


async def test_a_view_has_a_largest_size(slack: SlackState, client: AsyncWebClient) -> None:
    huge = modal(*[section("x" * 3000)] * 90)

    assert await refused(client.views_open(trigger_id=await trigger(slack), view=huge)) == "view_too_large"


async def test_an_old_hash_conflicts(client: AsyncWebClient, opened: Opened) -> None:
    view = await opened(modal(), ADMIN)
    seen = view.hash
    await client.views_update(view_id=view.id, view=modal(title=plain("Second")), hash=seen)

    late = client.views_update(view_id=view.id, view=modal(title=plain("Third")), hash=seen)

    assert await refused(late) == "hash_conflict"
    assert view.title == "Second"


async def test_an_update_finds_its_view_by_external_id(
    slack: SlackState, client: AsyncWebClient, opened: Opened
) -> None:
    view = await opened(modal(external_id="mine"), ADMIN)

    await client.views_update(external_id="mine", view=modal(title=plain("Found"), external_id="mine"))

    assert view.title == "Found"
    again = client.views_open(trigger_id=await trigger(slack), view=modal(external_id="mine"))
    assert await refused(again) == "duplicate_external_id"
    assert await refused(client.views_update(view_id="V0NONE", view=modal())) == "not_found"


async def test_the_stack_holds_three(slack: SlackState, app: FakeApp, client: AsyncWebClient, opened: Opened) -> None:
    view = await opened(modal(actions(button("more"))), ADMIN)
    errors: list[str] = []

    async def push(body: Json) -> None:
        call = client.views_push(trigger_id=body["trigger_id"], view=modal(actions(button("more"))))
        if len(slack.views.stack(ADMIN)) == 3:
            errors.append(await refused(call))
        else:
            await call

    app.answers["block_actions"] = push
    for _ in range(3):
        top = slack.view(ADMIN)
        assert top is not None
        await slack.click(top, "more", user=ADMIN)

    assert errors == ["push_limit_reached"]
    assert [entry.root_id for entry in slack.views.stack(ADMIN)] == [view.id] * 3


async def test_only_the_modal_in_front_can_be_used(
    slack: SlackState, app: FakeApp, client: AsyncWebClient, opened: Opened
) -> None:
    view = await opened(modal(), ADMIN)
    app.answers["view_submission"] = lambda _: {"response_action": "push", "view": modal(title=plain("Front"))}
    done = await slack.submit(view, {"name": "x"})

    assert done.view is not None
    assert done.view.previous_id == view.id
    with pytest.raises(NotPossibleError):
        await slack.submit(view, {"name": "y"})


async def test_what_was_typed_reaches_the_app_in_slacks_form(slack: SlackState, app: FakeApp, opened: Opened) -> None:
    select = {"type": "static_select", "action_id": "s", "options": [option("one")]}
    people = {"type": "multi_users_select", "action_id": "u"}
    blocks = [
        text_input("name"),
        {"type": "input", "block_id": "pick", "label": plain("Pick"), "element": select},
        {"type": "input", "block_id": "who", "label": plain("Who"), "element": people, "optional": True},
    ]
    view = await opened(modal(*blocks, private_metadata="facts"), ADMIN)

    await slack.submit(view, {"name": "Acme", "s": "one", "who": {"u": [MEMBER]}})

    sent = app.last["view"]
    assert app.last["type"] == "view_submission"
    assert sent["private_metadata"] == "facts"
    assert sent["state"]["values"] == {
        "name": {"text": {"type": "plain_text_input", "value": "Acme"}},
        "pick": {"s": {"type": "static_select", "selected_option": option("one")}},
        "who": {"u": {"type": "multi_users_select", "selected_users": [MEMBER]}},
    }


async def test_an_empty_answer_closes_the_modal(slack: SlackState, opened: Opened) -> None:
    done = await slack.submit(await opened(modal(), ADMIN), {"name": "x"})

    assert done.view is None
    assert slack.view(ADMIN) is None


async def test_a_required_field_left_empty_is_never_sent(slack: SlackState, app: FakeApp, opened: Opened) -> None:
    view = await opened(modal(), ADMIN)
    before = len(app.received)

    done = await slack.submit(view, {"name": ""})

    assert set(done.errors) == {"name"}
    assert not done.was_sent
    assert len(app.received) == before


@pytest.mark.parametrize("value", ["1.5", "0", "11", "eleven"])
async def test_a_number_outside_its_bounds_is_never_sent(slack: SlackState, opened: Opened, value: str) -> None:
    element = {
        "type": "number_input",
        "action_id": "n",
        "is_decimal_allowed": False,
        "min_value": "1",
        "max_value": "10",
    }
    view = await opened(modal({"type": "input", "block_id": "n", "label": plain("N"), "element": element}), ADMIN)

    done = await slack.submit(view, {"n": value})

    assert set(done.errors) == {"n"}
    assert not done.was_sent


async def test_the_apps_errors_stand_under_their_fields(slack: SlackState, app: FakeApp, opened: Opened) -> None:
    view = await opened(modal(), ADMIN)
    app.answers["view_submission"] = lambda _: {"response_action": "errors", "errors": {"name": "Taken."}}

    done = await slack.submit(view, {"name": "x"})

    assert done.errors == {"name": "Taken."}
    assert slack.view(ADMIN) is view


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"elsewhere": "No."}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": modal(title=plain("x" * 25))},
        {"response_action": "dance"},
        {"text": "thanks"},
    ],
)
async def test_a_nonsense_answer_is_shown_as_trouble(
    slack: SlackState, app: FakeApp, opened: Opened, answer: Json
) -> None:
    view = await opened(modal(), ADMIN)
    app.answers["view_submission"] = lambda _: answer

    done = await slack.submit(view, {"name": "x"})

    assert done.error is not None
    assert slack.view(ADMIN) is view
    assert slack.refusals


async def test_an_update_keeps_what_was_typed_where_ids_stay(
    slack: SlackState, client: AsyncWebClient, opened: Opened
) -> None:
    view = await opened(modal(text_input("name"), text_input("other"), actions(button())), ADMIN)
    await slack.click(view, "go", user=ADMIN, values={"name": "kept", "other": "gone"})

    await client.views_update(view_id=view.id, view=modal(text_input("name"), text_input("fresh")))

    assert view.entries["name"]["text"]["value"] == "kept"
    assert view.entries["fresh"]["text"]["value"] is None
    assert "other" not in view.entries


async def test_clear_closes_all_and_an_empty_answer_only_one(slack: SlackState, app: FakeApp, opened: Opened) -> None:
    first = await opened(modal(), ADMIN)
    app.answers["view_submission"] = lambda _: {"response_action": "push", "view": modal()}
    second = (await slack.submit(first, {"name": "x"})).view
    assert second is not None
    app.answers["view_submission"] = lambda _: None

    back = await slack.submit(second, {"name": "x"})
    assert back.view is not None
    assert back.view.id == first.id
    app.answers["view_submission"] = lambda _: {"response_action": "clear"}
    await slack.submit(back.view)

    assert slack.view(ADMIN) is None


async def test_closing_is_told_only_when_asked_for(slack: SlackState, app: FakeApp, opened: Opened) -> None:
    await opened(modal(), ADMIN)
    await slack.close_modal(ADMIN)
    quiet = [entry.kind for entry in slack.delivered]
    await opened(modal(notify_on_close=True), ADMIN)

    await slack.close_modal(ADMIN)

    assert "view_closed" not in quiet
    assert app.last["type"] == "view_closed"
    assert app.last["is_cleared"] is False


async def test_a_modal_is_its_own_persons(slack: SlackState, opened: Opened) -> None:
    view = await opened(modal(), ADMIN)

    with pytest.raises(NotPossibleError):
        await slack.submit(view, {"name": "x"}, user=MEMBER)


async def test_options_come_from_the_app_and_only_those_can_be_chosen(
    slack: SlackState, app: FakeApp, opened: Opened
) -> None:
    element = {"type": "external_select", "action_id": "account", "min_query_length": 2}
    view = await opened(modal({"type": "input", "block_id": "a", "label": plain("A"), "element": element}), ADMIN)
    app.answers["block_suggestion"] = lambda body: {"options": [option(body["value"])]}

    assert await slack.options(view, "account", "a", user=ADMIN) == []
    with pytest.raises(NotPossibleError):
        await slack.submit(view, {"account": "rent"})
    assert await slack.options(view, "account", "rent", user=ADMIN) == [option("rent")]
    await slack.submit(view, {"account": "rent"})

    assert app.last["view"]["state"]["values"]["a"]["account"]["selected_option"] == option("rent")


async def test_too_many_options_are_no_options(slack: SlackState, app: FakeApp, opened: Opened) -> None:
    element = {"type": "external_select", "action_id": "account", "min_query_length": 0}
    view = await opened(modal({"type": "input", "block_id": "a", "label": plain("A"), "element": element}), ADMIN)
    app.answers["block_suggestion"] = lambda _: {"options": [option(f"o{n}") for n in range(101)]}

    with pytest.raises(NotPossibleError, match="100"):
        await slack.options(view, "account", "", user=ADMIN)


async def test_home_is_published_per_person_and_guards_its_hash(slack: SlackState, client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [section("Hello")]}
    await client.views_publish(user_id=ADMIN, view=home)
    view = slack.home(ADMIN)
    assert view is not None
    seen = view.hash
    await client.views_publish(user_id=ADMIN, view=home, hash=seen)

    assert slack.home(MEMBER) is None
    assert await refused(client.views_publish(user_id=ADMIN, view=home, hash=seen)) == "hash_conflict"
    with_submit = {**home, "submit": plain("Save")}
    assert await refused(client.views_publish(user_id=ADMIN, view=with_submit)) == "invalid_arguments"


async def test_opening_home_tells_the_app_and_shows_the_last_view(
    slack: SlackState, app: FakeApp, client: AsyncWebClient
) -> None:
    await client.views_publish(user_id=ADMIN, view={"type": "home", "blocks": [section("Hello")]})

    home = await slack.open_home(ADMIN)

    event = app.last["event"]
    assert home is not None
    assert (event["type"], event["tab"], event["user"]) == ("app_home_opened", "home", ADMIN)
    assert event["view"]["id"] == home.id


async def test_a_guest_of_the_channel_only_can_press_what_stands_there(
    slack: SlackState, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel=BILLS, text="x", blocks=[actions(button("approve"))])
    card = slack.messages(BILLS)[0]

    with pytest.raises(NotPossibleError):
        await slack.click(card, "reject", user=ADMIN)
    slack.leave(BILLS, MEMBER)
    with pytest.raises(NotPossibleError):
        await slack.click(card, "approve", user=MEMBER)
