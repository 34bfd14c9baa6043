"""The channels of an organisation: tried with a post before they are bound, each to one organisation."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.db.digests import begin_digest
from bot.db.unit_of_work import Database, Tx
from bot.domain.arrivals import DropMode
from bot.domain.digests import next_digest
from bot.domain.ids import ChannelId, OrganisationId, WorkspaceId
from bot.domain.managing import ChannelsForm, ChannelsPage
from bot.domain.rights import Deed
from bot.domain.settings import Settings
from bot.domain.slack import Actor
from bot.services import audit, home_cards, moved_news
from bot.services.bindings import ChannelTakenError, bind, require_free_channel, unbind
from bot.services.messages import Place, Subject, Surface, note, redraw
from bot.services.people import People
from bot.services.saving_settings import next_version
from bot.services.settings import (
    ALERTS,
    APPROVALS,
    DIGEST,
    NEWS,
    load_settings,
    organisation_name,
)
from bot.views import settings as views

APPROVALS_CHANNEL, ALERTS_CHANNEL = "approvals_channel", "alerts_channel"
NEWS_CHANNEL, DIGEST_CHANNEL = "news_channel", "digest_channel"
"""Fields that can be wrong, by their names in the forms."""
_FIELDS: Mapping[str, str] = {
    APPROVALS: APPROVALS_CHANNEL,
    ALERTS: ALERTS_CHANNEL,
    NEWS: NEWS_CHANNEL,
    DIGEST: DIGEST_CHANNEL,
}


class ChannelTest(Protocol):
    async def __call__(self, workspace_id: WorkspaceId, channel_id: ChannelId) -> str | None:
        """Try a post there, and take it back; answers Slack's word for why that cannot be done."""
        ...


class ChannelsRefusedError(Exception):
    """Channels that cannot be bound, as a sentence by field. Nothing was saved."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("; ".join(self.fields.values()))


class StaleChannelsError(Exception):
    """Settings were saved by somebody else while the form was open; `page` is how they stand."""

    def __init__(self, page: ChannelsPage) -> None:
        self.page = page
        super().__init__("the settings were changed meanwhile")


@dataclass(frozen=True, slots=True)
class Channels:
    db: Database
    people: People
    can_post: ChannelTest

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> ChannelsPage:
        """Raises:
        NotAllowedError: only admins of the organisation choose its channels.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            return await _page(tx, actor.workspace.id, organisation_id)

    async def save(self, actor: Actor, organisation_id: OrganisationId, form: ChannelsForm) -> ChannelsPage:
        """Both channels, or neither. What waits without a card follows into a new channel for approvals.

        Raises:
            NotAllowedError: as `opened`.
            ChannelsRefusedError: a sentence for each channel that serves others or cannot be posted in.
            StaleChannelsError: somebody else saved meanwhile. The same channels, saved already, are not stale.
        """
        person, workspace_id = await self.people.identify(actor), actor.workspace.id
        chosen: dict[str, ChannelId] = {APPROVALS: form.approvals_channel, ALERTS: form.alerts_channel}
        if form.news_channel is not None:
            chosen[NEWS] = form.news_channel
        if form.digest_channel is not None:
            chosen[DIGEST] = form.digest_channel
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            page = await _page(tx, workspace_id, organisation_id)
            if page.version != form.version:
                return _same_or_stale(page, form)
            before = await load_settings(tx, workspace_id, organisation_id)
            wrong = await taken(tx, workspace_id, organisation_id, chosen)
        if wrong := wrong or await unreachable(self.can_post, workspace_id, before, chosen):
            raise ChannelsRefusedError(wrong)
        try:
            async with self.db.write() as tx:
                await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
                if not await next_version(tx, workspace_id, organisation_id, form.version):
                    return _same_or_stale(await _page(tx, workspace_id, organisation_id), form)
                await _keep(tx, actor, organisation_id, before, chosen, drops=form.drops)
                if form.digest_channel is not None:
                    zone = (None if person is None else person.zone) or "UTC"
                    zone = zone if before.quiet is None else before.quiet.zone
                    await begin_digest(tx, workspace_id, organisation_id, zone, due_at=next_digest(tx.now, zone))
                return await _page(tx, workspace_id, organisation_id)
        except ChannelTakenError as error:
            raise ChannelsRefusedError({_FIELDS[error.purpose]: str(error)}) from None


async def taken(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, chosen: Mapping[str, ChannelId]
) -> dict[str, str]:
    """Channels that serve another organisation, by field."""
    wrong = {}
    for purpose, channel in chosen.items():
        try:
            await require_free_channel(tx, workspace_id, organisation_id, purpose, channel)
        except ChannelTakenError as error:
            wrong[_FIELDS[purpose]] = str(error)
    return wrong


async def unreachable(
    can_post: ChannelTest, workspace_id: WorkspaceId, now: Settings, chosen: Mapping[str, ChannelId]
) -> dict[str, str]:
    """Channels that are new are tried, both at once. Nothing is announced yet: one that fails saves neither."""
    found = _new(now, chosen)
    reasons = await asyncio.gather(*(can_post(workspace_id, channel) for channel in found))
    return {
        field: views.why_not(reason)
        for reason, fields in zip(reasons, found.values(), strict=True)
        if reason is not None
        for field in fields
    }


async def announce(
    tx: Tx, actor: Actor, organisation_id: OrganisationId, before: Settings, chosen: Mapping[str, ChannelId]
) -> None:
    """In the transaction that binds them, each new channel is told who chose it, and what for: once for each save."""
    fresh, workspace_id = _new(before, chosen), actor.workspace.id
    name = await organisation_name(tx, workspace_id, organisation_id) if fresh else ""
    for channel, fields in fresh.items():
        place = Place(role=f"chosen:{channel}", surface=Surface.CHANNEL, channel_id=channel)
        text = views.chosen_for(actor.user_id, name, fields)
        await note(tx, workspace_id, f"channels:{organisation_id}:{before.version}", place, text)


def _new(before: Settings, chosen: Mapping[str, ChannelId]) -> dict[ChannelId, list[str]]:
    """Channels that were not bound for it before, with the fields they were chosen in."""
    bound: Mapping[str, ChannelId | None] = {
        APPROVALS: before.approvals_channel,
        ALERTS: before.alerts_channel,
        NEWS: before.news_channel,
        DIGEST: before.digest_channel,
    }
    found: dict[ChannelId, list[str]] = {}
    for purpose, channel in chosen.items():
        if channel != bound[purpose]:
            found.setdefault(channel, []).append(_FIELDS[purpose])
    return found


def _same_or_stale(now: ChannelsPage, form: ChannelsForm) -> ChannelsPage:
    if now.holds(form):
        return now
    raise StaleChannelsError(now)


async def _page(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> ChannelsPage:
    settings = await load_settings(tx, workspace_id, organisation_id)
    return ChannelsPage(
        organisation_id=organisation_id,
        organisation=await organisation_name(tx, workspace_id, organisation_id),
        version=settings.version,
        approvals_channel=settings.approvals_channel,
        alerts_channel=settings.channel_of(ALERTS),
        news_channel=settings.news_channel,
        digest_channel=settings.digest_channel,
        drops=settings.drops,
        is_set_up=settings.is_set_up,
    )


async def _keep(
    tx: Tx,
    actor: Actor,
    organisation_id: OrganisationId,
    before: Settings,
    chosen: Mapping[str, ChannelId],
    *,
    drops: DropMode,
) -> None:
    workspace_id = actor.workspace.id
    for purpose, wanted in chosen.items():
        await bind(tx, workspace_id, organisation_id, purpose, wanted, drops=drops)
    for purpose, channel in ((NEWS, before.news_channel), (DIGEST, before.digest_channel)):
        if purpose not in chosen and channel is not None:
            await unbind(tx, workspace_id, organisation_id, purpose, channel)
    await announce(tx, actor, organisation_id, before, chosen)
    after = await load_settings(tx, workspace_id, organisation_id)
    await home_cards.follow(tx, workspace_id, organisation_id, before, after)
    await moved_news.follow(tx, workspace_id, organisation_id, before, after)
    await redraw(tx, workspace_id, Subject.CONNECTION, organisation_id)
    await audit.record(
        tx,
        workspace_id,
        organisation_id,
        "channels chosen",
        by=actor.user_id,
        organisation_id=organisation_id,
        facts={**chosen, "drops": drops},
    )
