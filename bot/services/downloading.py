"""What is approved for software that is not called goes into a batch, which a person downloads: then it is published.

Pressing *Download* freezes what is due into a batch with a number and bytes of its own, in one transaction; whoever
presses meanwhile gets the same one. A job puts the file into the person's messages, and only then its documents are
published, by that person. From when that begins nobody can take anything out of it. Downloading again gives the same
number and bytes, and changes nothing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row, select

from bot.db import batches, planning
from bot.db import steps as rows
from bot.db.base import new_id, table_of
from bot.db.connections import ConnectionRow, OrganisationRow
from bot.db.downloads import (
    DONE,
    DOWNLOADS,
    FAILED,
    HANDED,
    WAITING,
    NumberedBatch,
    change_download,
    is_still_due,
    next_number,
    numbered_batch,
    open_batch,
    waiting_download,
)
from bot.db.planning import DueOrganisation, Gathering
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import is_installed
from bot.domain.books import Books
from bot.domain.downloads import Download
from bot.domain.ids import BatchId, ConnectionId, OrganisationId, UserId, WorkspaceId
from bot.domain.publishing import BatchState, StepKind
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.services import audit, freezing, published
from bot.services.homes import redraw_homes_of
from bot.services.jobs import JobKind, Jobs
from bot.services.lists import books_of
from bot.services.messages import Place, Surface, note
from bot.services.people import OrganisationNotFoundError, People
from bot.services.settings import load_settings, organisation_name
from bot.services.stuck import STUCK_AT_ONCE, only_stuck
from bot.views.downloading import READY_NOW, came_to_nothing, handed_over
from providers.base import FileProvider

CONNECTIONS, ORGANISATIONS = table_of(ConnectionRow), table_of(OrganisationRow)

MOVING_FOR = timedelta(seconds=60)
MOST_ATTEMPTS = 10


class CannotDownloadError(Exception):
    """There is nothing to download now; the words say why, and what to do."""


class Hands(Protocol):
    async def give(
        self, workspace_id: WorkspaceId, user_id: UserId, *, name: str, content: bytes, words: str
    ) -> str | None:
        """Put a file into a person's own messages; Slack's id of it. None: Slack did not take it."""
        ...


@dataclass(frozen=True, slots=True)
class Downloading:
    db: Database
    jobs: Jobs
    people: People
    providers: Mapping[str, FileProvider]
    hands: Hands
    public_url: str

    async def download(self, actor: Actor, organisation_id: OrganisationId, number: int | None = None) -> Download:
        """The batch with this number again; without one, that which waits, or a new one of all that is due.

        Raises:
            NotAllowedError: only bookkeepers and admins.
            OrganisationNotFoundError: there is none that is published by download.
            CannotDownloadError: nothing is due, it is not set up or connected, or there is no such batch.
        """
        person, of = await self.people.identify(actor), (actor.workspace.id, organisation_id)
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.FIX, actor, person, organisation_id)
            connection = await self._connection(tx, *of)
            if number is not None:
                batch = await numbered_batch(tx, *of, number)
                if batch is None:
                    raise CannotDownloadError(f"There is no batch {number} to download.")
            else:
                batch = await self._waiting(tx, connection)
            name = await organisation_name(tx, *of)
            if batch is None:
                return Download(organisation_id=organisation_id, organisation=name)
            await self._ask(tx, actor, organisation_id, batch)
            await redraw_homes_of(tx, *of)
        return Download(
            organisation_id=organisation_id,
            organisation=name,
            number=batch.number,
            documents=batch.documents,
            is_again=batch.is_over,
        )

    async def _connection(self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Row[Any]:
        """Locked: two who press at once get one batch."""
        statement = (
            select(CONNECTIONS)
            .where(
                CONNECTIONS.c.workspace_id == workspace_id,
                CONNECTIONS.c.organisation_id == organisation_id,
                CONNECTIONS.c.provider.in_(tuple(self.providers)),
            )
            .with_for_update()
        )
        row = (await tx.execute(statement)).one_or_none()
        if row is None:
            raise OrganisationNotFoundError
        return row

    async def _waiting(self, tx: Tx, connection: Row[Any]) -> NumberedBatch | None:
        of = WorkspaceId(connection.workspace_id), OrganisationId(connection.organisation_id)
        standing = await open_batch(tx, *of)
        if standing is not None:
            return standing
        if not (await load_settings(tx, *of)).is_set_up:
            raise CannotDownloadError("Nothing is published before an admin has set it up: `/dext settings`.")
        found = DueOrganisation(
            workspace_id=of[0],
            organisation_id=of[1],
            connection_id=ConnectionId(connection.id),
            provider=connection.provider,
            tenant_id=connection.tenant_id,
        )
        return await self._freeze(tx, found)

    async def _freeze(self, tx: Tx, organisation: DueOrganisation) -> NumberedBatch | None:
        """None: nothing could be made of what is due, and that is told."""
        of, provider = (organisation.workspace_id, organisation.organisation_id), self.providers[organisation.provider]
        books = await books_of(tx, *of)
        assert books is not None
        gathering = Gathering(wait=timedelta(0), enough={organisation.provider: provider.profile.batch_size})
        due = await planning.take_due(tx, organisation, gathering)
        if not due or due[0].kind is not StepKind.DOCUMENT:  # what is to be removed is nobody's to download
            raise CannotDownloadError(
                "Nothing waits to be downloaded now. What was approved just now can still be undone for a moment; "
                f"*{READY_NOW}* on its card leaves that out. What is held waits for *Release*."
            )
        laid_out = provider.laid_out(books)
        frozen = await freezing.take(tx, organisation, laid_out, self.jobs, found=due, public_url=self.public_url)
        if frozen is None:
            return None
        number = await next_number(tx, *of)
        batch_id = await planning.insert_batch(
            tx,
            organisation,
            kind=frozen.kind,
            route=frozen.route,
            body=frozen.body,
            body_hash=hashlib.sha256(frozen.body).hexdigest(),
            due_at=tx.now,
            number=number,
        )
        await planning.bind_steps(tx, batch_id, frozen.taken)
        return NumberedBatch(id=batch_id, number=number, documents=len(frozen.taken), is_over=False)

    async def _ask(self, tx: Tx, actor: Actor, organisation_id: OrganisationId, batch: NumberedBatch) -> None:
        workspace_id, download_id = actor.workspace.id, new_id()
        await tx.execute(
            DOWNLOADS.insert().values(
                id=download_id,
                workspace_id=workspace_id,
                organisation_id=organisation_id,
                batch_id=batch.id,
                user_id=actor.user_id,
                state=WAITING,
                attempt=1,
                due_at=tx.now + MOVING_FOR,
                asked_at=tx.now,
            )
        )
        await audit.record(
            tx,
            workspace_id,
            batch.id,
            "batch downloaded again" if batch.is_over else "batch downloaded",
            by=actor.user_id,
            organisation_id=organisation_id,
            facts={"batch": batch.number, "documents": batch.documents},
        )
        await self.jobs.enqueue(tx, JobKind.HAND_OVER, _key(download_id, 1), f"downloads:{organisation_id}")

    async def run(self, key: str) -> None:
        """Hand one file over, and publish what is in it. Safe to run twice: a person may then have the same file twice."""
        download_id, _, attempt = key.partition(":")
        async with self.db.write() as tx:
            row = await waiting_download(tx, UUID(download_id), int(attempt))
            if row is None:
                return
            if not await self._is_begun(tx, row):
                await self._give_up(tx, row)
                return
            books = await books_of(tx, WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id))
        if row.state == WAITING and books is not None and not await self._handed(row, books):
            return
        await self._publish(row)

    async def _is_begun(self, tx: Tx, row: Row[Any]) -> bool:
        """From here on nothing is taken out of the batch. False: somebody took it apart before."""
        if row.batch_state == BatchState.DISSOLVED:
            return False
        batch = await batches.batch_at(tx, BatchId(row.batch_id), 1)
        return batch is None or await batches.mark_sent(tx, batch)

    async def _handed(self, row: Row[Any], books: Books) -> bool:
        provider = await self._provider(row)
        if provider is None:
            return False
        file_id = await self.hands.give(
            WorkspaceId(row.workspace_id),
            UserId(row.user_id),
            name=provider.file_name(books, row.number),
            content=row.body,
            words=handed_over(
                books.name, row.number, provider.advice(books, row.route), is_again=row.batch_state == BatchState.DONE
            ),
        )
        if file_id is None:
            return False
        async with self.db.write() as tx:
            return await change_download(tx, row, state=HANDED, handed_at=tx.now, slack_file_id=file_id)

    async def _provider(self, row: Row[Any]) -> FileProvider | None:
        statement = select(CONNECTIONS.c.provider).where(
            CONNECTIONS.c.workspace_id == row.workspace_id, CONNECTIONS.c.organisation_id == row.organisation_id
        )
        async with self.db.read() as tx:
            return self.providers.get((await tx.execute(statement)).scalar_one_or_none() or "")

    async def _publish(self, row: Row[Any]) -> None:
        """In pieces; the last one ends the batch. Of one that is over already nothing is left to do."""
        while True:
            async with self.db.write() as tx:
                batch = await batches.batch_at(tx, BatchId(row.batch_id), 1)
                steps = () if batch is None else batch.steps[: published.AT_ONCE]
                if batch is not None and steps:
                    ids = {step.id: f"{row.number}/{step.item_id}" for step in steps}
                    await rows.set_ledger_ids(tx, ids)
                    await published.published(tx, batch, steps, {}, by=UserId(row.user_id), also={"batch": row.number})
                    continue
                if batch is not None:
                    await batches.finish_batch(tx, batch)
                await change_download(tx, row, state=DONE, due_at=None)
                await redraw_homes_of(tx, WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id))
                return

    async def restart_stuck(self) -> int:
        """Give what stopped moving another attempt, and up after some; answers how many."""
        statement = select(DOWNLOADS).where(
            DOWNLOADS.c.state.in_((WAITING, HANDED)), is_installed(DOWNLOADS.c.workspace_id)
        )
        async with self.db.read() as tx:
            oldest = statement.where(DOWNLOADS.c.due_at <= tx.now).order_by(DOWNLOADS.c.due_at).limit(STUCK_AT_ONCE)
            due = (await tx.execute(oldest)).all()
        stuck = await only_stuck(
            self.db,
            self.jobs,
            JobKind.HAND_OVER,
            due,
            key=lambda row: _key(row.id, row.attempt),
            of=DOWNLOADS.c.id,
            again_in=MOVING_FOR,
        )
        for row in stuck:
            async with self.db.write() as tx:
                if not await is_still_due(tx, row):
                    continue
                if row.attempt >= MOST_ATTEMPTS and row.state == WAITING:
                    await self._give_up(tx, row)
                elif await change_download(tx, row, attempt=row.attempt + 1, due_at=tx.now + MOVING_FOR):
                    partition = f"downloads:{row.organisation_id}"
                    await self.jobs.enqueue(tx, JobKind.HAND_OVER, _key(row.id, row.attempt + 1), partition)
        return len(stuck)

    async def _give_up(self, tx: Tx, row: Row[Any]) -> None:
        if await change_download(tx, row, state=FAILED, due_at=None):
            place = Place(role="download", surface=Surface.DIRECT, user_id=UserId(row.user_id))
            name = await organisation_name(tx, WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id))
            await note(tx, WorkspaceId(row.workspace_id), f"download:{row.id}", place, came_to_nothing(name))


def _key(download_id: UUID, attempt: int) -> str:
    return f"{download_id}:{attempt}"
