"""Fields that an organisation asks for: their part of the general settings, read back where it is drawn."""

from slack_sdk.models.blocks import Block

from bot.domain.documents import ItemKind
from bot.domain.general import GeneralPage
from bot.domain.required import Required, RequiredField, RequiredFields
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import BlockId
from bot.views.kind_settings import Change, change
from bot.views.metadata import NotOursError
from bot.views.parts import section
from bot.views.text import escape

REQUIRED_BLOCKS = {
    ItemKind.COST: BlockId.REQUIRED_COSTS,
    ItemKind.SALE: BlockId.REQUIRED_SALES,
    ItemKind.EXPENSE_REPORT: BlockId.REQUIRED_REPORTS,
}
WHOSE = {ItemKind.COST: "Costs need", ItemKind.SALE: "Sales need", ItemKind.EXPENSE_REPORT: "Expense reports need"}
OF_REPORTS = {
    RequiredField.DUE_ON: ("Due date", "The day by which whoever sent the receipts in is paid back."),
    RequiredField.DESCRIPTION: ("Description", "What it is for: of the report, or of each of its receipts."),
}
REQUIRED_NAMES = {
    RequiredField.NUMBER: ("Number", "Without, a document is published by its reference here."),
    RequiredField.DUE_ON: ("Due date", "Of invoices: a receipt or a credit note has none."),
    RequiredField.DESCRIPTION: ("Description", "What it is for: of the document, or of each of its lines."),
    RequiredField.PAYMENT_METHOD: ("Payment method", "What it was paid with, also where it is still to be paid."),
    RequiredField.FILE: ("File", "The document itself: what is typed or sent without one waits."),
}
TRACKED = "tracking:"
ALWAYS = (
    "*Fields that documents need*\nA document without one of them waits in review, and its card says which. Supplier or customer, "
    "date, currency, total, category and tax rate are always needed."
)


def required_fields(page: GeneralPage) -> list[Block]:
    return [section(ALWAYS), *(_ticks(page, kind) for kind in REQUIRED_BLOCKS if page.required_fields.get(kind))]


def _ticks(page: GeneralPage, kind: ItemKind) -> Block:
    """What can be asked for of a kind; nothing of it has to be."""
    required = page.general.required.of(kind)
    names = REQUIRED_NAMES | (OF_REPORTS if kind is ItemKind.EXPENSE_REPORT else {})
    options = [fields.an_option(each, *names[each]) for each in page.required_fields[kind]]
    options += [
        fields.an_option(f"{TRACKED}{category}", name, "An option of it, on the document or on each of its lines.")
        for category, name in page.tracking.items()
    ]
    chosen = {*required.fields, *(f"{TRACKED}{category}" for category in required.tracking)}
    return fields.boxes_field(REQUIRED_BLOCKS[kind], WHOSE[kind], options, chosen)


def read_required(found: Fields) -> RequiredFields:
    """Raises:
    NotOursError: a box that was never offered.
    """
    costs, sales, reports = (_read(found.ticked(block)) for block in REQUIRED_BLOCKS.values())
    return RequiredFields(costs=costs, sales=sales, reports=reports)


def _read(ticked: tuple[str, ...]) -> Required:
    tracking = tuple(sorted(each.removeprefix(TRACKED) for each in ticked if each.startswith(TRACKED)))
    try:
        asked = frozenset(RequiredField(each) for each in ticked if not each.startswith(TRACKED))
    except ValueError as error:
        raise NotOursError(str(error)[:60]) from None
    return Required(fields=asked, tracking=tracking)


def required_changed(before: GeneralPage, now: GeneralPage) -> list[Change]:
    return [each for kind, name in WHOSE.items() for each in change(name, _named(before, kind), _named(now, kind))]


def _named(page: GeneralPage, kind: ItemKind) -> str:
    required = page.general.required.of(kind)
    names = [REQUIRED_NAMES[each][0].lower() for each in RequiredField if each in required.fields]
    names += [escape(page.tracking.get(category, "a tracking category"), 60) for category in required.tracking]
    return ", ".join(names) or "nothing more"
