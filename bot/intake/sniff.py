"""What kind of file it is, by its bytes; a name or a stated type proves nothing.

XML is told apart by the name of its root element. To find that, the prolog is walked over as text, without a parser,
so that a document type declaration, the door of entity attacks, is refused before any parser has seen it.
"""

import binascii
import re
from enum import StrEnum

MEBIBYTE = 1024 * 1024
LARGEST_FILE = 20 * MEBIBYTE
"""Bytes. The largest bill in our samples is under 2 MiB; a larger file is refused before it is looked at."""
HEAD = 64 * 1024
"""Bytes looked at. A root element that begins later than this is not looked for."""


class FileKind(StrEnum):
    UBL = "ubl"
    CII = "cii"
    ZUGFERD_1 = "zugferd_1"
    FATTURA_PA = "fattura_pa"
    FATTURA_SIMPLIFIED = "fattura_simplified"
    SIGNED = "signed"
    XML_WITH_DTD = "xml_with_dtd"
    OTHER_XML = "other_xml"
    PDF = "pdf"
    PICTURE = "picture"
    HEIF_PICTURE = "heif_picture"
    ARCHIVE = "archive"
    OFFICE = "office"
    MAIL = "mail"
    PAGE = "page"
    EMPTY = "empty"
    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        return _WORDS[self]

    @property
    def advice(self) -> str:
        """What to do with a file that cannot be read; empty where there is nothing better than to type it in."""
        return _ADVICE.get(self, "")


_WORDS = {
    FileKind.UBL: "a UBL e-invoice",
    FileKind.CII: "an e-invoice in the CII syntax (XRechnung, ZUGFeRD, Factur-X)",
    FileKind.ZUGFERD_1: "an e-invoice in the first ZUGFeRD syntax",
    FileKind.FATTURA_PA: "a FatturaPA e-invoice",
    FileKind.FATTURA_SIMPLIFIED: "a simplified FatturaPA (FSM10), whose lines and totals are of another format than I read",
    FileKind.SIGNED: "a signed envelope (.p7m), which I do not open",
    FileKind.XML_WITH_DTD: "an XML file with a document type declaration, which no e-invoice has and attacks do",
    FileKind.OTHER_XML: "an XML file, but no e-invoice that I know",
    FileKind.PDF: "a PDF",
    FileKind.PICTURE: "a picture",
    FileKind.HEIF_PICTURE: "a picture in the HEIC or AVIF format, which I cannot open",
    FileKind.ARCHIVE: "an archive",
    FileKind.OFFICE: "an Office document",
    FileKind.MAIL: "a saved e-mail",
    FileKind.PAGE: "a web page",
    FileKind.EMPTY: "an empty file",
    FileKind.UNKNOWN: "a kind of file that I do not know: I read PDFs, pictures and e-invoices",
}
_ADVICE = {
    FileKind.FATTURA_SIMPLIFIED: "Ask for the ordinary FatturaPA (FPR12), or share its PDF.",
    FileKind.SIGNED: "Save the document in it (any program that checks signatures can) and share that.",
    FileKind.XML_WITH_DTD: "Ask whoever sent it for the e-invoice itself.",
    FileKind.HEIF_PICTURE: "Share it as JPEG (iPhone: Settings, Camera, Formats, Most Compatible).",
    FileKind.ARCHIVE: "Unpack it and share the documents in it one by one.",
    FileKind.OFFICE: "Save it as a PDF and share that.",
    FileKind.MAIL: "Share the document that was attached to it.",
    FileKind.PAGE: "Print it to a PDF and share that.",
    FileKind.EMPTY: "Its upload may have broken off: share it once more.",
}

_SIGNED_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
"""The object identifier that a CMS envelope begins with (RFC 5652, section 5.1), behind one tag and its length."""
_ENVELOPE_HEAD = 30
_IN_BASE64 = re.compile(rb"\s*(?:-----BEGIN (?:PKCS7|CMS)-----\s*)?(MI[A-P][A-Za-z0-9+/\r\n]{60})")
_PDF = b"%PDF-"
_BEFORE_A_PDF = b"\xef\xbb\xbf\x00\t\n\r "
_MAGIC: tuple[tuple[bytes, FileKind], ...] = (
    (b"\x89PNG\r\n\x1a\n", FileKind.PICTURE),
    (b"\xff\xd8\xff", FileKind.PICTURE),
    (b"GIF8", FileKind.PICTURE),
    (b"II*\x00", FileKind.PICTURE),
    (b"MM\x00*", FileKind.PICTURE),
    (b"PK\x05\x06", FileKind.ARCHIVE),
    (b"\x1f\x8b", FileKind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", FileKind.ARCHIVE),
    (b"\xd0\xcf\x11\xe0", FileKind.OFFICE),
    (b"{\\rtf", FileKind.OFFICE),
    (b"BZh", FileKind.ARCHIVE),
    (b"\xfd7zXZ\x00", FileKind.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", FileKind.ARCHIVE),
    (b"Rar!", FileKind.ARCHIVE),
)
_MAIL = re.compile(
    rb"(?:Received|Return-Path|Delivered-To|MIME-Version|Message-ID|X-[\w-]{1,40}): [^\n]{1,998}\n[\w-]{1,60}:|From: [^\n]{1,998}\n(?:To|Date|Subject):"
)
"""Two of the header fields that a message begins with: RFC 5322, 3.6."""
_ZIP = b"PK\x03\x04"
_IN_OFFICE_FILES = (b"[Content_Types].xml", b"_rels/.rels", b"application/vnd.oasis.opendocument")
"""Of the first entries of what Office (ECMA-376, part 2) and OpenDocument (part 2, 3.3) pack into a zip."""
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"heif", b"mif1", b"msf1", b"avif", b"avis"})

UBL_INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
UBL_CREDIT_NOTE = "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote"
PEPPOL_ENVELOPE = "{http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader}StandardBusinessDocument"
CII_INVOICE = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice"
ZUGFERD_1_INVOICE = "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument"
_ROOTS = {
    UBL_INVOICE: FileKind.UBL,
    UBL_CREDIT_NOTE: FileKind.UBL,
    PEPPOL_ENVELOPE: FileKind.UBL,
    CII_INVOICE: FileKind.CII,
    ZUGFERD_1_INVOICE: FileKind.ZUGFERD_1,
}
_FATTURA_PA = re.compile(r"\{http://(www\.fatturapa|ivaservizi\.agenziaentrate)\.gov\.it/.*\}FatturaElettronica")
_FATTURA_SIMPLIFIED = re.compile(_FATTURA_PA.pattern + "Semplificata")
"""For small bills: Agenzia delle Entrate, "Specifiche tecniche", annex A, 2.4 (FSM10)."""

_ENCODINGS_BY_START = (
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_BYTE_ORDER_MARK = "\ufeff"
_PROLOG_PART = re.compile(r"\s*+(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_START_TAG = re.compile(r"""<(?:([\w.-]++):)?([\w.-]++)((?:[^>"']|"[^"]*+"|'[^']*+')*+)>""")
_NAMESPACE = re.compile(r"""\sxmlns(?::([\w.-]++))?\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")


def sniff(content: bytes) -> FileKind:
    """The kind of a file's bytes."""
    if not content[:HEAD].strip(b"\x00\t\r\n "):
        return FileKind.EMPTY if not content.strip(b"\x00\t\r\n ") else FileKind.UNKNOWN
    if content[:HEAD].lstrip(_BEFORE_A_PDF).startswith(_PDF):
        return FileKind.PDF
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return FileKind.PICTURE
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return FileKind.HEIF_PICTURE
    if _is_signed(content):
        return FileKind.SIGNED
    if content.startswith(_ZIP):
        return FileKind.OFFICE if any(name in content[:HEAD] for name in _IN_OFFICE_FILES) else FileKind.ARCHIVE
    return FileKind.MAIL if _MAIL.match(content) else _kind_of_text(_text_head(content))


def _is_signed(content: bytes) -> bool:
    """FatturaPA often comes so, sometimes in base64."""
    start, in_base64 = content[:_ENVELOPE_HEAD], _IN_BASE64.match(content)
    if in_base64:
        letters = in_base64[1].translate(None, b"\r\n")
        start = binascii.a2b_base64(letters[: len(letters) // 4 * 4])
    return start.startswith(b"\x30") and _SIGNED_DATA in start


def _text_head(content: bytes) -> str:
    """The first part as text, for a look only; the parser decodes for itself."""
    head = content[:HEAD]
    for start, encoding in _ENCODINGS_BY_START:
        if head.startswith(start):
            return head.decode(encoding, "replace").removeprefix(_BYTE_ORDER_MARK)
    return head.decode("utf-8", "replace").removeprefix(_BYTE_ORDER_MARK)


def _kind_of_text(head: str) -> FileKind:
    start = _after_prolog(head)
    if start[:14].lower() == "<!doctype html" or start[:5].lower() == "<html":
        return FileKind.PAGE
    if start.startswith("<!"):
        return FileKind.XML_WITH_DTD
    if not start.startswith("<"):
        return FileKind.UNKNOWN
    root = _root_name(start)
    if _FATTURA_SIMPLIFIED.fullmatch(root):
        return FileKind.FATTURA_SIMPLIFIED
    if _FATTURA_PA.fullmatch(root):
        return FileKind.FATTURA_PA
    return _ROOTS.get(root, FileKind.OTHER_XML)


def _after_prolog(head: str) -> str:
    """What follows the XML declaration, comments and processing instructions."""
    end = 0
    while part := _PROLOG_PART.match(head, end):
        end = part.end()
    return head[end:].lstrip()


def _root_name(start: str) -> str:
    """The first element as `{namespace}name`; empty when there is none."""
    tag = _START_TAG.match(start)
    if tag is None:
        return ""
    prefix, name, attributes = tag.groups()
    namespaces = {found[1]: found[2] or found[3] or "" for found in _NAMESPACE.finditer(attributes)}
    return f"{{{namespaces.get(prefix, '')}}}{name}"
