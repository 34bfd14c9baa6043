"""Closed periods on screen: their part of the general settings, read back where it is drawn, and what a card says of an item
that is dated in one.
"""

from datetime import date, timedelta

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.domain.cards import ItemCard
from bot.domain.closing import Closed, ClosedAnswer, ClosedEffect, ClosedPolicy, Closing, crossed
from bot.domain.documents import ItemKind
from bot.domain.general import GeneralPage
from bot.domain.items import ItemState
from bot.domain.texts import dated
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId
from bot.views.kind_settings import Change, change
from bot.views.metadata import ItemRef, NotOursError
from bot.views.parts import context, section
from bot.views.text import escape

OPEN, THE_DAY = "open", "day"
"""Choices of the field of the last closed day, beside days themselves: none, and the one that stands below."""
POLICY_FIELDS = {ItemKind.COST: BlockId.CLOSED_COSTS, ItemKind.SALE: BlockId.CLOSED_SALES}
THINGS = {ItemKind.COST: "Costs", ItemKind.SALE: "Sales"}
POLICY_NAMES = {
    ClosedPolicy.LEDGER: ("Leave it to {ledger}", "The card warns, and it is sent. The last day set above stops it."),
    ClosedPolicy.STOP: ("Stop it", "It waits in review until its date, or the last closed day, is changed."),
    ClosedPolicy.NEXT_OPEN_DAY: ("Next open day", "Booked on the first open day; its own date is in its description."),
    ClosedPolicy.AS_DRAFT: ("As a draft", "It is approved in {ledger} when the period is open again."),
    ClosedPolicy.ASK: ("Ask", "It waits until a bookkeeper chooses what becomes of it, on its card."),
}
BLOCKS = {"until": BlockId.CLOSED_DAY}
"""Where the sentence about a field stands."""


def closing_fields(page: GeneralPage) -> list[Block]:
    until = page.general.closing.until
    days = {day: name for name, day in _shortcuts(page.today)}
    options = [
        fields.an_option(OPEN, "No closed day set here"),
        *(fields.an_option(day.isoformat(), f"{name}: {dated(day)}") for day, name in days.items()),
        fields.an_option(THE_DAY, "Another day, chosen below"),
    ]
    return [
        section("*Closed periods*\nWhat becomes of documents that are dated where the books are closed."),
        fields.choice_field(
            BlockId.CLOSED_UNTIL, "Closed up to the end of", options, OPEN if until is None else THE_DAY
        ),
        fields.day_field(BlockId.CLOSED_DAY, "Last closed day", until, optional=True),
        context(_ledgers_own(page)),
        *(_policy_field(page, kind) for kind in POLICY_FIELDS),
    ]


def _shortcuts(today: date) -> list[tuple[str, date]]:
    """Ends of what is over: no two of them are the same day."""
    month = today.replace(day=1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    firsts = (("The month before", month), ("The quarter before", quarter), ("The year before", date(today.year, 1, 1)))
    found: dict[date, str] = {}
    for name, first in firsts:
        found.setdefault(first - timedelta(days=1), name)
    return [(name, day) for day, name in found.items()]


def _ledgers_own(page: GeneralPage) -> str:
    ledger = escape(page.ledger)
    if not page.tells_locks:
        return "Only this day counts: the software itself tells nothing of lock dates."
    if page.locks.ledger is not None:
        until = dated(page.locks.ledger)
        return f"{ledger} is closed up to {until}, which counts too. This day holds whatever our login may do there."
    known = "has no lock date now" if page.locks.is_known else "does not say whether it has a lock date"
    return f"{ledger} {known}. This day holds whatever our login may do there."


def _policy_field(page: GeneralPage, kind: ItemKind) -> Block:
    options = [
        fields.an_option(policy, *(words.format(ledger=page.ledger) for words in POLICY_NAMES[policy]))
        for policy in page.policies[kind]
    ]
    label = f"{THINGS[kind]} that are dated in a closed period"
    return fields.radio_field(POLICY_FIELDS[kind], label, options, _policy(page, kind))


def _policy(page: GeneralPage, kind: ItemKind) -> ClosedPolicy:
    """Where nothing can be left to the ledger, what is left to it stops."""
    chosen = page.general.closing.of(kind)
    return chosen if chosen in page.policies[kind] else ClosedPolicy.STOP


def read_closing(found: Fields) -> tuple[Closing, dict[str, str]]:
    """What was chosen, and what is wrong with it, a sentence by field.

    Raises:
        NotOursError: an option that was never offered.
    """
    chosen, below = found.option(BlockId.CLOSED_UNTIL), found.day(BlockId.CLOSED_DAY)
    wrong = {}
    if chosen == THE_DAY and below is None:
        wrong["until"] = "Choose the last closed day here, or something else above."
    try:
        until = {OPEN: None, THE_DAY: below}[chosen] if chosen in (OPEN, THE_DAY) else date.fromisoformat(chosen or "")
        costs, sales = (ClosedPolicy(found.option(block) or "") for block in POLICY_FIELDS.values())
    except ValueError as error:
        raise NotOursError(str(error)[:60]) from None
    return Closing(until=until, costs=costs, sales=sales), wrong


def day_aside(found: Fields) -> date | None:
    """The day that stands below while something else is chosen above: it may be the one of before, or have been chosen in
    vain.
    """
    return None if found.option(BlockId.CLOSED_UNTIL) == THE_DAY else found.day(BlockId.CLOSED_DAY)


def closing_changed(before: GeneralPage, now: GeneralPage) -> list[Change]:
    was, new = (page.general.closing.until for page in (before, now))
    return [
        *change("Last closed day", "none" if was is None else dated(was), "none" if new is None else dated(new)),
        *(
            each
            for kind, things in THINGS.items()
            for each in change(f"{things} in a closed period", _policy_name(before, kind), _policy_name(now, kind))
        ),
    ]


def _policy_name(page: GeneralPage, kind: ItemKind) -> str:
    return POLICY_NAMES[_policy(page, kind)][0].format(ledger=escape(page.ledger))


def closed(found: ItemCard) -> list[Block]:
    """Of a card: what becomes of its date, or what somebody has to choose."""
    item, ends = found.item, found.item.closed
    if ends is None or item.dated_on is None or not item.is_booked or item.state in _AWAY:
        return []
    day, ledger = item.dated_on, escape(found.ledger)
    head = f"It is dated {dated(day)}, and the books are {ends.words(ledger)}."
    if ends.effect is ClosedEffect.ASKED:
        return _question(found, ends, head) if item.state is ItemState.TO_REVIEW else []
    if item.state is ItemState.PUBLISHED:
        return [] if ends.booked_on is None else [context(f"Booked on {dated(ends.booked_on)}. {head}")]
    if ends.effect is ClosedEffect.DRAFTED:
        then = f"Approve it in {ledger} when the period is open again."
        if not ends.is_ours:
            then = f"{ledger} will not approve it until the period is open again."
        return [section(f":calendar: *It goes to {ledger} as a draft*. {head} {then}")]
    if ends.booked_on is None:
        return []
    tax = crossed(day, ends.booked_on) if item.facts.tax or found.has_tax_rates else None
    moved = "" if tax is None else f"\n:warning: *Its tax moves to another period*: {tax}."
    own = "Its own date stands in its description."
    return [section(f":calendar: *It is booked on {dated(ends.booked_on)}*, the next open day. {head} {own}{moved}")]


_AWAY = (ItemState.ARCHIVED, ItemState.REJECTED)


def _question(found: ItemCard, ends: Closed, head: str) -> list[Block]:
    value = ItemRef(found.item.id, found.item.version).encode()
    day = found.item.dated_on
    labels = {
        ClosedAnswer.NEXT_OPEN_DAY: (ActionId.BOOK_ON_OPEN_DAY, f"Book on {dated(ends.next_day)}"),
        ClosedAnswer.AS_DRAFT: (ActionId.DRAFT_UNTIL_OPEN, "Publish as draft"),
    }
    tax = None if day is None or ClosedAnswer.NEXT_OPEN_DAY not in found.closed_answers else crossed(day, ends.next_day)
    moves = "" if tax is None else f" Booked then, its tax moves to another period: {tax}."
    buttons = [
        ButtonElement(action_id=labels[answer][0], text=labels[answer][1], value=value)
        for answer in found.closed_answers
    ]
    asked = section(f":question: {head} What becomes of it?{moves}")
    return [asked, ActionsBlock(elements=buttons)] if buttons else [asked]
