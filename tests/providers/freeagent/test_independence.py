"""The simulation judges our client, so it must not think with our client's head; and a schema of its own judges the simulation."""

import re
from pathlib import Path

import pytest

from providers.freeagent import simulator
from providers.freeagent.simulator import AMERICA, IRELAND, PRACTICE, TRADING
from tests.providers.freeagent import vendor_schema
from tests.providers.freeagent.conftest import BANKS, Bare

FOLDER = Path(simulator.__file__).parent
IMPORTED = re.compile(r"^\s*(?:from|import) ((?:bot|handlers|providers)[\w.]*)", re.MULTILINE)
LISTS = (
    *("company", "users", "users/me", "contacts", "projects", "bank_accounts", "categories", "stock_items"),
    *("price_list_items", "sales_tax_periods", "vat_returns", "account_locks"),
)


def test_no_part_of_it_knows_our_rules_our_mapping_or_our_wire() -> None:
    files = [FOLDER / "simulator.py", *(FOLDER / "simulated").rglob("*.py")]
    found = {module for path in files for module in IMPORTED.findall(path.read_text(encoding="utf-8"))}

    own = ("providers.freeagent.simulated", "providers.simulating")
    assert {module for module in found if not module.startswith(own)} <= {"bot.clock"}


@pytest.mark.parametrize("company", [TRADING, AMERICA, IRELAND])
async def test_every_answer_is_as_the_vendor_describes_it(bare: Bare, company: str) -> None:
    """All lists and all kinds of documents, read, written, refused, changed and gone."""
    bare.company = company
    bodies = {
        "bills": bare.bill(attachment=bare.file()),
        "expenses": bare.expense(attachment=bare.file()),
        "bank_transaction_explanations": bare.spend(attachment=bare.file()),
        "invoices": bare.invoice(),
        "credit_notes": bare.credit_note(),
        "contacts": {"first_name": "Ann", "last_name": "New"},
    }
    account = bare.url_of("bank_accounts", BANKS[company])

    for kind, body in bodies.items():
        made = await bare.created(kind, body)
        root = kind.removesuffix("s")
        await bare.put(made["url"], {root: {}})
        await bare.post(kind, {root: {"dated_on": "never"}})
        await bare.get(kind, bank_account=account, nested_bill_items="true", nested_invoice_items="true")
        await bare.delete(made["url"])
    for path in LISTS:
        reply = await bare.get(path)
        for record in next(iter(reply.json.values())) if isinstance(next(iter(reply.json.values())), list) else []:
            if "url" in record:
                await bare.get(record["url"])
    invoice, credit = await bare.sent("invoices", bare.invoice()), await bare.sent("credit_notes", bare.credit_note())
    body = {"gross_value": "10", "invoice": invoice["url"], "credit_note": credit["url"]}
    await bare.read(await bare.created("credit_note_reconciliations", body))
    await bare.paid(invoice, "5")
    await bare.listed("bank_transactions", bank_account=account)
    bare.person, bare.company = "pat", PRACTICE
    for path in ("practice", "clients", "account_managers", "account_managers/me"):
        await bare.get(path)

    assert len(bare.state.calls) > 40
    assert vendor_schema.problems(bare.state.calls) == []


async def test_the_judge_sees_a_field_that_the_vendor_does_not_describe(bare: Bare) -> None:
    books = bare.state.books[TRADING]
    books.save("contacts", {**books.shelf("contacts")["1"], "colour": "red", "status": 5})

    await bare.get("contacts/1")

    assert len(vendor_schema.problems(bare.state.calls)) == 2
