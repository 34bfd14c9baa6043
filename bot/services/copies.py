"""Cards that stand in Slack twice: Slack took a post and its answer was lost, so it was posted again.

Which of two is the one that is kept up to date is known by its row alone. A press on the other one does nothing but take its
buttons away and say where the current one is. While one has no place yet, it may be the very one that is pressed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from bot.db.items import load_item
from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import ChannelId, ItemId, WorkspaceId
from bot.services.messages import HOME_CARD, MESSAGES, OF_ITEMS, THREAD, Place, Subject, Surface, want

_STANDING = select(MESSAGES).where(
    MESSAGES.c.workspace_id == bindparam("of_workspace"),
    MESSAGES.c.subject.in_(OF_ITEMS),
    MESSAGES.c.subject_id == bindparam("of_item"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """The message that a button of an item was pressed in. `thread_ts` is that of another one where it is a reply."""

    workspace_id: WorkspaceId
    item_id: ItemId
    channel_id: ChannelId
    ts: str
    thread_ts: str | None = None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts not in (None, self.ts)


@dataclass(frozen=True, slots=True)
class Copies:
    db: Database
    public_url: str

    async def put_away(self, pressed: Pressed) -> str | None:
        """The address of the current card, where what was pressed is an old copy of it, or of an alert under it, which loses its
        buttons. None: it is what it looks like.
        """
        of = {"of_workspace": pressed.workspace_id, "of_item": str(pressed.item_id)}
        async with self.db.read() as tx:
            home = _home_instead(pressed, (await tx.execute(_STANDING, of)).all())
        if home is None:
            return None
        link = f"{self.public_url}/i/{pressed.item_id}"
        async with self.db.write() as tx:
            await _take_buttons(tx, pressed, home, link)
        return link


def _home_instead(pressed: Pressed, rows: Sequence[Row[Any]]) -> Row[Any] | None:
    """The home card, where the pressed message is none of those that are kept up to date in its place."""
    home = next((row for row in rows if row.subject == Subject.ITEM and row.role == HOME_CARD), None)
    if home is None or home.ts is None or home.channel_id != pressed.channel_id:
        return None
    beside = [home]
    if pressed.is_reply:
        beside = [row for row in rows if row.subject == Subject.ALERT and row.role.startswith(THREAD)]
        if pressed.thread_ts != home.ts or not beside:
            return None
    return None if any(row.ts in (None, pressed.ts) for row in beside) else home


async def _take_buttons(tx: Tx, pressed: Pressed, home: Row[Any], link: str) -> None:
    """By a note in its place, which nothing changes any more."""
    item = await load_item(tx, pressed.workspace_id, pressed.item_id)
    reference = "" if item is None else f" of {item.reference}"
    words = {"text": f"_An old copy{reference}. <{link}|The current card> is here._", "is_last": "yes"}
    place = Place(role="copy", surface=Surface(home.surface), channel_id=home.channel_id, user_id=home.user_id)
    key = f"copy:{pressed.channel_id}:{pressed.ts}"
    row_id = await want(tx, pressed.workspace_id, Subject.NOTE, key, place, facts=words)
    stands = MESSAGES.update().where(MESSAGES.c.workspace_id == pressed.workspace_id, MESSAGES.c.id == row_id)
    await tx.execute(stands.values(ts=pressed.ts))
