"""The vendor's SQL: one entity, conditions joined by `and`, an order, and a window of at most a thousand.

There is no `or`, no join, no function but `count(*)`. A list entity's inactive records are left out unless the statement
names `Active`. That text is compared without regard to capitals is unverified.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from providers.quickbooks.simulated.entities import ENTITIES, Entity
from providers.quickbooks.simulated.faults import FaultError, fault
from providers.simulating.numbers import Json

DEFAULT_MOST = 100
MOST = 1000
_TOKENS = re.compile(
    r"\s*(?:(?P<text>'(?:\\.|[^'\\])*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][\w.]*)"
    r"|(?P<sign>>=|<=|[=<>(),*]))"
)
_ENDS = frozenset({"order", "orderby", "startposition", "maxresults", "iterator"})
_OPERATORS = frozenset({"=", "<", ">", "<=", ">=", "in", "like"})
_SCALARS = frozenset(
    {
        *(
            "SyncToken",
            "PrivateNote",
            "CurrencyRef",
            "ExchangeRate",
            "GlobalTaxCalculation",
            "DepartmentRef",
            "DueDate",
        ),
        *("HomeBalance", "Balance", "Credit", "EntityRef", "PrintStatus", "EmailStatus", "PaymentRefNum", "TxnStatus"),
    }
)
"""What may be selected of transactions beside what may be asked for."""


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    value: str
    at: int

    @property
    def keyword(self) -> str:
        return self.value.lower() if self.kind in ("word", "sign") else ""


@dataclass(frozen=True, slots=True)
class Condition:
    name: str
    operator: str
    values: tuple[Any, ...]


@dataclass(slots=True)
class Select:
    entity: str = ""
    columns: tuple[str, ...] = ()
    counts: bool = False
    conditions: list[Condition] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)
    start: int = 1
    most: int = DEFAULT_MOST


def parsed(statement: str) -> Select:
    """
    Raises:
        FaultError: it is no statement of this language.
    """  # noqa: D212
    return _Parser(_tokens(statement)).select()


def _tokens(statement: str) -> list[Token]:
    found, at = [], 0
    while statement[at:].strip():
        match = _TOKENS.match(statement, at)
        if match is None:
            column, sign = at + 1, statement[at:].strip()[0]
            words = f'Invalid content. Lexical error at line 1, column {column}.  Encountered: "{sign}" ({ord(sign)})'
            raise fault("4000", f"QueryParserError: {words}")
        kind = str(match.lastgroup)
        value = match[kind]
        found.append(Token(kind, re.sub(r"\\(.)", r"\1", value[1:-1]) if kind == "text" else value, match.start(kind)))
        at = match.end()
    return found


@dataclass(slots=True)
class _Parser:
    tokens: list[Token]
    at: int = 0

    def select(self) -> Select:
        found = Select()
        self._expect("select")
        if self._skip("*"):
            pass
        elif self._peek() == "count":
            self.at += 1
            for sign in "(*)":
                self._expect(sign)
            found.counts = True
        else:
            found.columns = tuple(self._separated(self._word))
        self._expect("from")
        found.entity = self._word()
        if self._skip("where"):
            found.conditions.append(self._condition())
            while self._skip("and"):
                found.conditions.append(self._condition())
        self._window(found)
        if self.at < len(self.tokens):
            raise self._unexpected()
        return found

    def _window(self, found: Select) -> None:
        while self._peek() in _ENDS:
            word = self._take().keyword
            if word in ("order", "orderby"):
                if word == "order":
                    self._expect("by")
                found.order = list(self._separated(self._ordering))
            elif word == "startposition":
                found.start = self._whole()
            elif word == "maxresults":
                found.most = self._whole()

    def _ordering(self) -> tuple[str, bool]:
        name = self._word()
        if self._skip("desc"):
            return name, True
        self._skip("asc")
        return name, False

    def _condition(self) -> Condition:
        name, operator = self._word(), self._take().keyword
        if operator not in _OPERATORS:
            self.at -= 1
            raise self._unexpected()
        if operator != "in":
            return Condition(name, operator, (self._value(),))
        self._expect("(")
        values = tuple(self._separated(self._value))
        self._expect(")")
        return Condition(name, operator, values)

    def _value(self) -> Any:
        token = self._take()
        if token.kind == "text":
            return token.value
        if token.kind == "number":
            return Decimal(token.value)
        if token.keyword in ("true", "false"):
            return token.keyword == "true"
        self.at -= 1
        raise self._unexpected()

    def _separated(self, read: Any) -> Iterable[Any]:
        yield read()
        while self._skip(","):
            yield read()

    def _whole(self) -> int:
        token = self._take()
        if token.kind != "number" or not token.value.isdecimal():
            self.at -= 1
            raise self._unexpected()
        return int(token.value)

    def _word(self) -> str:
        token = self._take()
        if token.kind != "word":
            self.at -= 1
            raise self._unexpected()
        return token.value

    def _peek(self) -> str:
        return self.tokens[self.at].keyword if self.at < len(self.tokens) else ""

    def _take(self) -> Token:
        if self.at >= len(self.tokens):
            raise self._unexpected()
        self.at += 1
        return self.tokens[self.at - 1]

    def _skip(self, keyword: str) -> bool:
        is_next = self._peek() == keyword
        self.at += is_next
        return is_next

    def _expect(self, keyword: str) -> None:
        if not self._skip(keyword):
            raise self._unexpected()

    def _unexpected(self) -> FaultError:
        if self.at >= len(self.tokens):
            return fault("4000", 'QueryParserError: Encountered "<EOF>" at line 1, column 0.')
        token = self.tokens[self.at]
        return fault("4000", f'QueryParserError: Encountered "{token.value}" at line 1, column {token.at + 1}.')


# Answering


def matching(select: Select, records: Sequence[Json], largest: int = MOST) -> list[Json]:
    """All that match, in order, without the window.

    Raises:
        FaultError: it asks for what there is not, or what may not be asked for.
    """
    entity = ENTITIES[select.entity]
    _check(select, entity, records, largest)
    names = {condition.name for condition in select.conditions}
    found = [one for one in records if all(_holds(one, condition) for condition in select.conditions)]
    if entity.is_list and "Active" not in names:
        found = [one for one in found if one["Active"]]
    for name, is_falling in reversed(select.order):
        found.sort(key=lambda one: _sortable(one, name), reverse=is_falling)  # noqa: B023 - sorted at once
    return found


def window(select: Select, found: Sequence[Json]) -> list[Json]:
    rows = found[select.start - 1 : select.start - 1 + select.most]
    if not select.columns:
        return list(rows)
    kept = ("domain", *select.columns)
    return [{**{name: one[name] for name in kept if name in one}, "sparse": True} for one in rows]


def _check(select: Select, entity: Entity, records: Sequence[Json], largest: int) -> None:
    if select.most > largest:
        raise fault("4001", f"QueryValidationError: value is too large. Max allowed value is {largest}.")
    if select.start < 1:
        raise fault("4001", "QueryValidationError: value is too small. Min allowed value is 1.")
    for name in [*(one.name for one in select.conditions), *(name for name, _ in select.order)]:
        if name not in entity.fields:
            raise _refused(name, entity, records)
    if any(name == "Id" for name, _ in select.order):  # since January 2026
        raise fault("4001", "QueryValidationError: property 'Id' is not sortable")
    for name in select.columns:
        if name not in entity.fields and not (name in _SCALARS or _is_plain(name, records)):
            raise fault("4001", f"QueryValidationError: Property {name} not found for Entity {entity.name}")


def _refused(name: str, entity: Entity, records: Sequence[Json]) -> FaultError:
    if name in _SCALARS or any(name in one for one in records):
        return fault("4001", f"QueryValidationError: property '{name}' is not queryable")
    return fault("4001", f"QueryValidationError: Property {name} not found for Entity {entity.name}")


def _is_plain(name: str, records: Sequence[Json]) -> bool:
    """Whether a field holds a value; what is nested cannot be selected."""
    return any(not isinstance(one[name], dict | list) for one in records if name in one)


def _values(record: Any, path: Sequence[str]) -> list[Any]:
    """What stands under a path: of a list, whatever any of its elements has."""
    if isinstance(record, list):
        return [found for one in record for found in _values(one, path)]
    if not path:
        return [record.get("value")] if isinstance(record, dict) else [record]
    if not isinstance(record, dict):
        return []
    return _values(record.get(path[0], record.get(path[0].lower())), path[1:])


def _holds(record: Json, condition: Condition) -> bool:
    found = [value for value in _values(record, condition.name.split(".")) if value is not None]
    if condition.operator == "in":
        return any(_compared(one, "=", wanted) for one in found for wanted in condition.values)
    return any(_compared(one, condition.operator, condition.values[0]) for one in found)


def _compared(found: Any, operator: str, wanted: Any) -> bool:
    try:
        left, right = _alike(found, wanted)
    except (ValueError, ArithmeticError):
        raise fault("4001", f"QueryValidationError: value {wanted} is not valid") from None
    match operator:
        case "=":
            return bool(left == right)
        case "<":
            return bool(left < right)
        case ">":
            return bool(left > right)
        case "<=":
            return bool(left <= right)
        case ">=":
            return bool(left >= right)
    pattern = ".*".join(re.escape(part) for part in str(right).split("%"))
    return re.fullmatch(pattern, str(left), re.DOTALL) is not None


def _alike(found: Any, wanted: Any) -> tuple[Any, Any]:
    """Both in the kind of what is found: a truth, a number, a moment or text."""
    if isinstance(found, bool):
        return found, wanted if isinstance(wanted, bool) else str(wanted).lower() == "true"
    if isinstance(found, int | Decimal):
        return Decimal(found), Decimal(wanted)
    if re.match(r"\d{4}-\d\d-\d\dT", found):
        return _moment(found), _moment(str(wanted))
    return str(found).casefold(), str(wanted).casefold()


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _sortable(record: Json, name: str) -> tuple[bool, Any]:
    found = _values(record, name.split("."))
    value = found[0] if found else None
    if value is None:
        return False, ""
    return True, _alike(value, value)[0]
