"""What every test can ask for: time, a database of its own, the vendors' files, a browser. Nothing leaves the machine."""

import asyncio
import gc
import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pytest
from aiohttp import web_app
from hypothesis import HealthCheck, settings

from bot import deadline, directory, slack
from bot.db import migrate, unit_of_work
from bot.db.unit_of_work import Database
from bot.playground.slack import deliveries
from handlers import showing
from tests.fakes.at_once import ask_at_once
from tests.fakes.clock import FakeClock
from tests.fakes.compiled import compile_once
from tests.fakes.in_step import keep_in_step
from tests.fakes.kept import PostgresDatabase, had_in_turn
from tests.fakes.network import loopback_only
from tests.fakes.postgres import Postgres, find_programs, postgres_server
from tests.fakes.read_once import read_once

ROOT = Path(__file__).resolve().parents[1]
IS_CI = os.environ.get("CI") == "true"
NO_POSTGRES, NO_CHROMIUM, NO_SHARED = "without PostgreSQL", "without Chromium", "without the vendors' files"

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if IS_CI else "here")

compile_once()
ask_at_once()
read_once()
keep_in_step()

SHORT_WAITS: dict[ModuleType, tuple[str, ...]] = {
    deadline: ("ASKING_SECONDS", "ANSWER_SECONDS"),
    directory: ("WAIT_SECONDS",),
    showing: ("CALL_SECONDS",),
    slack: ("PROBE_SECONDS", "TAKE_BACK_SECONDS"),
    unit_of_work: ("POOL_WAIT_SECONDS", "LOCK_WAIT_MILLISECONDS"),
    deliveries: ("ANSWER_SECONDS",),
}

SkippedReports = dict[str, int]
_skipped = pytest.StashKey[SkippedReports]()


def missing(what: str, how: str) -> None:
    """Skip here; on CI, where everything is installed, a test that cannot run is a failure."""
    if IS_CI:
        pytest.fail(f"{what}: {how}")
    pytest.skip(f"{what}: {how}")


@pytest.fixture(autouse=True)
def _stays_on_this_machine() -> Iterator[None]:
    with loopback_only():
        yield


@pytest.fixture(autouse=True)
def _lets_go_of_its_applications() -> Iterator[None]:
    """aiohttp keeps the last thousand pairs of a handler and its application, each with the whole world of its test: 1 GiB
    that the garbage collector walks through again and again.
    """
    yield
    web_app._cached_build_middleware.cache_clear()


@pytest.fixture(autouse=True)
def _machine_may_stall(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The product gives Slack and its database a second or two, and the simulated Slack gives the product three, so a
    machine that stalls for as long would turn answers into refusals. Only tests of those limits themselves ask for them,
    by `short_waits`.
    """
    if "short_waits" not in request.fixturenames:
        for module, names in SHORT_WAITS.items():
            for name in names:
                monkeypatch.setattr(module, name, getattr(module, name) * 20)


@pytest.fixture
def short_waits() -> None:
    """The waits for Slack, for the database and for the product, as they are in service."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The vendors' own schemas and sample documents, beside the repository where somebody put them."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"{NO_SHARED}: {folder.name}/ is not beside the repository")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser."""
    named = os.environ.get("DEXT_CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        missing(NO_CHROMIUM, "install chromium, or set DEXT_CHROMIUM to a browser's path")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server of this session's own; never one that was already running."""
    programs = find_programs()
    if programs is None:
        missing(NO_POSTGRES, "install postgresql (its programs are enough, no server need run)")
    assert programs is not None
    with postgres_server(programs) as server:
        yield server


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "dext.db"
    _prepare(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgres_template(postgres: Postgres) -> str:
    name = "dext_template"
    _prepare(postgres.create(name))
    return name


def _prepare(url: str) -> None:
    """All tables. In a thread of its own, so that no test's loop is touched."""

    def prepare() -> None:
        asyncio.run(migrate.upgrade(url))

    with ThreadPoolExecutor(1) as pool:
        pool.submit(prepare).result()


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of this test's own."""
    path = tmp_path / "dext.db"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(scope="session")
def _postgres_in_turn(postgres: Postgres, _postgres_template: str) -> Iterator[PostgresDatabase]:
    with had_in_turn(postgres, _postgres_template) as database:
        yield database


@pytest.fixture
def postgres_url(_postgres_in_turn: PostgresDatabase) -> str:
    """A migrated PostgreSQL database with nothing in it."""
    return _postgres_in_turn.emptied()


BOTH = (pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.postgres))


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database, on each kind in turn.

    Both for what a database may do its own way: writing, locking, searching, ordering, and whatever publishes or gives
    access back. A file about what a screen shows, or a page asks, reads rows that others wrote and tests have seen on
    both: it takes `sqlite_url` in the place of this, by a fixture of this name. Whoever is in doubt keeps both.
    """
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it, on each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"empty_{uuid4().hex}"
    yield server.create(name)
    server.drop(name)


@pytest.fixture
async def database(database_url: str, clock: FakeClock) -> AsyncIterator[Database]:
    """The product's own two engines over a migrated database, on each kind in turn."""
    opened = Database(database_url, clock)
    yield opened
    await opened.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of several processes the first begins with what takes long, most of which is waiting, while the others have work; so
    that in the end nobody waits for one that began last.
    """
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the collector need not walk through its 400,000 objects again and again, nor
    begin anew after each 700 that a product makes more of than it drops.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [report.longrepr[2] for report in skipped if isinstance(report.longrepr, tuple)]
    counted = {what: sum(what in reason for reason in reasons) for what in (NO_CHROMIUM, NO_POSTGRES, NO_SHARED)}
    config.stash[_skipped] = counted | {"in all": len(skipped)}
    for title, text in _tables(terminalreporter):
        terminalreporter.write_sep("=", title)
        terminalreporter.write_line(text)


def _tables(terminalreporter: pytest.TerminalReporter) -> Iterator[tuple[str, str]]:
    """What tests have recorded as a table; it comes through from workers, as their output does not."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, text in getattr(report, "user_properties", ()):
                title, _, lines = str(text).partition("\n")
                if name == "table" and report.when == "call":
                    yield title, lines


def pytest_unconfigure(config: pytest.Config) -> None:
    """The gate's last line says what it could not check on this machine."""
    counted = config.stash.get(_skipped, None)
    if counted is None or hasattr(config, "workerinput"):
        return
    parts = ", ".join(f"{number} {what}" for what, number in counted.items())
    sys.stdout.write(f"skipped: {parts}\n")
