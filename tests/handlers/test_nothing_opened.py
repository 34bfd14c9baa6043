"""Where Slack opens no form, because it takes no more of them or came too late, whoever asked for it is told so."""

from collections.abc import AsyncIterator

import pytest

from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, MEMBER
from bot.views.ids import ActionId, ShortcutId
from handlers.showing import BUSY
from tests.handlers.desk import Desk, a_desk


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        yield made


async def test_a_command_says_in_its_own_answer_that_slack_opens_nothing_now(desk: Desk) -> None:
    desk.slack.faults.next_call("views.open", "429")

    await desk.slack.command("/dext", "add", user=MEMBER, channel=BILLS)

    assert desk.slack.view(MEMBER) is None
    assert desk.whispers(MEMBER) == [BUSY]
    assert desk.slack.calls_of("response_url") == []
    await desk.slack.command("/dext", "add", user=MEMBER, channel=BILLS)
    assert desk.slack.view(MEMBER) is not None
    assert desk.whispers(MEMBER) == [BUSY]


async def test_a_button_of_a_message_is_answered_where_no_methods_limit_holds(desk: Desk) -> None:
    await desk.drop("INV-1")
    stand = len(desk.slack.messages(BILLS))
    for method in ("views.open", "chat.*"):
        desk.slack.faults.next_call(method, "429")

    await desk.slack.click(desk.card("INV-1"), ActionId.EDIT_ITEM, user=BOOKKEEPER)

    assert desk.slack.view(BOOKKEEPER) is None
    assert desk.whispers(BOOKKEEPER) == [BUSY]
    assert len(desk.slack.calls_of("response_url")) == 1
    assert len(desk.slack.messages(BILLS)) == stand


async def test_words_that_slack_does_not_take_for_its_limit_come_the_same_way(desk: Desk) -> None:
    await desk.drop("INV-1")
    desk.slack.faults.next_call("chat.postEphemeral", "429")

    await desk.slack.click(desk.card("INV-1"), ActionId.APPROVE_ITEM, user=MEMBER)

    (words,) = desk.whispers(MEMBER)
    assert "approve" in words


async def test_a_shortcut_of_a_message_is_answered_there(desk: Desk) -> None:
    await desk.drop("INV-1")
    desk.slack.faults.next_call("views.open", "429")

    await desk.slack.message_shortcut(ShortcutId.SEND_MESSAGE, desk.card("INV-1"), user=APPROVER)

    assert desk.whispers(APPROVER) == [BUSY]


async def test_what_may_have_opened_is_not_said_to_have_failed(desk: Desk) -> None:
    desk.slack.faults.next_call("views.open", "lost")

    await desk.slack.command("/dext", "add", user=ADMIN, channel=BILLS)

    assert desk.slack.view(ADMIN) is not None
    assert desk.whispers(ADMIN) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://hooks.slack.com.example.com/actions/1/2",
        "https://example.com/hooks.slack.com",
        "http://hooks.slack.com/actions/1/2",
        "https://hooks.slack.com:8443/actions/1/2",
        "https://somebody@hooks.slack.com/actions/1/2",
        "https://hooks.slack.com\\@example.com/actions/1/2",
        "http://127.0.0.1:1/actions/1/2",
        "file:///etc/passwd",
        "",
    ],
)
async def test_nothing_is_posted_to_another_host(desk: Desk, address: str) -> None:
    clients = desk.world.services.clients

    await clients.answer(address, "Hello")  # where it would be posted, this fails: nobody listens there

    assert desk.slack.calls_of("response_url") == []
