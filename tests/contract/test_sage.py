"""Sage Accounting keeps the contract of every provider, over HTTP against its simulator."""

from collections.abc import AsyncIterator, Iterator
from typing import ClassVar

import pytest

from bot.domain.postings import USUAL_KINDS, PostingKind
from bot.domain.problems import ProblemCode
from tests.contract.provider import ProviderContract
from tests.contract.sage import CAUSES, LOST, SageFarEnd, sage_far_end
from tests.fakes.clock import FakeClock
from tests.providers.sage import vendor_schema


class TestSage(ProviderContract):
    REFUSED: ClassVar[dict[str, ProblemCode]] = {cause: code for cause, (_, code) in CAUSES.items()}
    LOST: ClassVar[tuple[str, ...]] = LOST
    KINDS: ClassVar[tuple[PostingKind, ...]] = (*USUAL_KINDS, PostingKind.QUICK_SALE, PostingKind.QUICK_CREDIT)
    PAID: ClassVar[tuple[PostingKind, ...]] = tuple(kind for kind in KINDS if not kind.is_of_bank)
    CURRENCIES: ClassVar[tuple[str, ...]] = ("GBP", "EUR")
    HOME_ONLY: ClassVar[tuple[PostingKind, ...]] = (PostingKind.SPEND_MONEY, PostingKind.RECEIVE_MONEY)
    LINKS = False
    ACCESS_OUTLIVES = True
    SCHEMA = True

    @pytest.fixture
    async def far_end(self, clock: FakeClock) -> AsyncIterator[SageFarEnd]:
        async with sage_far_end(clock) as far_end:
            yield far_end

    @pytest.fixture(autouse=True)
    def _as_documented(self, far_end: SageFarEnd) -> Iterator[None]:
        """Whatever a test does, every answer has the fields that are documented."""
        yield
        assert vendor_schema.problems(far_end.state.calls) == []

    @pytest.fixture
    def signing_in(self, far_end: SageFarEnd) -> SageFarEnd:
        return far_end

    @pytest.fixture
    def lists(self, far_end: SageFarEnd) -> SageFarEnd:
        return far_end

    @pytest.fixture
    def writing(self, far_end: SageFarEnd) -> SageFarEnd:
        return far_end
