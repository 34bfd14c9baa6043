"""Slack's rules for the things that stand inside blocks: texts, options, buttons, selects and inputs."""

from datetime import date
from decimal import Decimal, InvalidOperation

from bot.playground.slack.shapes import (
    Check,
    Json,
    Report,
    array,
    boolean,
    exactly_one,
    kinds,
    one_of,
    shape,
    string,
    web_address,
    whole,
)


def plain(most: int, least: int = 1) -> Check:
    return kinds({"plain_text": shape({"text": string(most, least)}, {"emoji": boolean})}, "plain_text object")


def mrkdwn(most: int) -> Check:
    return kinds({"mrkdwn": shape({"text": string(most, 1)}, {"verbatim": boolean})}, "mrkdwn object")


def text(most: int) -> Check:
    plain_rule = shape({"text": string(most, 1)}, {"emoji": boolean})
    mrkdwn_rule = shape({"text": string(most, 1)}, {"verbatim": boolean})
    return kinds({"plain_text": plain_rule, "mrkdwn": mrkdwn_rule}, "text object")


IDENTIFIER = string(255, 1)
STYLE = one_of("primary", "danger")
CONFIRM = shape({"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)}, {"style": STYLE})

_OPTION_EXTRAS = {"description": plain(75)}
OPTION = shape({"text": plain(75), "value": string(75, 1)}, _OPTION_EXTRAS)
RICH_OPTION = shape({"text": text(75), "value": string(75, 1)}, {"description": text(75)})
OVERFLOW_OPTION = shape({"text": plain(75), "value": string(75, 1)}, {**_OPTION_EXTRAS, "url": web_address(3000)})
OPTION_GROUP = shape({"label": plain(75), "options": array(OPTION, 100)})

_PLACED: dict[str, Check] = {"action_id": IDENTIFIER, "confirm": CONFIRM, "focus_on_load": boolean}
_SELECT: dict[str, Check] = {**_PLACED, "placeholder": plain(150)}
_MULTI: dict[str, Check] = {**_SELECT, "max_selected_items": whole(1, 100)}
_DISPATCH = shape({}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)})
_FILTER = shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_TYPED: dict[str, Check] = {
    "action_id": IDENTIFIER,
    "placeholder": plain(150),
    "focus_on_load": boolean,
    "dispatch_action_config": _DISPATCH,
}
_SOURCES: dict[str, Check] = {"options": array(OPTION, 100), "option_groups": array(OPTION_GROUP, 100)}
IMAGE_FIELDS: dict[str, Check] = {"alt_text": string(2000)}
IMAGE_SOURCES: dict[str, Check] = {
    "image_url": web_address(3000),
    "slack_file": shape({}, {"id": string(255, 1), "url": web_address(3000)}, exactly_one("id", "url")),
}


def options_of(element: Json) -> list[Json]:
    """All options of an element, those in groups too."""
    found = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        found += group.get("options") or []
    return [option for option in found if isinstance(option, dict)]


def _initial_is_offered(element: Json, at: str, report: Report) -> None:
    wanted = element.get("initial_options") or []
    if "initial_option" in element:
        wanted = [element["initial_option"]]
    offered = options_of(element)
    if any(entry not in offered for entry in wanted):
        report.error(at, "initial option(s) must be among the options, exactly as given there")


def _values_differ(element: Json, at: str, report: Report) -> None:
    values = [option.get("value") for option in options_of(element)]
    if len(values) != len(set(map(str, values))):
        report.error(at, "option values must be unique")


def _initial_count(element: Json, at: str, report: Report) -> None:
    most = element.get("max_selected_items")
    count = max((len(value) for name, value in element.items() if name.startswith("initial_") and value), default=0)
    if isinstance(most, int) and count > most:
        report.error(at, f"no more than {most} items may be selected at first")


def _date(value: object, at: str, report: Report) -> None:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        report.error(at, "must be a date as YYYY-MM-DD")


def _number(value: object, at: str, report: Report) -> None:
    try:
        Decimal(value if isinstance(value, str) else "not a string")
    except InvalidOperation:
        report.error(at, "must be a number written as a string")


def _initial_length(element: Json, at: str, report: Report) -> None:
    initial, most = element.get("initial_value"), element.get("max_length", 3000)
    if isinstance(initial, str) and isinstance(most, int) and len(initial) > most:
        report.error(f"{at}/initial_value", f"must be less than {most + 1} characters")
    if isinstance(most, int) and isinstance(element.get("min_length"), int) and element["min_length"] > most:
        report.error(f"{at}/min_length", "must not be more than max_length")


def _static(fields: dict[str, Check], initial: str, rule: Check) -> Check:
    fields = {**fields, **_SOURCES, initial: rule}
    return shape(
        {}, fields, exactly_one("options", "option_groups"), _initial_is_offered, _values_differ, _initial_count
    )


def _choices(fields: dict[str, Check], rule: Check, most: int) -> Check:
    return shape({"options": array(rule, most)}, fields, _initial_is_offered, _values_differ)


_USER = string(255, 1)
_USERS = array(_USER, 100)
_EXTERNAL: dict[str, Check] = {"min_query_length": whole(0, 100)}
_CONVERSATIONS: dict[str, Check] = {"default_to_current_conversation": boolean, "filter": _FILTER}
_RESPONSE: dict[str, Check] = {"response_url_enabled": boolean}

BUTTON = shape(
    {"text": plain(75)},
    {
        "action_id": IDENTIFIER,
        "url": web_address(3000),
        "value": string(2000),
        "style": STYLE,
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
IMAGE_ELEMENT = shape(IMAGE_FIELDS, IMAGE_SOURCES, exactly_one("image_url", "slack_file"))

SELECTS: dict[str, Check] = {
    "static_select": _static(_SELECT, "initial_option", OPTION),
    "external_select": shape({}, {**_SELECT, **_EXTERNAL, "initial_option": OPTION}),
    "users_select": shape({}, {**_SELECT, "initial_user": _USER}),
    "conversations_select": shape({}, {**_SELECT, **_CONVERSATIONS, **_RESPONSE, "initial_conversation": _USER}),
    "channels_select": shape({}, {**_SELECT, **_RESPONSE, "initial_channel": _USER}),
    "multi_static_select": _static(_MULTI, "initial_options", array(OPTION, 100)),
    "multi_external_select": shape({}, {**_MULTI, **_EXTERNAL, "initial_options": array(OPTION, 100)}, _initial_count),
    "multi_users_select": shape({}, {**_MULTI, "initial_users": _USERS}, _initial_count),
    "multi_conversations_select": shape(
        {}, {**_MULTI, **_CONVERSATIONS, "initial_conversations": _USERS}, _initial_count
    ),
    "multi_channels_select": shape({}, {**_MULTI, "initial_channels": _USERS}, _initial_count),
}
CHOICES: dict[str, Check] = {
    "checkboxes": _choices({**_PLACED, "initial_options": array(RICH_OPTION, 10)}, RICH_OPTION, 10),
    "radio_buttons": _choices({**_PLACED, "initial_option": RICH_OPTION}, RICH_OPTION, 10),
    "datepicker": shape({}, {**_SELECT, "initial_date": _date}),
}
TYPED: dict[str, Check] = {
    "plain_text_input": shape(
        {},
        {
            **_TYPED,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        _initial_length,
    ),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": _number, "min_value": _number, "max_value": _number},
    ),
    "email_text_input": shape({}, {**_TYPED, "initial_value": string(3000)}),
    "url_text_input": shape({}, {**_TYPED, "initial_value": string(3000)}),
}
FILE_INPUT: dict[str, Check] = {
    "file_input": shape({}, {"action_id": IDENTIFIER, "filetypes": array(string(20, 1), 50), "max_files": whole(1, 10)})
}
OVERFLOW: dict[str, Check] = {"overflow": _choices({"action_id": IDENTIFIER, "confirm": CONFIRM}, OVERFLOW_OPTION, 5)}

ACTION_ELEMENTS = kinds({"button": BUTTON, **SELECTS, **CHOICES, **OVERFLOW}, "block element")
ACCESSORIES = kinds({"button": BUTTON, "image": IMAGE_ELEMENT, **SELECTS, **CHOICES, **OVERFLOW}, "block element")
CONTEXT_ELEMENTS = kinds(
    {
        "image": IMAGE_ELEMENT,
        "plain_text": shape({"text": string(3000, 1)}, {"emoji": boolean}),
        "mrkdwn": shape({"text": string(3000, 1)}, {"verbatim": boolean}),
    },
    "context element",
)


def input_elements(*, with_files: bool) -> Check:
    """What may stand in an input block; files can only be handed in through a modal."""
    return kinds({**TYPED, **SELECTS, **CHOICES, **(FILE_INPUT if with_files else {})}, "input element")


def is_interactive(element: Json) -> bool:
    return element.get("type") not in {"image", "plain_text", "mrkdwn"}
