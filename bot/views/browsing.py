"""`/dext items`: the list of an organisation's items, and the form of what to look for in it."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    CheckboxesElement,
    DividerBlock,
    Option,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.browsing import ItemList, ItemSearch, Position
from bot.domain.ids import OrganisationId, UserId
from bot.domain.items import Item, ItemState
from bot.domain.money import parse_amount, to_stored
from bot.views import fields
from bot.views.document_words import document_name, total_words
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, NotOursError, PageRef
from bot.views.parts import context, section
from bot.views.text import amount, day, decimals_of, escape, mention, mrkdwn

LONGEST = 100
_PERSON = re.compile(r"[UW][A-Z0-9]{1,40}", re.ASCII)
"""A person's id, as Slack has them."""
ANY = "any"
STATES = tuple(state for state in ItemState if state is not ItemState.RECEIVED)
NOTHING_TO_REVIEW = "Nothing waits for review here."
LAST_TO_REVIEW = "That was the last one that waits for review."


def kept(search: ItemSearch) -> str:
    """A search as a list's metadata keeps it for the next page."""
    return msgspec.json.encode(search).decode()


def search_of(metadata: str) -> ItemSearch:
    """What `kept` kept; a list that was opened without a search has none.

    Raises:
        NotOursError: neither, or a search that the form does not make: each part goes to the database and into the next view.
    """
    try:
        search = msgspec.json.decode(metadata, type=ItemSearch) if metadata.startswith("{") else ItemSearch()
        if search.amount is not None:
            to_stored(search.amount)
    except (msgspec.DecodeError, ValueError, ArithmeticError, RecursionError):
        raise NotOursError(metadata[:60]) from None
    texts = [text for text in (search.supplier, search.number) if text is not None]
    is_typed = all(0 < len(text) <= LONGEST and "\0" not in text for text in texts)
    is_person = search.person is None or _PERSON.fullmatch(search.person)
    if not is_typed or not is_person or search.state not in (None, *STATES):
        raise NotOursError(metadata[:60])
    return search


def item_list(page: ItemList) -> View:
    found = page.found
    blocks: list[Block] = [
        section(f"*{escape(page.organisation)}*\n{_asked(page.search)}"),
        ActionsBlock(elements=_above(page)),
        DividerBlock(),
        *(_row(item) for item in found.items),
    ]
    if not found.is_looked_through and found.older is not None:
        blocks.append(context(_looked_back(found.older)))
    elif not found.items:
        blocks.append(section(_nothing(page)))
    if below := _below(page):
        blocks.append(ActionsBlock(elements=below))
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        private_metadata=kept(page.search),
        title=PlainTextObject(text="Items"),
        close=PlainTextObject(text="Close"),
        blocks=blocks,
    )


def search_form(organisation_id: OrganisationId, organisation: str, search: ItemSearch) -> View:
    states = [Option(value=ANY, label="Any"), *(Option(value=state, label=_capital(state.words)) for state in STATES)]
    chosen = next((option for option in states if option.value == search.state), states[0])
    archive = [Option(value="yes", label="Look in the archive too")]
    ticked = archive if search.has_archive else None
    return View(
        type="modal",
        callback_id=CallbackId.SEARCH_ITEMS,
        title=PlainTextObject(text="Search items"),
        submit=PlainTextObject(text="Search"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(organisation_id).encode(),
        blocks=[
            section(f"*{escape(organisation)}*\nWhat you leave empty may be anything."),
            _text(BlockId.SUPPLIER, "Supplier or customer", search.supplier, "How the name begins."),
            _text(BlockId.NUMBER, "Document number", search.number, "The whole number; spaces and signs do not count."),
            _text(BlockId.GROSS, "Total", _shown(search.amount), "To the cent, such as 1234.50."),
            fields.field(
                BlockId.STATE,
                "State",
                StaticSelectElement(action_id=ActionId.VALUE, options=states, initial_option=chosen),
                optional=True,
            ),
            fields.field(
                BlockId.PERSON,
                "Sent in by",
                UserSelectElement(action_id=ActionId.VALUE, initial_user=search.person),
                optional=True,
            ),
            fields.day_field(BlockId.SINCE, "Dated from", search.since, optional=True),
            fields.day_field(BlockId.UNTIL, "Dated to", search.until, optional=True),
            fields.field(
                BlockId.ARCHIVE,
                "Archive",
                CheckboxesElement(action_id=ActionId.VALUE, options=archive, initial_options=ticked),
                optional=True,
            ),
        ],
    )


def read_search(state: dict[str, Any]) -> ItemSearch | dict[str, str]:
    """What is looked for, or a sentence for each field that cannot be looked for."""
    found = Fields(state)
    wrong: dict[str, str] = {}
    total: Decimal | None = None
    typed = found.text(BlockId.GROSS)
    try:
        total = None if typed is None else parse_amount(typed)
    except ValueError as error:
        wrong[BlockId.GROSS] = str(error)
    since, until = found.day(BlockId.SINCE), found.day(BlockId.UNTIL)
    if since is not None and until is not None and until < since:
        wrong[BlockId.UNTIL] = "It lies before the first day."
    person = found.user(BlockId.PERSON)
    if wrong:
        return wrong
    if person is not None and not _PERSON.fullmatch(person):
        raise NotOursError(person[:60])
    return ItemSearch(
        supplier=_cut(found.text(BlockId.SUPPLIER)),
        number=_cut(found.text(BlockId.NUMBER)),
        amount=total,
        state=_state(found.option(BlockId.STATE)),
        person=None if person is None else UserId(person),
        since=since,
        until=until,
        has_archive=found.is_ticked(BlockId.ARCHIVE),
    )


def _row(item: Item) -> Block:
    facts = item.facts
    if item.facts.is_unread:
        head, known = "*Not read yet*", []
    else:
        name = escape(item.counterparty.name or "", 80) or "Name not stated"
        head = f"*{name}* · {document_name(item)} {escape(facts.number or '', 40) or 'without a number'}"
        known = [total_words(item) if facts.gross is not None else "no total"]
        known += [day(facts.issued_on)] if facts.issued_on is not None else []
    told = " · ".join([*known, f"*{_capital(item.state.words)}*", item.reference])
    return SectionBlock(
        text=mrkdwn(f"{head}\n{told}"),
        accessory=ButtonElement(action_id=ActionId.OPEN_ITEM, text="Open", value=str(item.id)),
    )


def _above(page: ItemList) -> list[ButtonElement]:
    organisation = str(page.organisation_id)
    return [
        ButtonElement(action_id=ActionId.SEARCH_ITEMS, text="Search", value=organisation, style="primary"),
        ButtonElement(action_id=ActionId.REVIEW_ITEMS, text="Review, oldest first", value=organisation),
    ]


def _below(page: ItemList) -> list[ButtonElement]:
    buttons = []
    if page.found.older is not None:
        label = "Older" if page.found.is_looked_through else "Look further back"
        value = PageRef(page.organisation_id, page.found.older).encode()
        buttons.append(ButtonElement(action_id=ActionId.OLDER_ITEMS, text=label, value=value))
    if not page.is_first:
        value = PageRef(page.organisation_id).encode()
        buttons.append(ButtonElement(action_id=ActionId.NEWEST_ITEMS, text="Back to the newest", value=value))
    return buttons


def _asked(search: ItemSearch) -> str:
    """What the list is of, in words."""
    parts = []
    if search.supplier is not None:
        parts.append(f"name begins with “{escape(search.supplier, 60)}”")
    if search.number is not None:
        parts.append(f"number {escape(search.number, 60)}")
    if search.amount is not None:
        parts.append(f"total {amount(search.amount, None)}")
    if search.state is not None:
        parts.append(search.state.words)
    if search.person is not None:
        parts.append(f"sent in by {mention(search.person)}")
    if search.since is not None:
        parts.append(f"dated from {day(search.since)}")
    if search.until is not None:
        parts.append(f"dated to {day(search.until)}")
    archive = "" if search.is_without_archive else ", archive included"
    if not parts:
        return f"All items{archive or ' but the archive'}, newest first"
    return f"{_capital(', '.join(parts))}{archive}"


def _nothing(page: ItemList) -> str:
    if page.search == ItemSearch():
        return "Nothing came in here yet. Drop a bill in the approvals channel, or type `/dext add`."
    more = " *Search* can look in the archive too." if page.search.is_without_archive else ""
    return f"Nothing is like that{'' if page.is_first else ' any further back'}.{more}"


def _looked_back(older: Position) -> str:
    at = older.at.date() if isinstance(older.at, datetime) else older.at
    return f"Looked back to {day(at)} so far."


def _text(block: BlockId, label: str, initial: str | None, hint: str) -> Block:
    return fields.text_field(block, label, initial, longest=LONGEST, hint=hint, optional=True)


def _state(value: str | None) -> ItemState | None:
    """Raises:
    NotOursError: no state that the form offers.
    """
    if value in (None, ANY):
        return None
    if value not in STATES:
        raise NotOursError(str(value)[:60])
    return ItemState(value)


def _cut(typed: str | None) -> str | None:
    return None if typed is None else typed[:LONGEST]


def _shown(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.{decimals_of(value)}f}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
