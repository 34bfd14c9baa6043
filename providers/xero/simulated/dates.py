"""Dates as Xero writes them: in the .NET form, with their text beside them."""

from datetime import UTC, date, datetime
from typing import Any

DATES = frozenset({"Date", "DueDate", "PlannedPaymentDate", "FullyPaidOnDate", "PeriodLockDate", "EndOfYearLockDate"})
INSTANTS = frozenset({"UpdatedDateUTC", "CreatedDateUTC", "DateUTC"})


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
    answer: dict[str, Any] = {}
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
