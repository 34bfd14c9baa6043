"""What the parent and its child agree upon."""

from enum import StrEnum

OUT_OF_MEMORY = 3
TOO_MUCH_TO_SAY = 4
"""Exit codes the parent has words for."""


class Task(StrEnum):
    """What the child is to make of the file."""

    READ = "read"
    """A `bot.intake.result.Outcome` as JSON."""
    PREVIEW = "preview"
    """A PNG, or nothing where there is nothing to show."""
    SMALLER = "smaller"
    """The same document in no more bytes than the answer may have, or nothing where it cannot be made so small."""
