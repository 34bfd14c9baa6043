"""PDFs with files attached, made to measure."""

import zlib
from io import BytesIO

import pypdfium2

MEBIBYTE = 1024 * 1024
ADLER = 65521
"""The prime of zlib's checksum."""


def a_pdf_with(attachments: dict[str, bytes]) -> bytes:
    """One empty page, and files attached to it by their names."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 100).close()
    for name, content in attachments.items():
        document.new_attachment(name).set_data(content)
    written = BytesIO()
    document.save(written)
    document.close()
    return written.getvalue()


def a_raw_pdf(stream: bytes, name: str = "factur-x.xml", times: int = 1) -> bytes:
    """The same by hand, with the attachment's stream exactly as given, deflated as it claims or not."""
    names = " ".join(f"({name if i == 0 else f'{i:06}'}) 4 0 R" for i in range(times))
    return put_together(
        [
            f"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [{names}] >> >> >>".encode(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>",
            f"<< /Type /Filespec /F ({name}) /UF ({name}) /EF << /F 5 0 R >> >>".encode(),
            b"<< /Type /EmbeddedFile /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        ]
    )


def put_together(objects: list[bytes]) -> bytes:
    written, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(written)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return written + head + table + trailer


def swollen(mebibytes: int) -> bytes:
    """So many mebibytes of spaces, deflated to a thousandth: one is, the others are copies, and their sum is known."""
    packer, size = zlib.compressobj(9, wbits=-zlib.MAX_WBITS), mebibytes * MEBIBYTE
    block = packer.compress(b" " * MEBIBYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    low, high = 1 + ord(" ") * size, size + ord(" ") * size * (size + 1) // 2
    checksum = (high % ADLER << 16 | low % ADLER).to_bytes(4, "big")
    return b"\x78\xda" + block * mebibytes + packer.flush() + checksum
