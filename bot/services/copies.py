"""Cards and alerts that stand in Slack twice: Slack took a post and its answer was lost, so it was posted again.

Which of two is the one that is kept up to date is known by its row alone. A press on the other one does nothing but take its
buttons away and say where the current one is. While one has no place yet, it may be the very one that is pressed.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from bot.db.base import table_of
from bot.db.items import load_item
from bot.db.messages import AlertRow
from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import ChannelId, ItemId, WorkspaceId
from bot.services.messages import MESSAGES, THREAD, THREADS, HomeCard, Place, Subject, home_card, step_of, want

ALERTS = table_of(AlertRow)

_TS = re.compile(r"\d+\.\d+")
"""What Slack calls a message by; anything else is none."""
_ALERTS_OF = (
    select(MESSAGES.c.role, MESSAGES.c.ts)
    .where(
        MESSAGES.c.workspace_id == bindparam("workspace_id"),
        MESSAGES.c.subject == Subject.ALERT,
        MESSAGES.c.subject_id == bindparam("subject_id"),
        MESSAGES.c.role.startswith(THREAD, autoescape=True),
    )
    .order_by(MESSAGES.c.created_at.desc())
)
_FOLLOWED = select(func.max(ALERTS.c.opened_at)).where(
    ALERTS.c.workspace_id == bindparam("workspace_id"),
    ALERTS.c.item_id == bindparam("item_id"),
    ALERTS.c.number > 1,
    ALERTS.c.told_anew_at.is_(None),
)
"""When the last alert was opened that followed another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """The message that a button of an item was pressed in: its card, or, with the `thread_ts` of that, an alert under it."""

    workspace_id: WorkspaceId
    item_id: ItemId
    channel_id: ChannelId
    ts: str
    thread_ts: str | None = None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts not in (None, self.ts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a message is an old copy of, in a word, and the address of the current one."""

    what: str
    link: str


@dataclass(frozen=True, slots=True)
class Copies:
    db: Database
    public_url: str

    async def put_away(self, pressed: Pressed) -> Copied | None:
        """What stands in the place of what was pressed, where that is an old copy, which loses its buttons. None: it is what it looks
        like.
        """
        async with self.db.read() as tx:
            home = await home_card(tx, pressed.workspace_id, pressed.item_id)
            if home is None or not _is_at(home, pressed):
                return None
            copied = Copied(what="card", link=f"{self.public_url}/i/{pressed.item_id}")
            if pressed.is_reply:
                current = await _alert_instead(tx, pressed, home)
                if current is None or not await _is_of_the_last(tx, pressed):
                    return None
                copied = Copied(what="alert", link=f"{copied.link}?alert={step_of(current.role)[1]}")
        async with self.db.write() as tx:
            await _take_buttons(tx, pressed, home, copied)
        return copied


def _is_at(home: HomeCard, pressed: Pressed) -> bool:
    """Whether it stands where the home card or its thread is, and is not that card itself."""
    is_there = home.place.channel_id == pressed.channel_id and _TS.fullmatch(pressed.ts) is not None
    return is_there and home.ts not in (None, pressed.ts)


async def _alert_instead(tx: Tx, pressed: Pressed, home: HomeCard) -> Row[Any] | None:
    """The last alert, where the pressed one is none of those in this thread that are kept up to date."""
    of = {"workspace_id": pressed.workspace_id, "subject_id": str(pressed.item_id)}
    rows = (await tx.execute(_ALERTS_OF, of)).all()
    last = [row for row in rows if row.role in THREADS]
    if pressed.thread_ts != home.ts or any(row.ts == pressed.ts for row in rows):
        return None
    return None if any(row.ts is None for row in last) else next(iter(last), None)


async def _is_of_the_last(tx: Tx, pressed: Pressed) -> bool:
    """What was posted before the last alert was opened may be the one that it followed: no row knows that any more, it says what
    became of it, and a press acts on the item as it is now.
    """
    of = {"workspace_id": pressed.workspace_id, "item_id": pressed.item_id}
    opened_at = (await tx.execute(_FOLLOWED, of)).scalar_one()
    return opened_at is None or float(pressed.ts) >= opened_at.timestamp()


async def _take_buttons(tx: Tx, pressed: Pressed, home: HomeCard, copied: Copied) -> None:
    """By a note in its place, which nothing changes any more."""
    item = await load_item(tx, pressed.workspace_id, pressed.item_id)
    reference = "" if item is None else f" of {item.reference}"
    said = f"_An old copy{reference}. <{copied.link}|The current {copied.what}> is here._"
    place = Place(
        role="copy",
        surface=home.place.surface,
        channel_id=home.place.channel_id,
        user_id=home.place.user_id,
        thread_ts=pressed.thread_ts if pressed.is_reply else None,
    )
    key = f"copy:{pressed.channel_id}:{pressed.ts}"
    row_id = await want(tx, pressed.workspace_id, Subject.NOTE, key, place, facts={"text": said, "is_last": "yes"})
    stands = MESSAGES.update().where(MESSAGES.c.workspace_id == pressed.workspace_id, MESSAGES.c.id == row_id)
    await tx.execute(stands.values(ts=pressed.ts))
