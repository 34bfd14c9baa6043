"""Has a bank's statement read by a process of its own, and answers what it says."""

from dataclasses import dataclass

import msgspec

from bot.domain.bank_statements import LARGEST_STATEMENT, StatementOutcome
from bot.intake.parent import ChildReader, EndedBadlyError, Limits, entry

ENTRY = entry("bot.statements.child")
LIMITS = Limits(cpu_seconds=5, wall_seconds=8.0)
"""A statement of the largest size takes a tenth of a second."""
TOO_LARGE = f"It is larger than {LARGEST_STATEMENT // 1024**2} MiB. Save a shorter period."
NOT_READ = "It could not be read: it is damaged, or no statement of a bank."


@dataclass(frozen=True, slots=True)
class StatementReader:
    child: ChildReader

    @classmethod
    def build(cls) -> "StatementReader":
        return cls(ChildReader(LIMITS, entry=ENTRY))

    async def __call__(self, content: bytes, order: str | None = None) -> StatementOutcome:
        """What the file says; `order` of days and months, where somebody has said it. Never raises for what is in the file."""
        if len(content) > LARGEST_STATEMENT:
            return StatementOutcome(reason=TOO_LARGE)
        try:
            said = await self.child.said(f"{order or ''}\n".encode() + content)
            return msgspec.json.decode(said, type=StatementOutcome)
        except (EndedBadlyError, msgspec.DecodeError):
            return StatementOutcome(reason=NOT_READ)
