"""`dext-bot migrate --from … --to …`: a live installation goes on in another database, and nothing of it twice or not at all."""

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from bot.app import assembled, restartable_of
from bot.cli import main
from bot.clock import Clock
from bot.config import read_config
from bot.db import migrate
from bot.db.base import table_of
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Database
from bot.db.workspaces import AuditRow
from bot.domain.items import ItemState
from bot.services.jobs import JobKind
from bot.worker import WorkerLock
from providers import PROVIDERS
from tests.fakes.app import environment
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import InlineJobs
from tests.fakes.postgres import Postgres
from tests.faults.filled import ROWS, fill
from tests.faults.open_work import open_work
from tests.services.ledger import Trouble
from tests.services.publishing import World, a_world

DIED_HALF_WAY = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from bot.cli import main

@event.listens_for(Engine, "after_cursor_execute")
def die(_connection, _cursor, statement, *_rest):
    if statement.startswith(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)

main(["migrate", "--from", sys.argv[2], "--to", sys.argv[3]])
"""
AUDIT, MESSAGES = table_of(AuditRow), table_of(MessageRow)


class Shell:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    async def move(self, source: str, target: str) -> tuple[int, str]:
        """The exit code, and all that was printed. In a thread, because the command begins a loop of its own."""
        code = await asyncio.to_thread(main, ["migrate", "--from", source, "--to", target])
        return code, "".join(self.capsys.readouterr())


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture
def no_sqlite(tmp_path: Path) -> str:
    """Neither the file nor its folder is there yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'new' / 'dext.db'}"


@pytest.fixture
def new_sqlite(_sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "new.db"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def new_postgres(postgres: Postgres, _postgres_template: str) -> Iterator[str]:
    name = f"moved_{uuid4().hex}"
    yield postgres.create(name, _postgres_template)
    postgres.drop(name)


async def rows_of(url: str) -> dict[str, list[Any]]:
    async with migrate.connect(url) as connection:
        return {
            table.name: sorted((await connection.execute(select(table))).all(), key=repr)
            for table in migrate.tables().sorted_tables
        }


async def fill_at(url: str) -> None:
    async with migrate.connect(url) as connection:
        await fill(connection)


class TestEverything:
    @pytest.mark.postgres
    async def test_every_column_comes_through_to_postgresql_and_back(
        self, sqlite_url: str, new_postgres: str, no_sqlite: str, shell: Shell
    ) -> None:
        await fill_at(sqlite_url)
        before = await rows_of(sqlite_url)

        there = await shell.move(sqlite_url, new_postgres)
        back = await shell.move(new_postgres, no_sqlite)

        rows = ROWS * len(before)
        assert (there[0], back[0]) == (0, 0), (there, back)
        assert there[1].startswith(f"{rows} rows were moved, and read back as they were.\n")
        assert await rows_of(new_postgres) == before
        assert await rows_of(no_sqlite) == before

    @pytest.mark.postgres
    async def test_the_record_of_deeds_is_counted_on(
        self, sqlite_url: str, new_postgres: str, shell: Shell, clock: FakeClock
    ) -> None:
        await fill_at(sqlite_url)

        await shell.move(sqlite_url, new_postgres)

        assert await _next_sequence(new_postgres, clock) == 41 + ROWS

    async def test_no_process_starts_on_the_old_one_which_can_be_copied_back(
        self, sqlite_url: str, new_sqlite: str, tmp_path: Path, shell: Shell
    ) -> None:
        await shell.move(sqlite_url, new_sqlite)

        with pytest.raises(migrate.OutdatedDatabaseError, match=r"was moved to another one\. Set DEXT_DATABASE_URL to"):
            await migrate.require_head(sqlite_url)
        with pytest.raises(migrate.OutdatedDatabaseError, match="was moved"):
            await migrate.upgrade(sqlite_url)
        again = f"sqlite+aiosqlite:///{tmp_path / 'again.db'}"
        assert (await shell.move(sqlite_url, again))[0] == 0
        await migrate.require_head(again)


class TestRefusals:
    def test_one_address_alone_is_asked_about(self, sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
        code = main(["migrate", "--from", sqlite_url])

        assert (code, capsys.readouterr().err.startswith("Say both: --from")) == (2, True)

    @pytest.mark.parametrize(
        ("target", "said"),
        [
            ("mysql://here/dext", "--to is for another driver: write sqlite+aiosqlite:///"),
            ("postgresql+asyncpg://dext@127.0.0.1:1/dext", "See that it runs, and that --to leads to it."),
            (None, "--from and --to are the same database. Nothing was moved"),
        ],
    )
    async def test_what_is_wrong_with_an_address_is_said_of_where_it_was_typed(
        self, sqlite_url: str, shell: Shell, target: str | None, said: str
    ) -> None:
        code, printed = await shell.move(sqlite_url, target or sqlite_url)

        assert (code, said in printed, printed.count("\n")) == (2, True, 1)

    async def test_nothing_is_mixed_with_what_is_there(self, sqlite_url: str, new_sqlite: str, shell: Shell) -> None:
        await fill_at(new_sqlite)
        before = await rows_of(new_sqlite)

        code, said = await shell.move(sqlite_url, new_sqlite)

        assert (code, "is not empty" in said, said.count("\n")) == (2, True, 1)
        assert await rows_of(new_sqlite) == before
        await migrate.require_head(sqlite_url)

    async def test_an_older_installation_is_not_upgraded_by_mistake(
        self, sqlite_url: str, new_sqlite: str, shell: Shell
    ) -> None:
        await _at_revision(new_sqlite, "0001")

        code, said = await shell.move(sqlite_url, new_sqlite)

        assert (code, "is not empty" in said, await migrate.current(new_sqlite)) == (2, True, "0001")

    async def test_a_source_of_another_version_says_what_to_type(
        self, sqlite_url: str, new_sqlite: str, shell: Shell
    ) -> None:
        await _at_revision(sqlite_url, "0001")

        code, said = await shell.move(sqlite_url, new_sqlite)

        assert (code, "Type `dext-bot migrate`" in said) == (2, True)

    async def test_while_a_worker_works_nothing_is_moved(self, sqlite_url: str, new_sqlite: str, shell: Shell) -> None:
        lock = WorkerLock.of(sqlite_url)
        assert lock.take()

        code, said = await shell.move(sqlite_url, new_sqlite)

        lock.release()
        assert (code, "Stop every `dext-bot run` and `dext-bot worker`" in said) == (2, True)

    @pytest.mark.parametrize("kind", ["sqlite_url", pytest.param("new_postgres", marks=pytest.mark.postgres)])
    async def test_a_process_that_only_serves_is_noticed_too(
        self, kind: str, request: pytest.FixtureRequest, new_sqlite: str, shell: Shell, clock: FakeClock
    ) -> None:
        database_url = str(request.getfixturevalue(kind))
        served = Database(database_url, clock)
        await _written(served)

        code, said = await shell.move(database_url, new_sqlite)

        await served.close()
        assert (code, "in use by" in said) == (2, True)
        assert (await shell.move(database_url, new_sqlite))[0] == 0

    @pytest.mark.postgres
    async def test_what_the_new_database_does_not_take_is_named_and_nothing_is_moved(
        self, sqlite_url: str, new_postgres: str, shell: Shell
    ) -> None:
        await fill_at(sqlite_url)
        await _changed(sqlite_url, "UPDATE items SET number = 'a' || char(0) || 'b'")

        code, said = await shell.move(sqlite_url, new_postgres)

        assert (code, "does not take a row of items" in said) == (2, True)
        assert not any((await rows_of(new_postgres)).values())
        await migrate.require_head(sqlite_url)

    @pytest.mark.parametrize("statement", ["INSERT INTO publication_steps", "UPDATE dext_schema"])
    async def test_killed_on_the_way_it_is_typed_again(
        self, statement: str, sqlite_url: str, new_sqlite: str, shell: Shell
    ) -> None:
        await fill_at(sqlite_url)
        before = await rows_of(sqlite_url)
        words = (sys.executable, "-c", DIED_HALF_WAY, statement, sqlite_url, new_sqlite)
        died = await asyncio.to_thread(subprocess.run, words, check=False)

        code, _ = await shell.move(sqlite_url, new_sqlite)

        assert (died.returncode, code) == (-signal.SIGKILL, 0)
        assert await rows_of(new_sqlite) == before


WITHOUT_A_ROW = frozenset({JobKind.HAND_OVER_LIST, JobKind.LOOK_FOR_GONE})
"""A list that somebody asked for is asked for again; and what was taken off lists is looked for again by a round of each hour."""


class TestWhatIsOpen:
    """Batches in each state, what waits for its undo window, and every kind of job."""

    @pytest.fixture
    async def world(self, sqlite_url: str, clock: FakeClock) -> AsyncIterator[World]:
        db = Database(sqlite_url, clock)
        yield await a_world(db, clock)
        await db.close()

    @pytest.mark.postgres
    async def test_what_was_on_its_way_is_published_once_from_the_new_database(
        self, world: World, sqlite_url: str, new_postgres: str, clock: FakeClock
    ) -> None:
        await _bring_into_each_state(world)
        messages = await _waiting_messages(world.db)
        await world.db.close()

        assert await _moved(sqlite_url, new_postgres) == 0
        db = Database(new_postgres, clock)
        moved = _at(world, db)
        await moved.settle()

        states, sent = await moved.states(), sorted(world.ledger.numbers)
        waiting = await _waiting_messages(db)
        await db.close()
        assert sent == ["frozen", "lost", "new", "unread"]
        assert states == {**dict.fromkeys(sent, ItemState.PUBLISHED), "asked": ItemState.IN_APPROVAL}
        assert waiting >= messages > 0

    async def test_every_kind_of_job_that_has_a_row_is_put_in_line_again(
        self, world: World, sqlite_url: str, new_sqlite: str, clock: FakeClock
    ) -> None:
        await world.approve("INV-1")
        await world.publishing.plan()
        async with world.db.write() as tx:
            await open_work(tx, world)
        await world.db.close()

        assert await _moved(sqlite_url, new_sqlite) == 0
        clock.move_to(clock.now() + timedelta(minutes=2))
        kinds = await _put_in_line(new_sqlite, clock)

        assert sorted(kinds) == sorted(set(JobKind) - WITHOUT_A_ROW)


async def _bring_into_each_state(world: World) -> None:
    """In books of their own, because those have one batch at a time: sent with its answer lost, taken and not read back,
    frozen and not sent. Then what nobody froze, and what nobody decided on.
    """
    for number, call, trouble in (
        ("lost", "create", Trouble.COMMIT_THEN_500),
        ("unread", "read", Trouble.BUSY),
    ):
        other = await a_world(world.db, world.clock, team_id=f"T-{number}")
        world.ledger.troubles[call] = [trouble]
        await other.approve(number)
        await world.publishing.plan()
        await world.jobs.drain()
    await world.approve("frozen")
    await world.publishing.plan()
    await world.approve("new")
    await world.enter("asked")


def _at(world: World, db: Database) -> World:
    """The same office with the same ledger, on another database, with a job library that knows of nothing."""
    jobs = InlineJobs()
    moved = replace(world, db=db, jobs=jobs, tokens=replace(world.tokens, db=db))
    moved.publishing = moved.publishing_by(jobs)
    moved.smaller_files = replace(world.smaller_files, db=db, jobs=jobs)

    async def run(_: str, key: str) -> None:
        await moved.publishing.run(key)

    jobs.handler = run
    return moved


async def _put_in_line(url: str, clock: Clock) -> list[JobKind]:
    """What a process asks its job library for that starts on this database and finds nothing in line."""
    jobs = InlineJobs()
    more = {"DEXT_XERO_CLIENT_ID": "c", "DEXT_XERO_CLIENT_SECRET": "s"}
    config = read_config(environment(url, 1, more), tuple(PROVIDERS))
    async with assembled(config, clock, jobs=jobs) as product:
        await product.services.publishing.reconcile()
        for service in restartable_of(product.services):
            await service.restart_stuck()
    return [kind for kind, _ in jobs.waiting]


async def _waiting_messages(db: Database) -> int:
    async with db.read() as tx:
        return int((await tx.execute(select(func.count()).where(MESSAGES.c.is_waiting))).scalar_one())


async def _moved(source: str, target: str) -> int:
    """The command runs a loop of its own."""
    return await asyncio.to_thread(main, ["migrate", "--from", source, "--to", target])


async def _written(db: Database) -> None:
    async with db.write() as tx:
        await tx.execute(select(1))


async def _changed(url: str, statement: str) -> None:
    async with migrate.connect(url) as connection:
        await connection.execute(text(statement))


async def _at_revision(url: str, revision: str) -> None:
    await _changed(url, f"UPDATE {migrate.VERSION_TABLE} SET version_num = '{revision}'")


async def _next_sequence(url: str, clock: Clock) -> int:
    db = Database(url, clock)
    async with db.write() as tx:
        workspace = (await tx.execute(select(AUDIT.c.workspace_id))).scalars().first()
        deed = {"workspace_id": workspace, "subject_id": uuid4(), "deed": "d", "at": tx.now, "facts": "{}"}
        statement = AUDIT.insert().values(**deed).returning(AUDIT.c.sequence)
        found = int((await tx.execute(statement)).scalar_one())
    await db.close()
    return found
