"""What becomes of a batch whose processes died, so that one document cannot stop everybody's work.

Three attempts that ended without an answer: of several documents each goes by itself from then on; one alone is set aside,
and people are told once. What was never sent is refused like anything that cannot be sent. What was sent may be in the
ledger: it is looked for once a day, and when somebody presses Retry.
"""

from bot.db import batches, deaths
from bot.db.batches import LiveBatch
from bot.db.unit_of_work import Tx
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import BatchState, StepKind
from bot.services import recording
from providers.base import Profile

MOST_DEATHS = 3


async def set_aside(tx: Tx, batch: LiveBatch, profile: Profile) -> None:
    """Part it, or set it aside where it is one alone."""
    if len(batch.steps) > 1:
        await _part(tx, batch)
    elif batch.first_sent_at is None or batch.kind is StepKind.WITHDRAWAL:
        # whoever withdraws again is told first how it stands in the ledger
        for step in batch.steps:
            await recording.refuse(tx, batch, step, Problem(code=ProblemCode.SET_ASIDE), profile)
        await batches.end_batch(tx, batch, BatchState.DISSOLVED)
    else:
        await recording.unknown(tx, batch)
        until = tx.now + deaths.TRIED_AGAIN_AFTER
        await deaths.set_aside(tx, batch, until)
        await recording.tell_trouble(tx, batch, Problem(code=ProblemCode.OUTCOME_SET_ASIDE), profile, until)


async def _part(tx: Tx, batch: LiveBatch) -> None:
    if batch.first_sent_at is None:
        return await recording.dissolve(tx, batch)
    for step in batch.steps:
        await deaths.look_up_alone(tx, batch, step)
    return await batches.end_batch(tx, batch, BatchState.DISSOLVED)
