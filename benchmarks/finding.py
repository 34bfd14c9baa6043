"""What a search in a select costs when a list grows: `python -m benchmarks.finding [postgresql+asyncpg://…]`.

A list of contacts as a trade directory has them, and a chart of accounts, at 1,000 and at 50,000 (10,000) rows, in one
database and one run; each search is what `bot.services.finding.find` does, in processor time of this process and in time
that passed. Beside it what it replaced: `LIKE '%text%'` over the same rows.
"""

import argparse
import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from uuid import UUID

from sqlalchemy import bindparam, select, text

from benchmarks.table import milliseconds, show
from bot.clock import SystemClock
from bot.db import list_terms, migrate
from bot.db.base import dump, new_id, table_of
from bot.db.connections import ListEntryRow, OrganisationRow
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import WorkspaceRow
from bot.domain.books import Account, AccountClass, Books, Contact, ListKind
from bot.domain.finding import found_by
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.services.finding import MOST_CHOICES, find

FEW, CONTACTS, ACCOUNTS = 1000, 50_000, 10_000
TIMES, ROUNDS, AT_ONCE = 30, 5, 1000
RARE = "Quixotic"
"""The first word of one contact, in the small list as in the large one."""
TYPED = {
    ListKind.CONTACTS: ("", "b", "ba", "ltd", "quix", "ltd quix", "services ltd", "nothing"),
    ListKind.ACCOUNTS: ("", "4", "costs", "40050", "travel 40050", "travel costs", "nothing"),
}
ENTRIES = table_of(ListEntryRow)
LIKE = (
    select(ENTRIES.c.entry)
    .where(
        ENTRIES.c.organisation_id == bindparam("organisation_id"),
        ENTRIES.c.kind == bindparam("kind"),
        ENTRIES.c.is_active.is_(True),
        ENTRIES.c.search.like(bindparam("pattern")),
    )
    .order_by(ENTRIES.c.search)
    .limit(MOST_CHOICES)
)
"""What a search was before."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Two organisations in one database: the small one and the large one."""

    db: Database
    workspace_id: WorkspaceId
    few: OrganisationId
    many: OrganisationId

    async def fill(self, organisation_id: OrganisationId, kind: ListKind, entries: Sequence[Account | Contact]) -> None:
        """As an import leaves them."""
        of = {"workspace_id": self.workspace_id, "organisation_id": organisation_id, "kind": kind}
        rows = [
            {
                **of,
                "key": entry.provider_id,
                "search": found_by(entry),
                "is_active": True,
                "entry": dump(entry),
                "seen_in": 1,
            }
            for entry in entries
        ]
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            async with self.db.write() as tx:
                await list_terms.follow(tx, self.workspace_id, organisation_id, kind, some)
                await tx.execute(ENTRIES.insert(), some)

    async def found(self, tx: Tx, organisation_id: OrganisationId, kind: ListKind, typed: str) -> int:
        return len(await find(tx, self.workspace_id, organisation_id, kind, typed))

    async def scanned(self, tx: Tx, organisation_id: OrganisationId, kind: ListKind, typed: str) -> int:
        of = {"organisation_id": organisation_id, "kind": kind, "pattern": f"%{typed}%"}
        return len((await tx.execute(LIKE, of)).all())


def contacts(number: int) -> list[Contact]:
    """Names as a trade directory has them: 60 first syllables, 8,000 words, and endings that thousands share."""
    chance = random.Random(1)
    syllables = [f"{first}{second}" for first in "bcdfglmnprst" for second in "aeiou"]
    words = ["".join(chance.choices(syllables, k=chance.randint(2, 4))).title() for _ in range(8000)]
    ends = ("Ltd", "Limited", "GmbH", "Services Ltd", "& Söhne")
    names = (f"{chance.choice(words)} {chance.choice(words)} {chance.choice(ends)}" for _ in range(number - 1))
    found = [f"{RARE} Traders Ltd", *names]
    return [Contact(provider_id=str(UUID(int=place)), name=name) for place, name in enumerate(found)]


def accounts(number: int) -> list[Account]:
    areas = ("Travel", "Costs", "Materials", "Rent", "Training", "Überstunden", "Telephone")
    return [
        Account(
            provider_id=f"4{place:04}",
            code=f"4{place:04}",
            name=f"{areas[place % 7]} {areas[place // 7 % 7]} {place}",
            account_class=AccountClass.EXPENSE,
        )
        for place in range(number)
    ]


@asynccontextmanager
async def lists(url: str) -> AsyncIterator[Lists]:
    await migrate.upgrade(url)
    db = Database(url, SystemClock())
    workspace_id, few, many = WorkspaceId(new_id()), OrganisationId(new_id()), OrganisationId(new_id())
    here = Lists(db, workspace_id, few, many)
    async with db.write() as tx:
        row = table_of(WorkspaceRow)
        named = {"enterprise_id": "", "team_id": str(workspace_id), "name": "Bench", "installed_at": tx.now}
        await tx.execute(row.insert().values(id=workspace_id, bot_user_id="B", bot_id="B", token_sealed=b"", **named))
        for organisation in (few, many):
            of = {"id": organisation, "workspace_id": workspace_id, "name": "Bench Ltd", "created_at": tx.now}
            books = dump(Books(provider_id="bench", name="Bench Ltd", base_currency="GBP"))
            await tx.execute(table_of(OrganisationRow).insert().values(**of, books=books, next_reference=1))
    for organisation, of_contacts, of_accounts in ((few, FEW, FEW), (many, CONTACTS, ACCOUNTS)):
        await here.fill(organisation, ListKind.CONTACTS, contacts(of_contacts))
        await here.fill(organisation, ListKind.ACCOUNTS, accounts(of_accounts))
    async with db.write() as tx:
        await tx.execute(text("ANALYZE"))
    yield here
    await db.close()


async def _least(db: Database, ask: Callable[[Tx], Awaitable[int]]) -> tuple[float, float, int]:
    """Seconds of processor and of time for one search, the least of some rounds; and how many it found."""
    cpu, passed, found = [], [], 0
    async with db.read() as tx:
        for _ in range(ROUNDS):
            began, began_cpu = perf_counter(), process_time()
            for _ in range(TIMES):
                found = await ask(tx)
            cpu.append((process_time() - began_cpu) / TIMES)
            passed.append((perf_counter() - began) / TIMES)
    return min(cpu), min(passed), found


async def _row(here: Lists, kind: ListKind, typed: str) -> list[str]:
    few, passed_few, _ = await _least(here.db, lambda tx: here.found(tx, here.few, kind, typed))
    many, passed_many, found = await _least(here.db, lambda tx: here.found(tx, here.many, kind, typed))
    _, scanned, _ = await _least(here.db, lambda tx: here.scanned(tx, here.many, kind, typed))
    return [
        f"{kind}: {typed!r}",
        str(found),
        *map(milliseconds, (few, many)),
        f"{many / few:.2f}",
        *map(milliseconds, (passed_few, passed_many)),
        f"{passed_many / passed_few:.2f}",
        milliseconds(scanned),
    ]


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("url", nargs="?")
    given = options.parse_args()
    with TemporaryDirectory(prefix="dext-bench-") as folder:
        async with lists(given.url or f"sqlite+aiosqlite:///{Path(folder) / 'dext.db'}") as here:
            rows = [await _row(here, kind, typed) for kind, some in TYPED.items() for typed in some]
    head = (
        "search",
        "found",
        "CPU ms, few",
        "many",
        "ratio (bar 1.3)",
        "passed ms, few",
        "many",
        "ratio",
        "LIKE, many",
    )
    show(f"A search among {FEW:,} rows, and among {CONTACTS:,} contacts and {ACCOUNTS:,} accounts", head, rows)


if __name__ == "__main__":
    asyncio.run(main())
