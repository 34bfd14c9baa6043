"""`/dext connect` and its modals, and what every payload of connecting looks like to Slack."""

import json
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest

from bot.domain.connecting import EXPLANATIONS, Stop
from bot.domain.ids import ChannelId, UserId
from bot.domain.slack import Actor
from bot.services.people import NotAllowedError
from bot.views import connecting as dialogs
from bot.views import connections as views
from bot.views.ids import ActionId, CallbackId
from handlers.connections import ConnectionHandlers
from handlers.payloads import Click, Command, OpenForm
from handlers.replies import OpenView, Reply, UpdateView
from tests.handlers.conftest import Connecting
from tests.handlers.test_reconnecting import connection


def handlers(connecting: Connecting) -> ConnectionHandlers:
    return ConnectionHandlers(connecting.connections, connecting.flows, cast("Any", None))


def typed(actor: Actor, *words: str) -> Command:
    return Command(actor=actor, channel_id=ChannelId("C0BILLS"), words=("connect", *words), trigger_id="1.2")


def pressed(actor: Actor, action: ActionId, value: str = "", chosen: str = "") -> Click:
    form = OpenForm(view_id="V1", view_hash="h", callback_id=CallbackId.CONNECT, private_metadata="C0BILLS")
    return Click(
        actor=actor,
        action_id=action,
        block_id="b",
        value=value,
        chosen=(chosen,) if chosen else (),
        trigger_id="1.2",
        form=form,
    )


def drawn(reply: Reply) -> dict[str, Any]:
    assert isinstance(reply, OpenView | UpdateView)
    return dict(reply.view.to_dict())


def link_in(view: dict[str, Any]) -> str:
    buttons = [element for block in view["blocks"] for element in block.get("elements", []) if "url" in element]
    return str(buttons[0]["url"])


async def test_the_command_lists_what_can_be_connected(connecting: Connecting) -> None:
    view = drawn(await handlers(connecting).connect(typed(connecting.actor())))

    assert "Fake Books" in str(view)
    assert "url" not in str(view)


async def test_choosing_a_package_says_what_will_happen_and_links_out(connecting: Connecting) -> None:
    click = pressed(connecting.actor(), ActionId.CHOOSE_PROVIDER, chosen="fake")

    view = drawn(await handlers(connecting).choose_provider(click))

    page = await connecting.browser().get(link_in(view))
    assert "What will happen" in str(view)
    assert "What you need" in str(view)
    assert page.status == 200


async def test_a_named_package_is_chosen_already(connecting: Connecting) -> None:
    view = drawn(await handlers(connecting).connect(typed(connecting.actor(), "FAKE")))

    assert link_in(view).startswith("http://127.0.0.1:3000/connect/fake/start?t=")


async def test_a_second_link_ends_the_first_that_nobody_opened(connecting: Connecting) -> None:
    first = await connecting.link()
    await connecting.link()

    page = await connecting.browser().get(first)

    assert page.status == 410


@pytest.mark.parametrize("user", ["U0MIA", "U0GUS", "U0NOBODY"])
async def test_who_may_not_connect_is_told_privately_and_gets_no_link(connecting: Connecting, user: str) -> None:
    view = drawn(await handlers(connecting).connect(typed(connecting.actor(user))))

    assert "/start?t=" not in str(view)


async def test_a_member_is_told_who_can_and_asks_them_with_one_button(connecting: Connecting) -> None:
    mia = connecting.actor("U0MIA")
    refused = drawn(await handlers(connecting).connect(typed(mia)))

    answer = drawn(await handlers(connecting).ask_to_connect(pressed(mia, ActionId.ASK_TO_CONNECT)))

    asked = await connecting.messages("connection", "asked")
    assert "<@U0ADAM> <@U0OLIVIA>" in str(refused)
    assert "I asked" in str(answer)
    assert {row.user_id for row in asked} == {"U0ADAM", "U0OLIVIA"}
    assert "<@U0MIA> asks you" in await connecting.drawn(asked[0])


async def test_guests_and_people_of_other_companies_get_no_link_and_are_told_why_they_ask_nobody(
    connecting: Connecting,
) -> None:
    stranger = Actor(workspace=connecting.workspace, user_id=UserId("U0ADAM"), team_id="T0OTHER")

    view = drawn(await handlers(connecting).connect(typed(stranger)))
    for asking, why in ((stranger, "another workspace"), (connecting.actor("U0GUS"), "Guests of this workspace")):
        with pytest.raises(NotAllowedError, match=why):
            await handlers(connecting).ask_to_connect(pressed(asking, ActionId.ASK_TO_CONNECT))

    assert "another workspace" in str(view)
    assert await connecting.messages("connection", "asked") == []


async def test_reconnect_names_the_organisation_and_goes_to_its_own_package(connecting: Connecting) -> None:
    await connecting.connect(connecting.browser(), await connecting.link())
    row = await connection(connecting)
    click = pressed(connecting.actor(), ActionId.OPEN_CONNECT, value=str(row.organisation_id))

    view = drawn(await handlers(connecting).open_connect(click))

    page = await connecting.browser().get(link_in(view))
    assert view["blocks"][0]["type"] == "header"
    assert "Reconnect Acme" in page.text


async def test_an_organisation_of_another_workspace_cannot_be_reconnected(connecting: Connecting) -> None:
    click = pressed(connecting.actor(), ActionId.OPEN_CONNECT, value="5f0c1f8e-0000-4000-8000-000000000000")

    reply = await handlers(connecting).open_connect(click)

    assert not isinstance(reply, OpenView)


@pytest.fixture
def schema(shared: Path) -> dict[str, Any]:
    path = shared / "specs" / "slack" / "block-kit" / "block-kit.limits.schema.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def check(schema: dict[str, Any], name: str, value: object) -> None:
    jsonschema.Draft7Validator({**schema, "$ref": f"#/definitions/{name}"}).validate(value)


async def test_what_connecting_shows_passes_slacks_schema(connecting: Connecting, schema: dict[str, Any]) -> None:
    await connecting.connect(connecting.browser(), await connecting.link())
    await connecting.run_jobs()
    packages = connecting.connections.packages()
    row = await connection(connecting)
    async with connecting.db.read() as tx:
        card = await connecting.connections.card(tx, connecting.workspace.id, row.organisation_id)
    assert card is not None
    modals = [
        dialogs.choose_modal(packages, channel="C1"),
        dialogs.choose_modal((), channel=""),
        dialogs.steps_modal(packages, packages[0], "http://127.0.0.1:3000/x", channel="C1"),
        dialogs.steps_modal(packages, packages[0], "http://127.0.0.1:3000/x", channel="", reconnecting="Acme"),
        dialogs.asked_modal(("U1",)),
    ]
    messages = [
        views.connection_message(card),
        views.reconnect_message(card),
        views.connected_again(card),
        dialogs.code_message("Fake", "ABCD-EFGH"),
        dialogs.asked("U1"),
        *(dialogs.stopped("Fake", EXPLANATIONS[stop], None) for stop in Stop),
    ]

    for modal in modals:
        check(schema, "ModalView", modal.to_dict())
    for text, blocks in messages:
        assert text
        check(schema, "MessageBlocks", [block.to_dict() for block in blocks])


def test_every_stop_is_explained_with_what_to_do() -> None:
    assert set(EXPLANATIONS) == set(Stop)
    assert all(words.advice for words in EXPLANATIONS.values())
