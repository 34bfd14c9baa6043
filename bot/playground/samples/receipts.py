"""A till receipt as somebody photographs it: a strip of paper on a table, a little askew.

The font comes with Pillow, and knows the letters of English only.
"""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.playground.samples.bills import Bill

_PAPER, _INK, _TABLE = "#f7f5ef", "#33312e", "#8a6f55"
_WIDTH, _STEP = 460, 30


def as_picture(bill: Bill) -> bytes:
    rows = _rows(bill)
    strip = Image.new("RGB", (_WIDTH, _STEP * (len(rows) + 2)), _PAPER)
    draw = ImageDraw.Draw(strip)
    for number, (left, right, size) in enumerate(rows, start=1):
        font, down = ImageFont.load_default(size), _STEP * number
        if right:
            draw.text((30, down), left, _INK, font)
            draw.text((_WIDTH - 30, down), right, _INK, font, anchor="ra")
        else:
            draw.text((_WIDTH / 2, down), left, _INK, font, anchor="ma")
    askew = strip.convert("RGBA").rotate(2.5, expand=True, resample=Image.Resampling.BICUBIC)
    table = Image.new("RGB", (askew.width + 120, askew.height + 100), _TABLE)
    table.paste(askew, (60, 50), askew)
    written = BytesIO()
    table.save(written, "PNG")
    return written.getvalue()


def _rows(bill: Bill) -> list[tuple[str, str, int]]:
    """Words at the left, words at the right (alone, they stand in the middle), and their size."""
    bought = [(f"{row.quantity} x {row.name}", f"{row.net:,.2f}", 18) for row in bill.rows]
    return [
        (bill.supplier, "", 26),
        (f"{bill.street}, {bill.town}", "", 16),
        (f"VAT no. {bill.vat_number}", "", 16),
        (f"{bill.day:%d/%m/%Y}  13:05", f"No. {bill.number}", 16),
        ("- " * 28, "", 16),
        *bought,
        ("- " * 28, "", 16),
        ("Net", f"{bill.net:,.2f}", 18),
        (f"VAT {bill.tax_percent}%", f"{bill.tax:,.2f}", 18),
        ("TOTAL", f"{bill.currency} {bill.gross:,.2f}", 26),
        ("", "", 16),
        ("Paid by card. Thank you!", "", 16),
    ]
