"""Which reader reads which kind of file; new syntaxes are plugged in here."""

from collections.abc import Mapping
from typing import Protocol

from bot.intake.cii import read_cii
from bot.intake.result import Reading, Unreadable, UnreadableError
from bot.intake.sniff import LARGEST_FILE, MEBIBYTE, FileKind, sniff
from bot.intake.ubl import read_ubl
from bot.intake.zugferd_1 import read_zugferd_1

__all__ = ["READERS", "Reader", "Reading", "Unreadable", "read"]


class Reader(Protocol):
    """Reads one kind of file. It only ever runs in the child, and needs no file, network or clock."""

    def __call__(self, content: bytes) -> Reading:
        """What the document says.

        Raises:
            UnreadableError: with the reason as a sentence.
        """
        ...


READERS: Mapping[FileKind, Reader] = {
    FileKind.UBL: read_ubl,
    FileKind.CII: read_cii,
    FileKind.ZUGFERD_1: read_zugferd_1,
}


def read(content: bytes, readers: Mapping[FileKind, Reader] = READERS) -> Reading | Unreadable:
    """What a file says, or why it cannot be read."""
    if len(content) > LARGEST_FILE:
        return Unreadable(reason=f"It is larger than {LARGEST_FILE // MEBIBYTE} MiB.")
    kind = sniff(content)
    reader = readers.get(kind)
    if reader is None:
        return Unreadable(reason=f"It is {kind.words}; e-invoices are what can be read so far.")
    try:
        return reader(content)
    except UnreadableError as error:
        return Unreadable(reason=str(error))
