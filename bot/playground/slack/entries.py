"""What a person enters, in plain Python and in Slack's `state.values`.

The page and the tests hand over plain things (a text, an option's value, a list of people); Slack sends an object per
kind of element. Whatever Slack's own client would not let through is refused here in its words.
"""

from datetime import date
from decimal import Decimal, InvalidOperation

from bot.playground.slack.blocks import elements_of
from bot.playground.slack.elements import options_of
from bot.playground.slack.errors import NotPossibleError
from bot.playground.slack.shapes import Json

Entries = dict[str, dict[str, Json]]

_TEXTS = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})
_FIELD = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "file_input": "files",
}


def field_of(kind: str) -> str:
    return "value" if kind in _TEXTS or kind == "button" else _FIELD[kind]


def initial_entry(element: Json) -> Json:
    kind = element["type"]
    field = field_of(kind)
    empty: object = [] if field.endswith("s") else None
    name = "initial_value" if field == "value" else field.replace("selected_", "initial_")
    return {"type": kind, field: element.get(name, empty)}


def untouched(blocks: list[Json]) -> Entries:
    """State holds inputs, selects and pickers from the start, empty or as the app filled them; never buttons."""
    entries: Entries = {}
    for block, element in elements_of(blocks):
        if element["type"] not in {"button", "overflow"}:
            entries.setdefault(block["block_id"], {})[element["action_id"]] = initial_entry(element)
    return entries


def entry_for(element: Json, raw: object, offered: list[Json]) -> Json:
    """One plain entry in Slack's form.

    Args:
        element: the element as the app drew it.
        raw: a text; an option's value, or the option itself; or a list of these; None empties.
        offered: options the app has offered for it so far, when it is an external select.

    Raises:
        NotPossibleError: a person could not have entered that.
    """
    kind = element["type"]
    field = field_of(kind)
    if not field.endswith("s"):
        return {"type": kind, field: _single(element, raw, offered)}
    many = raw if isinstance(raw, list | tuple) else [] if raw in (None, "") else [raw]
    most = element.get("max_selected_items")
    if isinstance(most, int) and len(many) > most:
        raise NotPossibleError(f"no more than {most} can be chosen")
    return {"type": kind, field: [_single(element, entry, offered) for entry in many]}


def _single(element: Json, raw: object, offered: list[Json]) -> object:
    kind = element["type"]
    if raw is None or raw == "":
        return None
    if field_of(kind).startswith("selected_option"):
        return _option(element, raw, offered)
    if kind == "file_input":
        return raw
    return str(raw)


def _option(element: Json, raw: object, offered: list[Json]) -> Json:
    options = options_of(element) + offered
    options += element.get("initial_options") or []
    options += [element["initial_option"]] if "initial_option" in element else []
    for option in options:
        if raw in (option.get("value"), option):
            return option
    raise NotPossibleError(f"{raw!r} is not among the options: {[option.get('value') for option in options]}")


def is_empty(entry: Json) -> bool:
    return entry[field_of(entry["type"])] in (None, "", [])


def client_error(block: Json, entry: Json) -> str | None:
    """What Slack's own client says under a field before it sends anything."""
    element = block["element"]
    if is_empty(entry):
        return None if block.get("optional") else "Please complete this required field."
    match element["type"]:
        case "number_input":
            return _number_error(element, entry["value"])
        case "plain_text_input":
            return _length_error(element, entry["value"])
        case "datepicker":
            return _date_error(entry["selected_date"])
        case "email_text_input" if "@" not in entry["value"]:
            return "Enter a valid email address."
        case "url_text_input" if not entry["value"].startswith(("http://", "https://")):
            return "Enter a valid URL."
    return None


def _number_error(element: Json, value: str) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Must be a valid number."
    if not number.is_finite():
        return "Must be a valid number."
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Must be a valid integer."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Must be greater than or equal to {element['min_value']}."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Must be less than or equal to {element['max_value']}."
    return None


def _length_error(element: Json, value: str) -> str | None:
    if len(value) < element.get("min_length", 0):
        return f"Must be at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Must be at most {element.get('max_length', 3000)} characters."
    return None


def _date_error(value: str) -> str | None:
    try:
        date.fromisoformat(value)
    except ValueError:
        return "Enter a valid date."
    return None
