"""`dext-bot items import|export`, typed by an operator while the product runs."""

import asyncio
import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from bot.playground.slack import BILLS, BOOKKEEPER
from bot.views.ids import ActionId
from tests.fakes.clock import FakeClock
from tests.handlers.desk import CATEGORY, OTHER_CATEGORY, TAX, Desk, a_desk, words

BILL = "Supplier,Invoice Number,Date,Total,Tax,Currency,Category,Tax Rate\n"
ROWS = (
    f"=1+1 Ltd,N-1,2026-03-01,120.00,20.00,GBP,{CATEGORY},{TAX}\n"
    "<!channel> & Co,N-2,2026-03-02,10.00,,GBP,,\n"
    ",N-3,2026-03-02,10.00,,GBP,,\n"
)
Type = Callable[..., tuple[int, str, str]]


@pytest.fixture
def type_in(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    monkeypatch.setenv("DEXT_DATABASE_URL", database_url)

    def type_in(*command: str, answers: tuple[str, ...] = (), is_terminal: bool = False) -> tuple[int, str, str]:
        given = iter(answers)
        monkeypatch.setattr("sys.stdin", io.StringIO())
        monkeypatch.setattr("sys.stdin.isatty", lambda: is_terminal, raising=False)
        monkeypatch.setattr("builtins.input", lambda _: next(given))
        monkeypatch.setattr("bot.commands.items.SystemClock", FakeClock)  # on the day on which the product runs
        code = main(("items", *command))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return type_in


async def in_a_thread(type_in: Type, *command: str, **more: object) -> tuple[int, str, str]:
    """A command has a loop of its own, as it has a process of its own."""
    return await asyncio.to_thread(type_in, *command, **more)


async def test_a_list_is_brought_in_once_and_written_so_that_it_can_be_brought_in_elsewhere(
    database_url: str, type_in: Type, tmp_path: Path
) -> None:
    file, again = tmp_path / "bills.csv", tmp_path / "again.csv"
    file.write_text(BILL + ROWS)
    async with a_desk(database_url) as desk:
        looked = await in_a_thread(type_in, "import", str(file), "--dry-run")
        unasked = await in_a_thread(type_in, "import", str(file))
        first = await in_a_thread(type_in, "import", str(file), "--yes")
        second = await in_a_thread(type_in, "import", str(file), "--yes")
        await desk.settle()
        coded, uncoded = desk.card("N-1"), desk.card("N-2")
        await _approved(desk)
        written = await in_a_thread(type_in, "export", "--out", str(again))
        twice = await in_a_thread(type_in, "export", "--out", str(again))
        printed = await in_a_thread(type_in, "export")
        back = await in_a_thread(type_in, "import", str(again), "--yes")

    assert (looked[0], "2 new" in looked[1], "1 unclear" in looked[1]) == (1, True, True)
    assert "Line 4: it has no supplier." in looked[1]
    assert (unasked[0], "Say --yes" in unasked[2]) == (2, True)
    assert (first[0], "2 brought in." in first[1]) == (1, True)
    assert ("0 new" in second[1], "2 here already" in second[1], "brought in." in second[1]) == (True, True, False)
    assert ("as the imported list has it" in words(coded), "the organisation's default" in words(uncoded)) == (
        True,
        True,
    )
    assert "<!channel>" not in words(uncoded)
    assert "Imported from a list" in words(coded)
    assert written[1:] == ("", f"2 items written to {again}.\n")
    assert (printed[1].count("N-"), printed[2]) == (2, "2 items written to standard output.\n")
    assert (written[0], twice[0], "is there already" in twice[2]) == (0, 2, True)
    rows = list(csv.DictReader(io.StringIO(again.read_text(encoding="utf-8-sig"))))
    assert sorted((row["Supplier"], row["Status"]) for row in rows) == [
        ("'=1+1 Ltd", "approved"),
        ("<!channel> & Co", "in approval"),
    ]
    assert ("0 new" in back[1], "1 here already" in back[1], "by what the list says" in back[1]) == (True, True, True)


async def _approved(desk: Desk) -> None:
    await desk.approve("N-1")


async def test_whoever_sits_in_front_is_asked_what_the_list_does_not_say(
    database_url: str, type_in: Type, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Who,Date,Amount\nPaper & Ink Ltd,03/04/2026,12.00\n")
    async with a_desk(database_url) as desk:
        unsaid = await in_a_thread(type_in, "import", str(file))
        said = await in_a_thread(type_in, "import", str(file), "--column", "supplier=Nobody")
        answers = ("9", "1", "1", "1", "no")
        refused = await in_a_thread(type_in, "import", str(file), answers=answers, is_terminal=True)
        done = await in_a_thread(type_in, "import", str(file), answers=("1", "1", "1", "y"), is_terminal=True)
        await desk.settle()
        (card,) = [message for message in desk.slack.messages(BILLS) if "Paper &amp; Ink" in words(message)]

    assert (unsaid[0], "Which column is the supplier?" in unsaid[2]) == (2, True)
    assert '--column supplier="Who"' in unsaid[2]
    assert "has no column 'Nobody'. It has Who, Date, Amount." in said[2]
    assert (refused[0], "brought in" in refused[1], "Type a number from 1 to" in refused[1]) == (0, False, True)
    assert (done[0], "1 brought in." in done[1]) == (0, True)
    assert "3 Apr 2026" in words(card)
    assert BOOKKEEPER not in card.text


def test_an_organisation_that_there_is_not_is_said_and_nothing_is_written(
    database_url: str, type_in: Type, tmp_path: Path
) -> None:
    file, out = tmp_path / "list.csv", tmp_path / "out.csv"
    file.write_text(BILL)

    code, _, said = type_in("import", str(file))
    gone = type_in("import", str(tmp_path / "gone.csv"))
    tries = [type_in("export", "--out", str(out)) for _ in range(2)]

    assert (code, "No organisation is connected yet" in said) == (2, True)
    assert (gone[0], "cannot be read: No such file" in gone[2]) == (2, True)
    assert [(code, "No organisation is connected yet" in said) for code, _, said in tries] == [(2, True)] * 2
    assert [path for path in tmp_path.iterdir() if path.suffix != ".db"] == [file]


async def test_lines_of_a_bill_template_bring_their_own_codes(database_url: str, type_in: Type, tmp_path: Path) -> None:
    file, out = tmp_path / "xero.csv", tmp_path / "out.csv"
    head = "*ContactName,*InvoiceNumber,*InvoiceDate,*DueDate,Description,*Quantity,*UnitAmount,*AccountCode,*TaxType,Currency"
    row = "Paper & Ink Ltd,X-1,2026-03-01,2026-03-15,{0},1,{1},{2},20% (VAT on Expenses),GBP"
    file.write_text(
        "\n".join((head, row.format("Paper", "100.00", CATEGORY), row.format("Ink", "50.00", OTHER_CATEGORY)))
    )
    async with a_desk(database_url) as desk:
        asked = await in_a_thread(type_in, "import", str(file), "--yes")
        done = await in_a_thread(type_in, "import", str(file), "--yes", "--line-amounts", "exclusive")
        await desk.settle()
        card = desk.card("X-1")
        await in_a_thread(type_in, "export", "--out", str(out))

    assert "Say --line-amounts exclusive or --line-amounts inclusive." in asked[2]
    assert (done[0], "180.00" in words(card)) == (0, True)
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert [(row["Total"], row["Line Category"], row["Line Tax Rate"]) for row in rows] == [
        ("180.00", CATEGORY, TAX),
        ("", OTHER_CATEGORY, TAX),
    ]


async def test_products_and_tracking_of_a_list_are_coded_and_what_the_ledger_has_not_is_told(
    database_url: str, type_in: Type, tmp_path: Path
) -> None:
    file, bare, out = tmp_path / "lines.csv", tmp_path / "bare.csv", tmp_path / "out.csv"
    file.write_text(
        "Supplier,Invoice Number,Date,Currency,Line Amount,Line Tax,Line Item Code,Line Category,Region,Colour\n"
        f"Paper & Ink Ltd,L-1,2026-03-01,GBP,60.00,12.00,TONER,{CATEGORY},North,red\n"
        f"Paper & Ink Ltd,L-1,2026-03-01,GBP,40.00,8.00,Tonr,{CATEGORY},Nort,red\n"
    )
    bare.write_text(
        "Supplier,Invoice Number,Date,Currency,Total,Tax,Item Code,TrackingName1,TrackingOption1\n"
        "Paper & Ink Ltd,L-2,2026-03-01,GBP,120.00,20.00,toner,region,south\n"
    )
    async with a_desk(database_url, undo_seconds=0) as desk:
        first = await in_a_thread(type_in, "import", str(file), "--yes")
        second = await in_a_thread(type_in, "import", str(bare), "--yes")
        await desk.settle()
        card = words(desk.card("L-1"))
        await desk.press(desk.card("L-1"), ActionId.EXPLAIN_ITEM, BOOKKEEPER)
        why = words(desk.modal(BOOKKEEPER))
        await desk.slack.close_modal(BOOKKEEPER, everything=True)
        await desk.approve("L-2")
        await in_a_thread(type_in, "export", "--out", str(out))
        (bill,) = desk.xero.bills()

    assert (first[0], second[0]) == (1, 0)
    assert "Line 3: No live product or service is called “Tonr”. There are " in first[1]
    assert "Line 3: No live option of Region is called “Nort”. There are North, South, East and West." in first[1]
    assert ("Not used: Colour." in first[1], "TONER · Toner cartridge" in card) == (True, True)
    assert "*Line 1, Region*\nNorth\n_as the imported list has it_" in why
    (line,) = bill["LineItems"]
    assert (line["ItemCode"], line["AccountCode"]) == ("TONER", "461")
    assert [(each["Name"], each["Option"]) for each in line["Tracking"]] == [("Region", "South")]
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    found = [(row["Line Item Code"], row["TrackingName1"], row["TrackingOption1"]) for row in rows]
    assert sorted(found) == [("", "", ""), ("TONER", "Region", "North"), ("TONER", "Region", "South")]


def test_the_help_of_an_import_says_how_it_ends(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["items", "import", "--help"])

    said = " ".join(capsys.readouterr().out.split())
    assert "Bring in a list: an export of Dext, the bill template of Xero or QuickBooks, or any CSV" in said
    assert "ends with 1 when documents were left out because they are unclear" in said
