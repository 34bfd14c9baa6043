"""What kind of file it is, by its bytes; a name or a stated type proves nothing."""

from enum import StrEnum

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes. The largest bill in our samples is under 2 MiB; a larger file is refused before it is looked at."""
_HEAD = 64 * 1024


class FileKind(StrEnum):
    UBL = "ubl"
    OTHER_E_INVOICE = "other_e_invoice"
    OTHER_XML = "other_xml"
    PDF = "pdf"
    PICTURE = "picture"
    ARCHIVE = "archive"
    PAGE = "page"
    EMPTY = "empty"
    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    FileKind.UBL: "a UBL e-invoice",
    FileKind.OTHER_E_INVOICE: "an e-invoice in another syntax than UBL",
    FileKind.OTHER_XML: "an XML file that is no invoice",
    FileKind.PDF: "a PDF",
    FileKind.PICTURE: "a picture",
    FileKind.ARCHIVE: "an archive or an Office document",
    FileKind.PAGE: "a web page",
    FileKind.EMPTY: "an empty file",
    FileKind.UNKNOWN: "a kind of file that I do not know",
}

_MAGIC: tuple[tuple[bytes, FileKind], ...] = (
    (b"%PDF-", FileKind.PDF),
    (b"\x89PNG\r\n\x1a\n", FileKind.PICTURE),
    (b"\xff\xd8\xff", FileKind.PICTURE),
    (b"GIF8", FileKind.PICTURE),
    (b"II*\x00", FileKind.PICTURE),
    (b"MM\x00*", FileKind.PICTURE),
    (b"PK\x03\x04", FileKind.ARCHIVE),
    (b"\xd0\xcf\x11\xe0", FileKind.ARCHIVE),
    (b"Rar!", FileKind.ARCHIVE),
)
UBL_INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
UBL_CREDIT_NOTE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
_OTHER_SYNTAXES = (
    "urn:un:unece:uncefact:data:standard:CrossIndustry",
    "ivaservizi.agenziaentrate",
    "FatturaElettronica",
    "urn:ferd:CrossIndustryDocument",
)


def sniff(content: bytes) -> FileKind:
    """The kind of a file's bytes."""
    if not content.strip(b"\x00\t\r\n "):
        return FileKind.EMPTY
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return FileKind.PICTURE
    return _kind_of_text(_text_head(content))


def _text_head(content: bytes) -> str:
    """The first part as text, for a look only; the parser decodes for itself."""
    head = content[:_HEAD]
    for mark, encoding in (
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"<\x00", "utf-16-le"),
        (b"\x00<", "utf-16-be"),
    ):
        if head.startswith(mark):
            return head.decode(encoding, "replace").lstrip("\ufeff")
    return head.decode("utf-8", "replace").lstrip("\ufeff")


def _kind_of_text(head: str) -> FileKind:
    start = head.lstrip()
    if start[:500].lower().startswith(("<!doctype html", "<html")):
        return FileKind.PAGE
    if not start.startswith("<"):
        return FileKind.UNKNOWN
    if UBL_INVOICE in head or UBL_CREDIT_NOTE in head:
        return FileKind.UBL
    if any(name in head for name in _OTHER_SYNTAXES):
        return FileKind.OTHER_E_INVOICE
    return FileKind.OTHER_XML


def has_doctype(content: bytes) -> bool:
    """A document type declaration is the door of entity attacks; no invoice needs one."""
    head = content[:_HEAD]
    return b"<!DOCTYPE" in head.upper() or b"<!DOCTYPE" in head.replace(b"\x00", b"").upper()
