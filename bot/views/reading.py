"""Reading a form back: what is wrong is told at its field, and never guessed at."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from bot.domain.money import WIDE, parse_amount, parse_number
from bot.views.fields import Fields
from bot.views.metadata import NotOursError
from bot.views.text import decimals_of

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Reader:
    """Fields with what is wrong about them."""

    fields: Fields
    wrong: dict[str, str] = field(default_factory=dict)

    def amount(self, block: str, before: Decimal | None) -> Decimal | None:
        typed = self.fields.text(block)
        if typed == shown(before):
            return before
        try:
            return None if typed is None else parse_amount(typed)
        except ValueError as error:
            self.wrong[block] = str(error)
            return None

    def number(self, block: str, before: Decimal) -> Decimal | None:
        """A quantity or a price, which may have more decimals than an amount."""
        typed = self.fields.text(block)
        if typed in (plain_number(before), shown(before)):
            return before
        try:
            return None if typed is None else parse_number(typed)
        except ValueError as error:
            self.wrong[block] = str(error)
            return None

    def check(self, block: str, *, is_right: bool, otherwise: str) -> None:
        if not is_right:
            self.wrong.setdefault(block, otherwise)


def shown(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.{decimals_of(value)}f}"


def plain_number(value: Decimal) -> str:
    """As it is typed: 2, 0.5, 12.3456."""
    return f"{value.normalize(WIDE):f}"


def member(kind: type[E], value: str) -> E:
    """Raises:
    NotOursError: an option that was never offered.
    """
    try:
        return kind(value)
    except ValueError:
        raise NotOursError(value[:60]) from None
