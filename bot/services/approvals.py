"""Deciding on an item: approve, reject, send back, undo.

The decision, the publication and every message that follows are one transaction. The click names the version that the
person saw; for any other the answer is a fresh card and no decision.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import bindparam

from bot.db.base import table_of
from bot.db.items import ApprovalRow, change_item
from bot.db.unit_of_work import Database, Tx
from bot.domain.cards import ToDecide
from bot.domain.ids import ItemId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.questions import Question, QuestionKind, asked
from bot.domain.rights import Person, Role, decide_approval, decide_undo
from bot.domain.slack import Actor
from bot.services import publications
from bot.services.asking import settled, waiting_on
from bot.services.current import NotNowError, StaleItemError, refreshing, require_item
from bot.services.deciding import APPROVED, APPROVED_BY_RULE, approve, decided
from bot.services.following import is_behind
from bot.services.left_there import left_there, tell_left_there
from bot.services.lists import rules_of
from bot.services.people import NotAllowedError, People, standing_of
from bot.services.recoding import checked
from bot.services.settings import load_settings, organisation_name, people_with
from bot.services.threads import note_under_card
from bot.views.text import mention, quote

APPROVALS = table_of(ApprovalRow)

_FALLEN = (
    APPROVALS.update()
    .where(APPROVALS.c.workspace_id == bindparam("of_workspace"), APPROVALS.c.item_id == bindparam("of_item"))
    .values(is_standing=False)
)
"""A statement of every click, built once."""

DECIDED = "nobody has to decide on it now."
SENT_BACK = "sent back"
"""The decision, and the role of the message that tells of it."""
MOST_ASKED = 10
HOW_TO_ANSWER = "*Edit* on its card puts it right; *Ask for approval again* sends it on as it is."
REJECTED, UNDONE = "rejected", "approval undone"
DECISIONS = (APPROVED, APPROVED_BY_RULE, REJECTED, SENT_BACK)
"""What is kept of deciding on an item."""


@dataclass(frozen=True, slots=True)
class Approvals:
    db: Database
    people: People
    undo_window: timedelta

    async def approve(self, actor: Actor, item_id: ItemId, version: int) -> Item:
        """Raises:
        NotAllowedError, StaleItemError, NotNowError, ItemNotFoundError: each with words for the person.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await _item_to_decide(tx, person, actor.workspace.id, item_id, version)
            settings = await load_settings(tx, before.workspace_id, before.organisation_id)
            return await approve(tx, before, settings, self.undo_window, by=actor.user_id)

    async def reject(self, actor: Actor, item_id: ItemId, version: int, reason: str) -> Item:
        """Raises: as `approve`."""
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await _item_to_decide(tx, person, actor.workspace.id, item_id, version)
            waiting, there = await waiting_on(tx, before), await left_there(tx, before)
            rejected = replace(
                before,
                state=ItemState.REJECTED,
                decided_by=actor.user_id,
                decided_at=tx.now,
                decision_reason=reason,
                ledger_url=before.ledger_url if there is None else there.link or before.ledger_url,
            )
            item = await decided(tx, before, rejected, REJECTED, actor.user_id)
            if there is not None:
                await tell_left_there(tx, item, there, actor.user_id, "rejected it")
            await settled(tx, waiting)
        return item

    async def send_back(self, actor: Actor, item_id: ItemId, version: int, reason: str) -> Item:
        """To review again, with what is to be put right; whoever sent it in and the bookkeepers are told in its thread.

        Raises: as `approve`.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await _item_to_decide(tx, person, actor.workspace.id, item_id, version)
            question = Question(kind=QuestionKind.SENT_BACK, words=reason, by=actor.user_id)
            returned = replace(before, state=ItemState.TO_REVIEW, questions=asked(before.questions, question))
            returned = checked(returned, await rules_of(tx, before.workspace_id, before.organisation_id))
            item = await decided(tx, before, returned, SENT_BACK, actor.user_id, reason=reason)
            await _ask_in_thread(tx, item, reason, actor.user_id)
        return item

    async def to_decide(self, actor: Actor, item_id: ItemId, version: int) -> ToDecide:
        """Before a form for the reason is opened. Raises: as `approve`."""
        person, workspace_id = await self.people.identify(actor), actor.workspace.id
        async with refreshing(self.db, workspace_id, item_id), self.db.read() as tx:
            item = await _item_to_decide(tx, person, workspace_id, item_id, version)
            there = await left_there(tx, item)
            return ToDecide(
                item=item,
                organisation=await organisation_name(tx, workspace_id, item.organisation_id),
                stays_in=None if there is None else there.ledger,
            )


async def taken_back(tx: Tx, before: Item) -> Item | None:
    """An approved item of which nothing is on its way is to be approved again. None: something is, or it is not approved.

    Raises:
        StaleItemError: somebody else was quicker.
    """
    is_waiting = before.state is ItemState.APPROVED
    if not is_waiting or not await publications.cancel(tx, before.workspace_id, before.id):
        return None
    undecided = replace(before, decided_by=None, decided_at=None, send_after=None, held_by=None, held_at=None)
    undone = replace(undecided, state=ItemState.IN_APPROVAL)
    item = await change_item(tx, before, undone)
    if item is None:
        raise StaleItemError(before)
    await let_fall(tx, item)
    return item


async def let_fall(tx: Tx, item: Item) -> None:
    """The approvals that it has stand no more."""
    await tx.execute(_FALLEN, {"of_workspace": item.workspace_id, "of_item": item.id})


async def require_undo(tx: Tx, person: Person | None, item: Item) -> None:
    """Raises:
    NotAllowedError: neither who approved it, nor a bookkeeper or an admin.
    """
    standing = await standing_of(tx, item.workspace_id, item.organisation_id, person.user_id if person else None)
    refusal = decide_undo(person, standing, item.decided_by)
    if refusal is not None:
        raise NotAllowedError(refusal)


async def _item_to_decide(
    tx: Tx, person: Person | None, workspace_id: WorkspaceId, item_id: ItemId, version: int
) -> Item:
    """The item, if it is what the pressed card showed and this person may decide on it."""
    item = await require_item(tx, workspace_id, item_id)
    standing = await standing_of(tx, item.workspace_id, item.organisation_id, person.user_id if person else None)
    refusal = decide_approval(person, standing, item.submitted_by, item.edited_by)
    if refusal is not None:
        raise NotAllowedError(refusal)
    if item.state is not ItemState.IN_APPROVAL:
        raise NotNowError(item, DECIDED)
    if item.version != version or await is_behind(tx, item):
        raise StaleItemError(item)
    return item


async def _ask_in_thread(tx: Tx, item: Item, reason: str, by: UserId) -> None:
    keepers = await people_with(tx, item.workspace_id, item.organisation_id, Role.BOOKKEEPER)
    asked_people = dict.fromkeys(user for user in (item.submitted_by, *keepers) if user != by)
    named = " ".join(mention(user) for user in list(asked_people)[:MOST_ASKED])
    words = f"{named} {mention(by)} sent *{item.reference}* back:\n{quote(reason, 1000)}\n{HOW_TO_ANSWER}".strip()
    await note_under_card(tx, item, SENT_BACK, words)
