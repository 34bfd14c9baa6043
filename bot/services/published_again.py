"""An item whose document is gone from the ledger and is to be there again: in the transaction that learns that it is gone,
so that no crash comes between, and never before.

Its approval stands while it is what was approved: by somebody who may approve still, and paid as was decided. Else it is
asked for anew, with nothing else to be done.
"""

from dataclasses import replace

from bot.db.items import change_item
from bot.db.unit_of_work import Tx
from bot.domain.items import Item, ItemState
from bot.domain.publishing import StepKind, due_at_once
from bot.domain.questions import Question, QuestionKind, answered
from bot.domain.rights import Role
from bot.domain.settings import Settings
from bot.services import alerts, publications
from bot.services.approvals import let_fall
from bot.services.lists import rules_of
from bot.services.recoding import checked, judged, settle
from bot.services.settings import people_with

_WISH = frozenset({QuestionKind.WITHDRAWN})


async def published_again(tx: Tx, before: Item, gone: Item, wish: Question, settings: Settings) -> Item | None:
    """`gone` is the item without what it had in the ledger. None: somebody else was quicker."""
    told = gone if wish.by is None else replace(gone, questions=answered(gone.questions, _WISH, wish.by))
    rules = await rules_of(tx, gone.workspace_id, gone.organisation_id)
    as_decided = checked(replace(told, send_after=None), rules)
    if await _is_as_approved(tx, as_decided):
        item = await change_item(tx, before, replace(as_decided, state=ItemState.APPROVED))
        if item is not None:
            await publications.open_publication(tx, item, due_at=due_at_once(tx.now))
        return item
    undecided = replace(as_decided, state=ItemState.TO_REVIEW, decided_by=None, decided_at=None, decision_reason=None)
    item = await change_item(tx, before, await judged(tx, undecided, settings))
    if item is None:
        return None
    await let_fall(tx, item)
    return await settle(tx, item)


async def _is_as_approved(tx: Tx, item: Item) -> bool:
    """Nothing of a published item is edited but how it is paid, and that only once its payment was refused."""
    if item.complaints or item.decided_by is None or item.decided_at is None:
        return False
    payment = await alerts.load_alert(tx, item.workspace_id, item.id, StepKind.PAYMENT)
    if payment is not None and payment.changed_at > item.decided_at:
        return False
    return item.decided_by in await people_with(tx, item.workspace_id, item.organisation_id, Role.APPROVER)
