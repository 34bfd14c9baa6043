"""Documents that are dated in a closed period: what becomes of them, and what can be chosen for one of them."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.db.unit_of_work import Tx
from bot.domain.books import Books
from bot.domain.closing import (
    ClosedAnswer,
    ClosedEffect,
    ClosedPolicy,
    answers_for,
    closed_for,
    in_the_way,
    locks_of,
)
from bot.domain.items import Item
from bot.domain.problems import Problem, ProblemCode
from bot.domain.settings import PaymentStatus, Settings
from bot.domain.texts import dated as in_words
from bot.services.lists import books_of


async def dated(tx: Tx, items: Sequence[Item], settings: Settings) -> tuple[Item, ...]:
    """Items of one organisation, as they go to the ledger, with what becomes of those that are dated in a closed period."""
    closing = settings.general.closing
    is_asked = closing.is_set or any(item.coding.closed.value is not None for item in items)
    if not items or not is_asked:
        return tuple(replace(item, closed=None) for item in items)
    books = await books_of(tx, items[0].workspace_id, items[0].organisation_id)
    locks, at_once = locks_of(closing, books), () if books is None else books.rules.books_at_once
    found = []
    for item in items:
        closed = closed_for(
            item.dated_on if item.is_booked else None,
            item.kind,
            closing=closing,
            locks=locks,
            can_move=item.can_move,
            can_be_draft=item.can_be_draft and item.kind not in at_once,
            answer=item.closed_answer,
        )
        is_drafted = closed is not None and closed.effect is ClosedEffect.DRAFTED
        publish_as = PaymentStatus.DRAFT if is_drafted else item.publish_as
        found.append(replace(item, closed=closed, publish_as=publish_as))
    return tuple(found)


def closed_since(item: Item, settings: Settings, books: Books | None) -> Problem | None:
    """Why an approved item is not sent on the day that it was approved for: the books were closed for that meanwhile. It is
    never moved by itself.
    """
    was = item.closed
    if was is not None and was.effect is ClosedEffect.DRAFTED and item.publish_as is PaymentStatus.DRAFT:
        return None
    closing = settings.general.closing
    found = in_the_way(item.booked_on, item.kind, closing=closing, locks=locks_of(closing, books))
    if found is None or item.booked_on is None:
        return None
    until, is_ours = found
    facts = {
        "date": in_words(item.booked_on),
        "locked_to": in_words(until),
        "whose": "our own lock date" if is_ours else "the ledger's lock date",
    }
    return Problem(code=ProblemCode.PERIOD_CLOSED, facts=facts)


def answers_offered(
    item: Item, settings: Settings, books: Books | None, statuses: Collection[PaymentStatus]
) -> tuple[ClosedAnswer, ...]:
    """What a person may choose for its date; `statuses` are those that its package can take it with."""
    closing = settings.general.closing
    return answers_for(
        item.dated_on,
        item.kind,
        closing=closing,
        locks=locks_of(closing, books),
        can_move=item.can_move,
        can_be_draft=item.can_be_draft and PaymentStatus.DRAFT in statuses,
    )


def left_to_ledger(item: Item, settings: Settings, books: Books | None) -> tuple[str, ...]:
    """Before anybody approves it: of a date that the ledger has closed, where nothing is decided about that. It takes a
    draft of such a date.
    """
    closing, day = settings.general.closing, item.dated_on
    locks = locks_of(closing, books)
    is_left = item.closed is None and closing.of(item.kind) is ClosedPolicy.LEDGER
    is_booked_at_once = item.publish_as.is_approved or not item.can_be_draft
    if day is None or locks.ledger is None or day > locks.ledger or not (is_left and is_booked_at_once):
        return ()
    return (
        f"Its date is in a period that is closed in the ledger (up to {in_words(locks.ledger)}), which may refuse it.",
    )
