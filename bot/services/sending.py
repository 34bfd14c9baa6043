"""One attempt at a frozen batch: send, look, read back, record.

Whatever attempt it is, and whatever happened before, it does the same steps from what the rows say: nothing sent → send;
sent and no clear answer → look for the records by their marker; found → read back; certainly absent → the same bytes
with the same key again. A refusal that wrote nothing is as if nothing had been sent; the key that it may be kept under is
not used again. So a crash at any point, a second worker, a provider that forgets the key and a list that is
late all end in one document. No transaction is open across the network, and each one that records begins by asking
whether this attempt is still the one that may.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db import batches
from bot.db import steps as rows
from bot.db.batches import LiveBatch, LiveStep
from bot.db.unit_of_work import Database, Tx
from bot.domain.books import Books
from bot.domain.ledger_documents import Found, LedgerDocument, differences, has_no_category, rate_in
from bot.domain.postings import Attachment, Posting, Withdrawal
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Accepted, BatchState, Outcome, Refused
from bot.services import bill_rights, lists, published, recording
from bot.services.access import Tokens
from bot.services.files import file_content
from bot.services.other_document import explained, is_collision
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

CLOCKS_DIFFER_BY = timedelta(hours=1)
"""A search begins this much before the batch was made: the ledger's clock is not ours."""


JUDGED_AT_ONCE = 3
"""Documents recorded in one transaction: whoever presses a button meanwhile waits for no more than these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the answer to a call says: records that need no reading, by their ids, and what it did not make."""

    records: Mapping[str, Found] = field(default_factory=dict)
    collide: Mapping[LiveStep, Outcome] = field(default_factory=dict)
    """Refused for another document of the ledger, which is looked up when all else of the call is done."""


class TakenOverError(Exception):
    """Another attempt is the current one; what this one learnt is not written."""


class NotVisibleYetError(TryLaterError):
    """A write is too fresh for the ledger's lists; not a failure."""

    def __init__(self, visible_at: datetime) -> None:
        self.visible_at = visible_at
        super().__init__(Problem(code=ProblemCode.LEDGER_DOWN))


_NOTHING_WRITTEN = (TryLaterError, AccessExpiredError, ReconnectNeededError)
_OPEN_WHETHER_WRITTEN = (OutcomeUnknownError, ProviderChangedError)
_OF_THE_WHOLE_LEDGER = frozenset(
    {
        ProblemCode.PERMISSION_MISSING,
        ProblemCode.SUBSCRIPTION_LAPSED,
        ProblemCode.PAYMENTS_NOT_ALLOWED,
        ProblemCode.MONEY_NOT_ALLOWED,
    }
)
"""Reasons to refuse a call that lie in no document of it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """`batch` is as it was claimed; each step works from the batch as it is by then."""

    db: Database
    clock: Clock
    tokens: Tokens
    provider: AccountingProvider
    lease: timedelta
    batch: LiveBatch

    async def work(self) -> None:
        """Raises:
        ProviderError: why it cannot end now; the rows say how far it is.
        TakenOverError: another attempt became the current one.
        """
        access = await self.tokens.access(self.batch.connection_id, to_finish=True)
        try:
            return await self._steps(access)
        except AccessExpiredError:
            await self.tokens.forget(self.batch.connection_id, access)
        access = await self.tokens.access(self.batch.connection_id, to_finish=True)
        try:
            await self._steps(access)
        except AccessExpiredError as error:
            raise ReconnectNeededError(error.problem) from error

    async def _steps(self, access: Access) -> None:
        async with self.db.read() as tx:
            batch = await batches.reload_batch(tx, self.batch)
        if batch is None:
            raise TakenOverError
        missing = [step for step in batch.steps if step.ledger_id is None]
        if missing and batch.first_sent_at is not None:
            missing = await self._look(batch, access, missing)
        if missing and not batch.body:
            await self._release_alone(batch, missing)
        elif missing and (batch.is_ended or len(missing) < len(batch.steps)):
            await self._release(missing)
        elif len(missing) > 1 and self._fails_together(batch):
            await self._dissolve(batch)
            return None
        elif missing:
            told = await self._send(batch, access)
            return None if told is None else await self._read_back(access, told)
        await self._read_back(access, Told())
        return None

    async def _look(self, batch: LiveBatch, access: Access, missing: list[LiveStep]) -> list[LiveStep]:
        """After a lost answer: what is in the ledger by now? Not before its lists show a new document for sure."""
        self._require_visible(batch)
        since = batch.created_at - CLOCKS_DIFFER_BY
        try:
            found = await self.provider.find(access, batch.route, [step.work for step in missing], since=since)
        except ProviderChangedError:
            await self._unknown()
            raise
        async with self.db.write() as tx:
            await self._still_ours(tx)
            await rows.set_ledger_ids(
                tx, {step.id: found[step.marker].ledger_id for step in missing if step.marker in found}
            )
        return [step for step in missing if step.marker not in found]

    def _require_visible(self, batch: LiveBatch) -> None:
        """A document is shown for sure this long after its call ended; a call whose end nobody recorded (a crash, a
        lease that was lost) may go on for as long as a call can.
        """
        if batch.last_sent_at is None:
            return
        profile = self.provider.profile
        ended_at = batch.last_sent_at + (profile.longest_write if batch.state is BatchState.SENDING else timedelta(0))
        visible_at = ended_at + profile.marker.visibility_delay
        if self.clock.now() < visible_at:
            raise NotVisibleYetError(visible_at)

    def _fails_together(self, batch: LiveBatch) -> bool:
        """Whether the ledger fails at these again and again and has none of them, perhaps for one that is among them. Not
        before it has forgotten the last call's key: until then that is what keeps a late one from being a second.
        """
        if batch.failing_since is None or batch.last_sent_at is None:
            return False
        was_sent_again = batch.last_sent_at > batch.failing_since
        return (
            was_sent_again and self.clock.now() > batch.last_sent_at + self.provider.profile.marker.key_remembered_for
        )

    async def _release(self, steps: list[LiveStep]) -> None:
        """Others of the batch are in the ledger, so its bytes must not go out again, or the connection was ended, so that
        nothing goes out: these go into another one.
        """
        async with self.db.write() as tx:
            await self._still_ours(tx)
            await recording.release(tx, self.batch, steps)

    async def _release_alone(self, batch: LiveBatch, steps: list[LiveStep]) -> None:
        """It was sent with others, and goes out anew by itself: not before the ledger has forgotten the key of before."""
        if batch.last_sent_at is not None:
            forgotten_at = batch.last_sent_at + self.provider.profile.marker.key_remembered_for
            if self.clock.now() < forgotten_at:
                raise NotVisibleYetError(forgotten_at)
        async with self.db.write() as tx:
            await self._still_ours(tx)
            await recording.release(tx, self.batch, steps, goes_alone=not batch.is_ended)

    async def _send(self, batch: LiveBatch, access: Access) -> Told | None:
        """What the answer tells of the ledger's records. None: there is nothing to read back, the batch was dissolved."""
        content = await self._content(batch)
        async with self.db.write() as tx:
            if not await batches.mark_sent(tx, batch):
                raise TakenOverError
        try:
            outcomes = await self._call(batch, access, content)
            if len(outcomes) != len(batch.steps):
                raise OutcomeUnknownError(f"{len(batch.steps)} documents sent, {len(outcomes)} answers received")
        except _NOTHING_WRITTEN:
            async with self.db.write() as tx:
                await batches.mark_not_sent(tx, batch)
            raise
        except _OPEN_WHETHER_WRITTEN:
            async with self.db.write() as tx:
                await self._still_ours(tx)
                await batches.mark_call_ended(tx, batch)
                await recording.unknown(tx, self.batch)
            raise
        except PersonNeededError as error:
            if len(batch.steps) > 1 and error.problem.code not in _OF_THE_WHOLE_LEDGER:
                await self._dissolve(batch)
                return None
            outcomes = tuple(Refused(problem=error.problem) for _ in batch.steps)
        collide = {
            step: outcome
            for step, outcome in zip(batch.steps, outcomes, strict=True)
            if is_collision(step.work, outcome)
        }
        await self._record(batch, outcomes, leave=collide)
        accepted = [outcome for outcome in outcomes if isinstance(outcome, Accepted)]
        return Told(
            records={outcome.ledger_id: outcome.record for outcome in accepted if outcome.record is not None},
            collide=collide,
        )

    async def _content(self, batch: LiveBatch) -> bytes | None:
        """The bytes of the file that an attachment is."""
        work = batch.steps[0].work
        if not isinstance(work, Attachment):
            return None
        async with self.db.read() as tx:
            return await file_content(tx, batch.workspace_id, work.file_id)

    async def _call(self, batch: LiveBatch, access: Access, content: bytes | None) -> tuple[Outcome, ...]:
        key, work = batch.idempotency_key, batch.steps[0].work
        if isinstance(work, Attachment):
            if content is None:
                return (Refused(problem=Problem(code=ProblemCode.FILE_REFUSED, vendor_words="its bytes are gone")),)
            return (await self.provider.attach(access, work, content, idempotency_key=key),)
        if isinstance(work, Withdrawal):
            return (await self.provider.withdraw(access, work, idempotency_key=key),)
        return await self.provider.create(access, batch.route, batch.body, idempotency_key=key)

    async def _dissolve(self, batch: LiveBatch) -> None:
        async with self.db.write() as tx:
            await self._still_ours(tx)
            await recording.dissolve(tx, batch)

    async def _unknown(self) -> None:
        async with self.db.write() as tx:
            await self._still_ours(tx)
            await recording.unknown(tx, self.batch)

    async def _record(self, batch: LiveBatch, outcomes: tuple[Outcome, ...], leave: Collection[LiveStep]) -> None:
        async with self.db.write() as tx:
            await self._still_ours(tx)
            await batches.mark_call_ended(tx, batch)
            answers = list(zip(batch.steps, outcomes, strict=True))
            accepted = {of.id: outcome.ledger_id for of, outcome in answers if isinstance(outcome, Accepted)}
            await rows.set_ledger_ids(tx, accepted)
            await recording.warned(
                tx, batch, [(of, outcome) for of, outcome in answers if isinstance(outcome, Accepted)]
            )
            for step, outcome in answers:
                if isinstance(outcome, Refused) and step not in leave:
                    await self._refuse(tx, step, outcome.problem)
            lacking = [step.work for step, outcome in answers if _lacks_right(outcome)]
            await bill_rights.refused(tx, batch, [work for work in lacking if isinstance(work, Posting)])

    async def _read_back(self, access: Access, told: Told) -> None:
        """Done is what the ledger has as we sent it; anything else is told."""
        async with self.db.read() as tx:
            batch = await batches.reload_batch(tx, self.batch)
        if batch is None:
            raise TakenOverError
        ids = sorted({step.ledger_id for step in batch.steps if step.ledger_id is not None} - set(told.records))
        try:
            records = {**told.records, **(await self.provider.read(access, batch.route, ids) if ids else {})}
        except ProviderError:
            await self._collided(told.collide)
            raise
        if set(ids) - set(records):
            self._require_visible(batch)
        agreed = [step for step in batch.steps if _agrees(step, records)]
        for start in range(0, len(agreed), published.AT_ONCE):
            await self._publish(batch, agreed[start : start + published.AT_ONCE], records)
        known = [step for step in batch.steps if step.ledger_id is not None and step not in agreed]
        for start in range(0, len(known), JUDGED_AT_ONCE):
            async with self.db.write() as tx:
                await self._still_ours(tx)
                for step in known[start : start + JUDGED_AT_ONCE]:
                    await self._judge(tx, batch, step, records.get(step.ledger_id or ""))
        for step, outcome in told.collide.items():
            await self._collided({step: await explained(self.provider, access, step.work, outcome)})
        async with self.db.write() as tx:
            await self._still_ours(tx)
            await batches.finish_batch(tx, self.batch)

    async def _collided(self, refused: Mapping[LiveStep, Outcome]) -> None:
        for step, outcome in refused.items():
            if isinstance(outcome, Refused):
                async with self.db.write() as tx:
                    await self._still_ours(tx)
                    await self._refuse(tx, step, outcome.problem)

    async def _publish(self, batch: LiveBatch, steps: Sequence[LiveStep], records: Mapping[str, Found]) -> None:
        """Documents that the ledger has as we sent them: as `_judge` does, all of them together."""
        async with self.db.write() as tx:
            await self._still_ours(tx)
            books = await lists.books_of(tx, batch.workspace_id, batch.organisation_id)
            urls = {step.item_id: self._url_by(books, step, records[step.ledger_id or ""]) for step in steps}
            rates = {step.item_id: rate_in(records[step.ledger_id or ""]) for step in steps}
            await published.published(tx, batch, steps, urls, rates)
            for rights in {step.work.status: step.work for step in steps if isinstance(step.work, Posting)}.values():
                if books is not None:
                    await bill_rights.proven(tx, batch, rights, books)

    async def _judge(self, tx: Tx, batch: LiveBatch, step: LiveStep, record: Found | None) -> None:
        if record is None and batch.first_sent_at is None:
            # left there by an earlier publication and gone by now: nothing is in the way of sending it
            await recording.release(tx, batch, [step], is_gone=True)
        elif record is None:
            await self._refuse(tx, step, Problem(code=ProblemCode.DOCUMENT_GONE))
        elif differs := differences(step.work, record):
            link = await self._url(tx, batch, step, record)
            facts = {"differences": "; ".join(differs), **({} if link is None else {"link": link})}
            code = ProblemCode.CATEGORY_DROPPED if has_no_category(record) else ProblemCode.READ_BACK_DIFFERS
            await self._refuse(tx, step, Problem(code=code, facts=facts, vendor_words=step.warning or ""))
        else:
            await self._done(tx, batch, step, record)

    async def _done(self, tx: Tx, batch: LiveBatch, step: LiveStep, record: Found) -> None:
        books = await lists.books_of(tx, batch.workspace_id, batch.organisation_id)
        url = await self._url(tx, batch, step, record)
        await recording.done(tx, batch, step, record, url=url, profile=self.provider.profile)
        if books is not None and isinstance(step.work, Posting):
            await bill_rights.proven(tx, batch, step.work, books)

    async def _url(self, tx: Tx, batch: LiveBatch, step: LiveStep, record: Found) -> str | None:
        """Where a person opens it in the ledger."""
        return self._url_by(await lists.books_of(tx, batch.workspace_id, batch.organisation_id), step, record)

    def _url_by(self, books: Books | None, step: LiveStep, record: Found) -> str | None:
        if books is not None and isinstance(step.work, Posting):
            return self.provider.record_url(books, step.work.kind, record.ledger_id)
        return record.url if isinstance(record, LedgerDocument) else None

    async def _refuse(self, tx: Tx, step: LiveStep, problem: Problem) -> None:
        await recording.refuse(tx, self.batch, step, problem, self.provider.profile)

    async def _still_ours(self, tx: Tx) -> None:
        """Fencing: locks the batch's row until the end of the transaction."""
        if not await batches.renew_lease(tx, self.batch, until=tx.now + self.lease):
            raise TakenOverError


def _agrees(step: LiveStep, records: Mapping[str, Found]) -> bool:
    """Whether it is a document that the ledger has as we sent it."""
    record = records.get(step.ledger_id or "")
    return isinstance(step.work, Posting) and isinstance(record, LedgerDocument) and not differences(step.work, record)


def _lacks_right(outcome: Outcome) -> bool:
    return isinstance(outcome, Refused) and outcome.problem.code is ProblemCode.PERMISSION_MISSING
