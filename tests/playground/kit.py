"""The second judge of what the app draws: the Block Kit schema that lies beside the repository."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

from bot.playground.slack import SlackState


@cache
def _schema(shared: Path) -> dict[str, Any]:
    path = shared / "specs" / "slack" / "block-kit" / "block-kit.limits.schema.json"
    return dict(json.loads(path.read_text()))


@cache
def validator(shared: Path, definition: str) -> Draft7Validator:
    """For one definition of the schema: `MessageBlocks`, `ModalView`, `HomeView` …"""
    return Draft7Validator({**_schema(shared), "$ref": f"#/definitions/{definition}"})


def schema_problems(slack: SlackState, shared: Path) -> list[str]:
    """What the schema finds wrong with anything the app gave this Slack to draw."""
    return [
        f"{kind}{error.json_path}: {error.message[:300]}"
        for kind, payload in slack.drawn
        for error in validator(shared, kind).iter_errors(payload)
    ]
