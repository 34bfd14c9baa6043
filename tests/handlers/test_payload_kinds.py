"""Every kind of payload that Slack sends, in each shape that it has, is understood or clearly refused; none is another's."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.slack import Actor, Workspace
from bot.playground.slack import ADMIN, BILLS, MEMBER, OTHER_TEAM, OUTSIDER, TEAM
from bot.services.workspaces import fresh_workspace_id
from bot.views.ids import ActionId, CallbackId, ShortcutId
from handlers.dispatch import NOT_INSTALLED
from handlers.errors import OUTDATED
from handlers.payloads import Click, Command, Event, OptionsQuery, Submission
from handlers.replies import Choices
from tests.fakes.app import World, whole_app
from tests.handlers.envelopes import FORM, JSON, send_event, send_form

GRID, GRID_TEAM = "E0GRID001", "T0GRID001"
HERE, IN_GRID = ("", TEAM), (GRID, GRID_TEAM)
US, GRIDS = {"id": ADMIN, "team_id": TEAM}, {"id": "W0GRACE01", "team_id": GRID_TEAM}
THEM, UNTOLD = {"id": OUTSIDER, "team_id": OTHER_TEAM}, {"id": ADMIN}
TEAM_OF_GRID = {"id": GRID_TEAM, "domain": "grid", "enterprise_id": GRID, "enterprise_name": "Grid"}
ENTERPRISE = {"id": GRID, "name": "Grid"}
VIEW = {"id": "V1", "hash": "1", "type": "modal", "callback_id": CallbackId.CONNECT, "state": {"values": {}}}
PRESSED = [{"type": "button", "action_id": ActionId.LINK_OUT, "block_id": "b", "value": ""}]
SEARCHED = {"action_id": ActionId.FIND_ACCOUNT, "block_id": "b", "value": ""}

INTERACTIONS: list[tuple[dict[str, Any], tuple[str, str] | None, str]] = [
    ({"team": {"id": TEAM}, "enterprise": None, "is_enterprise_install": False, "user": US}, HERE, TEAM),
    ({"team": {"id": TEAM}, "user": UNTOLD}, HERE, TEAM),
    ({"team": {"id": TEAM}, "user": THEM}, HERE, OTHER_TEAM),
    ({"team": None, "user": US}, HERE, TEAM),
    ({"team": None, "user": THEM, "message": {"team": TEAM, "ts": "1.2"}}, HERE, OTHER_TEAM),
    ({"team": {"id": OTHER_TEAM}, "user": THEM, "view": {**VIEW, "app_installed_team_id": TEAM}}, HERE, OTHER_TEAM),
    ({"team": TEAM_OF_GRID, "enterprise": ENTERPRISE, "user": GRIDS}, IN_GRID, GRID_TEAM),
    ({"team": TEAM_OF_GRID, "user": GRIDS}, IN_GRID, GRID_TEAM),
    (
        {"team": TEAM_OF_GRID, "enterprise": ENTERPRISE, "is_enterprise_install": True, "user": GRIDS},
        IN_GRID,
        GRID_TEAM,
    ),
    ({"team": None, "enterprise": ENTERPRISE, "is_enterprise_install": True, "user": GRIDS}, IN_GRID, GRID_TEAM),
    # a workspace that moved into an organisation, or out of one, is the same: its team's id stays
    ({"team": {"id": TEAM}, "enterprise": ENTERPRISE, "user": US}, HERE, TEAM),
    ({"team": {"id": GRID_TEAM}, "enterprise": None, "user": GRIDS}, IN_GRID, GRID_TEAM),
    # nobody's: another workspace, an organisation as a whole
    ({"team": {"id": OTHER_TEAM}, "user": THEM}, None, ""),
    ({"team": None, "user": THEM}, None, ""),
    ({"team": None, "enterprise": ENTERPRISE, "is_enterprise_install": True, "user": {"id": "W1"}}, None, ""),
]
OURS = {"enterprise_id": None, "team_id": TEAM, "is_enterprise_install": False}
OF_GRID = {"enterprise_id": GRID, "team_id": GRID_TEAM, "is_enterprise_install": False}
EVENTS: list[tuple[dict[str, Any], tuple[str, str] | None]] = [
    ({"team_id": TEAM, "authorizations": [OURS]}, HERE),
    ({"team_id": OTHER_TEAM, "context_team_id": TEAM, "is_ext_shared_channel": True, "authorizations": [OURS]}, HERE),
    ({"team_id": TEAM, "context_team_id": OTHER_TEAM, "authorizations": [{**OURS, "team_id": OTHER_TEAM}]}, None),
    ({"team_id": GRID_TEAM, "enterprise_id": GRID, "authorizations": [OF_GRID]}, IN_GRID),
    ({"team_id": GRID_TEAM, "authorizations": [{**OF_GRID, "team_id": None, "is_enterprise_install": True}]}, IN_GRID),
    ({"team_id": GRID_TEAM, "context_enterprise_id": GRID, "authorizations": []}, IN_GRID),
    ({"team_id": None, "authorizations": [{**OF_GRID, "team_id": None, "is_enterprise_install": True}]}, None),
    ({"team_id": TEAM, "enterprise_id": GRID, "authorizations": None}, HERE),
]
COMMANDS: list[tuple[dict[str, Any], tuple[str, str] | None]] = [
    ({"team_id": TEAM, "is_enterprise_install": "false"}, HERE),
    ({"team_id": GRID_TEAM, "enterprise_id": GRID, "enterprise_name": "Grid"}, IN_GRID),
    ({"team_id": GRID_TEAM, "enterprise_id": GRID, "is_enterprise_install": "true"}, IN_GRID),
    ({"enterprise_id": GRID, "is_enterprise_install": "true"}, None),
    ({"team_id": OTHER_TEAM}, None),
]


class Heard(list[Actor]):
    """Whoever reached a feature, by whatever kind of request."""

    async def note(self, request: Click | Command | Event | Submission) -> None:
        self.append(request.actor)

    async def search(self, query: OptionsQuery) -> Choices:
        self.append(query.actor)
        return Choices()

    def taken(self) -> list[tuple[tuple[str, str], str]]:
        found = [((actor.workspace.enterprise_id, actor.workspace.team_id), actor.team_id) for actor in self]
        self.clear()
        return found


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    """Northwind by itself, and a workspace of an Enterprise organisation."""
    async with whole_app(sqlite_url) as made:
        in_grid = Workspace(
            id=fresh_workspace_id(),
            enterprise_id=GRID,
            team_id=GRID_TEAM,
            name="Grid",
            bot_user_id="U0GRIDBOT",
            bot_id="B0GRIDBOT",
        )
        await made.services.workspaces.remember(in_grid, "A0DEXT001")
        yield made


@pytest.fixture
def heard(world: World) -> Heard:
    noted = Heard()
    world.product.routes.command("whose", noted.note, "whose this is")
    world.product.routes.action(ActionId.LINK_OUT, noted.note)
    world.product.routes.view(CallbackId.CONNECT, noted.note)
    world.product.routes.options(ActionId.FIND_ACCOUNT, noted.search)
    world.product.routes.event("file_shared", noted.note)
    return noted


async def test_what_people_do_reaches_their_own_workspace_or_none(world: World, heard: Heard) -> None:
    for fields, installation, team in INTERACTIONS:
        for number, kind in enumerate(("block_actions", "view_submission", "block_suggestion")):
            name = f"{INTERACTIONS.index((fields, installation, team))}.{number}"
            view = {**VIEW, **fields.get("view", {}), "hash": name}
            of_kind: dict[str, dict[str, Any]] = {"block_actions": {"actions": PRESSED}, "block_suggestion": SEARCHED}
            more = of_kind.get(kind, {"view": view})
            payload = {"type": kind, "trigger_id": name, **more, **fields}
            payload |= {"view": view} if "view" in payload else {}

            status, _ = await send_form(world, {"payload": json.dumps(payload)})

            assert status == 200, payload
            assert heard.taken() == ([] if installation is None else [(installation, team)]), payload


async def test_commands_and_events_reach_their_own_workspace_or_none(world: World, heard: Heard) -> None:
    for fields, installation in COMMANDS:
        typed = {"command": "/dext", "text": "whose", "user_id": ADMIN, "channel_id": BILLS, "trigger_id": str(fields)}
        status, text = await send_form(world, {**typed, **fields})
        assert (status, NOT_INSTALLED in text) == (200, installation is None), fields
        assert [found for found, _ in heard.taken()] == [installation][: installation is not None]
    for number, (fields, installation) in enumerate(EVENTS):
        event = {"type": "file_shared", "file_id": "F1", "user_id": OUTSIDER, "user_team": OTHER_TEAM}
        envelope = {"type": "event_callback", "event_id": f"Ev{number}", "event_time": 1772442000, "event": event}
        assert (await send_event(world, {**envelope, **fields}))[0] == 200
        assert heard.taken() == ([] if installation is None else [(installation, OTHER_TEAM)]), fields


async def test_a_shortcut_that_we_do_not_have_is_answered_in_words(world: World) -> None:
    """As somebody sees it whose Slack still shows an earlier or later version of the app."""
    message = await world.slack.say("a message", user=MEMBER, channel=BILLS)
    answers = [
        await world.slack.shortcut("send_to_dext", user=ADMIN),
        await world.slack.message_shortcut("send_to_dext", message, user=MEMBER),
    ]

    assert [answer.status for answer in answers] == [200, 200]
    for user in (ADMIN, MEMBER):
        view = world.slack.view(user)
        assert view is not None
        assert OUTDATED in str(view.blocks)


async def test_what_slack_says_by_itself_is_taken(world: World, caplog: pytest.LogCaptureFixture) -> None:
    calls = len(world.slack.calls)
    closed = {"type": "view_closed", "team": {"id": TEAM}, "user": US, "view": VIEW, "is_cleared": False}
    limited = {
        "type": "app_rate_limited",
        "team_id": TEAM,
        "minute_rate_limited": 1772442000,
        "api_app_id": "A0DEXT001",
    }
    raw = json.dumps(limited).encode()

    answers = [
        await send_form(world, {"payload": json.dumps(closed)}),
        await send_form(world, {"ssl_check": "1", "token": "old-verification-token"}),
        await world.post(raw, {**world.slack.deliveries.signed_headers(raw), "Content-Type": JSON}),
    ]

    assert [status for status, _ in answers] == [200, 200, 200]
    assert "holds back" in caplog.text
    assert len(world.slack.calls) == calls


async def test_what_does_not_say_by_what_it_is_known_is_refused(world: World) -> None:
    """It could come again and nobody would tell."""
    people = {"team": {"id": TEAM}, "user": US}
    command = {"command": "/dext", "text": "help", "team_id": TEAM, "user_id": ADMIN, "channel_id": BILLS}
    click = {**people, "type": "block_actions", "actions": PRESSED}
    shortcut = {**people, "type": "shortcut", "callback_id": ShortcutId.NEW_ITEM}
    forms = [{**people, "type": "view_submission", "view": {**VIEW, name: ""}} for name in ("id", "hash")]
    event = {"type": "event_callback", "team_id": TEAM, "authorizations": [OURS], "event": {"type": "app_uninstalled"}}

    statuses = [(await send_form(world, {"payload": json.dumps(found)}))[0] for found in (click, shortcut, *forms)]
    statuses += [(await send_form(world, command))[0], (await send_event(world, event))[0]]

    assert statuses == [400] * 6


async def test_a_name_that_is_given_twice_is_refused_although_each_would_do(world: World) -> None:
    event = {"type": "event_callback", "event_id": "Ev1", "team_id": TEAM, "event": {"type": "app_uninstalled"}}
    twice = json.dumps(event).replace('"team_id"', f'"team_id": "{OTHER_TEAM}", "team_id"').encode()
    typed = (
        f"command=/dext&text=help&team_id={TEAM}&team_id={OTHER_TEAM}&user_id={ADMIN}&channel_id={BILLS}&trigger_id=1"
    )

    for kind, raw in ((JSON, twice), (FORM, typed.encode())):
        headers = {**world.slack.deliveries.signed_headers(raw), "Content-Type": kind}
        assert (await world.post(raw, headers))[0] == 400, kind


async def test_a_day_that_no_calendar_has_is_refused_at_the_door(world: World) -> None:
    for day in ("2026-02-30", "2026-3-1", "20260301", "2026-W10-1", "tomorrow", "٢٠٢٦-٠٣-٠١"):
        state = {"values": {"issued_on": {"value": {"type": "datepicker", "selected_date": day}}}}
        payload = {"type": "view_submission", "team": {"id": TEAM}, "user": US, "view": {**VIEW, "state": state}}
        assert (await send_form(world, {"payload": json.dumps(payload)}))[0] == 400, day


async def test_files_of_a_message_that_are_none_are_refused_at_the_door(world: World) -> None:
    chosen = {"type": "message_action", "callback_id": ShortcutId.SEND_MESSAGE, "team": {"id": TEAM}, "user": US}
    odd_files: list[Any] = ["F1", {"id": "F1"}, ["F1"], [{}], [{"id": None}], [{"id": 1}], [{"id": "F" * 256}]]
    messages: list[Any] = [{"ts": "1.2", "text": "", "files": files} for files in odd_files]
    messages += [{"ts": 1.2}, {"ts": "1.2", "text": 5}, {"ts": "1.2", "thread_ts": []}, "1.2"]

    for number, message in enumerate(messages):
        payload = {**chosen, "channel": {"id": BILLS}, "message": message, "trigger_id": f"7.{number}"}
        assert (await send_form(world, {"payload": json.dumps(payload)}))[0] == 400, message
