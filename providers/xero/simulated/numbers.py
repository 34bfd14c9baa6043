"""JSON as Xero writes it: money digit for digit, dates in the .NET form."""

import json
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Json = dict[str, Any]

DATES = frozenset({"Date", "DueDate", "PlannedPaymentDate", "FullyPaidOnDate", "PeriodLockDate", "EndOfYearLockDate"})
INSTANTS = frozenset({"UpdatedDateUTC", "CreatedDateUTC", "DateUTC"})
CENT = Decimal("0.01")


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


def day(value: Any) -> date:
    """A date as a client may send it: ISO, with or without a time, or the .NET form.

    Raises:
        ValueError: it is neither.
    """
    text = str(value)
    if text.startswith("/Date("):
        milliseconds = text[6:].split(")", maxsplit=1)[0].split("+", maxsplit=1)[0]
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC).date()
    return date.fromisoformat(text[:10])


def in_words(value: date) -> str:
    """As in Xero's sentences: 31-Jul-2013."""
    return value.strftime("%d-%b-%Y")


def presented(value: Any) -> Any:
    """A stored record as an answer shows it: dates in the .NET form with their text beside them, no private fields."""
    if isinstance(value, list):
        return [presented(found) for found in value]
    if not isinstance(value, dict):
        return value
    answer: Json = {}
    for key, found in value.items():
        if key.startswith("_"):
            continue
        if key in DATES and isinstance(found, str):
            answer[key] = _dotnet(datetime.combine(date.fromisoformat(found), datetime.min.time(), UTC))
            if key in ("Date", "DueDate"):
                answer[f"{key}String"] = f"{found}T00:00:00"
        elif key in INSTANTS and isinstance(found, str):
            answer[key] = _dotnet(datetime.fromisoformat(found))
        else:
            answer[key] = presented(found)
    return answer


def _dotnet(instant: datetime) -> str:
    return f"/Date({int(instant.timestamp() * 1000)}+0000)/"
