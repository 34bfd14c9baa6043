"""JSON with amounts as they are: `json` would write a Decimal by way of a float."""

import json
from decimal import Decimal
from typing import Any

_quoted = json.encoder.encode_basestring_ascii
"""Text as `json.dumps` writes it, without the detour: fifty documents have two thousand."""


def exact_json(value: Any) -> str:
    """A Decimal is a number, digit for digit; what has the same order of keys is the same text."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_quoted(key)}:{exact_json(found)}" for key, found in value.items()) + "}"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return "[" + ",".join(exact_json(found) for found in value) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value)
