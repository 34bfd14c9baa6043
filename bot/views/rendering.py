"""Blocks and views as Slack's JSON: what the SDK's `to_dict` gives, its checks included, at a fifth of its cost.

The SDK looks through every attribute of every object for its checks, each time it is drawn: 4 ms for a hundred options.
Which checks there are is the same for all objects of a class, so here they are found once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Option


@dataclass(frozen=True, slots=True)
class _Shape:
    """The methods of a class that check an object, and the attributes that are drawn."""

    checks: tuple[Callable[[JsonObject], bool], ...]
    attributes: tuple[str, ...]


_BARE = frozenset({str, bool, int})
_SHAPES: dict[type[JsonObject], _Shape] = {}


def to_slack(found: JsonObject) -> dict[str, Any]:
    """Raises:
    SlackObjectFormationError: Slack would not take it.
    """
    kind = type(found)
    if kind is Option:
        return _option(found)
    if kind not in _SHAPES and not _is_plain(kind):
        return found.to_dict()
    drawn: dict[str, Any] = {}
    for name in _checked(found).attributes:
        value = getattr(found, name, None)
        if type(value) in _BARE:  # nearly all; asking whether it is one of the SDK's costs five times as much
            if value != "":
                drawn[name] = value
        elif not _is_empty(value):
            drawn[name] = _part(value)
    return drawn


def _part(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_part(each) for each in value]
    return to_slack(value) if isinstance(value, JsonObject) else value


def _is_empty(value: Any) -> bool:
    """Slack takes no empty text and no empty list. The types are named: asking for any `Sequence` costs ten times as much,
    some hundred times a form.
    """
    return value is None or (isinstance(value, (str, list, tuple, dict)) and not value)


def _option(option: Any) -> dict[str, Any]:
    """In public an option only has its words; what is drawn is the objects behind them."""
    text, more = getattr(option, "_text", None), getattr(option, "_block_description", None)
    if text is None or option.url is not None:
        return dict(option.to_dict())
    _checked(option)
    drawn = {"text": to_slack(text), "value": option.value}
    return drawn if more is None else {**drawn, "description": to_slack(more)}


def _checked(found: JsonObject) -> _Shape:
    shape = _SHAPES.get(type(found))
    if shape is None:
        shape = _SHAPES[type(found)] = _Shape(_checks_of(type(found)), tuple(sorted(found.attributes)))
    for check in shape.checks:
        check(found)
    return shape


def _checks_of(kind: type[JsonObject]) -> tuple[Callable[[JsonObject], bool], ...]:
    methods = (getattr(kind, name, None) for name in dir(kind))
    return tuple(method for method in methods if callable(method) and hasattr(method, "validator"))


@cache
def _is_plain(kind: type[JsonObject]) -> bool:
    """Drawn by its attributes, as nearly everything is; in rich text, what is empty is drawn too."""
    return kind.to_dict is JsonObject.to_dict and not str(getattr(kind, "type", "")).startswith("rich_text")
