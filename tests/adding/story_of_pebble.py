"""A bill in Slack becomes one in Pebble Books, of which nothing in bot/ or handlers/ has ever heard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, cast

from aiohttp import web

from bot.playground.slack import ADMIN, BILLS
from bot.playground.start import stand_in
from bot.serving import listening
from tests.adding.pebble import PROFILE
from tests.adding.pebble.simulator import MAIN, PebbleState, create_app
from tests.fakes.app import whole_app
from tests.fakes.clock import FakeClock
from tests.fakes.connected import KEYS, as_connected, connect
from tests.fakes.ports import free_port
from tests.handlers.desk import Desk, words


@asynccontextmanager
async def beside_pebble(database_url: str) -> AsyncIterator[tuple[Desk, PebbleState]]:
    """Connected by the workspace's admin, and set up."""
    clock, port = FakeClock(sleeps_at_once=True), free_port()
    back = f"http://127.0.0.1:{port}/connect/pebble/callback"
    pebble = PebbleState(clock, "ours", "ours-secret", redirect_uris=(back,))
    ledgers = web.Application()
    ledgers.add_subapp("/pebble", create_app(pebble))
    async with listening(ledgers, "127.0.0.1", 0) as ledgers_port:
        environment = {
            "DEXT_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "DEXT_ENCRYPTION_KEYS": KEYS,
            **pebble_environment(f"http://127.0.0.1:{ledgers_port}/pebble"),
        }
        async with whole_app(database_url, clock=clock, more=environment, port=port) as world:
            await world.slack.command("/dext", "connect pebble", user=ADMIN)
            await connect(world, tenant=MAIN)
            await world.settle()
            connected = await as_connected(world, cast("Any", None))
            await connected.set_up()
            yield Desk(connected), pebble


def pebble_environment(base: str) -> dict[str, str]:
    """As the playground has it: the vendor's own paths, under a prefix."""
    found = {f"DEXT_PEBBLE_{name.upper()}": stand_in(base, name, vendor) for name, vendor in PROFILE.addresses.items()}
    return {**found, "DEXT_PEBBLE_CLIENT_ID": "ours", "DEXT_PEBBLE_CLIENT_SECRET": "ours-secret"}


async def test_a_bill_is_approved_in_slack_and_stands_in_pebble_books_once(sqlite_url: str) -> None:
    async with beside_pebble(sqlite_url) as (desk, pebble):
        await desk.drop("P-1")

        await desk.approve("P-1")
        await desk.world.later(61)

        (entry,) = pebble.entries
        assert (entry["number"], entry["state"], entry["book"]) == ("P-1", "final", MAIN)
        assert sum(Decimal(line["amount"]) + Decimal(line["tax"]) for line in entry["lines"]) == Decimal("120.00")
        card = desk.card("P-1")
        assert "Published* to Pebble Books" in words(card)
        assert f"/{MAIN}/entries/{entry['id']}" in str(card.blocks)
        # neither files nor withdrawing are offered, or missed
        assert desk.slack.thread(BILLS, card.ts) == []
        assert "withdraw" not in str(card.blocks).lower()

        # what it refuses is told in the bill's thread, in our words
        pebble.accounts["429"] = True
        await desk.drop("P-2")
        await desk.approve("P-2")
        await desk.world.later(61)
        (alert,) = desk.slack.thread(BILLS, desk.card("P-2").ts)
        assert "429" in words(alert)
        assert "Pebble Books" in words(alert)
        assert len(pebble.entries) == 1

        # no more is offered than it can do
        await desk.slack.command("/dext", "settings", user=ADMIN)
        offered = str(desk.modal(ADMIN).blocks)
        assert "Draft" in offered
        assert "Awaiting approval" not in offered
        assert "Xero" not in offered + "".join(words(message) for message in desk.slack.messages(BILLS))
