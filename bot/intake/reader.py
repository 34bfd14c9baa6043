"""Which reader reads which kind of file; new syntaxes are plugged in here."""

from collections.abc import Callable, Mapping

from bot.intake.result import Reading, Unreadable, UnreadableError
from bot.intake.sniff import LARGEST_FILE, FileKind, sniff
from bot.intake.ubl import read_ubl

__all__ = ["READERS", "Reading", "Unreadable", "read"]

READERS: Mapping[FileKind, Callable[[bytes], Reading]] = {FileKind.UBL: read_ubl}


def read(content: bytes) -> Reading | Unreadable:
    """What a file says, or why it cannot be read."""
    if len(content) > LARGEST_FILE:
        return Unreadable(reason=f"It has {len(content) // 1048576} MiB; at most {LARGEST_FILE // 1048576} are read.")
    kind = sniff(content)
    reader = READERS.get(kind)
    if reader is None:
        return Unreadable(reason=f"It is {kind.words}; UBL e-invoices are what can be read so far.")
    try:
        return reader(content)
    except UnreadableError as error:
        return Unreadable(reason=str(error))
