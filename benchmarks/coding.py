"""How many items are coded in a second: `python -m benchmarks.coding [postgresql+asyncpg://…] [--items 10000]`.

An organisation with 5,000 rules of suppliers, 300 categories and defaults, and items of 1,000 suppliers, half of whom have a
rule. First what is worked out of an item alone: sources, what they beat, facts, checks (`bot.domain.coded`,
`bot.services.recoding.checked`). Then the whole way: in at a door; and all of them once more when the settings are saved with
another default, and when nothing became different. Beside each the least that anybody would write: a loop that looks the
supplier up in a dictionary and puts the code into the item; with the database, it inserts the rows, or reads and updates them,
fifty in a transaction. That one knows no "Why?", no version, no audit log, no cards and no checks.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from sqlalchemy import bindparam

from benchmarks.settings import RULES
from benchmarks.stand import a_bill, add_organisation
from benchmarks.table import show
from bot.clock import SystemClock
from bot.db import migrate
from bot.db.base import dump, new_id, table_of
from bot.db.connections import SettingsRow
from bot.db.items import ITEMS, insert_item, load_item
from bot.db.recodings import undecided_items
from bot.db.rules import insert_rule, rules_for
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import WorkspaceRow
from bot.domain.coded import coded
from bot.domain.coding import CodedValue, Source
from bot.domain.documents import ItemKind, Party
from bot.domain.ids import OrganisationId, RuleId, WorkspaceId
from bot.domain.items import Item
from bot.domain.rules import Opinions, Rule, RuleOf, Target
from bot.domain.settings import KindSettings
from bot.services.entering import NewItem, enter
from bot.services.following import PAGE, Following
from bot.services.jobs import JobKind
from bot.services.lists import rules_of
from bot.services.recoding import checked
from bot.services.settings import Chosen, load_settings
from bot.services.usable_codes import usable_of_rules
from bot.vault import Vault, new_key

ITEMS_CODED, SUPPLIERS, ROUNDS = 10_000, 1000, 3
Plain = dict[str, tuple[str, str]]
"""Category and tax rate by a supplier's name."""

_UPDATE = ITEMS.update().where(ITEMS.c.id == bindparam("of_id")).values(coding=bindparam("fresh"))


@dataclass(slots=True)
class InLine:
    """Jobs that whoever measures runs."""

    keys: list[str] = field(default_factory=list)

    async def enqueue(self, _tx: Tx, _kind: JobKind, key: str, _partition: str) -> None:
        self.keys.append(key)

    async def open_of(self, _tx: Tx, _kind: JobKind, _keys: Collection[str]) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True, slots=True)
class Bench:
    db: Database
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    known: Plain
    bills: Sequence[NewItem]

    async def enter(self) -> None:
        for start in range(0, len(self.bills), PAGE):
            async with self.db.write() as tx:
                for bill in self.bills[start : start + PAGE]:
                    await enter(tx, bill)

    async def save(self, account: str) -> None:
        """The settings with another default; all that nobody decided on follows."""
        rows, of = table_of(SettingsRow), (self.workspace_id, self.organisation_id)
        chosen = Chosen(costs=KindSettings(default_account=account, default_tax_rate="INPUT2"))
        jobs = InLine()
        following = Following(self.db, jobs)
        async with self.db.write() as tx:
            await tx.execute(rows.update().where(rows.c.organisation_id == of[1]).values(chosen=dump(chosen)))
            await following.begin(tx, *of, await load_settings(tx, *of))
        for key in jobs.keys:
            await following.run(key)

    async def items(self) -> list[Item]:
        found: list[Item] = []
        async with self.db.read() as tx:
            while page := await self._page(tx, found):
                found += page
        return found

    async def plainly_entered(self) -> None:
        """The same bills in another organisation of the same, so that both meet tables of one size."""
        numbers = count()
        async with self.db.read() as tx:
            like = await load_item(tx, self.workspace_id, (await self._page(tx, ()))[0].id)
        if like is None:
            raise RuntimeError("no item came in")
        for start in range(0, len(self.bills), PAGE):
            async with self.db.write() as tx:
                for bill in self.bills[start : start + PAGE]:
                    number = next(numbers)
                    item = replace(like, id=new_id(), facts=bill.facts, reference=f"P-{number}", created_at=tx.now)
                    await insert_item(tx, plainly_coded(item, self.known), f"plain:{number}")

    async def plainly_coded(self) -> None:
        found: list[Item] = []
        while True:
            async with self.db.write() as tx:
                page = await self._page(tx, found)
                if not page:
                    return
                fresh = [plainly_coded(item, self.known) for item in page]
                await tx.execute(_UPDATE, [{"of_id": item.id, "fresh": dump(item.coding)} for item in fresh])
            found += page

    async def _page(self, tx: Tx, found: Sequence[Item]) -> tuple[Item, ...]:
        after = (found[-1].created_at, found[-1].id) if found else None
        return await undecided_items(tx, self.workspace_id, self.organisation_id, after, limit=PAGE)


def plainly_coded(item: Item, known: Plain) -> Item:
    account, rate = known.get((item.counterparty.name or "").casefold(), ("429", "INPUT2"))
    coding = replace(
        item.coding,
        account=CodedValue(value=account, source=Source.ORGANISATION_DEFAULT),
        tax_rate=CodedValue(value=rate, source=Source.ORGANISATION_DEFAULT),
    )
    return replace(item, coding=coding)


def _supplier(number: int) -> str:
    return f"Supplier {number:04} Trading"


async def _bench(db: Database, number: int) -> Bench:
    workspace = WorkspaceId(new_id())
    row = {"id": workspace, "enterprise_id": "", "team_id": "T0", "name": "Bench", "bot_user_id": "U0", "bot_id": "B0"}
    async with db.write() as tx:
        await tx.execute(table_of(WorkspaceRow).insert().values(**row, installed_at=tx.now))
        vault = Vault.from_text(new_key("bench"))
        organisation = await add_organisation(tx, workspace, vault, {"access": "none", "refresh": "none"})
    said = {_supplier(place * 2): (str(400 + place % 300), "INPUT2") for place in range(RULES)}
    async with db.write() as tx:
        for name, (account, rate) in said.items():
            target = Target(of=RuleOf.SUPPLIER, name=name, label=name)
            says = Opinions(account=account, tax_rate=rate)
            rule = Rule(
                id=RuleId(new_id()), workspace_id=workspace, organisation_id=organisation, target=target, opinions=says
            )
            await insert_rule(tx, rule)
    bills = [_a_bill(workspace, organisation, each) for each in range(number)]
    return Bench(db, workspace, organisation, {name.casefold(): codes for name, codes in said.items()}, bills)


def _a_bill(workspace: WorkspaceId, organisation: OrganisationId, number: int) -> NewItem:
    bill = a_bill(workspace, organisation, number)
    return replace(bill, facts=replace(bill.facts, supplier=Party(name=_supplier(number % SUPPLIERS))))


async def _worked_out(here: Bench, items: Sequence[Item]) -> tuple[Callable[[], object], Callable[[], object]]:
    """What is done of an item alone, fifty at a time by the rules that may match them; and plainly."""
    pages = [items[start : start + PAGE] for start in range(0, len(items), PAGE)]
    async with here.db.read() as tx:
        of = tx, here.workspace_id, here.organisation_id
        settings, books = await load_settings(*of), await rules_of(*of)
        known = [await rules_for(tx, page) for page in pages]
        usable = [await usable_of_rules(tx, rules, ItemKind.COST, books) for rules in known]
    defaults = settings.defaults_of(ItemKind.COST)

    def ours() -> object:
        return [
            checked(coded(item, rules, defaults, can, books), books)
            for page, rules, can in zip(pages, known, usable, strict=True)
            for item in page
        ]

    return ours, lambda: [plainly_coded(item, here.known) for item in items]


async def _timed(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Seconds that passed, and of the processor."""
    began, began_cpu = perf_counter(), process_time()
    await work()
    return perf_counter() - began, process_time() - began_cpu


async def _least(work: Callable[[], object]) -> tuple[float, float]:
    async def once() -> None:
        work()

    found = [await _timed(once) for _ in range(ROUNDS)]
    return min(each[0] for each in found), min(each[1] for each in found)


def _row(name: str, number: int, ours: tuple[float, float], plain: tuple[float, float]) -> list[str]:
    (passed, cpu), (plainly, plain_cpu) = ours, plain
    each = f"{cpu / number * 1000:.3f}", f"{plain_cpu / number * 1000:.3f}"
    return [name, f"{number / passed:,.0f}", f"{number / plainly:,.0f}", f"{passed / plainly:.1f}", *each]


async def _rows(here: Bench, number: int) -> list[list[str]]:
    entered = await _timed(here.enter)
    items = await here.items()
    ours, plain = await _worked_out(here, items)
    rows = [_row("worked out, without a database", number, await _least(ours), await _least(plain))]
    other, same = await _timed(lambda: here.save("401")), await _timed(lambda: here.save("401"))
    plainly = await _timed(here.plainly_coded)
    rows.append(_row("all follow another default", number, other, plainly))
    rows.append(_row("all looked at, nothing is different", number, same, plainly))
    rows.append(_row("in at a door", number, entered, await _timed(here.plainly_entered)))
    return rows


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("url", nargs="?")
    options.add_argument("--items", type=int, default=ITEMS_CODED)
    given = options.parse_args()
    with TemporaryDirectory(prefix="dext-bench-") as folder:
        url = given.url or f"sqlite+aiosqlite:///{Path(folder) / 'dext.db'}"
        await migrate.upgrade(url)
        db = Database(url, SystemClock())
        try:
            rows = await _rows(await _bench(db, given.items), given.items)
        finally:
            await db.close()
    head = ("coded", "items a second", "plainly", "ratio", "CPU ms an item", "plainly")
    show(f"{given.items:,} items, {RULES:,} rules", head, rows)


if __name__ == "__main__":
    asyncio.run(main())
