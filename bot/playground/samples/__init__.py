"""Documents to try the doors with: one of each kind, drawn here, and dated today so that no period is closed for them."""

from bot.playground.samples.bank import as_bank_statement
from bot.playground.samples.bills import BILLS
from bot.playground.samples.e_invoices import as_cii, as_ubl
from bot.playground.samples.pages import as_factur_x, as_pdf, as_statement
from bot.playground.samples.receipts import as_picture
from bot.playground.slack import Sample

SAMPLES = (
    Sample(label="E-invoice (UBL)", name="paper-and-ink.xml", made=lambda day: as_ubl(BILLS["paper"].on(day))),
    Sample(label="E-invoice (CII)", name="harbour-print.xml", made=lambda day: as_cii(BILLS["print"].on(day))),
    Sample(
        label="E-invoice in a PDF (Factur-X)",
        name="studio-lumen.pdf",
        made=lambda day: as_factur_x(BILLS["studio"].on(day)),
    ),
    Sample(
        label="Credit note (UBL)", name="paper-and-ink-credit.xml", made=lambda day: as_ubl(BILLS["credit"].on(day))
    ),
    Sample(label="Bill as a PDF", name="bright-window.pdf", made=lambda day: as_pdf(BILLS["window"].on(day))),
    Sample(
        label="Statement as a PDF", name="paper-statement.pdf", made=lambda day: as_statement(BILLS["paper"].on(day))
    ),
    Sample(
        label="Bank statement (OFX)",
        name="bank-statement.ofx",
        made=lambda day: as_bank_statement(BILLS[each].on(day) for each in ("paper", "print", "studio")),
    ),
    Sample(label="Photo of a receipt", name="corner-cafe.png", made=lambda day: as_picture(BILLS["cafe"].on(day))),
)
