"""What looking through items costs when they grow: `python -m benchmarks.items [postgresql+asyncpg://…]`.

An organisation with 1,000 items and one with 1,000,000 in one database and one run; each line is what `/dext items`
asks the database for one page. The time that passed, the 99th percentile of many, each page read from another place;
the least of several rounds, because a machine that does something else meanwhile only ever adds to it. Of a rare state a
person has less than a page among the few, so that line compares one item with ten.
"""

import argparse
import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy import text

from benchmarks.table import milliseconds, show
from bot.clock import SystemClock
from bot.db import migrate
from bot.db.base import dump, new_id, table_of
from bot.db.browsing import find_items, next_to_review
from bot.db.connections import OrganisationRow
from bot.db.history import approved_before
from bot.db.items import ITEMS
from bot.db.same_documents import documents_before, like_documents, same_document
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import WorkspaceRow
from bot.domain.books import Books
from bot.domain.browsing import ItemSearch, Position
from bot.domain.coding import CodedValue, Coding, Source
from bot.domain.documents import Door, Facts, ItemKind, Party
from bot.domain.ids import ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.parties import name_key, number_key, tax_key
from bot.domain.settings import Destination, PaymentStatus

FEW, MANY, AT_ONCE = 1000, 1_000_000, 10_000
ROUNDS, TIMES, UNTIMED = 5, 200, 50
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
SUPPLIERS, PEOPLE = 100, 20
STATES = {
    ItemState.PUBLISHED: 600,
    ItemState.ARCHIVED: 350,
    ItemState.TO_REVIEW: 20,
    ItemState.IN_APPROVAL: 20,
    ItemState.REJECTED: 10,
}
APPROVED = (ItemState.PUBLISHED, ItemState.ARCHIVED)

Ask = Callable[[Tx, OrganisationId, int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Stand:
    db: Database
    workspace_id: WorkspaceId
    few: OrganisationId
    many: OrganisationId

    async def fill(self, organisation_id: OrganisationId, number: int) -> None:
        rows = self._rows(organisation_id, number)
        for _ in range(0, number, AT_ONCE):
            some = list(islice(rows, AT_ONCE))
            async with self.db.write() as tx:
                await tx.execute(ITEMS.insert(), some)

    def _rows(self, organisation_id: OrganisationId, number: int) -> Iterator[dict[str, Any]]:
        chance = random.Random(1)
        states = chance.choices(list(STATES), list(STATES.values()), k=number)
        coding = dump(Coding(account=CodedValue(value="429", source=Source.PERSON)))
        for place, state in enumerate(states):
            item = an_item(self.workspace_id, organisation_id, place, number)
            facts, party = item.facts, item.counterparty
            yield {
                "id": item.id,
                "workspace_id": item.workspace_id,
                "organisation_id": organisation_id,
                "reference": item.reference,
                "kind": item.kind,
                "state": state,
                "version": 1,
                "door": item.door,
                "source_key": f"bench:{place}",
                "submitted_by": item.submitted_by,
                "created_at": item.created_at,
                "supplier_key": name_key(party.name),
                "supplier_tax": tax_key(party.tax_number),
                "number_key": number_key(facts.number),
                "number": facts.number,
                "issued_on": facts.issued_on,
                "currency": facts.currency,
                "gross": facts.gross,
                "facts": dump(facts),
                "coding": coding,
                "complaints": "[]",
                "questions": "[]",
                "edited_by": "[]",
                "publish_as": PaymentStatus.DRAFT,
                "publish_to": Destination.PURCHASES,
                "decided_at": item.created_at if state in APPROVED else None,
                "published_at": item.created_at if state in APPROVED else None,
            }


def an_item(workspace_id: WorkspaceId, organisation_id: OrganisationId, place: int, number: int) -> Item:
    """The item at a place: as many suppliers, people and years, whatever the number of items."""
    at = FIRST + timedelta(days=2000) * (place / number)
    supplier = place % SUPPLIERS
    return Item(
        id=ItemId(UUID(int=place + (number << 64))),
        workspace_id=workspace_id,
        organisation_id=organisation_id,
        kind=ItemKind.COST,
        state=ItemState.TO_REVIEW,
        version=1,
        reference=f"B-{place}",
        facts=Facts(
            supplier=Party(name=f"Supplier {supplier:02} Ltd", tax_number=f"GB{100000000 + supplier}", country="GB"),
            number=f"INV-{place:07}",
            issued_on=at.date() - timedelta(days=3),
            currency="GBP",
            net=Decimal(place % 9000 + 100),
            tax=Decimal(0),
            gross=Decimal(place % 9000 + 100),
        ),
        coding=Coding(),
        door=Door.API,
        submitted_by=UserId(f"U{place % PEOPLE:02}"),
        created_at=at,
    )


@asynccontextmanager
async def stand(url: str, many: int) -> AsyncIterator[Stand]:
    await migrate.upgrade(url)
    db = Database(url, SystemClock())
    here = Stand(db, WorkspaceId(new_id()), OrganisationId(new_id()), OrganisationId(new_id()))
    async with db.write() as tx:
        row = table_of(WorkspaceRow)
        named = {"enterprise_id": "", "team_id": str(here.workspace_id), "name": "Bench", "installed_at": tx.now}
        await tx.execute(
            row.insert().values(id=here.workspace_id, bot_user_id="B", bot_id="B", token_sealed=b"", **named)
        )
        for organisation in (here.few, here.many):
            of = {"id": organisation, "workspace_id": here.workspace_id, "name": "Bench Ltd", "created_at": tx.now}
            books = dump(Books(provider_id="bench", name="Bench Ltd", base_currency="GBP"))
            await tx.execute(table_of(OrganisationRow).insert().values(**of, books=books, next_reference=1))
    await here.fill(here.few, FEW)
    await here.fill(here.many, many)
    async with db.write() as tx:
        await tx.execute(text("ANALYZE"))
    yield here
    await db.close()


def asks(here: Stand, many: int) -> dict[str, Ask]:
    """What is asked for, from another place each time."""

    def number_of(organisation_id: OrganisationId) -> int:
        return FEW if organisation_id == here.few else many

    def search(made: Callable[[int], ItemSearch], *, is_paged: bool = False) -> Ask:
        async def ask(tx: Tx, organisation_id: OrganisationId, turn: int) -> object:
            number = number_of(organisation_id)
            place = turn * 7919 % number
            after = None
            if is_paged:
                item = an_item(here.workspace_id, organisation_id, place, number)
                after = Position(at=item.created_at, id=item.id)
            return await find_items(tx, here.workspace_id, organisation_id, made(place), after)

        return ask

    def about(made: Callable[[Tx, Item], Awaitable[object]]) -> Ask:
        async def ask(tx: Tx, organisation_id: OrganisationId, turn: int) -> object:
            number = number_of(organisation_id)
            item = an_item(here.workspace_id, organisation_id, turn * 7919 % number, number)
            return await made(tx, replace(item, id=ItemId(UUID(int=1))))

        return ask

    async def approved(tx: Tx, item: Item) -> object:
        supplier = name_key(item.counterparty.name) or ""
        return await approved_before(tx, item.workspace_id, item.organisation_id, item.kind, supplier)

    async def next_one(tx: Tx, organisation_id: OrganisationId, turn: int) -> object:
        number = number_of(organisation_id)
        item = an_item(here.workspace_id, organisation_id, turn * 7919 % number, number)
        return await next_to_review(tx, here.workspace_id, organisation_id, item)

    def period(place: int) -> tuple[date, date]:
        first = FIRST.date() + timedelta(days=30 * (place % 60))
        return first, first + timedelta(days=30)

    return {
        "nothing: the newest": search(lambda _: ItemSearch()),
        "nothing: a page further back": search(lambda _: ItemSearch(), is_paged=True),
        "archive included": search(lambda _: ItemSearch(has_archive=True), is_paged=True),
        "supplier": search(lambda place: ItemSearch(supplier=f"supplier {place % SUPPLIERS:02}")),
        "supplier, in a period": search(
            lambda place: ItemSearch(
                supplier=f"supplier {place % SUPPLIERS:02}", since=period(place)[0], until=period(place)[1]
            )
        ),
        "eight suppliers that begin alike": search(lambda place: ItemSearch(supplier=f"supplier {place % 10}")),
        "number": search(lambda place: ItemSearch(number=f"inv {place:07}")),
        "total": search(lambda place: ItemSearch(amount=Decimal(place % 9000 + 100))),
        "state": search(lambda _: ItemSearch(state=ItemState.PUBLISHED), is_paged=True),
        "person": search(lambda place: ItemSearch(person=UserId(f"U{place % PEOPLE:02}")), is_paged=True),
        "period": search(lambda place: ItemSearch(since=period(place)[0], until=period(place)[1])),
        "person and state": search(
            lambda place: ItemSearch(person=UserId(f"U{place % PEOPLE:02}"), state=ItemState.PUBLISHED)
        ),
        "person and a rare state": search(
            lambda place: ItemSearch(person=UserId(f"U{place % PEOPLE:02}"), state=ItemState.IN_APPROVAL)
        ),
        "Next": next_one,
        "the same document": about(same_document),
        "one like it": about(like_documents),
        "three before it": about(lambda tx, item: documents_before(tx, item, limit=3)),
        "what was approved before": about(approved),
    }


async def p99(here: Stand, ask: Ask) -> tuple[float, float]:
    """Of the few and of the many, asked in turns, so that both meet the same machine."""
    least = [float("inf"), float("inf")]
    for start in range(0, ROUNDS * TIMES, TIMES):
        least = [min(pair) for pair in zip(least, await _round(here, ask, start), strict=True)]
    few, many = least
    return few, many


async def _round(here: Stand, ask: Ask, start: int) -> list[float]:
    passed: dict[OrganisationId, list[float]] = {here.few: [], here.many: []}
    async with here.db.read() as tx:
        for turn in range(start, start + UNTIMED + TIMES):
            for organisation_id, times in passed.items():
                began = perf_counter()
                await ask(tx, organisation_id, turn)
                times.append(perf_counter() - began)
    return [sorted(times[UNTIMED:])[TIMES * 99 // 100] for times in passed.values()]


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("url", nargs="?")
    options.add_argument("--many", type=int, default=MANY)
    given = options.parse_args()
    with TemporaryDirectory(prefix="dext-bench-") as folder:
        async with stand(given.url or f"sqlite+aiosqlite:///{Path(folder) / 'dext.db'}", given.many) as here:
            rows = []
            for name, ask in asks(here, given.many).items():
                few, many = await p99(here, ask)
                rows.append([name, milliseconds(few), milliseconds(many), f"{many / few:.2f}"])
    head = ("looked for", f"p99 ms, {FEW:,}", f"p99 ms, {given.many:,}", "ratio (bar 1.3)")
    show(f"A page of items among {FEW:,} and among {given.many:,}", head, rows)


if __name__ == "__main__":
    asyncio.run(main())
