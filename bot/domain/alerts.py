"""What a ledger's refusal is to people: an alert about one kind of step of an item, from the refusal to its outcome.

So what is wrong with a file and what is wrong with the document it belongs to are told, mended and left apart. What is
refused after something was done about it is another alert, because Slack tells nobody that a message was changed.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.cards import ItemCard
from bot.domain.ids import ItemId, UserId
from bot.domain.problems import OF_STEPS, OF_WITHDRAWAL, Problem, ProblemCode
from bot.domain.publishing import StepKind

_OF_ACCOUNT = (ProblemCode.ACCOUNT_ARCHIVED, ProblemCode.ACCOUNT_NOT_VALID, ProblemCode.TAX_NOT_USABLE)
_OF_TAX_RATE = (ProblemCode.TAX_NOT_USABLE, ProblemCode.TAX_RATE_GONE)


class AlertState(StrEnum):
    OPEN = "open"
    FIXED = "fixed"
    """Somebody did something about it; the ledger's answer is still to come."""
    RESOLVED = "resolved"
    LEFT = "left"
    """Somebody decided that it stays so."""

    @property
    def is_over(self) -> bool:
        return self in (AlertState.RESOLVED, AlertState.LEFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """`number` counts the alerts about this kind of step, `times` the refusals for this cause; `outcome` is what was done,
    as a sentence; `look_at` is when it is looked next whether the cause is gone from the ledger; `told_anew_at` is when
    another alert followed.
    """

    item_id: ItemId
    of: StepKind
    state: AlertState
    problem: Problem
    times: int
    changed_at: datetime
    outcome: str | None
    look_at: datetime | None = None
    number: int = 1
    told_anew_at: datetime | None = None

    def is_of_cause(self, problem: Problem) -> bool:
        """Whether that is the same again: the same reason, about the same value."""
        return (self.problem.code, self.problem.field) == (problem.code, problem.field)

    def is_followed_by(self, problem: Problem, *, is_ended: bool) -> bool:
        """Whether this is told in a message of its own. What somebody let wait goes on in the message there is, and so does
        trouble while it is still tried (not `is_ended`); the ledger's clear answer after such trouble is news.
        """
        if self.look_at is not None and self.problem.code is problem.code:
            return False
        if self.state is AlertState.OPEN:
            return is_ended and self.problem.code is not problem.code
        return True

    @property
    def is_let_wait(self) -> bool:
        """Whether somebody wanted that; what nobody here can mend waits by itself."""
        return self.look_at is not None and self.outcome is not None

    @property
    def refused_account(self) -> str | None:
        """The category that is not taken, by its code: at all, or with its tax rate."""
        return self.problem.facts.get("account_code") if self.problem.code in _OF_ACCOUNT else None

    @property
    def refused_tax_rate(self) -> str | None:
        """The tax rate that is not taken with its category, or at all, by its code."""
        return self.problem.facts.get("tax_code") if self.problem.code in _OF_TAX_RATE else None

    @property
    def is_refusal(self) -> bool:
        """Whether the step has ended, and waits for people; else it is told of while it is still tried. A document's
        state says that of itself.
        """
        match self.of:
            case StepKind.DOCUMENT:
                return True
            case StepKind.WITHDRAWAL:
                return self.problem.code in OF_WITHDRAWAL
            case _:
                return self.problem.code in OF_STEPS


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCard:
    """An alert as people see it. `helpers` are asked to act, and may need `admins` for it; `link` opens the item in Slack."""

    alert: Alert
    card: ItemCard
    helpers: tuple[UserId, ...]
    admins: tuple[UserId, ...] = ()
    link: str
