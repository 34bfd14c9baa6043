"""Books whose software is not called: named in a form, coded from typed lists, published when a person downloads the file."""

import csv
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

from bot.db.base import table_of
from bot.db.workspaces import AuditRow
from bot.domain.books import ListKind
from bot.playground.slack import ADMIN, BOOKKEEPER, View
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import ListRef
from tests.fakes.app import World, whole_app
from tests.fakes.clock import FakeClock
from tests.fakes.connected import KEYS, as_connected
from tests.handlers.desk import Desk, words

AUDIT = table_of(AuditRow)
NAMED: Mapping[str, object] = {
    BlockId.BOOKS_NAME: "Northwind Trading Ltd",
    BlockId.LAYOUT: "sage-50",
    BlockId.BOOKS_CURRENCY: "gbp",
    BlockId.COUNTRY: "gb",
}


async def named(world: World, values: Mapping[str, object] = NAMED, user: str = ADMIN) -> View:
    """The form, as it is filled in and sent."""
    await world.slack.command("/dext", "connect file_export", user=user)
    form = world.slack.view(user)
    assert form is not None
    done = await world.slack.submit(form, values)
    assert (done.errors, done.error) == ({}, None)
    await world.settle()
    view = world.slack.view(user)
    assert view is not None
    return view


async def typed(desk: Desk, kind: ListKind, text: str) -> dict[str, str]:
    """A list, typed under Manage; the errors that are shown."""
    home = await desk.world.slack.open_home(ADMIN)
    assert home is not None
    await desk.press(home, ActionId.OPEN_MANAGE, ADMIN)
    page, value = desk.modal(ADMIN), ListRef(desk.world.organisation_id, kind).encode()
    row = next(block for block in page.blocks if block.get("accessory", {}).get("value") == value)
    await desk.slack.click(page, ActionId.TYPE_LIST, user=ADMIN, block_id=row["block_id"])
    done = await desk.slack.submit(desk.modal(ADMIN), {BlockId.TYPED_LIST: text})
    await desk.settle()
    if not done.errors:
        await desk.slack.close_modal(ADMIN, everything=True)
    return done.errors


@asynccontextmanager
async def beside_no_ledger(database_url: str, *, undo_seconds: int = 60) -> AsyncIterator[Desk]:
    """Named by the workspace's admin, with lists, and set up."""
    clock = FakeClock(sleeps_at_once=True)
    more = {"DEXT_ENCRYPTION_KEYS": KEYS, "DEXT_UNDO_SECONDS": str(undo_seconds)}
    async with whole_app(database_url, clock=clock, more=more) as world:
        await named(world)
        await world.slack.close_modal(ADMIN, everything=True)
        connected = await as_connected(world, cast("Any", None))
        desk = Desk.__new__(Desk)
        desk.world, desk.slack = connected, world.slack
        assert await typed(desk, ListKind.ACCOUNTS, "code, name\n5000, Materials\n7500, Office costs") == {}
        assert await typed(desk, ListKind.TAX_RATES, "T1, Standard, 20\nT0, Zero, 0") == {}
        await connected.set_up(category="7500", tax="T1")
        yield desk


async def approved(desk: Desk, number: str) -> None:
    await desk.drop(number)
    await desk.approve(number)


def files_of(desk: Desk, user: str) -> list[tuple[str, list[dict[str, str]]]]:
    """Names and rows of the files in a person's own messages, in the order in which they came."""
    found = []
    for message in desk.slack.dms(user):
        for file_id in message.files:
            text = (desk.slack.workspace.store.bytes_of(file_id) or b"").decode("cp1252")
            rows = list(csv.DictReader(io.StringIO(text, newline="")))
            found.append((desk.slack.workspace.files[file_id].name, rows))
    return found


async def download(desk: Desk, user: str, of: str = "F-1") -> None:
    """By the button of a card; once it is published, again."""
    await desk.press(desk.card(of), ActionId.DOWNLOAD_BATCH, user)


async def test_a_bill_is_approved_and_published_by_whoever_downloads_it(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await approved(desk, "F-1")
        assert "Ready for download" in words(desk.card("F-1"))
        await desk.world.later(61)
        assert "Ready for download" in words(desk.card("F-1"))

        await download(desk, BOOKKEEPER)

        ((name, rows),) = files_of(desk, BOOKKEEPER)
        assert name == "Northwind-Trading-Ltd-batch-1.csv"
        assert [(row["Type"], row["Reference"], row["Nominal A/C Ref"], row["Net Amount"]) for row in rows] == [
            ("PI", "F-1", "7500", "100.00")
        ]
        card = desk.card("F-1")
        assert f"*Exported* in batch 1 by <@{BOOKKEEPER}>" in words(card)
        assert "Audit Trail" in "".join(message.text for message in desk.slack.dms(BOOKKEEPER))
