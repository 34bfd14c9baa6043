"""Slack's word on channels. A renamed one needs nothing: channels are known by their ids, and shown by the names they have."""

from dataclasses import dataclass

from bot.domain.ids import ChannelId
from bot.services.channel_events import ChannelEvents
from handlers.payloads import Event
from handlers.routes import Routes

CLOSED = {
    "channel_archive": "is_archived",
    "group_archive": "is_archived",
    "channel_deleted": "is_deleted",
    "group_deleted": "is_deleted",
    "channel_left": "not_in_channel",
    "group_left": "not_in_channel",
}
"""What happened to a channel, and the word that says why nothing can be posted there."""
OPENED = ("channel_unarchive", "group_unarchive", "channel_unshared")


@dataclass(frozen=True, slots=True)
class ChannelEventHandlers:
    events: ChannelEvents

    def register(self, routes: Routes) -> None:
        for kind in CLOSED:
            routes.event(kind, self.closed)
        for kind in OPENED:
            routes.event(kind, self.opened)
        routes.event("channel_id_changed", self.moved)
        routes.event("member_joined_channel", self.joined)

    async def closed(self, event: Event) -> None:
        await self.events.closed(event.actor.workspace, _channel(event), CLOSED[event.kind])

    async def opened(self, event: Event) -> None:
        await self.events.opened(event.actor.workspace, _channel(event))

    async def joined(self, event: Event) -> None:
        """Somebody else's coming changes nothing."""
        if event.event.get("user") == event.actor.workspace.bot_user_id:
            await self.events.opened(event.actor.workspace, _channel(event))

    async def moved(self, event: Event) -> None:
        old, new = (ChannelId(str(event.event.get(name))) for name in ("old_channel_id", "new_channel_id"))
        await self.events.moved(event.actor.workspace, old, new)


def _channel(event: Event) -> ChannelId:
    return ChannelId(str(event.event.get("channel")))
