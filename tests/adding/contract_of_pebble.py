"""Pebble Books keeps the contract of every provider, over HTTP against its simulator."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import ClassVar

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.domain.books import ListKind
from bot.domain.documents import LineAmounts
from bot.domain.postings import Posting, PostingKind
from bot.domain.problems import ProblemCode
from providers.base import Access, ClientConfig
from tests.adding.pebble.adapter import PebbleProvider
from tests.adding.pebble.simulator import MAIN, PebbleState, create_app
from tests.contract.lists import ListsFarEnd
from tests.contract.provider import ProviderContract
from tests.contract.signing_in import REDIRECT, SigningInFarEnd
from tests.contract.writing import WritingFarEnd
from tests.fakes.browser import a_browser
from tests.fakes.clock import FakeClock
from tests.fakes.unlimited import Unlimited

REFUSALS = {
    "put away": ("426", ProblemCode.ACCOUNT_ARCHIVED),
    "unknown": ("999", ProblemCode.ACCOUNT_NOT_VALID),
}


class PebbleFarEnd(SigningInFarEnd, ListsFarEnd, WritingFarEnd):
    long_list = ListKind.CONTACTS

    def __init__(self, provider: PebbleProvider, state: PebbleState, clock: FakeClock) -> None:
        self.provider, self.state, self.clock = provider, state, clock
        self.access = Access(access_token=state.grant().access, tenant_id=MAIN)
        state.accounts["426"] = True

    async def allow(self, address: str) -> dict[str, str]:
        async with a_browser() as browser:
            page = await browser.open(address)
            async with browser.session.post(page.address, allow_redirects=False) as answer:
                return {"code": answer.headers["Location"].partition("code=")[2].partition("&")[0]}

    def lengthen(self) -> int:
        self.state.contacts += [f"Supplier {number}" for number in range(20)]
        return len(self.state.contacts)

    def standing(self) -> list[str]:
        return [entry["number"] for entry in self.state.entries if entry["state"] != "gone"]

    def void(self, number: str) -> None:
        for entry in self.state.entries:
            if entry["number"] == number:
                entry["state"] = "gone"

    def lose_answer(self, way: str) -> None:
        self.state.troubles.append(way)

    def drop_before(self) -> None:
        self.state.troubles.append("dropped")

    def be_busy(self, seconds: int) -> float:
        self.state.troubles.append("busy")
        return seconds

    def expire_access(self) -> None:
        for grant in self.state.grants:
            grant.access = "another"

    def withdraw(self) -> None:
        for grant in self.state.grants:
            grant.books.clear()

    def bank_account(self, currency: str = "GBP") -> str:
        raise AssertionError("Pebble Books keeps no bank accounts")

    def refusal(self, cause: str, bill: Posting) -> Posting:
        account, _ = REFUSALS[cause]
        return replace(bill, lines=(replace(bill.lines[0], account_code=account),))


class TestPebble(ProviderContract):
    REFUSED: ClassVar[dict[str, ProblemCode]] = {cause: code for cause, (_, code) in REFUSALS.items()}
    LOST: ClassVar[tuple[str, ...]] = ("lost",)
    KINDS: ClassVar[tuple[PostingKind, ...]] = (PostingKind.BILL,)
    TAX_MODES: ClassVar[tuple[LineAmounts, ...]] = (LineAmounts.EXCLUSIVE,)
    CURRENCIES: ClassVar[tuple[str, ...]] = ("GBP",)

    @pytest.fixture
    async def far_end(self, clock: FakeClock) -> AsyncIterator[PebbleFarEnd]:
        state = PebbleState(clock, "ours", "ours-secret", redirect_uris=(REDIRECT,))
        async with TestServer(create_app(state)) as server, aiohttp.ClientSession() as session:
            base = f"http://127.0.0.1:{server.port}"
            config = ClientConfig(
                client_id="ours",
                client_secret="ours-secret",
                auth_url=f"{base}/oauth/authorize",
                token_url=f"{base}/oauth/token",
                revoke_url=f"{base}/oauth/revoke",
                api_url=base,
                web_url=base,
            )
            yield PebbleFarEnd(PebbleProvider.build(config, session, clock, Unlimited()), state, clock)

    @pytest.fixture
    def signing_in(self, far_end: PebbleFarEnd) -> PebbleFarEnd:
        return far_end

    @pytest.fixture
    def lists(self, far_end: PebbleFarEnd) -> PebbleFarEnd:
        return far_end

    @pytest.fixture
    def writing(self, far_end: PebbleFarEnd) -> PebbleFarEnd:
        return far_end
