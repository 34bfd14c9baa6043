"""The API's door: what another system sends becomes an item, once for each key that it gives its requests.

The request's row and the item are one transaction: whoever got no answer sends the same again, and gets the answer
there was, or has the first attempt made whole. A file is kept in that transaction and read afterwards, by a job.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from bot.db import api_keys, ingests
from bot.db.base import dump, load, new_id
from bot.db.items import item_from_source, load_item
from bot.db.merges import earlier_books
from bot.db.unit_of_work import Database, Tx
from bot.domain.api_keys import Caller
from bot.domain.documents import Door, Facts, ItemKind
from bot.domain.ids import FileId, ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.ingesting import (
    NOT_ADDED,
    READING,
    Outcome,
    Receipt,
    Sent,
    SentFile,
    SentItem,
    Stated,
    completed,
    shown,
    shown_file,
    unread,
)
from bot.domain.items import Item
from bot.intake.result import Reading, Unreadable
from bot.services.arrivals import Reader
from bot.services.entering import NewItem, enter
from bot.services.files import FILES, keep_file, sha256_of
from bot.services.jobs import JobKind, Jobs
from bot.services.messages import Place, Surface, note
from bot.services.offering import known_codes
from bot.services.previews import ask_for_preview
from bot.services.stuck import STUCK_AT_ONCE, only_stuck
from bot.views.text import escape

MOVING_FOR = timedelta(seconds=60)


class KeyEndedError(Exception):
    """The key was revoked while the request was on its way."""


class KeyReusedError(Exception):
    """Another request had this idempotency key, and said something else."""


class NothingSentError(Exception):
    """No item of these books has that id."""


@dataclass(frozen=True, slots=True)
class Ingesting:
    db: Database
    jobs: Jobs
    read: Reader
    public_url: str

    async def send(self, caller: Caller, sent: Sent) -> tuple[Receipt, bool]:
        """The receipt, and whether it is that of an earlier request with the same key.

        Raises:
            KeyEndedError: nothing was done; the key is not live any more.
            KeyReusedError: nothing was done; the idempotency key belongs to another request.
            NotOfferedError: nothing was done; a code is not in the ledger's lists.
        """
        async with self.db.write() as tx:
            if not await api_keys.is_live(tx, caller):
                raise KeyEndedError
            if (repeated := await _repeated_elsewhere(tx, caller, sent)) is not None:
                return repeated, True
            ingest_id = new_id()
            if not await ingests.insert_ingest(tx, caller, ingest_id, sent.idempotency_key, sent.content_hash):
                return await _repeated(tx, caller, sent), True
            stated = sent.stated
            if stated is not None:
                stated = await known_codes(tx, caller.workspace_id, caller.organisation_id, stated)
            if sent.file is not None:
                return await self._keep(tx, caller, ingest_id, sent.file, stated), False
            facts = completed(stated, None)
            item, _ = await enter(tx, _new_item(caller, f"api:{sent.idempotency_key}", facts, stated))
            receipt = Receipt(outcome=Outcome.ADDED, item=self._shown(item))
            await ingests.settle_ingest(tx, caller, ingest_id, "item", dump(receipt), item_id=item.id)
            return receipt, False

    async def find(self, caller: Caller, sent_id: UUID) -> SentItem:
        """What became of an item of the caller's organisation, or of a file that was to become one; and of what its key sent to the
        books whose place these have taken.

        Raises:
            NothingSentError: there is no such thing, or it is another organisation's.
        """
        async with self.db.read() as tx:
            item = await load_item(tx, caller.workspace_id, ItemId(sent_id))
            if item is not None and item.organisation_id == caller.organisation_id:
                return self._shown(item)
            row = await ingests.ingest_of(tx, caller, sent_id)
            earlier = await earlier_books(tx, caller.workspace_id, caller.organisation_id) if row is None else ()
            if earlier:
                row = await ingests.sent_by_key(tx, caller, sent_id, earlier)
            if row is None:
                raise NothingSentError
            if row.item_id is None:
                return shown_file(row.id, row.state, row.at, row.reason)
            became = await _carried(tx, await load_item(tx, caller.workspace_id, ItemId(row.item_id)), earlier)
        if became is None or became.organisation_id not in (caller.organisation_id, *earlier):  # moved to others since
            raise NothingSentError
        return self._shown(became)

    async def run(self, key: str) -> None:
        """Read the file of a request, and enter it. Safe to run twice: the row's state says whether it is over."""
        ingest_id, _, attempt = key.partition(":")
        async with self.db.read() as tx:
            row = await ingests.reading(tx, UUID(ingest_id), int(attempt))
            if row is None:
                return
            file = select(FILES.c.name, FILES.c.content).where(
                FILES.c.workspace_id == row.workspace_id, FILES.c.id == row.file_id
            )
            kept = (await tx.execute(file)).one()
        reading = await self.read(kept.content, kept.name)
        stated = None if row.stated is None else load(row.stated, Stated)
        if isinstance(reading, Reading):
            await self._enter(row, kept.content, completed(stated, reading.kept), stated)
        elif stated is not None:
            await self._enter(row, kept.content, unread(stated, reading.reason), stated)
        else:
            await self._refuse(row, reading)

    async def restart_stuck(self) -> int:
        """Give files that stopped moving another attempt."""
        async with self.db.read() as tx:
            due = await ingests.reading_due(tx, STUCK_AT_ONCE)
        stuck = await only_stuck(
            self.db,
            self.jobs,
            JobKind.READ_SENT_FILE,
            due,
            key=lambda row: _key(row.id, row.attempt),
            of=ingests.INGESTS.c.id,
            again_in=MOVING_FOR,
        )
        for row in stuck:
            async with self.db.write() as tx:
                if await ingests.next_attempt(tx, row, tx.now + MOVING_FOR):
                    await self._enqueue(tx, row.id, row.attempt + 1, row.organisation_id)
        return len(stuck)

    async def _keep(self, tx: Tx, caller: Caller, ingest_id: UUID, file: SentFile, stated: Stated | None) -> Receipt:
        """Keep a file to be read; one that is an item already adds nothing."""
        source = _source_of(file.content)
        known = await item_from_source(tx, caller.workspace_id, caller.organisation_id, source)
        if known is not None:
            receipt = Receipt(outcome=Outcome.HERE, item=self._shown(known))
            await ingests.settle_ingest(tx, caller, ingest_id, "item", dump(receipt), item_id=known.id)
            return receipt
        file_id = await keep_file(tx, caller.workspace_id, file.name, file.content)
        receipt = Receipt(outcome=Outcome.READING, item=shown_file(ingest_id, READING, tx.now))
        await ingests.settle_ingest(
            tx,
            caller,
            ingest_id,
            READING,
            dump(receipt),
            file_id=file_id,
            stated=None if stated is None else dump(stated),
            due_at=tx.now + MOVING_FOR,
        )
        await self._enqueue(tx, ingest_id, 1, caller.organisation_id)
        return receipt

    async def _enqueue(self, tx: Tx, ingest_id: UUID, attempt: int, organisation_id: UUID) -> None:
        await self.jobs.enqueue(tx, JobKind.READ_SENT_FILE, _key(ingest_id, attempt), f"files:{organisation_id}")

    async def _enter(self, row: Row[Any], content: bytes, facts: Facts, stated: Stated | None) -> None:
        async with self.db.write() as tx:
            caller = await api_keys.sender_of(tx, row)
            new = _new_item(caller, _source_of(content), facts, stated)
            of_file = replace(new, id=ItemId(row.id), file_id=FileId(row.file_id))
            item, _ = await enter(tx, of_file)
            await ask_for_preview(tx, self.jobs, WorkspaceId(row.workspace_id), FileId(row.file_id))
            await ingests.end_reading(tx, row, "item", item_id=item.id)

    async def _refuse(self, row: Row[Any], why: Unreadable) -> None:
        """The sender finds the reason by asking; whoever made the key is told, as nobody may ever ask."""
        workspace_id, _ = ingests.owner_of(row)
        async with self.db.write() as tx:
            if not await ingests.end_reading(tx, row, NOT_ADDED, reason=why.reason):
                return
            caller = await api_keys.sender_of(tx, row)
            place = Place(role="answer", surface=Surface.DIRECT, user_id=UserId(caller.made_by))
            words = f"A file that came with the API key *{escape(caller.name)}* was not added. {why.reason} {why.what_to_do}"
            await note(tx, workspace_id, f"ingest:{row.id}", place, words.strip())

    def _shown(self, item: Item) -> SentItem:
        return shown(item, f"{self.public_url}/i/{item.id}")


def _key(ingest_id: UUID, attempt: int) -> str:
    return f"{ingest_id}:{attempt}"


async def _carried(tx: Tx, item: Item | None, earlier: Collection[OrganisationId]) -> Item | None:
    """Where an item of books whose place others have taken goes on."""
    while item is not None and item.organisation_id in earlier and item.archived is not None:
        if not item.archived.is_moved or item.archived.other is None:
            break
        item = await load_item(tx, item.workspace_id, item.archived.other)
    return item


async def _repeated_elsewhere(tx: Tx, caller: Caller, sent: Sent) -> Receipt | None:
    """What this key sent to the books whose place these have taken adds nothing to these.

    Raises:
        KeyReusedError: as `Ingesting.send`.
    """
    earlier = await earlier_books(tx, caller.workspace_id, caller.organisation_id)
    first = await ingests.first_of_key(tx, caller, sent.idempotency_key, earlier) if earlier else None
    if first is None:
        return None
    if first.content_hash != sent.content_hash:
        raise KeyReusedError
    return load(first.receipt, Receipt)


async def _repeated(tx: Tx, caller: Caller, sent: Sent) -> Receipt:
    first = await ingests.first_ingest(tx, caller, sent.idempotency_key)
    if first is None or first.content_hash != sent.content_hash:
        raise KeyReusedError
    return load(first.receipt, Receipt)


def _new_item(caller: Caller, source_key: str, facts: Facts, stated: Stated | None) -> NewItem:
    stated = stated or Stated(facts=Facts())
    return NewItem(
        workspace_id=caller.workspace_id,
        organisation_id=caller.organisation_id,
        submitted_by=caller.made_by,
        door=Door.API,
        source_key=source_key,
        facts=facts,
        kind=stated.kind or ItemKind.COST,
        coding=stated.coding,
    )


def _source_of(content: bytes) -> str:
    """As of a file that was dropped in a channel: the same bytes are the same document by whatever door."""
    return f"sha256:{sha256_of(content)}"
