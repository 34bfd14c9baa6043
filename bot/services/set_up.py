"""Setting up an organisation: what its form shows, and what has to be true of a form before it is saved."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from bot.db.items import ITEMS
from bot.db.unit_of_work import Database, Tx
from bot.domain.books import BillRights
from bot.domain.documents import ItemKind
from bot.domain.ids import ChannelId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import ItemState
from bot.domain.rights import Deed, Role, why_unfit
from bot.domain.settings import SettingsForm, SettingsPage, statuses_for
from bot.domain.slack import Actor
from bot.services.bindings import ChannelTakenError
from bot.services.channels import ALERTS_CHANNEL, APPROVALS_CHANNEL, ChannelTest, announce, taken, unreachable
from bot.services.kind_settings import impossible, kind_page, not_offered
from bot.services.people import Directory, People
from bot.services.proposing_setup import proposed
from bot.services.saving_settings import SettingsService, sent_twice
from bot.services.settings import ALERTS, APPROVALS, people_with
from bot.services.settings_pages import FormRefusedError, for_admin, ground_of
from bot.views.text import plain
from providers.base import AccountingProvider

APPROVERS, BOOKKEEPERS, REPORT_STATUS = "approvers", "bookkeepers", "report_status"
"""Fields that can be wrong, by their names in `SettingsForm`; `kind_settings` names those of costs."""

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class SetUp:
    db: Database
    people: People
    directory: Directory
    settings: SettingsService
    providers: Mapping[str, AccountingProvider]
    can_post: ChannelTest

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> SettingsPage:
        """As it stands; before the first time it is saved, with what is proposed.

        Raises:
        NotAllowedError: only admins of the organisation set it up.
        NoConnectionError: it is not connected, or is no organisation of this workspace.
        """
        async with for_admin(self.db, self.people, actor, organisation_id) as tx:
            return await proposed(tx, actor, await self._page(tx, actor.workspace.id, organisation_id))

    async def save(self, actor: Actor, organisation_id: OrganisationId, form: SettingsForm) -> SettingsPage:
        """Check people and lists, try the channels that are new with a post, and save all of it or nothing.

        Raises:
            NotAllowedError, NoConnectionError: as `opened`.
            FormRefusedError: a sentence for each field that cannot stay as it is.
            StaleFormError: somebody else saved meanwhile. The same form once more, saved already, is not stale.
        """
        person, unfit = await asyncio.gather(self.people.identify(actor), self._unfit(actor, form))
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            before = await self._page(tx, actor.workspace.id, organisation_id)
            if sent_twice(form.version, before.settings.version, is_held=before.holds(form)):
                return before
            wrong = unfit | _impossible(before, form) | await _not_ours(tx, actor.workspace.id, organisation_id, form)
        chosen, workspace_id = _channels_of(form), actor.workspace.id
        if wrong := wrong or await unreachable(self.can_post, workspace_id, before.settings, chosen):
            raise FormRefusedError(wrong)

        async def told(tx: Tx) -> None:
            await announce(tx, actor, organisation_id, before.settings, chosen)

        try:
            await self.settings.save(actor, organisation_id, form, also=told)
        except ChannelTakenError as error:
            raise FormRefusedError({_field_of(error): str(error)}) from None
        async with self.db.read() as tx:
            after = await self._page(tx, actor.workspace.id, organisation_id)
        return replace(after, waiting=before.waiting, before=before)

    async def _page(self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> SettingsPage:
        of = tx, workspace_id, organisation_id
        ground = await ground_of(*of, self.providers)
        settings, books = ground.settings, ground.books
        return SettingsPage(
            organisation_id=organisation_id,
            organisation=ground.organisation,
            costs=await kind_page(*of, ground, ItemKind.COST),
            settings=settings,
            bookkeepers=await people_with(*of, Role.BOOKKEEPER),
            report_statuses=statuses_for(ItemKind.EXPENSE_REPORT, ground.can),
            waiting=0 if settings.is_set_up else await _approved(*of),
            may_approve=books is None or books.bill_rights is not BillRights.DRAFTS,
        )

    async def _unfit(self, actor: Actor, form: SettingsForm) -> dict[str, str]:
        """Those chosen who could not act anyway, in words. Asked about at once: an answer to Slack has three seconds."""
        users = tuple(dict.fromkeys((*form.approvers, *form.bookkeepers)))
        people = await asyncio.gather(*(self.directory.person(actor.workspace, user) for user in users))
        reasons = {
            user: f"{plain(person.name, 40) if person else 'Somebody chosen'} {reason}."
            for user, person in zip(users, people, strict=True)
            if (reason := why_unfit(person)) is not None
        }
        chosen = ((APPROVERS, form.approvers), (BOOKKEEPERS, form.bookkeepers))
        return {field: _sentences(reasons, users) for field, users in chosen if reasons.keys() & set(users)}


def _sentences(reasons: Mapping[UserId, str], users: Iterable[UserId]) -> str:
    found = list(dict.fromkeys(reasons[user] for user in users if user in reasons))
    more = f"And {len(found) - MOST_NAMED} more like these. " if len(found) > MOST_NAMED else ""
    return f"{' '.join(found[:MOST_NAMED])} {more}Choose full members of this workspace."


def _impossible(page: SettingsPage, form: SettingsForm) -> dict[str, str]:
    wrong = {}
    if not form.approvers:
        wrong[APPROVERS] = "Choose at least one person. With nobody here, nothing can be approved."
    if form.report_status not in (None, *page.report_statuses):
        wrong[REPORT_STATUS] = f"{page.ledger} cannot take expense reports with this status. Choose another one."
    return wrong | impossible(page.costs, form.costs)


async def _not_ours(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, form: SettingsForm
) -> dict[str, str]:
    """Codes that the lists do not have, and channels that serve another organisation."""
    of = tx, workspace_id, organisation_id
    wrong = await not_offered(*of, kind=ItemKind.COST, chosen=form.costs)
    return wrong | await taken(*of, _channels_of(form))


def _channels_of(form: SettingsForm) -> dict[str, ChannelId]:
    return {APPROVALS: form.approvals_channel, ALERTS: form.alerts_channel}


async def _approved(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> int:
    statement = select(func.count()).where(
        ITEMS.c.workspace_id == workspace_id,
        ITEMS.c.organisation_id == organisation_id,
        ITEMS.c.state == ItemState.APPROVED,
    )
    return int((await tx.execute(statement)).scalar_one())


def _field_of(taken: ChannelTakenError) -> str:
    return APPROVALS_CHANNEL if taken.purpose == APPROVALS else ALERTS_CHANNEL
