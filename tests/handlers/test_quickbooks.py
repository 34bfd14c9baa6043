"""A bill in Slack becomes one in QuickBooks Online: signed in with the company that the callback names, published to a
supplier that was not there before, with its file, and taken back again.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from aiohttp import web

from bot.playground.slack import ADMIN, BILLS
from bot.playground.start import stand_in
from bot.serving import listening
from providers import PROVIDERS
from providers.quickbooks.simulator import TRADING, Fault, QuickBooksState, create_app
from tests.fakes.app import whole_app
from tests.fakes.clock import FakeClock
from tests.fakes.connected import KEYS, as_connected, connect
from tests.fakes.ports import free_port
from tests.handlers.desk import Desk, words

OFFICE_SUPPLIES, STANDARD_RATE = "28", "2"


@asynccontextmanager
async def beside_quickbooks(database_url: str) -> AsyncIterator[tuple[Desk, QuickBooksState]]:
    """Connected by the workspace's admin, and set up."""
    clock, port = FakeClock(sleeps_at_once=True), free_port()
    back = f"http://127.0.0.1:{port}/connect/quickbooks/callback"
    books = QuickBooksState(clock=clock, client_id="ours", client_secret="ours-secret", redirect_uris=(back,))
    ledgers = web.Application(client_max_size=2**24)
    ledgers.add_subapp("/quickbooks", create_app(books))
    async with listening(ledgers, "127.0.0.1", 0) as ledgers_port:
        books.public_url = f"http://127.0.0.1:{ledgers_port}/quickbooks"
        environment = {
            "DEXT_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "DEXT_ENCRYPTION_KEYS": KEYS,
            **quickbooks_environment(books.public_url),
        }
        async with whole_app(database_url, clock=clock, more=environment, port=port) as world:
            await world.slack.command("/dext", "connect quickbooks", user=ADMIN)
            await connect(world, tenant=TRADING)
            await world.settle()
            connected = await as_connected(world, cast("Any", None))
            await connected.set_up(category=OFFICE_SUPPLIES, tax=STANDARD_RATE)
            yield Desk(connected), books


def quickbooks_environment(base: str) -> dict[str, str]:
    """As the playground has it: the vendor's own paths, under a prefix."""
    vendors = PROVIDERS["quickbooks"].profile.addresses
    found = {f"DEXT_QUICKBOOKS_{name.upper()}": stand_in(base, name, vendor) for name, vendor in vendors.items()}
    return {**found, "DEXT_QUICKBOOKS_CLIENT_ID": "ours", "DEXT_QUICKBOOKS_CLIENT_SECRET": "ours-secret"}


async def test_a_bill_is_approved_in_slack_and_stands_in_quickbooks_once_whatever_becomes_of_the_answer(
    sqlite_url: str,
) -> None:
    async with beside_quickbooks(sqlite_url) as (desk, books):
        await desk.drop("Q-1")
        books.fail_next(Fault.RESET_AFTER, method="POST", path="*/batch")

        await desk.approve("Q-1")
        for _ in range(4):
            await desk.world.later(61)

        (bill,) = books.bills()
        assert (bill["DocNumber"], bill["TotalAmt"], bill["VendorRef"]["name"]) == ("Q-1", 120, "Paper & Ink Ltd")
        assert bill["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["name"] == "Office Supplies"
        (file,) = books.books[TRADING].files("Bill", bill["Id"])
        assert file["FileName"].endswith(".xml")
        card = desk.card("Q-1")
        assert "Published* to QuickBooks Online" in words(card)
        assert f"/app/bill?txnId={bill['Id']}" in str(card.blocks)
        # people see the number of a category, not what the ledger refers to it by
        assert "1280 · Office Supplies" in words(card)


async def test_what_quickbooks_refuses_is_told_in_the_bills_thread_and_goes_out_when_it_is_remedied(
    sqlite_url: str,
) -> None:
    async with beside_quickbooks(sqlite_url) as (desk, books):
        books.set_active(TRADING, "Account", "Office Supplies", is_active=False)
        await desk.drop("Q-1")

        await desk.approve("Q-1")
        await desk.world.later(61)

        (alert,) = desk.slack.thread(BILLS, desk.card("Q-1").ts)
        assert "Category 1280 · Office Supplies is archived in QuickBooks Online" in words(alert)
        assert books.bills() == []
