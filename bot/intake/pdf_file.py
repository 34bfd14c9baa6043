"""The one door to PDFium: documents are opened, their text is taken with its places, a page is painted.

Nothing in a PDF is run: scripts and actions need a form environment, which is never made. Fonts that are not embedded
are PDFium's own, as no file can be opened. https://pypdfium2.readthedocs.io/en/stable/python_api.html
"""

import math
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
    """Boxes are as high as the font, so that a comma is as high as the figures it stands between."""
    box = raw.FS_RECTF()
    for index in range(min(text.count_chars(), MOST_CHARACTERS)):
        character = chr(raw.FPDFText_GetUnicode(text, index))
        is_upright = abs(math.sin(raw.FPDFText_GetCharAngle(text, index))) < _TILTED
        if character not in _LINE_BREAKS and is_upright and raw.FPDFText_GetLooseCharBox(text, index, box):
            yield Character(character, box.left, box.right, box.bottom, box.top)


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
