"""So much is new in one channel, after an outage of Slack's or with a long list, that people are told once how much, first.

It follows in Slack's pace, each message as things stand then; what changed meanwhile comes as one message, never as several.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from bot.db import places
from bot.db.items import ITEMS
from bot.db.outbox import MESSAGES, Message, is_held
from bot.db.places import Outage
from bot.db.unit_of_work import Tx
from bot.domain.ids import ChannelId
from bot.domain.items import ItemState
from bot.services.messages import FLOOD, Place, Subject, Surface, note
from bot.views.text import moment

MANY = 20
"""Messages that go out in half a minute need no announcement."""
FIRST = timedelta(milliseconds=1)
AT_ONCE = 500


def is_flood(message: Message) -> bool:
    return message.line > MANY and not message.is_counted and message.surface == Surface.CHANNEL


async def announce(tx: Tx, message: Message) -> bool:
    """Put one message before all that is new in this one's channel; False where another process was first."""
    if not await places.count_once(tx, message.workspace_id, message.place):
        return False
    new = (
        MESSAGES.c.workspace_id == message.workspace_id,
        MESSAGES.c.channel_id == message.channel_id,
        MESSAGES.c.surface == Surface.CHANNEL,
        MESSAGES.c.is_waiting.is_(True),
        MESSAGES.c.ts.is_(None),
        ~is_held(),
    )
    now = places.limits(tx.now)
    found = (await tx.execute(select(MESSAGES.c.subject, MESSAGES.c.subject_id).where(*new), now)).all()
    when = select(func.min(MESSAGES.c.due_at).label("earliest"), func.max(MESSAGES.c.not_before).label("quiet_until"))
    times = (await tx.execute(when.where(*new), now)).one()
    items = [UUID(row.subject_id) for row in found if row.subject == Subject.ITEM]
    alerts = sum(row.subject == Subject.ALERT for row in found)
    states = await _states(tx, message, items)
    outage = await places.last_outage(tx, message.workspace_id)
    is_after_one = outage is not None and outage.ended_at is not None and outage.ended_at >= times.earliest
    why = _why(outage if is_after_one else None, times.quiet_until)
    text = why + _text(len(found), len(items), alerts, states)
    place = Place(role=FLOOD, surface=Surface.CHANNEL, channel_id=ChannelId(str(message.channel_id)))
    row_id = await note(tx, message.workspace_id, f"flood:{message.place}:{tx.now:%Y%m%d%H%M%S%f}", place, text)
    await tx.execute(MESSAGES.update().where(MESSAGES.c.id == row_id, new[0]).values(due_at=times.earliest - FIRST))
    return True


async def _states(tx: Tx, message: Message, items: Sequence[UUID]) -> Mapping[ItemState, int]:
    found = Counter[ItemState]()
    for start in range(0, len(items), AT_ONCE):
        of = ITEMS.c.workspace_id == message.workspace_id, ITEMS.c.id.in_(items[start : start + AT_ONCE])
        rows = await tx.execute(select(ITEMS.c.state, func.count().label("many")).where(*of).group_by(ITEMS.c.state))
        found.update({ItemState(row.state): row.many for row in rows})
    return found


def _why(outage: Outage | None, quiet_until: datetime | None) -> str:
    if outage is not None and outage.ended_at is not None:
        return f"I could not post in Slack from {moment(outage.since)} until {moment(outage.ended_at)}. "
    return "" if quiet_until is None else f"Here it was quiet until {moment(quiet_until)}. "


def _text(count: int, items: int, alerts: int, states: Mapping[ItemState, int]) -> str:
    parts = [_counted(items, "item"), _counted(alerts, "alert"), _counted(count - items - alerts, "other message")]
    stand = ", ".join(f"{states[state]} {state.words}" for state in ItemState if states.get(state))
    return (
        f"*{count} new messages* for this channel follow, about one a second, each as things stand now: "
        f"{', '.join(part for part in parts if part)}."
        + (f" The items: {stand}." if stand else "")
        + " What is for you to do is on Dext's Home already."
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}" if number else ""
