"""Which reader reads which kind of file; new kinds are plugged in here.

A reader is named, not imported: the process that serves Slack needs none of the parsers, and the child that reads one
file loads what this kind needs and nothing else.
"""

from collections.abc import Mapping
from functools import partial
from pkgutil import resolve_name
from typing import Protocol, cast

from bot.intake.result import Reading, Unreadable, UnreadableError
from bot.intake.sniff import LARGEST_FILE, MEBIBYTE, FileKind, sniff

__all__ = ["READERS", "Reader", "Reading", "Unreadable", "read", "reader_of", "refusal"]


class Reader(Protocol):
    """Reads one kind of file. It only ever runs in the child, and needs no file, network, clock or thread."""

    def __call__(self, content: bytes) -> Reading:
        """What the document says.

        Raises:
            UnreadableError: with the reason as a sentence.
        """
        ...


READERS: Mapping[FileKind, str] = {
    FileKind.UBL: "bot.intake.ubl:read_ubl",
    FileKind.CII: "bot.intake.cii:read_cii",
    FileKind.ZUGFERD_1: "bot.intake.zugferd_1:read_zugferd_1",
    FileKind.FATTURA_PA: "bot.intake.fattura_pa:read_fattura_pa",
    FileKind.PDF: "bot.intake.pdf:read_pdf",
    FileKind.PICTURE: "bot.intake.picture:read_picture",
}
"""The place of each reader, as `module:function`. One that reads what stands on a picture would take the place of
`read_picture`, and of the scans in `bot.intake.pdf`."""


def refusal(content: bytes, kind: FileKind) -> Unreadable | None:
    """Why no reader needs to look at this file."""
    if len(content) > LARGEST_FILE:
        return Unreadable(reason=f"It is larger than {LARGEST_FILE // MEBIBYTE} MiB.")
    if kind not in READERS:
        return Unreadable.because(f"It is {kind.words}.", kind.advice)
    return None


def reader_of(kind: FileKind) -> "partial[Reading | Unreadable]":
    """The reader with everything it needs in memory, ready for a process that can open no more files."""
    return partial(_read, cast("Reader", resolve_name(READERS[kind])))


def read(content: bytes) -> Reading | Unreadable:
    """What a file says, or why it cannot be read."""
    kind = sniff(content)
    return refusal(content, kind) or reader_of(kind)(content)


def _read(reader: Reader, content: bytes) -> Reading | Unreadable:
    try:
        return reader(content)
    except UnreadableError as error:
        return Unreadable.because(str(error), error.advice)
