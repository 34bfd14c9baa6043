"""Whose request it is: every shape in which Slack names the installation, with and without an organisation around it."""

from typing import Any
from uuid import uuid4

import pytest

from bot.domain.ids import WorkspaceId
from bot.domain.slack import Workspace
from bot.playground.slack import OTHER_TEAM, OUTSIDER, TEAM
from handlers.reading import actor_of, team_of

GRID = "E0GRID001"
PLAIN, IN_GRID, WHOLE_GRID, NOBODYS = ("", TEAM), (GRID, TEAM), (GRID, ""), ("", "")
US: dict[str, Any] = {"id": "U1", "team_id": TEAM}
THEM: dict[str, Any] = {"id": OUTSIDER, "team_id": OTHER_TEAM}


def command(**fields: Any) -> dict[str, Any]:
    return {"command": "/dext", "user_id": "U1", "team_id": TEAM, **fields}


def click(**fields: Any) -> dict[str, Any]:
    return {"type": "block_actions", "team": {"id": TEAM}, "user": US, "enterprise": None, **fields}


def event(**fields: Any) -> dict[str, Any]:
    ours = {"enterprise_id": None, "team_id": TEAM, "is_enterprise_install": False}
    return {"type": "event_callback", "team_id": TEAM, "authorizations": [ours], "event": {}, **fields}


COMMANDS = [
    (command(), PLAIN),
    (command(enterprise_id=GRID, is_enterprise_install="false"), IN_GRID),
    (command(enterprise_id=GRID, is_enterprise_install="true"), IN_GRID),
    (command(team_id=None, enterprise_id=GRID, is_enterprise_install="true"), WHOLE_GRID),
    (command(team_id=None), NOBODYS),
]
CLICKS = [
    (click(), PLAIN),
    (click(is_enterprise_install=False), PLAIN),
    (click(enterprise={"id": GRID, "name": "Grid"}, team={"id": TEAM, "enterprise_id": GRID}), IN_GRID),
    (click(team={"id": TEAM, "enterprise_id": GRID, "enterprise_name": "Grid"}), IN_GRID),
    (click(enterprise={"id": GRID}, is_enterprise_install=True), IN_GRID),
    (click(user=THEM), PLAIN),
    (click(team=None, user=THEM, message={"team": TEAM, "ts": "1.2"}), PLAIN),
    (click(team=None, enterprise={"id": GRID}, message={"team": TEAM}), IN_GRID),
    (click(team=None), PLAIN),
    (click(team=None, user=THEM), ("", OTHER_TEAM)),
    (click(team=None, user={"id": "U1"}), NOBODYS),
    (click(team={"id": OTHER_TEAM}, view={"app_installed_team_id": TEAM}, user=THEM), PLAIN),
    (click(team=None, view={"app_installed_team_id": TEAM}, user=THEM), PLAIN),
]
EVENTS = [
    (event(), PLAIN),
    (event(authorizations=[{"enterprise_id": GRID, "team_id": TEAM}], enterprise_id=GRID), IN_GRID),
    (event(authorizations=[{"enterprise_id": GRID, "team_id": None, "is_enterprise_install": True}]), IN_GRID),
    (event(team_id=OTHER_TEAM, is_ext_shared_channel=True), PLAIN),
    (event(team_id=OTHER_TEAM, context_team_id=TEAM), PLAIN),
    (event(authorizations=[]), PLAIN),
    (event(authorizations=None, context_enterprise_id=GRID), IN_GRID),
    (event(authorizations=[], enterprise_id=GRID), IN_GRID),
]


@pytest.mark.parametrize(("body", "installation"), COMMANDS)
def test_a_command_names_its_installation(body: dict[str, Any], installation: tuple[str, str]) -> None:
    assert team_of(body) == installation


@pytest.mark.parametrize(("body", "installation"), CLICKS)
@pytest.mark.parametrize("kind", ["block_actions", "view_submission", "view_closed", "block_suggestion", "shortcut"])
def test_what_people_do_names_its_installation(kind: str, body: dict[str, Any], installation: tuple[str, str]) -> None:
    assert team_of({**body, "type": kind}) == installation


@pytest.mark.parametrize(("body", "installation"), EVENTS)
def test_an_event_names_its_installation_whoever_caused_it(body: dict[str, Any], installation: tuple[str, str]) -> None:
    """In a channel shared with another company its own `team_id` may be that company's."""
    assert team_of(body) == installation


@pytest.mark.parametrize("body", [click(user=THEM), click(team=None, user=THEM, message={"team": TEAM})])
def test_an_outsider_stays_one_however_the_installation_was_found(body: dict[str, Any]) -> None:
    workspace = Workspace(
        id=WorkspaceId(uuid4()),
        enterprise_id="",
        team_id=TEAM,
        name="Northwind",
        bot_user_id="U0BOT",
        bot_id="B0BOT",
    )

    assert actor_of(body, workspace).team_id == OTHER_TEAM
