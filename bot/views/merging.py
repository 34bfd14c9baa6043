"""Merge lists: from which books, how far each list is, one page of a list with the old entry and the new one, and what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    HeaderBlock,
    Option,
    PlainTextObject,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.books import ListKind
from bot.domain.gone_codes import Code
from bot.domain.ids import OrganisationId
from bot.domain.merging import LIST_NAMES, SKIP, MergeList, MergeListPage, MergePage, MergeRow, code_of, value_of
from bot.views.fields import Fields, an_option, field, search
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, MergeRef, organisation_of, place_of
from bot.views.parts import context, section
from bot.views.text import escape, mention, moment, plain

TITLE = "Merge lists"
SKIPPED = an_option(SKIP, "Skip: leave it empty")
STALE = "Somebody else changed this, or something new came into use, since you opened it. Here is how it stands now."
NOBODY = (
    "There are no books to take over from: those that were disconnected, that nothing has taken the place of, and that you "
    "are an admin of. Disconnect the old organisation, and keep its settings, rules and lists."
)
CHOOSE = "Choose the books to take over from."


def overview(page: MergePage, *, notice: str | None = None) -> View:
    if page.merge is None:
        return _sources(page, notice)
    return _done(page, notice) if page.merge.is_done else _lists(page, notice)


def _sources(page: MergePage, notice: str | None) -> View:
    blocks = _head(page, notice)
    if not page.sources:
        return _modal(CallbackId.EXPLANATION, [*blocks, section(NOBODY)])
    options = [an_option(str(each.organisation_id), each.name) for each in page.sources]
    blocks += [
        section(
            f"Rules, settings, payment methods, people and channels of other books go on here, with the lists of "
            f"{escape(page.ledger)}. Choose only books of the same business."
        ),
        field(BlockId.ORGANISATION, "Take over from", StaticSelectElement(action_id=ActionId.VALUE, options=options)),
    ]
    return _modal(CallbackId.MERGE_SOURCE, blocks, FormRef(page.organisation_id), submit="Go on")


def read_source(state: dict[str, Any]) -> OrganisationId | None:
    """Raises: NotOursError: a choice that was not offered."""
    chosen = Fields(state).option(BlockId.ORGANISATION)
    return None if chosen is None else organisation_of(chosen)


def _lists(page: MergePage, notice: str | None) -> View:
    version = 0 if page.merge is None else page.merge.version
    blocks = _head(page, notice)
    blocks.append(section(f"From *{escape(page.source)}*, which is disconnected, to *{escape(page.organisation)}*."))
    if page.is_being_read:
        look = ButtonElement(action_id=ActionId.OPEN_MERGE, text="How far is it?", value=str(page.organisation_id))
        words = (
            f"The lists of {escape(page.ledger)} are still being read. What matches is proposed when they are there."
        )
        return _modal(
            CallbackId.MERGE, [*blocks, section(words), ActionsBlock(elements=[look])], FormRef(page.organisation_id)
        )
    blocks += [line for each in page.lists for line in _list(page, each)]
    if not page.lists:
        blocks.append(section("Nothing of the old lists is in use."))
    over = ButtonElement(
        action_id=ActionId.START_MERGE_OVER, text="Other books", value=FormRef(page.organisation_id, version).encode()
    )
    blocks += [DividerBlock(), section(_what_will_happen(page)), ActionsBlock(elements=[over])]
    return _modal(CallbackId.MERGE, blocks, FormRef(page.organisation_id, version), submit="Carry over")


def _list(page: MergePage, found: MergeList) -> list[Block]:
    without = found.total - found.matched
    skipped = f" · :warning: {without} without one, to be left empty" if without else ""
    line = section(
        f"*{LIST_NAMES[found.kind]}*\n{found.total} in use · {found.matched} with a match{skipped} · "
        f"{found.decided} looked through"
    )
    line.accessory = ButtonElement(
        action_id=ActionId.OPEN_MERGE_LIST,
        text="Look through",
        value=MergeRef(page.organisation_id, found.kind).encode(),
    )
    return [line]


def _what_will_happen(page: MergePage) -> str:
    waiting, source = page.waiting, escape(page.source)
    lines = [
        f"{_many(page.rules, 'rule')}, settings, payment methods, people and channels are copied.",
        "What has no match is left empty, and told. A rule that loses something publishes nothing by itself.",
        f"{_many(waiting.coming, 'item')} that nobody decided on go on here, and ask for approval here.",
    ]
    if page.keys:
        lines.append(f"What other systems send with {_many(page.keys, 'API key')} of {source} comes in here.")
    if waiting.reports:
        lines.append(f"{_many(waiting.reports, 'expense report')} stay: take them apart to carry their receipts over.")
    if waiting.approved:
        lines.append(f"{_many(waiting.approved, 'item')} approved for {source} stay there, and are sent nowhere else.")
    if waiting.published:
        lines.append(f"{_many(waiting.published, 'item')} published for {source} stay there.")
    return "*What will happen*\n" + "\n".join(f"• {line}" for line in lines)


def _done(page: MergePage, notice: str | None) -> View:
    merge, blocks = page.merge, _head(page, notice)
    if merge is None:
        return _sources(page, notice)
    who = "" if merge.done_by is None else f" by {mention(merge.done_by)}"
    when = "" if merge.done_at is None else f" {moment(merge.done_at)}"
    blocks.append(section(f":white_check_mark: Carried over from *{escape(page.source)}*{who}{when}."))
    if page.left:
        lines = "\n".join(f"• {escape(line, 200)}" for line in page.left)
        blocks.append(section(f":warning: *Left empty, for you to fill in*\n{lines}"))
    blocks.append(context("Look at the settings and save them once: nothing is sent before that."))
    waiting = page.waiting
    if waiting.coming:
        words = f"{_many(waiting.coming, 'item')} of {escape(page.source)} that nobody decided on are not here yet."
        rest = ButtonElement(action_id=ActionId.CARRY_REST, text="Carry them over", value=str(page.organisation_id))
        blocks += [section(words), ActionsBlock(elements=[rest])]
    if waiting.approved:
        words = (
            f"{_many(waiting.approved, 'item')} approved for {escape(page.source)} stay there. To carry one over, press Undo "
            "on its card, and then open this again."
        )
        blocks.append(context(words))
    return _modal(CallbackId.MERGE, blocks, FormRef(page.organisation_id))


def list_page(page: MergeListPage, *, notice: str | None = None) -> View:
    """Old on the left, as Slack has it above; new below, to be chosen."""
    of_pages = "" if page.pages == 1 else f" · page {page.page + 1} of {page.pages}"
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    blocks.append(
        section(
            f"*{LIST_NAMES[page.kind]}*{of_pages}\nAbove each field is what *{escape(page.source)}* had; choose what it "
            "becomes, or skip it."
        )
    )
    blocks += [_row(row, page.version) for row in page.rows]
    back = ButtonElement(action_id=ActionId.OPEN_MERGE, text="Back to the lists", value=str(page.organisation_id))
    blocks.append(ActionsBlock(elements=[back]))
    is_last = page.page + 1 >= page.pages
    ref = MergeRef(page.organisation_id, page.kind, page.version, page.page)
    return _modal(CallbackId.MERGE_LIST, blocks, ref, submit="Save" if is_last else "Save, next page")


def _row(row: MergeRow, version: int) -> Block:
    chosen = SKIPPED if row.choice is None else option_of(*row.choice)
    element = search(ActionId.FIND_MERGED, chosen)
    hint = None if row.entry.is_decided else ("Proposed." if row.choice is not None else "Nothing is like it.")
    return field(f"{BlockId.MERGED}:{row.entry.place}:{version}", row.entry.label, element, hint=hint)


def option_of(code: Code, label: str) -> Option:
    return an_option(value_of(code), label)


def options(found: Sequence[tuple[Code, str]]) -> list[Option]:
    """With the way to skip it, first."""
    return [SKIPPED, *(option_of(code, label) for code, label in found)]


def read_list(state: dict[str, Any], kind: ListKind) -> Mapping[int, Code | None]:
    """What the entries become, by their places. Raises: NotOursError: blocks that are not ours."""
    fields = Fields(state)
    return {
        place_of(block): code_of(kind, fields.option(block, ActionId.FIND_MERGED) or SKIP)
        for block in state
        if block.startswith(f"{BlockId.MERGED}:")
    }


def block_at(place: int, version: int) -> str:
    return f"{BlockId.MERGED}:{place}:{version}"


def _head(page: MergePage, notice: str | None) -> list[Block]:
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    return blocks if notice is None else [*blocks, section(f":warning: {notice}")]


def _many(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number:,} {what}s"


def _modal(
    callback: CallbackId, blocks: Sequence[Block], ref: FormRef | MergeRef | None = None, *, submit: str | None = None
) -> View:
    return View(
        type="modal",
        callback_id=callback,
        title=PlainTextObject(text=TITLE),
        submit=None if submit is None else PlainTextObject(text=submit),
        close=PlainTextObject(text="Close"),
        private_metadata="" if ref is None else ref.encode(),
        blocks=list(blocks),
    )
