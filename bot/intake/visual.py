"""The PDF that an e-invoice in XML carries of itself, for whoever does not read XML: EN 16931 has it as an attached document (BG-24),
FatturaPA as an allegato. Nothing says which one it is where there are several; the one that is called by the invoice's number, or
else the first, is taken.
"""

import base64
import binascii
from collections.abc import Iterator

from bot.intake.elements import Element, parse
from bot.intake.pdf_smaller import smaller_pdf
from bot.intake.sniff import FileKind, sniff

HOLDERS = frozenset({"EmbeddedDocumentBinaryObject", "AttachmentBinaryObject", "Attachment"})
"""Of UBL, CII and FatturaPA: elements whose text is the file, in base64."""
NAMES = frozenset({"NomeAttachment"})
"""Of FatturaPA; in the others the name is an attribute."""
NUMBERS = frozenset({"ID", "Numero"})
MOST_FILES = 20
"""Looked at. An invoice that hides its picture behind more has none."""


def visual_of(content: bytes, most_bytes: int) -> bytes:
    """As it stands there, or in a smaller version; nothing where there is none.

    Raises:
        UnreadableError: the XML is broken or a danger.
    """
    root = parse(content)
    number = _number(root)
    found = [(name, file) for name, file in _files(root) if sniff(file) is FileKind.PDF]
    called = [file for name, file in found if number and number in name]
    for file in (*called, *(file for _, file in found))[:1]:
        return file if len(file) <= most_bytes else smaller_pdf(file, most_bytes)
    return b""


def _files(root: Element) -> Iterator[tuple[str, bytes]]:
    """With what each is called."""
    holders = [element for element in root.iter() if _local(element) in HOLDERS and (element.text or "").strip()]
    for element in holders[:MOST_FILES]:
        parent = element.getparent()
        named = None if parent is None else next((each.text for each in parent if _local(each) in NAMES), None)
        try:
            yield str(element.get("filename") or named or ""), base64.b64decode(element.text or "", validate=False)
        except binascii.Error:
            continue


def _number(root: Element) -> str | None:
    """The invoice's own is the first there is, in each of the syntaxes."""
    return next((element.text for element in root.iter() if _local(element) in NUMBERS and element.text), None)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
