"""Items: how they enter, how they are edited, how they are shown.

Every door ends in `_enter`: coded by the settings, checked, put where that leads, its home card placed, all in one
transaction. An edit is material when it changes what an approver decided on; coding is not, and keeps the approval.
"""

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import select

from bot.db.base import new_id, table_of
from bot.db.connections import OrganisationRow
from bot.db.items import ITEMS, ApprovalRow, change_item, insert_item, item_from_source, item_of, load_item
from bot.db.unit_of_work import Database, Tx
from bot.domain.coding import Coding, Source
from bot.domain.documents import Door, Facts, ItemKind
from bot.domain.ids import ChannelId, FileId, ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import IllegalMoveError, Item, ItemState
from bot.domain.rights import Deed, Role
from bot.domain.settings import Settings
from bot.domain.slack import Actor
from bot.services import alerts, audit, choices, publications
from bot.services.messages import HOME_CARD, Place, Subject, Surface, redraw, redraw_homes, want
from bot.services.people import People
from bot.services.recoding import judged, settle
from bot.services.settings import load_settings, people_with
from bot.views.text import mention

ORGANISATIONS = table_of(OrganisationRow)
APPROVALS = table_of(ApprovalRow)

EDITABLE = frozenset(
    {ItemState.TO_REVIEW, ItemState.READY, ItemState.IN_APPROVAL, ItemState.APPROVED, ItemState.REFUSED}
)


class ItemNotFoundError(Exception):
    """No such item in this workspace."""

    def __init__(self) -> None:
        super().__init__("I cannot find that item any more.")


class StaleItemError(Exception):
    """The item changed after the card or form was drawn; the current one is drawn again."""

    def __init__(self, item: Item) -> None:
        self.item = item
        super().__init__(
            f"{item.reference} has changed since you opened it: it is {item.state.words} now. "
            "Its card shows how it is now; please look again."
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
    coding: Coding = field(default_factory=Coding)
    file_id: FileId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A person's edit: the facts as they are to be, and the coding fields that the person touched."""

    facts: Facts
    account: str | None
    tax_rate: str | None


@dataclass(frozen=True, slots=True)
class Items:
    db: Database
    people: People

    async def add(self, actor: Actor, organisation_id: OrganisationId, edit: Edit, source_key: str) -> Item:
        """The form's door.

        Raises:
            NotAllowedError: outsiders, guests and bots add nothing.
        """
        person = await self.people.identify(actor)
        coding = _coded_by(Coding(), edit, actor.user_id)
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.ADD_ITEM, person, organisation_id)
            await _require_offered(tx, organisation_id, actor.workspace.id, edit, Coding())
            entered, _ = await enter(
                tx,
                NewItem(
                    workspace_id=actor.workspace.id,
                    organisation_id=organisation_id,
                    submitted_by=actor.user_id,
                    door=Door.FORM,
                    source_key=source_key,
                    facts=edit.facts,
                    coding=coding,
                ),
            )
        return entered

    async def edit(self, actor: Actor, item_id: ItemId, version: int, edit: Edit) -> Item:
        """Change an item; what follows depends on whether the change is material.

        Raises:
            NotAllowedError: only bookkeepers and admins edit.
            StaleItemError: somebody else changed it meanwhile.
            IllegalMoveError: it is being sent, published or over.
        """
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, person, before.organisation_id)
            require_version(before, version, EDITABLE)
            await _require_offered(tx, before.organisation_id, before.workspace_id, edit, before.coding)
            after = replace(before, facts=edit.facts, coding=_coded_by(before.coding, edit, actor.user_id))
            return await apply_edit(tx, before, after, actor.user_id)


def require_version(item: Item, version: int | None, states: frozenset[ItemState]) -> None:
    """Raises:
    IllegalMoveError: the item is in none of these states.
    StaleItemError: it is at another version than was seen.
    """
    if item.state not in states:
        raise IllegalMoveError(item.state, ItemState.TO_REVIEW)
    if version is not None and item.version != version:
        raise StaleItemError(item)


async def require_item(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> Item:
    """Raises:
    ItemNotFoundError: unknown, or of another workspace.
    """
    item = await load_item(tx, workspace_id, item_id)
    if item is None:
        raise ItemNotFoundError
    return item


async def enter(tx: Tx, new: NewItem) -> tuple[Item, bool]:
    """Bring a document in; the same source again adds nothing and answers the item there is, with False."""
    known = await item_from_source(tx, new.workspace_id, new.organisation_id, new.source_key)
    if known is not None:
        return known, False
    settings = await load_settings(tx, new.workspace_id, new.organisation_id)
    item = Item(
        id=ItemId(new_id()),
        workspace_id=new.workspace_id,
        organisation_id=new.organisation_id,
        kind=ItemKind.COST,
        state=ItemState.RECEIVED,
        version=1,
        facts=new.facts,
        coding=new.coding,
        door=new.door,
        submitted_by=new.submitted_by,
        created_at=tx.now,
        file_id=new.file_id,
        reference=await _next_reference(tx, new.workspace_id, new.organisation_id),
    )
    item = judged(item, settings)
    if not await insert_item(tx, item, new.source_key):
        known = await item_from_source(tx, new.workspace_id, new.organisation_id, new.source_key)
        if known is None:
            raise ItemNotFoundError
        return known, False
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
    await redraw_homes(tx, settled.workspace_id, (settled.submitted_by, *settings.approvers))
    return settled, True


async def apply_edit(tx: Tx, before: Item, after: Item, by: UserId) -> Item:
    """Write an edit and draw what follows from it: kept approvals, asked again, or sent again after a refusal."""
    settings = await load_settings(tx, before.workspace_id, before.organisation_id)
    after = judged(after, settings)
    is_material = _is_material(before, after)
    if before.state in (ItemState.APPROVED, ItemState.REFUSED):
        changed = await _edit_decided(tx, before, after, is_material=is_material)
    else:
        written = await change_item(tx, before, after)
        changed = None if written is None else await settle(tx, written)
    if changed is None:
        raise StaleItemError(await require_item(tx, before.workspace_id, before.id))
    await audit.record(
        tx,
        before.workspace_id,
        before.id,
        "edited" if is_material else "coded",
        by=by,
        organisation_id=before.organisation_id,
        facts=_what_changed(before, after),
    )
    if before.state is ItemState.REFUSED:
        await alerts.fixed(tx, changed, f"{mention(by)} {_deed(before, after, is_material=is_material)}.")
    await show(tx, changed)
    return changed


def _deed(before: Item, after: Item, *, is_material: bool) -> str:
    """What somebody did about a refusal, as half a sentence."""
    if is_material:
        return "edited the bill"
    account_changed = before.coding.account.value != after.coding.account.value
    return "chose another category" if account_changed else "chose another tax rate"


async def show(tx: Tx, item: Item) -> None:
    """Wherever the item is seen, it is drawn again: its card, and the Homes of who sent it in and who may decide."""
    await redraw(tx, item.workspace_id, Subject.ITEM, item.id)
    approvers = await people_with(tx, item.workspace_id, item.organisation_id, Role.APPROVER)
    await redraw_homes(tx, item.workspace_id, (item.submitted_by, *approvers))


async def _edit_decided(tx: Tx, before: Item, after: Item, *, is_material: bool) -> Item | None:
    """A decided item: a coding edit keeps the approval and sends again; anything material asks the approvers again."""
    if is_material or after.complaints:
        if before.state is ItemState.APPROVED and not await publications.cancel(tx, before.workspace_id, before.id):
            return None
        await _approvals_fall(tx, before)
        undecided = replace(after, decided_by=None, decided_at=None, send_after=None)
        asked = await change_item(tx, before, replace(undecided, state=ItemState.IN_APPROVAL))
        return None if asked is None else await settle(tx, asked)
    changed = await change_item(tx, before, replace(after, state=ItemState.APPROVED))
    if changed is not None and before.state is ItemState.REFUSED:
        await publications.open_publication(tx, changed, due_at=tx.now)
    return changed


async def _approvals_fall(tx: Tx, item: Item) -> None:
    await tx.execute(
        APPROVALS.update()
        .where(APPROVALS.c.workspace_id == item.workspace_id, APPROVALS.c.item_id == item.id)
        .values(is_standing=False)
    )


async def _require_offered(
    tx: Tx, organisation_id: OrganisationId, workspace_id: WorkspaceId, edit: Edit, before: Coding
) -> None:
    """What a person chooses has to be live in the ledger's lists; what stood before may have been archived since."""
    account = None if edit.account == before.account.value else edit.account
    tax_rate = None if edit.tax_rate == before.tax_rate.value else edit.tax_rate
    await choices.require_offered(tx, workspace_id, organisation_id, account, tax_rate)


def _is_material(before: Item, after: Item) -> bool:
    """Payee, amounts, currency, dates, number: what an approver decided on. Lines' wording is not."""
    return before.facts != after.facts


def _coded_by(coding: Coding, edit: Edit, user_id: UserId) -> Coding:
    """A person's choices, where they differ from what stands; emptying a field is a choice too."""
    account, tax_rate = coding.account, coding.tax_rate
    if edit.account != account.value:
        account = account.offer(edit.account, Source.PERSON, by=user_id)
    if edit.tax_rate != tax_rate.value:
        tax_rate = tax_rate.offer(edit.tax_rate, Source.PERSON, by=user_id)
    return replace(coding, account=account, tax_rate=tax_rate)


def _what_changed(before: Item, after: Item) -> dict[str, object]:
    changed: dict[str, object] = {}
    if before.coding.account.value != after.coding.account.value:
        changed["category"] = [before.coding.account.value, after.coding.account.value]
    if before.coding.tax_rate.value != after.coding.tax_rate.value:
        changed["tax rate"] = [before.coding.tax_rate.value, after.coding.tax_rate.value]
    if before.facts != after.facts:
        changed["facts"] = [before.facts, after.facts]
    return changed


async def _next_reference(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> str:
    statement = (
        ORGANISATIONS.update()
        .where(ORGANISATIONS.c.workspace_id == workspace_id, ORGANISATIONS.c.id == organisation_id)
        .values(next_reference=ORGANISATIONS.c.next_reference + 1)
        .returning(ORGANISATIONS.c.next_reference)
    )
    return f"B-{1000 + int((await tx.execute(statement)).scalar_one()) - 1}"


async def _place_home_card(tx: Tx, item: Item, settings: Settings) -> UUID:
    """In the approvals channel, else in the alerts channel, else with the person who submitted it."""
    channel: ChannelId | None = settings.approvals_channel or settings.alerts_channel
    if channel is not None:
        place = Place(role=HOME_CARD, surface=Surface.CHANNEL, channel_id=channel)
    else:
        place = Place(role=HOME_CARD, surface=Surface.DIRECT, user_id=item.submitted_by)
    return await want(tx, item.workspace_id, Subject.ITEM, item.id, place)


async def items_submitted_by(
    tx: Tx, workspace_id: WorkspaceId, user_id: UserId, *, limit: int = 10
) -> tuple[Item, ...]:
    """A person's own open items, newest first."""
    open_states = [state for state in ItemState if state not in (ItemState.ARCHIVED, ItemState.PUBLISHED)]
    statement = (
        select(ITEMS)
        .where(ITEMS.c.workspace_id == workspace_id, ITEMS.c.submitted_by == user_id, ITEMS.c.state.in_(open_states))
        .order_by(ITEMS.c.created_at.desc())
        .limit(limit)
    )
    return tuple(item_of(row) for row in (await tx.execute(statement)).mappings().all())


async def items_to_decide(
    tx: Tx, workspace_id: WorkspaceId, organisation_ids: tuple[OrganisationId, ...], *, limit: int = 10
) -> tuple[Item, ...]:
    """What waits for an approver of these organisations, oldest first."""
    statement = (
        select(ITEMS)
        .where(
            ITEMS.c.workspace_id == workspace_id,
            ITEMS.c.organisation_id.in_(organisation_ids),
            ITEMS.c.state == ItemState.IN_APPROVAL,
        )
        .order_by(ITEMS.c.created_at)
        .limit(limit)
    )
    return tuple(item_of(row) for row in (await tx.execute(statement)).mappings().all())
