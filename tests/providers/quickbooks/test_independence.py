"""The simulation judges our client, so it must not think with our client's head; and the vendor judges the simulation."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from providers.quickbooks import simulator
from providers.quickbooks.simulated.entities import ENTITIES
from providers.quickbooks.simulator import AMERICA, TRADING
from tests.fakes.clock import FakeClock
from tests.providers.quickbooks import vendor_schema
from tests.providers.quickbooks.conftest import Bare

FOLDER = Path(simulator.__file__).parent
IMPORTED = re.compile(r"^\s*(?:from|import) ((?:bot|handlers|providers)[\w.]*)", re.MULTILINE)


def test_no_part_of_it_knows_our_rules_our_mapping_or_our_wire() -> None:
    files = [FOLDER / "simulator.py", *(FOLDER / "simulated").rglob("*.py")]
    found = {module for path in files for module in IMPORTED.findall(path.read_text(encoding="utf-8"))}

    own = ("providers.quickbooks.simulated", "providers.simulating")
    assert {module for module in found if not module.startswith(own)} <= {"bot.clock"}


@pytest.mark.parametrize("realm", [TRADING, AMERICA])
async def test_every_answer_is_of_the_vendors_own_schema(bare: Bare, realm: str, clock: FakeClock) -> None:
    """All lists and all kinds of documents, read, written, refused, changed and gone."""
    if not vendor_schema.is_here():
        pytest.skip("without the vendors' files: shared/ is not beside the repository")
    bare.realm = realm
    documents = {
        "Bill": bare.bill(),
        "VendorCredit": {key: value for key, value in bare.bill().items() if key != "DueDate"},
        "Purchase": bare.spend(),
        "Deposit": bare.deposit(),
        "Invoice": bare.sale(),
        "CreditMemo": bare.sale(),
        "SalesReceipt": bare.sale(),
        "RefundReceipt": {**bare.sale(), "DepositToAccountRef": bare.deposit()["DepositToAccountRef"]},
        "Payment": {key: value for key, value in {**bare.sale(), "TotalAmt": 5}.items() if key != "Line"},
    }

    for entity, body in documents.items():
        made = await bare.created(entity, body)
        await bare.created(entity, {**made, "PrivateNote": "seen"})
        await bare.post(entity.lower(), {"Line": []})
    for entity in ENTITIES:
        await bare.select(f"select * from {entity} startposition 1 maxresults 1000")
    since = (clock.now() - timedelta(days=1)).isoformat()
    await bare.get("cdc", entities="Bill,Invoice,Vendor", changedSince=since)
    await bare.get(f"companyinfo/{realm}")
    await bare.get("preferences")

    assert len(bare.state.calls) > 40
    assert vendor_schema.problems(bare.state.calls) == []


async def test_the_judge_sees_a_field_that_the_vendor_does_not_know(bare: Bare) -> None:
    if not vendor_schema.is_here():
        pytest.skip("without the vendors' files: shared/ is not beside the repository")
    account = bare.state.books[TRADING].shelf("Account")["1"]
    bare.state.books[TRADING].save("Account", {**account, "Colour": "red", "SubAccount": "no"})

    await bare.get("account/1")

    assert len(vendor_schema.problems(bare.state.calls)) == 2
