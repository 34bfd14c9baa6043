"""A stored sign-in that somebody altered: not used, told once, shown as broken, and mended by reconnecting."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.app import upkeep_of
from bot.db.sealed import ACCESS, REFRESH
from bot.domain.ids import ConnectionId
from bot.playground.slack import ADMIN, ALERTS
from bot.vault import Vault, new_key
from bot.views.ids import ActionId
from providers.errors import TryLaterError
from providers.xero.simulator import TRADING
from tests.fakes.connected import connect
from tests.handlers.desk import Desk, a_desk, actions, words
from tests.handlers.parting import TOKENS, connection, disconnect, now, reconnecting, token_sets, told

HOUR = timedelta(hours=1).total_seconds()
CANNOT_BE_READ = "The stored sign-in for Xero cannot be read"


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        await made.world.set_up(alerts_channel=ALERTS)
        yield made


async def altered(desk: Desk) -> None:
    """One byte of it, as somebody could who can write to the database."""
    async with desk.world.services.db.write() as tx:
        sealed = bytes((await tx.execute(select(TOKENS.c.refresh_sealed))).scalar_one())
        await tx.execute(TOKENS.update().values(refresh_sealed=sealed[:-1] + bytes([sealed[-1] ^ 1])))


async def rounds(desk: Desk, count: int) -> None:
    upkeep = upkeep_of(desk.world.services)
    for _ in range(count):
        await desk.world.later(HOUR)
        await upkeep.pass_once()
        await desk.settle()


async def test_an_altered_sign_in_is_told_once_shown_as_broken_and_mended_by_reconnecting(desk: Desk) -> None:
    await altered(desk)

    await rounds(desk, 3)

    (message,) = told(desk.world, CANNOT_BE_READ)
    assert "altered or damaged where it is stored" in words(message)
    assert ActionId.OPEN_CONNECT in actions(message)
    assert (await connection(desk.world)).health == "broken"
    await desk.slack.command("/dext", "connections", user=ADMIN)
    shown = desk.modal(ADMIN)
    assert "Broken" in words(shown)
    assert CANNOT_BE_READ in words(shown)
    assert "presses Reconnect" in words(shown)
    assert actions(shown)[0] == ActionId.OPEN_CONNECT
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.add()
    await desk.approve("INV-1")
    assert desk.xero.bills(TRADING) == []

    await reconnecting(desk.world, ADMIN, message)
    await connect(desk.world)
    await desk.settle()

    assert (await connection(desk.world)).health == "healthy"
    assert "is connected again" in now(desk.world, message)
    assert len(desk.xero.bills(TRADING)) == 1


async def test_whoever_needs_it_first_finds_it_out_as_well(desk: Desk) -> None:
    await altered(desk)
    await desk.world.later(HOUR)  # the access has to be renewed

    await desk.add()
    await desk.approve("INV-1")

    assert len(told(desk.world, CANNOT_BE_READ)) == 1
    assert "waits for the connection" in words(desk.card("INV-1"))


async def test_ending_the_connection_says_that_the_ledger_was_not_told(desk: Desk) -> None:
    await altered(desk)
    await desk.world.later(HOUR)

    await disconnect(desk.world)

    (message,) = told(desk.world, "disconnected this organisation")
    assert "was altered and cannot be read, so Xero could not be told" in words(message)
    assert "Connected apps" in words(message)
    assert await token_sets(desk.world) == 0


async def test_a_key_that_another_process_has_ends_nothing(desk: Desk) -> None:
    other = Vault.from_text(new_key("newer"))
    async with desk.world.services.db.write() as tx:
        token_set_id = (await tx.execute(select(TOKENS.c.id))).scalar_one()
        of_row = {"id": token_set_id, "provider": "xero"}
        pair = {
            "access_sealed": ACCESS.seal(other, "a", **of_row),
            "refresh_sealed": REFRESH.seal(other, "r", **of_row),
        }
        await tx.execute(TOKENS.update().values(**pair))

    await rounds(desk, 2)

    row = await connection(desk.world)
    assert (row.health, told(desk.world, CANNOT_BE_READ)) == ("healthy", [])
    with pytest.raises(TryLaterError):
        await desk.world.services.tokens.access(ConnectionId(row.id))
