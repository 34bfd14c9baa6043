"""What Slack is told about the app and what the app listens to are one thing."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from bot.domain.slack import BOT_SCOPES
from bot.views.ids import ActionId, CallbackId, ShortcutId
from tests.architecture.tree import CODE, ROOT, registered, sources

FORM_ELEMENTS = {ActionId.VALUE}
"""Only read when the form is submitted; Slack sends no click for them."""

SHOWN_ONLY = {CallbackId.CONNECT, CallbackId.EXPLANATION, CallbackId.HOME}
"""Views without a submit button."""

NEED = {"commands": "command", "files:read": "file_shared"}
"""Scopes that a thing other than a method needs: the slash command, an event."""

TELLS_MORE = {"users:read.email": "users.info"}
"""Scopes by which a method that is called tells more."""

METHOD = re.compile(r"^(?:chat|views|users|files|conversations|auth|team|bots|reactions)_[A-Za-z]+$")


def manifest() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    return found


def called_methods() -> set[str]:
    """Web API methods that the product calls, by Slack's own names."""
    calls = (node.func for _, tree in sources(*CODE) for node in ast.walk(tree) if isinstance(node, ast.Call))
    names = {call.attr for call in calls if isinstance(call, ast.Attribute) and METHOD.match(call.attr)}
    return {name.replace("_", ".", 1) for name in names}


def test_every_action_has_a_listener() -> None:
    routes = registered()

    heard = set(routes.clicks) | set(routes.options_by_id)

    assert {str(action) for action in ActionId} - heard - FORM_ELEMENTS == set()


def test_every_listener_is_for_a_known_action() -> None:
    routes = registered()

    assert (set(routes.clicks) | set(routes.options_by_id)) - {str(action) for action in ActionId} == set()


def test_every_form_with_a_submit_button_has_a_listener() -> None:
    heard = set(registered().submissions)

    assert heard == {str(callback) for callback in CallbackId} - SHOWN_ONLY


def test_the_manifest_is_valid_by_slacks_own_schema(shared: Path) -> None:
    path = shared / "specs" / "slack" / "manifest-schema" / "manifest.schema.2.0.0.json"
    schema = json.loads(path.read_text(encoding="utf-8"))

    jsonschema.Draft7Validator(schema).validate(manifest())


def test_the_manifest_lists_the_events_that_the_app_listens_to() -> None:
    listed = manifest()["settings"]["event_subscriptions"]["bot_events"]

    assert sorted(listed) == sorted(registered().events)


def test_the_manifest_lists_one_command_and_its_hint_only_what_works() -> None:
    (command,) = manifest()["features"]["slash_commands"]

    assert command["command"] == "/dext"
    assert command["should_escape"] is True
    assert set(command["usage_hint"].split(" | ")) <= set(registered().words)


def test_the_manifest_lists_no_shortcut_that_nobody_serves() -> None:
    listed = manifest()["features"]["shortcuts"]

    assert {shortcut["callback_id"] for shortcut in listed} == set(registered().shortcuts)
    assert set(registered().shortcuts) == {str(shortcut) for shortcut in ShortcutId}


def test_every_address_of_the_manifest_is_the_one_entry() -> None:
    text = (ROOT / "manifest.yml").read_text(encoding="utf-8")

    assert set(re.findall(r"url: (\S+)", text)) == {"https://dext.example.com/slack/events"}


def test_the_app_asks_for_no_scope_that_it_does_not_use(shared: Path) -> None:
    methods = json.loads((shared / "specs" / "slack" / "web-api" / "methods.json").read_text(encoding="utf-8"))
    known = {name: set(methods[name].get("scopes", {}).get("bot", [])) for name in called_methods() & set(methods)}
    events = set(registered().events)

    for scope in manifest()["oauth_config"]["scopes"]["bot"]:
        used = [name for name, scopes in known.items() if scope in scopes or TELLS_MORE.get(scope) == name]
        assert used or NEED.get(scope) in {"command", *events}, scope


def test_the_app_asks_for_every_scope_that_it_uses(shared: Path) -> None:
    methods = json.loads((shared / "specs" / "slack" / "web-api" / "methods.json").read_text(encoding="utf-8"))
    asked = set(manifest()["oauth_config"]["scopes"]["bot"])

    lacking = {
        name: scopes
        for name in called_methods() & set(methods)
        if (scopes := set(methods[name].get("scopes", {}).get("bot", []))) and not scopes & asked
    }

    assert lacking == {}


def test_an_installation_asks_for_the_manifests_scopes() -> None:
    assert list(BOT_SCOPES) == manifest()["oauth_config"]["scopes"]["bot"]


def test_an_installation_comes_back_to_an_address_of_the_manifest() -> None:
    assert "https://dext.example.com/slack/oauth_redirect" in manifest()["oauth_config"]["redirect_urls"]


def test_the_readme_gives_a_reason_for_each_scope() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    reasons = dict(re.findall(r"^\| `([a-z:.]+)` \| (.{20,}) \|$", readme, re.MULTILINE))

    assert set(manifest()["oauth_config"]["scopes"]["bot"]) - set(reasons) == set()
