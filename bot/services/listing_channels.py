"""The channels of an organisation as people see them: what goes where, how that stands, and taking one off."""

from dataclasses import dataclass, replace

from sqlalchemy import func, select

from bot.db.outbox import CLOSED, MESSAGES
from bot.db.unit_of_work import Database, Tx
from bot.domain.general import Purpose
from bot.domain.ids import ChannelId, OrganisationId, WorkspaceId
from bot.domain.managing import BoundChannel, ChannelList
from bot.domain.rights import Deed, Person, Role, decide
from bot.domain.settings import Settings
from bot.domain.slack import Actor
from bot.services import audit, home_cards
from bot.services.bindings import unbind
from bot.services.messages import Subject, redraw
from bot.services.people import People, standing_of
from bot.services.saving_settings import next_version
from bot.services.settings import load_settings, organisation_name, people_with
from bot.services.settings_pages import for_admin


@dataclass(frozen=True, slots=True)
class ListingChannels:
    db: Database
    people: People

    async def listed(self, actor: Actor, organisation_id: OrganisationId) -> ChannelList:
        """Raises:
        NotAllowedError: outsiders and guests see nothing.
        OrganisationNotFoundError: the workspace has no such organisation.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SEE, actor, person, organisation_id)
            return await _listed(tx, actor, person, organisation_id)

    async def unbind(
        self, actor: Actor, organisation_id: OrganisationId, purpose: Purpose, channel: ChannelId
    ) -> ChannelList:
        """What went to this channel goes where `Settings.channel_of` says. Cards that stand in it stay, and go on working; those
        that no channel took follow. A repeat, or a channel that was changed meanwhile, changes nothing.

        Raises:
            NotAllowedError: only admins of the organisation choose its channels.
            OrganisationNotFoundError: as `listed`.
        """
        person = await self.people.identify(actor)
        async with for_admin(self.db, self.people, actor, organisation_id, writes=True) as tx:
            of = actor.workspace.id, organisation_id
            before = await load_settings(tx, *of)
            if not await unbind(tx, *of, purpose, channel):
                return await _listed(tx, actor, person, organisation_id)
            await next_version(tx, *of, before.version)
            await home_cards.follow(tx, *of, before, await load_settings(tx, *of))
            await redraw(tx, actor.workspace.id, Subject.CONNECTION, organisation_id)
            facts = {purpose.value: channel}
            by = actor.user_id
            await audit.record(tx, *of, "channel unbound", by=by, organisation_id=organisation_id, facts=facts)
            found = await _listed(tx, actor, person, organisation_id)
            since = next(each for each in found.channels if each.purpose is purpose)
            return replace(found, taken_off=replace(since, channel=channel))


async def _listed(tx: Tx, actor: Actor, person: Person | None, organisation_id: OrganisationId) -> ChannelList:
    of = actor.workspace.id, organisation_id
    settings = await load_settings(tx, *of)
    standing = await standing_of(tx, *of, actor.user_id)
    return ChannelList(
        organisation_id=organisation_id,
        organisation=await organisation_name(tx, *of),
        channels=await _channels(tx, actor.workspace.id, settings),
        drops=settings.drops,
        may_change=decide(Deed.SET_UP, person, standing) is None,
        admins=await people_with(tx, *of, Role.ADMIN),
    )


async def _channels(tx: Tx, workspace_id: WorkspaceId, settings: Settings) -> tuple[BoundChannel, ...]:
    own = {
        Purpose.APPROVALS: settings.approvals_channel,
        Purpose.ALERTS: settings.alerts_channel,
        Purpose.NEWS: settings.news_channel,
    }
    closed = await _closed(tx, workspace_id, {channel for channel in own.values() if channel is not None})
    return tuple(
        BoundChannel(
            purpose=purpose,
            channel=channel,
            goes_to=(goes_to := settings.channel_of(purpose)),
            hides_amounts=settings.hides_amounts(purpose),
            trouble=closed.get(goes_to or "", (None, 0))[0],
            waiting=closed.get(goes_to or "", (None, 0))[1],
        )
        for purpose, channel in own.items()
    )


async def _closed(tx: Tx, workspace_id: WorkspaceId, channels: set[ChannelId]) -> dict[str, tuple[str, int]]:
    """Of those that did not take something that still waits: why, and how much."""
    statement = (
        select(MESSAGES.c.channel_id, func.max(MESSAGES.c.trouble).label("why"), func.count().label("number"))
        .where(
            MESSAGES.c.workspace_id == workspace_id,
            MESSAGES.c.channel_id.in_(channels),
            MESSAGES.c.is_waiting.is_(True),
            MESSAGES.c.trouble.in_(CLOSED),
        )
        .group_by(MESSAGES.c.channel_id)
    )
    return {row.channel_id: (row.why, row.number) for row in (await tx.execute(statement)).all()}
