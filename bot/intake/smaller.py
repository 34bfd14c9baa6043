"""A file that is too large for a ledger, or of a kind that it does not take, in another version: legible, and the same document. Of
an e-invoice in XML it is the PDF that it carries.

Steps are tried from the best looking one down, until one fits. The original is never changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Protocol, cast

from bot.intake.result import UnreadableError
from bot.intake.sniff import FileKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How large a picture may stay, and how well it is kept: the quality of a JPEG, of 95."""

    most_pixels: int
    quality: int


STEPS = (
    Step(most_pixels=12_000_000, quality=85),
    Step(most_pixels=8_000_000, quality=80),
    Step(most_pixels=4_000_000, quality=75),
    Step(most_pixels=2_200_000, quality=65),
    Step(most_pixels=1_100_000, quality=50),
)
"""A page of A4 has 8.7 million pixels as it is scanned, at 300 dots per inch, 2.2 at 150, and is just legible at 100,
with 1.0.
"""


class Shrinker(Protocol):
    """Makes one kind of file smaller. It only ever runs in the child."""

    def __call__(self, content: bytes, most_bytes: int) -> bytes:
        """A version of at most so many bytes; nothing where there is none that is legible.

        Raises:
            UnreadableError: it is damaged, locked or a danger.
        """
        ...


E_INVOICES = (FileKind.UBL, FileKind.CII, FileKind.ZUGFERD_1, FileKind.FATTURA_PA, FileKind.FATTURA_SIMPLIFIED)
SHRINKERS: Mapping[FileKind, str] = {
    FileKind.PDF: "bot.intake.pdf_smaller:smaller_pdf",
    FileKind.PICTURE: "bot.intake.picture_smaller:smaller_picture",
    **dict.fromkeys(E_INVOICES, "bot.intake.visual:visual_of"),
}
"""What makes which kind smaller, named as in `bot.intake.reader.READERS`."""
ENDINGS: Mapping[FileKind, str] = {
    FileKind.PDF: "pdf",
    FileKind.PICTURE: "jpg",
    **dict.fromkeys(E_INVOICES, "pdf"),
}
"""Of the smaller version's name."""


def smaller_of(kind: FileKind, most_bytes: int) -> Callable[[bytes], bytes]:
    """Makes a file of this kind fit; nothing where it cannot. Everything for it is in memory."""
    shrink = cast("Shrinker", resolve_name(SHRINKERS[kind]))

    def work(content: bytes) -> bytes:
        try:
            return shrink(content, most_bytes)
        except UnreadableError:
            return b""

    return work
