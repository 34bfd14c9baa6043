"""The ledger's lists, read page by page, through failures and kills."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.db.base import table_of
from bot.db.connections import ListEntryRow, ListSyncRow
from bot.domain.books import ListKind
from bot.domain.ids import ConnectionId, OrganisationId
from bot.domain.problems import Problem, ProblemCode
from bot.services.importing import OVERLAP, UNDER_WAY, start_import
from bot.services.jobs import JobKind
from bot.services.lists import find_accounts
from bot.services.reading_lists import MOST_ATTEMPTS
from providers.errors import PersonNeededError, TryLaterError
from tests.fakes.connecting import account
from tests.handlers.conftest import Connecting
from tests.handlers.test_reconnecting import connection

SYNCS, ENTRIES = table_of(ListSyncRow), table_of(ListEntryRow)


class KilledError(BaseException):
    """The process dies here."""


async def codes(connecting: Connecting, text: str = "") -> list[str]:
    row = await connection(connecting)
    async with connecting.db.read() as tx:
        found = await find_accounts(tx, row.workspace_id, OrganisationId(row.organisation_id), text)
    return [entry.code for entry in found]


async def connect(connecting: Connecting) -> None:
    await connecting.connect(connecting.browser(), await connecting.link())


async def again(connecting: Connecting, *kinds: ListKind) -> None:
    row = await connection(connecting)
    async with connecting.db.write() as tx:
        await start_import(tx, connecting.jobs, ConnectionId(row.id), kinds or connecting.ledger.profile.lists)


async def test_an_import_killed_between_pages_goes_on_where_it_was(connecting: Connecting) -> None:
    await connect(connecting)
    key = connecting.jobs.waiting[0]

    def die(page: str | None) -> None:
        if page == "4":
            raise KilledError

    connecting.ledger.before_page = die
    try:
        await connecting.run_jobs()
    except KilledError:
        connecting.ledger.before_page = None
    connecting.ledger.calls.clear()
    connecting.jobs.waiting = [key]

    await connecting.run_jobs()

    pages = [call for call in connecting.ledger.calls if call.startswith("accounts:")]
    assert pages == ["accounts:4", "accounts:8"]
    assert len(await codes(connecting)) == 10


async def test_a_list_that_cannot_be_read_does_not_stop_the_others(connecting: Connecting) -> None:
    await connect(connecting)
    words = "The currency service is closed"
    connecting.ledger.fails["accounts"] = PersonNeededError(
        Problem(code=ProblemCode.NOT_UNDERSTOOD, vendor_words=words)
    )

    await connecting.run_jobs()

    async with connecting.db.read() as tx:
        states = {row.kind: row.state for row in (await tx.execute(select(SYNCS))).all()}
    text = await connecting.drawn((await connecting.messages("connection", "connector"))[0])
    assert states == {"accounts": "failed", "currencies": "done"}
    assert "Not every list of Fake Books could be read" in text
    assert words in text


async def test_an_entry_gone_from_the_ledger_is_offered_no_more(connecting: Connecting) -> None:
    await connect(connecting)
    await connecting.run_jobs()
    connecting.ledger.accounts = tuple(entry for entry in connecting.ledger.accounts if entry.code != "105")

    await again(connecting)
    await connecting.run_jobs()

    found = await codes(connecting)
    assert "105" not in found
    assert len(found) == 9


async def test_a_search_finds_by_code_and_by_name_and_a_sign_alone_means_nothing(connecting: Connecting) -> None:
    await connect(connecting)
    connecting.ledger.accounts = (*connecting.ledger.accounts, account("50%"))
    await connecting.run_jobs()

    assert await codes(connecting, "103") == ["103"]
    assert await codes(connecting, "ACCOUNT 10") == [str(code) for code in range(100, 110)]
    assert await codes(connecting, "50%") == ["50%"]
    assert await codes(connecting, "%") == []


async def test_another_import_counts_on_from_the_last(connecting: Connecting) -> None:
    await connect(connecting)
    await connecting.run_jobs()

    await again(connecting)

    assert connecting.jobs.waiting[0][0] == "sync_lists"
    assert connecting.jobs.waiting[0][1].endswith(":2:1")
    async with connecting.db.read() as tx:
        assert {row.kind for row in (await tx.execute(select(SYNCS))).all()} == {
            ListKind.ACCOUNTS,
            ListKind.CURRENCIES,
        }


async def incrementally(connecting: Connecting) -> None:
    connecting.ledger.profile = replace(connecting.ledger.profile, incremental=frozenset({ListKind.ACCOUNTS}))
    await connect(connecting)
    await connecting.run_jobs()
    connecting.ledger.sinces.clear()


async def accounts_sync(connecting: Connecting) -> tuple[str, int]:
    async with connecting.db.read() as tx:
        row = (await tx.execute(select(SYNCS).where(SYNCS.c.kind == ListKind.ACCOUNTS))).one()
    return row.state, row.read


async def test_the_next_reading_asks_for_what_changed_since_a_little_before_the_last_began(
    connecting: Connecting,
) -> None:
    await incrementally(connecting)
    async with connecting.db.read() as tx:
        began = (await tx.execute(select(SYNCS.c.started_at).where(SYNCS.c.kind == ListKind.ACCOUNTS))).scalar_one()

    await again(connecting)
    await connecting.run_jobs()

    assert set(connecting.ledger.sinces) == {None, began - OVERLAP}  # currencies do not tell what changed


async def test_changes_leave_what_did_not_change_as_it_was(connecting: Connecting) -> None:
    await incrementally(connecting)
    connecting.ledger.accounts = (account("200"),)

    await again(connecting)
    await connecting.run_jobs()

    assert len(await codes(connecting)) == 11
    assert await accounts_sync(connecting) == ("done", 11)


async def test_every_seventh_reading_of_a_list_is_whole_however_often_others_are_read(connecting: Connecting) -> None:
    await incrementally(connecting)
    for _ in range(6):
        await again(connecting)
        await connecting.run_jobs()
        await again(connecting, ListKind.CURRENCIES)
        await connecting.run_jobs()
    connecting.ledger.accounts = (account("200"),)
    assert "100" in await codes(connecting)

    await again(connecting)
    await connecting.run_jobs()

    assert await codes(connecting) == ["200"]
    await again(connecting)
    assert await since_of_accounts(connecting) is not None


async def since_of_accounts(connecting: Connecting) -> datetime | None:
    async with connecting.db.read() as tx:
        since: datetime | None = (
            await tx.execute(select(SYNCS.c.since).where(SYNCS.c.kind == ListKind.ACCOUNTS))
        ).scalar_one()
    return since


async def test_of_a_list_that_comes_in_one_answer_only_what_changed_is_written(connecting: Connecting) -> None:
    connecting.ledger.page_size = 100
    await connect(connecting)
    await connecting.run_jobs()
    renamed = replace(account("103"), name="Travel")
    connecting.ledger.accounts = (*(account(str(code)) for code in range(100, 109) if code != 103), renamed)

    await again(connecting)
    await connecting.run_jobs()

    async with connecting.db.read() as tx:
        written = {row.key: row.seen_in for row in (await tx.execute(select(ENTRIES))).all()}
    assert {key for key, run in written.items() if run == 2} == {"103"}
    assert len(written) == 10
    assert await codes(connecting) == [str(code) for code in range(100, 109)]
    assert await codes(connecting, "travel") == ["103"]


async def test_an_answer_without_entries_empties_no_list_and_says_so(connecting: Connecting) -> None:
    await connect(connecting)
    await connecting.run_jobs()
    connecting.ledger.accounts = ()
    connecting.ledger.unreadable = ()

    await again(connecting)
    await connecting.run_jobs()

    assert len(await codes(connecting)) == 10
    text = await connecting.drawn((await connecting.messages("connection", "connector"))[0])
    assert "It came back empty, and had entries before" in text


async def test_lists_that_are_forgotten_while_they_are_read_stay_forgotten(connecting: Connecting) -> None:
    await connect(connecting)
    await connecting.run_jobs()
    row = await connection(connecting)
    connecting.ledger.accounts = tuple(account(str(code)) for code in range(200, 210))
    await again(connecting)
    async with connecting.db.write() as tx:
        await tx.execute(ENTRIES.delete())
    forgotten = OrganisationId(row.organisation_id)

    async def forget() -> None:
        async with connecting.db.write() as tx:
            await tx.execute(SYNCS.update().where(SYNCS.c.organisation_id == forgotten).values(run=SYNCS.c.run + 1))

    connecting.ledger.while_asked = forget
    await connecting.run_jobs()

    assert await codes(connecting) == []


async def test_progress_says_of_how_many_where_the_ledger_tells(connecting: Connecting) -> None:
    connecting.ledger.total = 10
    await connect(connecting)
    connecting.ledger.fails["accounts:8"] = TryLaterError(Problem(code=ProblemCode.LEDGER_DOWN))

    await connecting.run_jobs()

    (message,) = await connecting.messages("connection", "connector")
    assert "Categories: 8 of 10 so far" in await connecting.drawn(message)
    async with connecting.db.write() as tx:
        await tx.execute(SYNCS.update().values(expected=3))
    assert "Categories: 8 so far" in await connecting.drawn(message)


async def test_a_list_that_shifts_while_it_is_read_loses_nothing_and_is_read_whole_the_next_time(
    connecting: Connecting,
) -> None:
    """Somebody deletes an entry of the first page: each page after it begins one later, and one entry is on none."""
    await incrementally(connecting)
    async with connecting.db.write() as tx:
        await tx.execute(SYNCS.update().values(changes_read=6))
    connecting.ledger.total = 10

    def delete_one(page: str | None) -> None:
        if page == "4":
            connecting.ledger.accounts = connecting.ledger.accounts[1:]
            connecting.ledger.total, connecting.ledger.before_page = 9, None

    connecting.ledger.before_page = delete_one
    await again(connecting)
    await connecting.run_jobs()

    assert len(await codes(connecting)) == 10
    await again(connecting)
    assert await since_of_accounts(connecting) is None
    await connecting.run_jobs()
    assert await codes(connecting) == [str(code) for code in range(101, 110)]


async def test_changes_that_could_not_be_read_are_asked_for_again_from_the_same_instant(connecting: Connecting) -> None:
    await incrementally(connecting)
    connecting.ledger.fails["accounts"] = PersonNeededError(Problem(code=ProblemCode.NOT_UNDERSTOOD))
    await again(connecting)
    await connecting.run_jobs()
    connecting.ledger.fails.clear()
    connecting.ledger.sinces.clear()
    async with connecting.db.read() as tx:
        since = (await tx.execute(select(SYNCS.c.since).where(SYNCS.c.kind == ListKind.ACCOUNTS))).scalar_one()

    await again(connecting)
    await connecting.run_jobs()

    assert since is not None
    assert since in connecting.ledger.sinces


async def test_a_list_whose_page_repeats_is_ended_and_the_others_are_read(connecting: Connecting) -> None:
    connecting.ledger.accounts = (account("100"),) * 12
    await connect(connecting)

    await connecting.run_jobs()

    async with connecting.db.read() as tx:
        states = {row.kind: row.state for row in (await tx.execute(select(SYNCS))).all()}
    assert states == {"accounts": "failed", "currencies": "done"}
    assert await codes(connecting) == ["100"]


async def test_a_ledger_that_says_when_is_not_asked_before(connecting: Connecting) -> None:
    await connect(connecting)
    problem = Problem(code=ProblemCode.LEDGER_BUSY)
    connecting.ledger.fails["accounts"] = TryLaterError(problem, after_seconds=600)
    before = connecting.clock.now()

    await connecting.run_jobs()

    async with connecting.db.read() as tx:
        due = (await tx.execute(select(SYNCS.c.due_at).where(SYNCS.c.state.in_(UNDER_WAY)))).scalars().all()
    assert len(due) > 1
    assert {at - before for at in due} == {timedelta(seconds=600)}


async def test_a_list_that_the_ledger_does_not_give_holds_up_no_other_and_is_given_up_in_the_end(
    connecting: Connecting,
) -> None:
    await connect(connecting)
    problem = Problem(code=ProblemCode.LEDGER_DOWN, vendor_words="status 500")
    connecting.ledger.fails["accounts"] = connecting.ledger.fails["books"] = TryLaterError(problem)
    row = await connection(connecting)

    await connecting.run_jobs()

    async with connecting.db.read() as tx:
        states = {sync.kind: sync.state for sync in (await tx.execute(select(SYNCS))).all()}
    assert states == {"accounts": "waiting", "currencies": "done"}
    assert (await connection(connecting)).health == "importing"
    async with connecting.db.write() as tx:
        await tx.execute(SYNCS.update().values(attempt=MOST_ATTEMPTS))
    connecting.jobs.waiting.append((JobKind.SYNC_LISTS, f"{row.id}:1:{MOST_ATTEMPTS}"))
    await connecting.run_jobs()
    assert (await connection(connecting)).health == "healthy"
    (message,) = await connecting.messages("connection", "connector")
    words = "Categories: could not be read (no answer in 60 tries; the last time: status 500)"
    assert words in await connecting.drawn(message)
