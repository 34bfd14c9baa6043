"""The vendor's SQL, read: one entity, conditions joined by `and`, an order, and a window of at most a thousand.

There is no `or`, no join, no function but `count(*)`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from providers.quickbooks.simulated.faults import FaultError, fault

DEFAULT_MOST = 100
Read = TypeVar("Read")
_TOKENS = re.compile(
    r"\s*(?:(?P<text>'(?:\\.|[^'\\])*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][\w.]*)"
    r"|(?P<sign>>=|<=|[=<>(),*]))"
)
_ENDS = frozenset({"order", "orderby", "startposition", "maxresults", "iterator"})
_OPERATORS = frozenset({"=", "<", ">", "<=", ">=", "in", "like"})


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

    def _separated(self, read: Callable[[], Read]) -> Iterator[Read]:
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
