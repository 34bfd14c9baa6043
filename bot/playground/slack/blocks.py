"""Slack's rules for blocks, and for the messages, modals and Home tabs made of them.

Only the blocks we know how to draw are known here: another type is refused as Slack refuses a block that has not been
rolled out to a workspace, so that nothing is dropped silently.
"""

import json
from collections.abc import Iterator
from typing import Literal

from bot.playground.slack.elements import (
    ACCESSORIES,
    ACTION_ELEMENTS,
    CONTEXT_ELEMENTS,
    IDENTIFIER,
    IMAGE_FIELDS,
    IMAGE_SOURCES,
    input_elements,
    is_interactive,
    plain,
    text,
)
from bot.playground.slack.shapes import (
    Check,
    Json,
    Report,
    array,
    at_least_one,
    boolean,
    exactly_one,
    kinds,
    one_of,
    shape,
    string,
    web_address,
    whole,
)

Surface = Literal["message", "modal", "home"]
LONGEST_MESSAGE_BLOCKS = 13_200  # undocumented at Slack; about here posts began to fail
LARGEST_VIEW = 250_000

_ID: dict[str, Check] = {"block_id": IDENTIFIER}
_RICH_STYLE = shape({}, {"bold": boolean, "italic": boolean, "strike": boolean, "code": boolean})
_RICH_LEAVES = kinds(
    {
        "text": shape({"text": string(3000, 1)}, {"style": _RICH_STYLE}),
        "link": shape({"url": web_address(3000)}, {"text": string(3000), "style": _RICH_STYLE, "unsafe": boolean}),
        "emoji": shape({"name": string(255, 1)}, {"unicode": string(255), "style": _RICH_STYLE}),
        "user": shape({"user_id": IDENTIFIER}, {"style": _RICH_STYLE}),
        "channel": shape({"channel_id": IDENTIFIER}, {"style": _RICH_STYLE}),
    },
    "rich text element",
)
_RICH_SECTION = shape({"elements": array(_RICH_LEAVES, 1000, 0)})
_RICH_PARTS = kinds(
    {
        "rich_text_section": _RICH_SECTION,
        "rich_text_list": shape(
            {
                "elements": array(kinds({"rich_text_section": _RICH_SECTION}, "rich text section"), 1000),
                "style": one_of("bullet", "ordered"),
            },
            {"indent": whole(0, 8), "offset": whole(0, 100_000), "border": whole(0, 1)},
        ),
        "rich_text_quote": shape({"elements": array(_RICH_LEAVES, 1000, 0)}, {"border": whole(0, 1)}),
        "rich_text_preformatted": shape({"elements": array(_RICH_LEAVES, 1000, 0)}, {"border": whole(0, 1)}),
    },
    "rich text part",
)
_RICH_TEXT = shape({"elements": array(_RICH_PARTS, 1000, 0)}, _ID)
_TABLE = shape(
    {
        "rows": array(
            array(kinds({"rich_text": _RICH_TEXT, "raw_text": shape({"text": string(3000, 1)})}, "table cell"), 20), 100
        )
    },
    {
        **_ID,
        "column_settings": array(shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}), 20),
    },
)

_EVERYWHERE: dict[str, Check] = {
    "section": shape(
        {},
        {**_ID, "text": text(3000), "fields": array(text(2000), 10), "accessory": ACCESSORIES, "expand": boolean},
        at_least_one("text", "fields"),
    ),
    "context": shape({"elements": array(CONTEXT_ELEMENTS, 10)}, _ID),
    "header": shape({"text": plain(150)}, _ID),
    "divider": shape({}, _ID),
    "actions": shape({"elements": array(ACTION_ELEMENTS, 25)}, _ID),
    "image": shape(
        IMAGE_FIELDS, {**_ID, **IMAGE_SOURCES, "title": plain(2000)}, exactly_one("image_url", "slack_file")
    ),
    "rich_text": _RICH_TEXT,
}


def _input(*, with_files: bool) -> Check:
    return shape(
        {"label": plain(2000), "element": input_elements(with_files=with_files)},
        {**_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    )


BLOCKS: dict[Surface, dict[str, Check]] = {
    "message": {**_EVERYWHERE, "input": _input(with_files=False), "table": _TABLE},
    "modal": {
        **_EVERYWHERE,
        "input": _input(with_files=True),
        "alert": shape({"text": text(200)}, {**_ID, "level": one_of("default", "info", "warning", "error", "success")}),
    },
    "home": {**_EVERYWHERE, "input": _input(with_files=False), "table": _TABLE},
}
_VIEW_FIELDS: dict[str, Check] = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_MODAL = shape(
    {"title": plain(24), "blocks": array(kinds(BLOCKS["modal"], "block"), 100)},
    {
        **_VIEW_FIELDS,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_HOME = shape({"blocks": array(kinds(BLOCKS["home"], "block"), 100)}, _VIEW_FIELDS)


def message_problems(blocks: object) -> list[str]:
    """What Slack would list for these blocks of a message; empty when they may be posted."""
    report = Report()
    array(kinds(BLOCKS["message"], "block"), 50, 0)(blocks, "/blocks", report)
    if not report.messages:
        _ids_are_unique(_blocks(blocks), "/blocks", report)
        if sum(block.get("type") == "table" for block in _blocks(blocks)) > 1:
            report.error("/blocks", "only one table is allowed in a message")
    return report.messages


def is_too_long(blocks: list[Json]) -> bool:
    return sum(len(words) for words in _texts(blocks)) > LONGEST_MESSAGE_BLOCKS


def view_problems(view: object, kind: Literal["modal", "home"]) -> list[str]:
    """What Slack would list for this view; empty when it may be shown."""
    report = Report()
    if not isinstance(view, dict) or view.get("type") != kind:
        report.error("/view/type", f"must be {kind}")
        return report.messages
    (_MODAL if kind == "modal" else _HOME)(view, "/view", report)
    if report.messages:
        return report.messages
    blocks = _blocks(view["blocks"])
    _ids_are_unique(blocks, "/view/blocks", report)
    if kind == "modal":
        _modal_rules(view, blocks, report)
    return report.messages


def _modal_rules(view: Json, blocks: list[Json], report: Report) -> None:
    if "submit" not in view and any(block["type"] == "input" for block in blocks):
        report.error("/view", "missing required field: submit")
    focused = [element for _, element in elements_of(blocks) if element.get("focus_on_load")]
    if len(focused) > 1:
        report.error("/view/blocks", "only one element can have focus_on_load")


def view_is_too_large(view: Json) -> bool:
    return len(json.dumps(view, ensure_ascii=False).encode()) > LARGEST_VIEW


def _blocks(blocks: object) -> list[Json]:
    return [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, entry in value.items():
            if name == "text" and isinstance(entry, str):
                yield entry
            yield from _texts(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)


def _ids_are_unique(blocks: list[Json], at: str, report: Report) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        name = block.get("block_id")
        if name in seen:
            report.error(f"{at}/{index}/block_id", f'`block_id` "{name}" already exists')
        elif isinstance(name, str):
            seen.add(name)
        actions = [element["action_id"] for _, element in elements_of([block]) if "action_id" in element]
        if len(actions) != len(set(actions)):
            report.error(f"{at}/{index}", "`action_id` must be unique within its block")


def elements_of(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every element a person can act on, with the block it stands in."""
    for block in blocks:
        found = [block.get("accessory"), block.get("element")]
        if block.get("type") == "actions":
            found += block.get("elements") or []
        for element in found:
            if isinstance(element, dict) and is_interactive(element):
                yield block, element


def with_ids(blocks: list[Json], new_id: Iterator[str]) -> list[Json]:
    """The blocks as Slack keeps them: every block and every element has an id, made up where the app gave none."""
    kept: list[Json] = json.loads(json.dumps(blocks))
    for block in kept:
        block.setdefault("block_id", next(new_id))
    for _, element in elements_of(kept):
        element.setdefault("action_id", next(new_id))
    return kept
