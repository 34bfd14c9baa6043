"""Lists are read again by themselves, once a day; what could not be read, sooner; and nobody has to ask."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.db.base import load
from bot.playground.slack import ADMIN
from bot.services.importing import SYNCS, ListImport
from bot.services.lists import find_accounts
from providers.fields import LONGEST_NAME
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, a_desk
from tests.handlers.parting import CONNECTIONS, disconnect

HOUR = 3600


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, undo_seconds=0, alerts_apart=True) as made:
        yield made


async def hours(desk: Desk, count: float) -> int:
    await desk.world.later(count * HOUR)
    begun = await desk.world.upkeep.syncing.start_due()
    await desk.settle()
    return begun


async def syncs(desk: Desk) -> dict[str, Any]:
    async with desk.world.services.db.read() as tx:
        return {row.kind: row for row in (await tx.execute(select(SYNCS))).all()}


async def test_all_lists_are_read_again_within_a_day_and_a_tenth(desk: Desk) -> None:
    assert await hours(desk, 23.9) == 0

    assert await hours(desk, 2.6) == 1

    found = await syncs(desk)
    assert {row.run for row in found.values()} == {2}
    assert {row.state for row in found.values()} == {"done"}
    assert await desk.world.upkeep.syncing.start_due() == 0


async def test_what_is_being_read_is_not_begun_anew(desk: Desk) -> None:
    async with desk.world.services.db.write() as tx:
        await tx.execute(SYNCS.update().where(SYNCS.c.kind == "contacts").values(state="reading", due_at=None))

    assert await hours(desk, 30) == 0


async def test_a_list_that_could_not_be_read_is_tried_again_by_itself_and_the_others_are_left(desk: Desk) -> None:
    async with desk.world.services.db.write() as tx:
        await tx.execute(SYNCS.update().where(SYNCS.c.kind == "contacts").values(state="failed"))
    assert await hours(desk, 5.9) == 0

    assert await hours(desk, 0.2) == 1

    found = await syncs(desk)
    assert (found["contacts"].run, found["contacts"].state) == (2, "done")
    assert {row.run for kind, row in found.items() if kind != "contacts"} == {1}


async def test_what_was_disconnected_is_left_alone(desk: Desk) -> None:
    await disconnect(desk.world, user=ADMIN)

    assert await hours(desk, 30) == 0


async def test_a_connection_that_is_over_is_left_alone(desk: Desk) -> None:
    async with desk.world.services.db.write() as tx:
        await tx.execute(update(CONNECTIONS).values(health="broken"))

    assert await hours(desk, 30) == 0


async def test_two_workers_that_look_at_once_begin_one_reading(desk: Desk) -> None:
    await desk.world.later(30 * HOUR)
    syncing = desk.world.upkeep.syncing
    (candidate,) = await syncing._candidates()

    assert [await syncing._start(candidate), await syncing._start(candidate)] == [True, False]


async def test_looking_for_what_is_due_writes_nothing(desk: Desk) -> None:
    """A look comes every minute, and SQLite has one writer."""
    await desk.world.later(12 * HOUR)
    syncing = desk.world.upkeep.syncing

    assert await syncing._candidates() == []


async def test_a_hostile_list_is_kept_as_far_as_it_can_be_and_the_rest_is_named(desk: Desk) -> None:
    """What people and other apps typed into a ledger: nothing of it breaks the import, a picker or a message."""
    books = desk.world.xero.books[TRADING]
    good = next(account for account in books.accounts.values() if account["Code"] == "429")
    odd = {
        "H1": {"Name": "Paper\u202e\u0000 <!channel> " + "x" * 100_000},
        "H2": {"Name": "   "},
        "H3": {"Name": "No such class", "Class": "FUTURE"},
        "9" * 3000: {"Name": "Long code"},
    }
    for number, (code, changes) in enumerate(odd.items()):
        key = f"00000000-0000-4000-8000-{number:012}"
        books.save_account({**good, "AccountID": key, "Code": code, **changes})

    await desk.world.slack.command("/dext", "sync", user=ADMIN)
    await desk.settle()

    found = (await syncs(desk))["accounts"]
    assert (found.state, {row.state for row in (await syncs(desk)).values()}) == ("done", {"done"})
    named = load(found.unreadable, list[str])
    assert len(named) == 3
    assert any("its Class, FUTURE, is none that I know" in words for words in named)
    async with desk.world.services.db.read() as tx:
        workspace_id = (await desk.world.actor()).workspace.id
        (paper,) = await find_accounts(tx, workspace_id, desk.world.organisation_id, "<!channel>")
    assert (paper.code, len(paper.name)) == ("H1", LONGEST_NAME)


async def test_lists_of_a_package_whose_credentials_were_taken_away_are_left_alone(sqlite_url: str) -> None:
    async with a_desk(sqlite_url, undo_seconds=0) as desk:
        await desk.slack.command("/dext", "sync", user=ADMIN)
        services = desk.world.services
        without = ListImport(services.db, services.jobs, services.tokens, {})
        ((_, key),) = desk.world.jobs.waiting

        await without.run(key)
        desk.world.jobs.waiting.clear()  # it was that one's
        await desk.world.clock.sleep(3 * 60)

        assert await without.restart_stuck() == 0
        assert await services.lists.restart_stuck() == 1
