"""The doors in Slack: a file dropped in an organisation's channel, one sent to the app alone, and "Send to Dext".

What Slack was told is on disk first: the arrival is a row and a job in one transaction. `bot.services.arrivals` does the
work.
"""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bot.db.arrivals import arrival_of_file, arrivals_of_message, change_arrival, insert_arrival
from bot.db.base import new_id, table_of
from bot.db.connections import ChannelRow
from bot.db.unit_of_work import Database, Tx
from bot.domain.arrivals import MOST_FILES, AnswerIn, Arrival, ArrivalState, DropMode, SlackMessage
from bot.domain.documents import Door
from bot.domain.ids import ChannelId, OrganisationId, WorkspaceId
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.services.arrival_messages import sign
from bot.services.arrivals import MOVING_FOR, enqueue
from bot.services.default_books import DefaultOf, default_of
from bot.services.jobs import Jobs
from bot.services.messages import Place, Surface, note
from bot.services.organisations import Named, last_used_first
from bot.services.people import NotAllowedError, People
from bot.services.settings import APPROVALS
from bot.views.arrivals import shared_before
from bot.views.organisations import NOTHING_CONNECTED

CHANNELS = table_of(ChannelRow)

DIRECT_PREFIX = "D"
"""Begins the id of a conversation of two; the app is told of those with itself only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFiles:
    """What "Send to Dext" led to.

    `to_choose` are the organisations to choose from, where files wait for that, last used first. `known` are files that
    were here before, and `left` is how many of the message were too many.
    """

    subject: str
    is_anything_connected: bool = True
    organisation: str | None = None
    """None where there are several to choose from."""
    to_choose: tuple[Named, ...] = ()
    known: tuple[Arrival, ...] = ()
    left: int = 0
    is_unbound: bool = False
    """Of a channel that is no organisation's: Dext need not be in it, and then shows no sign there."""


@dataclass(frozen=True, slots=True)
class Doors:
    db: Database
    people: People
    jobs: Jobs

    async def dropped(self, actor: Actor, channel_id: ChannelId, slack_file_id: str) -> None:
        """Keep that a file was dropped. Channels that are nobody's are none of our business.

        `file_shared` tells of conversations with the app too, by `files:read` alone: Slack's example is of one.
        <https://docs.slack.dev/reference/events/file_shared>
        """
        if actor.user_id == actor.workspace.bot_user_id:
            return
        if channel_id.startswith(DIRECT_PREFIX):
            await self._sent_alone(actor, channel_id, slack_file_id)
            return
        async with self.db.read() as tx:
            bound = await _bound(tx, actor.workspace.id, channel_id)
        if bound is None or bound[1] is DropMode.SHORTCUT:
            return
        organisation_id, mode = bound
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            try:
                await self.people.require(tx, Deed.ADD_ITEM, actor, person, organisation_id)
            except NotAllowedError as error:
                place = Place(role="refused", surface=Surface.EPHEMERAL, channel_id=channel_id, user_id=actor.user_id)
                await note(tx, actor.workspace.id, f"file:{slack_file_id}", place, error.refusal.reason)
                return
            new = _new(tx, actor, channel_id, slack_file_id, door=Door.FILE, organisation_id=organisation_id)
            place = Place(role="here", surface=Surface.EPHEMERAL, channel_id=channel_id, user_id=actor.user_id)
            await self._begin_or_tell(tx, {**new, "is_sure": mode is DropMode.EVERY}, place)

    async def _sent_alone(self, actor: Actor, channel_id: ChannelId, slack_file_id: str) -> None:
        place = Place(role="refused", surface=Surface.DIRECT, user_id=actor.user_id)
        here = replace(place, role="here")
        try:
            await self.people.require_member(actor)
        except NotAllowedError as error:
            async with self.db.write() as tx:
                await note(tx, actor.workspace.id, f"file:{slack_file_id}", place, error.refusal.reason)
            return
        async with self.db.write() as tx:
            match await last_used_first(tx, actor.workspace.id, actor.user_id):
                case ():
                    await note(tx, actor.workspace.id, f"file:{slack_file_id}", place, NOTHING_CONNECTED)
                case (only,):
                    new = _new(tx, actor, channel_id, slack_file_id, door=Door.DIRECT, organisation_id=only.id)
                    await self._begin_or_tell(tx, new, here)
                case _:
                    usual = await default_of(tx, actor.workspace.id, DefaultOf.ITEMS)
                    new = _new(tx, actor, channel_id, slack_file_id, door=Door.DIRECT, organisation_id=usual)
                    await self._begin_or_tell(tx, new, here)

    async def send(self, actor: Actor, message: SlackMessage, file_ids: tuple[str, ...]) -> SentFiles:
        """Take the files of a message: for its channel's organisation, the only one, or when somebody has chosen one.

        What is here already stays as it is. What was refused, left or asked about is begun anew: somebody means it.

        Raises:
            NotAllowedError: outsiders, guests and bots add nothing.
        """
        person = await self.people.require_member(actor)
        workspace_id, subject = actor.workspace.id, f"{message.channel_id}:{message.ts}"
        async with self.db.write() as tx:
            meant = await _meant(tx, actor, message.channel_id)
            if not meant:
                return SentFiles(subject=subject, is_anything_connected=False)
            is_unbound = await _is_unbound(tx, workspace_id, message.channel_id)
            only = meant[0].id if len(meant) == 1 else None
            if only is not None:
                await self.people.require(tx, Deed.ADD_ITEM, actor, person, only)
            news = (
                _new(tx, actor, message.channel_id, file_id, door=Door.MESSAGE, organisation_id=only)
                for file_id in file_ids[:MOST_FILES]
            )
            of_message = {"message_ts": message.ts, "thread_ts": message.thread_ts}
            known = [await self._take(tx, new | of_message) for new in news]
            files = await arrivals_of_message(tx, workspace_id, message.channel_id, message.ts)
        is_to_choose = any(file.state is ArrivalState.CHOOSING for file in files)
        return SentFiles(
            subject=subject,
            organisation=meant[0].name if len(meant) == 1 else None,
            to_choose=meant if is_to_choose else (),
            known=tuple(arrival for arrival in known if arrival is not None),
            left=max(0, len(file_ids) - MOST_FILES),
            is_unbound=is_unbound,
        )

    async def _take(self, tx: Tx, new: dict[str, Any]) -> Arrival | None:
        """The arrival there was, where it is to stay as it is."""
        if new["organisation_id"] is None:
            new |= {"state": ArrivalState.CHOOSING, "due_at": None}
        if await self._begin(tx, new):
            return None
        known = await arrival_of_file(tx, new["workspace_id"], new["slack_file_id"], new["channel_id"])
        assert known is not None
        if known.state in (ArrivalState.WAITING, ArrivalState.ITEM, ArrivalState.ADDED):
            return known
        again = new | {"attempt": known.attempt + 1, "reason": None, "answer_in": known.answer_in}
        del again["id"]
        if await change_arrival(tx, known, **again):
            await self._work(tx, known.id, known.attempt + 1, again)
            await sign(tx, known)
        return None

    async def _begin_or_tell(self, tx: Tx, new: dict[str, Any], place: Place) -> None:
        """A file that was shared there before keeps its id at Slack: nothing is begun, and whoever shared it again is
        told what became of it. While it is being read, that is told under its first message.
        """
        if await self._begin(tx, new):
            return
        known = await arrival_of_file(tx, new["workspace_id"], new["slack_file_id"], new["channel_id"])
        if known is not None and known.state is not ArrivalState.WAITING:
            key = f"file:{known.slack_file_id}:{place.user_id}"
            await note(tx, known.workspace_id, key, place, shared_before(known))

    async def _begin(self, tx: Tx, new: dict[str, Any]) -> bool:
        is_new = await insert_arrival(tx, new)
        if is_new:
            await self._work(tx, new["id"], new["attempt"], new)
        return is_new

    async def _work(self, tx: Tx, arrival_id: UUID, attempt: int, new: dict[str, Any]) -> None:
        if new["state"] is ArrivalState.WAITING:
            await enqueue(tx, self.jobs, arrival_id, attempt, new["organisation_id"] or new["workspace_id"])


async def _meant(tx: Tx, actor: Actor, channel_id: ChannelId) -> tuple[Named, ...]:
    """The channel's organisation, else the default for items; else all there are, last used first."""
    found = await last_used_first(tx, actor.workspace.id, actor.user_id)
    bound = await _bound(tx, actor.workspace.id, channel_id)
    here = await default_of(tx, actor.workspace.id, DefaultOf.ITEMS) if bound is None else bound[0]
    return tuple(organisation for organisation in found if organisation.id == here) or found


async def _is_unbound(tx: Tx, workspace_id: WorkspaceId, channel_id: ChannelId) -> bool:
    """Whether it is nobody's, for bills or for alerts."""
    statement = select(CHANNELS.c.channel_id).where(
        CHANNELS.c.workspace_id == workspace_id, CHANNELS.c.channel_id == channel_id
    )
    return (await tx.execute(statement.limit(1))).first() is None


async def _bound(tx: Tx, workspace_id: WorkspaceId, channel_id: ChannelId) -> tuple[OrganisationId, DropMode] | None:
    """Whose bills are dropped in a channel, and what becomes of them."""
    statement = select(CHANNELS.c.organisation_id, CHANNELS.c.drops).where(
        CHANNELS.c.workspace_id == workspace_id, CHANNELS.c.channel_id == channel_id, CHANNELS.c.purpose == APPROVALS
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else (OrganisationId(row.organisation_id), DropMode(row.drops))


def _new(
    tx: Tx,
    actor: Actor,
    channel_id: ChannelId,
    slack_file_id: str,
    *,
    door: Door,
    organisation_id: OrganisationId | None,
) -> dict[str, Any]:
    """A row that waits to be worked on."""
    return {
        "id": new_id(),
        "workspace_id": actor.workspace.id,
        "organisation_id": organisation_id,
        "door": door,
        "slack_file_id": slack_file_id,
        "channel_id": channel_id,
        "user_id": actor.user_id,
        "answer_in": AnswerIn.ALONE,
        "is_sure": True,
        "state": ArrivalState.WAITING,
        "attempt": 1,
        "due_at": tx.now + MOVING_FOR,
        "at": tx.now,
    }
