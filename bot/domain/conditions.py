"""How a connection stands, judged from what is known of it: a verdict, why, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.books import BillRights
from bot.domain.budgets import paused_seconds
from bot.domain.connections import LIST_NAMES, ConnectionCard, Health, ListProgress
from bot.domain.queues import HeldUpBy, Queue
from bot.domain.rights import Deed

SYNC_EVERY = timedelta(hours=24)
STALE_AFTER = 2
"""A list that missed this many refreshes is out of date."""


class Verdict(StrEnum):
    """The worst first: so are connections listed."""

    BROKEN = "broken"
    AT_RISK = "at risk"
    HEALTHY = "healthy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    verdict: Verdict
    reason: str = ""
    remedy: str = ""
    needs_reconnecting: bool = False
    """The connection itself works, and somebody else has to sign in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionStatus:
    """A connection with what is to be said of it, and what the person who looks may do with it."""

    card: ConnectionCard
    condition: Condition
    read_at: datetime
    """When this was looked up: the ages of lists are told from it."""
    deeds: frozenset[Deed] = frozenset()
    queue: Queue | None = None
    """What is held up at its ledger."""
    to_download: int = 0
    """Documents that wait to be downloaded."""


def condition_of(
    card: ConnectionCard,
    now: datetime,
    *,
    paused_until: datetime | None,
    sync_every: timedelta = SYNC_EVERY,
    held_up_by: HeldUpBy | None = None,
) -> Condition:
    """The gravest thing that is the matter; what is told of the connection itself goes before what is told of its lists.
    Where the ledger holds up what is sent, that is said by itself, and its lists fail for the same reason.
    """
    ledger = card.provider_name
    match card.health:
        case Health.DISCONNECTED:
            return Condition(
                verdict=Verdict.BROKEN,
                reason="It was disconnected; what is approved waits.",
                remedy="A Slack owner or admin presses Reconnect, and it goes on.",
            )
        case Health.BROKEN:
            return _by_problem(card, Verdict.BROKEN, "The connection has ended.")
        case Health.AT_RISK:
            return _by_problem(card, Verdict.AT_RISK, "Something is wrong with it.")
    lacking = _by_rights(card)
    if lacking is not None:
        return lacking
    if held_up_by not in (None, HeldUpBy.FULL, HeldUpBy.MANY):
        return Condition(verdict=Verdict.AT_RISK)
    if paused_until is not None and paused_seconds(paused_until, now):
        return Condition(
            verdict=Verdict.AT_RISK,
            reason=f"{ledger} asked for a pause until {paused_until:%H:%M} UTC.",
            remedy="It goes on by itself then; there is nothing to do.",
        )
    return Condition(verdict=Verdict.HEALTHY) if card.is_downloaded else _by_lists(card, now, sync_every)


def _by_problem(card: ConnectionCard, verdict: Verdict, otherwise: str) -> Condition:
    if card.problem is None:
        remedy = "A Slack owner or admin presses Reconnect and signs in again."
        return Condition(verdict=verdict, reason=otherwise, remedy=remedy)
    return Condition(verdict=verdict, reason=f"{card.problem.title}.", remedy=card.problem.remedy)


def _by_rights(card: ConnectionCard) -> Condition | None:
    """A login that may not do what the settings ask of it: what is sent would be refused."""
    who, ledger, name = card.login or "The login that connected it", card.provider_name, card.organisation
    match card.books.bill_rights:
        case BillRights.NONE:
            reason = f"{who} may only read {name} in {ledger}, so bills are refused there."
        case BillRights.DRAFTS if card.sends_approved:
            reason = f"{who} may not approve bills in {ledger}, and the settings have them approved at once."
        case _:
            return None
    remedy = f"Reconnect as somebody with {card.role}, or have it changed in {ledger}, then press Manage and refresh."
    return Condition(verdict=Verdict.AT_RISK, reason=reason, remedy=remedy, needs_reconnecting=True)


def _by_lists(card: ConnectionCard, now: datetime, sync_every: timedelta) -> Condition:
    failed = [found for found in card.lists if found.state == "failed"]
    if failed:
        return Condition(
            verdict=Verdict.AT_RISK,
            reason=f"Not read the last time: {_names(failed)}.",
            remedy="Press Manage and refresh; if that fails again, look at the rights of whoever connected it.",
        )
    late = STALE_AFTER * sync_every
    old = [found for found in card.lists if found.synced_at and now - found.synced_at > late]
    if old:
        is_tried = any(not found.is_over for found in old)
        return Condition(
            verdict=Verdict.AT_RISK,
            reason=f"Out of date, not read for more than {_hours(late)}: {_names(old)}.",
            remedy=f"{card.provider_name} is asked again and again by itself."
            if is_tried
            else "Press Manage and refresh.",
        )
    return Condition(verdict=Verdict.HEALTHY)


def _names(lists: Sequence[ListProgress]) -> str:
    return ", ".join(LIST_NAMES[found.kind] for found in lists)


def _hours(length: timedelta) -> str:
    return f"{length.total_seconds() / 3600:.0f} hours"


def age(at: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that says enough."""
    minutes = max(0, int((now - at).total_seconds() // 60))
    if minutes < 1:
        return "just now"
    for size, unit in ((48 * 60, 24 * 60), (120, 60)):
        if minutes >= size:
            name = "days" if unit == 24 * 60 else "hours"
            return f"{minutes // unit} {name} ago"
    return f"{minutes} minutes ago" if minutes > 1 else "1 minute ago"
