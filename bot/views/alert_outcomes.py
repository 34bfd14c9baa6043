"""What came of a refusal, in the thread and in the alerts channel: the cause stays named, and what followed it."""

from bot.domain.alerts import AlertCard, AlertState
from bot.domain.items import Item, ItemState
from bot.domain.problems import Fix
from bot.domain.publishing import StepKind
from bot.views.connections import Message
from bot.views.parts import section
from bot.views.text import amount, escape, mention, moment, plain

DONE = {
    StepKind.DOCUMENT: "Published to {ledger}",
    StepKind.PAYMENT: "The payment is in {ledger}",
    StepKind.ATTACHMENT: "The file is in {ledger}",
    StepKind.WITHDRAWAL: "Withdrawn from {ledger}",
}
LEFT = {
    StepKind.DOCUMENT: "It stays in {ledger}",
    StepKind.PAYMENT: "It stays in {ledger} without the payment",
    StepKind.ATTACHMENT: "It stays in {ledger} without the file",
    StepKind.WITHDRAWAL: "It stays in {ledger}",
}
SIGNS = {
    AlertState.OPEN: ":no_entry:",
    AlertState.FIXED: ":hourglass_flowing_sand:",
    AlertState.RESOLVED: ":white_check_mark:",
    AlertState.LEFT: ":heavy_minus_sign:",
}
MOST_ASKED = 5


def is_open(found: AlertCard) -> bool:
    """Whether it is the one to act on, or to watch."""
    return found.alert.state is AlertState.OPEN and found.alert.told_anew_at is None


def is_let_wait(found: AlertCard) -> bool:
    """Whether somebody wanted that."""
    return found.alert.is_let_wait


def what(item: Item) -> str:
    """A document in one line, by the names it has outside and here."""
    who = escape(item.counterparty.name or "from somebody unknown", 60)
    number = f" {escape(item.facts.number, 40)}" if item.facts.number else ""
    return f"{who}{number}, {amount(item.facts.gross, item.facts.currency)} ({item.reference})"


def pointer(found: AlertCard) -> Message:
    """One line in the alerts channel, which leads to the thread and names the cause to the end, and then what came of it."""
    item, cause = found.card.item, found.alert.problem.title
    became = f". {_next(found)}" if is_open(found) else f" → {_ending(found, 'line')}. "
    head = f"{_sign(found)} *{escape(found.card.organisation)}* · {what(item)}"
    line = f"{head}: {escape(cause, 200)}{became}<{found.link}|Open it>"
    told = plain(cause if is_open(found) else f"{cause} → {_outcome(found)}", 300)
    return f"{plain(found.card.organisation)}: {item.reference}: {told}.", (section(line),)


def _next(found: AlertCard) -> str:
    """Who acts next, as far as that is anybody here."""
    if is_let_wait(found):
        return f"It waits for {escape(found.card.ledger)}. "
    asked = found.helpers[:MOST_ASKED]
    return f"Next: {' '.join(mention(user) for user in asked)}. " if asked else ""


def over(found: AlertCard) -> Message:
    """The reply under the card once there is nothing to press: the cause, what was done, and what came of it."""
    done = "" if found.alert.outcome is None else f"\n{found.alert.outcome}"
    title = f"~{escape(found.alert.problem.title)}~"
    head = f"*{escape(found.card.organisation)}* · {found.card.item.reference}"
    text = f"{head}\n{title}{done}\n{_sign(found)} {_ending(found, 'message')}."
    told = f"{plain(found.card.organisation)}: {found.card.item.reference}: {plain(_outcome(found))}."
    return told, (section(text),)


def _ending(found: AlertCard, following: str) -> str:
    """What came of it and when; of what another alert followed, where that stands."""
    alert, outcome = found.alert, escape(_outcome(found))
    if alert.state is AlertState.RESOLVED:
        return f"{outcome}, {moment(alert.changed_at)}"
    if alert.told_anew_at is None or alert.state.is_over:
        return outcome
    return f"{outcome}, {moment(alert.told_anew_at)}: see the newer {following} below"


def _outcome(found: AlertCard) -> str:
    """What came of it, or what it waits for; not escaped. What the item is at by now says nothing of a past alert."""
    ledger, is_past = found.card.ledger, found.alert.told_anew_at is not None
    match found.alert.state:
        case AlertState.RESOLVED:
            return DONE[found.alert.of].format(ledger=ledger)
        case AlertState.LEFT if found.alert.problem.is_in_part:
            return f"What is left of it stays in {ledger}"
        case AlertState.LEFT if is_past or _stands_there(found):
            return LEFT[found.alert.of].format(ledger=ledger)
        case AlertState.OPEN if is_past:
            return f"{ledger} has answered since"
        case AlertState.FIXED if is_past:
            return "It did not go through"
        case _:
            return _waits_for(found)


def _waits_for(found: AlertCard) -> str:
    ledger = found.card.ledger
    match found.card.item.state:
        case ItemState.WITHDRAWING:
            return f"Being withdrawn; {ledger}'s answer is still to come"
        case ItemState.IN_APPROVAL:
            return "It is approved again before it is sent"
        case ItemState.TO_REVIEW:
            return "It has to be completed before it is sent"
        case ItemState.REJECTED:
            return "It was rejected and is not sent"
        case ItemState.ARCHIVED:
            return "It is in the archive and is not sent"
        case ItemState.APPROVED if not found.card.is_connected:
            return f"It goes to {ledger} by itself as soon as the connection is back"
        case _:
            return f"Sent again; {ledger}'s answer is still to come"


def _sign(found: AlertCard) -> str:
    alert = found.alert
    return SIGNS[alert.state] if alert.told_anew_at is None or alert.state.is_over else ":arrow_down:"


def _stands_there(found: AlertCard) -> bool:
    """In the ledger, whether or not it was put away here since; or it was put away as it was found there."""
    item = found.card.item
    is_put_away = item.state is ItemState.ARCHIVED and item.published_at is not None
    is_otherwise = Fix.TAKE_AS_IT_IS in found.alert.problem.entry.fixes
    return item.state is ItemState.PUBLISHED or is_put_away or is_otherwise
