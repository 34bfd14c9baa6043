"""The splits that a rule is offered from a document's own lines."""

from decimal import Decimal

from bot.domain.documents import Facts, Line, LineAmounts
from bot.domain.splitting import splits_like

D = Decimal


def test_amounts_are_as_the_document_writes_them_though_its_lines_state_no_tax_of_their_own() -> None:
    """Its total has the tax in it, and so has what is fixed of it; the rest would be too much by the tax of the others."""
    lines = (
        Line(description="Paper", unit_price=D("72.00"), net=D("60.00")),
        Line(description="Ink", unit_price=D("48.00"), net=D("40.00")),
    )
    facts = Facts(net=D(100), tax=D(20), gross=D(120), lines=lines, line_amounts=LineAmounts.INCLUSIVE)

    by_shares, by_amounts = splits_like(facts, [(None, None), (None, None)])

    assert [line.percent for line in by_shares.lines] == [D("60.00"), None]
    assert [line.amount for line in by_amounts.lines] == [D("72.00"), None]
