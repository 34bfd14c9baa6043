"""The work on files that came in through Slack: each becomes an item, a question, or a reason why not.

`bot.services.doors` has written the row and the job. The job fetches the file from Slack's one file host, has it read in
a child process, and enters the item; the same bytes again add nothing and say where the item is.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from bot.db.arrivals import ARRIVALS, arrival_to_work, arrivals_due, change_arrival
from bot.db.unit_of_work import Database, Tx
from bot.domain.arrivals import AnswerIn, Arrival, ArrivalState, SlackMessage
from bot.domain.auto_publishing import is_wanted
from bot.domain.documents import Door
from bot.domain.ids import ChannelId, FileId, WorkspaceId
from bot.domain.items import Item
from bot.intake.result import Method, Reading, Unreadable
from bot.intake.sniff import FileKind, sniff
from bot.services import quiet
from bot.services.arrival_messages import sign, tell
from bot.services.default_books import DefaultOf, default_of
from bot.services.entering import NewItem, enter
from bot.services.files import file_content, keep_file, sha256_of
from bot.services.jobs import JobKind, Jobs
from bot.services.messages import home_card
from bot.services.previews import ask_for_preview
from bot.services.settings import organisation_name, organisation_of_channel
from bot.services.stuck import STUCK_AT_ONCE, only_stuck
from bot.statements.telling import is_statement_file
from bot.views import arrivals as views
from bot.views.default_books import told
from bot.views.text import moment

MOVING_FOR = timedelta(seconds=60)
LONGEST_WAIT = timedelta(hours=1)
TELL_AFTER = timedelta(minutes=5)
TRIED_FOR = timedelta(days=1)
OF_NO_DOCUMENT = (FileKind.UNKNOWN, FileKind.OTHER_XML)
"""Among these are statements of banks."""


_ENTERED = {Method.STATED: views.read, Method.TEXT: views.read_from_text, Method.NOTHING: views.kept_unread}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What Slack says of a file. `message` is the one it was shared with there; None where we could not answer to it.

    `refusal` is why it is not to be had, in words: it is kept elsewhere, too large, another company's.
    """

    name: str
    message: SlackMessage | None
    url: str = ""
    size: int = 0
    refusal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFetched:
    """Why there are no bytes, in words; `is_final` when trying again would not help."""

    reason: str
    is_final: bool


class FileSource(Protocol):
    async def look(self, arrival: Arrival) -> Found | NotFetched:
        """What Slack says of a file that was shared with us."""
        ...

    async def fetch(self, workspace_id: WorkspaceId, found: Found) -> bytes | NotFetched:
        """Its bytes."""
        ...


class Reader(Protocol):
    async def __call__(self, content: bytes, filename: str) -> Reading | Unreadable:
        """What the document says, read in a child process."""
        ...


async def enqueue(tx: Tx, jobs: Jobs, arrival_id: UUID, attempt: int, line: object) -> None:
    """Have a file worked on, one after another in each `line`: an organisation, or a workspace until one is chosen."""
    await jobs.enqueue(tx, JobKind.READ_FILE, _key(arrival_id, attempt), f"files:{line}")


@dataclass(frozen=True, slots=True)
class Arrivals:
    db: Database
    jobs: Jobs
    files: FileSource
    read: Reader
    public_url: str

    async def run(self, key: str) -> None:
        """Fetch, read, enter. Safe to run twice: the arrival's state says whether it is over."""
        arrival_id, _, attempt = key.partition(":")
        async with self.db.read() as tx:
            arrival = await arrival_to_work(tx, UUID(arrival_id), int(attempt))
            if arrival is None:
                return
            kept = None
            if arrival.file_id is not None:
                kept = await file_content(tx, arrival.workspace_id, arrival.file_id)
        if kept is not None:
            await self._read(arrival, kept)
            return
        found = await self.files.look(arrival)
        if isinstance(found, NotFetched):
            await self._not_fetched(arrival, found)
            return
        seen = await self._seen(arrival, found)
        if seen is not None and found.refusal is not None:
            await self._refuse(seen, found.refusal)
        elif seen is not None:
            await self._fetch(seen, found)

    async def restart_stuck(self) -> int:
        """Give arrivals that stopped moving another attempt."""
        async with self.db.read() as tx:
            due = await arrivals_due(tx, STUCK_AT_ONCE)
        stuck = await only_stuck(
            self.db,
            self.jobs,
            JobKind.READ_FILE,
            due,
            key=lambda arrival: _key(arrival.id, arrival.attempt),
            of=ARRIVALS.c.id,
            again_in=MOVING_FOR,
        )
        for arrival in stuck:
            attempt = arrival.attempt + 1
            async with self.db.write() as tx:
                is_due = ARRIVALS.c.due_at <= tx.now
                if await change_arrival(tx, arrival, is_due, attempt=attempt, due_at=tx.now + MOVING_FOR):
                    await enqueue(tx, self.jobs, arrival.id, attempt, arrival.organisation_id or arrival.workspace_id)
        return len(stuck)

    async def _seen(self, arrival: Arrival, found: Found) -> Arrival | None:
        """Its name and message are known from here on, and whoever dropped it sees that it is looked at. What was told
        somebody alone, while Slack said nothing, goes on being told there.
        """
        is_told_alone = arrival.words is not None and arrival.message is None
        message = None if is_told_alone else found.message or arrival.message
        seen = replace(
            arrival,
            name=found.name,
            message=message,
            answer_in=AnswerIn.ALONE if found.message is None or is_told_alone else AnswerIn.THREAD,
        )
        values: dict[str, Any] = {"name": seen.name, "answer_in": seen.answer_in}
        if message is not None:
            values |= {"message_ts": message.ts, "thread_ts": message.thread_ts}
        async with self.db.write() as tx:
            if not await change_arrival(tx, arrival, **values):
                return None
            await sign(tx, seen)
        return seen

    async def _fetch(self, arrival: Arrival, found: Found) -> None:
        content = await self.files.fetch(arrival.workspace_id, found)
        if isinstance(content, NotFetched):
            await self._not_fetched(arrival, content)
        elif sniff(content) is FileKind.PICTURE and not arrival.is_sure:
            await self._end(arrival, state=ArrivalState.ASKED, reason=None)
        else:
            await self._read(arrival, content)

    async def _read(self, arrival: Arrival, content: bytes) -> None:
        if sniff(content) in OF_NO_DOCUMENT and is_statement_file(content):
            await self._ask_to_add(arrival, content)
            return
        reading = await self.read(content, arrival.name or "file")
        if isinstance(reading, Unreadable):
            await self._refuse(arrival, f"{reading.reason} {reading.what_to_do}".strip())
        elif arrival.organisation_id is None:
            await self._keep(arrival, content)
        else:
            await self._enter(arrival, content, reading)

    async def _ask_to_add(self, arrival: Arrival, content: bytes) -> None:
        """A bank's statement is no document: who keeps the books has its lines added (`bot.services.statements`)."""
        if arrival.organisation_id is None:
            await self._keep(arrival, content)
            return
        async with self.db.write() as tx:
            file_id = await keep_file(tx, arrival.workspace_id, arrival.name or "statement", content)
            asked = {"state": ArrivalState.STATEMENT, "file_id": file_id, "due_at": None, "reason": None}
            if await change_arrival(tx, arrival, **asked):
                await tell(tx, arrival)

    async def _keep(self, arrival: Arrival, content: bytes) -> None:
        """Until somebody has chosen an organisation, whatever becomes of the file in Slack."""
        async with self.db.write() as tx:
            file_id = await keep_file(tx, arrival.workspace_id, arrival.name or "file", content)
            if await change_arrival(tx, arrival, state=ArrivalState.CHOOSING, file_id=file_id, due_at=None):
                await tell(tx, arrival)

    async def _enter(self, arrival: Arrival, content: bytes, reading: Reading) -> None:
        async with self.db.write() as tx:
            if not await change_arrival(tx, arrival, state=ArrivalState.ITEM, due_at=None):
                return
            entered = replace(arrival, state=ArrivalState.ITEM)
            file_id = await keep_file(tx, arrival.workspace_id, arrival.name or "file", content)
            item, is_new = await enter(tx, _new_item(arrival, reading, content, file_id))
            await ask_for_preview(tx, self.jobs, arrival.workspace_id, file_id)
            link = f"<{self.public_url}/i/{item.id}|{item.reference}>"
            words = views.known(link, item.state.words)
            if is_new:
                card = await home_card(tx, item.workspace_id, item.id)
                channel = None if card is None else card.place.channel_id
                until = None if channel is None else await quiet.end_in(tx, item.workspace_id, channel)
                words = _entered(item, reading, link, channel) + views.follows(until)
                words += await self._by_default(tx, arrival)
            await change_arrival(tx, entered, item_id=item.id, reason=words)
            await tell(tx, arrival)

    async def _by_default(self, tx: Tx, arrival: Arrival) -> str:
        """Which books it went to, where nobody said so."""
        of = tx, arrival.workspace_id
        if arrival.door is Door.FILE or arrival.organisation_id != await default_of(*of, DefaultOf.ITEMS):
            return ""
        if arrival.door is Door.MESSAGE and await organisation_of_channel(*of, arrival.channel_id) is not None:
            return ""
        assert arrival.organisation_id is not None
        return told(await organisation_name(*of, arrival.organisation_id))

    async def _not_fetched(self, arrival: Arrival, why: NotFetched) -> None:
        """Again later and later, for a day; whoever dropped it is told after some minutes, and at the end."""
        if why.is_final:
            await self._refuse(arrival, why.reason)
        elif self.db.clock.now() >= arrival.at + TRIED_FOR:
            reason = (
                f"Slack did not hand it over for a day: {why.reason}. Drop it again, or type it in with `/dext add`."
            )
            await self._refuse(arrival, reason)
        else:
            await self._put_off(arrival, why)

    async def _put_off(self, arrival: Arrival, why: NotFetched) -> None:
        wait = min(MOVING_FOR * 2 ** min(arrival.attempt - 1, 10), LONGEST_WAIT)
        async with self.db.write() as tx:
            is_late = tx.now >= arrival.at + TELL_AFTER
            until = moment(arrival.at + TRIED_FOR)
            words = f"Slack does not hand over this file yet ({why.reason}); I go on trying until {until}."
            told = {"reason": words} if is_late and words != arrival.words else {}
            if await change_arrival(tx, arrival, due_at=tx.now + wait, **told) and told:
                await tell(tx, arrival)

    async def _refuse(self, arrival: Arrival, reason: str) -> None:
        await self._end(arrival, state=ArrivalState.REFUSED, reason=views.refused(reason))

    async def _end(self, arrival: Arrival, **values: Any) -> None:
        async with self.db.write() as tx:
            if await change_arrival(tx, arrival, due_at=None, **values):
                await tell(tx, arrival)


def _key(arrival_id: UUID, attempt: int) -> str:
    return f"{arrival_id}:{attempt}"


def _entered(item: Item, reading: Reading, link: str, channel: ChannelId | None) -> str:
    if not item.is_booked:
        return views.never_booked(link, channel, item.facts.document_type)
    if item.facts.is_unread:
        return views.kept_unread(link, channel)
    if reading.method is Method.TEXT and is_wanted(item):
        return views.noticed(views.goes_by_itself(link, channel), reading.warnings)
    return views.noticed(_ENTERED[reading.method](link, channel), reading.warnings)


def _new_item(arrival: Arrival, reading: Reading, content: bytes, file_id: FileId) -> NewItem:
    assert arrival.organisation_id is not None
    return NewItem(
        workspace_id=arrival.workspace_id,
        organisation_id=arrival.organisation_id,
        submitted_by=arrival.user_id,
        door=arrival.door,
        source_key=f"sha256:{sha256_of(content)}",
        facts=reading.kept,
        file_id=file_id,
    )
