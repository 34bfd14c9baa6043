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
from tests.providers.xero.conftest import Bare, wire_bill, wire_payment

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


async def test_documents_stay_in_the_order_they_were_made(start: Start) -> None:
    async with start() as bare:
        first, _ = await bare.written(wire_bill("first")), await bare.written(wire_bill("second"))
        await bare.post(f"Invoices/{first['InvoiceID']}", {"DueDate": "2026-05-01"})

    async with start() as bare:
        assert [bill["InvoiceNumber"] for bill in bare.state.bills()] == ["first", "second"]


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


async def test_books_that_an_earlier_version_kept_get_the_lists_it_did_not_know(start: Start) -> None:
    """And nothing else is as new: what was archived stays so."""
    async with start() as bare:
        books = bare.state.books[TRADING]
        bare.state.archive_account(TRADING, "429")
        for item_id in list(books.items):
            books.items.drop(item_id)

    async with start() as bare:
        assert len(bare.state.books[TRADING].items) == 5
        assert "has been archived" in (await bare.write(wire_bill())).sentences[0]


async def test_a_payment_that_an_earlier_version_kept_is_listed_and_taken_back(start: Start) -> None:
    async with start() as bare:
        bill = await bare.written(wire_bill())
        payment = await bare.created("Payments", wire_payment(bill))
        payments = bare.state.books[TRADING].payments
        kept = payments[payment["PaymentID"]]
        old = {name: value for name, value in kept.items() if name not in ("BankAmount", "_created_at")}
        payments.save(payment["PaymentID"], {**old, "Account": {"Code": "090"}})

    async with start() as bare:
        bare.state.misbehaviour.late_list_seconds = 60
        late = await bare.get("Payments")
        bare.state.misbehaviour.calm()
        assert (late.elements, len((await bare.get("Payments")).elements)) == ([], 1)
        assert (await bare.post(f"Payments/{payment['PaymentID']}", {"Status": "DELETED"})).status == 200
        assert (await bare.read(f"Invoices/{bill['InvoiceID']}"))["Status"] == "AUTHORISED"
