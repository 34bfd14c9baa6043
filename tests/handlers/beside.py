"""Beside another ledger than Xero: its simulator is served, and the workspace's admin connects it through its own pages."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar, cast

from aiohttp import web

from bot.domain.settings import PaymentStatus
from bot.playground.slack import ADMIN
from bot.playground.start import stand_in
from bot.serving import listening
from providers import PROVIDERS
from providers.simulating.state import Simulated
from tests.fakes.app import World, whole_app
from tests.fakes.clock import FakeClock
from tests.fakes.connected import KEYS, Connected, as_connected, connect
from tests.fakes.ports import free_port
from tests.handlers.desk import Desk
from tests.handlers.test_paid import costs, method

S = TypeVar("S", bound=Simulated[Any])


@asynccontextmanager
async def beside(
    database_url: str,
    key: str,
    simulator: Callable[..., S],
    create_app: Callable[[S], web.Application],
    sign_in: Callable[[World], Awaitable[object]],
) -> AsyncIterator[tuple[Connected, S]]:
    """Connected by `sign_in`, and not set up. `key` is the provider's."""
    clock, port = FakeClock(sleeps_at_once=True), free_port()
    back = f"http://127.0.0.1:{port}/connect/{key}/callback"
    books = simulator(clock=clock, client_id="ours", client_secret="ours-secret", redirect_uris=(back,))
    ledgers = web.Application(client_max_size=2**24)
    ledgers.add_subapp(f"/{key}", create_app(books))
    async with listening(ledgers, "127.0.0.1", 0) as ledgers_port:
        books.public_url = f"http://127.0.0.1:{ledgers_port}/{key}"
        environment = {
            "DEXT_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "DEXT_ENCRYPTION_KEYS": KEYS,
            **environment_of(key, books.public_url),
        }
        async with whole_app(database_url, clock=clock, more=environment, port=port) as world:
            await world.slack.command("/dext", f"connect {key}", user=ADMIN)
            await sign_in(world)
            await world.settle()
            yield await as_connected(world, cast("Any", None)), books


def to(tenant: str) -> Callable[[World], Awaitable[object]]:
    """A sign-in that goes the whole way, to this organisation."""
    return partial(connect, tenant=tenant)


def environment_of(key: str, base: str) -> dict[str, str]:
    """As the playground has it: the vendor's own paths, under a prefix."""
    vendors, prefix = PROVIDERS[key].profile.addresses, f"DEXT_{key.upper()}"
    found = {f"{prefix}_{name.upper()}": stand_in(base, name, vendor) for name, vendor in vendors.items()}
    return {**found, f"{prefix}_CLIENT_ID": "ours", f"{prefix}_CLIENT_SECRET": "ours-secret"}


async def pay_costs(desk: Desk, *, account: str, category: str, tax: str) -> None:
    """They are paid with a method of this bank account from here on."""
    visa = await method(desk, account)
    coded = {"default_account": category, "default_tax_rate": tax}
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa, **coded)
