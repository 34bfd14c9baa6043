"""The first page of a document as a small PNG, for people to look at while they decide.

It is painted anew from the pixels: nothing else of the file (location of the camera, colour profile, scripts, hidden
text) is in it.
"""

from collections.abc import Callable, Mapping
from pkgutil import resolve_name
from typing import cast

from bot.intake.result import UnreadableError
from bot.intake.sniff import FileKind

PREVIEWS: Mapping[FileKind, str] = {
    FileKind.PDF: "bot.intake.pdf_preview:preview_pdf",
    FileKind.PICTURE: "bot.intake.picture:preview_picture",
}
"""What draws which kind, named as in `bot.intake.reader.READERS`. An e-invoice has no looks."""


def preview_of(kind: FileKind) -> Callable[[bytes], bytes]:
    """Draws a file of this kind as PNG; nothing where it cannot be drawn. Everything for it is in memory."""
    drawing = cast("Callable[[bytes], bytes]", resolve_name(PREVIEWS[kind]))

    def draw(content: bytes) -> bytes:
        try:
            return drawing(content)
        except UnreadableError:
            return b""

    return draw
