"""Asking for something to be shown in Slack, inside the transaction that made it true. `bot.messenger` does the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from slack_sdk.models.blocks import Block
from sqlalchemy import ColumnCollection, ColumnElement, String, Update, and_, bindparam, case, null, or_, select

from bot.db import places
from bot.db.base import dump, new_id, table_of
from bot.db.messages import MessageRow
from bot.db.outbox import CLOSED
from bot.db.unit_of_work import Nudge, Tx, insert_into
from bot.domain.ids import ChannelId, ItemId, UserId, WorkspaceId
from bot.domain.publishing import StepKind

MESSAGES = table_of(MessageRow)

_PLACE = select(MESSAGES.c.id).where(
    MESSAGES.c.workspace_id == bindparam("workspace_id"),
    MESSAGES.c.subject == bindparam("subject"),
    MESSAGES.c.subject_id == bindparam("subject_id"),
    MESSAGES.c.role == bindparam("role"),
)


def _turn(now: ColumnElement[Any]) -> ColumnElement[Any]:
    """What waits in line keeps its turn, however often it changes."""
    return case((and_(MESSAGES.c.is_waiting.is_(True), MESSAGES.c.due_at < now), MESSAGES.c.due_at), else_=now)


def shown_again(*of: ColumnElement[bool]) -> Update:
    """The statement that draws again what is `of` these in a workspace; for `redraw_those`, built once."""
    return (
        MESSAGES.update()
        .where(MESSAGES.c.workspace_id == bindparam("of_workspace"), *of)
        .values(
            wanted=MESSAGES.c.wanted + 1, is_waiting=True, due_at=_turn(bindparam("now", type_=MESSAGES.c.due_at.type))
        )
    )


_AGAIN = shown_again(
    MESSAGES.c.subject.in_(bindparam("of_subjects", expanding=True)),
    MESSAGES.c.subject_id.in_(bindparam("of_ids", expanding=True)),
)

PLACE_COLUMNS = ("surface", "channel_id", "user_id", "thread_of", "thread_ts")

AT_ONCE = 500
"""Databases take only so many values in one statement."""


class Subject(StrEnum):
    """What a message is about; each has one drawer, registered in `bot.app`."""

    ITEM = "item"
    ALERT = "alert"
    CONNECTION = "connection"
    CONNECT_CODE = "connect_code"
    NOTE = "note"
    """Words told once, kept in the row's facts as `{"text": …}`."""
    QUEUE = "queue"
    """What waits at an organisation's ledger; the subject's id is the organisation's."""
    HOME = "home"
    CHANNEL = "channel"
    """One that takes nothing any more; the subject's id is Slack's."""
    ARRIVAL = "arrival"
    """What became of the files of one message: in words, and as a reaction to it."""
    DEFAULT = "default"
    """A default of an organisation that the ledger does not take any more; the subject's id is the organisation's."""
    AUTO_OFFER = "auto_offer"
    """Whether a rule is to publish by itself; the subject's id is the rule's."""
    GONE_CODES = "gone_codes"
    """What items that wait are coded to and the ledger does not take any more; likewise."""
    DIGEST = "digest"
    """What was published in some time; likewise."""


OF_ITEMS = (Subject.ITEM, Subject.ALERT)
"""A card, and whatever alerts there are."""

_ITEM_AGAIN = shown_again(
    or_(*(MESSAGES.c.subject == subject for subject in OF_ITEMS)), MESSAGES.c.subject_id == bindparam("of_id")
)

_PAST = shown_again(
    MESSAGES.c.subject == Subject.ALERT,
    MESSAGES.c.subject_id == bindparam("of_id"),
    MESSAGES.c.role.in_(bindparam("of_roles", expanding=True)),
).values(role=MESSAGES.c.role.concat(bindparam("of_number", type_=String())))

FLOOD = "flood"
"""The role of the note that announces many messages of one channel."""
HOME_CARD = "home card"
"""The role of an item's one home among the places that show it."""
THREAD, POINTER = "thread", "pointer"
"""An alert's two places: under the home card, and one line in the alerts channel. Their roles name the step too; the role
of an alert that another one followed names its number besides.
"""


def of_step(place: str, kind: StepKind) -> str:
    """The role of a place of the last alert about this kind of step."""
    return f"{place}:{kind}"


def step_of(role: str) -> tuple[str, StepKind, int | None]:
    """The place, the kind of step, and which of its alerts: None is the last one."""
    place, kind, *number = role.split(":")
    return place, StepKind(kind), int(number[0]) if number else None


THREADS = tuple(of_step(THREAD, kind) for kind in StepKind)
"""The roles of what an item has under its home card: the last alert about each kind of step."""


class Surface(StrEnum):
    CHANNEL = "channel"
    EPHEMERAL = "ephemeral"
    DIRECT = "direct"
    HOME = "home"
    REACTION = "reaction"
    """A sign of ours under somebody's message, which is the place's `thread_ts`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message stands. `role` tells several places of one subject apart."""

    role: str
    surface: Surface
    channel_id: ChannelId | None = None
    user_id: UserId | None = None
    thread_of: UUID | None = None
    thread_ts: str | None = None


class Shown(Protocol):
    """What drawers read of a message's row: what it is about, whose place it is, and what was kept to draw it from."""

    @property
    def workspace_id(self) -> WorkspaceId: ...

    @property
    def subject_id(self) -> str: ...

    @property
    def role(self) -> str: ...

    @property
    def user_id(self) -> str | None: ...

    @property
    def facts(self) -> str: ...

    @property
    def ts(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A message as it is sent: words for notifications and screen readers, and blocks."""

    text: str
    blocks: tuple[Block, ...] = field(default=())
    is_last: bool = False
    """Nothing will change it any more: it stands as it is from now on, and what becomes of it in Slack is all the same."""
    again_at: datetime | None = None
    """When it is to be drawn again, whatever happens until then."""
    comes_back: bool = True
    """Posted anew where somebody deleted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted:
    """The one sign of ours that a message is to have, by Slack's name for it; None for no sign."""

    name: str | None


async def want(
    tx: Tx,
    workspace_id: WorkspaceId,
    subject: Subject,
    subject_id: object,
    place: Place,
    *,
    facts: dict[str, Any] | None = None,
) -> UUID:
    """Have the subject shown at a place, or shown again as it is now; answers the row's id. Merges with what waits."""
    row_id = new_id()
    values = {
        "id": row_id,
        "workspace_id": workspace_id,
        "subject": subject,
        "subject_id": str(subject_id),
        "role": place.role,
        "surface": place.surface,
        "channel_id": place.channel_id,
        "user_id": place.user_id,
        "thread_of": place.thread_of,
        "thread_ts": place.thread_ts,
        "facts": dump(facts or {}),
        "wanted": 1,
        "sent": 0,
        "is_waiting": True,
        "attempts": 0,
        "due_at": tx.now,
        "created_at": tx.now,
        **places.limits(tx.now),
    }
    tx.nudge(Nudge.MESSENGER)
    return UUID(str((await tx.execute(_wanted(tx.is_sqlite), values)).scalar_one()))


@cache
def _wanted(is_sqlite: bool) -> Any:  # noqa: FBT001 - a key of the cache
    """A new row, or the one there is, shown again; built once, because building it takes longer than carrying it out."""
    insert = insert_into(MessageRow, is_sqlite=is_sqlite)
    wished = insert.excluded
    again = {
        "wanted": MESSAGES.c.wanted + 1,
        "is_waiting": True,
        "due_at": _turn(wished["due_at"]),
        "facts": wished["facts"],
    }
    key = ["workspace_id", "subject", "subject_id", "role"]
    return insert.on_conflict_do_update(index_elements=key, set_={**again, **_placed(wished)}).returning(MESSAGES.c.id)


def _placed(wished: ColumnCollection[str, ColumnElement[Any]]) -> dict[str, ColumnElement[Any]]:
    """The place that is wished now, for what stands nowhere yet and is not on its way; what stands stays there."""
    can_move = and_(MESSAGES.c.ts.is_(None), places.is_free(MESSAGES.c.leased_until))
    moves = and_(can_move, wished["channel_id"].is_distinct_from(MESSAGES.c.channel_id))
    placed = {name: case((can_move, wished[name]), else_=MESSAGES.c[name]) for name in PLACE_COLUMNS}
    # what another channel refused says nothing of this one
    return {**placed, "trouble": case((moves, null()), else_=MESSAGES.c.trouble)}


async def redraw(tx: Tx, workspace_id: WorkspaceId, subject: Subject, subject_id: object) -> None:
    """Every place that shows the subject is drawn again."""
    await _redraw(tx, workspace_id, (subject,), [str(subject_id)])


async def redraw_item(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> None:
    """Every place that shows the item is drawn again: its card, and its alerts where it has any."""
    await redraw_those(tx, workspace_id, _ITEM_AGAIN, of_id=str(item_id))


async def redraw_items(tx: Tx, workspace_id: WorkspaceId, item_ids: Sequence[ItemId]) -> None:
    """As `redraw_item`, for many at once."""
    for start in range(0, len(item_ids), AT_ONCE):
        await _redraw(tx, workspace_id, OF_ITEMS, [str(item_id) for item_id in item_ids[start : start + AT_ONCE]])


async def redraw_homes(tx: Tx, workspace_id: WorkspaceId, users: Iterable[UserId]) -> None:
    """The Home of each of these people, where they have opened one, is drawn again."""
    await _redraw(tx, workspace_id, (Subject.HOME,), list(set(users)))


async def past(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId, kind: StepKind, number: int) -> None:
    """The messages of the last alert about a kind of step are those of this number from now on, and are drawn again."""
    last = (of_step(THREAD, kind), of_step(POINTER, kind))
    await redraw_those(tx, workspace_id, _PAST, of_id=str(item_id), of_roles=last, of_number=f":{number}")


async def try_closed_again(tx: Tx, workspace_id: WorkspaceId) -> None:
    """What a closed channel did not take is sent now; if it is still closed, `bot.services.rehoming` is asked."""
    closed = (MESSAGES.c.is_waiting.is_(True), MESSAGES.c.trouble.in_(CLOSED))
    statement = MESSAGES.update().where(MESSAGES.c.workspace_id == workspace_id, *closed)
    await tx.execute(statement.values(due_at=tx.now))
    tx.nudge(Nudge.MESSENGER)


async def send_again(tx: Tx, workspace_id: WorkspaceId) -> None:
    """There is a token again: what waited for one, or what Slack did not take because of the old one, goes out now."""
    await places.try_now(tx, workspace_id)
    tx.nudge(Nudge.MESSENGER)


async def _redraw(tx: Tx, workspace_id: WorkspaceId, subjects: tuple[Subject, ...], ids: Sequence[str]) -> None:
    await redraw_those(tx, workspace_id, _AGAIN, of_subjects=subjects, of_ids=ids)


async def redraw_those(tx: Tx, workspace_id: WorkspaceId, statement: Update, **of: object) -> None:
    """Whatever a statement of `shown_again` is about is drawn again."""
    await tx.execute(statement, {**of, "of_workspace": workspace_id, "now": tx.now})
    tx.nudge(Nudge.MESSENGER)


async def forget(tx: Tx, workspace_id: WorkspaceId, subject: Subject, subject_id: object) -> None:
    """The subject is drawn no more, at any place; what stands in Slack is left there."""
    await tx.execute(
        MESSAGES.delete().where(
            MESSAGES.c.workspace_id == workspace_id,
            MESSAGES.c.subject == subject,
            MESSAGES.c.subject_id == str(subject_id),
        )
    )


async def place_of(tx: Tx, workspace_id: WorkspaceId, subject: Subject, subject_id: object, role: str) -> UUID | None:
    """The id of the row that shows a subject at a place, to hang a thread under it."""
    of = {"workspace_id": workspace_id, "subject": subject, "subject_id": str(subject_id), "role": role}
    return (await tx.execute(_PLACE, of)).scalar_one_or_none()


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCard:
    """An item's home card: the row to hang a thread under, and where it stands; `ts` once it was posted."""

    id: UUID
    place: Place
    ts: str | None


async def home_card(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> HomeCard | None:
    statement = select(MESSAGES).where(
        MESSAGES.c.workspace_id == workspace_id,
        MESSAGES.c.subject == Subject.ITEM,
        MESSAGES.c.subject_id == str(item_id),
        MESSAGES.c.role == HOME_CARD,
    )
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        return None
    channel = None if row.channel_id is None else ChannelId(row.channel_id)
    user = None if row.user_id is None else UserId(row.user_id)
    place = Place(role=row.role, surface=Surface(row.surface), channel_id=channel, user_id=user)
    return HomeCard(id=row.id, place=place, ts=row.ts)


async def note(tx: Tx, workspace_id: WorkspaceId, key: str, place: Place, text: str) -> UUID:
    """Tell something once. The same key at the same place is the same note."""
    return await want(tx, workspace_id, Subject.NOTE, key, place, facts={"text": text})
