"""The reader against any course that a ledger's pages may take: it ends, loses nothing, and says what it could not do."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.db.base import dump, load, new_id, table_of
from bot.db.connections import ConnectionRow, ListEntryRow, ListSyncRow, OrganisationRow
from bot.db.unit_of_work import Database
from bot.db.workspaces import WorkspaceRow
from bot.domain.books import Account, Books, ListKind, ListPage, Unreadable
from bot.domain.ids import ConnectionId, WorkspaceId
from bot.domain.problems import Problem
from bot.services.importing import ListImport, start_import
from bot.services.list_course import MOST_PAGES, Course
from providers.base import Access
from providers.errors import ProviderChangedError
from tests.fakes.clock import FakeClock
from tests.fakes.connecting import FakeLedger, account
from tests.fakes.jobs import InlineJobs

ENTRIES, SYNCS = table_of(ListEntryRow), table_of(ListSyncRow)
OLD = ("100", "101", "102")
"""What the list held before."""
CODES = (*OLD, "103", "104", "105")

pages = st.builds(
    ListPage,
    entries=st.lists(
        st.builds(
            lambda code, is_active: replace(account(code), is_active=is_active), st.sampled_from(CODES), st.booleans()
        ),
        max_size=4,
    ).map(tuple),
    next_page=st.sampled_from([None, "2", "3", "4"]),
    unreadable=st.lists(
        st.builds(Unreadable, words=st.just("odd"), key=st.sampled_from([*CODES, None])), max_size=2
    ).map(tuple),
    total=st.sampled_from([None, 0, 3, 4, 10]),
)
scripts = st.fixed_dictionaries(dict.fromkeys((None, "2", "3", "4"), pages))


def page(*codes: str, then: str | None = None) -> ListPage:
    return ListPage(entries=tuple(map(account, codes)), next_page=then)


@dataclass(slots=True)
class Scripted(FakeLedger):
    """A ledger whose accounts come as the script has them; currencies as ever."""

    script: dict[str | None, ListPage] = field(default_factory=dict)
    asked: list[ListPage] = field(default_factory=list)

    async def list_page(
        self, access: Access, kind: ListKind, page: str | None, *, since: datetime | None = None
    ) -> ListPage:
        if kind is not ListKind.ACCOUNTS:
            return ListPage(entries=())
        self.asked.append(self.script[page])
        assert len(self.asked) < 20, "it reads for ever"
        return self.script[page]


class AlwaysSignedIn:
    async def access(self, connection_id: ConnectionId, *, to_finish: bool = False) -> Access:
        return Access(access_token="t", tenant_id="tenant-acme")

    async def forget(self, connection_id: ConnectionId, access: Access) -> None: ...

    async def broken(self, connection_id: ConnectionId, problem: Problem) -> None: ...


@dataclass(frozen=True, slots=True)
class Found:
    state: str
    reason: str
    changes_read: int
    shown: int
    unreadable: list[str]
    others: str
    active: set[str]
    stored: dict[str, Account]


@dataclass(slots=True)
class Shelf:
    """One database for all examples; each has an organisation of its own."""

    runner: asyncio.Runner
    db: Database
    workspace_id: WorkspaceId

    def read(self, ledger: Scripted) -> Found:
        return self.runner.run(self._read(ledger))

    async def _read(self, ledger: Scripted) -> Found:
        jobs, connection_id = InlineJobs(), await self._connection()
        lists = ListImport(self.db, jobs, AlwaysSignedIn(), {"fake": ledger})
        async with self.db.write() as tx:
            await start_import(tx, jobs, connection_id, ledger.profile.lists)
        await lists.run(jobs.waiting.pop()[1])
        return await self._found(connection_id)

    async def _connection(self) -> ConnectionId:
        made, scope = new_id(), {"workspace_id": self.workspace_id}
        books = Books(provider_id="tenant-acme", name="Acme", base_currency="GBP")
        async with self.db.write() as tx:
            named = {"name": "Acme", "books": dump(books), "next_reference": 1, "created_at": tx.now}
            await tx.execute(table_of(OrganisationRow).insert().values(id=made, **named, **scope))
            await tx.execute(
                table_of(ConnectionRow)
                .insert()
                .values(
                    id=made,
                    organisation_id=made,
                    provider="fake",
                    tenant_id="tenant-acme",
                    connected_by="U1",
                    connected_at=tx.now,
                    health="healthy",
                    **scope,
                )
            )
            for old in map(account, OLD):
                of = {"organisation_id": made, "kind": ListKind.ACCOUNTS, "key": old.code, **scope}
                entry = {"search": old.label, "is_active": True, "entry": dump(old), "seen_in": 0}
                await tx.execute(ENTRIES.insert().values(**of, **entry))
        return ConnectionId(made)

    async def _found(self, connection_id: ConnectionId) -> Found:
        async with self.db.read() as tx:
            syncs = (await tx.execute(select(SYNCS).where(SYNCS.c.organisation_id == connection_id))).all()
            rows = (await tx.execute(select(ENTRIES).where(ENTRIES.c.organisation_id == connection_id))).all()
        by_kind = {row.kind: row for row in syncs}
        sync = by_kind[ListKind.ACCOUNTS]
        return Found(
            state=sync.state,
            reason="" if sync.trouble is None else load(sync.trouble, Problem).vendor_words,
            changes_read=sync.changes_read,
            shown=sync.read,
            unreadable=load(sync.unreadable, list[str]),
            others=by_kind[ListKind.CURRENCIES].state,
            active={row.key for row in rows if row.is_active},
            stored={row.key: load(row.entry, Account) for row in rows},
        )


@pytest.fixture(scope="module")
def shelf(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    path, workspace_id = tmp_path_factory.mktemp("shelf") / "dext.db", WorkspaceId(new_id())
    shutil.copyfile(_sqlite_template, path)
    with asyncio.Runner() as runner:
        db = Database(f"sqlite+aiosqlite:///{path}", FakeClock())

        async def install() -> None:
            of_slack = {"enterprise_id": "", "team_id": "T1", "name": "N", "bot_user_id": "U0", "bot_id": "B0"}
            async with db.write() as tx:
                values = {"id": workspace_id, **of_slack, "installed_at": tx.now}
                await tx.execute(table_of(WorkspaceRow).insert().values(**values))

        runner.run(install())
        yield Shelf(runner, db, workspace_id)
        runner.run(db.close())


def read(shelf: Shelf, script: dict[str | None, ListPage]) -> tuple[Found, list[ListPage]]:
    ledger = Scripted(FakeClock(), script=script)
    return shelf.read(ledger), ledger.asked


@settings(max_examples=30)
@given(script=scripts)
@example(script={None: page("100", then="2"), "2": page("101", then="3"), "3": page("100", then="2")})
@example(script={None: page("103")})
def test_any_course_of_pages_ends_and_loses_nothing(shelf: Shelf, script: dict[str | None, ListPage]) -> None:
    found, asked = read(shelf, script)

    met = {entry.code for page in asked for entry in page.entries if isinstance(entry, Account)}
    kept = {entry.key for page in asked for entry in page.unreadable}
    is_whole = found.state == "done" and found.changes_read == 0
    assert found.others == "done"
    assert found.state in ("done", "failed")
    assert (found.reason != "") == (found.state == "failed")
    assert met | set(OLD) >= set(found.stored) >= set(OLD)
    if found.state == "done":
        assert set(found.stored) == met | set(OLD)
    if is_whole:
        assert found.active - met == set(OLD) & kept - met
        totals = {page.total for page in asked} - {None}
        assert None not in kept
        assert len(totals) <= 1
        assert all(total is not None and total <= len(met | kept) for total in totals)
    else:
        assert found.active >= set(OLD) - met


def test_a_circle_of_pages_ends_with_its_reason_and_the_list_as_it_was(shelf: Shelf) -> None:
    a, b = page("103", then="2"), page("104", then="3")
    found, asked = read(shelf, {None: a, "2": b, "3": replace(a, next_page="4"), "4": b})

    assert found.state == "failed"
    assert found.reason == "Its pages bring the same entries again and again"
    assert len(asked) == 3
    assert found.active >= set(OLD)

    found, asked = read(shelf, {None: page("103", then="2"), "2": page("104", then="2")})

    assert (found.state, found.reason) == ("failed", "Its pages lead back to one that was read before")
    assert len(asked) == 2


def test_a_list_of_which_nothing_can_be_read_is_not_read(shelf: Shelf) -> None:
    odd = ListPage(entries=(), unreadable=(Unreadable(words="odd"),))

    found, _ = read(shelf, {None: odd})

    assert (found.state, found.reason) == ("failed", "None of its entries could be read")
    assert found.active == set(OLD)


def test_what_is_archived_in_the_ledger_is_not_counted(shelf: Shelf) -> None:
    archived = replace(account("100"), is_active=False)

    found, _ = read(shelf, {None: ListPage(entries=(account("200"), archived))})

    assert (found.active, found.shown) == ({"200"}, 1)


def test_of_two_entries_with_one_code_the_one_in_use_counts(shelf: Shelf) -> None:
    archived = replace(account("100"), name="Old rent", is_active=False)

    found, _ = read(shelf, {None: ListPage(entries=(account("100"), archived))})

    assert found.active == {"100"}
    assert found.stored["100"].name == "Account 100"


def test_many_entries_that_cannot_be_read_are_not_all_named(shelf: Shelf) -> None:
    odd = tuple(Unreadable(words=f"odd {number}", key=str(number)) for number in range(1000))

    found, _ = read(shelf, {None: ListPage(entries=(account("100"),), unreadable=odd)})

    assert (len(found.unreadable), found.unreadable[-1]) == (50, "categories: others that are not named here")


def test_a_list_that_never_ends_is_ended() -> None:
    course = Course()

    def go_on() -> None:
        for number in range(MOST_PAGES + 1):
            asked = str(number) if number else None
            course.meet(ListPage(entries=(), next_page=str(number + 1)), [str(number)], asked=asked)

    with pytest.raises(ProviderChangedError, match="no end"):
        go_on()
