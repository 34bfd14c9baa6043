"""Items typed in and edited by people.

An edit is material when it changes what an approver decided on; coding is not, and keeps the approval.
"""

from dataclasses import dataclass, replace

from bot.db.base import table_of
from bot.db.claimants import keep_link
from bot.db.drafts import drop_draft
from bot.db.items import ApprovalRow, change_item
from bot.db.unit_of_work import Database, Tx
from bot.domain.bank_match import keeps_its_line
from bot.domain.closing import ClosedEffect
from bot.domain.coding import Coding
from bot.domain.deeds import deed
from bot.domain.documents import Door, Facts
from bot.domain.editing import Edit, coded_by, edit_of, edited, is_material, over_suggestions, what_changed
from bot.domain.ids import ItemId, OrganisationId, UserId
from bot.domain.items import EDITABLE, Item, ItemState
from bot.domain.publishing import due_at_once
from bot.domain.rights import Deed
from bot.domain.settings import PaymentStatus, Settings
from bot.domain.slack import Actor
from bot.domain.whole_document import at_document
from bot.services import alerts, audit, publications
from bot.services.asking import asked_again, settled, waiting_on
from bot.services.choosing import choose
from bot.services.closed_periods import dated
from bot.services.code_names import names_of
from bot.services.current import NotNowError, StaleItemError, refreshing, require_item, show
from bot.services.entering import NewItem, enter
from bot.services.lists import rules_of
from bot.services.new_suppliers import asked_of_suppliers
from bot.services.people import People
from bot.services.recoding import checked, judged, paid_from_live, placed, settle
from bot.services.settings import load_settings
from bot.views.text import escape, mention

APPROVALS = table_of(ApprovalRow)


DECIDED = (ItemState.APPROVED, ItemState.REFUSED)


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
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.ADD_ITEM, actor, person, organisation_id)
            edit = await choose(tx, actor.workspace.id, organisation_id, edit)
            entered, _ = await enter(
                tx,
                NewItem(
                    workspace_id=actor.workspace.id,
                    organisation_id=organisation_id,
                    submitted_by=actor.user_id,
                    door=Door.FORM,
                    source_key=source_key,
                    facts=edit.facts,
                    kind=edit.kind,
                    coding=coded_by(Coding(), Facts(), edit, actor.user_id),
                ),
            )
        return entered

    async def edit(self, actor: Actor, item_id: ItemId, version: int, edit: Edit) -> Item:
        """Change an item; what follows depends on whether the change is material.

        Raises:
            NotAllowedError: only bookkeepers and admins edit; whoever sent it fills in what could not be read.
            NotOfferedError: the category or tax rate is not live in the ledger's lists.
            StaleItemError: somebody else changed it meanwhile.
            NotNowError: it is being sent, published or over.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require_edit(tx, actor, person, before)
            require_editable(before, version)
            edit = await choose(tx, before.workspace_id, before.organisation_id, edit, edit_of(before))
            rules = await rules_of(tx, before.workspace_id, before.organisation_id)
            edit = at_document(edit, rules)
            if rules.claims_by_user(before.kind) and edit.contact not in (None, before.coding.contact.value):
                # whoever claims it is another user than was thought, from now on
                of = before.workspace_id, before.organisation_id, before.submitted_by
                await keep_link(tx, *of, edit.contact, by=actor.user_id)
            await drop_draft(tx, before.workspace_id, before.id, actor.user_id)
            return await apply_edit(
                tx, before, edited(before, over_suggestions(before, edit), actor.user_id), actor.user_id
            )


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
    settings = await _settings_for(tx, before, after)
    waiting = await waiting_on(tx, before, after)
    after = await _judged_again(tx, before, await asked_again(tx, before, after, by), settings)
    changes_decision = is_material(before, after)
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
        facts=dict(what_changed(before, after)),
    )
    if before.state is ItemState.REFUSED:
        await alerts.fixed(tx, changed, f"{mention(by)} {await _told(tx, before, after) or alerts.SENT_AGAIN}.")
    await show(tx, changed)
    await settled(tx, waiting)
    return changed


async def _told(tx: Tx, before: Item, after: Item) -> str | None:
    """What was done about a refusal: what was chosen stands there by its name."""
    names = await names_of(tx, after)

    def label(name: str, code: str) -> str:
        return escape((names.account(code) if name == "category" else names.tax_rate(code)) or code, 100)

    return deed(before, after, label)


async def _settings_for(tx: Tx, before: Item, after: Item) -> Settings | None:
    """None where they do not matter: under a decision only the editor's choices count."""
    is_paid_alike = _chosen_for(before) == _chosen_for(after) and keeps_its_line(after)
    is_as_ever = is_paid_alike and _dating(before) == _dating(after) and before.counterparty == after.counterparty
    if before.state in DECIDED and is_as_ever:
        return None
    return await load_settings(tx, before.workspace_id, before.organisation_id, held=True)


async def _judged_again(tx: Tx, before: Item, after: Item, settings: Settings | None) -> Item:
    """Today's defaults are offered to what nobody decided on yet, and to what is of another kind now."""
    if settings is not None and not (before.state in DECIDED and before.kind is after.kind):
        return await judged(tx, after, settings)
    rules = await rules_of(tx, after.workspace_id, after.organisation_id)
    if settings is None:
        return checked(await paid_from_live(tx, after), rules)
    is_dated_alike = _dating(before) == _dating(after)
    is_going_alike = _chosen_for(before) == _chosen_for(after) and keeps_its_line(after)
    if not is_going_alike or (_was_drafted(before) and not is_dated_alike):
        (after,) = await placed(tx, [after], settings, rules)
    else:
        after = await paid_from_live(tx, after)
        (after,) = (after,) if is_dated_alike else await dated(tx, [after], settings)
    if is_dated_alike:  # a lock date that moved since is no reason to book on another day than was approved
        after = replace(after, closed=before.closed)
        after = replace(after, publish_as=PaymentStatus.DRAFT) if _was_drafted(before) else after
    (after,) = await asked_of_suppliers(tx, [after], settings)
    return checked(after, rules)


def _dating(item: Item) -> tuple[object, ...]:
    """What says on which day it is booked, besides lock dates."""
    return item.dated_on, item.coding.closed.value


def _was_drafted(item: Item) -> bool:
    return item.closed is not None and item.closed.effect is ClosedEffect.DRAFTED


def _chosen_for(item: Item) -> tuple[object, ...]:
    """What of it says where it goes to, with which status, and what it is paid from."""
    coding, line = item.coding, None if item.bank_line is None else item.bank_line.id
    return item.kind, coding.publish_to.value, coding.publish_as.value, coding.payment_method.value, line


async def _edit_decided(tx: Tx, before: Item, after: Item, *, asks_again: bool) -> Item | None:
    """A decided item: a coding edit keeps the approval and sends again; anything material asks the approvers again."""
    if asks_again or after.complaints:
        if before.state is ItemState.APPROVED and not await publications.cancel(tx, before.workspace_id, before.id):
            return None
        await _approvals_fall(tx, before)
        undecided = replace(after, decided_by=None, decided_at=None, send_after=None, held_by=None, held_at=None)
        asked = await change_item(tx, before, replace(undecided, state=ItemState.IN_APPROVAL))
        return None if asked is None else await settle(tx, asked)
    changed = await change_item(tx, before, replace(after, state=ItemState.APPROVED))
    if changed is not None and before.state is ItemState.REFUSED:
        await publications.open_publication(tx, changed, due_at=due_at_once(tx.now))
    return changed


async def _approvals_fall(tx: Tx, item: Item) -> None:
    await tx.execute(
        APPROVALS.update()
        .where(APPROVALS.c.workspace_id == item.workspace_id, APPROVALS.c.item_id == item.id)
        .values(is_standing=False)
    )
