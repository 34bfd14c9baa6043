"""Taking approved items to the ledger: what is due is frozen into batches, and what stopped moving is started again.

A batch is frozen once: documents, bytes, hash and idempotency key. `bot.services.sending` says what one attempt at it
does; here is which attempt there is, who may make it, and what follows when it does not end.
"""

import asyncio
import hashlib
import logging
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from bot.clock import Clock
from bot.db import batches, deaths, planning
from bot.db.batches import LiveBatch, StuckBatch
from bot.db.planning import DueOrganisation, Gathering, NotYetError
from bot.db.probing import came_through
from bot.db.steps import StepId
from bot.db.unit_of_work import Database, Tx
from bot.delivery import BusyError
from bot.domain.ids import OrganisationId
from bot.domain.publishing import StepKind
from bot.domain.retry import decide
from bot.services import freezing, recording, setting_aside
from bot.services.access import Tokens
from bot.services.budgets import OURS
from bot.services.jobs import JobKind, Jobs
from bot.services.sending import Attempt, NotVisibleYetError, TakenOverError
from providers.base import AccountingProvider
from providers.errors import (
    OutcomeUnknownError,
    PersonNeededError,
    ProviderChangedError,
    ProviderError,
    ReconnectNeededError,
    TryLaterError,
)

logger = logging.getLogger(__name__)

TRIED_LATER = timedelta(seconds=30)
MOST_FROZEN = 48
"""Batches that wait for a worker: none of them so long that it would be taken for one that stopped."""
SHORTEST_RENEWAL_SECONDS = 0.05
DATABASE_TROUBLE = (BusyError, OperationalError, InterfaceError, OSError)
DATABASE_AGAIN_AFTER = timedelta(seconds=5)
RECONNECTED_AGAIN_AFTER = timedelta(seconds=5)
"""A connection that was only just renewed does not end by one refusal; asking again every second would use its calls up."""


class NotItsTurnError(Exception):
    """Processes died over it, and over another one that is under way: it is frozen when that one is over."""


@dataclass(frozen=True, slots=True)
class Publishing:
    db: Database
    jobs: Jobs
    providers: Mapping[str, AccountingProvider]
    tokens: Tokens
    clock: Clock
    public_url: str
    lease: timedelta
    gather: timedelta = timedelta(0)
    """How long what is due waits for more that goes in the same call."""
    most_deaths: int = setting_aside.MOST_DEATHS
    _tried_later: dict[OrganisationId, datetime] = field(default_factory=dict)
    """Whose ledger fails at writing, and until when nobody looks at them: they would take the others' places in each pass."""

    @property
    def gathering(self) -> Gathering:
        sizes = {key: provider.profile.batch_size for key, provider in self.providers.items()}
        return Gathering(wait=self.gather, enough=sizes)

    async def due(self) -> tuple[DueOrganisation, ...]:
        """Organisations that something can be sent for now, at providers we are configured for."""
        async with self.db.read() as tx:
            room = MOST_FROZEN - await planning.frozen_waiting(tx)
            if not self.providers or room <= 0:
                return ()
            later = [organisation for organisation, until in self._tried_later.items() if until > tx.now]
            return await planning.organisations_due(tx, self.gathering, room, without=later)

    async def freeze(self, organisation: DueOrganisation) -> int:
        """Make one batch of what is due, and a job of it, in one transaction; answers how many were made."""
        self._tried_later.pop(organisation.organisation_id, None)
        try:
            return await self._freeze(organisation)
        except NotItsTurnError:
            return 0
        except NotYetError:
            self._tried_later[organisation.organisation_id] = self.clock.now() + TRIED_LATER
            return 0

    async def _freeze(self, organisation: DueOrganisation) -> int:
        provider = self.providers[organisation.provider]
        async with self.db.write() as tx:
            found = await planning.take_due(tx, organisation, self.gathering)
            frozen = await freezing.take(tx, organisation, provider, self.jobs, found=found, public_url=self.public_url)
            if frozen is None:
                return 0
            if len(frozen.taken) == 1 and await self._must_wait(tx, frozen.taken[0][0]):
                raise NotItsTurnError
            batch_id = await planning.insert_batch(
                tx,
                organisation,
                kind=frozen.kind,
                route=frozen.route,
                body=frozen.body,
                body_hash=hashlib.sha256(frozen.body).hexdigest(),
                due_at=tx.now + self.lease,
            )
            await planning.bind_steps(tx, batch_id, frozen.taken)
            await freezing.plan_later_steps(tx, organisation, provider, frozen)
            partition = f"{organisation.provider}:{organisation.tenant_id}"
            await self.jobs.enqueue(tx, JobKind.PUBLISH_BATCH, f"{batch_id}:1", partition)
        return 1

    async def plan(self) -> int:
        """Freeze what is due, a batch for each organisation that has none in flight; answers how many."""
        return sum([await self.freeze(organisation) for organisation in await self.due()])

    async def stuck(self) -> tuple[StuckBatch, ...]:
        """Batches that are due and not moving: a wait is over, a lease ran out, a connection is back."""
        async with self.db.read() as tx:
            return tuple(batch for batch in await batches.batches_due(tx) if batch.provider in self.providers)

    async def restart(self, batch: StuckBatch) -> int:
        """The next attempt, with the same bytes; 0 when somebody else made it."""
        async with self.db.write() as tx:
            died = await deaths.deaths_of(tx, batch.id) + batch.has_died
            if died >= deaths.SUSPECT_FROM and await deaths.must_wait(tx, batch.id, self.lease):
                return 0
            if not await batches.next_attempt(tx, batch.id, batch.attempt, due_at=tx.now + self.lease):
                return 0
            if batch.has_died:
                await deaths.count_death(tx, batch.id)
                if died >= self.most_deaths and await self._set_aside(tx, batch):
                    return 1
            key, partition = f"{batch.id}:{batch.attempt + 1}", f"{batch.provider}:{batch.tenant_id}"
            await self.jobs.enqueue(tx, JobKind.PUBLISH_BATCH, key, partition)
        return 1

    async def _set_aside(self, tx: Tx, batch: StuckBatch) -> bool:
        logger.error("processes died over this batch again and again", extra={"batch": str(batch.id)})
        live = await batches.batch_at(tx, batch.id, batch.attempt + 1)
        if live is not None:
            await setting_aside.set_aside(tx, live, self.providers[batch.provider].profile)
        return live is not None

    async def _must_wait(self, tx: Tx, step: StepId) -> bool:
        return await deaths.is_suspect(tx, step) and await deaths.must_wait(tx, None, self.lease)

    async def reconcile(self) -> int:
        """Give whatever is due and not moving its next attempt; answers how many."""
        return sum([await self.restart(batch) for batch in await self.stuck()])

    async def run(self, key: str) -> None:
        """Work one attempt of a batch. An attempt that is not the batch's current one does nothing."""
        batch_id, _, attempt = key.partition(":")
        async with self.db.write() as tx:
            batch = await batches.claim_batch(tx, UUID(batch_id), int(attempt), until=tx.now + self.lease)
        if batch is None or batch.provider not in self.providers:
            return
        provider = self.providers[batch.provider]
        sending = Attempt(self.db, self.clock, self.tokens, provider, self.lease, batch)
        try:
            async with self._lease_renewed(batch):
                await sending.work()
        except TakenOverError:
            logger.warning("another attempt took this batch over; its answer counts", extra={"outcome": "taken over"})
        except ReconnectNeededError as error:
            await self.tokens.broken(batch.connection_id, error.problem)
            await self._wait(batch, self.clock.now() + RECONNECTED_AGAIN_AFTER)
        except NotVisibleYetError as error:
            await self._wait(batch, error.visible_at)
        except ProviderError as error:
            await self._try_again(batch, error, provider)
        except DATABASE_TROUBLE:
            await self._let_go(batch)
            raise

    async def _let_go(self, batch: LiveBatch) -> None:
        """Not the batch's fault, so its lease is not left to run out; where even this is not to be written, it is."""
        with suppress(*DATABASE_TROUBLE):
            async with self.db.write() as tx:
                at = tx.now + DATABASE_AGAIN_AFTER
                await batches.postpone_batch(tx, batch, at, failures=batch.failures, failing_since=batch.failing_since)

    async def _try_again(self, batch: LiveBatch, error: ProviderError, provider: AccountingProvider) -> None:
        now, failures = self.clock.now(), batch.failures + 1
        failing_since = batch.failing_since or now
        retry = decide(
            failures=failures,
            now=now,
            failing_since=failing_since,
            wish=_wish_of(error),
            at_least=_not_before(error, provider),
            jitter=random.random(),  # noqa: S311 - spreads load, guards nothing
        )
        # of what comes after a document that is there, people hear when looking has not settled it for a while
        is_of_document = batch.kind is StepKind.DOCUMENT
        is_for_people = is_of_document and isinstance(error, ProviderChangedError | PersonNeededError)
        is_to_be_told = retry.is_time_to_tell or is_for_people
        async with self.db.write() as tx:
            is_ours = await batches.postpone_batch(tx, batch, retry.at, failures=failures, failing_since=failing_since)
            if is_ours and _is_answered(error):
                await deaths.lived_through(tx, batch)
            if is_ours and is_to_be_told and await _is_about_these(tx, batch, error, failing_since):
                await recording.tell_trouble(tx, batch, error.problem, provider.profile, retry.at)

    async def _wait(self, batch: LiveBatch, at: datetime) -> None:
        """Not a failure: a person reconnects, or the ledger's lists catch up."""
        async with self.db.write() as tx:
            await batches.postpone_batch(tx, batch, at, failures=0, failing_since=None)

    @asynccontextmanager
    async def _lease_renewed(self, batch: LiveBatch) -> AsyncIterator[None]:
        """Keep the batch ours while a call is in flight, however slow the ledger is."""
        task = asyncio.create_task(self._renew(batch))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _renew(self, batch: LiveBatch) -> None:
        while True:
            await self.clock.sleep(max(self.lease.total_seconds() / 3, SHORTEST_RENEWAL_SECONDS))
            try:
                async with self.db.write() as tx:
                    await batches.renew_lease(tx, batch, until=tx.now + self.lease)
            except (BusyError, SQLAlchemyError, OSError):
                logger.warning("the lease was not renewed; again a little later", exc_info=True)


async def _is_about_these(tx: Tx, batch: LiveBatch, error: ProviderError, since: datetime) -> bool:
    """Whether it lies in these that the ledger fails at them. While nothing of an organisation comes through, one card says
    so for all that is to go there; of a connection that was ended, or of what is to be taken out of the ledger, none does.
    """
    if batch.is_ended or batch.kind is StepKind.WITHDRAWAL or isinstance(error, PersonNeededError):
        return True
    return await came_through(tx, batch.workspace_id, batch.organisation_id, since)


def _is_answered(error: ProviderError) -> bool:
    """Whether the ledger said something clear: an answer that was lost, or a call that our own count held back, is none."""
    is_held_back = isinstance(error, TryLaterError) and error.scope == OURS
    return not isinstance(error, OutcomeUnknownError) and not is_held_back


def _wish_of(error: ProviderError) -> timedelta | None:
    """When the vendor says that another try makes sense; of a write that it failed at, only that it makes none before."""
    if isinstance(error, TryLaterError) and error.after_seconds is not None:
        return timedelta(seconds=error.after_seconds)
    return None


def _not_before(error: ProviderError, provider: AccountingProvider) -> timedelta:
    """What was perhaps written is looked for when the ledger's lists can show it."""
    if not isinstance(error, OutcomeUnknownError):
        return timedelta(0)
    return max(timedelta(seconds=error.after_seconds or 0), provider.profile.marker.visibility_delay)
