"""The second judge of what the app draws: the Block Kit schema that lies beside the repository.

Nearly all is as it should be, which the quick validator says; only for what is not, the one that says what it found.
"""

import json
import re
from functools import cache
from hashlib import sha256
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
def _validator(shared: Path, definition: str) -> Draft7Validator:
    return Draft7Validator({**_schema(shared), "$ref": f"#/definitions/{definition}"})


@cache
def _quick(shared: Path, definition: str) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator({**_schema(shared), "$ref": f"#/definitions/{definition}"})


_judged: dict[bytes, tuple[str, ...]] = {}
"""What the schema said of everything drawn so far: most worlds begin with the same screens. Kept by digest, as all of it would
be half a gigabyte.
"""


def schema_problems(slack: SlackState, shared: Path) -> list[str]:
    """What the schema finds wrong with anything the app gave this Slack to draw, but for whose it is."""
    drawn = {(kind, IDENTIFIER.sub(ANY_ID, json.dumps(payload))) for kind, payload in slack.drawn}
    found: list[str] = []
    for kind, text in sorted(drawn):
        digest = sha256(f"{kind} {text}".encode()).digest()
        if digest not in _judged:
            _judged[digest] = _problems(shared, kind, text)
        found += _judged[digest]
    return found


def _problems(shared: Path, kind: str, text: str) -> tuple[str, ...]:
    return tuple(f"{kind}{fault}" for fault in faults_of(shared, kind, json.loads(text)))


def faults_of(shared: Path, definition: str, drawn: object) -> list[str]:
    """What one definition of the schema (`MessageBlocks`, `ModalView`, `HomeView` …) finds wrong with this."""
    if _quick(shared, definition).is_valid(drawn):
        return []
    found = _validator(shared, definition).iter_errors(drawn)
    return [f"{error.json_path}: {error.message[:300]}" for error in found]
