"""The PDF that an e-invoice in XML carries: which one is taken, and that nothing else ever is."""

import base64

import pytest

from bot.intake.parent import SHRINKING, ChildReader
from bot.intake.sniff import MEBIBYTE
from tests.intake.documents import a_document
from tests.intake.drawn import Text, a_text_pdf
from tests.intake.scans import a_photograph, a_scan

READER = ChildReader(SHRINKING)
PDF = a_text_pdf([Text(72, 100, "Invoice A-1")])
OTHER = a_text_pdf([Text(72, 100, "Time sheet")])
FATTURA = (
    '<p:FatturaElettronica xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2" versione="FPR12">'
    "<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><Numero>A-1</Numero></DatiGeneraliDocumento></DatiGenerali>"
    "<Allegati><NomeAttachment>orari.pdf</NomeAttachment><Attachment>{other}</Attachment></Allegati>"
    "<Allegati><NomeAttachment>A-1.pdf</NomeAttachment><Attachment>{pdf}</Attachment></Allegati>"
    "</FatturaElettronicaBody></p:FatturaElettronica>"
)
CII = (
    '<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:ram="urn:un:'
    'unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"><ram:AttachmentBinaryObject '
    'mimeCode="application/pdf" filename="a.pdf">{pdf}</ram:AttachmentBinaryObject></rsm:CrossIndustryInvoice>'
)


def coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def ubl(*files: tuple[str, bytes | str]) -> bytes:
    carried = "".join(
        f'<cac:AdditionalDocumentReference><cbc:ID>{name}</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject filename="{name}">'
        f"{content if isinstance(content, str) else coded(content)}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>"
        "</cac:AdditionalDocumentReference>"
        for name, content in files
    )
    return a_document(number="A-1", extra=carried).encode()


async def carried(content: bytes, most_bytes: int = MEBIBYTE) -> bytes | None:
    found = await READER.smaller(content, most_bytes)
    assert found is None or found.ending == "pdf"
    return None if found is None else found.content


@pytest.mark.parametrize(
    "content",
    [
        ubl(("sheet.csv", b"a,b"), ("visual.pdf", PDF)),
        ubl(("hours.pdf", OTHER), ("Invoice-A-1.pdf", PDF)),
        ubl(("first.pdf", PDF), ("second.pdf", OTHER)),
        FATTURA.format(pdf=coded(PDF), other=coded(OTHER)).encode(),
        CII.format(pdf=coded(PDF)).encode(),
    ],
)
async def test_the_pdf_of_an_e_invoice_is_the_one_that_is_called_so_or_else_the_first(content: bytes) -> None:
    assert await carried(content) == PDF


@pytest.mark.parametrize(
    "content",
    [
        ubl(),
        ubl(("sheet.csv", b"a,b"), ("not.pdf", b"MZ\x90")),
        ubl(("broken.pdf", "%%%=")),
        ubl(("cut.pdf", PDF))[:-40],
        b"<!DOCTYPE Invoice []>" + ubl(("visual.pdf", PDF)),
    ],
)
async def test_what_carries_no_pdf_or_cannot_be_read_has_none(content: bytes) -> None:
    assert await carried(content) is None


async def test_a_pdf_that_is_too_large_is_made_smaller_and_one_that_cannot_be_is_none() -> None:
    scan = a_scan(a_photograph(), quality=95)
    assert len(scan) > 300_000

    smaller = await carried(ubl(("scan.pdf", scan)), 300_000)

    assert smaller is not None
    assert len(smaller) <= 300_000
    assert await carried(ubl(("visual.pdf", PDF)), 100) is None
