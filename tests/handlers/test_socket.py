"""Slack's requests over a websocket: the same answers as over HTTP, nothing lost and nothing twice when it breaks."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import func, select

from bot.db.base import table_of
from bot.db.items import ItemRow
from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, SlackState
from bot.playground.slack import create_app as slack_app
from bot.serving import listening
from bot.slack import TokenRefusedError
from bot.views.ids import ActionId, BlockId
from handlers import socket
from handlers.payloads import Command
from handlers.replies import Reply
from handlers.routes import Word
from tests.fakes.app import TOKEN, World, whole_app
from tests.fakes.clock import FakeClock
from tests.fakes.connected import connected_app
from tests.handlers.desk import A_BILL, Desk

APP_TOKEN = "xapp-1-simulated"
BY_SOCKET = {"SLACK_APP_TOKEN": APP_TOKEN, "SLACK_SIGNING_SECRET": ""}
ITEMS = table_of(ItemRow)


async def until(condition: Callable[[], object]) -> None:
    """What other tasks do by themselves, soon."""
    while not condition():  # noqa: ASYNC110 - of several parties, none of which has an event for it
        await asyncio.sleep(0.005)


@asynccontextmanager
async def by_socket(url: str, **more: str) -> AsyncIterator[World]:
    async with whole_app(url, clock=FakeClock(sleeps_at_once=True), more={**BY_SOCKET, **more}) as world:
        await connected(world)
        yield world


async def connected(world: World, websockets: int = 1) -> None:
    ours = world.product.socket
    assert ours is not None
    await until(lambda: ours.is_connected and world.slack.sockets.count == websockets)


class Held:
    """The next `/dext help` waits here, after it has reached us."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go = asyncio.Event(), asyncio.Event()
        word = world.product.routes.words["help"]

        async def wait(command: Command) -> Reply:
            self.begun.set()
            await self.go.wait()
            return await word.handler(command)

        monkeypatch.setitem(world.product.routes.words, "help", Word(wait, word.help))


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with by_socket(sqlite_url) as made:
        yield made


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with connected_app(sqlite_url, more=BY_SOCKET | {"DEXT_UNDO_SECONDS": "60"}) as world:
        await world.set_up(alerts_channel=BILLS)
        yield Desk(world)


def another(world: World, token: str = APP_TOKEN) -> socket.SocketMode:
    """As another process has it."""
    return socket.SocketMode(world.services.clients, token, world.product.dispatch, world.clock)


async def items_in(world: World) -> int:
    async with world.services.db.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(ITEMS))).scalar_one())


async def test_a_command_is_answered_in_its_acknowledgement(world: World) -> None:
    answer = await world.slack.command("/dext", "help", user=ADMIN)

    assert answer.body is not None
    assert "/dext connect" in answer.body["text"]


async def test_a_bill_goes_its_whole_way(desk: Desk) -> None:
    """Command, form, options, submission, button, and a file's event: all that there is, over the websocket only."""
    await desk.add()
    await desk.edit("INV-1", {BlockId.ACCOUNT: "461"})
    await desk.approve("INV-1")
    await desk.drop("INV-2")
    await desk.world.later(60)

    assert [bill["InvoiceNumber"] for bill in desk.xero.bills()] == ["INV-1"]
    assert "INV-2" in str(desk.card("INV-2").blocks)
    assert {each.kind for each in desk.slack.delivered} >= {
        "slash_command",
        "block_actions",
        "view_submission",
        "block_suggestion",
        "event:file_shared",
    }


async def test_errors_in_a_form_are_shown_at_their_fields(desk: Desk) -> None:
    form = await desk.form()

    done = await desk.slack.submit(form, {**A_BILL, BlockId.GROSS: "a lot"})

    assert done.was_sent
    assert list(done.errors) == [BlockId.GROSS]


async def test_an_acknowledgement_that_was_lost_makes_nothing_twice(desk: Desk) -> None:
    """The websocket breaks between our commit and Slack's hearing of it; Slack sends the event again, over another one."""
    async with another(desk.world).running():
        await connected(desk.world, websockets=2)
        desk.slack.sockets.lose_next = 1

        await desk.drop("INV-7")
        await desk.settle()

    tries = [each for each in desk.slack.delivered if each.kind == "event:file_shared"]
    assert len(tries) >= 2
    assert tries[-1].answer.status == 200
    assert await items_in(desk.world) == 1


async def test_a_click_that_slack_delivers_twice_decides_once(desk: Desk) -> None:
    await desk.add()
    desk.slack.faults.deliver_twice = True

    await desk.press(desk.card("INV-1"), ActionId.APPROVE_ITEM)

    assert desk.whispers(APPROVER) == []


async def test_another_websocket_is_up_when_slack_asks_for_one(world: World) -> None:
    for reason in ("warning", "refresh_requested"):
        await world.slack.sockets.disconnect(reason)
        await connected(world)

        assert (await world.slack.command("/dext", "help", user=ADMIN)).status == 200


async def test_what_is_being_answered_when_slack_asks_for_another_websocket_is_answered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(world, monkeypatch)
    asked = asyncio.create_task(world.slack.command("/dext", "help", user=ADMIN))
    await held.begun.wait()

    await world.slack.sockets.disconnect()
    held.go.set()

    assert (await asked).status == 200
    await connected(world)


async def test_what_is_being_answered_when_the_process_stops_is_answered(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with by_socket(sqlite_url) as world:
        held = Held(world, monkeypatch)
        asked = asyncio.create_task(world.slack.command("/dext", "help", user=ADMIN))
        await held.begun.wait()
        asyncio.get_running_loop().call_later(0.05, held.go.set)

    assert (await asked).status == 200


async def test_a_broken_websocket_is_replaced(world: World) -> None:
    for _ in range(3):
        world.slack.sockets.cut()
        await connected(world)

    assert (await world.slack.command("/dext", "help", user=ADMIN)).status == 200


async def test_slack_that_hangs_up_at_once_is_asked_ever_more_seldom(world: World) -> None:
    clock = world.clock
    assert isinstance(clock, FakeClock)

    for _ in range(5):
        world.slack.sockets.cut()
        await connected(world)

    waits = [seconds for seconds in clock.slept if seconds != socket.LEAVE_SECONDS]
    assert waits == [1, 2, 4, 8, 16]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[]",
        "{",
        '{"type": "interactive"}',
        '{"type": "interactive", "envelope_id": "1"}',
        '{"type": "interactive", "envelope_id": "1", "payload": "text"}',
        '{"type": "interactive", "envelope_id": 1, "payload": {}}',
        '{"type": "interactive", "envelope_id": "1", "payload": {"a": NaN}}',
        '{"type": "interactive", "envelope_id": "1", "payload": {"a": 1, "a": 2}}',
        '{"type": "interactive", "envelope_id": "1", "payload": {"a": "\\u0000"}}',
        '{"type": "interactive", "envelope_id": "1", "payload": {"view": "text", "user": 4}}',
        '{"type": "news"}',
        "[" * 100_000,
        json.dumps({"type": "interactive", "envelope_id": "1", "payload": {"a": "x" * 1024 * 1024}}),
        "x" * (socket.MOST_BYTES + 1),
    ],
)
async def test_a_message_that_slack_does_not_send_breaks_nothing(world: World, text: str) -> None:
    await world.slack.sockets.say(text)
    await until(lambda: world.slack.sockets.count == 1)
    await connected(world)

    assert (await world.slack.command("/dext", "help", user=ADMIN)).status == 200
    assert world.slack.sockets.problems == []


async def test_a_request_that_cannot_be_done_now_is_not_acknowledged_and_comes_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over HTTP the same is a 503."""
    app = world.product.dispatch.app
    taken, refusals = app.async_dispatch, [BoltResponse(status=503, body="")]

    async def busy_once(request: AsyncBoltRequest) -> BoltResponse:
        return refusals.pop() if refusals else await taken(request)

    monkeypatch.setattr(app, "async_dispatch", busy_once)
    monkeypatch.setattr("bot.playground.slack.deliveries.ANSWER_SECONDS", 0.2)

    await world.slack.open_home(ADMIN)
    await world.settle()

    tries = [each.answer.status for each in world.slack.delivered if each.kind == "event:app_home_opened"]
    assert tries == [None, 200]


async def test_several_processes_share_the_requests(sqlite_url: str, world: World) -> None:
    """Each has a websocket of its own; a request goes over one of them."""
    async with another(world).running():
        await connected(world, websockets=2)

        answers = [await world.slack.command("/dext", "help", user=ADMIN) for _ in range(4)]

    assert [answer.status for answer in answers] == [200] * 4


async def test_readyz_says_whether_the_websocket_is_connected(world: World) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{world.address}/readyz") as answer:
        assert (answer.status, (await answer.json())["socket"]) == (200, "ok")


async def test_requests_over_http_are_not_taken_without_a_signing_secret(world: World) -> None:
    status, _ = await world.post(b"command=/dext&text=help", {"Content-Type": "application/x-www-form-urlencoded"})

    assert status == 404


async def test_an_app_token_that_slack_refuses_stops_the_start(sqlite_url: str) -> None:
    async with whole_app(sqlite_url) as world:
        with pytest.raises(TokenRefusedError) as raised:
            async with another(world, "xapp-canary").running():
                pass

    assert "SLACK_APP_TOKEN (invalid_auth)" in str(raised.value)
    assert "canary" not in str(raised.value)


async def test_the_bots_token_in_place_of_the_app_token_is_told_as_that(sqlite_url: str) -> None:
    async with whole_app(sqlite_url) as world:
        with pytest.raises(TokenRefusedError, match="not the bot's"):
            async with another(world, TOKEN).running():
                pass


async def test_it_starts_without_slack_and_connects_when_slack_is_there(sqlite_url: str) -> None:
    async with whole_app(sqlite_url, clock=FakeClock()) as world:
        clock = world.clock
        assert isinstance(clock, FakeClock)
        world.slack.sockets.app_token = APP_TOKEN
        world.slack.faults.next_call("apps.connections.open", "500", times=4)
        early = another(world)
        async with early.running():
            for seconds in (1, 2, 4):
                await until(lambda: clock.sleepers)
                assert not early.is_connected
                await clock.advance(seconds)
            await until(lambda: early.is_connected)

        assert clock.slept[:3] == [1, 2, 4]


async def test_a_websocket_that_says_no_hello_is_given_up(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "CONNECT_SECONDS", 0.05)
    async with whole_app(sqlite_url, clock=FakeClock(sleeps_at_once=True)) as world:
        world.slack.sockets.app_token, world.slack.sockets.is_greeting = APP_TOKEN, False
        mute = another(world)
        async with mute.running():
            await until(lambda: len(world.slack.calls_of("apps.connections.open")) > 2)
            assert not mute.is_connected

            world.slack.sockets.is_greeting = True
            await until(lambda: mute.is_connected)


async def test_an_address_that_is_not_encrypted_is_not_opened(sqlite_url: str) -> None:
    async with whole_app(sqlite_url, clock=FakeClock(sleeps_at_once=True)) as world:
        world.slack.sockets.app_token, world.slack.sockets.public_url = APP_TOKEN, "http://slack.example"
        trusting = another(world)
        async with trusting.running():
            await until(lambda: len(world.slack.calls_of("apps.connections.open")) > 2)

            assert not trusting.is_connected


async def test_the_ticket_in_the_address_is_in_no_log(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with by_socket(sqlite_url) as world:
        world.slack.sockets.cut()
        await connected(world)

    assert "connected by a websocket" in caplog.text
    assert "ticket=" not in caplog.text
    assert APP_TOKEN not in caplog.text


async def test_the_vendors_own_client_is_served_as_ours_is() -> None:
    """So that the simulated websocket is held to somebody else's idea of the protocol too."""
    slack = SlackState(signing_secret="s", bot_token=TOKEN, app_token=APP_TOKEN)
    async with listening(slack_app(slack), "127.0.0.1", 0) as port:
        slack.public_url = f"http://127.0.0.1:{port}"
        client = SocketModeClient(APP_TOKEN, web_client=AsyncWebClient(base_url=f"{slack.public_url}/api/"))

        async def answer(_: object, request: SocketModeRequest) -> None:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, {"text": "hello"}))

        client.socket_mode_request_listeners.append(answer)
        await client.connect()  # type: ignore[no-untyped-call] # the SDK's own
        await until(lambda: slack.sockets.count == 1)

        said = await slack.command("/dext", "", user=BOOKKEEPER)

        await client.close()  # type: ignore[no-untyped-call] # as above
    assert said.text == '{"text": "hello"}'
