"""Closed periods: the day up to which nothing is booked any more, and what becomes of documents that are dated before.

There are two such days: one of the organisation's own, which holds whatever the connection's login may do in the ledger,
and the ledger's, as far as it tells. What is decided here is kept with the item, so that what an approver saw is what
the ledger gets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.books import Books
from bot.domain.documents import ItemKind
from bot.domain.texts import dated


class ClosedPolicy(StrEnum):
    """What becomes of a document that is dated in a closed period."""

    LEDGER = "ledger"
    """It is sent as it is, and the ledger takes or refuses it. Our own day stops it all the same."""
    STOP = "stop"
    NEXT_OPEN_DAY = "next_open_day"
    """It is booked on the first open day. The date of a sale is its customer's too, and is never moved."""
    AS_DRAFT = "as_draft"
    ASK = "ask"
    """A bookkeeper chooses for each, between what there is."""


class ClosedAnswer(StrEnum):
    """What a person chose for one document."""

    NEXT_OPEN_DAY = "next_open_day"
    AS_DRAFT = "as_draft"

    @property
    def deed(self) -> str:
        is_moved = self is ClosedAnswer.NEXT_OPEN_DAY
        return "had it booked on the next open day" if is_moved else "had it sent as a draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What an organisation decided. `until` is the last closed day of its own."""

    until: date | None = None
    costs: ClosedPolicy = ClosedPolicy.LEDGER
    sales: ClosedPolicy = ClosedPolicy.LEDGER

    def of(self, kind: ItemKind) -> ClosedPolicy:
        return self.sales if kind is ItemKind.SALE else self.costs

    @property
    def is_set(self) -> bool:
        return self != Closing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """The last closed days: of the organisation's own, and of the ledger's. None: there is none, or, where it is not
    `is_known`, the ledger does not tell.
    """

    own: date | None = None
    ledger: date | None = None
    is_known: bool = True

    @property
    def until(self) -> date | None:
        return max((day for day in (self.own, self.ledger) if day is not None), default=None)


def locks_of(closing: Closing, books: Books | None) -> Locks:
    if books is None:
        return Locks(own=closing.until, is_known=False)
    ledgers = [day for day in (books.period_locked_to, books.year_locked_to) if day is not None]
    return Locks(own=closing.until, ledger=max(ledgers, default=None), is_known=books.lock_dates_known)


class ClosedEffect(StrEnum):
    STOPPED = "stopped"
    MOVED = "moved"
    DRAFTED = "drafted"
    ASKED = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What becomes of an item that is dated in a closed period. `until` is the last closed day, `is_ours` whether that is
    the organisation's own one; `booked_on` is the day that it is moved to.
    """

    until: date
    is_ours: bool
    effect: ClosedEffect
    booked_on: date | None = None

    @property
    def next_day(self) -> date:
        return self.until + timedelta(days=1)

    def words(self, ledger: str) -> str:
        """Until when, and whose day that is; after "the books are"."""
        return f"closed up to {dated(self.until)} ({'our own lock date' if self.is_ours else f'the lock date in {ledger}'})"

    @property
    def became(self) -> str | None:
        """For the history of whoever approved it so."""
        match self.effect:
            case ClosedEffect.MOVED if self.booked_on is not None:
                return f"to be booked on {dated(self.booked_on)}, as the books are closed up to {dated(self.until)}"
            case ClosedEffect.DRAFTED:
                return f"to go as a draft, as the books are closed up to {dated(self.until)}"
            case _:
                return None


def closed_for(
    day: date | None,
    kind: ItemKind,
    *,
    closing: Closing,
    locks: Locks,
    can_move: bool,
    can_be_draft: bool,
    answer: ClosedAnswer | None = None,
) -> Closed | None:
    """What becomes of a document of this date. None: nothing but what becomes of any other.

    `can_move`: not what is dated for others too, such as a sale. `can_be_draft`: not what is booked at once, such as money on a bank account. An answer counts where somebody is asked,
    and where the ledger has refused it; what an organisation decided for all its documents is not decided otherwise for one.
    """
    policy, until = closing.of(kind), locks.until
    counts = policy is ClosedPolicy.ASK or (policy is ClosedPolicy.LEDGER and not _covers(locks.own, day))
    answer = answer if counts else None
    if policy is ClosedPolicy.LEDGER and answer is None:
        until = locks.own
    if day is None or until is None or day > until:
        return None
    effect = _effect(policy, answer, can_move=can_move, can_be_draft=can_be_draft)
    booked_on = until + timedelta(days=1) if effect is ClosedEffect.MOVED else None
    return Closed(until=until, is_ours=until == locks.own, effect=effect, booked_on=booked_on)


def _effect(policy: ClosedPolicy, answer: ClosedAnswer | None, *, can_move: bool, can_be_draft: bool) -> ClosedEffect:
    moves = ClosedPolicy.NEXT_OPEN_DAY in (policy, _AS_POLICY.get(answer)) and can_move
    drafts = ClosedPolicy.AS_DRAFT in (policy, _AS_POLICY.get(answer)) and can_be_draft
    if moves or drafts:
        return ClosedEffect.MOVED if moves else ClosedEffect.DRAFTED
    asks = policy is ClosedPolicy.ASK and (can_move or can_be_draft)
    return ClosedEffect.ASKED if asks else ClosedEffect.STOPPED


_AS_POLICY: Mapping[ClosedAnswer | None, ClosedPolicy] = {
    ClosedAnswer.NEXT_OPEN_DAY: ClosedPolicy.NEXT_OPEN_DAY,
    ClosedAnswer.AS_DRAFT: ClosedPolicy.AS_DRAFT,
}


def answers_for(
    day: date | None, kind: ItemKind, *, closing: Closing, locks: Locks, can_move: bool, can_be_draft: bool
) -> tuple[ClosedAnswer, ...]:
    """What a person may choose for one document of this date: no more than the organisation lets be done with all of them."""
    policy = closing.of(kind)
    is_left_to_ledger = policy is ClosedPolicy.LEDGER and not _covers(locks.own, day)
    if not _covers(locks.until, day):
        return ()
    can = {ClosedAnswer.NEXT_OPEN_DAY: can_move, ClosedAnswer.AS_DRAFT: can_be_draft}
    return tuple(
        answer
        for answer in ClosedAnswer
        if can[answer] and (is_left_to_ledger or policy in (ClosedPolicy.ASK, _AS_POLICY[answer]))
    )


def in_the_way(booked_on: date | None, kind: ItemKind, *, closing: Closing, locks: Locks) -> tuple[date, bool] | None:
    """The last closed day that keeps what was approved for this day from being sent now, and whether it is our own. What is
    left to the ledger it refuses by itself.
    """
    if _covers(locks.own, booked_on) and locks.own is not None:
        return locks.own, True
    if closing.of(kind) is ClosedPolicy.LEDGER or not _covers(locks.ledger, booked_on) or locks.ledger is None:
        return None
    return locks.ledger, False


def _covers(until: date | None, day: date | None) -> bool:
    return until is not None and day is not None and day <= until


def crossed(was: date, now: date) -> str | None:
    """Which periods of tax lie between two days, by the calendar; None where both are in the same month."""
    if (was.year, was.month) == (now.year, now.month):
        return None
    if (was.year, _quarter(was)) == (now.year, _quarter(now)):
        return f"from {was:%B} to {now:%B %Y}, in the same quarter"
    return f"from {_named(was)} to {_named(now)}, another quarter"


def _quarter(day: date) -> int:
    return (day.month - 1) // 3


def _named(day: date) -> str:
    first = date(day.year, _quarter(day) * 3 + 1, 1)
    return f"{first:%b}–{date(day.year, first.month + 2, 1):%b} {day.year}"
