"""The simulation judges our client, so it must not think with our client's head; and what is documented judges the simulation."""

import re
from pathlib import Path

import pytest

from providers.sage import simulator
from providers.sage.simulated.kinds import FIXED_LISTS, KINDS
from providers.sage.simulator import IRELAND, STUDIO, TRADING
from tests.providers.sage import vendor_schema
from tests.providers.sage.conftest import SINGULARS, Bare
from tests.providers.sage.vendor_fields import FORMS

FOLDER = Path(simulator.__file__).parent
IMPORTED = re.compile(r"^\s*(?:from|import) ((?:bot|handlers|providers)[\w.]*)", re.MULTILINE)


def test_no_part_of_it_knows_our_rules_our_mapping_or_our_wire() -> None:
    files = [FOLDER / "simulator.py", *(FOLDER / "simulated").rglob("*.py")]
    found = {module for path in files for module in IMPORTED.findall(path.read_text(encoding="utf-8"))}

    own = ("providers.sage.simulated", "providers.simulating")
    assert {module for module in found if not module.startswith(own)} <= {"bot.clock"}


def test_each_documented_field_says_where_it_was_learnt() -> None:
    for name in FORMS:
        assert vendor_schema.form_of(name)


@pytest.mark.parametrize("business", [TRADING, IRELAND])
async def test_every_answer_has_the_documented_fields(bare: Bare, business: str) -> None:
    """All lists and all kinds of documents, read, written, refused, changed and gone."""
    bare.business = business
    documents = {
        "purchase_invoices": bare.invoice(),
        "purchase_credit_notes": bare.credit(),
        "purchase_quick_entries": bare.entry(),
        "sales_invoices": bare.sale(),
        "sales_credit_notes": {**bare.credit(bare.sold()), "contact_id": bare.sale()["contact_id"]},
        "sales_quick_entries": {
            **bare.entry(ledger_account_id=bare.sold()["ledger_account_id"]),
            "contact_id": bare.sale()["contact_id"],
        },
        "other_payments": bare.spend(),
    }

    for plural, body in documents.items():
        made = await bare.created(plural, body)
        changed = await bare.send("PUT", f"{plural}/{made['id']}", {SINGULARS[plural]: {"reference": "seen"}})
        assert (changed.status, changed.json["reference"]) == (200, "seen"), changed.body
        await bare.refused(plural, {})
        await bare.read(f"{plural}/{made['id']}", show_payments_allocations="true", show_analysis_types="true")
    for plural in (*KINDS, *FIXED_LISTS, "currencies"):
        (first, *_) = [*(await bare.items(plural, attributes="all")), None]
        if first is not None:
            await bare.read(f"{plural}/{first['id']}")
        bare.state.meter.forget()
    for path in ("businesses", "businesses/lead", "user", "financial_settings", "business_settings"):
        await bare.read(path)

    assert len(bare.state.calls) > 60
    assert vendor_schema.problems(bare.state.calls) == []


async def test_on_the_smallest_plan_too_what_is_read_is_as_documented(bare: Bare) -> None:
    bare.business = STUDIO
    await bare.created("sales_invoices", bare.sale())

    for plural in ("ledger_accounts", "contacts", "tax_rates", "sales_invoices", "purchase_invoices"):
        await bare.items(plural, attributes="all")

    assert vendor_schema.problems(bare.state.calls) == []


async def test_the_judge_sees_a_field_that_is_not_documented(bare: Bare) -> None:
    books = bare.state.books[TRADING]
    rate = books.shelf("tax_rates")["GB_STANDARD"]
    books.save("tax_rates", {**rate, "colour": "red", "is_visible": "yes"})

    await bare.read("tax_rates/GB_STANDARD")

    assert len(vendor_schema.problems(bare.state.calls)) == 2
