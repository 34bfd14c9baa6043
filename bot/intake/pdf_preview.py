"""The preview of a PDF, apart from what reads one: a child that draws loads no rules, and one that reads no Pillow."""

from bot.intake.pdf_file import opened, painted
from bot.intake.picture import HIGHEST_PREVIEW, WIDEST_PREVIEW, as_preview


def preview_pdf(content: bytes) -> bytes:
    """The first page as PNG.

    Raises:
        UnreadableError: damaged, without pages, or behind a password.
    """
    with opened(content) as document:
        return as_preview(painted(document, 0, WIDEST_PREVIEW, HIGHEST_PREVIEW))
