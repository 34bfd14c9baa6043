"""The bill that the README tells people to drop is one that goes through."""

from decimal import Decimal

from bot.domain.checks import check
from bot.domain.coding import CodedValue, Coding, Source
from bot.intake.parent import ChildReader
from bot.intake.result import Reading
from tests.conftest import ROOT

EXAMPLE = ROOT / "docs" / "example-bill.xml"
CODED = Coding(
    account=CodedValue(value="429", source=Source.ORGANISATION_DEFAULT),
    tax_rate=CodedValue(value="INPUT2", source=Source.DEFAULT_TAX),
)


async def test_the_example_is_read_without_a_warning_and_has_nothing_to_complain_of() -> None:
    found = await ChildReader()(EXAMPLE.read_bytes(), EXAMPLE.name)

    assert isinstance(found, Reading)
    assert found.warnings == ()
    assert (found.facts.supplier.name, found.facts.gross) == ("Harbour Office Supplies Ltd", Decimal("298.20"))
    assert check(found.facts, CODED) == ()
