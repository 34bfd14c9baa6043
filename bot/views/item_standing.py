"""Where an item is, in words, and what happens next."""

from datetime import timedelta

from bot.domain.cards import ItemCard
from bot.domain.ids import UserId
from bot.domain.items import Item, ItemState
from bot.domain.questions import Question, QuestionKind
from bot.domain.settings import SET_UP_STEPS
from bot.views.downloading import READY, exported, in_batch
from bot.views.item_additions import beside, see_the_fix, there, to_follow
from bot.views.text import escape, mention, moment, quote, time_of

MOST_NAMED = 5


def standing(found: ItemCard) -> str:
    """Where the item is, in words, and what happens next."""
    item = found.item
    match item.state:
        case ItemState.TO_REVIEW:
            return f":memo: *To review*{_not_by_itself(found)}"
        case ItemState.ARCHIVED:
            return f":package: *Archived*{_how_archived(item)}"
        case ItemState.IN_APPROVAL:
            return f":large_blue_circle: *In approval*. {_who_can(found.approvers)}{_taken_back(found)}{_not_by_itself(found)}"
        case ItemState.APPROVED:
            return f"{_decided(item, 'Approved')}{_gone_on(item)}\n{_waits_for(found)}{to_follow(found)}"
        case ItemState.SENDING | ItemState.UNKNOWN:
            return f"{_decided(item, 'Approved')}{_gone_on(item)}\n{_on_its_way(found)}{to_follow(found)}"
        case ItemState.PUBLISHED:
            return f"{_decided(item, 'Approved')}\n{_published(found)}{there(found)}{beside(found)}"
        case ItemState.WITHDRAWING:
            return _being_withdrawn(found)
        case ItemState.REFUSED:
            return f"{_decided(item, 'Approved')}\n{_refused(found)}"
        case ItemState.REJECTED:
            return f"{_decided(item, 'Rejected')}\n{quote(item.decision_reason or '', 600)}"
        case _:
            return f"*{item.state.words.capitalize()}*"


def _published(found: ItemCard) -> str:
    if found.is_downloaded and found.batch is not None:
        return exported(found.batch)
    at = "" if found.item.published_at is None else f", {moment(found.item.published_at)}"
    return f":white_check_mark: *Published* to {escape(found.ledger)}{at}, and checked there"


def _refused(found: ItemCard) -> str:
    """Why, in a line, where it is mended, and whose move it is."""
    refusal, head = found.refusal, f":no_entry: *Refused by {escape(found.ledger)}*"
    if refusal is None:
        return f"{head}. {see_the_fix(found)}"
    asked = f"Next: {' '.join(map(mention, refusal.asked[:MOST_NAMED]))}" if refusal.asked else refusal.waits or ""
    return f"{head}: {escape(refusal.title, 200)}. {see_the_fix(found)} {asked}".rstrip()


def _how_archived(item: Item) -> str:
    how = item.archived
    if how is None:
        return ""
    why = "" if how.why is None else f": {escape(how.why, 200)}"
    return f" by {mention(how.by)}, {moment(how.at)}{why}"


def _on_its_way(found: ItemCard) -> str:
    ledger = escape(found.ledger)
    if found.is_downloaded:
        return in_batch(found.batch)
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


def _being_withdrawn(found: ItemCard) -> str:
    item, ledger = found.item, escape(found.ledger)
    wish = _wish(item)
    by = "" if wish is None or wish.by is None else f" by {mention(wish.by)}"
    then = ", to be published again once it is gone there" if wish is not None and wish.goes_on else ""
    if found.is_downloaded:
        batch = "its file" if found.batch is None else f"batch {found.batch.number}"
        return (
            f":leftwards_arrow_with_hook: *To be removed*{by}{then}\nTake it out in the software that {batch} was imported into, "
            "and press *I removed it there*."
        )
    head = f":leftwards_arrow_with_hook: *Being withdrawn* from {ledger}{by}{then}"
    if found.is_looked_for:
        return f"{head}\n{ledger} was disconnected meanwhile. I look whether it is gone there before the access is given back."
    if found.may_be_there and not found.is_connected:
        return f"{head}\n:warning: *It may be gone from {ledger} already*: no clear answer came, and there is no connection to look by."
    if not found.is_connected:
        return f"{head}\n{_connection_missing(ledger)}"
    return head if found.is_set_up else f"{head}\n{_set_up_missing(found)}"


def _wish(item: Item) -> Question | None:
    """Who wanted it out of the ledger."""
    return next((question for question in item.questions if question.kind is QuestionKind.WITHDRAWN), None)


def _gone_on(item: Item) -> str:
    """Of one that was withdrawn to be published again."""
    wish = _wish(item)
    if wish is None or not wish.goes_on:
        return ""
    by = "" if wish.by is None else f" by {mention(wish.by)}"
    return f"\n:leftwards_arrow_with_hook: *Withdrawn*{by}; *publishing again*"


def _decided(item: Item, verb: str) -> str:
    sign = ":x:" if verb == "Rejected" else ":white_check_mark:"
    if item.decided_at is None:
        return f"{sign} *{verb}*"
    if item.decided_by is None:
        return f"{sign} *{verb} automatically* by {escape(item.decision_reason or 'a rule', 250)}, {moment(item.decided_at)}"
    return f"{sign} *{verb}* by {mention(item.decided_by)}, {moment(item.decided_at)}"


def _who_can(approvers: tuple[UserId, ...]) -> str:
    if not approvers:
        return "Nobody is set as an approver yet; an admin chooses them in the settings."
    named = " ".join(mention(user) for user in approvers[:MOST_NAMED])
    more = f" and {len(approvers) - MOST_NAMED} more" if len(approvers) > MOST_NAMED else ""
    return f"{named}{more} can decide."


def _taken_back(found: ItemCard) -> str:
    undone = found.taken_back
    if undone is None:
        return ""
    by = "on the command line" if undone.by is None else f"by {mention(undone.by)}"
    return f"\n:leftwards_arrow_with_hook: *Approval undone* {by}, {moment(undone.at)}"


def _not_by_itself(found: ItemCard) -> str:
    """Why it waits for somebody although a rule would publish it."""
    if not found.not_by_itself:
        return ""
    return f"\n:raised_hand: *Not published by itself*: {'; '.join(each.words for each in found.not_by_itself)}."


def _waits_for(found: ItemCard) -> str:
    item, ledger = found.item, escape(found.ledger)
    if not found.is_set_up:
        return _set_up_missing(found)
    if item.held_at is not None:
        by = " on the command line" if item.held_by is None else f" by {mention(item.held_by)}"
        before = "it is in no file" if found.is_downloaded else f"nothing is sent to {ledger}"
        return f":raised_hand: *Held*{by}, {moment(item.held_at)}. A bookkeeper or an admin can release it; {before} before."
    if not found.is_connected:
        return _connection_missing(ledger)
    if found.is_downloaded and found.is_ready:
        return READY
    if item.send_after is None or found.is_due:
        return f":hourglass: Goes to {ledger} next. *Undo* until it is on its way."
    is_today = item.decided_at is None or item.send_after - item.decided_at < timedelta(hours=12)
    at = f"at {time_of(item.send_after)}" if is_today else moment(item.send_after)
    if found.is_downloaded:
        return f":hourglass: Ready for download {at}. *Undo* until then, and until somebody downloads it."
    return f":hourglass: Goes to {ledger} {at}. *Undo* until then."


def _set_up_missing(found: ItemCard) -> str:
    return (
        f":hourglass: It waits for the set-up, which is at {found.steps_done} of {SET_UP_STEPS}. An admin presses *Set up* "
        f"and saves; nothing is sent to {escape(found.ledger)} before."
    )


def _connection_missing(ledger: str) -> str:
    return f":electric_plug: It waits for the connection to {ledger}, and goes on by itself when that is back."
