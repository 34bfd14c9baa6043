"""The one door to PDFium: documents are opened, their text is taken with its places, a page is painted.

Nothing in a PDF is run: scripts and actions need a form environment, which is never made. Fonts that are not embedded
are PDFium's own, as no file can be opened. https://pypdfium2.readthedocs.io/en/stable/python_api.html
"""

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pypdfium2
from pypdfium2 import raw

from bot.intake.result import UnreadableError

if TYPE_CHECKING:  # who only reads needs no Pillow, and has none in memory
    from PIL import Image

_NO_PASSWORD = 4
"""FPDF_ERR_PASSWORD of https://pdfium.googlesource.com/pdfium/+/refs/heads/main/public/fpdfview.h"""
MOST_CHARACTERS = 20_000
"""On one page; there is no room for more that a person could read."""
_TILTED = 0.1
"""The sine of the angle from which letters are a stamp or a note along the margin, and no part of a row."""
_QUARTER = math.pi / 2
_LINE_BREAKS = frozenset("\r\n\x00")


@dataclass(frozen=True, slots=True)
class Character:
    """One character and where it stands: points from the left and from the foot of the page."""

    text: str
    left: float
    right: float
    bottom: float
    top: float


@contextmanager
def opened(content: bytes) -> Iterator[Any]:
    """A `pypdfium2.PdfDocument`.

    Raises:
        UnreadableError: it is damaged, or asks for a password.
    """
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise _refusal(error) from error
    try:
        yield document
    finally:
        document.close()


def _refusal(error: pypdfium2.PdfiumError) -> UnreadableError:
    if error.err_code == _NO_PASSWORD:
        return UnreadableError(
            "The PDF asks for a password before it opens.", "Save it without a password and share that."
        )
    return UnreadableError("The PDF is damaged or cut off.", "Download it anew and share that.")


def characters(document: Any, page_index: int) -> list[Character]:
    """The characters of a page in the order they were written, spaces included.

    Raises:
        UnreadableError: the page is damaged.
    """
    page = _page(document, page_index)
    try:
        text = page.get_textpage()
        try:
            return list(_characters(text))
        finally:
            text.close()
    except pypdfium2.PdfiumError as error:
        raise _damaged_page(page_index) from error
    finally:
        page.close()


def _page(document: Any, page_index: int) -> Any:
    try:
        return document[page_index]
    except pypdfium2.PdfiumError as error:
        raise _damaged_page(page_index) from error


def _damaged_page(page_index: int) -> UnreadableError:
    return UnreadableError(f"Page {page_index + 1} of the PDF is damaged.", "Download it anew and share that.")


def _characters(text: Any) -> Iterator[Character]:
    """Those that stand as most of the page does, as it is read: a page that was scanned or printed sideways is turned.
    Boxes are as high as the font, so that a comma is as high as the figures it stands between.
    """
    found = list(_placed(text))
    turns = Counter(turn for character, turn in found if turn is not None and not character.text.isspace())
    usual = min(turns, key=lambda turn: (-turns[turn], turn), default=0)
    return (_upright(character, usual) for character, turn in found if turn == usual)


def _placed(text: Any) -> Iterator[tuple[Character, int | None]]:
    """Each character where the page has it, and by how many quarters its row is turned: None is none of the four."""
    box = raw.FS_RECTF()
    for index in range(min(text.count_chars(), MOST_CHARACTERS)):
        character = chr(raw.FPDFText_GetUnicode(text, index))
        if character not in _LINE_BREAKS and raw.FPDFText_GetLooseCharBox(text, index, box):
            angle = raw.FPDFText_GetCharAngle(text, index)
            turn = round(angle / _QUARTER) % 4 if abs(math.sin(2 * angle)) < 2 * _TILTED else None
            yield Character(character, box.left, box.right, box.bottom, box.top), turn


def _upright(at: Character, turn: int) -> Character:
    """A character of a page that is turned back; only distances count, so places may be below zero."""
    match turn:
        case 1:
            return Character(at.text, -at.top, -at.bottom, at.left, at.right)
        case 2:
            return Character(at.text, -at.right, -at.left, -at.top, -at.bottom)
        case 3:
            return Character(at.text, at.bottom, at.top, -at.right, -at.left)
        case _:
            return at


def painted(document: Any, page_index: int, widest: int, highest: int) -> "Image.Image":
    """A page as a picture that fits into so many pixels. Its size follows from the page's, however large that is.

    Raises:
        UnreadableError: the page is damaged.
    """
    page = _page(document, page_index)
    try:
        width, height = page.get_size()
        if not (width > 0 and height > 0):
            raise _damaged_page(page_index)
        scale = min(widest / width, highest / height)
        bitmap = pypdfium2.PdfBitmap.new_native(
            max(1, int(width * scale)), max(1, int(height * scale)), raw.FPDFBitmap_BGRx
        )
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, bitmap.width, bitmap.height)
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, bitmap.width, bitmap.height, 0, raw.FPDF_ANNOT)
        picture: Image.Image = bitmap.to_pil()
        return picture
    finally:
        page.close()
