"""What becomes of a feature's replies and of its errors, in a simulated Slack over signed HTTP."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from slack_sdk.models.blocks import InputBlock, Option, PlainTextInputElement, PlainTextObject
from slack_sdk.models.views import View
from sqlalchemy import func, select

from bot.db.base import table_of
from bot.db.workspaces import DeliveryRow
from bot.delivery import BusyError
from bot.domain.ids import UserId
from bot.domain.items import IllegalMoveError, ItemState
from bot.domain.rights import Refusal
from bot.playground.slack import ADMIN, BILLS, MEMBER, OTHER_TEAM, OUTSIDER, OWNER, SHARED, Message
from bot.services.people import NotAllowedError
from bot.views.ids import ActionId, BlockId, CallbackId
from handlers import showing
from handlers.payloads import Click, Event, OptionsQuery, Submission
from handlers.replies import Choices, CloseAll, FormErrors, NextForm, OpenView, Reply, UpdateView, Whisper
from tests.fakes.app import World, whole_app

DELIVERIES = table_of(DeliveryRow)
BUTTON = {
    "type": "button",
    "action_id": ActionId.RETRY_ITEM,
    "text": {"type": "plain_text", "text": "Go"},
    "value": "7",
}
SEARCH = {
    "type": "external_select",
    "action_id": ActionId.FIND_ACCOUNT,
    "min_query_length": 0,
    "placeholder": {"type": "plain_text", "text": "Search"},
}


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with whole_app(sqlite_url) as made:
        yield made


async def posted(
    world: World, *elements: dict[str, Any], channel: str = BILLS, thread_ts: str | None = None
) -> Message:
    services = world.services
    workspace = await services.workspaces.find("", "T0DEXT001")
    assert workspace is not None
    client = await services.clients.of(workspace.id)
    assert client is not None
    blocks = [{"type": "actions", "block_id": "b", "elements": list(elements or (BUTTON,))}]
    answer = await client.chat_postMessage(channel=channel, text="a card", blocks=blocks, thread_ts=thread_ts)
    found = world.slack.message(channel, str(answer["ts"]))
    assert found is not None
    return found


def answering(reply: Reply) -> Callable[[Any], Awaitable[Any]]:
    async def answer(_: Any) -> Reply:
        return reply

    return answer


def raising(error: Exception) -> Callable[[Any], Awaitable[Any]]:
    async def fail(_: Any) -> Reply:
        raise error

    return fail


def a_form(title: str = "A form") -> View:
    element = PlainTextInputElement(action_id=ActionId.VALUE)
    return View(
        type="modal",
        callback_id=CallbackId.REJECT_REASON,
        title=PlainTextObject(text=title),
        submit=PlainTextObject(text="Save"),
        blocks=[InputBlock(block_id=BlockId.REASON, label=PlainTextObject(text="Reason"), element=element)],
    )


async def opened(world: World, view: View | None = None) -> None:
    world.product.routes.action(ActionId.RETRY_ITEM, answering(OpenView(view or a_form())))
    await world.slack.click(await posted(world), ActionId.RETRY_ITEM, user=ADMIN)


def title_of(world: World, user: str = ADMIN) -> str | None:
    view = world.slack.view(user)
    return None if view is None else str(view.title)


def said(world: World, user: str = ADMIN, channel: str = BILLS) -> list[str]:
    return [message.text for message in world.slack.ephemerals(user, channel)]


async def test_a_click_is_read_into_plain_values(world: World) -> None:
    seen: list[Click] = []

    async def remember(click: Click) -> None:
        seen.append(click)

    world.product.routes.action(ActionId.RETRY_ITEM, remember)
    message = await posted(world)
    await world.slack.click(message, ActionId.RETRY_ITEM, user=ADMIN)

    (click,) = seen
    assert (click.value, click.channel_id, click.message_ts) == ("7", BILLS, message.ts)
    assert click.actor.team_id == click.actor.workspace.team_id == "T0DEXT001"


async def test_an_outsiders_click_names_the_outsiders_own_team(world: World) -> None:
    """In a shared channel all else in the payload names the host."""
    seen: list[Click] = []

    async def remember(click: Click) -> None:
        seen.append(click)

    world.product.routes.action(ActionId.RETRY_ITEM, remember)
    await world.slack.invite(SHARED, by=ADMIN)
    await world.slack.click(await posted(world, channel=SHARED), ActionId.RETRY_ITEM, user=OUTSIDER)

    assert seen[0].actor.team_id == OTHER_TEAM
    person = await world.services.people.identify(seen[0].actor)
    assert person is not None
    assert not person.is_of_workspace


async def test_a_whisper_stands_beside_the_message_for_that_person_only(world: World) -> None:
    world.product.routes.action(ActionId.RETRY_ITEM, answering(Whisper("Only you.")))
    await world.slack.click(await posted(world), ActionId.RETRY_ITEM, user=ADMIN)

    assert said(world) == ["Only you."]
    assert said(world, MEMBER) == []


async def test_a_whisper_to_a_click_in_a_thread_stands_in_that_thread(world: World) -> None:
    world.product.routes.action(ActionId.RETRY_ITEM, answering(Whisper("Here.")))
    card = await posted(world)
    await world.slack.click(await posted(world, thread_ts=card.ts), ActionId.RETRY_ITEM, user=ADMIN)

    assert world.slack.ephemerals(ADMIN, BILLS)[0].thread_ts == card.ts


async def test_a_whisper_in_a_modal_stands_over_it(world: World) -> None:
    await opened(world)
    world.product.routes.view(CallbackId.REJECT_REASON, answering(Whisper("It is too late.")))
    form = world.slack.view(ADMIN)
    assert form is not None

    done = await world.slack.submit(form, {BlockId.REASON: "why not"}, user=ADMIN)

    assert done.view is not None
    assert "It is too late." in str(done.view.blocks)


async def test_field_errors_stand_under_the_fields_and_the_form_stays(world: World) -> None:
    await opened(world)
    world.product.routes.view(CallbackId.REJECT_REASON, answering(FormErrors({BlockId.REASON: "Say more."})))
    form = world.slack.view(ADMIN)
    assert form is not None

    done = await world.slack.submit(form, {BlockId.REASON: "no"}, user=ADMIN)

    assert done.errors == {"reason": "Say more."}
    assert title_of(world) == "A form"


@pytest.mark.parametrize(
    ("reply", "title"),
    [(None, None), (CloseAll(), None), (NextForm(a_form("Next")), "Next"), (OpenView(a_form("On top")), "On top")],
)
async def test_a_submission_closes_or_leads_on(world: World, reply: Reply, title: str | None) -> None:
    await opened(world)
    world.product.routes.view(CallbackId.REJECT_REASON, answering(reply))
    form = world.slack.view(ADMIN)
    assert form is not None

    done = await world.slack.submit(form, {BlockId.REASON: "because"}, user=ADMIN)

    assert done.error is None
    assert title_of(world) == title


async def test_a_form_arrives_as_it_was_filled_in(world: World) -> None:
    seen: list[Submission] = []

    async def remember(submission: Submission) -> None:
        seen.append(submission)

    await opened(world)
    world.product.routes.view(CallbackId.REJECT_REASON, remember)
    form = world.slack.view(ADMIN)
    assert form is not None
    await world.slack.submit(form, {BlockId.REASON: "100% & more = 合計 😀\nC:\\temp"}, user=ADMIN)

    assert seen[0].form.state["reason"]["value"]["value"] == "100% & more = 合計 😀\nC:\\temp"


async def test_options_are_found_as_somebody_types(world: World) -> None:
    async def find(query: OptionsQuery) -> Choices:
        return Choices([Option(text=f"found {query.text}", value="400")])

    world.product.routes.options(ActionId.FIND_ACCOUNT, find)
    message = await posted(world, SEARCH)

    found = await world.slack.options(message, ActionId.FIND_ACCOUNT, "trav", user=ADMIN)

    assert [option["text"]["text"] for option in found] == ["found trav"]


async def test_a_modal_is_redrawn_where_it_stands(world: World) -> None:
    view = a_form()
    view.blocks = [*(view.blocks or []), *View(type="modal", blocks=[{"type": "actions", "elements": [BUTTON]}]).blocks]
    await opened(world, view)
    world.product.routes.action(ActionId.RETRY_ITEM, answering(UpdateView(a_form("Redrawn"))))
    form = world.slack.view(ADMIN)
    assert form is not None

    await world.slack.click(form, ActionId.RETRY_ITEM, user=ADMIN)

    assert title_of(world) == "Redrawn"


async def test_a_refusal_is_told_with_who_can_once(world: World) -> None:
    refusal = Refusal("You are not an approver for this organisation.", (UserId(OWNER), UserId(MEMBER)))
    world.product.routes.action(ActionId.RETRY_ITEM, raising(NotAllowedError(refusal)))
    await world.slack.click(await posted(world), ActionId.RETRY_ITEM, user=ADMIN)

    (words,) = said(world)
    assert words.startswith("You are not an approver")
    assert (words.count(f"<@{OWNER}>"), words.count(f"<@{MEMBER}>")) == (1, 1)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BusyError("busy"), "press that again"),
        (IllegalMoveError(ItemState.PUBLISHED, ItemState.APPROVED), "This item is published"),
    ],
)
async def test_what_was_expected_to_happen_is_told_in_its_own_words(world: World, error: Exception, words: str) -> None:
    world.product.routes.action(ActionId.RETRY_ITEM, raising(error))
    await world.slack.click(await posted(world), ActionId.RETRY_ITEM, user=ADMIN)

    assert words in said(world)[0]


async def test_what_nobody_expected_is_logged_once_and_told_by_a_code(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.product.routes.action(ActionId.RETRY_ITEM, raising(RuntimeError("the inner secret")))
    answer = await world.slack.click(await posted(world), ActionId.RETRY_ITEM, user=ADMIN)

    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    (words,) = said(world)
    assert answer.error is None
    assert record.exc_info is not None
    assert vars(record)["reference"] in words
    assert "inner secret" not in words


async def test_a_click_delivered_twice_has_one_effect(world: World) -> None:
    effects: list[str] = []
    world.product.routes.action(ActionId.RETRY_ITEM, deciding(world, effects))
    message = await posted(world)
    world.slack.faults.deliver_twice = True

    answer = await world.slack.click(message, ActionId.RETRY_ITEM, user=ADMIN)

    assert answer.error is None
    assert len(effects) == 1
    assert said(world) == ["Done."]


async def test_a_second_press_is_a_delivery_of_its_own(world: World) -> None:
    effects: list[str] = []
    world.product.routes.action(ActionId.RETRY_ITEM, deciding(world, effects))
    message = await posted(world)

    await world.slack.click(message, ActionId.RETRY_ITEM, user=ADMIN)
    await world.slack.click(message, ActionId.RETRY_ITEM, user=ADMIN)

    assert len(effects) == 2


def deciding(world: World, effects: list[str]) -> Callable[[Any], Awaitable[Any]]:
    async def decide(_: Any) -> Reply:
        async with world.services.db.write():
            effects.append("decided")
        return Whisper("Done.")

    return decide


async def test_an_event_that_failed_is_taken_when_slack_sends_it_again(world: World) -> None:
    tries: list[str] = []

    async def fail_once(event: Event) -> None:
        tries.append(event.kind)
        async with world.services.db.write():
            if len(tries) == 1:
                raise BusyError("busy")

    world.product.routes.event("file_shared", fail_once)
    await world.slack.upload(b"<Invoice/>", "bill.xml", channel=BILLS, user=ADMIN)
    await world.slack.settle()

    statuses = [delivered.answer.status for delivered in world.slack.delivered if delivered.kind == "event:file_shared"]
    assert statuses == [503, 200]
    async with world.services.db.read() as tx:
        assert (await tx.execute(select(func.count()).select_from(DELIVERIES))).scalar_one() == 1


async def test_a_click_nothing_listens_to_breaks_nothing(world: World) -> None:
    world.product.routes.clicks.pop(ActionId.RETRY_ITEM, None)

    answer = await world.slack.click(await posted(world), ActionId.RETRY_ITEM, user=ADMIN)

    assert answer.error is None


async def test_an_answer_does_not_wait_for_a_slack_that_hangs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "CALL_SECONDS", 0.1)
    world.product.routes.action(ActionId.RETRY_ITEM, answering(OpenView(a_form())))
    message = await posted(world)
    world.slack.faults.next_call("views.open", "timeout")

    answer = await world.slack.click(message, ActionId.RETRY_ITEM, user=ADMIN)

    assert answer.status == 200
