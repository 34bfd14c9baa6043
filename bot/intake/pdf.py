"""PDFs: an e-invoice inside one is what counts; else its text; else it is a scan, for a person to read."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.domain.documents import Facts
from bot.intake.embedded import BrokenInvoiceError, embedded_invoice
from bot.intake.pdf_file import Character, characters, opened
from bot.intake.pdf_text import rows_of
from bot.intake.result import Method, Reading
from bot.intake.text_facts import facts_of

MOST_PAGES = 50
"""Pages whose text is read. What is asked for stands on the first ones, and the totals of a longer document go to a
person."""
MOST_CHARACTERS = 100_000
"""Of a document: fifty pages of small print."""
LEAST_CHARACTERS = 30
"""On a page, on average. With fewer, what is to be seen is a picture of the text."""


def read_pdf(content: bytes) -> Reading:
    """What the document says.

    Raises:
        UnreadableError: damaged, without pages, or behind a password.
    """
    with opened(content) as document:
        try:
            return embedded_invoice(document) or from_pages(document)
        except BrokenInvoiceError as error:
            return replace(from_pages(document), warnings=(str(error),))


def from_pages(document: Any) -> Reading:
    """What the pages of an opened document say, whatever is attached to it."""
    pages = list(_pages(document))
    seen = sum(not character.text.isspace() for page in pages for character in page)
    if seen < LEAST_CHARACTERS * len(pages) or not pages:
        return Reading(facts=Facts(), invoice_lines=0, type_code="", profile="scan", method=Method.NOTHING)
    rows = [row for number, page in enumerate(pages) for row in rows_of(page, number)]
    return Reading(facts=facts_of(rows), invoice_lines=0, type_code="", profile="text", method=Method.TEXT)


def _pages(document: Any) -> Iterator[list[Character]]:
    """The first pages, as many as a person could have written."""
    left = MOST_CHARACTERS
    for index in range(min(len(document), MOST_PAGES)):
        page = characters(document, index)
        left -= len(page)
        yield page
        if left <= 0:
            return
