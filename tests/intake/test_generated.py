"""Whatever a document says and in whichever syntax, it is read back to the same facts, to the cent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.documents import DocumentType, Facts, Line, Party, TaxSubtotal
from bot.domain.money import from_stored, tax_of, to_cents, to_stored
from bot.intake.fattura_pa import read_fattura_pa
from bot.intake.reader import read
from bot.intake.result import Reading, Unreadable
from tests.intake.known import known
from tests.intake.writers import WRITERS, Known, Writer, as_fattura_pa

EVERY_WRITER = {**WRITERS, "FatturaPA": as_fattura_pa}
RATES = tuple(map(Decimal, ("0", "5.5", "7", "19", "20", "22")))
words = st.text(alphabet="abcÄß€&<>'\"]-", min_size=1, max_size=20)
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
codes = st.text(alphabet="0123456789ABC", min_size=3, max_size=20)


def decimals(most: int, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(min_value=0, max_value=most, places=places, allow_nan=False, allow_infinity=False)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    quantity, price = draw(decimals(10_000, 3)), draw(decimals(100_000, 4))
    return Line(
        description=draw(words),
        quantity=quantity,
        unit_price=price,
        net=to_cents(quantity * price),
        tax_percent=draw(st.sampled_from(RATES)),
    )


@st.composite
def allowances_and_charges(draw: st.DrawFn) -> Line:
    amount = draw(decimals(1_000, 2)) * draw(st.sampled_from((1, -1)))
    return Line(description=draw(words), unit_price=amount, net=amount, tax_percent=draw(st.sampled_from(RATES)))


parties = st.builds(
    lambda name, country, number, account: Party(
        name=name, country=country, tax_number=country + number, bank_account=account
    ),
    words,
    st.sampled_from(("DE", "FR", "GB", "IT")),
    codes,
    codes,
)


@st.composite
def documents(draw: st.DrawFn) -> Known:
    own = draw(st.lists(lines(), min_size=1, max_size=6))
    every = (*own, *draw(st.lists(allowances_and_charges(), max_size=3)))
    breakdown = tuple(_rate(every, rate) for rate in RATES if any(line.tax_percent == rate for line in every))
    net, tax = sum((row.taxable for row in breakdown), Decimal(0)), sum((row.tax for row in breakdown), Decimal(0))
    assume(net + tax > 0)
    prepaid = min(draw(decimals(10**9, 2)), net + tax)
    facts = Facts(
        supplier=draw(parties),
        buyer=replace(draw(parties), bank_account=None),
        number=draw(codes),
        issued_on=draw(days),
        due_on=draw(days),
        currency=draw(st.sampled_from(("EUR", "USD", "HUF"))),
        net=net,
        tax=tax,
        gross=net + tax,
        payable=net + tax - prepaid,
        prepaid=prepaid,
        lines=every,
        tax_breakdown=breakdown,
        note=draw(words),
    )
    return Known(facts=facts, own=len(own))


def _rate(every: tuple[Line, ...], rate: Decimal) -> TaxSubtotal:
    taxable = sum((line.net for line in every if line.tax_percent == rate), Decimal(0))
    return TaxSubtotal(percent=rate, category="S", taxable=taxable, tax=tax_of(taxable, rate))


def turned(facts: Facts) -> Facts:
    """What takes the document back."""
    return replace(
        facts,
        net=-(facts.net or Decimal(0)),
        tax=-(facts.tax or Decimal(0)),
        gross=-(facts.gross or Decimal(0)),
        payable=-(facts.payable or Decimal(0)),
        prepaid=-(facts.prepaid or Decimal(0)),
        lines=tuple(replace(line, quantity=-line.quantity, net=-line.net) for line in facts.lines),
        tax_breakdown=tuple(replace(row, taxable=-row.taxable, tax=-row.tax) for row in facts.tax_breakdown),
    )


def reading_of(write: Writer, document: Known) -> Reading:
    found = read(write(document))
    assert isinstance(found, Reading), found
    return found


@given(documents())
def test_a_document_is_read_back_to_the_facts_it_was_written_from(document: Known) -> None:
    for name, write in EVERY_WRITER.items():
        reading = reading_of(write, document)

        prepaid = None if name == "FatturaPA" else document.facts.prepaid
        assert reading.facts == replace(document.facts, prepaid=prepaid), name
        assert (reading.facts.is_bookable, reading.warnings) == (True, ()), name


@given(documents())
def test_a_document_of_negative_amounts_is_a_credit_note_of_the_positive_ones(document: Known) -> None:
    """Without allowances: an allowance is not written negative, it becomes a charge."""
    own = replace(document.facts, lines=document.facts.lines[: document.own])
    for name, write in WRITERS.items():
        facts = reading_of(write, replace(document, facts=turned(own))).facts

        assert facts == replace(own, document_type=DocumentType.CREDIT_NOTE), name


fine = st.lists(st.tuples(decimals(1_000, 8), st.sampled_from(RATES)), min_size=1, max_size=8)


@given(fine)
def test_lines_finer_than_a_cent_are_bookable_to_the_cent(amounts: list[tuple[Decimal, Decimal]]) -> None:
    """FatturaPA alone has such; each rate is taxed on its exact lines, rounded once."""
    exact = {rate: sum((net for net, of in amounts if of == rate), Decimal(0)) for _, rate in amounts}
    rows = tuple(
        TaxSubtotal(percent=rate, category=None, taxable=to_cents(net), tax=tax_of(net, rate))
        for rate, net in exact.items()
    )
    net, tax = sum((row.taxable for row in rows), Decimal(0)), sum((row.tax for row in rows), Decimal(0))
    every = tuple(Line(description="kWh", unit_price=amount, net=amount, tax_percent=rate) for amount, rate in amounts)

    reading = read_fattura_pa(
        as_fattura_pa(known(type_code="TD01", lines=every, tax_breakdown=rows, net=net, tax=tax, gross=net + tax))
    )

    assert reading.facts.is_bookable
    assert reading.warnings == ()
    assert (reading.facts.net, reading.facts.gross, reading.invoice_lines) == (net, net + tax, len(every))


@given(
    st.sampled_from(list(EVERY_WRITER)),
    st.binary(max_size=200),
    st.floats(min_value=0, max_value=1),
    st.integers(min_value=0, max_value=60),
)
def test_a_damaged_document_is_read_or_refused_and_nothing_else(
    name: str, noise: bytes, at: float, removed: int
) -> None:
    document = EVERY_WRITER[name](known())
    place = 1 + int(at * len(document))  # behind the first byte, so that it stays XML

    found = read(document[:place] + noise + document[place + removed :])

    assert isinstance(found, Reading | Unreadable)


@given(st.sampled_from(list(EVERY_WRITER)), st.text(max_size=40))
def test_any_text_for_an_amount_is_a_number_or_refused(name: str, written: str) -> None:
    escaped = written.replace("&", "&amp;").replace("<", "&lt;")

    found = read(EVERY_WRITER[name](known()).replace(b">22.00<", f">{escaped}<".encode("utf-8", "replace")))

    if isinstance(found, Reading) and found.facts.tax is not None:
        assert from_stored(to_stored(found.facts.tax)) == found.facts.tax
