"""An item in Slack: its home card, the card on its own, and the answer to "Why?"."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.domain.cards import Explanation, ItemCard, Reason
from bot.domain.documents import Door, Line
from bot.domain.ids import UserId
from bot.domain.items import Item, ItemState
from bot.domain.settings import SET_UP_STEPS
from bot.views.connections import Message, context, section
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import ItemRef
from bot.views.settings import STATUS_NAMES
from bot.views.text import amount, day, escape, mention, moment, mrkdwn, plain, quote

MOST_LINES = 5
LINES_A_SECTION, LONGEST_SECTION, MOST_DETAILED = 20, 2900, 300
"""All lines stand under "Why?", within what Slack takes: 3,000 characters a section, 100 blocks a modal."""
MOST_NAMED = 5
CAME_BY = {
    Door.FILE: "dropped as a file",
    Door.MESSAGE: "sent from a message",
    Door.DIRECT: "sent to me",
    Door.FORM: "typed into the form",
    Door.API: "sent by another system",
    Door.IMPORT: "imported from a list",
}
UNDECIDED = frozenset({ItemState.RECEIVED, ItemState.TO_REVIEW, ItemState.READY, ItemState.IN_APPROVAL})
EDITABLE = frozenset(
    {ItemState.TO_REVIEW, ItemState.READY, ItemState.IN_APPROVAL, ItemState.APPROVED, ItemState.REFUSED}
)


def card(found: ItemCard) -> Message:
    """The home card. The text is the whole story in one line, for notifications and screen readers."""
    item = found.item
    return summary(found), (
        section(f"*{escape(found.organisation)}* · {item.reference}\n{_headline(item)}"),
        SectionBlock(fields=[mrkdwn(text) for text in _fields(found)]),
        *_lines(item),
        *_complaints(item),
        *_warnings(found),
        section(_standing(found)),
        context(f"{CAME_BY[item.door].capitalize()} by {mention(item.submitted_by)}, {moment(item.created_at)}"),
        ActionsBlock(elements=_buttons(found)),
    )


def alone(found: ItemCard) -> View:
    """The card as a modal, for who comes from Home or a list. From one that waits for review it goes on to the next."""
    _, blocks = card(found)
    item, shown = found.item, list(blocks)
    if item.state is ItemState.TO_REVIEW:
        following = ButtonElement(action_id=ActionId.NEXT_ITEM, text="Next to review", value=str(item.id))
        shown.append(ActionsBlock(elements=[following]))
    return _modal(item.reference, shown)


def explanation(found: Explanation) -> View:
    item = found.card.item
    facts = "as the e-invoice states them" if item.door is Door.FILE else f"as typed by {mention(item.submitted_by)}"
    blocks: list[Block] = [
        section(f"*{escape(found.card.organisation)}* · {item.reference}\n{_headline(item)}"),
        DividerBlock(),
        *(section(_why(reason)) for reason in found.reasons),
        section(f"*Supplier, number, dates and amounts*\n{facts}, unless a bookkeeper has edited them since."),
        *_all_lines(item),
        context(
            "A person's choice stands above what the document brings, that above rules, and rules above defaults. "
            "A weaker one never replaces a stronger one."
        ),
    ]
    return _modal("Why?", blocks)


def summary(found: ItemCard) -> str:
    item, facts = found.item, found.item.facts
    supplier, number = escape(facts.supplier.name or "unknown supplier", 60), escape(facts.number or "no number", 40)
    total = amount(facts.gross, facts.currency)
    return f"{escape(found.organisation, 60)}: {supplier}, {number}, {total} ({item.reference}) is {item.state.words}."


def _headline(item: Item) -> str:
    facts = item.facts
    supplier = escape(facts.supplier.name or "", 500) or "Supplier not stated"
    return f"*{supplier}* · *{amount(facts.gross, facts.currency)}*"


def _fields(found: ItemCard) -> list[str]:
    facts, coding = found.item.facts, found.item.coding
    pairs = [
        ("Number", escape(facts.number or "", 200) or "not stated"),
        ("Date", day(facts.issued_on)),
        ("Net", amount(facts.net, facts.currency)),
        ("Due", day(facts.due_on)),
        ("Tax", amount(facts.tax, facts.currency)),
        ("Total", amount(facts.gross, facts.currency)),
        ("Category", _coded(found.account, coding.account.source.words)),
        ("Tax rate", _coded(found.tax_rate, coding.tax_rate.source.words)),
        ("Publish as", STATUS_NAMES[found.item.publish_as][0]),
    ]
    if facts.supplier.bank_account:
        pairs.append(("Payable to", escape(facts.supplier.bank_account, 200)))
    return [f"*{name}*\n{value}" for name, value in pairs]


def _coded(value: str | None, source: str) -> str:
    return "none yet" if value is None else f"{escape(value, 75)}\n_{source}_"


def _lines(item: Item) -> list[Block]:
    lines = item.facts.lines
    if not lines:
        note = item.facts.note
        return [] if note is None else [section(quote(note, 300))]
    shown = [f"• {_line(line, item.facts.currency)}" for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(f"• and {len(lines) - MOST_LINES} more; *Why?* shows them all")
    return [section("*Lines*\n" + "\n".join(shown))]


def _all_lines(item: Item) -> list[Block]:
    lines = [f"• {_line(line, item.facts.currency)}" for line in item.facts.lines]
    if len(lines) <= MOST_LINES:
        return []
    blocks: list[Block] = [section(f"*All {len(lines)} lines*")]
    blocks += [section(part) for part in _parts(lines[:MOST_DETAILED])]
    left = len(lines) - MOST_DETAILED
    return blocks if left <= 0 else [*blocks, context(f"and {left} more, in the file")]


def _parts(lines: list[str]) -> list[str]:
    """Lines put together as far as a section holds them: none is cut off, however long they are."""
    parts: list[list[str]] = [[]]
    for line in lines:
        if len(parts[-1]) == LINES_A_SECTION or len("\n".join([*parts[-1], line])) > LONGEST_SECTION:
            parts.append([])
        parts[-1].append(line)
    return ["\n".join(part) for part in parts]


def _line(line: Line, currency: str | None) -> str:
    count = "" if line.quantity == 1 else f"{line.quantity.normalize():f} × "
    return f"{count}{escape(line.description, 90)}: {amount(line.net, currency)}"


def _complaints(item: Item) -> list[Block]:
    if not item.complaints:
        return []
    sentences = "\n".join(f"• {escape(complaint, 300)}" for complaint in item.complaints)
    return [section(f":warning: *Before it can go on*\n{sentences}\nA bookkeeper presses *Edit* to complete it.")]


def _warnings(found: ItemCard) -> list[Block]:
    """For whoever is to decide; once that is done there is nothing to look at before it."""
    if not found.warnings or found.item.state not in UNDECIDED:
        return []
    sentences = "\n".join(f"• {escape(warning, 300)}" for warning in found.warnings)
    return [section(f":eyes: *To be looked at before it is approved*\n{sentences}")]


def _standing(found: ItemCard) -> str:
    """Where the item is, in words, and what happens next."""
    item, ledger = found.item, escape(found.ledger)
    match item.state:
        case ItemState.TO_REVIEW:
            return ":memo: *To review*"
        case ItemState.IN_APPROVAL:
            return f":large_blue_circle: *In approval*. {_who_can(found.approvers)}"
        case ItemState.APPROVED:
            return f"{_decided(item, 'Approved')}\n{_waits_for(found)}"
        case ItemState.SENDING | ItemState.UNKNOWN:
            return f"{_decided(item, 'Approved')}\n{_on_its_way(found)}"
        case ItemState.PUBLISHED:
            at = "" if item.published_at is None else f", {moment(item.published_at)}"
            return f"{_decided(item, 'Approved')}\n:white_check_mark: *Published* to {ledger}{at}, and read back"
        case ItemState.REFUSED:
            return (
                f"{_decided(item, 'Approved')}\n:no_entry: *Refused by {ledger}*. Why, and what mends it, stands in this "
                "thread."
            )
        case ItemState.REJECTED:
            return f"{_decided(item, 'Rejected')}\n{quote(item.decision_reason or '', 600)}"
        case _:
            return f"*{item.state.words.capitalize()}*"


def _on_its_way(found: ItemCard) -> str:
    ledger = escape(found.ledger)
    if found.is_looked_for:
        return (
            f":mag: *Being checked*: {ledger} was disconnected while this was on its way. I look whether the bill is there "
            "before the access is given back."
        )
    if found.may_be_there and not found.is_connected:
        return (
            f":warning: *This bill may be in {ledger} already*: it was sent, no clear answer came, and there is no "
            f"connection to look by. Look in {ledger} before you enter it by hand. Once it is connected again I look it up, "
            "and nothing is sent twice."
        )
    if not found.is_connected:
        return _connection_missing(ledger)
    if found.item.state is ItemState.SENDING:
        return f":outbox_tray: *Being sent* to {ledger}"
    return (
        f":mag: *Being checked*: {ledger} gave no clear answer, so I look whether the bill is there before anything is sent "
        "again."
    )


def _decided(item: Item, verb: str) -> str:
    sign = ":x:" if verb == "Rejected" else ":white_check_mark:"
    if item.decided_by is None or item.decided_at is None:
        return f"{sign} *{verb}*"
    return f"{sign} *{verb}* by {mention(item.decided_by)}, {moment(item.decided_at)}"


def _who_can(approvers: tuple[UserId, ...]) -> str:
    if not approvers:
        return "Nobody is set as an approver yet; an admin chooses them in the settings."
    named = " ".join(mention(user) for user in approvers[:MOST_NAMED])
    more = f" and {len(approvers) - MOST_NAMED} more" if len(approvers) > MOST_NAMED else ""
    return f"{named}{more} can decide."


def _waits_for(found: ItemCard) -> str:
    item, ledger = found.item, escape(found.ledger)
    if not found.is_set_up:
        return (
            f":hourglass: It waits for the set-up, which is at {found.steps_done} of {SET_UP_STEPS}: nothing is sent "
            f"to {ledger} until an admin has saved the settings once."
        )
    if not found.is_connected:
        return _connection_missing(ledger)
    if item.send_after is None:
        return f":hourglass: It goes to {ledger} next."
    return f":hourglass: It goes to {ledger} from {moment(item.send_after)} on; *Undo* works until it is on its way."


def _connection_missing(ledger: str) -> str:
    return f":electric_plug: It waits for the connection to {ledger}, and goes on by itself when that is back."


def _buttons(found: ItemCard) -> list[ButtonElement]:
    item = found.item
    value = ItemRef(item.id, item.version).encode()
    buttons = []
    if item.state is ItemState.IN_APPROVAL:
        buttons += [
            ButtonElement(action_id=ActionId.APPROVE_ITEM, text="Approve", value=value, style="primary"),
            ButtonElement(action_id=ActionId.REJECT_ITEM, text="Reject", value=value, style="danger"),
        ]
    if item.state is ItemState.APPROVED:
        buttons.append(ButtonElement(action_id=ActionId.UNDO_ITEM, text="Undo", value=value))
        if not found.is_set_up:
            organisation = str(item.organisation_id)
            buttons.append(ButtonElement(action_id=ActionId.OPEN_SETTINGS, text="Set up", value=organisation))
    if item.state in EDITABLE:
        buttons.append(ButtonElement(action_id=ActionId.EDIT_ITEM, text="Edit", value=value))
    if item.ledger_url is not None and item.state is ItemState.PUBLISHED:
        label = f"Open in {plain(found.ledger, 60)}"
        buttons.append(ButtonElement(action_id=ActionId.OPEN_IN_LEDGER, text=label, url=item.ledger_url, value=value))
    return [*buttons, ButtonElement(action_id=ActionId.EXPLAIN_ITEM, text="Why?", value=value)]


def _why(reason: Reason) -> str:
    by = "" if reason.by is None else f": {mention(reason.by)}"
    value = escape(reason.value or "", 100) or "none"
    lines = [f"*{reason.field}*\n{value}\n_{reason.source}_{by}"]
    lines += [f"• instead of {escape(value or '', 100) or 'none'} ({source})" for value, source in reason.beaten]
    return "\n".join(lines)


def _modal(title: str, blocks: list[Block]) -> View:
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text=plain(title, 24)),
        close=PlainTextObject(text="Close"),
        blocks=blocks,
    )
