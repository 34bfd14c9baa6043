"""QuickBooks Online keeps the contract of every provider, over HTTP against its simulator."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import ClassVar

import pytest

from bot.domain.postings import USUAL_KINDS, PostingKind
from bot.domain.problems import ProblemCode
from bot.domain.tax_policies import TaxMethod
from providers.quickbooks.mapping import FOR_CUSTOMERS
from tests.contract.provider import ProviderContract
from tests.contract.quickbooks import CAUSES, LOST, QuickBooksFarEnd, quickbooks_far_end
from tests.fakes.clock import FakeClock
from tests.providers.quickbooks import vendor_schema


class TestQuickBooks(ProviderContract):
    REFUSED: ClassVar[dict[str, ProblemCode]] = {cause: code for cause, (_, code) in CAUSES.items()}
    LOST: ClassVar[tuple[str, ...]] = LOST
    KINDS: ClassVar[tuple[PostingKind, ...]] = USUAL_KINDS
    FOR_CUSTOMERS: ClassVar[tuple[PostingKind, ...]] = FOR_CUSTOMERS
    PAID: ClassVar[tuple[PostingKind, ...]] = (PostingKind.BILL, PostingKind.SALES_INVOICE)
    CURRENCIES: ClassVar[tuple[str, ...]] = ("GBP", "EUR")
    WORKS_TAX_OUT: ClassVar[TaxMethod | None] = TaxMethod.ROUNDS_NET
    SCHEMA = True

    @pytest.fixture
    async def far_end(self, clock: FakeClock) -> AsyncIterator[QuickBooksFarEnd]:
        async with quickbooks_far_end(clock) as far_end:
            yield far_end

    @pytest.fixture(autouse=True)
    def _as_published(self, far_end: QuickBooksFarEnd) -> Iterator[None]:
        """Whatever a test does, every request and every answer is of the vendor's own schema."""
        yield
        if vendor_schema.is_here():
            assert vendor_schema.problems(far_end.state.calls) == []
            assert vendor_schema.request_problems(far_end.state.calls) == []

    @pytest.fixture
    def signing_in(self, far_end: QuickBooksFarEnd) -> QuickBooksFarEnd:
        return far_end

    @pytest.fixture
    def lists(self, far_end: QuickBooksFarEnd) -> QuickBooksFarEnd:
        return far_end

    @pytest.fixture
    def writing(self, far_end: QuickBooksFarEnd) -> QuickBooksFarEnd:
        return far_end

    async def test_the_vendors_schema_judges_what_is_sent(self, far_end: QuickBooksFarEnd) -> None:
        """Were it missing, or deaf, the check after each test would say nothing."""
        if not vendor_schema.is_here():
            pytest.skip("without the vendors' files: shared/ is not beside the repository")
        await far_end.create(far_end.a_bill("A"))
        (call,) = [call for call in far_end.state.calls if call.path.endswith("/batch")]
        misspelt = call.body.replace(b'"DueDate"', b'"DueOn"')

        assert vendor_schema.request_problems([call]) == []
        assert vendor_schema.request_problems([replace(call, body=misspelt)]) != []
        assert vendor_schema.request_problems([replace(call, query={})]) != []
        assert vendor_schema.request_problems([replace(call, headers={})]) != []
