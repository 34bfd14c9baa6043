"""`where`, `order` and pages, as Xero's list endpoints understand them."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from providers.simulating.answers import RefusalError
from providers.simulating.numbers import Json
from providers.xero.simulated.refusals import numbered

Test = Callable[[Json], bool]
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][\w.]*)"""
    r"""|(?P<sign>==|!=|>=|<=|&&|\|\||[=<>(),]))"""
)
_JOINS = {"&&": "and", "AND": "and", "||": "or", "OR": "or"}


def bad_query(message: str) -> RefusalError:
    return numbered(16, "QueryParseException", message)


def where(text: str) -> Test:
    """A filter such as `Type=="ACCPAY" AND Date>=DateTime(2026,1,1) AND Contact.Name.Contains("x")`.

    Raises:
        RefusalError: Xero's QueryParseException.
    """
    return _Parser(_tokens(text)).whole()


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise bad_query(f"Syntax error at position {at}")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return tokens


@dataclass(slots=True)
class _Parser:
    tokens: list[tuple[str, str]]
    at: int = field(default=0)

    def whole(self) -> Test:
        test = self._any()
        if self.at != len(self.tokens):
            raise bad_query(f"Syntax error at '{self._peek()}'")
        return test

    def _peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise bad_query("Expression expected")
        self.at += 1
        return self.tokens[self.at - 1]

    def _take(self, sign: str) -> None:
        if self._next()[1] != sign:
            raise bad_query(f"'{sign}' expected")

    def _joins(self, word: str) -> bool:
        if _JOINS.get(self._peek().upper()) != word:
            return False
        self.at += 1
        return True

    def _any(self) -> Test:
        tests = [self._all()]
        while self._joins("or"):
            tests.append(self._all())
        return lambda record: any(test(record) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._joins("and"):
            tests.append(self._one())
        return lambda record: all(test(record) for test in tests)

    def _one(self) -> Test:
        if self._peek() == "(":
            self._take("(")
            inner = self._any()
            self._take(")")
            return inner
        kind, name = self._next()
        if kind != "name":
            raise bad_query(f"No property or field '{name}' exists")
        field_name, _, method = name.rpartition(".")
        if method in ("Contains", "StartsWith", "EndsWith") and self._peek() == "(":
            return self._method(field_name, method)
        return self._comparison(name)

    def _method(self, name: str, method: str) -> Test:
        self._take("(")
        words = str(self._value()).lower()
        self._take(")")
        tests: dict[str, Callable[[str], bool]] = {
            "Contains": lambda text: words in text,
            "StartsWith": lambda text: text.startswith(words),
            "EndsWith": lambda text: text.endswith(words),
        }
        found = tests[method]
        return lambda record: found(str(value_of(record, name) or "").lower())

    def _comparison(self, name: str) -> Test:
        sign = self._next()[1]
        if sign not in _COMPARE:
            raise bad_query(f"Operator expected after '{name}'")
        wanted, compare = self._value(), _COMPARE[sign]

        def test(record: Json) -> bool:
            found = value_of(record, name)
            if found is None or wanted is None:
                return compare(found is None, wanted is None) if sign in ("=", "==", "!=") else False
            return compare(_like(found, wanted), wanted.lower() if isinstance(wanted, str) else wanted)

        return test

    def _value(self) -> Any:
        kind, text = self._next()
        if kind == "text":
            return text[1:-1].replace('\\"', '"')
        if kind == "number":
            return Decimal(text)
        match text.lower():
            case "true" | "false":
                return text.lower() == "true"
            case "null":
                return None
            case "guid":
                self._take("(")
                inner = self._value()
                self._take(")")
                return inner
            case "datetime":
                return self._datetime()
        raise bad_query(f"No property or field '{text}' exists")

    def _datetime(self) -> datetime:
        self._take("(")
        parts = [int(self._value())]
        while self._peek() == ",":
            self._take(",")
            parts.append(int(self._value()))
        self._take(")")
        if len(parts) not in (3, 6):
            raise bad_query("No applicable constructor exists in type 'DateTime'")
        try:
            year, month, day, hour, minute, second = (*parts, 0, 0, 0)[:6]
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except ValueError as error:
            raise bad_query(str(error)) from error


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    ">": lambda a, b: bool(a > b),
    "<": lambda a, b: bool(a < b),
    ">=": lambda a, b: bool(a >= b),
    "<=": lambda a, b: bool(a <= b),
}


def value_of(record: Json, name: str) -> Any:
    found: Any = record
    for part in name.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(part)
    return found


def _like(found: Any, wanted: Any) -> Any:
    """The stored value in the kind of the wanted one.

    Raises:
        RefusalError: they cannot be compared.
    """
    try:
        if isinstance(wanted, datetime):
            stored = datetime.fromisoformat(str(found))
            return stored if stored.tzinfo else stored.replace(tzinfo=UTC)
        if isinstance(wanted, Decimal):
            return Decimal(found)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise bad_query("Operator incompatible with operand types") from error
    if isinstance(wanted, str) and isinstance(found, str):
        return found.lower()
    return found


def ordered(records: Iterable[Json], order: str) -> list[Json]:
    """`order` is fields with an optional ASC or DESC, separated by commas."""
    found = list(records)
    for part in reversed([part.split() for part in order.split(",") if part.strip()]):
        name, descending = part[0], len(part) > 1 and part[1].upper() == "DESC"
        found.sort(key=lambda record: _key(value_of(record, name)), reverse=descending)  # used at once
    return found


def _key(value: Any) -> tuple[int, Any]:
    if value is None:
        return (0, "")
    return (1, value) if isinstance(value, int | Decimal) else (2, str(value).lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    records: Sequence[Json]
    pagination: Json


def page_of(records: Sequence[Json], query: dict[str, str], largest: int) -> Page:
    """`page` counts from 1; `pageSize` is 100 unless asked, at most the `largest`."""
    page, size = _whole(query, "page", 1), min(_whole(query, "pageSize", 100), largest)
    count = len(records)
    return Page(
        records=records[(page - 1) * size : page * size],
        pagination={"page": page, "pageSize": size, "pageCount": -(-count // size), "itemCount": count},
    )


def _whole(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not text.isdigit() or not 0 < int(text) < 10**6:
        raise bad_query(f"Invalid {name}: {text}")
    return int(text)


def modified_since(text: str) -> datetime | None:
    """The header's instant, UTC; what cannot be read is ignored, as Xero does."""
    for read in (datetime.fromisoformat, lambda value: datetime.strptime(value, "%a, %d %b %Y %H:%M:%S GMT")):  # noqa: DTZ007
        try:
            found = read(text)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
