"""The file door: a file dropped in an organisation's channel becomes an item, or a reason why not.

What Slack was told is on disk first: the arrival is a row and a job in one transaction. The job fetches the file from
Slack's one file host, has it read in a child process, and enters the item; the same bytes again add nothing and say
where the item is.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row, select

from bot.db.base import new_id, table_of
from bot.db.items import ArrivalRow
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import is_installed
from bot.domain.documents import Door
from bot.domain.ids import ChannelId, OrganisationId, UserId, WorkspaceId
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.intake.result import Reading, Unreadable
from bot.services.entering import NewItem, enter
from bot.services.files import keep_file, sha256_of
from bot.services.jobs import JobKind, Jobs
from bot.services.messages import Place, Subject, Surface, note, place_of
from bot.services.people import NotAllowedError, People
from bot.services.settings import organisation_of_channel
from bot.views.text import moment

ANSWER = "answer"
"""The role of the one message that says what became of a file."""

ARRIVALS = table_of(ArrivalRow)

MOVING_FOR = timedelta(seconds=60)
LONGEST_WAIT = timedelta(hours=1)
TELL_AFTER = timedelta(minutes=5)
TRIED_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file as Slack handed it over; `thread_ts` is the message it was shared with."""

    name: str
    content: bytes
    thread_ts: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFetched:
    """Why there are no bytes, in words; `is_final` when trying again would not help."""

    reason: str
    is_final: bool
    thread_ts: str | None = None


class FileSource(Protocol):
    async def fetch(self, workspace_id: WorkspaceId, slack_file_id: str, channel_id: str) -> Fetched | NotFetched:
        """The bytes of a file that was shared with us."""
        ...


class Reader(Protocol):
    async def __call__(self, content: bytes, filename: str) -> Reading | Unreadable:
        """What the document says, read in a child process."""
        ...


@dataclass(frozen=True, slots=True)
class Arrivals:
    db: Database
    people: People
    jobs: Jobs
    files: FileSource
    read: Reader
    public_url: str

    async def receive(self, actor: Actor, channel_id: ChannelId, slack_file_id: str) -> None:
        """Keep that a file was dropped. Channels that are nobody's are none of our business."""
        workspace_id = actor.workspace.id
        async with self.db.read() as tx:
            organisation_id = await organisation_of_channel(tx, workspace_id, channel_id)
        if organisation_id is None or actor.user_id == actor.workspace.bot_user_id:
            return
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            try:
                await self.people.require(tx, Deed.ADD_ITEM, actor, person, organisation_id)
            except NotAllowedError as error:
                place = Place(role="refused", surface=Surface.EPHEMERAL, channel_id=channel_id, user_id=actor.user_id)
                await note(tx, workspace_id, f"file:{slack_file_id}", place, error.refusal.reason)
                return
            arrival_id = new_id()
            new = tx.insert(ArrivalRow).values(
                id=arrival_id,
                workspace_id=workspace_id,
                organisation_id=organisation_id,
                slack_file_id=slack_file_id,
                channel_id=channel_id,
                user_id=actor.user_id,
                state="waiting",
                attempt=1,
                due_at=tx.now + MOVING_FOR,
                at=tx.now,
            )
            if (await tx.execute(new.on_conflict_do_nothing())).rowcount:
                await self.jobs.enqueue(tx, JobKind.READ_FILE, f"{arrival_id}:1", f"files:{organisation_id}")

    async def run(self, key: str) -> None:
        """Fetch, read, enter. Safe to run twice: the arrival's state says whether it is over."""
        arrival_id, _, attempt = key.partition(":")
        async with self.db.read() as tx:
            statement = select(ARRIVALS).where(
                ARRIVALS.c.id == UUID(arrival_id),
                ARRIVALS.c.state == "waiting",
                is_installed(ARRIVALS.c.workspace_id),
            )
            arrival = (await tx.execute(statement)).one_or_none()
        if arrival is None or arrival.attempt != int(attempt):
            return
        fetched = await self.files.fetch(WorkspaceId(arrival.workspace_id), arrival.slack_file_id, arrival.channel_id)
        if isinstance(fetched, NotFetched):
            await self._not_fetched(arrival, fetched)
            return
        reading = await self.read(fetched.content, fetched.name)
        if isinstance(reading, Unreadable):
            await self._refuse(arrival, f"{reading.reason} {reading.what_to_do}".strip(), fetched.thread_ts)
        else:
            await self._enter(arrival, fetched, reading)

    async def restart_stuck(self) -> int:
        """Give arrivals that stopped moving another attempt."""
        statement = select(ARRIVALS).where(ARRIVALS.c.state == "waiting", is_installed(ARRIVALS.c.workspace_id))
        async with self.db.read() as tx:
            stuck = (await tx.execute(statement.where(ARRIVALS.c.due_at <= tx.now).limit(100))).all()
        for arrival in stuck:
            async with self.db.write() as tx:
                touched = await tx.execute(
                    ARRIVALS.update()
                    .where(
                        ARRIVALS.c.id == arrival.id,
                        ARRIVALS.c.workspace_id == arrival.workspace_id,
                        ARRIVALS.c.attempt == arrival.attempt,
                    )
                    .values(attempt=arrival.attempt + 1, due_at=tx.now + MOVING_FOR)
                )
                if touched.rowcount:
                    key = f"{arrival.id}:{arrival.attempt + 1}"
                    await self.jobs.enqueue(tx, JobKind.READ_FILE, key, f"files:{arrival.organisation_id}")
        return len(stuck)

    async def _enter(self, arrival: Row[Any], fetched: Fetched, reading: Reading) -> None:
        async with self.db.write() as tx:
            if not await _end(tx, arrival, "item"):
                return
            file_id = await keep_file(tx, WorkspaceId(arrival.workspace_id), fetched.name, fetched.content)
            item, is_new = await enter(
                tx,
                NewItem(
                    workspace_id=WorkspaceId(arrival.workspace_id),
                    organisation_id=OrganisationId(arrival.organisation_id),
                    submitted_by=UserId(arrival.user_id),
                    door=Door.FILE,
                    source_key=f"sha256:{sha256_of(fetched.content)}",
                    facts=reading.facts,
                    file_id=file_id,
                ),
            )
            link = f"<{self.public_url}/i/{item.id}|{item.reference}>"
            words = f"Read as {link}; its card is in <#{arrival.channel_id}>."
            if not is_new:
                words = f"This file is already here as {link} ({item.state.words}); nothing was added."
            await self._tell(tx, arrival, words, fetched.thread_ts)

    async def _not_fetched(self, arrival: Row[Any], why: NotFetched) -> None:
        """Again later and later, for a day; whoever dropped it is told after some minutes, and at the end."""
        if why.is_final:
            await self._refuse(arrival, why.reason, why.thread_ts)
        elif self.db.clock.now() >= arrival.at + TRIED_FOR:
            reason = (
                f"Slack did not hand it over for a day: {why.reason}. Drop it again, or type it in with `/dext add`."
            )
            await self._refuse(arrival, reason, why.thread_ts)
        else:
            await self._put_off(arrival, why)

    async def _put_off(self, arrival: Row[Any], why: NotFetched) -> None:
        wait = min(MOVING_FOR * 2 ** min(arrival.attempt - 1, 10), LONGEST_WAIT)
        workspace_id, key = WorkspaceId(arrival.workspace_id), f"arrival:{arrival.id}"
        async with self.db.write() as tx:
            later = ARRIVALS.update().where(
                ARRIVALS.c.id == arrival.id,
                ARRIVALS.c.workspace_id == workspace_id,
                ARRIVALS.c.attempt == arrival.attempt,
                ARRIVALS.c.state == "waiting",
            )
            if (await tx.execute(later.values(due_at=tx.now + wait))).rowcount == 0 or tx.now < arrival.at + TELL_AFTER:
                return
            if await place_of(tx, workspace_id, Subject.NOTE, key, ANSWER) is None:
                until = arrival.at + TRIED_FOR
                words = f"Slack does not hand over this file yet ({why.reason}); I go on trying until {moment(until)}."
                await self._tell(tx, arrival, words, why.thread_ts)

    async def _refuse(self, arrival: Row[Any], reason: str, thread_ts: str | None) -> None:
        async with self.db.write() as tx:
            if await _end(tx, arrival, "refused", reason):
                await self._tell(tx, arrival, f"This file was not added. {reason}", thread_ts)

    async def _tell(self, tx: Tx, arrival: Row[Any], words: str, thread_ts: str | None) -> None:
        """In the file's own thread; where Slack did not say which that is, whoever dropped it is told alone."""
        channel_id = ChannelId(arrival.channel_id)
        if thread_ts is not None:
            place = Place(role=ANSWER, surface=Surface.CHANNEL, channel_id=channel_id, thread_ts=thread_ts)
        else:
            words = f"About the file you dropped in <#{channel_id}>: {words}"
            place = Place(role=ANSWER, surface=Surface.DIRECT, user_id=UserId(arrival.user_id))
        await note(tx, WorkspaceId(arrival.workspace_id), f"arrival:{arrival.id}", place, words)


async def _end(tx: Tx, arrival: Row[Any], state: str, reason: str | None = None) -> bool:
    statement = (
        ARRIVALS.update()
        .where(
            ARRIVALS.c.id == arrival.id,
            ARRIVALS.c.workspace_id == arrival.workspace_id,
            ARRIVALS.c.state == "waiting",
        )
        .values(state=state, reason=reason, due_at=None)
    )
    return bool((await tx.execute(statement)).rowcount)
