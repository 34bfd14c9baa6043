"""Pictures and PDFs made to harm whoever opens them. Built when asked for, as some are large."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from random import Random

from PIL import Image

from tests.intake.drawn import Text, a_letter, a_page, a_stream, a_text_pdf
from tests.intake.hybrids import a_raw_pdf, put_together, swollen

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
A_PAGE = (200.0, 200.0)
_DEFLATED = b"/Filter /FlateDecode"
WORDS = b"BT /F1 10 Tf 10 100 Td (Invoice 1, twelve euros and nothing else to see) Tj ET\n"


def a_pdf(content: bytes, *more: bytes, page: bytes = b"", filtered: bytes = b"", catalog: bytes = b"") -> bytes:
    """One page: object 5 is its content, and `more` begins at object 6."""
    return put_together(
        [
            b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalog,
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            FONT,
            a_page(A_PAGE, b"/Contents 5 0 R " + page),
            a_stream(content, filtered),
            *more,
        ]
    )


def nested_forms(levels: int = 9, each: int = 10) -> bytes:
    """Every form draws the next one ten times: a thousand million drawings in two kilobytes."""
    forms = [
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 200 200] /Resources << /XObject << /X %d 0 R >> >> "
        b"/Length %d >>\nstream\n%b\nendstream" % (7 + level, 6 * each, b"/X Do " * each)
        for level in range(levels)
    ]
    last = b"<< /Type /XObject /Subtype /Form /BBox [0 0 200 200] /Length 16 >>\nstream\n0 0 100 100 re f\nendstream"
    page = b"/Resources << /XObject << /X 6 0 R >> /Font << /F1 3 0 R >> >>"
    return put_together(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            FONT,
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 5 0 R %b >>" % page,
            a_stream(WORDS + b"/X Do "),
            *forms,
            last,
        ]
    )


def many_pages(count: int = 20_000) -> bytes:
    kids = b" ".join(b"4 0 R" for _ in range(count))
    return put_together(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, count),
            FONT,
            a_page(A_PAGE, b"/Contents 5 0 R"),
            a_stream(WORDS),
        ]
    )


def huge_page() -> bytes:
    return put_together(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            FONT,
            a_page((2_000_000, 2_000_000), b"/Contents 5 0 R"),
            a_stream(WORDS),
        ]
    )


def page_tree_in_a_circle() -> bytes:
    return put_together(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000 /Parent 2 0 R >>"]
    )


def many_attachments(count: int = 100_000) -> bytes:
    names = b" ".join(b"(%06d) 6 0 R" % number for number in range(count))
    return a_pdf(
        WORDS,
        b"<< /Type /Filespec /F (a) /EF << /F 7 0 R >> >>",
        b"<< /Type /EmbeddedFile /Length 4 >>\nstream\n<a/>\nendstream",
        catalog=b"/Names << /EmbeddedFiles << /Names [%b] >> >>" % names,
    )


def acting() -> bytes:
    """Scripts, programs to start, forms to send, addresses to open: all when the document opens."""
    return a_pdf(
        WORDS,
        b"<< /S /JavaScript /JS (app.alert\\(1\\); this.exportDataObject\\({cName: 'a.exe', nLaunch: 2}\\);) /Next 7 0 R >>",
        b"<< /S /Launch /F (/bin/sh) /Next 8 0 R >>",
        b"<< /S /URI /URI (http://127.0.0.1:9/) >>",
        b"<< /Type /Filespec /F (a.exe) /EF << /F 10 0 R >> >>",
        b"<< /Type /EmbeddedFile /Length 2 >>\nstream\nMZ\nendstream",
        catalog=b"/OpenAction 6 0 R /AA << /WC 7 0 R >> /Names << /EmbeddedFiles << /Names [(a.exe) 9 0 R] >> "
        b"/JavaScript << /Names [(a) 6 0 R] >> >>",
        page=b"/AA << /O 6 0 R >>",
    )


def locked() -> bytes:
    """Encrypted with a password that is not the empty one."""
    key = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%b> /U <%b> >>" % (b"00" * 32, b"11" * 32)
    head = a_pdf(WORDS, key).partition(b"trailer")[0]
    start = head.index(b"xref\n")
    return head + b"trailer\n<< /Size 7 /Root 1 0 R /Encrypt 6 0 R /ID [<00> <00>] >>\nstartxref\n%d\n%%%%EOF\n" % start


def hidden_words() -> bytes:
    """Letters that a page says to mean half a surrogate pair, a direction mark, or nothing."""
    to_unicode = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def 1 begincodespacerange <00> <FF> "
        b"endcodespacerange 3 beginbfchar <41> <D800> <42> <202E> <43> <0000> endbfchar endcmap end end"
    )
    drawn = b"BT /F2 10 Tf 10 100 Td (Invoice number ABC1 ABCABC total ABC 12.00 EUR of ABC) Tj ET"
    return put_together(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 200] /Contents 5 0 R %b >>"
            % b"/Resources << /Font << /F2 3 0 R >> >>",
            a_stream(drawn),
            a_stream(to_unicode),
        ]
    )


def huge_image_inside() -> bytes:
    """A picture that says to be of 60,000 × 60,000 pixels, drawn on a page."""
    image = a_stream(
        swollen(400), b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 "
        b"/ColorSpace /DeviceRGB /Filter /FlateDecode"
    )  # fmt: skip
    page = b"/Resources << /XObject << /X 6 0 R >> /Font << /F1 3 0 R >> >>"
    return put_together(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            FONT,
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 5 0 R %b >>" % page,
            a_stream(WORDS + b"200 0 0 200 0 0 cm /X Do"),
            image,
        ]
    )


def crowded_page() -> bytes:
    """Half a million characters on one page, in one place."""
    return a_pdf(b"BT /F1 1 Tf 1 1 Td " + b"(12.00 1,2,3.4 01/02/03 DE12 ) Tj " * 18_000 + b"ET")


def slow_words() -> bytes:
    """Rows that make a careless pattern try every way there is."""
    rows = [
        "zahlbar " + "a " * 200,
        "1 " * 240,
        "1.111" * 90,
        "-" * 400,
        "A" * 400,
        "invoice (" * 50,
        "GB00 " + "A0 " * 150,
    ]
    return a_text_pdf(*([Text(10, 20 + 10 * n, row, 4) for n, row in enumerate(rows * 10)] for _ in range(20)))


@cache
def bomb() -> bytes:
    """More than a reader may have, in less than a mebibyte."""
    return swollen(600)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_png(width: int, height: int, *chunks: bytes, data: bytes | None = None) -> bytes:
    """A picture of one bit a pixel that states its size; its pixels are as many zeros as wanted."""
    pixels = zlib.compress(b"\0" * 1000) if data is None else data
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def a_picture(kind: str, size: tuple[int, int] = (40, 30), **saved: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **saved)
    return out.getvalue()


def gif_frames(count: int = 10_000) -> bytes:
    """One picture of a pixel, and then the same again and again."""
    head = a_picture("GIF", (1, 1)).removesuffix(b";")
    return head + head[head.rindex(b",") :] * (count - 1) + b";"


def tiff_frames(count: int = 10_000) -> bytes:
    """So many pictures of 8 × 8 grey pixels in one file, each pointing to the next, all with the same pixels."""
    written = b"II*\0" + struct.pack("<I", 72) + b"\x80" * 64
    for number in range(count):
        tags = [(256, 8), (257, 8), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, 8), (279, 64)]
        entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
        after = 72 + (number + 1) * (6 + len(entries)) if number + 1 < count else 0
        written += struct.pack("<H", len(tags)) + entries + struct.pack("<I", after)
    return written


def exif_bomb() -> bytes:
    """Says that a tag has four thousand million values, and that directories follow in a circle."""
    entries = struct.pack(">HHII", 0x0112, 3, 0xFFFFFFFF, 8) + struct.pack(">HHII", 0x8769, 4, 1, 8)
    return a_picture("JPEG", exif=b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 2) + entries + struct.pack(">I", 8))


def huge_tiff() -> bytes:
    """Says to be large, in one strip that is not there."""
    tags = [(256, 4, 1, 30_000), (257, 4, 1, 30_000), (258, 3, 1, 8 << 16), (259, 3, 1, 1 << 16), (262, 3, 1, 1 << 16)]
    tags += [(273, 4, 1, 8), (277, 3, 1, 1 << 16), (278, 4, 1, 30_000), (279, 4, 1, 0xFFFFFFF0)]
    entries = b"".join(struct.pack(">HHII", *tag) for tag in tags)
    return b"MM\0*" + struct.pack(">IH", 8, len(tags)) + entries + struct.pack(">I", 8)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../etc/invoice.pdf", "x")
    return out.getvalue()


def noise(start: bytes) -> bytes:
    return start + Random(1).randbytes(200_000)


_INVOICE = a_text_pdf(a_letter("Acme Ltd", "# Invoice", "Invoice number: | A-1", "Total | EUR 12.00"))

REFUSED: Mapping[str, Callable[[], bytes]] = {
    "a PNG of 30,000 × 30,000": lambda: a_png(30_000, 30_000),
    "a PNG of 1 × 2,000,000": lambda: a_png(1, 2_000_000),
    "a PNG of nothing": lambda: a_png(0, 0),
    "a PNG cut off": lambda: a_picture("PNG", (400, 400))[:-200],
    "a JPEG cut off": lambda: a_picture("JPEG", (400, 400))[:-300],
    "a TIFF of 30,000 × 30,000": huge_tiff,
    "noise as PNG": lambda: noise(b"\x89PNG\r\n\x1a\n"),
    "noise as JPEG": lambda: noise(b"\xff\xd8\xff\xe0"),
    "noise as TIFF": lambda: noise(b"II*\0"),
    "noise as GIF": lambda: noise(b"GIF89a"),
    "noise as WEBP": lambda: noise(b"RIFF\xff\xff\0\0WEBPVP8 "),
    "noise as PDF": lambda: noise(b"%PDF-1.7\n"),
    "a script that begins like a GIF": lambda: b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(document.domain)//",
    "a PNG whose colours inflate beyond the limit": lambda: a_png(8, 8, chunk(b"iCCP", b"icc\0\0" + bomb())),
    "a PNG whose words inflate beyond the limit": lambda: a_png(8, 8, chunk(b"zTXt", b"a\0\0" + bomb())),
    "a PDF cut off": lambda: _INVOICE[:60],
    "a PDF behind a password": locked,
    "a PDF that inflates beyond the limit": lambda: a_pdf(bomb(), filtered=_DEFLATED),
    "a PDF whose pages are in a circle": page_tree_in_a_circle,
    "a web page that is also a PDF": lambda: b"<html><script>alert(1)</script>\n" + _INVOICE,
    "a zip named as PDF": zipped,
}
"""Each ends in a reason."""

HARMLESS: Mapping[str, Callable[[], bytes]] = {
    "a PNG of 40 million pixels": lambda: a_png(8000, 5000, data=zlib.compress(b"\0" * 5000 * 1001)),
    "a GIF of 10,000 frames": gif_frames,
    "a TIFF of 10,000 frames": tiff_frames,
    "a JPEG with an EXIF in a circle": exif_bomb,
    "a JPEG with a large colour profile": lambda: a_picture("JPEG", icc_profile=b"\0" * 2_000_000),
    "a page that draws a thousand million times": nested_forms,
    "20,000 pages": many_pages,
    "a page of 2,000,000 points": huge_page,
    "100,000 attachments": many_attachments,
    "an attachment that inflates beyond the limit": lambda: a_raw_pdf(bomb(), "other.xml"),
    "scripts and programs": acting,
    "words that hide": hidden_words,
    "a huge picture on a page": huge_image_inside,
    "a crowded page": crowded_page,
    "words that are slow to look at": slow_words,
    "a PDF that is also a web page": lambda: _INVOICE + b"\n<html><script>alert(1)</script></html>",
}
"""Each is read as what it is, or ends in a reason: nothing of it is run, and it takes no more than it may."""
