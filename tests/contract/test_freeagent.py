"""FreeAgent keeps the contract of every provider, over HTTP against its simulator."""

from collections.abc import AsyncIterator, Iterator
from typing import ClassVar

import pytest

from bot.domain.postings import USUAL_KINDS, PostingKind
from bot.domain.problems import ProblemCode
from bot.domain.tax_policies import TaxMethod
from tests.contract.freeagent import CAUSES, LOST, FreeAgentFarEnd, freeagent_far_end
from tests.contract.provider import ProviderContract
from tests.fakes.clock import FakeClock
from tests.providers.freeagent import vendor_schema


class TestFreeAgent(ProviderContract):
    REFUSED: ClassVar[dict[str, ProblemCode]] = {cause: code for cause, (_, code) in CAUSES.items()}
    LOST: ClassVar[tuple[str, ...]] = LOST
    KINDS: ClassVar[tuple[PostingKind, ...]] = (*USUAL_KINDS, PostingKind.EXPENSES)
    PAID: ClassVar[tuple[PostingKind, ...]] = tuple(kind for kind in USUAL_KINDS if not kind.is_of_bank)
    CURRENCIES: ClassVar[tuple[str, ...]] = ("GBP",)
    WORKS_TAX_OUT: ClassVar[TaxMethod | None] = TaxMethod.ROUNDS_TAX
    NEVER_NOTHING: ClassVar[tuple[PostingKind, ...]] = (PostingKind.SPEND_MONEY, PostingKind.RECEIVE_MONEY)

    @pytest.fixture
    async def far_end(self, clock: FakeClock) -> AsyncIterator[FreeAgentFarEnd]:
        async with freeagent_far_end(clock) as far_end:
            yield far_end

    @pytest.fixture(autouse=True)
    def _as_described(self, far_end: FreeAgentFarEnd) -> Iterator[None]:
        """Whatever a test does, every answer is as the vendor's pages describe it; there is no schema of the vendor's own."""
        yield
        assert vendor_schema.problems(far_end.state.calls) == []

    @pytest.fixture
    def signing_in(self, far_end: FreeAgentFarEnd) -> FreeAgentFarEnd:
        return far_end

    @pytest.fixture
    def lists(self, far_end: FreeAgentFarEnd) -> FreeAgentFarEnd:
        return far_end

    @pytest.fixture
    def writing(self, far_end: FreeAgentFarEnd) -> FreeAgentFarEnd:
        return far_end
