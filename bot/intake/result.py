"""What reading a file ends in."""

from dataclasses import dataclass

from bot.domain.documents import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The facts of a document. `invoice_lines` counts its own lines, without allowances of the whole document."""

    facts: Facts
    invoice_lines: int
    type_code: str
    profile: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why there are no facts, and what the person can do; both are sentences."""

    reason: str
    what_to_do: str = "Press *Add a bill* or type `/dext add` to enter it by hand."


class UnreadableError(Exception):
    """Raised by a reader with the reason as a sentence."""
