"""From an item's address, as it stands in the ledger, to its card in Slack.

Whoever has the address only learns where Slack is: it is Slack that asks who they are and shows the card, or does not.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Row, and_, select

from bot.db.arrivals import message_with_file
from bot.db.base import table_of
from bot.db.items import ITEMS
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Database
from bot.db.workspaces import WorkspaceRow
from bot.domain.ids import ChannelId, ItemId, WorkspaceId
from bot.domain.publishing import StepKind
from bot.services.messages import HOME_CARD, THREAD, Subject, of_step
from bot.services.site import Site

MESSAGES, WORKSPACES = table_of(MessageRow), table_of(WorkspaceRow)


class Permalinks(Protocol):
    async def __call__(self, workspace_id: WorkspaceId, channel_id: ChannelId, ts: str) -> str | None:
        """Slack's own address of a message; None when Slack does not tell it in time."""
        ...


@dataclass(frozen=True, slots=True)
class ItemLinks:
    db: Database
    permalink: Permalinks
    site: Site

    async def address(self, item_id: ItemId, *, alert_of: StepKind | None = None) -> str | None:
        """Where the card is, or the alert about this kind of step in its thread; the app's Home while that is not posted; None when there is no
        such item.
        """
        found = None if alert_of is None else await self._find(item_id, Subject.ALERT, of_step(THREAD, alert_of))
        if found is None or found.ts is None:
            found = await self._find(item_id, Subject.ITEM, HOME_CARD)
        if found is None:
            return None
        link = None
        if found.channel_id is not None and found.ts is not None:
            link = await self.permalink(WorkspaceId(found.workspace_id), ChannelId(found.channel_id), found.ts)
        return link or self.site.back_to_slack(found.app_id, found.team_id)

    async def address_of_file(self, item_id: ItemId) -> str | None:
        """Where the message is that brought its file; else as `address`."""
        card = await self._find(item_id, Subject.ITEM, HOME_CARD)
        if card is None:
            return None
        async with self.db.read() as tx:
            message = await message_with_file(tx, WorkspaceId(card.workspace_id), item_id)
        link = None
        if message is not None:
            link = await self.permalink(WorkspaceId(card.workspace_id), message.channel_id, message.message_ts)
        return link or await self.address(item_id)

    async def _find(self, item_id: ItemId, subject: Subject, role: str) -> Row[Any] | None:
        card = and_(
            MESSAGES.c.workspace_id == ITEMS.c.workspace_id,
            MESSAGES.c.subject == subject,
            MESSAGES.c.subject_id == str(item_id),
            MESSAGES.c.role == role,
        )
        statement = (
            select(
                ITEMS.c.workspace_id, WORKSPACES.c.app_id, WORKSPACES.c.team_id, MESSAGES.c.channel_id, MESSAGES.c.ts
            )
            .join(WORKSPACES, WORKSPACES.c.id == ITEMS.c.workspace_id)
            .outerjoin(MESSAGES, card)
            .where(ITEMS.c.id == item_id)
        )
        async with self.db.read() as tx:
            return (await tx.execute(statement)).one_or_none()
