"""Moving an item to another organisation's books, where it came in at the wrong ones.

It comes in there as by the door it came by, with its file and a reference of theirs; the one here is archived, and says
where it went. What was coded is left behind: the other ledger has other lists. What a person or a rule
had decided on is for people there, too.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from bot.db.base import table_of
from bot.db.connections import GrantRow, OrganisationRow
from bot.db.items import ITEMS, item_from_source
from bot.db.same_documents import OVER
from bot.db.unit_of_work import Database, Tx
from bot.domain.addressing import Addressed, addressed
from bot.domain.cards import ItemCard
from bot.domain.coding import CodedValue, Coding, Source
from bot.domain.documents import ItemKind
from bot.domain.ids import ItemId, OrganisationId
from bot.domain.items import Archived, Item, ItemState
from bot.domain.rights import Deed, Role
from bot.domain.rules import AutoPublish
from bot.domain.slack import Actor
from bot.services.archiving import put_away, require_archivable
from bot.services.cards import Cards
from bot.services.current import NotNowError, refreshing, require_item
from bot.services.deciding import was_decided
from bot.services.entering import NewItem, enter
from bot.services.lists import books_of
from bot.services.namesakes import PROVIDER
from bot.services.organisations import Named, told_apart
from bot.services.people import People
from bot.services.settings import organisation_name

ORGANISATIONS, GRANTS = table_of(OrganisationRow), table_of(GrantRow)
MOST = 100
OF_A_REPORT = "an expense report stays in these books. Take it apart, and move its receipts."
NOT_FROM_HERE = "only what waits for review can be moved."

_WHERE_TO = (
    select(ORGANISATIONS.c.id, ORGANISATIONS.c.name, PROVIDER)
    .where(
        ORGANISATIONS.c.workspace_id == bindparam("workspace_id"),
        ORGANISATIONS.c.id != bindparam("organisation_id"),
        ORGANISATIONS.c.id.in_(
            select(GRANTS.c.organisation_id).where(
                GRANTS.c.workspace_id == bindparam("workspace_id"),
                GRANTS.c.user_id == bindparam("user_id"),
                GRANTS.c.role.in_((Role.ADMIN, Role.BOOKKEEPER)),
            )
        ),
    )
    .order_by(ORGANISATIONS.c.name)
    .limit(MOST)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhereTo:
    """An item, and the books that this person may move it to."""

    card: ItemCard
    organisations: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Moving:
    db: Database
    people: People
    cards: Cards

    async def where_to(self, actor: Actor, item_id: ItemId, version: int) -> WhereTo:
        """Raises:
        NotAllowedError: only bookkeepers and admins of its books move an item.
        NotNowError: it does not wait for review.
        StaleItemError: it changed since the card was drawn.
        ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, item.organisation_id)
            _require_movable(item, version)
            of = {
                "workspace_id": item.workspace_id,
                "organisation_id": item.organisation_id,
                "user_id": actor.user_id,
            }
            found = (await tx.execute(_WHERE_TO, of)).all()
            return WhereTo(card=await self.cards.card(tx, item), organisations=told_apart(found))

    async def move(self, actor: Actor, item_id: ItemId, version: int, organisation_id: OrganisationId) -> Item:
        """The item as it is in the other books.

        Raises: as `where_to`, for either of the books.
        OrganisationNotFoundError: the workspace has no such organisation.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, before.organisation_id)
            await self.people.require(tx, Deed.FIX, actor, person, organisation_id)
            _require_movable(before, version)
            if organisation_id == before.organisation_id:
                raise NotNowError(before, "it is in those books already.")
            arrived, _ = await enter(tx, await as_moved(tx, before, organisation_id))
            name = await organisation_name(tx, before.workspace_id, organisation_id)
            archived = Archived(
                from_state=before.state,
                by=actor.user_id,
                at=tx.now,
                why=f"moved to {name} as {arrived.reference}",
                other=arrived.id,
                is_moved=True,
            )
            await put_away(tx, before, archived, actor.user_id)
        return arrived


def _require_movable(item: Item, version: int) -> None:
    if item.kind is ItemKind.EXPENSE_REPORT:
        raise NotNowError(item, OF_A_REPORT)
    if item.state is not ItemState.TO_REVIEW:
        raise NotNowError(item, NOT_FROM_HERE)
    require_archivable(item, version)


async def as_moved(tx: Tx, item: Item, organisation_id: OrganisationId) -> NewItem:
    """What comes in at the other books, without what it was booked to."""
    return NewItem(
        workspace_id=item.workspace_id,
        organisation_id=organisation_id,
        submitted_by=item.submitted_by,
        door=item.door,
        source_key=await _source_there(tx, item, organisation_id),
        facts=item.facts,
        kind=await _kind_there(tx, item, organisation_id),
        file_id=item.file_id,
        edited_by=item.edited_by,
        coding=await _for_people(tx, item),
    )


async def _for_people(tx: Tx, item: Item) -> Coding:
    """What was decided on once is decided by a person again, in whatever books."""
    said = item.coding.auto_publish
    if said.source is Source.PERSON:
        return Coding(auto_publish=said)
    if not await was_decided(tx, item.workspace_id, item.id):
        return Coding()
    return Coding(auto_publish=CodedValue(value=AutoPublish.NEVER, source=Source.PERSON, by=item.decided_by))


async def _kind_there(tx: Tx, item: Item, organisation_id: OrganisationId) -> ItemKind:
    """By whom the document names there; where it names nobody of them, what it was called here."""
    books = await books_of(tx, item.workspace_id, organisation_id)
    whose = Addressed.UNSTATED if books is None else addressed(item.facts, books)
    return item.kind if whose in (Addressed.UNSTATED, Addressed.ELSEWHERE) else whose.kind


async def _source_there(tx: Tx, item: Item, organisation_id: OrganisationId) -> str:
    """Its own, unless an item of the other books has that and does not go on for it: one that was put away there, or that
    another system gave the same key to.
    """
    own = select(ITEMS.c.source_key).where(ITEMS.c.workspace_id == item.workspace_id, ITEMS.c.id == item.id)
    source: str = (await tx.execute(own)).scalar_one()
    there = await item_from_source(tx, item.workspace_id, organisation_id, source)
    if there is None:
        return source
    is_same_file = item.file_id is not None and item.file_id == there.file_id
    return source if is_same_file and there.state not in OVER else f"moved:{item.id}"
