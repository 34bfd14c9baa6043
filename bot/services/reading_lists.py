"""One reading of a ledger's lists: page by page, each list by itself, into entries that can be looked through.

What a list was stays in use until it was read anew; a list that could not be read keeps it, with the reason.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Row, select

from bot.db.base import dump, load, table_of
from bot.db.connections import ConnectionRow, ListSyncRow, OrganisationRow
from bot.db.payment_methods import count_methods
from bot.db.recodings import undecided_items
from bot.db.unit_of_work import Database, Nudge, Tx
from bot.domain.books import Books, ListKind, ListPage, Unreadable
from bot.domain.connections import LIST_NAMES, Health
from bot.domain.ids import ConnectionId, OrganisationId, WorkspaceId
from bot.domain.problems import Problem
from bot.services import default_messages, gone_codes, lists
from bot.services.access import Tokens, called
from bot.services.foreign import redraw_foreign
from bot.services.homes import redraw_homes_of
from bot.services.ledger_lines import LedgerLines, lines_of
from bot.services.list_course import Course
from bot.services.list_entries import StoredList
from bot.services.messages import Subject, redraw, redraw_items
from bot.services.recorded_lines import RecordedLines, recorded_of
from bot.services.saving_settings import BeginToFollow
from bot.services.settings import load_settings
from providers.base import Access, AccountingProvider
from providers.errors import (
    ProviderChangedError,
    ProviderError,
    ReconnectNeededError,
    TryLaterError,
)

logger = logging.getLogger(__name__)

T = TypeVar("T")

SYNCS, CONNECTIONS, ORGANISATIONS = table_of(ListSyncRow), table_of(ConnectionRow), table_of(OrganisationRow)

OVER = ("done", "failed")
MOVING_FOR = timedelta(seconds=60)
"""An import that wrote nothing for this long is started again."""
WHOLE_EVERY = 7
"""Of so many readings of a list one is whole, because what was deleted in the ledger is told by no list of changes."""
NEVER_EMPTIED = frozenset({ListKind.ACCOUNTS, ListKind.TAX_RATES, ListKind.CONTACTS})
"""Ledgers archive these and do not delete them, so an answer without any is no answer."""
MOST_ATTEMPTS = 60
"""About an hour. A list that the ledger does not give for so long could not be read; it is tried again in some hours."""
MOST_REDRAWN = 200
"""Cards that are drawn again at once, the oldest."""
MOST_NAMED = 50
"""Entries that could not be read, by name."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One run over one connection's lists."""

    db: Database
    tokens: Tokens
    connection: Row[Any]
    run: int
    provider: AccountingProvider
    begin_to_follow: BeginToFollow

    async def all(self) -> None:
        """Each list by itself: one that the ledger cannot give now does not keep the others waiting, unless it asked
        for silence.

        Raises:
            ReconnectNeededError, OutdatedError
            TryLaterError: not everything was read; what was not is due again.
        """
        trouble: list[TryLaterError] = []
        await self._books()
        for kind in self.provider.profile.lists:
            try:
                await self._list(kind)
            except TryLaterError as error:
                if error.after_seconds is not None:
                    raise
                trouble.append(error)
        if trouble:
            raise trouble[0]
        await gone_codes.look(self.db, self.connection.workspace_id, self.connection.organisation_id)

    async def _books(self) -> None:
        try:
            books = await self._call(self.provider.books)
        except ReconnectNeededError:
            raise
        except ProviderError as error:
            if isinstance(error, TryLaterError) and error.after_seconds is not None:
                raise
            logger.warning("the books could not be read again", extra={"problem": str(error.problem.code)})
            return
        of = self.connection.workspace_id, self.connection.organisation_id
        async with self.db.write() as tx:
            before = await lists.books_of(tx, *of)
            await lists.keep_books(tx, *of, books, has_rules_followed=True)
            if before is None or _asks(books) != _asks(before):  # what waits is looked at again by what they ask now
                await self.begin_to_follow(tx, *of, await load_settings(tx, *of))
            if before is not None and before.rules.not_in_plan != books.rules.not_in_plan:
                # what only their cards say of it
                waiting = await undecided_items(tx, *of, None, limit=MOST_REDRAWN)
                await redraw_items(tx, of[0], [item.id for item in waiting])

    async def _list(self, kind: ListKind) -> None:
        stored = self._stored(kind)
        sync = await stored.sync()
        if sync is None or sync.state in OVER:
            return
        try:
            if sync.next_page is None:
                await self._begin(stored)
            await self._pages(stored, sync)
        except ReconnectNeededError:
            raise
        except TryLaterError as error:
            if sync.attempt < MOST_ATTEMPTS:
                raise
            await self._failed(stored, _no_answer(error, sync.attempt))
        except ProviderError as error:
            await self._failed(stored, error.problem)

    async def _begin(self, stored: StoredList) -> None:
        """Noted before the first page is asked for: what changes in the ledger from here on is the next run's."""
        async with stored.write() as tx:
            await stored.note(tx, started_at=tx.now)

    async def _pages(self, stored: StoredList, sync: Row[Any]) -> None:
        """From where the reading is to the end of the list."""
        since = sync.since if stored.kind in self.provider.profile.incremental else None
        page: str | None = sync.next_page
        course = Course() if page is None else await _resumed(stored, sync)
        while True:
            read = await self._page(stored.kind, page, since)
            rows = await stored.rows(read.entries)
            course.meet(read, (row["key"] for row in rows), asked=page)
            is_only = page is None and read.next_page is None
            await stored.store(rows, is_noted=since is None and not is_only)
            if read.next_page is None:
                await self._bank_lines(stored.kind, sync)
                await self._end(stored, course, read, since)
                return
            await self._keep(stored, course, read, since)
            page = read.next_page

    async def _bank_lines(self, kind: ListKind, sync: Row[Any]) -> None:
        """What the ledger says of its bank accounts is read with them, where costs are matched with it: their lines, or what was
        booked on them.
        """
        if kind is not ListKind.BANK_ACCOUNTS:
            return
        telling, recording = lines_of(self.provider), recorded_of(self.provider)
        of = self.connection.workspace_id, self.connection.organisation_id
        if telling is not None:
            await LedgerLines(self.db, *of, telling, self._call).read(sync.synced_at)
        elif recording is not None:
            await RecordedLines(self.db, *of, recording, self._call).read()

    async def _page(self, kind: ListKind, page: str | None, since: datetime | None) -> ListPage:
        async def read(access: Access) -> ListPage:
            return await self.provider.list_page(access, kind, page, since=since)

        return await self._call(read)

    async def _call(self, call: Callable[[Access], Awaitable[T]]) -> T:
        return await called(self.tokens, ConnectionId(self.connection.id), call)

    async def _keep(self, stored: StoredList, course: Course, read: ListPage, since: datetime | None) -> None:
        """That this page was read, and where the next one begins."""
        values: dict[str, Any] = {"state": "reading", "next_page": read.next_page}
        if since is None:
            values |= {"read": len(course.keys), "expected": read.total}
        async with stored.write() as tx:
            await self._note(tx, stored, values | {"due_at": tx.now + MOVING_FOR}, read.unreadable)

    async def _end(self, stored: StoredList, course: Course, read: ListPage, since: datetime | None) -> None:
        values: dict[str, Any] = {"state": "done", "next_page": None, "expected": None, "due_at": None}
        if since is None:
            values |= await self._end_whole(stored, course)
        else:
            values |= {"changes_read": SYNCS.c.changes_read + 1}
        values |= {"read": await stored.count_active()}
        async with stored.write() as tx:
            await self._note(tx, stored, values | {"synced_at": tx.now}, read.unreadable)
            # in the transaction that ends the list: a reading that is killed before ends it again, and looks again
            of = tx, stored.workspace_id, stored.organisation_id
            is_otherwise = (
                await default_messages.look(*of, stored.kind)
                or await _may_pay_otherwise(*of, stored.kind)
                or await _may_track_otherwise(*of, stored.kind)
                or await _may_know_suppliers(*of, stored.kind)
                or await _may_tax_otherwise(*of, stored.kind)
            )
            if is_otherwise:
                await self.begin_to_follow(*of, await load_settings(*of))
            if stored.kind is ListKind.CURRENCIES:
                await redraw_foreign(*of)
            await self._end_run(tx)

    async def _end_whole(self, stored: StoredList, course: Course) -> dict[str, Any]:
        """What the ledger has no more is retired. Where its pages shifted while they were read that cannot be told: then
        nothing is, and the next reading is a whole one again.
        """
        if not course.keys:
            await self._require_credible(stored, course)
        if course.is_whole:
            await stored.retire(course.keys | course.kept)
        return {"changes_read": 0 if course.is_whole else WHOLE_EVERY}

    async def _require_credible(self, stored: StoredList, course: Course) -> None:
        """An answer in which nothing was found does not empty a list that a ledger never has empty."""
        if course.kept or not course.is_each_known:
            raise ProviderChangedError("None of its entries could be read")
        if stored.kind in NEVER_EMPTIED and await stored.has_live():
            raise ProviderChangedError("It came back empty, and had entries before")

    async def _note(self, tx: Tx, stored: StoredList, values: dict[str, Any], unreadable: Sequence[Unreadable]) -> None:
        words = [*(await stored.unreadable(tx)), *(entry.words for entry in unreadable)]
        if len(words) > MOST_NAMED:
            words = [*words[: MOST_NAMED - 1], f"{LIST_NAMES[stored.kind]}: others that are not named here"]
        await stored.note(tx, unreadable=dump(words), **values)
        await self._redraw(tx)

    async def _failed(self, stored: StoredList, problem: Problem) -> None:
        values = {"state": "failed", "due_at": None, "expected": None, "trouble": dump(problem)}
        async with stored.write() as tx:
            await stored.note(tx, **values)
            await self._redraw(tx)
            await self._end_run(tx)

    async def _end_run(self, tx: Tx) -> None:
        """With the last list, in its transaction: nothing would come back to a run whose lists are all over."""
        under_way = select(SYNCS.c.kind).where(
            SYNCS.c.organisation_id == self.connection.organisation_id,
            SYNCS.c.workspace_id == self.connection.workspace_id,
            SYNCS.c.state.not_in(OVER),
        )
        if (await tx.execute(under_way.limit(1))).first() is not None:
            return
        importing = (CONNECTIONS.c.id == self.connection.id, CONNECTIONS.c.health == Health.IMPORTING)
        await tx.execute(CONNECTIONS.update().where(*importing).values(health=Health.HEALTHY))
        # for everybody who follows this organisation, and once: a Home for each page would be a flood
        await redraw_homes_of(tx, self.connection.workspace_id, self.connection.organisation_id)
        tx.nudge(Nudge.PLANNER)

    def _stored(self, kind: ListKind) -> StoredList:
        return StoredList(self.db, self.connection.workspace_id, self.connection.organisation_id, kind, self.run)

    async def _redraw(self, tx: Tx) -> None:
        await redraw(tx, self.connection.workspace_id, Subject.CONNECTION, self.connection.organisation_id)
        await redraw(tx, self.connection.workspace_id, Subject.HOME, self.connection.connected_by)


def _asks(books: Books) -> tuple[object, ...]:
    """What may make something else of an item that waits."""
    return books.rules, books.lock_dates_known, books.period_locked_to, books.year_locked_to


def _no_answer(error: TryLaterError, attempts: int) -> Problem:
    words = error.problem.vendor_words
    return Problem(code=error.problem.code, vendor_words=f"no answer in {attempts} tries; the last time: {words}")


async def _resumed(stored: StoredList, sync: Row[Any]) -> Course:
    """What an earlier life of this reading knew, as far as it was noted."""
    return Course(
        keys=await stored.met(),
        totals=set() if sync.expected is None else {sync.expected},
        is_each_known=not load(sync.unreadable, list[str]),
    )


async def _may_pay_otherwise(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind
) -> bool:
    """Whether items may wait, or be paid, by what this list says of the bank accounts of payment methods."""
    return kind is ListKind.BANK_ACCOUNTS and await count_methods(tx, workspace_id, organisation_id) > 0


async def _may_know_suppliers(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind
) -> bool:
    """Whether items may wait because their supplier was not in this list."""
    if kind is not ListKind.CONTACTS:
        return False
    return (await load_settings(tx, workspace_id, organisation_id)).general.asks_new_suppliers


async def _may_tax_otherwise(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind
) -> bool:
    """Whether items may have the tax rate that this list says of their category."""
    if kind not in (ListKind.ACCOUNTS, ListKind.TAX_RATES):
        return False
    return (await load_settings(tx, workspace_id, organisation_id)).tax.goes_by_categories


async def _may_track_otherwise(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind
) -> bool:
    """Whether items may wait by what this list says is tracked once for a whole document."""
    if kind is not ListKind.TRACKING_CATEGORIES:
        return False
    books = await lists.books_of(tx, workspace_id, organisation_id)
    return books is not None and books.rules.tracks_documents
