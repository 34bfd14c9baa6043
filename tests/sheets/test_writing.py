"""Lists that are written: no cell is a formula, and reading them back gives the same."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.coding import CodedValue, Coding, LineCoding, Track, Tracked
from bot.domain.documents import DocumentType, Door, Facts, ItemKind, Line, LineAmounts, Party
from bot.domain.ids import ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.inert import escaped, unescaped
from bot.domain.items import Item, ItemState
from bot.domain.texts import cleaned
from bot.sheets.writing import Written, header, rows_of, written
from tests.sheets.lists import read

NAMES = Written(tracking={Track("region", "north"): ("Region", "=North")})
DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")
texts = st.text(max_size=30) | st.builds(
    str.__add__, st.sampled_from(["=", "+", "-", "@", "'", "'=", "＝", "a;=", "b|'", ";;-"]), st.text(max_size=9)
)
words = texts.map(lambda text: cleaned(text, 200)).filter(bool)
maybe = st.none() | words
amounts = st.decimals("-99999", "99999", places=2)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
parties = st.builds(Party, name=words, tax_number=maybe, country=maybe, bank_account=maybe)
lines = st.builds(
    Line,
    description=st.just("") | words,
    quantity=amounts,
    unit_price=st.decimals("-99", "99", places=6),
    net=amounts,
    tax=st.none() | amounts,
    tax_percent=st.none() | st.sampled_from([Decimal(20), Decimal("5.5")]),
)
documents = st.builds(
    Facts,
    document_type=st.sampled_from(DocumentType),
    supplier=parties,
    buyer=st.builds(Party, name=maybe, tax_number=maybe),
    number=maybe,
    issued_on=days,
    due_on=st.none() | days,
    currency=st.sampled_from(["GBP", "EUR"]),
    currency_rate=st.just(Decimal("1.2345678901")),
    rate_currency=st.sampled_from(["USD", "CHF"]),
    net=amounts,
    tax=st.none() | amounts,
    gross=amounts,
    note=maybe,
    line_amounts=st.sampled_from(LineAmounts),
    lines=st.lists(lines, max_size=3).map(tuple),
)


NORTH = CodedValue(value="north")


def an_item(facts: Facts) -> Item:
    return Item(
        id=ItemId(uuid4()),
        workspace_id=WorkspaceId(uuid4()),
        organisation_id=OrganisationId(uuid4()),
        kind=ItemKind.COST,
        state=ItemState.TO_REVIEW,
        version=1,
        facts=facts,
        coding=Coding(
            account=CodedValue(value="429"),
            tax_rate=CodedValue(value="INPUT2"),
            lines=(LineCoding(account=CodedValue(value="461"), tracking=(Tracked(category="region", option=NORTH),)),),
        ),
        door=Door.FORM,
        submitted_by=UserId("U1"),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        reference="B-1000",
    )


@given(documents)
def test_what_is_written_is_read_back_the_same(facts: Facts) -> None:
    item = an_item(facts)

    (back,) = read(header() + written(rows_of(item, NAMES)))

    assert back.complaints == ()
    assert (back.id, back.kind, back.names.category) == (str(item.id), ItemKind.COST, "429")
    assert back.facts == (facts if facts.lines else replace(facts, line_amounts=LineAmounts.EXCLUSIVE))
    assert [names.category for names in back.line_names] == ["461", None, None][: len(facts.lines)]
    assert [names.tracking for names in back.line_names][:1] == [(("Region", "=North"),)][: len(facts.lines)]


@given(documents)
def test_no_cell_is_a_formula(facts: Facts) -> None:
    for row in csv.reader(io.StringIO(header() + written(rows_of(an_item(facts), NAMES)), newline="")):
        for cell in row:
            assert not cell.startswith(DANGEROUS) or Decimal(cell) is not None


@given(texts)
def test_what_is_made_harmless_can_be_had_back(text: str) -> None:
    assert unescaped(escaped(text)) == text


@given(documents)
def test_no_cell_is_a_formula_where_lists_are_cut_at_semicolons_either(facts: Facts) -> None:
    text = header() + written(rows_of(an_item(facts), NAMES))
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=";"):
        assert [cell for cell in row[1:] if cell.startswith(DANGEROUS)] == []


def test_what_follows_a_separator_is_made_harmless_too() -> None:
    assert escaped("Acme;=HYPERLINK(1)|'x") == "Acme;'=HYPERLINK(1)|''x"


def test_a_number_below_nothing_stays_a_number() -> None:
    assert (escaped("-12.50"), escaped("-12.50*2")) == ("-12.50", "'-12.50*2")


def test_a_column_of_totals_can_be_added_up() -> None:
    line = Line(description="Paper", unit_price=Decimal("1.00"), net=Decimal("1.00"))
    facts = Facts(supplier=Party(name="A"), gross=Decimal("2.00"), net=Decimal("2.00"), lines=(line, line))

    rows = [dict(zip(header().strip().split(","), row, strict=True)) for row in rows_of(an_item(facts), NAMES)]

    assert [(row["Total"], row["Supplier"], row["Line Net"]) for row in rows] == [
        ("2.00", "A", "1.00"),
        ("", "A", "1.00"),
    ]
