"""FreeAgent as a far end of expense reports: each is several expenses, and an array of them is stopped after the first."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import ClassVar

from bot.domain.publishing import StepKind
from providers.freeagent.adapter import FreeAgentProvider
from providers.freeagent.simulator import TRADING
from tests.contract.freeagent import FreeAgentFarEnd, freeagent_far_end
from tests.contract.losing import Written
from tests.fakes.clock import FakeClock

LINES = 3
"""Of each report."""


class FreeAgentClaimsFarEnd(FreeAgentFarEnd):
    claimant = "users/6"
    writes: ClassVar[Mapping[StepKind, Written]] = {
        StepKind.DOCUMENT: Written(method="POST", path="*/expenses"),
        StepKind.ATTACHMENT: Written(method="PUT", path="*/expenses/*"),
    }

    def count(self, write: StepKind, number: str) -> int:
        """One, where each line of the report is there once; of what is there in part or twice, how many lines are."""
        rows = [one for one in self.state.documents("expenses") if f" of {number} " in one["description"]]
        if write is StepKind.ATTACHMENT:
            own = {one["url"] for one in rows}
            return sum(file["_of"] in own for file in self.state.documents("attachments"))
        is_whole = len(rows) == LINES == len({one["description"] for one in rows})
        return 1 if is_whole else len(rows) and len(rows) + 1


@asynccontextmanager
async def freeagent_claims_far_end(
    clock: FakeClock, *, patience_seconds: float = 0.3
) -> AsyncIterator[FreeAgentClaimsFarEnd]:
    async with freeagent_far_end(clock, patience_seconds=patience_seconds) as far:
        far.state.set_keeps_some(TRADING, 1)
        assert isinstance(far.provider, FreeAgentProvider)
        yield FreeAgentClaimsFarEnd(far.provider, far.state, far.clock, far.budget)
