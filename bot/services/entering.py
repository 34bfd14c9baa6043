"""How documents become items. Every door ends in `enter`: coded by the settings, checked, put where that leads, its
home card placed, all in one transaction.
"""

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import bindparam

from bot.db.base import new_id, table_of
from bot.db.connections import OrganisationRow
from bot.db.items import insert_item, item_from_source, load_item
from bot.db.unit_of_work import Tx
from bot.domain.coding import Coding
from bot.domain.documents import Door, Facts, ItemKind
from bot.domain.general import Purpose
from bot.domain.ids import FileId, ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.questions import Questions
from bot.domain.settings import Settings
from bot.services import audit
from bot.services.asking import asked_at_the_door
from bot.services.current import ItemNotFoundError
from bot.services.messages import HOME_CARD, Place, Subject, Surface, redraw_homes, want
from bot.services.people import OrganisationNotFoundError
from bot.services.recoding import judged, settle
from bot.services.seen_cards import ask_to_link, card_seen
from bot.services.settings import load_settings
from bot.services.suggesting import with_products_of_lines, with_rates_of_lines, with_sent_products

ORGANISATIONS = table_of(OrganisationRow)

_NEXT_REFERENCE = (
    ORGANISATIONS.update()
    .where(ORGANISATIONS.c.workspace_id == bindparam("of_workspace"), ORGANISATIONS.c.id == bindparam("of_id"))
    .values(next_reference=ORGANISATIONS.c.next_reference + 1)
    .returning(ORGANISATIONS.c.next_reference)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """What a door hands in. `source_key` makes the document unique at its organisation."""

    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    submitted_by: UserId
    door: Door
    source_key: str
    facts: Facts
    kind: ItemKind = ItemKind.COST
    coding: Coding = field(default_factory=Coding)
    file_id: FileId | None = None
    edited_by: tuple[UserId, ...] = ()
    """Who changed it before it came in here: none of them can approve it alone."""
    questions: Questions = ()
    """What somebody has to answer first, whatever stands on it."""
    id: ItemId | None = None
    """Where the door has told it already."""


async def enter(tx: Tx, new: NewItem) -> tuple[Item, bool]:
    """Bring a document in; the same source again adds nothing and answers the item there is, with False.

    Raises:
        OrganisationNotFoundError: the workspace has no such organisation.
    """
    known = await _known(tx, new)
    if known is not None:
        return known, False
    settings = await load_settings(tx, new.workspace_id, new.organisation_id, held=True)
    reference = await _next_reference(tx, new.workspace_id, new.organisation_id)
    received = await with_sent_products(tx, _received(tx, new, reference))
    received = await asked_at_the_door(tx, received)
    unknown_card = await card_seen(tx, received)
    item = await judged(tx, received, settings)
    item = await with_products_of_lines(tx, await with_rates_of_lines(tx, item))
    if not await insert_item(tx, item, new.source_key):
        return await _entered_meanwhile(tx, new), False
    settled = await settle(tx, item) or item
    await audit.record(
        tx,
        new.workspace_id,
        item.id,
        "received",
        by=new.submitted_by,
        organisation_id=new.organisation_id,
        facts={"door": new.door},
    )
    await _place_home_card(tx, settled, settings)
    if unknown_card is not None:
        await ask_to_link(tx, settled, unknown_card)
    await redraw_homes(tx, settled.workspace_id, (settled.submitted_by, *settings.approvers))
    return settled, True


async def _known(tx: Tx, new: NewItem) -> Item | None:
    """What came of that source: the item that it came in as, or where that goes on in these books, having been moved to
    others and back. A move ends at an item that is not put away yet, so following them comes to an end.
    """
    known = went_to = await item_from_source(tx, new.workspace_id, new.organisation_id, new.source_key)
    while went_to is not None and went_to.archived is not None and went_to.archived.is_moved:
        other = went_to.archived.other
        went_to = None if other is None else await load_item(tx, new.workspace_id, other)
        if went_to is not None and went_to.organisation_id == new.organisation_id:
            known = went_to
    return known


async def _entered_meanwhile(tx: Tx, new: NewItem) -> Item:
    """Another process brought the same document in between our look and our insert."""
    known = await _known(tx, new)
    if known is None:
        raise ItemNotFoundError
    return known


def _received(tx: Tx, new: NewItem, reference: str) -> Item:
    """A report that is made here has no number but its reference."""
    is_numbered = new.kind is not ItemKind.EXPENSE_REPORT
    return Item(
        id=new.id or ItemId(new_id()),
        workspace_id=new.workspace_id,
        organisation_id=new.organisation_id,
        kind=new.kind,
        state=ItemState.RECEIVED,
        version=1,
        facts=new.facts if is_numbered else replace(new.facts, number=reference),
        coding=new.coding,
        door=new.door,
        submitted_by=new.submitted_by,
        created_at=tx.now,
        file_id=new.file_id,
        edited_by=new.edited_by,
        questions=new.questions,
        reference=reference,
    )


async def _next_reference(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> str:
    of = {"of_workspace": workspace_id, "of_id": organisation_id}
    following = (await tx.execute(_NEXT_REFERENCE, of)).scalar_one_or_none()
    if following is None:
        raise OrganisationNotFoundError
    return f"B-{1000 + int(following) - 1}"


async def _place_home_card(tx: Tx, item: Item, settings: Settings) -> UUID:
    """In the approvals channel, else in the alerts channel, else with the person who submitted it."""
    channel = settings.channel_of(Purpose.APPROVALS)
    if channel is not None:
        place = Place(role=HOME_CARD, surface=Surface.CHANNEL, channel_id=channel)
    else:
        place = Place(role=HOME_CARD, surface=Surface.DIRECT, user_id=item.submitted_by)
    return await want(tx, item.workspace_id, Subject.ITEM, item.id, place)
