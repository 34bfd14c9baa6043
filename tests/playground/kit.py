"""The second judge of what the app draws: the Block Kit schema that lies beside the repository.

Nearly all is as it should be, which the quick validator says; only for what is not, the one that says what it found.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from jsonschema import Draft7Validator

from bot.playground.slack import SlackState

IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ANY_ID = "00000000-0000-4000-8000-000000000000"


@cache
def _schema(shared: Path) -> dict[str, Any]:
    path = shared / "specs" / "slack" / "block-kit" / "block-kit.limits.schema.json"
    return dict(json.loads(path.read_text()))


@cache
def validator(shared: Path, definition: str) -> Draft7Validator:
    """For one definition of the schema: `MessageBlocks`, `ModalView`, `HomeView` …"""
    return Draft7Validator({**_schema(shared), "$ref": f"#/definitions/{definition}"})


@cache
def _quick(shared: Path, definition: str) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator({**_schema(shared), "$ref": f"#/definitions/{definition}"})


def schema_problems(slack: SlackState, shared: Path) -> list[str]:
    """What the schema finds wrong with anything the app gave this Slack to draw."""
    drawn = {(kind, IDENTIFIER.sub(ANY_ID, json.dumps(payload))) for kind, payload in slack.drawn}
    return [problem for kind, text in sorted(drawn) for problem in _problems(shared, kind, text)]


@cache
def _problems(shared: Path, kind: str, text: str) -> tuple[str, ...]:
    """Looked for once in everything that is drawn alike but for whose it is: most worlds begin with the same screens."""
    drawn = json.loads(text)
    if _quick(shared, kind).is_valid(drawn):
        return ()
    found = validator(shared, kind).iter_errors(drawn)
    return tuple(f"{kind}{error.json_path}: {error.message[:300]}" for error in found)
