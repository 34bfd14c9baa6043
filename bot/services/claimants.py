"""Who somebody in Slack is among a ledger's users: found by the address that both know them by, or chosen once by whoever
keeps the books. Where expense reports are booked as a user's own expenses, one whose claimant is not linked waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.db.claimants import keep_link, load_link, open_reports
from bot.db.unit_of_work import Database, Tx
from bot.domain.editing import edit_of, edited
from bot.domain.ids import ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item
from bot.domain.reports import ClaimantPage, GoneUser, LinkedUser
from bot.domain.rights import Deed, Person
from bot.domain.slack import Actor
from bot.services import audit, lists
from bot.services.asking import hold_books
from bot.services.choosing import choose
from bot.services.current import NotNowError, refreshing, require_item
from bot.services.items import apply_edit
from bot.services.people import People
from bot.services.settings import load_settings, organisation_name
from bot.services.settings_pages import connected_to
from providers.base import AccountingProvider

NOTHING_TO_LINK = "its claimant needs no link."


@dataclass(frozen=True, slots=True)
class Claimants:
    db: Database
    people: People
    providers: Mapping[str, AccountingProvider]

    async def opened(self, actor: Actor, item_id: ItemId) -> ClaimantPage:
        """Raises:
        NotAllowedError: only bookkeepers and admins.
        NotNowError: nothing of it is to be linked.
        NoConnectionError: it is not connected any more.
        ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.read() as tx:
            item = await self._report(tx, actor, person, item_id)
            of = tx, item.workspace_id, item.organisation_id
            provider = await connected_to(*of, self.providers)
            name = item.facts.supplier.name or ""
            linked = await user_of(*of, item.submitted_by, None)
            return ClaimantPage(
                item=item,
                organisation=await organisation_name(*of),
                ledger=provider.profile.name,
                suggested=await lists.contact_named(*of, name, item.kind),
                gone=linked if isinstance(linked, GoneUser) else None,
            )

    async def link(self, actor: Actor, item_id: ItemId, contact_id: str) -> Item:
        """From now on whoever claims this is that user; their reports that nobody decided on follow. Again is no change.

        Raises:
            NotOfferedError: no live user of the ledger.
            NotAllowedError, NotNowError, ItemNotFoundError: as `opened`.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            item = await self._report(tx, actor, person, item_id)
            of = tx, item.workspace_id, item.organisation_id
            await load_settings(*of, held=True)
            await hold_books(*of)
            before = await load_link(*of, item.submitted_by)
            stale = (None, None if before is None else before.contact_id)
            # it is offered whatever stands in the report already
            chosen = await choose(*of, replace(edit_of(item), contact=contact_id), replace(edit_of(item), contact=None))
            await keep_link(*of, item.submitted_by, contact_id, by=actor.user_id)
            name = chosen.facts.supplier.name or ""
            facts = {"claimant": item.submitted_by, "how": name}
            await audit.record(
                tx,
                item.workspace_id,
                item.id,
                "claimant linked",
                by=actor.user_id,
                organisation_id=item.organisation_id,
                facts=facts,
            )
            for report in await open_reports(*of, item.submitted_by):
                if report.coding.contact.value in stale and report.coding.contact.value != contact_id:
                    edit = await choose(*of, replace(edit_of(report), contact=contact_id), edit_of(report))
                    await apply_edit(tx, report, edited(report, edit, actor.user_id), actor.user_id)
            return await require_item(tx, item.workspace_id, item.id)

    async def _report(self, tx: Tx, actor: Actor, person: Person | None, item_id: ItemId) -> Item:
        item = await require_item(tx, actor.workspace.id, item_id)
        await self.people.require(tx, Deed.FIX, actor, person, item.organisation_id)
        rules = await lists.rules_of(tx, item.workspace_id, item.organisation_id)
        if not rules.claims_by_user(item.kind):
            raise NotNowError(item, NOTHING_TO_LINK)
        return item


async def user_of(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, user_id: UserId, email: str | None
) -> LinkedUser | GoneUser | None:
    """The live user that somebody is linked to; without a link, the one who has their address and nobody else has.

    What was found by an address is to be kept (`is_new`), so that a later change of it there or here changes nothing. Where a
    person linked them, it stands though that user is gone.
    """
    of = tx, workspace_id, organisation_id
    link = await load_link(*of, user_id)
    linked = None if link is None else await lists.load_contact(*of, link.contact_id)
    by = None if link is None or link.linked_by is None else UserId(link.linked_by)
    if linked is not None and linked.is_active:
        return LinkedUser(user=linked, by=by)
    if by is not None:
        return GoneUser(name=None if linked is None else linked.name, by=by)
    found = await lists.users_of(*of, email) if email else ()
    return LinkedUser(user=found[0], by=None, is_new=True) if len(found) == 1 else None
