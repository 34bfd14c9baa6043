"""What becomes of an item whose document is to stand in the ledger no more: as its publication's step ends, or never begins."""

from dataclasses import replace
from typing import Protocol

from bot.db import steps as rows
from bot.db.base import dump
from bot.db.batches import LiveBatch, LiveStep
from bot.db.items import change_item, load_item
from bot.db.steps import StepId
from bot.db.unit_of_work import Tx
from bot.db.withdrawals import mark_withdrawn, payments_gone, payments_taken_back
from bot.domain.ids import ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.ledger_documents import EndedDocument
from bot.domain.postings import Ending, Withdrawal
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import StepKind, StepState
from bot.domain.questions import QuestionKind, answered, without
from bot.domain.settings import Settings
from bot.services import alerts, audit
from bot.services.approvals import let_fall
from bot.services.current import show
from bot.services.published_again import published_again
from bot.services.recoding import judged
from bot.services.settings import load_settings
from bot.services.threads import note_under_card
from bot.services.withdrawals import wish_of
from bot.views.text import escape, mention, quote
from providers.base import Profile

WITHDRAWN, NOT_BEGUN = "withdrawn", "not withdrawn"
"""Roles of the messages that tell of it."""
BROKEN_OFF = (
    "The withdrawal of *{reference}* was broken off: its books were disconnected after it had begun. The document stood in the ledger "
    "then, but its payment, or a part of it, may be deleted there: look at it in the ledger, and put there right what is missing, "
    "or withdraw it again when the books are connected."
)


class OfBooks(Protocol):
    """A batch, or an item: whose books it is about."""

    @property
    def workspace_id(self) -> WorkspaceId: ...

    @property
    def organisation_id(self) -> OrganisationId: ...


async def done(tx: Tx, of: OfBooks, step: LiveStep, record: EndedDocument, profile: Profile) -> None:
    """Read back: it stands there no more. The item goes there again, if that was asked for."""
    settings = await load_settings(tx, of.workspace_id, of.organisation_id, held=True)
    if not await rows.end_step(tx, step.id, StepState.DONE):
        return
    await mark_withdrawn(tx, of.workspace_id, step.id.publication_id)
    before = await _withdrawing(tx, of.workspace_id, step.item_id)
    if before is None:
        return
    wish, gone = wish_of(before), replace(before, ledger_url=None, ledger_rate=None, published_at=None)
    if wish is not None and wish.goes_on:
        item = await published_again(tx, before, gone, wish, settings)
    else:
        item = await _to_review(tx, before, gone, settings)
    if item is None:
        return
    await alerts.resolved(tx, item, of=StepKind.WITHDRAWAL)
    await note_under_card(tx, item, WITHDRAWN, _told(item, step, record.ending, profile))
    await _audit(tx, item, "withdrawn", {"ledger id": record.ledger_id, "ending": record.ending})
    await show(tx, item)


async def _to_review(tx: Tx, before: Item, gone: Item, settings: Settings) -> Item | None:
    """It waits as today's settings have it: nobody has decided on it any more."""
    undecided = replace(gone, decided_by=None, decided_at=None, decision_reason=None, send_after=None)
    item = await change_item(tx, before, await judged(tx, replace(undecided, state=ItemState.TO_REVIEW), settings))
    if item is not None:
        await let_fall(tx, item)
    return item


async def refused(tx: Tx, batch: LiveBatch, step: LiveStep, problem: Problem) -> None:
    """It stands there still, and why: one alert. Who wanted it out, and why, is kept for another try."""
    if not await rows.end_step(tx, step.id, StepState.REFUSED, dump(problem)):
        return
    before = await _withdrawing(tx, batch.workspace_id, step.item_id)
    if before is None:
        return
    wish = wish_of(before)
    kept = before.questions
    if wish is not None and wish.by is not None:
        kept = answered(kept, frozenset({QuestionKind.WITHDRAWN}), wish.by)
    item = await change_item(tx, before, replace(before, state=ItemState.PUBLISHED, questions=kept))
    if item is not None:
        await alerts.refused(tx, item, problem, of=StepKind.WITHDRAWAL)
        await _unpaid(tx, item, step, problem)
        await show(tx, item)


async def _unpaid(tx: Tx, item: Item, step: LiveStep, problem: Problem) -> None:
    """A payment that was taken back, for a document that stays after all, is missing: it can be recorded again."""
    missing = replace(problem, code=ProblemCode.PAYMENT_TAKEN_BACK)
    of = (tx, item.workspace_id, step.id.publication_id)
    if problem.taken_back and await payments_gone(*of, problem.taken_back, dump(missing)):
        await alerts.refused(tx, item, missing, of=StepKind.PAYMENT)


async def not_begun(
    tx: Tx,
    workspace_id: WorkspaceId,
    step: StepId,
    item_id: ItemId,
    *,
    by: UserId | None = None,
    is_begun: bool = False,
) -> None:
    """The document stays in the ledger: its connection was ended first, or somebody says so. `is_begun`: what goes before the
    document may be gone by then.
    """
    await rows.cancel_step(tx, step)
    before = await _withdrawing(tx, workspace_id, item_id)
    if before is None:
        return
    kept = without(before.questions, QuestionKind.WITHDRAWN)
    item = await change_item(tx, before, replace(before, state=ItemState.PUBLISHED, questions=kept))
    if item is not None:
        why = "its books were disconnected first" if by is None else f"{mention(by)} left it"
        words = f"*{item.reference}* was not withdrawn: {why}. It stays in the ledger."
        await note_under_card(tx, item, NOT_BEGUN, BROKEN_OFF.format(reference=item.reference) if is_begun else words)
        await _unpaid_still(tx, item, step)
        await _audit(tx, item, "withdrawal taken back" if by is None else "withdrawal left", {}, by=by)
        await show(tx, item)


async def _unpaid_still(tx: Tx, item: Item, step: StepId) -> None:
    """An earlier try took its payment, which was not missed any more when another one was asked for: now it is again."""
    of = (tx, item.workspace_id, step.publication_id)
    payments, missing = await payments_taken_back(*of)
    if missing is not None and await payments_gone(*of, payments, dump(missing)):
        await alerts.refused(tx, item, missing, of=StepKind.PAYMENT)


async def _withdrawing(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> Item | None:
    item = await load_item(tx, workspace_id, item_id)
    return item if item is not None and item.state is ItemState.WITHDRAWING else None


def _told(item: Item, step: LiveStep, ending: Ending, profile: Profile) -> str:
    wish, ledger, document = wish_of(item), escape(profile.name), step.work.kind.words
    by = "" if wish is None or wish.by is None else f" by {mention(wish.by)}"
    match ending:
        case Ending.DELETED:
            what = f"The {document} is deleted in {ledger}."
        case Ending.VOIDED:
            what = f"The {document} is voided in {ledger}, which keeps it marked so."
        case Ending.GONE:
            what = f"{ledger} had no such {document} any more."
        case Ending.REMOVED:
            what = f"The {document} was removed by hand in the software that its file was imported into."
    if isinstance(step.work, Withdrawal) and step.work.payments and ending is not Ending.GONE:
        what = f"Its payment is deleted. {what}"
    why = "" if wish is None else f"\n{quote(wish.words, 600)}"
    then = _NEXT_BY_HAND if ending is Ending.REMOVED else _NEXT
    return f"*{item.reference}* was withdrawn{by}. {what} {then[item.state].format(ledger=ledger)}{why}"


_NEXT = {
    ItemState.APPROVED: "It is being published to {ledger} again, as it was approved; its card says when it is there.",
    ItemState.IN_APPROVAL: "Its approval does not hold any more, so it is asked for anew; then it is published to {ledger} again.",
    ItemState.TO_REVIEW: "It waits for review, and can be published anew.",
}


_NEXT_BY_HAND = {
    ItemState.APPROVED: "It waits to be downloaded again, as it was approved.",
    ItemState.IN_APPROVAL: "Its approval does not hold any more, so it is asked for anew; then it can be downloaded again.",
    ItemState.TO_REVIEW: _NEXT[ItemState.TO_REVIEW],
}


async def _audit(tx: Tx, item: Item, deed: str, facts: dict[str, object], *, by: UserId | None = None) -> None:
    await audit.record(tx, item.workspace_id, item.id, deed, by=by, organisation_id=item.organisation_id, facts=facts)
