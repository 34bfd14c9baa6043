"""Every setting of every package, walked through: it is shown, each of its choices is saved, and the form that is opened after it
says the same. What the walk finds is the table in README; what a setting does to a document is shown by the test it names.
"""

import importlib
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER, GENERAL, OWNER, View
from bot.views.ids import ActionId, BlockId
from tests.fakes.clock import FakeClock
from tests.handlers.desk import Desk, a_desk
from tests.handlers.test_downloading import beside_no_ledger
from tests.handlers.test_freeagent import beside_freeagent
from tests.handlers.test_quickbooks import beside_quickbooks
from tests.handlers.test_sage import beside_sage

README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN, END = "<!-- settings: begin -->", "<!-- settings: end -->"
WRITE = "DEXT_WRITE_SETTINGS"

Block = dict[str, Any]


@asynccontextmanager
async def _xero(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as desk:
        yield desk


@asynccontextmanager
async def _quickbooks(database_url: str) -> AsyncIterator[Desk]:
    async with beside_quickbooks(database_url) as (desk, _):
        yield desk


@asynccontextmanager
async def _sage(database_url: str) -> AsyncIterator[Desk]:
    async with beside_sage(database_url) as (desk, _):
        yield desk


@asynccontextmanager
async def _freeagent(database_url: str) -> AsyncIterator[Desk]:
    async with beside_freeagent(database_url) as (desk, _):
        yield desk


PACKAGES: Mapping[str, Callable[[str], AbstractAsyncContextManager[Desk]]] = {
    "Xero": _xero,
    "QuickBooks Online": _quickbooks,
    "Sage Accounting": _sage,
    "FreeAgent": _freeagent,
    "File export": beside_no_ledger,
}
MOST_CHOICES = 12
"""Of more, such as the hours of a day, some are tried."""
COSTS = "costs"
"""`/dext settings` alone; the others are named after it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A field of a form: the part of the settings it is in, its name there, and by what it is known."""

    part: str
    label: str
    name: str


# What is typed where nothing is offered, two of each, so that one is new.
TYPED: Mapping[str, tuple[object, ...]] = {
    BlockId.APPROVERS: ([APPROVER, OWNER], [APPROVER]),
    BlockId.BOOKKEEPERS: ([BOOKKEEPER, ADMIN], [BOOKKEEPER]),
    BlockId.APPROVALS_CHANNEL: (BILLS,),
    BlockId.ALERTS_CHANNEL: (BILLS, ALERTS),
    BlockId.EXCHANGE_RATES: ("EUR 1.2\nUSD 1.27",),
    BlockId.MATERIALITY: ("25",),
    BlockId.QUIET_DAYS: (["5", "6"], ["6"]),
    BlockId.QUIET_ZONE: ("Europe/Dublin",),
    BlockId.CLOSED_UNTIL: ("day", "open"),  # the others are short ways to enter a day
}
# What else has to be entered with a field.
WITH: Mapping[str, Mapping[str, object]] = {
    BlockId.CLOSED_UNTIL: {BlockId.CLOSED_DAY: "2025-12-31"},
    BlockId.CLOSED_DAY: {BlockId.CLOSED_UNTIL: "day"},
    BlockId.QUIET_BEGINS: {BlockId.QUIET_ENDS: "30"},
    BlockId.QUIET_ENDS: {BlockId.QUIET_BEGINS: "30"},
}


async def parts(desk: Desk) -> list[str]:
    """What the product itself says that there is."""
    await desk.slack.command("/dext", "settings nonsense", user=ADMIN, channel=GENERAL)
    told = desk.slack.ephemerals(ADMIN, GENERAL)[-1].text.partition("There are ")[2]
    return [COSTS, *(word for word in told.split("`")[1::2])]


async def opened(desk: Desk, part: str) -> View | None:
    """The form; None where this package has none."""
    if desk.slack.view(ADMIN) is not None:
        await desk.slack.close_modal(ADMIN, everything=True)
    assert isinstance(desk.world.clock, FakeClock)
    await desk.world.clock.advance(1)  # nobody opens more than Slack lets us in a minute
    await desk.slack.command("/dext", "settings" if part == COSTS else f"settings {part}", user=ADMIN, channel=BILLS)
    return desk.slack.view(ADMIN)


def inputs(form: View) -> dict[str, Block]:
    """By the name of the block, whatever follows it."""
    return {str(block["block_id"]): block for block in form.blocks if block["type"] == "input"}


def name_of(block_id: str) -> str:
    return block_id.partition(":")[0]


async def choices(desk: Desk, form: View, block: Block) -> list[object]:
    """What can be entered in a field, in the form in which Slack sends it back; all of it where it is offered as a whole."""
    element, name = block["element"], name_of(block["block_id"])
    if name in TYPED:
        return list(TYPED[name])
    match element["type"]:
        case "radio_buttons" | "static_select":
            options = element.get("options") or [o for each in element["option_groups"] for o in each["options"]]
            values = [option["value"] for option in options]
            return values if len(values) <= MOST_CHOICES else values[:: len(values) // 3]
        case "checkboxes" | "multi_static_select":
            ticked = [option["value"] for option in element["options"]]
            return [[value] for value in ticked] + ([ticked] if len(ticked) > 1 else [])
        case "external_select":
            groups = await desk.slack.options(form, element["action_id"], "", user=ADMIN, block_id=block["block_id"])
            offered = [option for group in groups for option in group.get("options", [group])]
            return [option["value"] for option in offered[:2]]
        case "datepicker":
            return ["2026-01-31"]
        case kind:
            raise AssertionError(f"{name} is a {kind}: say in TYPED what is entered there")


def shown(block: Block) -> object:
    """What a form that was opened says, in the form of `choices`."""
    element = block["element"]
    for key, read in _INITIAL.items():
        if key in element:
            return read(element[key])
    return None


_INITIAL: Mapping[str, Callable[[Any], object]] = {
    "initial_option": lambda option: option["value"],
    "initial_options": lambda options: [option["value"] for option in options],
    "initial_value": str,
    "initial_users": list,
    "initial_conversation": str,
    "initial_date": str,
    "initial_time": str,
}


async def saved(desk: Desk, part: str, name: str, value: object) -> None:
    """Entered in the form as it stands now, and sent; the form opened after it says it."""
    form = await opened(desk, part)
    assert form is not None
    fields = {name_of(each): block for each, block in inputs(form).items()}
    entered = {block["block_id"]: (await choices(desk, form, block))[0] for block in fields.values() if is_asked(block)}
    await choices(desk, form, fields[name])  # an option has to have been offered
    entered |= {fields[each]["block_id"]: also for each, also in WITH.get(name, {}).items()}
    done = await desk.slack.submit(form, {**entered, fields[name]["block_id"]: value})
    await desk.settle()
    assert (done.errors, done.error) == ({}, None), (part, name, value)
    again = await opened(desk, part)
    assert again is not None, (part, name, value, desk.whispers(ADMIN))
    now = {name_of(each): block for each, block in inputs(again).items()}
    assert name in now, (part, value)
    assert shown(now[name]) == value, (part, name)


def is_asked(block: Block) -> bool:
    """Nothing is chosen, and something has to be."""
    return not block.get("optional") and shown(block) is None


async def found(desk: Desk) -> list[Found]:
    every = []
    for part in await parts(desk):
        form = await opened(desk, part)
        fields = inputs(form) if form is not None else {}
        every += [Found(part, block["label"]["text"], name_of(name)) for name, block in fields.items()]
    return every


_TAX = "test_tax_settings.test_every_setting_is_shown_saved_reopened_as_it_was_saved_and_followed_to_the_books"
_CLOSED = "test_closed_periods.test_what_is_dated_in_a_closed_period_is_stopped_moved_or_sent_as_a_draft_and_its_card_says_so_before"
_BY_ITSELF = "test_auto_publishing.test_everything_that_comes_in_goes_by_itself_but_for_exceptions_and_what_waited"
_QUIET = "test_quiet_hours.test_cards_and_alerts_wait_for_the_morning_and_answers_do_not"
_REQUIRED = "test_required_fields.test_what_lacks_a_field_that_is_asked_for_waits_and_says_which"
# What a setting does to a document in the books, or to who hears of it: the test that shows it.
EFFECTS: Mapping[str, Mapping[str, str]] = {
    COSTS: {
        BlockId.DESTINATION: "test_paid.test_money_spent_is_booked_on_the_bank_account_of_the_payment_method",
        BlockId.PAYMENT_STATUS: "test_settings_items.test_what_was_approved_goes_out_with_the_status_it_was_approved_with",
        BlockId.DEFAULT_METHOD: "test_paid.test_a_bill_that_is_paid_waits_for_a_linked_payment_method_and_is_then_paid_in_xero",
        BlockId.DEFAULT_ACCOUNT: "test_settings_items.test_a_new_default_codes_what_waits_and_leaves_what_a_person_chose",
        BlockId.DEFAULT_TAX: "test_settings_items.test_a_new_default_codes_what_waits_and_leaves_what_a_person_chose",
        BlockId.TRACKING: "test_quickbooks.test_a_default_location_is_on_the_bill_and_on_the_invoice",
        BlockId.REPORT_STATUS: "test_expense_reports.test_its_status_is_chosen_in_the_settings",
        BlockId.APPROVERS: "test_settings_items.test_cards_name_who_approves_now_and_whoever_no_longer_does_cannot",
        BlockId.BOOKKEEPERS: "test_settings_items.test_the_homes_of_those_concerned_follow",
        BlockId.APPROVALS_CHANNEL: "test_settings_items.test_a_bill_from_before_the_set_up_comes_to_the_approvals_channel",
        BlockId.ALERTS_CHANNEL: "test_settings_channels.test_a_channel_is_told_who_chose_it_and_for_what",
        BlockId.DROPS: "test_dropped_pictures.test_a_channel_that_waits_for_the_shortcut_takes_nothing_until_then",
    },
    "sales": {
        BlockId.DESTINATION: "test_sales_settings.test_sales_have_their_own_place_status_category_and_tax_and_costs_keep_theirs",
        BlockId.PAYMENT_STATUS: "test_sales_settings.test_sales_have_their_own_place_status_category_and_tax_and_costs_keep_theirs",
        BlockId.DEFAULT_METHOD: "test_paid.test_a_sale_is_coded_by_the_settings_of_sales_and_paid_where_they_say_so",
        BlockId.DEFAULT_ACCOUNT: "test_sales_settings.test_sales_have_their_own_place_status_category_and_tax_and_costs_keep_theirs",
        BlockId.DEFAULT_TAX: "test_sales_settings.test_sales_have_their_own_place_status_category_and_tax_and_costs_keep_theirs",
        BlockId.DEFAULT_PRODUCT: "test_sold_products.test_a_product_is_chosen_for_the_whole_sale_or_comes_from_the_settings",
        BlockId.TRACKING: "test_quickbooks.test_a_default_location_is_on_the_bill_and_on_the_invoice",
    },
    "amounts": {
        BlockId.EXCHANGE_RATES: "test_amount_settings.test_a_rate_is_typed_shown_with_who_and_when_and_opened_as_it_was_saved",
        BlockId.MATERIALITY: "test_amount_settings.test_of_small_amounts_no_more_is_asked_than_books_do_and_of_what_cannot_be_converted_everything",
    },
    "quiet": {
        BlockId.QUIET_BEGINS: _QUIET,
        BlockId.QUIET_ENDS: _QUIET,
        BlockId.QUIET_DAYS: _QUIET,
        BlockId.QUIET_ZONE: _QUIET,
        BlockId.QUIET_URGENT: "test_quiet_hours.test_a_connection_that_is_over_is_told_at_once_unless_somebody_wants_sleep",
    },
    "bank": {
        BlockId.BANK_MATCH: "test_bank_match.test_a_cost_explains_the_very_line_of_the_bank_that_paid_it",
    },
    "suppliers": {
        BlockId.SUPPLIER_MATCH: "test_likely_contacts.test_how_like_a_name_has_to_be_is_a_setting_and_what_waits_follows_a_stricter_one",
    },
    "tax": {
        BlockId.USES_RATES: _TAX,
        BlockId.TAX_POLICY: _TAX,
        BlockId.COSTS_TAX_OF: _TAX,
        BlockId.SALES_TAX_OF: "test_tax_settings.test_sales_have_their_own_defaults",
        BlockId.DEFAULT_TAX: _TAX,
        BlockId.SALES_DEFAULT_TAX: "test_tax_settings.test_sales_have_their_own_defaults",
        BlockId.COSTS_WITHOUT_TAX: _TAX,
        BlockId.SALES_WITHOUT_TAX: "test_tax_settings.test_sales_have_their_own_defaults",
    },
    "general": {
        BlockId.CLOSED_UNTIL: _CLOSED,
        BlockId.CLOSED_DAY: _CLOSED,
        BlockId.CLOSED_COSTS: _CLOSED,
        BlockId.CLOSED_SALES: _CLOSED,
        BlockId.REQUIRED_COSTS: _REQUIRED,
        BlockId.REQUIRED_SALES: _REQUIRED,
        BlockId.REQUIRED_REPORTS: _REQUIRED,
        BlockId.ASK_NEW_SUPPLIERS: "test_new_suppliers.test_a_supplier_that_the_ledger_does_not_have_is_asked_about_and_who_went_ahead_is_kept",
        BlockId.UNDO_TIME: "test_time_and_channels.test_what_is_approved_waits_as_long_as_the_organisation_says",
        BlockId.PRIVATE_CHANNELS: "test_time_and_channels.test_a_channel_shows_no_amounts_and_details_does",
    },
    "books": {
        BlockId.ITEMS_BOOKS: "test_default_books.test_what_is_sent_alone_goes_to_the_default_books_and_says_so",
        BlockId.CLAIMS_BOOKS: "test_default_books.test_claims_have_a_default_of_their_own",
    },
    "auto": {
        BlockId.AUTO_FOR_ALL: _BY_ITSELF,
        BlockId.AUTO_EXCEPTIONS: _BY_ITSELF,
    },
}


# Fields whose options say all there is to say of them by their names: days, times, organisations, types of documents.
NAMED_ENOUGH = frozenset({BlockId.CLOSED_UNTIL, BlockId.UNDO_TIME, BlockId.ITEMS_BOOKS, BlockId.CLAIMS_BOOKS})
NAMED_ENOUGH |= {BlockId.AUTO_EXCEPTIONS}  # of a label that says it
NAMED_ENOUGH |= {BlockId.QUIET_BEGINS, BlockId.QUIET_ENDS, BlockId.QUIET_DAYS, BlockId.QUIET_ZONE, BlockId.QUIET_URGENT}


def unexplained(form: View) -> list[str]:
    """Options of a form that do not say what they do."""
    every = [
        (name_of(block_id), option)
        for block_id, block in inputs(form).items()
        for option in block["element"].get("options") or ()
    ]
    return [
        f"{name}: {option['text']['text']}"
        for name, option in every
        if name not in NAMED_ENOUGH and not option.get("description")
    ]


@pytest.mark.parametrize("package", PACKAGES)
async def test_each_option_says_what_it_does(package: str, sqlite_url: str) -> None:
    async with PACKAGES[package](sqlite_url) as desk:
        forms = [form for part in await parts(desk) if (form := await opened(desk, part)) is not None]
        await desk.slack.close_modal(ADMIN, everything=True)
        await desk.slack.command("/dext", "payment-methods", user=ADMIN, channel=BILLS)
        await desk.slack.click(desk.modal(ADMIN), ActionId.ADD_PAYMENT_METHOD, user=ADMIN)
        forms.append(desk.modal(ADMIN))

    assert [option for form in forms for option in unexplained(form)] == []


@pytest.mark.parametrize("package", PACKAGES)
async def test_every_choice_of_every_setting_is_shown_saved_and_opened_as_it_was_saved(
    package: str, sqlite_url: str
) -> None:
    async with PACKAGES[package](sqlite_url) as desk:
        fields = await found(desk)
        for field in fields:
            form = await opened(desk, field.part)
            assert form is not None
            block = next(block for each, block in inputs(form).items() if name_of(each) == field.name)
            for value in await choices(desk, form, block):
                await saved(desk, field.part, field.name, value)
        assert desk.slack.refusals == []

    assert [field for field in fields if field.name not in EFFECTS.get(field.part, {})] == [], (
        "say in EFFECTS what shows it"
    )
    _tell(package, fields)
    assert _told(package) == {(field.part, field.label) for field in fields}, f"README is old: {WRITE}=1 writes it"


@pytest.mark.parametrize("effect", sorted({effect for part in EFFECTS.values() for effect in part.values()}))
def test_what_shows_a_setting_is_a_test_that_there_is(effect: str) -> None:
    module, _, name = effect.partition(".")
    assert callable(getattr(importlib.import_module(f"tests.handlers.{module}"), name))


Row = tuple[str, str]


def _rows() -> dict[Row, list[str]]:
    """README's table: which packages have a setting, by its part and its name."""
    table = README.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()[2:]]
    return {
        (part.strip("`").removeprefix("/dext settings").strip() or COSTS, label): has for part, label, *has in cells
    }


def _told(package: str) -> set[Row]:
    at = list(PACKAGES).index(package)
    return {row for row, has in _rows().items() if has[at] == "yes"}


def _tell(package: str, fields: list[Found]) -> None:
    """Write the package's column anew, where somebody asks for it."""
    if os.environ.get(WRITE) != "1":
        return
    at, rows = list(PACKAGES).index(package), _rows()
    for has in rows.values():
        has[at] = "–"
    for field in fields:
        rows.setdefault((field.part, field.label), ["–"] * len(PACKAGES))[at] = "yes"
    order = list(dict.fromkeys(part for part, _ in rows))
    lines = [
        f"| `/dext settings{'' if part == COSTS else ' ' + part}` | {label} | {' | '.join(has)} |"
        for (part, label), has in sorted(rows.items(), key=lambda row: order.index(row[0][0]))
        if "yes" in has
    ]
    head = ["| where | setting | " + " | ".join(PACKAGES) + " |", "| --- " * (2 + len(PACKAGES)) + "|"]
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    table = "\n".join([BEGIN, *head, *lines, END])
    README.write_text(before + table + rest.partition(END)[2], encoding="utf-8")
