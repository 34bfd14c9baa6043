"""The channels of an organisation as people see them: what goes where, how that stands, and taking one off."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from bot.db.base import table_of
from bot.db.connections import ChannelRow, OrganisationRow, SettingsRow
from bot.db.outbox import CLOSED, MESSAGES
from bot.db.unit_of_work import Database, Tx
from bot.domain.general import NOTHING_DECIDED, Purpose
from bot.domain.ids import ChannelId, OrganisationId, WorkspaceId
from bot.domain.managing import BoundChannel, ChannelList, ChannelOverview
from bot.domain.rights import Deed, Person, Role, decide
from bot.domain.settings import Settings
from bot.domain.slack import Actor
from bot.services import audit, home_cards, moved_news
from bot.services.bindings import unbind
from bot.services.messages import Subject, redraw
from bot.services.namesakes import PROVIDER, in_package
from bot.services.people import People, standing_of
from bot.services.saving_settings import next_version
from bot.services.settings import GENERAL, load_settings, organisation_name, organisations_of, people_with
from bot.services.settings_pages import for_admin

MOST_SHOWN = 40
"""Organisations on one page, which takes a hundred blocks."""
CHANNELS, ORGANISATIONS, SETTINGS = table_of(ChannelRow), table_of(OrganisationRow), table_of(SettingsRow)
_OF_WORKSPACE = (
    select(
        ORGANISATIONS.c.id,
        ORGANISATIONS.c.name,
        PROVIDER,
        SETTINGS.c.general,
        CHANNELS.c.purpose,
        CHANNELS.c.channel_id,
    )
    .outerjoin(SETTINGS, SETTINGS.c.organisation_id == ORGANISATIONS.c.id)
    .outerjoin(CHANNELS, CHANNELS.c.organisation_id == ORGANISATIONS.c.id)
    .where(ORGANISATIONS.c.workspace_id == bindparam("workspace_id"))
    .order_by(ORGANISATIONS.c.name, ORGANISATIONS.c.id)
)


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

    async def all(self, actor: Actor) -> ChannelOverview:
        """Raises:
        NotAllowedError: outsiders and guests see nothing.
        """
        await self.people.require_member(actor)
        async with self.db.read() as tx:
            rows = (await tx.execute(_OF_WORKSPACE, {"workspace_id": actor.workspace.id})).all()
            found = _by_organisation(rows)
            shown = list(found.items())[:MOST_SHOWN]
            own = {channel for _, (_, settings) in shown for channel in _own(settings).values() if channel is not None}
            closed = await _closed(tx, actor.workspace.id, own)
        return ChannelOverview(
            organisations=tuple((of, name, _channels(settings, closed)) for of, (name, settings) in shown),
            left_out=len(found) - len(shown),
        )

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
            after = await load_settings(tx, *of)
            await home_cards.follow(tx, *of, before, after)
            await moved_news.follow(tx, *of, before, after)
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
        channels=_channels(settings, await _closed(tx, actor.workspace.id, set(_own(settings).values()) - {None})),
        drops=settings.drops,
        may_change=decide(Deed.SET_UP, person, standing) is None,
        admins=await people_with(tx, *of, Role.ADMIN),
        has_others=len(await organisations_of(tx, actor.workspace.id)) > 1,
    )


def _by_organisation(rows: Sequence[Row[Any]]) -> dict[OrganisationId, tuple[str, Settings]]:
    """As far as rows of `_OF_WORKSPACE` say, in their order."""
    found: dict[OrganisationId, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(OrganisationId(row.id), []).append(row)
    return {of: (in_package(each[0].name, each[0].provider), _settings(each)) for of, each in found.items()}


def _settings(rows: Sequence[Row[Any]]) -> Settings:
    channels = {row.purpose: ChannelId(row.channel_id) for row in rows if row.purpose is not None}
    general = rows[0].general
    return Settings(
        general=NOTHING_DECIDED if general is None else GENERAL.decode(general),
        approvals_channel=channels.get(Purpose.APPROVALS),
        alerts_channel=channels.get(Purpose.ALERTS),
        news_channel=channels.get(Purpose.NEWS),
        digest_channel=channels.get(Purpose.DIGEST),
    )


def _own(settings: Settings) -> dict[Purpose, ChannelId | None]:
    return {
        Purpose.APPROVALS: settings.approvals_channel,
        Purpose.ALERTS: settings.alerts_channel,
        Purpose.NEWS: settings.news_channel,
        Purpose.DIGEST: settings.digest_channel,
    }


def _channels(settings: Settings, closed: Mapping[str, tuple[str, int]]) -> tuple[BoundChannel, ...]:
    return tuple(
        BoundChannel(
            purpose=purpose,
            channel=channel,
            goes_to=(goes_to := settings.channel_of(purpose)),
            hides_amounts=settings.hides_amounts(purpose),
            trouble=closed.get(goes_to or "", (None, 0))[0],
            waiting=closed.get(goes_to or "", (None, 0))[1],
        )
        for purpose, channel in _own(settings).items()
    )


async def _closed(
    tx: Tx, workspace_id: WorkspaceId, channels: Collection[ChannelId | None]
) -> dict[str, tuple[str, int]]:
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
