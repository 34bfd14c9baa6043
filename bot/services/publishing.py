"""Taking approved items to the ledger: freeze, send, look, read back, record.

A batch is frozen once: documents, bytes, hash and idempotency key. Whatever runs it, and however often, does the same
steps from what the rows say: nothing sent → send; sent and no clear answer → look for the documents by their marker;
found → read back; certainly absent → the same bytes with the same key again. So a crash at any point, a second worker,
a provider that forgets the key and a list that is late all end in one document. No transaction is open across the
network.
"""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bot.clock import Clock
from bot.db import publications as rows
from bot.db.publications import LiveBatch, LivePublication
from bot.db.unit_of_work import Database, Tx
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Accepted, LedgerDocument, Outcome, differences
from bot.domain.retry import decide
from bot.services import lists, recording
from bot.services.access import Tokens
from bot.services.jobs import JobKind, Jobs
from providers.base import Access, AccountingProvider
from providers.errors import (
    AccessExpiredError,
    OutcomeUnknownError,
    PersonNeededError,
    ProviderChangedError,
    ProviderError,
    ReconnectNeededError,
    TryLaterError,
)


@dataclass(frozen=True, slots=True)
class Publishing:
    db: Database
    jobs: Jobs
    providers: Mapping[str, AccountingProvider]
    tokens: Tokens
    clock: Clock
    public_url: str
    lease: timedelta

    async def plan(self) -> int:
        """Freeze what is due into batches, one for each organisation that has none in flight; answers how many."""
        async with self.db.read() as tx:
            due = await rows.organisations_due(tx)
        made = 0
        for organisation in due:
            provider = self.providers.get(organisation.provider)
            if provider is None:
                continue
            async with self.db.write() as tx:
                made += await self._freeze(tx, organisation, provider)
        return made

    async def _freeze(self, tx: Tx, organisation: rows.DueOrganisation, provider: AccountingProvider) -> int:
        taken = await recording.take(tx, organisation, provider.profile.batch_size, self.public_url)
        if not taken:
            return 0
        body = provider.render([bill for _, bill in taken])
        batch_id = await rows.insert_batch(
            tx,
            organisation,
            body=body,
            body_hash=hashlib.sha256(body).hexdigest(),
            due_at=tx.now + self.lease,
        )
        await recording.bind(tx, batch_id, taken)
        partition = f"{organisation.provider}:{organisation.tenant_id}"
        await self.jobs.enqueue(tx, JobKind.PUBLISH_BATCH, f"{batch_id}:1", partition)
        return 1

    async def reconcile(self) -> int:
        """Give whatever is due and not moving its next attempt, with the same bytes and key; answers how many."""
        async with self.db.read() as tx:
            stuck = await rows.batches_due(tx)
        restarted = 0
        for batch_id, attempt, partition in stuck:
            async with self.db.write() as tx:
                if await rows.next_attempt(tx, batch_id, attempt, due_at=tx.now + self.lease):
                    key = f"{batch_id}:{attempt + 1}"
                    await self.jobs.enqueue(tx, JobKind.PUBLISH_BATCH, key, partition)
                    restarted += 1
        return restarted

    async def run(self, key: str) -> None:
        """Work one attempt of a batch. An attempt that is not the batch's current one does nothing."""
        batch_id, _, attempt = key.partition(":")
        async with self.db.write() as tx:
            batch = await rows.claim_batch(tx, UUID(batch_id), int(attempt), until=tx.now + self.lease)
        if batch is None:
            return
        provider = self.providers[batch.provider]
        try:
            async with self._lease_renewed(batch):
                await self._work(batch, provider)
        except ReconnectNeededError as error:
            await self.tokens.broken(batch.connection_id, error.problem)
            await self._later(batch, self.clock.now())
        except PersonNeededError as error:
            await self._refuse_all(batch, error.problem, provider)
        except ProviderError as error:
            await self._try_again(batch, error, provider)

    async def _work(self, batch: LiveBatch, provider: AccountingProvider) -> None:
        access = await self.tokens.access(batch.connection_id)
        try:
            await self._send_and_check(batch, provider, access)
        except AccessExpiredError:
            await self.tokens.forget(batch.connection_id, access)
            fresh = await self.tokens.access(batch.connection_id)
            try:
                await self._send_and_check(batch, provider, fresh)
            except AccessExpiredError as error:
                raise ReconnectNeededError(error.problem) from error

    async def _send_and_check(self, batch: LiveBatch, provider: AccountingProvider, access: Access) -> None:
        missing = [publication for publication in batch.publications if publication.ledger_id is None]
        if missing and batch.first_sent_at is not None:
            missing = await self._look(batch, provider, access, missing)
            if 0 < len(missing) < len(batch.publications):
                async with self.db.write() as tx:
                    await recording.release(tx, batch, missing)
                missing = []
        if missing:
            await self._send(batch, provider, access)
        await self._read_back(batch, provider, access)

    async def _look(
        self, batch: LiveBatch, provider: AccountingProvider, access: Access, missing: list[LivePublication]
    ) -> list[LivePublication]:
        """After a lost answer: what is in the ledger by now? Not before its lists show a new document for sure."""
        assert batch.last_sent_at is not None
        visible_at = batch.last_sent_at + provider.profile.marker.visibility_delay
        if self.clock.now() < visible_at:
            raise _NotVisibleYetError(visible_at - self.clock.now())
        found = await provider.find(access, [publication.marker for publication in missing], since=batch.created_at)
        async with self.db.write() as tx:
            for publication in missing:
                document = found.get(publication.marker)
                if document is not None:
                    await rows.set_ledger_id(tx, publication.id, document.ledger_id)
        return [publication for publication in missing if publication.marker not in found]

    async def _send(self, batch: LiveBatch, provider: AccountingProvider, access: Access) -> None:
        async with self.db.write() as tx:
            if not await rows.mark_sent(tx, batch):
                return
        try:
            outcomes = await provider.create(access, batch.body, idempotency_key=batch.idempotency_key)
        except (TryLaterError, AccessExpiredError, ReconnectNeededError, PersonNeededError):
            async with self.db.write() as tx:
                await rows.mark_not_sent(tx, batch)
            raise
        if len(outcomes) != len(batch.publications):
            raise OutcomeUnknownError(f"{len(batch.publications)} documents sent, {len(outcomes)} answers received")
        await self._record(batch, provider, outcomes)

    async def _record(self, batch: LiveBatch, provider: AccountingProvider, outcomes: tuple[Outcome, ...]) -> None:
        async with self.db.write() as tx:
            for publication, outcome in zip(batch.publications, outcomes, strict=True):
                if isinstance(outcome, Accepted):
                    await rows.set_ledger_id(tx, publication.id, outcome.ledger_id)
                else:
                    await recording.refuse(tx, batch, publication, outcome.problem, provider.profile.name)

    async def _read_back(self, batch: LiveBatch, provider: AccountingProvider, access: Access) -> None:
        async with self.db.read() as tx:
            live = await rows.live_publications(tx, batch.id)
        ids = {publication.ledger_id for publication in live if publication.ledger_id is not None}
        documents = await provider.read(access, sorted(ids)) if ids else {}
        async with self.db.write() as tx:
            books = await lists.books_of(tx, batch.workspace_id, batch.organisation_id)
            for publication in live:
                if publication.ledger_id is None:
                    continue
                document = documents.get(publication.ledger_id)
                problem = _read_back_problem(publication, document)
                if problem is not None or document is None:
                    await recording.refuse(tx, batch, publication, problem or _GONE, provider.profile.name)
                else:
                    url = document.url if books is None else provider.record_url(books, document.ledger_id)
                    await recording.publish(tx, batch, publication, url)
            await rows.finish_batch(tx, batch)

    async def _refuse_all(self, batch: LiveBatch, problem: Problem, provider: AccountingProvider) -> None:
        async with self.db.write() as tx:
            for publication in await rows.live_publications(tx, batch.id):
                await recording.refuse(tx, batch, publication, problem, provider.profile.name)
            await rows.finish_batch(tx, batch)

    async def _try_again(self, batch: LiveBatch, error: ProviderError, provider: AccountingProvider) -> None:
        now = self.clock.now()
        failures = 0 if isinstance(error, _NotVisibleYetError) else batch.failures + 1
        retry = decide(
            failures=max(failures, 1),
            now=now,
            failing_since=batch.created_at,
            wish=_wish_of(error, provider),
            jitter=random.random(),  # noqa: S311 - spreads load, guards nothing
        )
        async with self.db.write() as tx:
            if isinstance(error, OutcomeUnknownError | ProviderChangedError):
                await recording.unknown(tx, batch)
            if retry.is_time_to_tell or isinstance(error, ProviderChangedError):
                await recording.tell_trouble(tx, batch, error.problem, provider.profile.name)
            await rows.postpone_batch(tx, batch, retry.at, failures=failures)

    async def _later(self, batch: LiveBatch, at: datetime) -> None:
        async with self.db.write() as tx:
            await rows.postpone_batch(tx, batch, at, failures=batch.failures)

    @asynccontextmanager
    async def _lease_renewed(self, batch: LiveBatch) -> AsyncIterator[None]:
        """Keep the batch ours while a call is in flight, however slow the ledger is."""

        async def renew() -> None:
            while True:
                await self.clock.sleep(self.lease.total_seconds() / 3)
                async with self.db.write() as tx:
                    await rows.renew_lease(tx, batch, until=tx.now + self.lease)

        task = asyncio.create_task(renew())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


class _NotVisibleYetError(TryLaterError):
    """A lost answer is too fresh for the ledger's lists; not a failure."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(Problem(code=ProblemCode.LEDGER_DOWN), after_seconds=wait.total_seconds())


_GONE = Problem(code=ProblemCode.DOCUMENT_GONE)


def _read_back_problem(publication: LivePublication, document: LedgerDocument | None) -> Problem | None:
    if document is None:
        return _GONE
    differs = differences(publication.bill, document)
    if not differs:
        return None
    return Problem(code=ProblemCode.READ_BACK_DIFFERS, facts={"differences": "; ".join(differs)})


def _wish_of(error: ProviderError, provider: AccountingProvider) -> timedelta | None:
    if isinstance(error, TryLaterError) and error.after_seconds is not None:
        return timedelta(seconds=error.after_seconds)
    if isinstance(error, OutcomeUnknownError):
        return provider.profile.marker.visibility_delay
    return None
