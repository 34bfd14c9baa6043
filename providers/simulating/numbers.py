"""JSON with money digit for digit: read, written, rounded. A vendor that writes numbers as text turns them into text first."""

import json
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Json = dict[str, Any]


def dump(value: Any) -> str:
    """`json` would write a Decimal through float."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(key))}:{dump(found)}" for key, found in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(dump(found) for found in value) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value)


def load(text: str | bytes) -> Any:
    return json.loads(text, parse_float=Decimal)


def number(value: Any) -> Decimal:
    """A number as people send it: bare, or in quotes.

    Raises:
        ValueError: it is not a finite number.
    """
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError(f"{value!r} is not a number")  # noqa: TRY004 - what was sent is wrong, not the caller
    try:
        found = Decimal(value)
    except ArithmeticError as error:
        raise ValueError(f"{value!r} is not a number") from error
    if not found.is_finite():
        raise ValueError(f"{value!r} is not a number")
    return found


def rounded(value: Decimal, places: int = 2) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
