"""The outer shape of Slack's payloads, checked once, so that whoever reads them further in finds objects and texts there.

What a payload says is not judged here, only of which kind its parts are. A correctly signed request of another shape is
Slack's fault or somebody's who has the secret; it is answered 400 and nothing is tried.
https://docs.slack.dev/interactivity/handling-user-interaction#payloads and /apis/events-api#event-object
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from handlers.strict import BadBodyError

COMMAND_TEXTS = ("command", "text", "team_id", "enterprise_id", "user_id", "channel_id", "trigger_id")
TEXTS = ("type", "trigger_id", "action_id", "block_id", "value", "callback_id")
OBJECTS = ("team", "enterprise", "view", "container", "channel", "message")
VIEW_TEXTS = ("id", "hash", "callback_id", "private_metadata", "app_installed_team_id", "root_view_id")
ACTION_TEXTS = ("action_id", "block_id", "value", "selected_user", "selected_conversation", "selected_channel")
PLACE_TEXTS = ("id", "team", "ts", "thread_ts", "message_ts", "channel_id")
A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LONGEST_NAME = 255
"""No id, no trigger and no name of an event is nearly as long."""


def require_shape(body: Mapping[str, Any]) -> None:
    """Raises:
    BadBodyError: a part is of another kind than Slack's documentation says.
    """
    if body.get("type") == "event_callback":
        _check_event(body)
        _require(body, "event_id")
    elif "command" in body:
        _texts(body, COMMAND_TEXTS)
        _names(body, ("team_id", "enterprise_id", "user_id", "channel_id", "trigger_id"))
        if "user" in body or "view" in body:
            raise BadBodyError("a command with parts of something else")
        _require(body, "trigger_id")
    else:
        _check_interaction(body)
        if body.get("type") == "view_submission":
            _require(body["view"], "id", "hash")
        elif body.get("type") in ("block_actions", "shortcut", "message_action"):
            _require(body, "trigger_id")


def _require(body: Mapping[str, Any], *names: str) -> None:
    """What a delivery is known by when it comes again; without it nobody could tell that it did."""
    for name in names:
        if not body.get(name):
            raise BadBodyError(name)


def _check_event(body: Mapping[str, Any]) -> None:
    _names(body, ("team_id", "enterprise_id", "context_team_id", "context_enterprise_id", "event_id"))
    event, authorizations = _object(body, "event"), body.get("authorizations")
    if event is None or not isinstance(event.get("type"), str):
        raise BadBodyError("an event without its type")
    for part in (body, event, *(_is_object(found) for found in _list(authorizations))):
        _check_mentions(part)
    _names(event, ("user_id", "user_team", "channel_id", "file_id"))


def _check_mentions(part: Mapping[str, Any]) -> None:
    """People and places are named by an id, or told whole; Bolt looks for them in the messages of an event too."""
    _names(part, ("team_id", "enterprise_id"))
    for name in ("user", "team", "channel", "enterprise"):
        if not isinstance(part.get(name), dict):
            _names(part, (name,))
    for name in ("message", "previous_message", "item", "assistant_thread"):
        if isinstance(part.get(name), dict):
            _check_mentions(part[name])


def _check_interaction(body: Mapping[str, Any]) -> None:
    _texts(body, TEXTS)
    _names(body, ("trigger_id", "action_id", "block_id", "callback_id"))
    user = _object(body, "user")
    if user is None:
        raise BadBodyError("an interaction without a person")
    _names(user, ("id", "team_id"))
    found = {name: _object(body, name) or {} for name in OBJECTS}
    for name in ("team", "enterprise"):
        _names(found[name], ("id", "enterprise_id"))
    for name in ("container", "channel", "message"):
        _names(found[name], PLACE_TEXTS)
    _check_view(found["view"])
    _texts(body, ("message_ts",))
    _check_message(found["message"])
    actions = _list(body.get("actions"))
    if body.get("type") == "block_actions" and not actions:
        raise BadBodyError("a click on nothing")
    if body.get("type") == "view_submission" and not isinstance(found["view"].get("type"), str):
        raise BadBodyError("a form without its view")
    for part in (found["message"], *(_is_object(url) for url in _list(body.get("response_urls")))):
        _check_mentions(part)
    for action in actions:
        _check_action(_is_object(action))


def _check_message(message: Mapping[str, Any]) -> None:
    """A message that was clicked, or chosen in its menu."""
    _texts(message, ("text",))
    for file in _list(message.get("files")):
        name = _is_object(file).get("id")
        if not isinstance(name, str):
            raise BadBodyError("a file without its id")
        _names(file, ("id",))


def _check_view(view: Mapping[str, Any]) -> None:
    _texts(view, VIEW_TEXTS)
    _names(view, ("id", "hash", "callback_id", "app_installed_team_id", "root_view_id"))
    values = _object(_object(view, "state") or {}, "values") or {}
    for entries in values.values():
        for entry in _is_object(entries).values():
            _check_entry(_is_object(entry))


def _check_action(action: Mapping[str, Any]) -> None:
    _texts(action, ACTION_TEXTS)
    _check_entry(action)


def _check_entry(entry: Mapping[str, Any]) -> None:
    """An element as it stands: text, date, person, option, or several of these."""
    _texts(entry, ("type", "value", "selected_date", "selected_user", "selected_conversation", "selected_channel"))
    _check_day(entry.get("selected_date"))
    chosen = _object(entry, "selected_option")
    for option in (*_list(entry.get("selected_options")), *([] if chosen is None else [chosen])):
        if not isinstance(_is_object(option).get("value"), str):
            raise BadBodyError("an option without its value")
    for name in ("selected_users", "selected_conversations", "selected_channels"):
        if not all(isinstance(chosen, str) for chosen in _list(entry.get(name))):
            raise BadBodyError(name)


def _check_day(found: str | None) -> None:
    """One of the calendar, which Slack's picker alone offers."""
    if not found:
        return
    try:
        is_day = A_DAY.fullmatch(found) is not None and date.fromisoformat(found) is not None
    except ValueError:
        is_day = False
    if not is_day:
        raise BadBodyError("a day of no calendar")


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    found = body.get(name)
    return None if found is None else _is_object(found)


def _is_object(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise BadBodyError("not an object")
    return found


def _list(found: Any) -> list[Any]:
    if found is None:
        return []
    if not isinstance(found, list):
        raise BadBodyError("not a list")
    return found


def _texts(body: Mapping[str, Any], names: Iterable[str]) -> None:
    for name in names:
        if not isinstance(body.get(name), str | None):
            raise BadBodyError(name)


def _names(body: Mapping[str, Any], names: Iterable[str]) -> None:
    for name in names:
        found = body.get(name)
        if found is not None and not (isinstance(found, str) and len(found) <= LONGEST_NAME):
            raise BadBodyError(name)
