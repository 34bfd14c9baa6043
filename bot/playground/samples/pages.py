"""Bills as one page of PDF, in Helvetica, written by hand: a page with words, and where wanted the e-invoice inside it."""

from dataclasses import dataclass

from bot.playground.samples.bills import BUYER, Bill
from bot.playground.samples.e_invoices import as_cii

WIDTH, HEIGHT = 595, 842  # A4 in points
_LEFT, _MIDDLE, _RIGHT = 56, 330, 470


@dataclass(frozen=True, slots=True)
class _Words:
    """Words at a place: points from the left and from the top."""

    left: float
    down: float
    text: str
    size: int = 10

    def drawn(self) -> bytes:
        text = self.text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        font = b"/F2" if self.size > 10 else b"/F1"
        return b"BT %b %d Tf 1 0 0 1 %g %g Tm (%b) Tj ET\n" % (font, self.size, self.left, HEIGHT - self.down, text)


def as_pdf(bill: Bill) -> bytes:
    """A bill that only a reader of words understands."""
    return _document(_bill_page(bill))


def as_factur_x(bill: Bill) -> bytes:
    """The same page with the e-invoice attached, which is what counts: https://fnfe-mpe.org/factur-x/factur-x_en/."""
    return _document(_bill_page(bill), attached=("factur-x.xml", as_cii(bill)))


def as_statement(bill: Bill) -> bytes:
    """What is owed in all. It is no bill, and nothing of it is booked."""
    rows = [
        (f"{bill.day:%d/%m/%Y}", f"Invoice {bill.number}", f"{bill.gross:,.2f}"),
        (f"{bill.day:%d/%m/%Y}", "Payment received, thank you", f"-{bill.gross / 2:,.2f}"),
    ]
    words = [*_letterhead(bill, "Statement of account"), _Words(_LEFT, 250, "Date"), _Words(150, 250, "Details")]
    words.append(_Words(_RIGHT, 250, "Amount"))
    for number, (when, what, amount) in enumerate(rows):
        down = 272 + 18 * number
        words += [_Words(_LEFT, down, when), _Words(150, down, what), _Words(_RIGHT, down, amount)]
    words += [_Words(_MIDDLE, 340, "Balance outstanding"), _Words(_RIGHT, 340, f"£{bill.gross / 2:,.2f}")]
    return _document(words)


def _bill_page(bill: Bill) -> list[_Words]:
    words = [
        *_letterhead(bill, "Invoice"),
        _Words(_MIDDLE, 160, "Invoice number"),
        _Words(_RIGHT, 160, bill.number),
        _Words(_MIDDLE, 176, "Invoice date"),
        _Words(_RIGHT, 176, f"{bill.day:%d/%m/%Y}"),
        _Words(_MIDDLE, 192, "Due date"),
        _Words(_RIGHT, 192, f"{bill.due:%d/%m/%Y}"),
        *(_Words(left, 260, text) for left, text in ((_LEFT, "Description"), (_MIDDLE, "Quantity"))),
        *(_Words(left, 260, text) for left, text in ((400, "Price"), (_RIGHT, "Amount"))),
    ]
    for number, row in enumerate(bill.rows):
        cells = (
            (_LEFT, row.name),
            (_MIDDLE, str(row.quantity)),
            (400, f"{row.price:,.2f}"),
            (_RIGHT, f"{row.net:,.2f}"),
        )
        words += [_Words(left, 282 + 18 * number, text) for left, text in cells]
    totals = (("Subtotal", bill.net), (f"VAT {bill.tax_percent}%", bill.tax), ("Total", bill.gross))
    for number, (label, amount) in enumerate(totals):
        down = 350 + 18 * number
        words += [_Words(_MIDDLE, down, label), _Words(_RIGHT, down, f"£{amount:,.2f}")]
    return words


def _letterhead(bill: Bill, title: str) -> list[_Words]:
    return [
        _Words(_LEFT, 70, bill.supplier, 18),
        _Words(_LEFT, 92, f"{bill.street}, {bill.town}"),
        _Words(_LEFT, 108, f"VAT number {bill.vat_number}"),
        _Words(_MIDDLE, 130, title, 14),
        _Words(_LEFT, 160, "Bill to"),
        _Words(_LEFT, 176, BUYER),
    ]


def _document(words: list[_Words], attached: tuple[str, bytes] | None = None) -> bytes:
    page = b"".join(each.drawn() for each in words)
    fonts = b"<< /F1 3 0 R /F2 4 0 R >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R%b >>" % (_catalogued(attached[0]) if attached else b""),
        b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Resources << /Font %b >> /Contents 6 0 R >>"
        % (WIDTH, HEIGHT, fonts),
        _stream(page),
    ]
    if attached:
        name, content = attached[0].encode(), attached[1]
        objects += [
            b"<< /Type /Filespec /F (%b) /UF (%b) /AFRelationship /Alternative /EF << /F 8 0 R >> >>" % (name, name),
            _stream(content, b" /Type /EmbeddedFile /Subtype /text#2Fxml"),
        ]
    return _put_together(objects)


def _catalogued(name: str) -> bytes:
    return b" /AF [7 0 R] /Names << /EmbeddedFiles << /Names [(%b) 7 0 R] >> >>" % name.encode()


def _stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d%b >>\nstream\n%b\nendstream" % (len(content), more, content)


def _put_together(objects: list[bytes]) -> bytes:
    """The file: every object, and the table that says where each begins."""
    written, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(written)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return written + head + table + trailer
