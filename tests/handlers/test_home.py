"""App Home: what waits for me first, then how the connections stand."""

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import jsonschema
import pytest

from bot.db.unit_of_work import Tx
from bot.domain.ids import ItemId, UserId, WorkspaceId
from bot.domain.slack import Actor
from bot.services.home import Home
from bot.services.statuses import Statuses
from bot.views.home import ItemLine
from handlers.home import HomeHandlers
from handlers.payloads import Event
from handlers.replies import PublishHome
from tests.handlers.conftest import Connecting


@dataclass(frozen=True)
class Work:
    lines: tuple[ItemLine, ...] = ()

    async def mine(self, tx: Tx, workspace_id: WorkspaceId, user_id: UserId) -> tuple[ItemLine, ...]:
        return self.lines


def a_line(title: str = "Bill 12 · 30.00 GBP") -> ItemLine:
    return ItemLine(item_id=ItemId(UUID(int=1)), organisation="Acme", title=title, detail="waits for your approval")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is shown is the same on both, see tests/conftest.py."""
    return sqlite_url


async def opened(connecting: Connecting, *lines: ItemLine, actor: Actor | None = None, tab: str = "home") -> str:
    home = Home(connecting.db, Statuses(connecting.connections.providers), connecting.connections.people, Work(lines))
    event = Event(
        actor=actor or connecting.actor(), kind="app_home_opened", event={"tab": tab}, sent_at=connecting.clock.now()
    )
    reply = await HomeHandlers(home).app_home_opened(event)
    return json.dumps(reply.view.to_dict()) if isinstance(reply, PublishHome) else ""


async def test_with_nothing_connected_home_explains_and_offers_to_connect(connecting: Connecting) -> None:
    view = await opened(connecting)

    assert "Connect software" in view
    assert "publishes them to your accounting software" in view


async def test_home_begins_with_what_waits_for_me_and_then_the_connection(connecting: Connecting) -> None:
    await connecting.connect(connecting.browser(), await connecting.link())
    await connecting.run_jobs()

    view = await opened(connecting, a_line())

    order = [view.index(text) for text in ("waits for your approval", "Healthy", "set-up 0 of 4")]
    assert order == sorted(order)
    assert "Connected by <@U0ADAM>" in view
    assert "Last sync" in view
    assert "Set up" in view


async def test_an_items_words_stay_text(connecting: Connecting) -> None:
    view = await opened(connecting, a_line("<!channel> *pay* <https://evil.example|now>"))

    assert "<!channel>" not in view
    assert "<https:" not in view


async def test_somebody_of_another_company_sees_no_organisation(connecting: Connecting) -> None:
    await connecting.connect(connecting.browser(), await connecting.link())
    stranger = Actor(workspace=connecting.workspace, user_id=UserId("U0X"), team_id="T0OTHER")

    view = await opened(connecting, a_line(), actor=stranger)

    assert "Acme" not in view


async def test_the_messages_tab_draws_nothing(connecting: Connecting) -> None:
    assert await opened(connecting, tab="messages") == ""


async def test_home_is_drawn_again_when_something_changes(connecting: Connecting) -> None:
    await opened(connecting)
    (before,) = await connecting.messages("home")

    await connecting.connect(connecting.browser(), await connecting.link())

    (after,) = await connecting.messages("home")
    assert after.wanted > before.wanted
    assert (after.surface, after.user_id) == ("home", "U0ADAM")


async def test_a_full_home_passes_slacks_schema(connecting: Connecting, shared: Path) -> None:
    await connecting.connect(connecting.browser(), await connecting.link())
    path = shared / "specs" / "slack" / "block-kit" / "block-kit.limits.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))

    view = json.loads(await opened(connecting, *(a_line() for _ in range(40))))

    jsonschema.Draft7Validator({**schema, "$ref": "#/definitions/HomeView"}).validate(view)
    assert "These are the first 15" in json.dumps(view)
