"""Each limit of Block Kit is refused one step beyond it, and taken at it."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from bot.playground.slack import message_problems, view_problems
from bot.playground.slack.blocks import BLOCKS
from tests.playground.conftest import actions, button, modal, option, plain, section, text_input

Json = dict[str, Any]
NOT_DRAWN = frozenset(
    {
        *("timepicker", "datetimepicker", "rich_text_input", "workflow_button", "raw_number"),
        *("broadcast", "usergroup", "date", "color", "team"),
    }
)


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "pick", "options": [option("one"), option("two")], **more}


def input_of(element: Json) -> Json:
    return {"type": "input", "block_id": "b", "label": plain("Label"), "element": element}


def typed(**more: Any) -> Json:
    return {"type": "plain_text_input", "action_id": "a", **more}


def confirm(**more: Any) -> Json:
    return {"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No"), **more}


GOOD: list[tuple[str, Json]] = [
    ("section at its longest", section("x" * 3000)),
    ("ten fields", {"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2000}] * 10}),
    ("header at its longest", {"type": "header", "text": plain("x" * 150)}),
    ("ten in a context", {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 10}),
    ("25 actions", actions(*[button(f"a{n}") for n in range(25)])),
    ("button at its longest", actions(button(text=plain("x" * 75), value="x" * 2000, style="danger"))),
    ("confirm", actions(button(confirm=confirm()))),
    ("static select", actions(select(initial_option=option("two")))),
    ("grouped select", actions(select() | {"type": "multi_static_select"})),
    ("external select", actions({"type": "external_select", "action_id": "a", "min_query_length": 0})),
    ("people", actions({"type": "multi_users_select", "action_id": "a", "initial_users": ["U1"]})),
    ("conversations", actions({"type": "conversations_select", "action_id": "a", "filter": {"include": ["public"]}})),
    ("table", {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100}),
    ("image", {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}),
    ("overflow", actions({"type": "overflow", "action_id": "a", "options": [option("one")]})),
]
BAD: list[tuple[str, Json]] = [
    ("section too long", section("x" * 3001)),
    ("section empty", section("")),
    ("section without text", {"type": "section"}),
    ("eleven fields", {"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}),
    ("field too long", {"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}),
    ("header too long", {"type": "header", "text": plain("x" * 151)}),
    ("header in mrkdwn", {"type": "header", "text": {"type": "mrkdwn", "text": "x"}}),
    ("eleven in a context", {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}),
    ("button in a context", {"type": "context", "elements": [button()]}),
    ("26 actions", actions(*[button(f"a{n}") for n in range(26)])),
    ("no actions", actions()),
    ("button text too long", actions(button(text=plain("x" * 76)))),
    ("button value too long", actions(button(value="x" * 2001))),
    ("button url too long", actions(button(url="https://" + "x" * 2993))),
    ("button style", actions(button(style="blue"))),
    ("button in mrkdwn", actions(button(text={"type": "mrkdwn", "text": "x"}))),
    ("action_id too long", actions(button("x" * 256))),
    ("block_id too long", section(block_id="x" * 256)),
    ("unknown field of a block", section(colour="red")),
    ("unknown field of an element", actions(button(colour="red"))),
    ("unknown block", {"type": "spreadsheet"}),
    ("unknown element", actions({"type": "slider", "action_id": "a"})),
    ("alert in a message", {"type": "alert", "text": plain("x")}),
    ("same action twice", actions(button("a"), button("a"))),
    ("confirm without deny", actions(button(confirm={k: v for k, v in confirm().items() if k != "deny"}))),
    ("confirm title too long", actions(button(confirm=confirm(title=plain("x" * 101))))),
    ("confirm text too long", actions(button(confirm=confirm(text=plain("x" * 301))))),
    ("confirm button too long", actions(button(confirm=confirm(confirm=plain("x" * 31))))),
    ("101 options", actions(select(options=[option(f"o{n}") for n in range(101)]))),
    ("no options", actions(select(options=[]))),
    ("options and groups", actions(select(option_groups=[{"label": plain("x"), "options": [option("a")]}]))),
    ("option text too long", actions(select(options=[{"text": plain("x" * 76), "value": "v"}]))),
    ("option value too long", actions(select(options=[{"text": plain("x"), "value": "x" * 76}]))),
    ("option value twice", actions(select(options=[option("a"), option("a")]))),
    ("initial option not offered", actions(select(initial_option=option("three")))),
    ("placeholder too long", actions(select(placeholder=plain("x" * 151)))),
    (
        "six in an overflow",
        actions({"type": "overflow", "action_id": "a", "options": [option(f"{n}") for n in range(6)]}),
    ),
    ("eleven boxes", actions({"type": "checkboxes", "action_id": "a", "options": [option(f"{n}") for n in range(11)]})),
    ("date that is none", actions({"type": "datepicker", "action_id": "a", "initial_date": "31/12/2026"})),
    ("number without is_decimal_allowed", input_of({"type": "number_input", "action_id": "a"})),
    (
        "number as a number",
        input_of({"type": "number_input", "action_id": "a", "is_decimal_allowed": True, "min_value": 1}),
    ),
    ("max_length over 3000", input_of(typed(max_length=3001))),
    ("initial value over max_length", input_of(typed(max_length=3, initial_value="four"))),
    ("input label too long", input_of(typed()) | {"label": plain("x" * 2001)}),
    ("button in an input", input_of(button())),
    ("text input in actions", actions(typed())),
    ("file input in a message", input_of({"type": "file_input", "action_id": "a"})),
    ("table with 21 columns", {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]}),
    ("table with 101 rows", {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}),
    ("image without alt text", {"type": "image", "image_url": "https://example.com/a.png"}),
    ("image from a script", {"type": "image", "image_url": "javascript:alert(1)", "alt_text": "x"}),
]


@pytest.mark.parametrize(("name", "block"), GOOD, ids=[name for name, _ in GOOD])
def test_what_slack_takes_is_taken(name: str, block: Json) -> None:
    assert message_problems([block]) == []


@pytest.mark.parametrize(("name", "block"), BAD, ids=[name for name, _ in BAD])
def test_what_slack_refuses_is_refused_with_its_place(name: str, block: Json) -> None:
    problems = message_problems([block])

    assert problems
    assert all("[json-pointer:/blocks/0" in problem for problem in problems)


def test_a_message_takes_fifty_blocks() -> None:
    assert message_problems([section()] * 50) == []
    assert message_problems([section()] * 51)


def test_a_block_id_stands_once_in_a_surface() -> None:
    assert message_problems([section(block_id="a"), section(block_id="a")])
    assert message_problems([section(block_id="a"), section(block_id="b")]) == []


def test_one_action_id_may_stand_in_two_blocks() -> None:
    assert message_problems([actions(button("a")), actions(button("a"))]) == []


def test_a_message_has_one_table_at_most() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}

    assert message_problems([table]) == []
    assert message_problems([table, table])


BAD_VIEWS: list[tuple[str, Json]] = [
    ("title too long", modal(title=plain("x" * 25))),
    ("submit too long", modal(submit=plain("x" * 25))),
    ("close too long", modal(close=plain("x" * 25))),
    ("no title", {k: v for k, v in modal().items() if k != "title"}),
    ("input without submit", {k: v for k, v in modal().items() if k != "submit"}),
    ("private_metadata too long", modal(private_metadata="x" * 3001)),
    ("callback_id too long", modal(callback_id="x" * 256)),
    ("external_id too long", modal(external_id="x" * 256)),
    ("no blocks", modal() | {"blocks": []}),
    ("101 blocks", modal(*[section()] * 101)),
    ("block_id twice", modal(text_input("a"), text_input("a"))),
    ("table in a modal", modal({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]})),
    ("alert too long", modal({"type": "alert", "text": plain("x" * 201)})),
    ("unknown field", modal(footer="x")),
    (
        "two focused",
        modal(text_input("a", element={"focus_on_load": True}), text_input("b", element={"focus_on_load": True})),
    ),
    ("a home", {"type": "home", "blocks": [section()]}),
]


@pytest.mark.parametrize(("name", "view"), BAD_VIEWS, ids=[name for name, _ in BAD_VIEWS])
def test_a_modal_slack_refuses_is_refused(name: str, view: Json) -> None:
    assert view_problems(view, "modal")


def test_a_modal_at_its_limits_is_taken() -> None:
    view = modal(
        *[section()] * 99, text_input(), title=plain("x" * 24), private_metadata="x" * 3000, close=plain("x" * 24)
    )

    assert view_problems(view, "modal") == []


def test_a_home_tab_has_neither_title_nor_alert() -> None:
    home = {"type": "home", "blocks": [section()]}

    assert view_problems(home, "home") == []
    assert view_problems({**home, "title": plain("x")}, "home")
    assert view_problems({"type": "home", "blocks": [{"type": "alert", "text": plain("x")}]}, "home")


@pytest.fixture(scope="module")
def kit(shared: Path) -> Path:
    return shared / "specs" / "slack" / "block-kit"


@pytest.fixture(scope="module")
def of_messages(kit: Path) -> Draft7Validator:
    schema = json.loads((kit / "block-kit.limits.schema.json").read_text())
    return Draft7Validator({**schema, "$ref": "#/definitions/MessageBlocks"})


def test_nothing_is_taken_that_the_schema_refuses(of_messages: Draft7Validator) -> None:
    refused = [name for name, block in GOOD if not of_messages.is_valid([block])]

    assert refused == []


def test_the_schemas_own_examples_of_our_blocks_are_taken(kit: Path, of_messages: Draft7Validator) -> None:
    examples = _objects(json.loads((kit / "fixtures.json").read_text())["valid"])
    blocks = [block for block in examples if _is_drawn(block) and of_messages.is_valid([block])]

    refused = {json.dumps(block): problems for block in blocks if (problems := message_problems([block]))}

    assert len(blocks) >= 10
    assert refused == {}


def _objects(value: object) -> list[Json]:
    if isinstance(value, list):
        return [found for entry in value for found in _objects(entry)]
    if not isinstance(value, dict):
        return []
    below = [found for entry in value.values() for found in _objects(entry)]
    return [value, *below] if "type" in value else below


def _is_drawn(block: Json) -> bool:
    """A message block made of elements the page draws; the others are refused on purpose."""
    kinds = {str(entry["type"]) for entry in _objects(block)}
    return block["type"] in BLOCKS["message"] and not kinds & NOT_DRAWN
