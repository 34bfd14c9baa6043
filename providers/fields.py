"""One field of a provider's JSON as something that can be kept, or words that say why not.

A ledger's lists hold what people typed and what other apps sent. What is kept must fit the database (PostgreSQL takes no
NUL and neither takes half a surrogate pair), and must be of the type it claims: a name that is a number would be found
out only where somebody opens a form.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from bot.domain.exchange import is_plausible

LONGEST_NAME = 500
LONGEST_CODE = 100
MOST_PERCENT, MOST_DECIMALS = 1000, 20
_UNKEPT = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


class FieldError(ValueError):
    """The words are for people, as in "Paper (its Code is missing)"."""


def record_of(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise FieldError("it is no record")
    return found


def name_of(found: Mapping[str, Any], field: str) -> str:
    """Cut where it is longer than anybody reads; nothing refers to a name."""
    text = _text(found, field).translate(_UNKEPT).strip()
    if not text:
        raise FieldError(f"its {field} is empty")
    return text[:LONGEST_NAME]


def code_of(found: Mapping[str, Any], field: str) -> str:
    """What documents refer to, so it is taken as it is or not at all."""
    text = _text(found, field)
    if not text.strip():
        raise FieldError(f"its {field} is empty")
    if len(text) > LONGEST_CODE:
        raise FieldError(f"its {field} is longer than {LONGEST_CODE} characters")
    if not text.isprintable():
        raise FieldError(f"its {field} has characters that cannot be seen")
    return text


def uuid_of(found: Mapping[str, Any], field: str) -> str:
    """In one spelling, so that one entry is one."""
    text = _text(found, field)
    try:
        return str(UUID(text))
    except ValueError as error:
        raise FieldError(f"its {field} is no id") from error


def optional_name(found: Mapping[str, Any], field: str) -> str | None:
    return name_of(found, field) if found.get(field) else None


def optional_code(found: Mapping[str, Any], field: str) -> str | None:
    return code_of(found, field) if found.get(field) else None


def percent_of(found: Mapping[str, Any], field: str) -> Decimal:
    """Nothing said is nought."""
    value = found.get(field)
    try:
        percent = Decimal(0 if value is None else value)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise FieldError(f"its {field} is no number") from error
    exponent = percent.as_tuple().exponent
    if not isinstance(exponent, int) or abs(percent) > MOST_PERCENT or exponent < -MOST_DECIMALS:
        raise FieldError(f"its {field} is no percentage")
    return percent


def rate_of(found: Mapping[str, Any], field: str) -> Decimal:
    """An exchange rate, as it is told."""
    try:
        rate = Decimal(found.get(field) or 0)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise FieldError(f"its {field} is no number") from error
    if not (rate.is_finite() and is_plausible(rate)):
        raise FieldError(f"its {field} is no exchange rate")
    return rate


def day_of(found: Mapping[str, Any], field: str) -> date | None:
    """The day that a moment is written to be on; None where none is told."""
    told = found.get(field)
    try:
        return date.fromisoformat(str(told)[:10]) if told else None
    except ValueError:
        return None


def _text(found: Mapping[str, Any], field: str) -> str:
    value = found.get(field)
    if value is None:
        raise FieldError(f"its {field} is missing")
    if not isinstance(value, str):
        raise FieldError(f"its {field} is no text")
    return value
