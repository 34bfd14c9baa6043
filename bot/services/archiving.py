"""Putting items away, and taking them back out as they were. What is archived is never sent."""

from dataclasses import dataclass, replace

from bot.db import steps
from bot.db.items import change_item, load_item
from bot.db.recodings import UNDECIDED
from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import ItemId, UserId
from bot.domain.items import MOVES, Archived, Item, ItemState
from bot.domain.problems import ProblemCode
from bot.domain.publishing import AFTER_DOCUMENT, StepKind
from bot.domain.questions import Question, QuestionKind, asked
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.services import alerts, audit
from bot.services.asking import asked_on_return, settled, waiting_on
from bot.services.current import NotNowError, StaleItemError, refreshing, require_item, show
from bot.services.left_there import left_there, tell_left_there
from bot.services.people import People
from bot.services.recoding import judged, settle
from bot.services.settings import load_settings
from bot.views.text import mention

NOT_FROM_HERE = "it cannot be archived from there."
NOT_ARCHIVED = "it is not in the archive."
GOES_ON_ELSEWHERE = "it goes on elsewhere, so it stays in the archive here."


@dataclass(frozen=True, slots=True)
class Archiving:
    db: Database
    people: People

    async def archive(self, actor: Actor, item_id: ItemId, version: int) -> Item:
        """Raises:
        NotAllowedError: only bookkeepers and admins archive.
        NotNowError: it is in approval, on its way to the ledger, or archived already.
        StaleItemError: it changed since the card was drawn.
        ItemNotFoundError: unknown, or of another workspace.
        """
        async with refreshing(self.db, actor.workspace.id, item_id):
            return await self._archive(actor, item_id, version, is_duplicate=False)

    async def archive_duplicate(self, actor: Actor, item_id: ItemId, version: int) -> Item:
        """As the one that it was asked about. Raises: as `archive`."""
        async with refreshing(self.db, actor.workspace.id, item_id):
            return await self._archive(actor, item_id, version, is_duplicate=True)

    async def archive_as_there(self, actor: Actor, item_id: ItemId, version: int) -> Item:
        """Refused for its number, and the document that has it is the same: entered by somebody else. Raises: as `archive`."""
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, before.organisation_id)
            alert = await alerts.load_alert(tx, before.workspace_id, before.id)
            is_asked = before.state is ItemState.REFUSED and alert is not None
            if alert is None or not is_asked or alert.problem.code is not ProblemCode.NUMBER_TAKEN:
                raise NotNowError(before, "nothing asks whether it is the same document.")
            require_archivable(before, version)
            facts = alert.problem.facts
            why = f"the same document is in {facts.get('ledger', 'the ledger')} already"
            archived = Archived(from_state=before.state, by=actor.user_id, at=tx.now, why=why)
            item = await put_away(tx, before, archived, actor.user_id, ledger_url=facts.get("link"))
            await alerts.left(tx, item, f"{mention(actor.user_id)} archived it: {why}.", of=(StepKind.DOCUMENT,))
            return item

    async def unarchive(self, actor: Actor, item_id: ItemId, version: int) -> Item:
        """As it was before. What the ledger had refused is looked at by somebody first, and is sent only after a new
        approval.

        Raises:
            NotAllowedError, StaleItemError, ItemNotFoundError: as `archive`.
            NotNowError: it is not archived, or goes on in other books.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, before.organisation_id)
            if before.state is not ItemState.ARCHIVED or before.archived is None:
                raise NotNowError(before, NOT_ARCHIVED)
            if before.archived.is_moved:
                raise NotNowError(before, GOES_ON_ELSEWHERE)
            if before.version != version:
                raise StaleItemError(before)
            item = await _changed(tx, before, await as_it_was(tx, before), "unarchived", actor.user_id)
            # nothing may be left to answer by now, or something be missing
            return await settle(tx, item) or item if item.state in UNDECIDED else item

    async def _archive(self, actor: Actor, item_id: ItemId, version: int, *, is_duplicate: bool) -> Item:
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, before.organisation_id)
            require_archivable(before, version)
            other = await _same_document_of(tx, before) if is_duplicate else None
            if is_duplicate and other is None:
                raise NotNowError(before, "nothing asks whether it is a duplicate.")
            archived = Archived(
                from_state=before.state,
                by=actor.user_id,
                at=tx.now,
                why=None if other is None else f"a duplicate of {other.reference}",
                other=None if other is None else other.id,
            )
            item = await put_away(tx, before, archived, actor.user_id)
            await _end_alert(tx, before, f"{mention(actor.user_id)} archived it")
            return item


async def _end_alert(tx: Tx, before: Item, deed: str) -> None:
    """What was refused, of it or after it, nobody has to mend any more."""
    if before.state is ItemState.REFUSED:
        await alerts.fixed(tx, before, f"{deed}; it will not be published.")
    elif before.state is ItemState.PUBLISHED:
        missing = await steps.leave_steps(tx, before.workspace_id, before.id, AFTER_DOCUMENT)
        await alerts.left(tx, before, f"{deed}.", of=missing)


def require_archivable(item: Item, version: int) -> None:
    """Raises:
    NotNowError: there is no way into the archive from its state.
    StaleItemError: it is at another version than was seen.
    """
    if ItemState.ARCHIVED not in MOVES[item.state]:
        raise NotNowError(item, NOT_FROM_HERE)
    if item.version != version:
        raise StaleItemError(item)


async def put_away(tx: Tx, before: Item, archived: Archived, by: UserId, *, ledger_url: str | None = None) -> Item:
    """`ledger_url` is where the ledger has the same document. What of its own stays there, otherwise than it was approved, is told.

    Raises:
        StaleItemError: somebody else was quicker.
    """
    waiting, there = await waiting_on(tx, before), await left_there(tx, before)
    url = ledger_url or (there and there.link) or before.ledger_url
    after = replace(before, state=ItemState.ARCHIVED, archived=archived, ledger_url=url)
    item = await _changed(tx, before, after, "moved away" if archived.is_moved else "archived", by)
    if there is not None:
        await tell_left_there(tx, item, there, by, f"{'moved' if archived.is_moved else 'archived'} it")
    await settled(tx, waiting)
    return item


async def _changed(tx: Tx, before: Item, after: Item, deed: str, by: UserId) -> Item:
    item = await change_item(tx, before, after)
    if item is None:
        raise StaleItemError(before)
    facts: dict[str, str] = {"was": before.state, "is": item.state}
    if item.archived is not None and item.archived.why is not None:
        facts["why"] = item.archived.why
    await audit.record(tx, item.workspace_id, item.id, deed, by=by, organisation_id=item.organisation_id, facts=facts)
    await show(tx, item)
    return item


async def as_it_was(tx: Tx, item: Item) -> Item:
    """What is taken out of the archive, judged by today's settings where nobody had decided on it."""
    archived = item.archived
    if archived is None:
        return item
    restored = replace(item, archived=None, state=archived.from_state)
    if archived.from_state is ItemState.REFUSED:
        words = "The ledger refused it before it was archived: is it right now?"
        questions = asked(item.questions, Question(kind=QuestionKind.AFTER_ARCHIVE, words=words))
        restored = replace(restored, state=ItemState.TO_REVIEW, questions=questions, decided_by=None, decided_at=None)
    if restored.state not in UNDECIDED:
        return restored
    # what was put away followed no settings that were saved meanwhile
    settings = await load_settings(tx, item.workspace_id, item.organisation_id, held=True)
    is_in_review = restored.state is ItemState.TO_REVIEW
    return await judged(tx, await asked_on_return(tx, restored) if is_in_review else restored, settings)


async def _same_document_of(tx: Tx, item: Item) -> Item | None:
    asked_about = next(
        (
            question.about
            for question in item.questions
            if question.kind is QuestionKind.SAME_DOCUMENT and question.is_open
        ),
        None,
    )
    return None if asked_about is None else await load_item(tx, item.workspace_id, asked_about)
