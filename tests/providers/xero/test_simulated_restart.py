"""What the simulated Xero holds is kept in a file: books, files, tokens, keys and connections survive a restart."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from providers.xero.simulator import IRELAND, TRADING, XeroState, create_app
from tests.fakes.clock import FakeClock
from tests.providers.xero.conftest import Bare, wire_bill

Start = Callable[[], AbstractAsyncContextManager[Bare]]


@pytest.fixture
def start(tmp_path: Path, clock: FakeClock) -> Start:
    """Start a server on the same file."""

    @asynccontextmanager
    async def start() -> AsyncIterator[Bare]:
        state = XeroState(clock=clock, database=tmp_path / "var" / "far_ends.db")
        async with TestServer(create_app(state)) as server, aiohttp.ClientSession() as session:
            state.public_url = f"http://127.0.0.1:{server.port}"
            yield Bare(state, session)

    return start


async def test_books_are_as_they_were(start: Start) -> None:
    async with start() as bare:
        bill = await bare.written(wire_bill("kept"))
        await bare.put(f"Invoices/{bill['InvoiceID']}/Attachments/a.pdf", b"bytes")
        bare.state.archive_account(TRADING, "429")
        bare.state.set_lock_date(IRELAND, period=date(2026, 1, 31))
        before = [dict(found) for found in bare.state.bills()]

    async with start() as bare:
        assert bare.state.bills() == before
        assert (await bare.get(f"Invoices/{bill['InvoiceID']}/Attachments/a.pdf")).body == b"bytes"
        assert "has been archived" in (await bare.write(wire_bill())).sentences[0]
        assert bare.state.books[IRELAND].lock_date("PeriodLockDate") == date(2026, 1, 31)


async def test_tokens_and_connections_still_work(start: Start) -> None:
    async with start() as bare:
        tokens = bare.state.grant()

    async with start() as bare:
        bare.tokens["dana"] = tokens["access_token"]
        assert (await bare.get("Currencies")).status == 200
        assert bare.state.grants.refresh(tokens["refresh_token"])["access_token"]


async def test_a_key_is_remembered(start: Start) -> None:
    async with start() as bare:
        first = await bare.write(wire_bill(), key="k")
        token = bare.token()

    async with start() as bare:
        bare.tokens["dana"] = token
        assert (await bare.write(wire_bill(), key="k")).body == first.body
        assert len(bare.state.bills()) == 1
