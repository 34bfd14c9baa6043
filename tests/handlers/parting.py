"""What people do to end a connection, over signed requests, and what is then left of it here and in the ledger."""

from typing import Any

from sqlalchemy import select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow, ListEntryRow, TokenSetRow
from bot.domain.disconnecting import Keep
from bot.playground.slack import ADMIN, ALERTS, Message, Submitted, View
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.fakes.app import World
from tests.fakes.connected import Connected
from tests.handlers.desk import words

CONNECTIONS, TOKENS, ENTRIES = table_of(ConnectionRow), table_of(TokenSetRow), table_of(ListEntryRow)
NAME = "Northwind Trading Ltd"


async def ask(world: Connected, user: str = ADMIN) -> View:
    """The form in front of somebody who typed the command."""
    await world.slack.command("/dext", "disconnect", user=user)
    view = world.slack.view(user)
    assert view is not None
    return view


async def confirm(world: Connected, form: View, keep: Keep = Keep.EVERYTHING) -> Submitted:
    values: dict[str, object] = {BlockId.KEEP: keep.value, BlockId.CONFIRMED: ["yes"]}
    done = await world.slack.submit(form, values)
    await world.settle()
    return done


async def disconnect(world: Connected, keep: Keep = Keep.EVERYTHING, user: str = ADMIN) -> None:
    done = await confirm(world, await ask(world, user), keep)
    assert (done.errors, done.error) == ({}, None)
    await world.slack.close_modal(user, everything=True)


async def reconnecting(world: World, user: str, message: Message) -> None:
    """Press Reconnect on a message; `connect` of `tests.fakes.connected` goes on from the modal."""
    await world.slack.click(message, ActionId.OPEN_CONNECT, user=user)


async def connection(world: World, tenant: str = TRADING) -> Any:
    async with world.services.db.read() as tx:
        return (await tx.execute(select(CONNECTIONS).where(CONNECTIONS.c.tenant_id == tenant))).one()


async def lists(world: World) -> int:
    """How many entries of lists are kept."""
    async with world.services.db.read() as tx:
        return len((await tx.execute(select(ENTRIES.c.key))).all())


async def token_sets(world: World) -> int:
    async with world.services.db.read() as tx:
        return len((await tx.execute(select(TOKENS.c.id))).all())


def told(world: World, words: str, channel: str = ALERTS) -> list[Message]:
    """Messages of a channel with these words in them."""
    return [message for message in world.slack.messages(channel) if words in str(message.blocks)]


def now(world: World, message: Message) -> str:
    """What a message of a channel says by now."""
    found = world.slack.message(message.channel, message.ts)
    assert found is not None
    return words(found)


def shared_tenants(world: Connected) -> set[str]:
    """What the ledger still lets us see, by anybody's sign-in."""
    return {found["tenantId"] for found in world.xero.grants.connections.values()}
