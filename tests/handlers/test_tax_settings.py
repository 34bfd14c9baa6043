"""What is decided about tax, in a simulated Slack: each setting in each package, from the form to the document in the books."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.domain.tax_policies import TaxPolicy
from bot.domain.tax_settings import DefaultTax, TaxForm, TaxSettings
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER, MEMBER, View
from bot.services.settings_pages import FormRefusedError
from bot.views import tax_settings as views
from bot.views.fields import entered
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import FormRef
from providers.quickbooks.simulator import TRADING as COMPANY
from providers.xero.simulator import TRADING
from tests.handlers.desk import CATEGORY, Desk, a_desk, actions, at, filled, words
from tests.handlers.test_downloading import beside_no_ledger, download, files_of
from tests.handlers.test_freeagent import beside_freeagent
from tests.handlers.test_other_books import OURS
from tests.handlers.test_quickbooks import OFFICE_SUPPLIES, beside_quickbooks
from tests.handlers.test_sage import beside_sage
from tests.intake.documents import Row
from tests.playground.kit import schema_problems

D = Decimal
Booked = tuple[Decimal, Decimal, str | None]
"""Net and tax in the books, and the tax rate there."""
POLICIES: str = BlockId.TAX_POLICY
CATEGORIES: str = BlockId.COSTS_TAX_OF
RATES: str = BlockId.USES_RATES
ASKED, RATE_NAMES = {POLICIES, CATEGORIES, RATES}, ("standard", "reduced", "zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A connected desk, what its books have of a bill, and their names for three rates. `lacks` are fields that its form has
    not, as its books cannot do what they decide.
    """

    opened: Callable[[str], Any]
    booked: Callable[[Any, str], Booked]
    rates: Mapping[str, str]
    lacks: frozenset[str] = frozenset()

    def can(self, case: "Case") -> bool:
        return case.needs not in self.lacks and {*case.chosen.values()} & {*RATE_NAMES} <= self.rates.keys()

    def values(self, case: "Case") -> dict[str, str | None]:
        """What is chosen in its form."""
        return {block: self.rates.get(value or "", value) for block, value in {**USUAL, **case.chosen}.items()}


@asynccontextmanager
async def beside_xero(database_url: str) -> AsyncIterator[tuple[Desk, Any]]:
    async with a_desk(database_url) as desk:
        yield desk, desk.xero


@asynccontextmanager
async def beside_quickbooks_with_rates(database_url: str) -> AsyncIterator[tuple[Desk, Any]]:
    """Its category has a tax rate of its own."""
    async with beside_quickbooks(database_url) as (desk, books):
        accounts = books.books[COMPANY].shelf("Account")
        accounts.save(OFFICE_SUPPLIES, {**accounts[OFFICE_SUPPLIES], "TaxCodeRef": {"value": "2"}})
        await desk.slack.command("/dext", "sync", user=ADMIN)
        await desk.settle()
        yield desk, books


@asynccontextmanager
async def beside_files(database_url: str) -> AsyncIterator[tuple[Desk, Any]]:
    async with beside_no_ledger(database_url) as desk:
        yield desk, None


def in_xero(books: Any, number: str) -> Booked:
    (bill,) = [each for each in books.bills() if each["InvoiceNumber"] == number]
    rate = bill["LineItems"][0].get("TaxType")
    return bill["SubTotal"], bill["TotalTax"], None if bill["LineAmountTypes"] == "NoTax" else rate


def in_quickbooks(books: Any, number: str) -> Booked:
    (bill,) = [each for each in books.bills() if each["DocNumber"] == number]
    tax = (bill.get("TxnTaxDetail") or {}).get("TotalTax", D(0))
    code = bill["Line"][0]["AccountBasedExpenseLineDetail"].get("TaxCodeRef", {}).get("value")
    return bill["TotalAmt"] - tax, tax, code


def in_sage(books: Any, number: str) -> Booked:
    (bill,) = [each for each in books.purchase_invoices() if each["vendor_reference"] == number]
    rate = bill["invoice_lines"][0]["tax_rate"]["id"]
    return bill["net_amount"], bill["tax_amount"], None if rate == "GB_NO_TAX" else rate


def in_freeagent(books: Any, number: str) -> Booked:
    (bill,) = [each for each in books.bills() if each["reference"] == number]
    (item,) = bill["bill_items"]
    tax = -bill["sales_tax_value"]
    is_untaxed = item.get("sales_tax_status") == "OUT_OF_SCOPE"
    return bill["total_value"] - tax, tax, None if is_untaxed else str(item.get("sales_tax_rate"))


def in_a_file(rows: Any, number: str) -> Booked:
    (row,) = [each for each in rows if each["Reference"] == number]
    return D(row["Net Amount"]), D(row["Tax Amount"]), row["Tax Code"] or None


async def sent(desk: Desk, books: Any) -> Any:
    """Where all that is approved can be found by now."""
    if books is None:
        await desk.world.later(61)
        await download(desk, BOOKKEEPER, "T-01")
        return files_of(desk, BOOKKEEPER)[-1][1]
    for _ in range(4):
        await desk.world.later(61)
    return books


PACKAGES = {
    "xero": Package(
        opened=beside_xero,
        booked=in_xero,
        rates={"standard": "INPUT2", "reduced": "RRINPUT", "zero": "ZERORATEDINPUT"},
    ),
    "quickbooks": Package(
        opened=beside_quickbooks_with_rates,
        booked=in_quickbooks,
        rates={"standard": "2", "reduced": "3", "zero": "4"},
    ),
    "sage": Package(
        opened=beside_sage,
        booked=in_sage,
        rates={"standard": "GB_STANDARD", "reduced": "GB_LOWER", "zero": "GB_ZERO"},
        lacks=frozenset({POLICIES}),
    ),
    "freeagent": Package(
        opened=beside_freeagent,
        booked=in_freeagent,
        rates={"standard": "20", "reduced": "5", "zero": "0"},
    ),
    "files": Package(
        opened=beside_files,
        booked=in_a_file,
        rates={"standard": "T1", "zero": "T0"},
        lacks=frozenset({POLICIES, CATEGORIES}),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Settings that differ from the usual, with rates by our names; net and tax of a bill, and how it is booked then."""

    chosen: Mapping[str, str | None] = field(default_factory=dict)
    bill: tuple[str, str] = ("100.00", "20.00")
    booked: tuple[str, str, str | None] = ("100.00", "20.00", "standard")
    says: str = ""
    """On the card, before anybody approves."""
    needs: str | None = None


USUAL: Mapping[str, str | None] = {
    RATES: "on",
    POLICIES: TaxPolicy.DOCUMENT,
    CATEGORIES: DefaultTax.ORGANISATION,
    BlockId.DEFAULT_TAX: "standard",
    BlockId.COSTS_WITHOUT_TAX: None,
}
ODD, UNTAXED = ("100.02", "19.98"), ("120.00", "0.00")
CASES = {
    "usual": Case(),
    "another default": Case(
        chosen={BlockId.DEFAULT_TAX: "reduced"}, bill=("100.00", "5.00"), booked=("100.00", "5.00", "reduced")
    ),
    "a default for what shows no tax": Case(
        chosen={BlockId.COSTS_WITHOUT_TAX: "zero"},
        bill=UNTAXED,
        booked=("120.00", "0.00", "zero"),
        says="the default of documents that show no tax",
    ),
    "the same, of what shows tax": Case(chosen={BlockId.COSTS_WITHOUT_TAX: "zero"}),
    "the category's own": Case(
        chosen={CATEGORIES: DefaultTax.CATEGORY, BlockId.DEFAULT_TAX: "reduced"},
        says="its category's own tax in the ledger",
        needs=CATEGORIES,
    ),
    "nobody's, but the amount tells it": Case(
        chosen={BlockId.DEFAULT_TAX: None}, says="suggested, as no other rate makes this tax"
    ),
    "the document's amount": Case(
        bill=ODD, booked=("100.02", "19.98", None), says="which makes 20.00 of the net, 100.02: 0.02 more"
    ),
    "the ledger works it out": Case(
        chosen={POLICIES: TaxPolicy.LEDGER}, bill=ODD, says="works it out of the total: 20.00", needs=POLICIES
    ),
    "with exceptions, of what states tax": Case(
        chosen={POLICIES: TaxPolicy.EXCEPTIONS}, bill=ODD, booked=("100.02", "19.98", None), needs=POLICIES
    ),
    "with exceptions, of what states none": Case(
        chosen={POLICIES: TaxPolicy.EXCEPTIONS}, bill=UNTAXED, says="works it out of the total: 20.00", needs=POLICIES
    ),
    "no tax rates": Case(chosen={RATES: "off"}, booked=("120.00", "0.00", None), says="booked as part of the cost"),
}


async def opened(desk: Desk) -> View:
    if desk.slack.view(ADMIN) is not None:
        await desk.slack.close_modal(ADMIN, everything=True)
    await desk.slack.command("/dext", "settings tax", user=ADMIN, channel=BILLS)
    return desk.modal(ADMIN)


def blocks_of(form: View) -> set[str]:
    """By their names, without the version of the settings."""
    return {str(block["block_id"]).partition(":")[0] for block in form.blocks if block["type"] == "input"}


def read(form: View) -> TaxForm:
    """What it shows."""
    about = FormRef.decode(str(form.definition["private_metadata"]))
    return views.read(entered(form.entries, about), about.version)


async def looked_through(desk: Desk, form: View, block: str) -> set[str]:
    """What a field offers."""
    found = await desk.slack.options(form, ActionId.FIND_TAX_RATE, "", user=ADMIN, block_id=at(form, block))
    return {str(option["value"]) for option in found}


async def saved(desk: Desk, values: Mapping[str, object]) -> View:
    """What is asked of these, as an admin fills it in; answers what was said then."""
    form = await opened(desk)
    asked = {block: value for block, value in values.items() if block in blocks_of(form)}
    for block in (BlockId.DEFAULT_TAX, BlockId.COSTS_WITHOUT_TAX, BlockId.SALES_DEFAULT_TAX, BlockId.SALES_WITHOUT_TAX):
        if asked.get(block) is not None:
            await looked_through(desk, form, block)
    done = await desk.slack.submit(form, filled(form, asked))
    assert (done.errors, done.error) == ({}, None)
    await desk.settle()
    return desk.modal(ADMIN)


async def typed_in(desk: Desk, number: str, bill: tuple[str, str]) -> None:
    gross = str(D(bill[0]) + D(bill[1]))
    await desk.add(**{BlockId.NUMBER: number, BlockId.GROSS: gross, BlockId.TAX: bill[1]})


async def dropped(desk: Desk, number: str, bill: tuple[str, str], extra: str = "") -> None:
    await desk.drop(number, rows=(Row(net=bill[0], price=bill[0]),), totals=bill, extra=extra)


@pytest.mark.parametrize("name", PACKAGES)
async def test_every_setting_is_shown_saved_reopened_as_it_was_saved_and_followed_to_the_books(
    sqlite_url: str, name: str
) -> None:
    """All are approved before any is sent: what comes after an approval changes nothing of it."""
    package = PACKAGES[name]
    cases = {f"T-{place:02}": each for place, each in enumerate(CASES.items(), 1) if package.can(each[1])}
    async with package.opened(sqlite_url) as (desk, books):
        for number, (case_name, case) in cases.items():
            values = package.values(case)
            await saved(desk, values)
            form = await opened(desk)
            tax = read(form).tax
            await typed_in(desk, number, case.bill)
            card = words(desk.card(number))
            await desk.approve(number)

            assert blocks_of(form) & ASKED == ASKED - package.lacks
            shown = {
                RATES: "on" if tax.uses_rates else "off",
                POLICIES: tax.policy,
                CATEGORIES: tax.costs.whose,
                BlockId.COSTS_WITHOUT_TAX: tax.costs.without_amount,
            }
            assert shown == {block: values[block] for block in shown}, case_name
            assert case.says in card, (case_name, card)
            assert ("*Tax rate*" in card) is tax.uses_rates, case_name

        there = await sent(desk, books)

        for number, (case_name, case) in cases.items():
            net, tax_booked, rate = package.booked(there, number)
            assert (net, tax_booked) == (D(case.booked[0]), D(case.booked[1])), case_name
            if case.booked[2] is not None or case.chosen.get(RATES) == "off":
                assert rate == package.rates.get(case.booked[2] or ""), case_name
            told = desk.slack.thread(BILLS, desk.card(number).ts)
            assert told == [], (case_name, [words(each) for each in told])


@pytest.fixture
async def desk(sqlite_url: str, shared: Path) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url) as made:
        yield made
        assert made.slack.refusals == []
        assert schema_problems(made.slack, shared) == []


async def test_what_waits_follows_and_a_sale_that_states_tax_waits_where_rates_are_switched_off(desk: Desk) -> None:
    await dropped(desk, "C-1", ("100.00", "20.00"))
    await dropped(desk, "S-1", ("100.00", "20.00"), OURS)
    assert "20% (VAT on Expenses)\n_the organisation's default tax_" in words(desk.card("C-1"))

    told = words(await saved(desk, {RATES: "off"}))

    assert "• *Tax rates*: no tax rates (was: tax rates are used)" in told
    assert "Switch tax rates off only where the organisation is not registered" in told
    assert "booked as part of the cost" in words(desk.card("C-1"))
    assert "tax rates are switched off here: an admin switches them on by /dext settings tax" in words(desk.card("S-1"))
    await desk.press(desk.card("C-1"), ActionId.EDIT_ITEM, BOOKKEEPER)
    assert BlockId.TAX_RATE not in blocks_of(desk.modal(BOOKKEEPER))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    assert BlockId.TAX_RATE not in blocks_of(await desk.form())
    await desk.slack.close_modal(MEMBER, everything=True)

    await saved(desk, {RATES: "on", POLICIES: TaxPolicy.LEDGER, CATEGORIES: DefaultTax.CATEGORY})

    card = words(desk.card("C-1"))
    assert "its category's own tax in the ledger" in card
    assert "Xero works it out of the total: 20.00" in card
    await desk.press(desk.card("C-1"), ActionId.EXPLAIN_ITEM, BOOKKEEPER)
    why = words(desk.modal(BOOKKEEPER))
    assert "• instead of 20% (VAT on Expenses) (the organisation's default tax)" in why
    assert "*Amount of tax*\nworked out by Xero\n_as the settings say_" in why


async def test_what_waits_follows_the_tax_that_the_ledger_has_for_its_category_by_now(desk: Desk) -> None:
    await saved(desk, {CATEGORIES: DefaultTax.CATEGORY, BlockId.DEFAULT_TAX: "RRINPUT"})
    await dropped(desk, "C-1", ("100.00", "20.00"))
    assert "20% (VAT on Expenses)\n_its category's own tax in the ledger_" in words(desk.card("C-1"))

    accounts = desk.xero.books[TRADING].accounts
    account = next(each for each in accounts.values() if each.get("Code") == CATEGORY)
    accounts.save(account["AccountID"], {**account, "TaxType": "NONE"})
    await desk.slack.command("/dext", "sync categories", user=ADMIN)
    await desk.settle()

    assert "No VAT (0%)\n_its category's own tax in the ledger_" in words(desk.card("C-1"))


async def test_sales_have_their_own_defaults(desk: Desk) -> None:
    await saved(
        desk,
        {
            BlockId.SALES_TAX_OF: DefaultTax.CATEGORY,
            BlockId.SALES_DEFAULT_TAX: "RROUTPUT",
            BlockId.SALES_WITHOUT_TAX: "ZERORATEDOUTPUT",
        },
    )
    offered = await looked_through(desk, await opened(desk), BlockId.SALES_DEFAULT_TAX)
    await dropped(desk, "S-01", ("100.00", "5.00"), OURS)
    await dropped(desk, "S-02", ("120.00", "0.00"), OURS)

    assert {"OUTPUT2", "INPUT2"} & offered == {"OUTPUT2"}
    assert "5% (VAT on Income)\n_the organisation's default tax_" in words(desk.card("S-01"))
    assert "Zero Rated Income (0%)\n_the default of documents that show no tax_" in words(desk.card("S-02"))
    await desk.edit("S-01", {BlockId.ACCOUNT: "200"})
    card = words(desk.card("S-01"))
    assert "20% (VAT on Income)\n_its category's own tax in the ledger_" in card
    assert "the tax rate chosen is one of 20 %, which makes 20.00 of the net, 100.00: 15.00 more" in card
    assert (await desk.world.settings()).costs.default_tax_rate == "INPUT2"


async def test_a_stale_form_is_drawn_anew_a_second_press_saves_nothing_and_what_books_cannot_do_is_refused(
    desk: Desk,
) -> None:
    form = await opened(desk)
    await looked_through(desk, form, BlockId.COSTS_WITHOUT_TAX)
    desk.xero.set_tax_rate_status(TRADING, "ZERORATEDINPUT", "ARCHIVED")
    await desk.slack.command("/dext", "sync tax rates", user=ADMIN)
    await desk.settle()
    gone = await desk.slack.submit(form, filled(form, {BlockId.COSTS_WITHOUT_TAX: "ZERORATEDINPUT"}))
    assert "not in the ledger's list" in gone.errors[at(form, BlockId.COSTS_WITHOUT_TAX)]
    service, actor = desk.world.services.tax_settings, await desk.world.actor()
    page = await service.opened(actor, desk.world.organisation_id)
    wanted = TaxForm(version=page.version, tax=replace(page.tax, policy=TaxPolicy.LEDGER), rates=read(form).rates)
    never = replace(wanted, tax=replace(wanted.tax, policy=TaxPolicy.NONE))
    with pytest.raises(FormRefusedError):
        await service.save(actor, desk.world.organisation_id, never)

    first = await service.save(actor, desk.world.organisation_id, wanted)
    second = await service.save(actor, desk.world.organisation_id, wanted)

    assert (first.version, second.version, second.before) == (page.version + 1, page.version + 1, None)
    await desk.slack.submit(form, filled(form, {BlockId.COSTS_WITHOUT_TAX: None, RATES: "off"}))
    assert "Somebody else saved these settings" in words(desk.modal(ADMIN))
    assert read(desk.modal(ADMIN)).tax == TaxSettings(policy=TaxPolicy.LEDGER)


async def test_a_default_that_is_archived_later_is_told_and_not_given(desk: Desk) -> None:
    await saved(desk, {BlockId.DEFAULT_TAX: None, BlockId.COSTS_WITHOUT_TAX: "ZERORATEDINPUT"})
    desk.xero.set_tax_rate_status(TRADING, "ZERORATEDINPUT", "ARCHIVED")
    await desk.slack.command("/dext", "sync tax rates", user=ADMIN)
    await desk.settle()

    await dropped(desk, "C-1", ("120.00", "0.00"))

    told = [each for each in desk.slack.messages(BILLS) if "is archived or gone in Xero" in words(each)]
    assert [actions(each) for each in told] == [[ActionId.OPEN_TAX_SETTINGS]]
    assert "The default tax rate of what shows no tax, Zero Rated Expenses (0%), is archived" in words(desk.card("C-1"))
    await desk.press(told[0], ActionId.OPEN_TAX_SETTINGS, ADMIN)
    assert "*Zero Rated Expenses (0%)* is archived or gone in Xero. Choose another one." in words(desk.modal(ADMIN))
    await desk.slack.close_modal(ADMIN, everything=True)
