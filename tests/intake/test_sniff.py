"""Kinds of files by their bytes."""

from base64 import b64encode, encodebytes
from pkgutil import resolve_name

import pytest

from bot.intake.preview import PREVIEWS
from bot.intake.reader import READERS, read
from bot.intake.result import Unreadable
from bot.intake.sniff import LARGEST_FILE, FileKind, sniff
from tests.intake.documents import a_document

CII = '<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"/>'
ZUGFERD = "<r:CrossIndustryDocument xmlns:r='urn:ferd:CrossIndustryDocument:invoice:1p0'/>"
FATTURA = '<p:FatturaElettronica xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"/>'
DTD = '<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY a "b">]>'


SIGNED = bytes.fromhex("308213a606092a864886f70d010702a08213973082139302010131")


@pytest.mark.parametrize(
    "content",
    [
        SIGNED,
        bytes.fromhex("308006092a864886f70d010702a080308002010131"),
        b64encode(SIGNED * 9),
        b"\r\n" + encodebytes(SIGNED * 9),
        b"\n".join(b64encode(SIGNED * 9)[at : at + 30] for at in range(0, 300, 30)),
        b"-----BEGIN PKCS7-----\n" + encodebytes(SIGNED * 9),
    ],
)
def test_a_signed_envelope_is_known_plain_and_in_base64(content: bytes) -> None:
    assert sniff(content) is FileKind.SIGNED


@pytest.mark.parametrize(
    "content",
    [
        SIGNED[1:],
        b64encode(b"0" + SIGNED),
        b"MIIII" * 3,
        b"MIA" + b"\n" * 59 + b"A",
        b"MI" + b"I" * 99,
        SIGNED.replace(b"\x02\xa0", b"\x03\xa0"),
    ],
)
def test_what_only_begins_like_a_signed_envelope_is_none(content: bytes) -> None:
    assert sniff(content) is FileKind.UNKNOWN


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", FileKind.PDF),
        (b"\x89PNG\r\n\x1a\n....", FileKind.PICTURE),
        (b"\xff\xd8\xff\xe0", FileKind.PICTURE),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", FileKind.PICTURE),
        (b"\xef\xbb\xbf\r\n%PDF-1.4", FileKind.PDF),
        (b"<html>%PDF-1.7\n", FileKind.PAGE),
        (b"\x00\x00\x00\x18ftypheic", FileKind.HEIF_PICTURE),
        (b"\x00\x00\x00\x18ftypmp42", FileKind.UNKNOWN),
        (b"PK\x03\x04...", FileKind.ARCHIVE),
        (b"PK\x03\x04" + b"." * 26 + b"[Content_Types].xml", FileKind.OFFICE),
        (b"PK\x03\x04" + b"." * 26 + b"mimetypeapplication/vnd.oasis.opendocument.text", FileKind.OFFICE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", FileKind.OFFICE),
        (b"\x1f\x8b\x08", FileKind.ARCHIVE),
        (b"Return-Path: <a@example.com>\r\nReceived: from x\r\n\r\n", FileKind.MAIL),
        (b"From: Northwind\nSubject: Invoice\n\n", FileKind.MAIL),
        (b"From: Northwind, with love", FileKind.UNKNOWN),
        (b"<!doctype HTML><html>", FileKind.PAGE),
        (b"<html><body>Invoice</body></html>", FileKind.PAGE),
        (b"", FileKind.EMPTY),
        (b"\x00" * 100_000, FileKind.EMPTY),
        (b" " * 100_000 + b"late", FileKind.UNKNOWN),
        (b"Invoice 4711, 12.00 EUR", FileKind.UNKNOWN),
        (b"<", FileKind.OTHER_XML),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', FileKind.OTHER_XML),
        (CII.encode(), FileKind.CII),
        (ZUGFERD.encode(), FileKind.ZUGFERD_1),
        (FATTURA.encode(), FileKind.FATTURA_PA),
        (DTD.encode(), FileKind.XML_WITH_DTD),
        (DTD.encode("utf-16"), FileKind.XML_WITH_DTD),
    ],
)
def test_a_kind_is_told_by_the_first_bytes(content: bytes, kind: FileKind) -> None:
    assert sniff(content) is kind


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("root", ["Invoice", "CreditNote"])
def test_ubl_is_known_in_every_encoding_of_unicode(encoding: str, root: str) -> None:
    assert sniff(a_document(root=root, prolog="").encode(encoding)) is FileKind.UBL


def test_comments_and_instructions_before_the_root_are_passed_over() -> None:
    prolog = '<?xml version="1.0"?>\n<!-- <Order> -->\n<?style href="<a>"?>\n'

    assert sniff((prolog + a_document(prolog="")).encode()) is FileKind.UBL


def test_mentioning_ubl_does_not_make_a_document_ubl() -> None:
    assert sniff(f"<!-- {a_document()} -->{CII}".encode()) is FileKind.CII


def test_a_prefix_bound_to_another_namespace_is_not_ubl() -> None:
    document = '<u:Invoice xmlns:u="urn:other" xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'

    assert sniff(document.encode()) is FileKind.OTHER_XML


@pytest.mark.parametrize("start", [b"<!--", b"<?", b"<a x='", b"<a " + b'x="" ' * 10_000, b"<!-- -->" * 8_000])
@pytest.mark.timeout(5)
def test_a_start_made_to_be_slow_is_told_at_once(start: bytes) -> None:
    content = start + b"<" * 70_000

    assert sniff(content) in (FileKind.OTHER_XML, FileKind.XML_WITH_DTD, FileKind.UNKNOWN)


@pytest.mark.parametrize("kind", FileKind)
def test_every_kind_has_words(kind: FileKind) -> None:
    assert kind.words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "It is an empty file. Its upload may have broken off: share it once more. Type"),
        (
            b"\x00\x00\x00\x18ftypheic",
            "It is a picture in the HEIC or AVIF format, which I cannot open. Share it as JPEG",
        ),
        (b"\xd0\xcf\x11\xe0", "It is an Office document. Save it as a PDF and share that. Type"),
        (b"PK\x03\x04", "It is an archive. Unpack it and share the documents in it one by one. Type"),
        (SIGNED, "It is a signed envelope (.p7m), which I do not open. Save the document in it"),
        (b"<html>", "It is a web page. Print it to a PDF and share that. Type"),
        (b"MZ", "It is a kind of file that I do not know: I read PDFs, pictures and e-invoices. Type"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_to_do(content: bytes, words: str) -> None:
    found = read(content)

    assert isinstance(found, Unreadable)
    assert f"{found.reason} {found.what_to_do}".startswith(words)
    assert "/dext add" in found.what_to_do


@pytest.mark.parametrize("kind", [*READERS, *PREVIEWS])
def test_what_is_named_for_a_kind_is_there(kind: FileKind) -> None:
    assert all(callable(resolve_name(table[kind])) for table in (READERS, PREVIEWS) if kind in table)


def test_a_file_that_is_too_large_is_refused_before_it_is_looked_at() -> None:
    found = read(a_document().encode() + b" " * LARGEST_FILE)

    assert found == Unreadable(reason="It is larger than 20 MiB.")


def test_a_simplified_fattura_is_named_with_what_to_do() -> None:
    content = FATTURA.replace("FatturaElettronica ", "FatturaElettronicaSemplificata ").replace("v1.2", "v1.0")

    found = read(content.encode())

    assert isinstance(found, Unreadable)
    assert "a simplified FatturaPA (FSM10)" in found.reason
    assert "FPR12" in found.what_to_do
