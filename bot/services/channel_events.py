"""What Slack says of channels: archived, deleted, left, opened again, or known by another id from now on."""

from dataclasses import dataclass

from bot.db.unit_of_work import Database
from bot.domain.ids import ChannelId
from bot.domain.slack import Workspace
from bot.services import closed_channels


@dataclass(frozen=True, slots=True)
class ChannelEvents:
    db: Database

    async def closed(self, workspace: Workspace, channel_id: ChannelId, reason: str) -> None:
        """`reason` as Slack would refuse a post there."""
        async with self.db.write() as tx:
            await closed_channels.noticed(tx, workspace, channel_id, reason)

    async def opened(self, workspace: Workspace, channel_id: ChannelId) -> None:
        async with self.db.write() as tx:
            await closed_channels.opened(tx, workspace.id, channel_id)

    async def moved(self, workspace: Workspace, old: ChannelId, new: ChannelId) -> None:
        async with self.db.write() as tx:
            await closed_channels.moved(tx, workspace.id, old, new)
