"""Whether a ledger that failed at a batch takes others: one document at a time finds that out, less and less often.

A batch that keeps failing is set aside after a while, so that one document which a ledger always fails at delays no
others. In an outage of writing, though, each that follows would be set aside like it, and nobody would know of any of
them whether it is in the ledger. So until something of a later call is known to have come through, what follows is one
document, and each that fails too doubles the wait for the next.
"""

from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import and_, func, or_, select

from bot.db.publications import BATCHES, OPEN, SET_ASIDE_AFTER, is_only_read_back
from bot.db.unit_of_work import Tx
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.publishing import BatchState

LONGEST_BETWEEN = timedelta(hours=1)


class Probing(Enum):
    NO_NEED = auto()
    BY_ONE = auto()
    NOT_YET = auto()


async def probing(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Probing:
    """By what is set aside, the batches that are open while another one may go, and what was taken apart lately because it
    failed together. What came through and is only to be read back says nothing of writing. `due_at` is what batches are found by, and never before their last call.
    """
    of = BATCHES.c.workspace_id == workspace_id, BATCHES.c.organisation_id == organisation_id
    lately = and_(BATCHES.c.state == BatchState.DISSOLVED, BATCHES.c.due_at > tx.now - LONGEST_BETWEEN)
    failing = select(BATCHES.c.failing_since).where(
        *of,
        BATCHES.c.failing_since.is_not(None),
        or_(and_(BATCHES.c.state.in_(OPEN), ~is_only_read_back()), lately),
    )
    since = list((await tx.execute(failing)).scalars())
    if not since:
        return Probing.NO_NEED
    through = select(func.max(BATCHES.c.last_sent_at)).where(
        *of, BATCHES.c.state == BatchState.DONE, BATCHES.c.due_at > min(since)
    )
    return decide(since, (await tx.execute(through)).scalar_one(), tx.now)


async def came_through(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, since: datetime) -> bool:
    """Whether the ledger took, or clearly refused, anything else of an organisation that was sent since then."""
    statement = select(BATCHES.c.id).where(
        BATCHES.c.workspace_id == workspace_id,
        BATCHES.c.organisation_id == organisation_id,
        BATCHES.c.state == BatchState.DONE,
        BATCHES.c.due_at > since,
        BATCHES.c.last_sent_at > since,
    )
    return (await tx.execute(statement.limit(1))).first() is not None


def decide(failing_since: list[datetime], came_through_at: datetime | None, now: datetime) -> Probing:
    """`came_through_at` is when the last call ended of which it is known what came of it."""
    failing = [since for since in failing_since if came_through_at is None or since > came_through_at]
    if not failing:
        return Probing.NO_NEED
    wait = min(SET_ASIDE_AFTER * 2 ** min(len(failing) - 1, 10), LONGEST_BETWEEN)
    return Probing.BY_ONE if now > max(failing) + wait else Probing.NOT_YET
