"""What reading a file ends in."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from bot.domain.documents import Facts

BY_HAND = "Type `/dext add` to enter it by hand."


class Method(StrEnum):
    """How much a reading can be relied upon."""

    STATED = "stated"
    """An e-invoice says so itself."""
    TEXT = "text"
    """Rules found it in the text of a page; `Facts.read` names what."""
    NOTHING = "nothing"
    """A picture: there is a document, and a person has to say what stands on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The facts of a document.

    `invoice_lines` counts the document's own lines: they come first in `facts.lines`, and allowances and charges of the
    whole document follow them. `warnings` are sentences about figures that do not agree; nothing was changed to fit.
    """

    facts: Facts
    invoice_lines: int
    type_code: str
    profile: str
    warnings: tuple[str, ...] = ()
    method: Method = Method.STATED

    @property
    def kept(self) -> Facts:
        """The facts as an item keeps them: with the warnings, for whoever is to approve it."""
        return replace(self.facts, warnings=self.warnings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why there are no facts, and what the person can do; both are sentences, and neither quotes the file."""

    reason: str
    what_to_do: str = BY_HAND

    @classmethod
    def because(cls, reason: str, advice: str) -> Self:
        """With a better way than typing it in, which remains one."""
        return cls(reason=reason, what_to_do=f"{advice} {BY_HAND}".strip())


class UnreadableError(Exception):
    """Raised by a reader with the reason as a sentence, and a better way than typing it in where there is one."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason)
        self.advice = advice


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Either of the two, as it crosses from the child to its parent."""

    reading: Reading | None = None
    unreadable: Unreadable | None = None
