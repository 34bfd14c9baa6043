"""The e-invoice inside a PDF (Factur-X, ZUGFeRD, XRechnung), which is what counts: the page is a picture of it.

It is the attachment of one of the names that the standards give it. Other attachments are nobody's business: they may be
anything, also an invoice that is not this one. https://fnfe-mpe.org/factur-x/factur-x_en/
"""

from collections.abc import Mapping
from typing import Any

import pypdfium2

from bot.intake.cii import read_cii
from bot.intake.reader import Reader
from bot.intake.result import Reading, UnreadableError
from bot.intake.sniff import LARGEST_FILE, MEBIBYTE, FileKind, sniff
from bot.intake.ubl import read_ubl
from bot.intake.zugferd_1 import read_zugferd_1

NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""In small letters; the first ZUGFeRD has `ZUGFeRD-invoice.xml`."""
MOST_ATTACHMENTS = 200
"""Looked at. A document that hides its invoice behind more has none."""
_READERS: Mapping[FileKind, Reader] = {
    FileKind.CII: read_cii,
    FileKind.ZUGFERD_1: read_zugferd_1,
    FileKind.UBL: read_ubl,
}


class BrokenInvoiceError(Exception):
    """There is an e-invoice in the PDF, and it cannot be read; the reason is a sentence. The pages may still be."""


def embedded_invoice(document: Any) -> Reading | None:
    """What the e-invoice in an opened `pypdfium2.PdfDocument` says; None where there is none.

    Raises:
        BrokenInvoiceError: there is one, and it cannot be read.
    """
    try:
        attachment = _attachment(document)
        return None if attachment is None else _read(_content(attachment))
    except pypdfium2.PdfiumError as error:
        raise BrokenInvoiceError("The attachments of the PDF are damaged.") from error
    except UnreadableError as error:
        raise BrokenInvoiceError(f"The e-invoice in the PDF cannot be read. {error}") from error


def _attachment(document: Any) -> Any:
    """The attachment of the first such name, or None."""
    found = [document.get_attachment(index) for index in range(min(document.count_attachments(), MOST_ATTACHMENTS))]
    named = [(attachment.get_name().lower(), attachment) for attachment in found]
    return next((attachment for wanted in NAMES for name, attachment in named if name == wanted), None)


def _content(attachment: Any) -> bytes:
    content = bytes(attachment.get_data())
    if len(content) > LARGEST_FILE:
        raise UnreadableError(f"It is larger than {LARGEST_FILE // MEBIBYTE} MiB.")
    return content


def _read(content: bytes) -> Reading:
    kind = sniff(content)
    reader = _READERS.get(kind)
    if reader is None:
        raise UnreadableError(f"It is {kind.words}.")
    return reader(content)
