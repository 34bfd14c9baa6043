"""A sign-in that ended: told once, mended from Slack, nothing lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow, TokenSetRow
from bot.db.unit_of_work import Database, Tx
from bot.delivery import BusyError
from bot.domain.ids import ConnectionId, OrganisationId
from bot.domain.problems import Problem, ProblemCode
from bot.services.giving_back import GivingBack
from bot.services.tokens import TokenKeeper
from providers.base import Access
from providers.errors import ReconnectNeededError, TryLaterError
from tests.fakes.connecting import ACME, BETA
from tests.handlers.conftest import Connecting

CONNECTIONS, TOKENS = table_of(ConnectionRow), table_of(TokenSetRow)


async def connection(connecting: Connecting) -> Any:
    async with connecting.db.read() as tx:
        return (await tx.execute(select(CONNECTIONS))).one()


@pytest.fixture
async def connected(connecting: Connecting) -> Connecting:
    await connecting.connect(connecting.browser(), await connecting.link())
    await connecting.run_jobs()
    connecting.ledger.calls.clear()
    return connecting


async def ended(connected: Connecting) -> Any:
    """The provider says the sign-in is over, and somebody found out."""
    connected.ledger.refresh_token = f"rotated elsewhere at {connected.clock.now()}"
    await connected.clock.advance(3600)
    row = await connection(connected)
    with pytest.raises(ReconnectNeededError) as raised:
        await connected.tokens.access(ConnectionId(row.id))
    await connected.tokens.broken(ConnectionId(row.id), raised.value.problem)
    return row


async def test_tasks_that_find_the_access_expired_together_refresh_once(connected: Connecting) -> None:
    connected.clock.sleeps_at_once = True
    await connected.clock.advance(3600)
    row = await connection(connected)

    found = await asyncio.gather(*(connected.tokens.access(ConnectionId(row.id)) for _ in range(3)))

    assert connected.ledger.calls == ["refresh"]
    assert len({access.access_token for access in found}) == 1


async def test_two_processes_refresh_once(connected: Connecting) -> None:
    connected.clock.sleeps_at_once = True
    await connected.clock.advance(3600)
    row = await connection(connected)
    other = TokenKeeper(connected.db, connected.vault, connected.clock, {"fake": connected.ledger})

    found = await asyncio.gather(
        *(keeper.access(ConnectionId(row.id)) for keeper in (connected.tokens, other, connected.tokens, other))
    )

    assert connected.ledger.calls == ["refresh"]
    assert len({access.access_token for access in found}) == 1


async def test_three_processes_never_use_a_refresh_token_twice_over_five_hundred_expiries(
    connected: Connecting,
) -> None:
    """The ledger takes only the newest one, and ends the sign-in over an older one."""
    connected.clock.sleeps_at_once = True
    row = await connection(connected)
    keepers = [
        TokenKeeper(connected.db, connected.vault, connected.clock, {"fake": connected.ledger}) for _ in range(3)
    ]

    for expiry in range(1, 501):
        await connected.clock.advance(3600)
        found = await asyncio.gather(*(keeper.access(ConnectionId(row.id)) for keeper in keepers))
        assert len({access.access_token for access in found}) == 1
        assert connected.ledger.calls == ["refresh"] * expiry

    assert (await connection(connected)).health == "healthy"


async def test_a_lease_of_a_process_that_died_runs_out(connected: Connecting) -> None:
    connected.clock.sleeps_at_once = True
    await connected.clock.advance(3600)
    row = await connection(connected)
    async with connected.db.write() as tx:
        await tx.execute(TOKENS.update().values(held_by="dead", held_until=tx.now + timedelta(seconds=20)))

    found = await connected.tokens.access(ConnectionId(row.id))

    assert isinstance(found, Access)
    assert connected.ledger.calls == ["refresh"]


async def test_a_refusal_of_the_access_before_a_reconnection_ends_nothing(connected: Connecting) -> None:
    before = await ended(connected)
    await connected.connect(connected.browser(), await connected.link("U0ADAM", OrganisationId(before.organisation_id)))

    await connected.tokens.broken(ConnectionId(before.id), Problem(code=ProblemCode.RECONNECT_NEEDED))

    assert (await connection(connected)).health == "healthy"


async def test_a_lost_refresh_answer_keeps_the_old_token_for_the_next_try(connected: Connecting) -> None:
    await connected.clock.advance(3600)
    row = await connection(connected)
    connected.ledger.fails["refresh"] = TryLaterError(Problem(code=ProblemCode.LEDGER_DOWN))
    with pytest.raises(TryLaterError):
        await connected.tokens.access(ConnectionId(row.id))
    connected.ledger.fails.clear()

    found = await connected.tokens.access(ConnectionId(row.id))

    assert isinstance(found, Access)


async def test_an_ended_sign_in_is_told_once_with_the_way_back(connected: Connecting) -> None:
    row = await ended(connected)
    for _ in range(3):
        with pytest.raises(ReconnectNeededError) as raised:
            await connected.tokens.access(ConnectionId(row.id))
        await connected.tokens.broken(ConnectionId(row.id), raised.value.problem)

    told = await connected.messages("connection", "reconnect")

    text = await connected.drawn(told[0])
    assert len(told) == 1
    assert told[0].wanted == 2
    assert "Reconnect" in text
    assert str(row.organisation_id) in text
    assert "Fake Books" in text
    assert connected.ledger.calls == ["refresh"]


async def test_reconnecting_keeps_everything_and_turns_the_message_into_its_outcome(connected: Connecting) -> None:
    before = await ended(connected)
    link = await connected.link("U0OLIVIA", OrganisationId(before.organisation_id))

    done = await connected.connect(connected.browser(), link)

    after = await connection(connected)
    told = await connected.messages("connection", "reconnect")
    assert done.status == 303
    assert "stop=" not in done.location
    assert (after.id, after.organisation_id, after.health) == (before.id, before.organisation_id, "healthy")
    assert after.connected_by == "U0OLIVIA"
    assert "connected again" in await connected.drawn(told[0])
    assert isinstance(await connected.tokens.access(ConnectionId(after.id)), Access)


async def test_reconnecting_to_another_organisation_is_refused(connected: Connecting) -> None:
    before = await ended(connected)
    connected.ledger.organisations_seen = (BETA,)
    link = await connected.link("U0ADAM", OrganisationId(before.organisation_id))
    browser = connected.browser()

    state = (await connected.to_provider(browser, link)).partition("state=")[2].partition("&")[0]
    back = await browser.get(f"/connect/fake/callback?code=c&state={state}")

    assert "stop=other_organisation" in back.location
    page = await browser.get(back.location)
    assert "This reconnects Acme &lt;b&gt;Ltd&lt;/b&gt;, but the sign-in shares Beta GmbH with us." in page.text
    (told,) = [await connected.drawn(row) for row in await connected.messages("connection", "stopped")]
    elsewhere = await connected.browser().get(back.location)
    assert "Acme" not in elsewhere.text
    assert "This reconnects Acme &lt;b&gt;Ltd&lt;/b&gt;, but the sign-in shares Beta GmbH with us." in told
    assert (await connection(connected)).health == "broken"
    assert await connected.stops() == ["other_organisation"]


async def test_connecting_a_known_organisation_again_renews_it(connected: Connecting) -> None:
    before = await connection(connected)

    await connected.connect(connected.browser(), await connected.link("U0OLIVIA"))

    assert (await connection(connected)).id == before.id


async def test_a_connection_that_ends_a_second_time_is_told_a_second_time(connected: Connecting) -> None:
    """Changing an old message would reach nobody."""
    before = await ended(connected)
    await connected.connect(connected.browser(), await connected.link("U0ADAM", OrganisationId(before.organisation_id)))

    await ended(connected)

    told = await connected.messages("connection", "reconnect")
    assert len(told) == 2
    assert "connected again" in await connected.drawn(told[0])
    assert "has ended" in await connected.drawn(told[1])


async def test_other_organisations_of_the_same_sign_in_come_back_with_it(connected: Connecting) -> None:
    connected.ledger.organisations_seen = (ACME, BETA)
    await connected.connect(connected.browser(), await connected.link(), tenant="tenant-beta")
    async with connected.db.write() as tx:
        await tx.execute(CONNECTIONS.update().values(health="broken"))
        acme = (await tx.execute(select(CONNECTIONS).where(CONNECTIONS.c.tenant_id == "tenant-acme"))).one()

    await connected.connect(connected.browser(), await connected.link("U0ADAM", OrganisationId(acme.organisation_id)))

    async with connected.db.read() as tx:
        assert set((await tx.execute(select(CONNECTIONS.c.health))).scalars()) == {"healthy"}
        assert len((await tx.execute(select(TOKENS.c.id))).all()) == 1


async def test_an_organisation_that_the_new_sign_in_does_not_see_stays_broken(connected: Connecting) -> None:
    connected.ledger.organisations_seen = (ACME, BETA)
    await connected.connect(connected.browser(), await connected.link(), tenant="tenant-beta")
    async with connected.db.write() as tx:
        await tx.execute(CONNECTIONS.update().values(health="broken"))

    connected.ledger.organisations_seen = (ACME,)
    await connected.connect(connected.browser(), await connected.link())

    async with connected.db.read() as tx:
        found = await tx.execute(select(CONNECTIONS.c.tenant_id, CONNECTIONS.c.health))
    assert {row.tenant_id: row.health for row in found} == {"tenant-acme": "healthy", "tenant-beta": "broken"}


async def test_stored_tokens_do_not_open_in_another_row(connected: Connecting) -> None:
    async with connected.db.read() as tx:
        row = (await tx.execute(select(TOKENS))).one()

    assert b"access-" not in row.access_sealed
    assert b"refresh-" not in row.refresh_sealed
    with pytest.raises(Exception, match="does not open"):
        connected.vault.open(row.access_sealed, f"token_sets.refresh:{row.id}")


async def test_access_is_not_refreshed_before_it_is_needed(connected: Connecting) -> None:
    row = await connection(connected)
    connected.clock.move_to(connected.clock.now() + timedelta(minutes=20))

    await connected.tokens.access(ConnectionId(row.id))

    assert connected.ledger.calls == []


async def test_a_sign_in_that_nobody_finished_is_given_back(connecting: Connecting) -> None:
    browser = connecting.browser()
    state = (await connecting.to_provider(browser, await connecting.link())).partition("state=")[2].partition("&")[0]
    await browser.get(f"/connect/fake/callback?code=c&state={state}")
    giving_back = GivingBack(connecting.db, connecting.clock, connecting.tokens, connecting.tokens.providers)
    assert await giving_back.give_back() == 0
    await connecting.clock.advance(3700)

    assert await giving_back.give_back() == 1

    assert connecting.ledger.calls[-1] == "revoke"
    async with connecting.db.read() as tx:
        assert (await tx.execute(select(TOKENS.c.id))).all() == []


async def test_a_sign_in_in_use_is_kept(connected: Connecting) -> None:
    await connected.clock.advance(90_000)

    await connected.link()

    async with connected.db.read() as tx:
        assert len((await tx.execute(select(TOKENS.c.id))).all()) == 1


class BusyDatabase(Database):
    """Cannot be had at its second and third write: after the lease is taken, as the answer is to be kept."""

    writes = 0
    begun: asyncio.Event | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        self.writes += 1
        if self.writes in (2, 3):
            if self.begun is not None:
                self.begun.set()
            raise BusyError("the database is busy")
        async with super().write() as tx:
            yield tx


@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_a_refreshed_sign_in_is_kept_though_the_database_is_busy(
    connected: Connecting, *, is_cancelled: bool
) -> None:
    """The refresh token before it is used up: with the new one lost, a person would have to sign in again."""
    row = await connection(connected)
    await connected.clock.advance(3600)
    db = BusyDatabase(connected.db.url.render_as_string(hide_password=False), connected.clock)
    db.begun = asyncio.Event()

    asking = asyncio.create_task(replace(connected.tokens, db=db).access(ConnectionId(row.id)))
    await db.begun.wait()
    if is_cancelled:
        asking.cancel()
    while not asking.done():
        await connected.clock.advance(0.2)
        await asyncio.sleep(0.01)
    await db.close()

    assert asking.cancelled() is is_cancelled
    await connected.tokens.access(ConnectionId(row.id))
    assert connected.ledger.calls.count("refresh") == 1
