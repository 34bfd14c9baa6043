"""What people feel when items grow: `python -m benchmarks.growth [postgresql+asyncpg://…/one postgresql+asyncpg://…/other]`.

The product's own `run` twice, one over an organisation with 1,000 items and one over an organisation with 1,000,000 (`--many`),
in databases of their own, both asked in turns, as Slack asks: signed, from the request to the answer. Whoever asks is approver and
bookkeeper there and sent in a twentieth of all, so that their Home is as full as one gets. Of several rounds
the least, because a machine that does something else meanwhile only ever adds to it; beside the 99th percentile the middle, and
the processor time of the product's process, in which SQLite works as well.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import select, text

from benchmarks import items, requests
from benchmarks.entries import opened
from benchmarks.far_end import PERSON
from benchmarks.load import Result, one_by_one
from benchmarks.stand import Stand as Product
from benchmarks.stand import stand
from benchmarks.table import milliseconds, show
from bot.clock import SystemClock
from bot.db.base import table_of
from bot.db.connections import OrganisationRow
from bot.db.items import ITEMS
from bot.db.unit_of_work import Database
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.views.ids import ActionId

Ask = Callable[[], bytes]
"""Makes a request, another one each time."""

FEW, MANY = 1000, 1_000_000
ROUNDS, TURNS, AT_ONCE, WARM = 5, 20, 10, 30
"""So many requests to one and then to the other, so often, make a round."""
SENDER = "U07"
"""One of the twenty who sent everything in."""


@dataclass(frozen=True, slots=True)
class Grown:
    product: Product
    asked: Mapping[str, Sequence[Ask]]

    async def answered(self, name: str, number: int) -> Result:
        asks = self.asked[name]
        made = [asks[turn % len(asks)]() for turn in range(number)]
        result = await one_by_one(self.product.app.port, made)
        if result.errors:
            raise RuntimeError(f"{name}: {result.errors[:3]}")
        return result


@asynccontextmanager
async def _grown(number: int, url: str | None) -> AsyncIterator[Grown]:
    entry = ("-m", "benchmarks.serve", "--without-messages")
    async with stand(0, entry=entry, database_url=url) as product:
        settings = await opened(product, requests.command("settings"))
        await _fill(product, number)
        yield Grown(product, _asked(settings))


async def _fill(product: Product, number: int) -> None:
    db, rows = Database(product.environment["DEXT_DATABASE_URL"], SystemClock()), table_of(OrganisationRow)
    async with db.read() as tx:
        row = (await tx.execute(select(rows.c.id, rows.c.workspace_id))).one()
    of = OrganisationId(row.id)
    await items.Stand(db, WorkspaceId(row.workspace_id), of, of).fill(of, number)
    async with db.write() as tx:
        await tx.execute(ITEMS.update().where(ITEMS.c.submitted_by == SENDER).values(submitted_by=PERSON))
        await tx.execute(text("ANALYZE"))
    await db.close()


def _asked(settings: dict[str, Any]) -> Mapping[str, Sequence[Ask]]:
    def typed(action: ActionId, *texts: str) -> list[Ask]:
        return [partial(requests.options, action, each, settings) for each in texts]

    return {
        "Home": [requests.home_opened],
        "/dext items": [partial(requests.command, "items")],
        "/dext settings": [partial(requests.command, "settings")],
        "a category is looked for": typed(ActionId.FIND_ACCOUNT, "", "costs", "costs 5", "45"),
        "a tax rate is looked for": typed(ActionId.FIND_TAX_RATE, "", "20"),
        "a supplier is looked for": typed(ActionId.FIND_CONTACT, "", "sup", "supplier 1"),
        "a payment method is looked for": typed(ActionId.FIND_PAYMENT_METHOD, "", "card"),
    }


async def _row(few: Grown, many: Grown, name: str) -> list[str]:
    """The 99th percentiles, the medians, and the processor time of the product's process."""
    for each in (few, many):
        await each.answered(name, WARM)
    rounds = [await _round((few, many), name) for _ in range(ROUNDS)]
    cells = []
    for place in range(len(rounds[0][0])):
        small, large = (min(found[which][place] for found in rounds) for which in range(2))
        cells += [milliseconds(small), milliseconds(large), f"{large / small:.2f}"]
    return [name, *cells]


async def _round(both: Sequence[Grown], name: str) -> list[tuple[float, float, float]]:
    found, cpu = [Result() for _ in both], [0.0 for _ in both]
    for _ in range(TURNS):
        for place, each in enumerate(both):
            before = each.product.app.cpu_seconds()
            found[place].add(await each.answered(name, AT_ONCE))
            cpu[place] += each.product.app.cpu_seconds() - before
    answered = TURNS * AT_ONCE
    return [
        (result.percentile(0.99), result.percentile(0.5), used / answered)
        for result, used in zip(found, cpu, strict=True)
    ]


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("urls", nargs="*", default=[None, None])
    options.add_argument("--many", type=int, default=MANY)
    given = options.parse_args()
    async with _grown(FEW, given.urls[0]) as few, _grown(given.many, given.urls[1]) as many:
        rows = [await _row(few, many, name) for name in few.asked]
    numbers = f"{FEW:,}", f"{given.many:,}"
    head = ["asked for", *(f"p99 ms, {each}" for each in numbers), "ratio (bar 1.3)"]
    for measure in ("p50 ms", "CPU ms"):
        head += [f"{measure}, few", "many", "ratio"]
    show(f"With {FEW:,} and with {given.many:,} items", head, rows)


if __name__ == "__main__":
    asyncio.run(main())
