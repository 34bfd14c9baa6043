"""The form that a list is typed in, a page of it at a time, and what a file would do to it."""

import re
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.books import ListEntry, ListKind
from bot.domain.connections import LIST_NAMES
from bot.domain.managing import ENTRIES_A_PAGE, ListPreview, TypedListPage
from bot.domain.typed_lists import COLUMNS, TypedList, TypedListError, as_typed, list_in_file, typed_list
from bot.views.fields import Fields, an_option, file_field, radio_field, text_field
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.item_lines import parts
from bot.views.metadata import EntriesRef, ListFileRef, ListRef, NotOursError
from bot.views.naming import NotTypedError
from bot.views.parts import context, section
from bot.views.text import escape, plain

LONGEST_TYPED = 3000
"""Slack takes no longer text in a form."""
LONGEST_LINE, MOST_NAMED = 300, 50
NOTHING_TYPED = "Type at least one line."
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
ADDS = (
    "What is typed adds to the list. A line with a code that is there changes what it has; one that begins with “- ” and a code takes "
    "that one away."
)
ADD, WHOLE = "add", "whole"
FILE_IS = (
    an_option(ADD, "Adds to the list", "What is there already stays, or is changed by its line."),
    an_option(WHOLE, "Is the whole list", "What is not in the file is taken out of the list."),
)
ON_ITS_WAY = ":inbox_tray: The whole list comes to your messages with me, as a CSV file."
CHANGED_MEANWHILE = (
    "Somebody changed the list meanwhile. This is what the file would do to it now; nothing is saved yet."
)


def typed_name(kind: ListKind) -> str:
    """What a list is called that an admin types: people know whom they buy from, and no contacts."""
    return "Suppliers and customers" if kind is ListKind.CONTACTS else LIST_NAMES[kind].capitalize()


def form(page: TypedListPage, *, notice: str | None = None) -> View:
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
            *([] if notice is None else [section(notice)]),
            *_in_it(page),
            text_field(
                BlockId.TYPED_LIST,
                "Type or paste lines",
                None,
                longest=LONGEST_TYPED,
                is_long=True,
                placeholder=example,
                hint=f"{hint} Commas, semicolons or tabs stand between them.",
                optional=True,
            ),
            file_field(
                BlockId.LIST_FILE,
                "Or a CSV file",
                filetypes=("csv", "txt"),
                hint=f"Its columns: {', '.join(COLUMNS[page.kind])}. What it would change is shown before anything is saved.",
            ),
            radio_field(BlockId.FILE_IS, "The file", FILE_IS, ADD),
            context(ADDS),
        ],
    )


def _in_it(page: TypedListPage) -> list[Block]:
    """What is in the list, a line each as it would be typed, a page at a time."""
    if not page.count:
        return [section("*In the list:* nothing yet.")]
    first = page.page * ENTRIES_A_PAGE
    of = "" if page.pages == 1 else f", {first + 1:,} to {first + len(page.shown):,} of them"
    lines = [f"*In the list: {page.count:,}*{of}", *(_line(entry) for entry in page.shown)]
    return [*(section(part) for part in parts(lines)), ActionsBlock(elements=_turning(page))]


def _turning(page: TypedListPage) -> list[ButtonElement]:
    whole = EntriesRef(page.organisation_id, page.kind, page.page).encode()
    before = EntriesRef(page.organisation_id, page.kind, page.page - 1).encode()
    after = EntriesRef(page.organisation_id, page.kind, page.page + 1).encode()
    found = [ButtonElement(action_id=ActionId.DOWNLOAD_LIST, text="Download as CSV", value=whole)]
    if page.page + 1 < page.pages:
        found.insert(0, ButtonElement(action_id=ActionId.NEXT_ENTRIES, text="Next", value=after))
    if page.page > 0:
        found.insert(0, ButtonElement(action_id=ActionId.PREVIOUS_ENTRIES, text="Previous", value=before))
    return found


def _line(entry: ListEntry) -> str:
    line = as_typed(entry)
    return escape(line, LONGEST_LINE) + (" (all of it is in the CSV file)" if len(line) > LONGEST_LINE else "")


def address_of_file(state: dict[str, Any]) -> str | None:
    """Where the list is that somebody put in as a file; None: it is typed."""
    return Fields(state).file_address(BlockId.LIST_FILE)


def is_whole(state: dict[str, Any]) -> bool:
    """Whether the file is all that is to be in the list.

    Raises:
        NotOursError: what was never offered.
    """
    chosen = Fields(state).option(BlockId.FILE_IS) or ADD
    if chosen not in (ADD, WHOLE):
        raise NotOursError(chosen[:60])
    return chosen == WHOLE


def read(state: dict[str, Any], kind: ListKind) -> TypedList:
    """What is typed.

    Raises:
        NotTypedError: the lines that cannot be read.
    """
    try:
        found = typed_list(kind, Fields(state).text(BlockId.TYPED_LIST) or "")
    except TypedListError as error:
        raise NotTypedError({str(BlockId.TYPED_LIST): str(error)}) from error
    if not found.entries and not found.gone:
        raise NotTypedError({str(BlockId.TYPED_LIST): NOTHING_TYPED})
    return found


def read_file(kind: ListKind, text: str, *, is_whole: bool) -> TypedList:
    """What a file says. Raises: TypedListError: as `list_in_file`, or nothing is in it."""
    found = list_in_file(kind, text, is_whole=is_whole)
    if not found.entries and not found.gone:
        raise TypedListError("There is no line in it.")
    return found


def preview(found: ListPreview, *, notice: str | None = None) -> View:
    """What is added, changed and removed; nothing is saved before *Save*."""
    change = found.change
    same = f", {change.same:,} unchanged" if change.same else ""
    counts = f"{len(change.added):,} new, {len(change.changed):,} changed, {len(change.removed):,} removed{same}."
    head = f"*{typed_name(found.kind)}*: {counts} Nothing is saved yet."
    blocks: list[Block] = [HeaderBlock(text=plain(found.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    blocks.append(section(head))
    blocks += [
        *_named("New", len(change.added), [_line(entry) for entry in change.added[:MOST_NAMED]]),
        *_named(
            "Changed",
            len(change.changed),
            [f"{_line(before)} → {_line(after)}" for before, after in change.changed[:MOST_NAMED]],
        ),
        *_named("Removed", len(change.removed), [_line(entry) for entry in change.removed[:MOST_NAMED]]),
    ]
    if change.removed:
        blocks.append(
            context(
                "What is removed is offered no more. What was approved keeps it; where something that waits, or a rule, says it, the "
                "cards say so."
            )
        )
    ref = ListFileRef(found.organisation_id, found.kind, found.version, found.is_whole, found.address)
    return View(
        type="modal",
        callback_id=CallbackId.LIST_FILE,
        title=PlainTextObject(text="What would change"),
        submit=PlainTextObject(text="Save") if change.count else None,
        close=PlainTextObject(text="Cancel"),
        private_metadata=ref.encode(),
        blocks=blocks,
    )


def _named(title: str, number: int, lines: list[str]) -> list[Block]:
    left = number - len(lines)
    more = [f"… and {left:,} more. *Download as CSV* has the list as it is, to compare."] if left else []
    return [section(part) for part in parts([f"*{title}*", *lines, *more])] if lines else []


def file_name(organisation: str, kind: ListKind) -> str:
    name = re.sub(r"[^\w]+", "-", f"{organisation} {typed_name(kind)}", flags=re.ASCII).strip("-")
    return f"{name or 'list'}.csv"


def handed_over(organisation: str, kind: ListKind) -> str:
    """What stands over the file in the messages of whoever asked for it."""
    return (
        f"*{escape(organisation)}* · *{typed_name(kind)}*, the whole list\nChange it, and put it into the same form under *Manage*: "
        "the form says what is added, changed and removed before anything is saved. In a spreadsheet keep codes as text, or it "
        "takes the zeros that they begin with."
    )


def not_handed_over(organisation: str, kind: ListKind) -> str:
    return (
        f":warning: *{escape(organisation)}*: the list of {typed_name(kind).lower()} that you asked for could not be put here. Press "
        "*Download as CSV* again."
    )
