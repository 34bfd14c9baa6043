"""An import of a ledger's lists, killed anywhere: it goes on where it was, and no half list passes for a whole one."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.db.base import load, table_of
from bot.db.connections import ListEntryRow, ListSyncRow
from bot.domain.books import Contact, ListKind
from bot.playground.slack import ADMIN
from bot.vault import new_key
from providers.base import ClientConfig
from providers.xero.simulated.seed import new_contact
from providers.xero.simulator import TRADING
from tests.fakes.connected import CLIENT_ID, CLIENT_SECRET, Connected, connected_app, xero_environment
from tests.handlers.parting import CONNECTIONS, connection
from tests.kill.imports import Reader, read_lists
from tests.kill.nursery import NURSERY

ENTRIES, SYNCS = table_of(ListEntryRow), table_of(ListSyncRow)
RING = new_key("k1")
CONTACTS, PAGE = 60, 12
KILLS = 10
NEVER = 10**9
PATIENCE_SECONDS = 30


@dataclass(slots=True)
class Dying:
    """One process after another reads the lists, to be killed at some step; the world then goes on with it."""

    world: Connected
    url: str
    steps_file: Path

    async def ask(self) -> str:
        """Somebody asks for a refresh; the job that it became, for a process of its own."""
        await self.world.slack.command("/dext", "sync", user=ADMIN)
        ((_, job),) = self.world.jobs.waiting
        self.world.jobs.waiting.clear()
        return job

    async def read(self, job: str, kill_at: int) -> bool:
        """Answers whether it died before it was done."""
        addresses = xero_environment(self.world.xero.public_url)
        reader = Reader(
            database_url=self.url,
            ledger=ClientConfig(
                client_id=CLIENT_ID,
                client_secret=CLIENT_SECRET,
                auth_url=addresses["DEXT_XERO_AUTH_URL"],
                token_url=addresses["DEXT_XERO_TOKEN_URL"],
                revoke_url=addresses["DEXT_XERO_REVOKE_URL"],
                api_url=addresses["DEXT_XERO_API_URL"],
                web_url=addresses["DEXT_XERO_WEB_URL"],
            ),
            ring=RING,
            job=job,
            at=self.world.clock.now(),
            kill_at=kill_at,
            steps_file=str(self.steps_file),
        )
        process = NURSERY.Process(target=read_lists, args=(reader,))
        process.start()
        await asyncio.to_thread(process.join, PATIENCE_SECONDS)
        if process.exitcode is None:
            process.kill()
        assert process.exitcode in (0, -signal.SIGKILL)
        return process.exitcode != 0

    @property
    def steps(self) -> int:
        """How many the last one took that came to its end."""
        return int(self.steps_file.read_text())

    async def syncs(self) -> dict[str, Any]:
        async with self.world.services.db.read() as tx:
            return {row.kind: row for row in (await tx.execute(select(SYNCS))).all()}

    async def contacts(self) -> dict[str, str]:
        """The names of those that can be chosen."""
        live = select(ENTRIES.c.key, ENTRIES.c.entry).where(
            ENTRIES.c.kind == ListKind.CONTACTS, ENTRIES.c.is_active.is_(True)
        )
        async with self.world.services.db.read() as tx:
            return {row.key: load(row.entry, Contact).name for row in (await tx.execute(live)).all()}

    def in_ledger(self) -> dict[str, str]:
        books = self.world.xero.books[TRADING].contacts.values()
        return {one["ContactID"]: one["Name"] for one in books if one["ContactStatus"] == "ACTIVE"}

    async def forget(self) -> None:
        """As if it had never been read."""
        never = {"started_at": None, "since": None, "synced_at": None, "read": 0, "changes_read": 0}
        async with self.world.services.db.write() as tx:
            await tx.execute(ENTRIES.delete())
            await tx.execute(SYNCS.update().values(**never))
            await tx.execute(CONNECTIONS.update().values(health="importing"))

    def change(self, round_: int) -> None:
        """More than a page of contacts gets other names, and one is new."""
        books = self.world.xero.books[TRADING]
        for contact in list(books.contacts.values())[: PAGE + 3]:
            books.save_contact({**contact, "Name": f"{contact['Name'].partition(' /')[0]} / {round_}"})
        made = new_contact(f"00000000-0000-4000-8000-1{round_:011}", f"New {round_}", "")
        books.save_contact(made)

    def told(self) -> tuple[int, int]:
        """Messages of refreshes, and those of them that say it is over."""
        texts = [str(message.blocks) for message in self.world.slack.dms(ADMIN)]
        return sum("Refreshed" in text or "Reading lists" in text for text in texts), sum(
            "*Refreshed*" in text for text in texts
        )


@pytest.fixture
async def dying(database_url: str, tmp_path: Path) -> AsyncIterator[Dying]:
    async with connected_app(database_url, more={"DEXT_ENCRYPTION_KEYS": RING}) as world:
        books = world.xero.books[TRADING]
        books.largest_page = PAGE
        for number in range(CONTACTS - len(books.contacts)):
            books.save_contact(new_contact(f"00000000-0000-4000-8000-{number:012}", f"Supplier {number}", ""))
        yield Dying(world, database_url, tmp_path / "steps")


@pytest.mark.slow
async def test_an_import_killed_anywhere_is_completed_and_told_once(dying: Dying) -> None:
    """By turns one that reads everything for the first time, and one that reads what changed."""
    seed = int(os.environ.get("DEXT_KILL_SEED", "0")) or random.randrange(1, 10**6)
    sys.stdout.write(f"DEXT_KILL_SEED={seed}\n")
    chance, world, kills, resumed, rounds = random.Random(seed), dying.world, 0, 0, 0
    while kills < KILLS:
        assert rounds < 5 * KILLS, "too few of the processes died"
        rounds += 1
        if rounds % 2:
            await dying.forget()
        else:
            dying.change(rounds)
        job = await dying.ask()

        kills += await dying.read(job, _when(chance, dying.steps) if rounds > 1 else NEVER)

        at_death = (await dying.syncs())[ListKind.CONTACTS]
        if at_death.state == "done":
            assert await dying.contacts() == dying.in_ledger()
        world.xero.calls.clear()
        await world.later(90)
        asked = [call.query["page"] for call in world.xero.calls_to("GET", "/Contacts")]
        if at_death.state == "reading":
            resumed += 1
            assert asked[0] == at_death.next_page
        assert {row.state for row in (await dying.syncs()).values()} == {"done"}
        assert await dying.contacts() == dying.in_ledger()
        assert (await connection(world)).health == "healthy"
        assert dying.told() == (rounds, rounds)
    sys.stdout.write(f"kill points: {kills} of {rounds} rounds, {resumed} of them between pages\n")


def _when(chance: random.Random, steps: int) -> int:
    """Half of them late: the list that comes on several pages is the last one."""
    return chance.randint(chance.choice((1, steps // 2)), steps)
