"""Items typed in and edited by people.

An edit is material when it changes what an approver decided on; coding is not, and keeps the approval.
"""

from dataclasses import dataclass, replace

from bot.db.base import table_of
from bot.db.items import ApprovalRow, change_item
from bot.db.unit_of_work import Database, Tx
from bot.domain.coding import Coding, Source
from bot.domain.documents import Door, Facts, is_material
from bot.domain.ids import ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.services import alerts, audit, choices, lists, publications
from bot.services.current import NotNowError, StaleItemError, refreshing, require_item, show
from bot.services.entering import NewItem, enter
from bot.services.people import People
from bot.services.recoding import checked, judged, settle
from bot.services.settings import load_settings
from bot.views.text import mention

APPROVALS = table_of(ApprovalRow)

EDITABLE = frozenset(
    {ItemState.TO_REVIEW, ItemState.READY, ItemState.IN_APPROVAL, ItemState.APPROVED, ItemState.REFUSED}
)

DECIDED = (ItemState.APPROVED, ItemState.REFUSED)


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
            NotOfferedError: the category or tax rate is not live in the ledger's lists.
            OrganisationNotFoundError: the workspace has no such organisation.
        """
        person = await self.people.identify(actor)
        coding = _coded_by(Coding(), edit, actor.user_id)
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.ADD_ITEM, actor, person, organisation_id)
            await _choose(tx, organisation_id, actor.workspace.id, edit, Coding())
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
            NotOfferedError: the category or tax rate is not live in the ledger's lists.
            StaleItemError: somebody else changed it meanwhile.
            NotNowError: it is being sent, published or over.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, before.organisation_id)
            require_editable(before, version)
            await _choose(tx, before.organisation_id, before.workspace_id, edit, before.coding)
            after = replace(before, facts=edit.facts, coding=_coded_by(before.coding, edit, actor.user_id))
            return await apply_edit(tx, before, after, actor.user_id)


def require_editable(item: Item, version: int | None = None) -> None:
    """Raises:
    NotNowError: it is on its way to the ledger, there, or over.
    StaleItemError: it is at another version than was seen.
    """
    if item.state not in EDITABLE:
        raise NotNowError(item, "it cannot be edited now.")
    if version is not None and item.version != version:
        raise StaleItemError(item)


async def apply_edit(tx: Tx, before: Item, after: Item, by: UserId) -> Item:
    """Write an edit and draw what follows from it: kept approvals, asked again, or sent again after a refusal."""
    after = await _judged_again(tx, before, after)
    changes_decision = is_material(before.facts, after.facts)
    if changes_decision and by not in after.edited_by:
        after = replace(after, edited_by=(*after.edited_by, by))
    if before.state in DECIDED:
        changed = await _edit_decided(tx, before, after, asks_again=changes_decision)
    else:
        written = await change_item(tx, before, after)
        changed = None if written is None else await settle(tx, written)
    if changed is None:
        raise StaleItemError(await require_item(tx, before.workspace_id, before.id))
    await audit.record(
        tx,
        before.workspace_id,
        before.id,
        "edited" if changes_decision else "coded",
        by=by,
        organisation_id=before.organisation_id,
        facts=_what_changed(before, after),
    )
    if before.state is ItemState.REFUSED:
        await alerts.fixed(tx, changed, f"{mention(by)} {_deed(before, after)}.")
    await show(tx, changed)
    return changed


async def _judged_again(tx: Tx, before: Item, after: Item) -> Item:
    """Today's defaults are offered to what nobody decided on yet; under a decision only the editor's choices count."""
    if before.state in DECIDED:
        return checked(after)
    return judged(after, await load_settings(tx, before.workspace_id, before.organisation_id))


def _deed(before: Item, after: Item) -> str:
    """What somebody did about a refusal, as half a sentence."""
    if before.facts != after.facts:
        return "edited the bill"
    if before.coding.account.value != after.coding.account.value:
        return "chose another category"
    is_taxed_otherwise = before.coding.tax_rate.value != after.coding.tax_rate.value
    return "chose another tax rate" if is_taxed_otherwise else alerts.SENT_AGAIN


async def _edit_decided(tx: Tx, before: Item, after: Item, *, asks_again: bool) -> Item | None:
    """A decided item: a coding edit keeps the approval and sends again; anything material asks the approvers again."""
    if asks_again or after.complaints:
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


async def _choose(
    tx: Tx, organisation_id: OrganisationId, workspace_id: WorkspaceId, edit: Edit, before: Coding
) -> None:
    """What a person chooses has to be live in the ledger's lists, and is offered first from now on; what stood before
    may have been archived since.
    """
    account = None if edit.account == before.account.value else edit.account
    tax_rate = None if edit.tax_rate == before.tax_rate.value else edit.tax_rate
    await choices.require_offered(tx, workspace_id, organisation_id, account, tax_rate)
    await lists.note_use(tx, workspace_id, organisation_id, account, tax_rate)


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
