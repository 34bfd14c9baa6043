"""The form in which an admin names an organisation whose software is not called, and the one that its lists are typed in."""

import re
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, HeaderBlock, Option, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.books import ListKind
from bot.domain.connecting import NamedBooks, NamingPage
from bot.domain.connections import LIST_NAMES
from bot.domain.managing import TypedListPage
from bot.domain.texts import cleaned
from bot.domain.typed_lists import TypedList, TypedListError, as_typed, typed_list
from bot.views.fields import Fields, file_field, radio_field, text_field
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import ListRef, NamingRef
from bot.views.parts import context, section
from bot.views.text import escape, plain

LONGEST_NAME, LONGEST_LIST = 100, 3000
"""Slack takes no longer text in a form."""
NO_NAME = "Say what the organisation is called."
NO_CURRENCY = "Write three letters, such as GBP."
NO_COUNTRY = "Write two letters, such as GB, or leave it empty."
NOTHING_TYPED = "Type at least one line."
MOST_SHOWN = 2800
"""Characters of the list that is there; a section of Slack's holds 3,000."""
_FORMS = {
    ListKind.ACCOUNTS: ("5000, Materials", "A line each: code, name."),
    ListKind.TAX_RATES: ("T1, Standard rate, 20", "A line each: code, name, percentage."),
    ListKind.CONTACTS: (
        "PAPER01, Paper & Ink Ltd",
        "A line each: the supplier's or customer's reference in your software, name.",
    ),
    ListKind.BANK_ACCOUNTS: (
        "1210, Card, EUR",
        "A line each: code, name, perhaps its currency.",
    ),
    ListKind.PRODUCTS: ("PAPER-A4, Paper A4", "A line each: what your software calls it, name."),
    ListKind.TRACKING_CATEGORIES: (
        "Region, North, South",
        "A line each: what your software calls it, then all of its options.",
    ),
}
ADDS = "What is there already stays. A line that begins with “- ” and a code takes that one away."


class NotTypedError(Exception):
    """Sentences by block id."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        super().__init__("; ".join(fields.values()))


def form(page: NamingPage, *, channel: str) -> View:
    before, package = page.before, page.package
    options = [Option(value=key, text=PlainTextObject(text=plain(name, 75))) for key, name in package.layouts]
    layout = before.layout if before is not None and before.layout else package.layouts[0][0]
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(package.steps, start=1))
    blocks: list[Block] = [
        section(f"*{escape(package.name)}*\n{steps}"),
        text_field(BlockId.BOOKS_NAME, "Organisation", None if before is None else before.name, longest=LONGEST_NAME),
        radio_field(BlockId.LAYOUT, "Its software", options, layout),
        text_field(
            BlockId.BOOKS_CURRENCY,
            "Currency of its books",
            None if before is None else before.currency,
            longest=3,
            placeholder="GBP",
        ),
        text_field(
            BlockId.COUNTRY,
            "Country",
            None if before is None else before.country,
            longest=2,
            placeholder="GB",
            hint="Two letters. They decide how dates are written in its files.",
            optional=True,
        ),
    ]
    if before is not None:
        blocks.insert(0, HeaderBlock(text=plain(before.name, 150)))
    return View(
        type="modal",
        callback_id=CallbackId.NAME_BOOKS,
        title=PlainTextObject(text="Connect software" if before is None else "Reconnect"),
        submit=PlainTextObject(text="Connect" if before is None else "Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=NamingRef(package.key, channel, page.organisation_id).encode(),
        blocks=blocks,
    )


def read(state: dict[str, Any], page: NamingPage) -> NamedBooks:
    """Raises:
    NotTypedError: what is wrong, by field.
    """
    fields = Fields(state)
    name = cleaned(fields.text(BlockId.BOOKS_NAME) or "", LONGEST_NAME)
    layout, country = fields.option(BlockId.LAYOUT), (fields.text(BlockId.COUNTRY) or "").upper()
    currency = (fields.text(BlockId.BOOKS_CURRENCY) or "").upper()
    wrong = {}
    if name is None:
        wrong[str(BlockId.BOOKS_NAME)] = NO_NAME
    if not re.fullmatch(r"[A-Z]{3}", currency, re.ASCII):
        wrong[str(BlockId.BOOKS_CURRENCY)] = NO_CURRENCY
    if not re.fullmatch(r"([A-Z]{2})?", country, re.ASCII):
        wrong[str(BlockId.COUNTRY)] = NO_COUNTRY
    known = {key for key, _ in page.package.layouts}
    if wrong or name is None or layout not in known:
        raise NotTypedError(wrong or {str(BlockId.LAYOUT): "Choose the software that the files are for."})
    return NamedBooks(name=name, layout=str(layout), currency=currency, country=country or None)


def named(name: str, organisation_id: object) -> View:
    """What comes next."""
    value = str(organisation_id)
    set_up = ButtonElement(action_id=ActionId.OPEN_SETTINGS, text="Set up", value=value, style="primary")
    manage = ButtonElement(action_id=ActionId.OPEN_MANAGE, text="Manage", value=value)
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Connected"),
        close=PlainTextObject(text="Close"),
        blocks=[
            HeaderBlock(text=plain(name, 150)),
            section(
                ":white_check_mark: *Connected.* Under *Manage* type or paste its categories, tax rates and suppliers; then set "
                "it up. What is approved waits to be downloaded."
            ),
            ActionsBlock(elements=[set_up, manage]),
        ],
    )


def typed_name(kind: ListKind) -> str:
    """What a list is called that an admin types: people know whom they buy from, and no contacts."""
    return "Suppliers and customers" if kind is ListKind.CONTACTS else LIST_NAMES[kind].capitalize()


def list_form(page: TypedListPage) -> View:
    example, hint = _FORMS[page.kind]
    return View(
        type="modal",
        callback_id=CallbackId.TYPED_LIST,
        title=PlainTextObject(text=typed_name(page.kind)),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=ListRef(page.organisation_id, page.kind).encode(),
        blocks=[
            HeaderBlock(text=plain(page.organisation, 150)),
            section(_in_it(page)),
            text_field(
                BlockId.TYPED_LIST,
                "Type or paste lines",
                None,
                longest=LONGEST_LIST,
                is_long=True,
                placeholder=example,
                hint=f"{hint} Commas, semicolons or tabs stand between them.",
                optional=True,
            ),
            file_field(BlockId.LIST_FILE, "Or a CSV file", filetypes=("csv", "txt"), hint="Its lines as above."),
            context(ADDS),
        ],
    )


def _in_it(page: TypedListPage) -> str:
    """What is in the list, a line each as it would be typed, as far as there is room."""
    if not page.count:
        return "*In the list:* nothing yet."
    lines: list[str] = []
    for entry in page.first:
        line = escape(as_typed(entry), 300)
        if sum(len(each) + 1 for each in lines) + len(line) > MOST_SHOWN:
            break
        lines.append(line)
    more = page.count - len(lines)
    head = f"*In the list: {page.count:,}*" if not more else f"*In the list: {page.count:,}, of which these come first*"
    return "\n".join([head, *lines, *([f"… and {more:,} more"] if more else [])])


def address_of_file(state: dict[str, Any]) -> str | None:
    """Where the list is that somebody put in as a file; None: it is typed."""
    return Fields(state).file_address(BlockId.LIST_FILE)


def read_list(state: dict[str, Any], kind: ListKind, of_file: str | None) -> TypedList:
    """`of_file` is what the file says, which is taken instead of what is typed.

    Raises:
        NotTypedError: the line that cannot be read.
    """
    block = BlockId.TYPED_LIST if of_file is None else BlockId.LIST_FILE
    try:
        found = typed_list(kind, Fields(state).text(BlockId.TYPED_LIST) or "" if of_file is None else of_file)
    except TypedListError as error:
        raise NotTypedError({str(block): str(error)}) from error
    if not found.entries and not found.gone:
        raise NotTypedError({str(block): NOTHING_TYPED})
    return found
