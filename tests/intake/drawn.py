"""PDFs with text, drawn to measure: what stands where, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.intake.hybrids import put_together

A4 = (595, 842)


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a place: points from the left and from the top of the page."""

    left: float
    down: float
    words: str
    size: float = 10

    @property
    def drawn(self) -> bytes:
        escaped = self.words.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        return b"BT /F1 %g Tf 1 0 0 1 %g %g Tm (%b) Tj ET\n" % (self.size, self.left, A4[1] - self.down, escaped)


def a_text_pdf(*pages: Sequence[Text]) -> bytes:
    """A PDF of A4 pages in Helvetica."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        content = b"".join(text.drawn for text in page)
        objects += [a_page(A4, b"/Contents %d 0 R" % (5 + 2 * number)), a_stream(content)]
    return put_together(objects)


def a_page(size: tuple[float, float], more: bytes) -> bytes:
    return b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Resources << /Font << /F1 3 0 R >> >> %b >>" % (
        *size,
        more,
    )


def a_stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), more, content)


def a_letter(*rows: str, left: float = 50, down: float = 60, step: float = 16) -> list[Text]:
    """Rows of words; `|` begins another column, 130 points on, and `# ` a heading in large letters."""
    texts = []
    for number, row in enumerate(rows):
        size = 18 if row.startswith("# ") else 10
        for column, words in enumerate(row.removeprefix("# ").split("|")):
            if words.strip():
                texts.append(Text(left + 130 * column, down + step * number, words.strip(), size))
    return texts
