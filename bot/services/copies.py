"""Cards that stand in Slack twice: Slack took a post and its answer was lost, so it was posted again.

Which of two is the one that is kept up to date is known by its row alone. A press on the other one does nothing but take its
buttons away and say where the current one is. While one has no place yet, it may be the very one that is pressed.
"""

import re
from dataclasses import dataclass

from bot.db.items import load_item
from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import ChannelId, ItemId, WorkspaceId
from bot.services.messages import MESSAGES, HomeCard, Place, Subject, home_card, want

_TS = re.compile(r"\d+\.\d+")
"""What Slack calls a message by; anything else is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """The message that a button of an item's card was pressed in."""

    workspace_id: WorkspaceId
    item_id: ItemId
    channel_id: ChannelId
    ts: str


@dataclass(frozen=True, slots=True)
class Copies:
    db: Database
    public_url: str

    async def put_away(self, pressed: Pressed) -> str | None:
        """The address of the current card, where what was pressed is an old copy of it, which loses its buttons. None: it is what
        it looks like.
        """
        async with self.db.read() as tx:
            home = await home_card(tx, pressed.workspace_id, pressed.item_id)
        if (
            home is None
            or home.place.channel_id != pressed.channel_id
            or home.ts in (None, pressed.ts)
            or not _TS.fullmatch(pressed.ts)
        ):
            return None
        link = f"{self.public_url}/i/{pressed.item_id}"
        async with self.db.write() as tx:
            await _take_buttons(tx, pressed, home, link)
        return link


async def _take_buttons(tx: Tx, pressed: Pressed, home: HomeCard, link: str) -> None:
    """By a note in its place, which nothing changes any more."""
    item = await load_item(tx, pressed.workspace_id, pressed.item_id)
    reference = "" if item is None else f" of {item.reference}"
    words = {"text": f"_An old copy{reference}. <{link}|The current card> is here._", "is_last": "yes"}
    place = Place(
        role="copy",
        surface=home.place.surface,
        channel_id=home.place.channel_id,
        user_id=home.place.user_id,
    )
    key = f"copy:{pressed.channel_id}:{pressed.ts}"
    row_id = await want(tx, pressed.workspace_id, Subject.NOTE, key, place, facts=words)
    stands = MESSAGES.update().where(MESSAGES.c.workspace_id == pressed.workspace_id, MESSAGES.c.id == row_id)
    await tx.execute(stands.values(ts=pressed.ts))
