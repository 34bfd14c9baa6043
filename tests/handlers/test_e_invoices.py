"""E-invoices dropped in a channel, one of each syntax, and what is like one and cannot be an item."""

from decimal import Decimal
from pathlib import Path

from tests.handlers.desk import a_desk, words
from tests.handlers.test_doors import answers, cards, dropped
from tests.intake.hybrids import a_pdf_with
from tests.intake.known import known
from tests.intake.writers import as_cii, as_fattura_pa, as_ubl, as_zugferd_1
from tests.playground.kit import schema_problems

HIDDEN = "<!channel> *Evil* <https://evil.example|Pay here> \u202e"
DROPPED = {
    "UBL-1": ("invoice.xml", as_ubl(known(number="UBL-1"))),
    "ODD-1": ("odd.xml", as_ubl(known(number="ODD-1", payable=Decimal("99.00")))),
    "CII-1": ("xrechnung.xml", as_cii(known(number="CII-1"))),
    "PDF-1": ("invoice.pdf", a_pdf_with({"factur-x.xml": as_cii(known(number="PDF-1"))})),
    "OLD-1": ("old.pdf", a_pdf_with({"ZUGFeRD-invoice.xml": as_zugferd_1(known(number="OLD-1"))})),
    "FPA-1": ("IT01234567890_FPR01.xml", as_fattura_pa(known(number="FPA-1", type_code="TD01", note=HIDDEN))),
}
_ONE = as_fattura_pa(known(type_code="TD01"))
_BODY = _ONE[_ONE.index(b"<FatturaElettronicaBody>") : _ONE.index(b"</p:FatturaElettronica>")]
REFUSED = {
    "It holds 2 invoices in one file": ("lot.xml", _ONE.replace(_BODY, _BODY * 2)),
    "It is a signed envelope (.p7m)": ("invoice.xml.p7m", bytes.fromhex("308006092a864886f70d010702a080") + _ONE),
}


async def test_each_syntax_becomes_a_card_and_what_cannot_is_told_why(sqlite_url: str, shared: Path) -> None:
    async with a_desk(sqlite_url) as desk:
        for number, (name, content) in DROPPED.items():
            message = await dropped(desk, content, name)

            (card,) = (card for card in cards(desk) if number in words(card))
            assert "162.00 EUR" in words(card)
            assert "Süd &amp; Söhne GmbH" in words(card)
            assert "<!channel>" not in words(card)
            answer = answers(desk, message)[-1]
            assert "Read as <" in answer
            assert ("*Please check:* The total 162.00 less 62.00 paid" in answer) is (number == "ODD-1")
        for reason, (name, content) in REFUSED.items():
            message = await dropped(desk, content, name)

            assert reason in answers(desk, message)[-1]
        assert len(cards(desk)) == len(DROPPED)
        assert desk.slack.refusals == []
        assert schema_problems(desk.slack, shared) == []
