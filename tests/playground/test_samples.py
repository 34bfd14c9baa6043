"""The sample documents: each is what its label says to the reader that the product has for it, and lies in the page."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from playwright.async_api import Page, expect

from bot.intake.reader import reader_of
from bot.intake.result import Method, Reading, Unreadable
from bot.intake.sniff import FileKind, sniff
from bot.playground.samples import SAMPLES
from bot.playground.samples.bills import BILLS as SOLD
from bot.playground.slack import BILLS, MEMBER, SlackState
from bot.statements.child import text_of
from bot.statements.ofx import read_ofx
from bot.statements.telling import is_statement_file
from tests.playground.windows import on_both, visit

DAY = date(2026, 3, 2)
MADE = {sample.label: sample.made(DAY) for sample in SAMPLES}


def read(label: str) -> Reading | Unreadable:
    return reader_of(sniff(MADE[label]))(MADE[label])


@pytest.mark.parametrize(
    ("label", "supplier", "number", "gross"),
    [
        ("E-invoice (UBL)", "Paper & Ink Ltd", "PI-260302", "190.80"),
        ("E-invoice (CII)", "Harbour Print Ltd", "HP-260302", "504.00"),
        ("E-invoice in a PDF (Factur-X)", "Studio Lumen Ltd", "SL-260302", "796.80"),
        ("Credit note (UBL)", "Paper & Ink Ltd", "PC-260302", "28.80"),
        ("Bill as a PDF", "Bright Window Cleaning Ltd", "BW-260302", "162.00"),
    ],
)
def test_a_bill_is_read_to_the_cent(label: str, supplier: str, number: str, gross: str) -> None:
    found = read(label)

    assert isinstance(found, Reading)
    facts = found.facts
    assert (facts.supplier.name, facts.number, facts.gross) == (supplier, number, Decimal(gross))
    assert (facts.issued_on, facts.currency, facts.buyer.name) == (DAY, "GBP", "Northwind Trading Ltd")
    assert found.warnings == ()
    assert (found.method is Method.STATED) == label.startswith(("E-invoice", "Credit note"))


def test_a_photo_is_a_picture_and_a_statement_is_no_bill() -> None:
    assert sniff(MADE["Photo of a receipt"]) is FileKind.PICTURE
    statement = read("Statement as a PDF")
    assert isinstance(statement, Reading)
    facts = statement.facts
    assert not facts.document_type.is_booked
    assert (facts.supplier.name, facts.number, facts.gross) == ("Paper & Ink Ltd", None, Decimal("95.40"))


def test_a_banks_statement_pays_what_is_due() -> None:
    file = MADE["Bank statement (OFX)"]
    assert is_statement_file(file)

    found = read_ofx(text_of(file))

    assert [(line.amount, line.dated_on) for line in found.lines] == [
        (-bill.gross, bill.due) for bill in (SOLD[each].on(DAY) for each in ("paper", "print", "studio"))
    ]
    assert "PAPER & INK LTD" in found.lines[0].text


def test_another_day_brings_other_documents() -> None:
    tomorrow = {sample.label: sample.made(date(2026, 3, 3)) for sample in SAMPLES}

    assert all(tomorrow[label] != content for label, content in MADE.items())
    assert all(sample.made(DAY) == MADE[sample.label] for sample in SAMPLES)


@pytest.fixture
def with_samples(slack: SlackState) -> Callable[[], None]:
    def put() -> None:
        slack.samples = SAMPLES

    return put


@pytest.mark.browser
@on_both
async def test_a_newcomer_takes_a_document_from_the_menu_and_sends_it(
    page: Page, slack: SlackState, with_samples: Callable[[], None]
) -> None:
    with_samples()
    await visit(page, slack, MEMBER)

    for label in ("Photo of a receipt", "E-invoice (UBL)"):
        await page.get_by_title("Sample documents").click()
        await page.get_by_role("button", name=label).click()
        await expect(page.get_by_role("button", name=label)).to_be_hidden()
    await expect(page.get_by_role("button", name="Remove paper-and-ink.xml")).to_be_visible()
    await page.get_by_role("button", name="Send", exact=True).click()

    await expect(page.get_by_role("img", name="corner-cafe.png")).to_be_visible()
    (message,) = slack.messages(BILLS)
    assert [slack.workspace.files[file].name for file in message.files] == ["corner-cafe.png", "paper-and-ink.xml"]
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
