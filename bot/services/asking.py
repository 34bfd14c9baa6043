"""What only a person can answer about an item: asked when it comes in and when it is edited, answered by a button.

Two that bring the same document in at the same moment are one after another: whoever asks holds the organisation's row,
by the reference that a new item takes or by `hold`, so that the second sees the first on either database.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select

from bot.db.base import table_of
from bot.db.connections import OrganisationRow
from bot.db.items import change_item
from bot.db.same_documents import asking_about, same_document
from bot.db.unit_of_work import Database, Tx
from bot.domain.addressing import Addressed, addressed, our_names
from bot.domain.books import Books
from bot.domain.documents import ItemKind
from bot.domain.exchange import towards
from bot.domain.ids import ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.parties import is_one_of
from bot.domain.questions import Question, QuestionKind, Questions, answered, asked, not_asking, open_kinds, without
from bot.domain.rights import Deed
from bot.domain.signs import in_own_currency
from bot.domain.slack import Actor
from bot.services import audit
from bot.services.current import NotNowError, StaleItemError, refreshing, require_item, show
from bot.services.lists import books_of, rules_of
from bot.services.people import People
from bot.services.recoding import checked, judged, settle
from bot.services.seen_cards import ask_to_link, card_seen
from bot.services.settings import load_settings

ORGANISATIONS = table_of(OrganisationRow)

OF_BOOKING = frozenset({QuestionKind.WHOSE_BOOKS, QuestionKind.SAME_DOCUMENT})
"""Nobody has to answer these about what is never booked."""
BY_EDIT = frozenset({QuestionKind.SENT_BACK, QuestionKind.AFTER_ARCHIVE, QuestionKind.WITHDRAWN, QuestionKind.CREDITS})
"""Whoever saves an edit has looked at what was to be put right."""
ALREADY = "that has been answered."

_HOLD = (
    select(ORGANISATIONS.c.id)
    .where(
        ORGANISATIONS.c.workspace_id == bindparam("workspace_id"), ORGANISATIONS.c.id == bindparam("organisation_id")
    )
    .with_for_update(key_share=True)
)
"""Whoever only refers to the organisation, as by a publication of an item that they hold already, does not wait for it."""


async def hold(tx: Tx, item: Item) -> None:
    """Until the transaction ends, nobody else brings a document in here or asks about one."""
    await hold_books(tx, item.workspace_id, item.organisation_id)


async def hold_books(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """As `hold`, where there is no item yet."""
    await tx.execute(_HOLD, {"workspace_id": workspace_id, "organisation_id": organisation_id})


async def asked_at_the_door(tx: Tx, item: Item) -> Item:
    """A new item, as a cost or a sale by who is addressed, with what has to be answered before it goes on. Of a report that
    was made here of what came in, nothing is asked a second time.
    """
    if item.kind is ItemKind.EXPENSE_REPORT:
        return item
    books = await books_of(tx, item.workspace_id, item.organisation_id)
    if books is None:
        return item
    own = books.base_currency
    item = replace(item, facts=towards(in_own_currency(item.facts, own), own))
    whose = addressed(item.facts, books)
    placed = replace(item, kind=whose.kind) if whose is Addressed.ISSUED_BY_US else item
    if not placed.is_booked:
        return placed
    if _is_of_others(placed, books):
        placed = replace(placed, questions=asked(placed.questions, _whose_books(placed, books.name)))
    return await _asked_of_others(tx, placed)


async def asked_again(tx: Tx, before: Item, after: Item, by: UserId) -> Item:
    """An edited item: what the edit answers is answered, and what it gave rise to is asked. An answer stands for as long
    as what was asked about is the same.
    """
    questions = answered(after.questions, BY_EDIT, by)
    if not after.is_booked:
        return replace(after, questions=not_asking(questions, OF_BOOKING))
    if _parties(before) != _parties(after):
        books = await books_of(tx, after.workspace_id, after.organisation_id)
        if books is not None and _is_of_others(after, books):
            questions = _kept_or_asked(questions, _whose_books(after, books.name))
        else:
            questions = without(questions, QuestionKind.WHOSE_BOOKS)
    changed = replace(after, questions=questions)
    if _identity(before) == _identity(after):
        return changed
    await hold(tx, after)
    return await _asked_of_others(tx, changed)


async def asked_on_return(tx: Tx, item: Item) -> Item:
    """One that is taken out of the archive: the same document may have come in meanwhile, or what it was asked about may
    be settled. An answer stays.
    """
    await hold(tx, item)
    found = await _asked_of_others(tx, item)
    return found if QuestionKind.SAME_DOCUMENT in open_kinds(found.questions) else _not_a_duplicate(item)


async def waiting_on(tx: Tx, before: Item, after: Item | None = None) -> tuple[Item, ...]:
    """What waits for an answer about an item that is about to be put away, or to be another document. Asked before
    anything is written, so that settings are held first; `settled` follows when it is.
    """
    if after is not None and _identity(before) == _identity(after):
        return ()
    await load_settings(tx, before.workspace_id, before.organisation_id, held=True)
    await hold(tx, before)
    return await asking_about(tx, before)


async def settled(tx: Tx, waiting: Sequence[Item]) -> None:
    """What these waited for is not there any more: each goes on, or is asked about another that is. Of several that are
    the same document, the first goes on, and the others are asked about that one.
    """
    for place, item in enumerate(waiting):
        later = {other.id for other in waiting[place + 1 :]}
        found = await _asked_of_others(tx, item, later)
        fresh = found if QuestionKind.SAME_DOCUMENT in open_kinds(found.questions) else _not_a_duplicate(item)
        if fresh == item:
            continue
        rules = await rules_of(tx, item.workspace_id, item.organisation_id)
        written = await change_item(tx, item, checked(fresh, rules))
        gone_on = None if written is None else await settle(tx, written)
        if gone_on is None:
            raise StaleItemError(item)
        await audit.record(tx, item.workspace_id, item.id, "asked anew", by=None, organisation_id=item.organisation_id)
        await show(tx, gone_on)


def _not_a_duplicate(item: Item) -> Item:
    return replace(item, questions=not_asking(item.questions, frozenset({QuestionKind.SAME_DOCUMENT})))


async def _asked_of_others(tx: Tx, item: Item, besides: Collection[ItemId] = ()) -> Item:
    other = await same_document(tx, item, besides)
    if other is None:
        return replace(item, questions=without(item.questions, QuestionKind.SAME_DOCUMENT))
    question = Question(
        kind=QuestionKind.SAME_DOCUMENT,
        words=f"Same supplier and number as {other.reference} ({other.state.words}): is it another document?",
        about=other.id,
    )
    return replace(item, questions=_kept_or_asked(item.questions, question))


def _kept_or_asked(questions: Questions, question: Question) -> Questions:
    """The same thing is not asked twice."""
    for known in questions:
        if known.kind is question.kind and known.about == question.about:
            is_same = question.about is not None or known.words == question.words
            return questions if is_same else asked(questions, question)
    return asked(questions, question)


def _is_of_others(item: Item, books: Books) -> bool:
    """Whether its seller and its buyer are others. A sale that names no seller, as one that is typed here, is ours: whoever
    it names is the customer.
    """
    if addressed(item.facts, books) is not Addressed.ELSEWHERE:
        return False
    return item.kind is not ItemKind.SALE or is_one_of(item.facts.supplier, our_names(books)) is not None


def _whose_books(item: Item, ours: str) -> Question:
    buyer = item.facts.buyer
    named = buyer.name or f"the company with tax number {buyer.tax_number}"
    return Question(kind=QuestionKind.WHOSE_BOOKS, words=f"Addressed to {named[:120]}; these are {ours[:120]}'s books.")


def _parties(item: Item) -> tuple[object, ...]:
    return (item.is_booked, item.facts.buyer, item.facts.supplier)


def _identity(item: Item) -> tuple[object, ...]:
    return (item.kind, item.facts.document_type, item.facts.number, item.counterparty)


@dataclass(frozen=True, slots=True)
class Answers:
    db: Database
    people: People

    async def confirm(self, actor: Actor, item_id: ItemId, version: int, kinds: frozenset[QuestionKind]) -> Item:
        """It is right as it is: ours, another document, or as it should be; it goes on if nothing else is missing.

        Raises:
            NotAllowedError: only bookkeepers and admins answer.
            NotNowError: nothing of these kinds is open.
            StaleItemError: the item changed since the card was drawn.
            ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, before.organisation_id)
            if before.state is not ItemState.TO_REVIEW or not kinds & open_kinds(before.questions):
                raise NotNowError(before, ALREADY)
            if before.version != version:
                raise StaleItemError(before)
            settings = await load_settings(tx, before.workspace_id, before.organisation_id, held=True)
            told = replace(before, questions=answered(before.questions, kinds, actor.user_id))
            unknown_card = await card_seen(tx, told)
            written = await change_item(tx, before, await judged(tx, told, settings))
            item = None if written is None else await settle(tx, written)
            if item is None:
                raise StaleItemError(before)
            words = [question.words for question in before.questions if question.kind in kinds and question.is_open]
            await audit.record(
                tx,
                item.workspace_id,
                item.id,
                "confirmed",
                by=actor.user_id,
                organisation_id=item.organisation_id,
                facts={"asked": words},
            )
            if unknown_card is not None:
                await ask_to_link(tx, item, unknown_card)
            await show(tx, item)
        return item
