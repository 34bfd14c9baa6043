"""Books whose software is not called: named in a form, coded from typed lists, published when a person downloads the file."""

import asyncio
import csv
import html
import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest
from sqlalchemy import select

from bot.app import upkeep_of
from bot.db.base import table_of
from bot.db.items import ITEMS, change_item, item_of
from bot.db.publications import BATCHES
from bot.db.workspaces import AuditRow
from bot.domain.books import ListKind
from bot.domain.coding import CodedValue, Source, Tracked
from bot.domain.disconnecting import Keep
from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER, GUEST, MEMBER, Message, View
from bot.services import gone_codes, lists
from bot.services.downloading import MOST_ATTEMPTS, CannotDownloadError, Hands
from bot.services.jobs import JobKind
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import ListRef
from tests.fakes.app import World, whole_app
from tests.fakes.clock import FakeClock
from tests.fakes.connected import KEYS, as_connected
from tests.handlers.desk import Desk, a_desk, actions, at, button_values, words

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
async def beside_no_ledger(
    database_url: str, *, undo_seconds: int = 60, layout: str = "sage-50"
) -> AsyncIterator[Desk]:
    """Named by the workspace's admin, with lists, and set up."""
    clock = FakeClock(sleeps_at_once=True)
    more = {"DEXT_ENCRYPTION_KEYS": KEYS, "DEXT_UNDO_SECONDS": str(undo_seconds)}
    async with whole_app(database_url, clock=clock, more=more) as world:
        await named(world, {**NAMED, BlockId.LAYOUT: layout})
        await world.slack.close_modal(ADMIN, everything=True)
        connected = await as_connected(world, cast("Any", None))
        desk = Desk.__new__(Desk)
        desk.world, desk.slack = connected, world.slack
        assert await typed(desk, ListKind.ACCOUNTS, "code, name\n5000, Materials\n7500, Office costs") == {}
        assert await typed(desk, ListKind.TAX_RATES, "T1, Standard, 20\nT0, Zero, 0") == {}
        await connected.set_up(category="7500", tax="T1")
        yield desk


async def test_what_is_taken_off_a_typed_list_is_told_once_with_what_can_stand_in_its_place(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await desk.drop("INV-1")
        await desk.edit("INV-1", {BlockId.ACCOUNT: "5000"})

        assert await typed(desk, ListKind.ACCOUNTS, "- 5000\n5001, Raw materials") == {}

        def told() -> list[Message]:
            return [each for each in desk.slack.messages(ALERTS) if "taken off the lists" in words(each)]

        (message,) = told()
        assert "Something that is still used here is taken off the lists" in words(message)
        assert "Category 5000 · Materials: 1 item" in words(message)
        assert "or have an admin type it again, under *Manage*." in words(message)
        await desk.press(message, ActionId.USE_INSTEAD, BOOKKEEPER)
        assert "1 item now says 5001 · Raw materials" in desk.slack.ephemerals(BOOKKEEPER, ALERTS)[-1].text
        assert "Nothing that waits is coded any more to what was taken off the lists." in words(told()[0])


async def test_a_look_for_what_was_taken_off_that_failed_is_made_up_for_within_the_hour(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await desk.drop("INV-1")
        await desk.edit("INV-1", {BlockId.ACCOUNT: "5000"})

        async def dies(*_: object) -> None:
            raise RuntimeError("the power is gone")

        with monkeypatch.context() as patched:
            patched.setattr(gone_codes, "look", dies)
            with pytest.raises(RuntimeError):
                await typed(desk, ListKind.ACCOUNTS, "- 5000\n5001, Raw materials")
        await desk.settle()
        assert "taken off the lists" not in str([words(each) for each in desk.slack.messages(ALERTS)])

        await upkeep_of(desk.world.services).pass_once()
        await desk.settle()

        (message,) = [each for each in desk.slack.messages(ALERTS) if "taken off the lists" in words(each)]
        assert "Category 5000 · Materials: 1 item" in words(message)


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


def bytes_of(desk: Desk, user: str) -> list[bytes]:
    ids = [file_id for message in desk.slack.dms(user) for file_id in message.files]
    return [desk.slack.workspace.store.bytes_of(file_id) or b"" for file_id in ids]


async def batches(desk: Desk) -> list[tuple[int, str]]:
    async with desk.world.services.db.read() as tx:
        found = (await tx.execute(select(BATCHES.c.number, BATCHES.c.state).order_by(BATCHES.c.number))).all()
    return [(row.number, row.state) for row in found]


async def deeds(desk: Desk, deed: str) -> list[tuple[str | None, Any]]:
    """Who did it, and the batch's number."""
    async with desk.world.services.db.read() as tx:
        found = (await tx.execute(select(AUDIT.c.by, AUDIT.c.facts).where(AUDIT.c.deed == deed))).all()
    return [(row.by, json.loads(row.facts)["batch"]) for row in found]


def by_other_hands(desk: Desk, hands: Hands) -> None:
    """From now on files are handed over so."""
    services, usual = desk.world.services, desk.world.jobs.handler
    downloading = replace(services.downloading, hands=hands)

    async def handler(kind: str, key: str) -> None:
        if kind != JobKind.HAND_OVER:
            assert usual is not None
            await usual(kind, key)
            return
        try:
            await downloading.run(key)
        except KilledError:
            return

    desk.world.jobs.handler = handler


class KilledError(Exception):
    """The process died here."""


@dataclass(slots=True)
class Dying:
    """Slack has the file, and whoever gave it to Slack is dead before that is written; but for the first times only."""

    hands: Hands
    times: int = 1

    async def give(self, *of: Any, **more: Any) -> str | None:
        given = await self.hands.give(*of, **more)
        if self.times:
            self.times -= 1
            raise KilledError
        return given


@dataclass(slots=True)
class Empty:
    """Slack takes nothing."""

    async def give(self, *_: Any, **__: Any) -> str | None:
        return None


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


async def test_downloading_again_gives_the_same_number_and_bytes_and_changes_nothing(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await approved(desk, "F-1")
        await download(desk, BOOKKEEPER)
        await approved(desk, "F-2")
        first = words(desk.card("F-1"))

        await download(desk, ADMIN)
        await download(desk, BOOKKEEPER)

        (one,), again = bytes_of(desk, ADMIN), bytes_of(desk, BOOKKEEPER)
        assert [one, one] == again
        assert words(desk.card("F-1")) == first
        assert await batches(desk) == [(1, "done")]
        assert await deeds(desk, "batch downloaded") == [(BOOKKEEPER, 1)]
        assert await deeds(desk, "batch downloaded again") == [(ADMIN, 1), (BOOKKEEPER, 1)]
        assert await deeds(desk, "published") == [(BOOKKEEPER, 1)]
        assert "downloaded before" in desk.slack.dms(ADMIN)[-2].text
        assert "is published when you have it" not in desk.whispers(ADMIN)[-1]
        assert "Ready for download" in words(desk.card("F-2"))

        await download(desk, ADMIN, "F-2")
        assert await batches(desk) == [(1, "done"), (2, "done")]
        assert f"batch 2 by <@{ADMIN}>" in words(desk.card("F-2"))


async def test_two_who_press_at_once_have_the_same_batch(database_url: str) -> None:
    async with beside_no_ledger(database_url, undo_seconds=0) as desk:
        for number in ("F-1", "F-2"):
            await approved(desk, number)
        card = desk.card("F-1")

        async with asyncio.TaskGroup() as both:
            for user in (ADMIN, BOOKKEEPER):
                both.create_task(desk.press(card, ActionId.DOWNLOAD_BATCH, user, settled=False))
        await desk.settle()

        assert await batches(desk) == [(1, "done")]
        assert bytes_of(desk, ADMIN) == bytes_of(desk, BOOKKEEPER)
        (((_, rows)),) = files_of(desk, ADMIN)
        assert sorted(row["Reference"] for row in rows) == ["F-1", "F-2"]
        assert len(await deeds(desk, "published")) == 2


async def test_whoever_does_not_keep_the_books_gets_no_file_and_publishes_nothing(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await approved(desk, "F-1")

        for user in (MEMBER, APPROVER, GUEST):
            await desk.press(desk.card("F-1"), ActionId.DOWNLOAD_BATCH, user)

            assert bytes_of(desk, user) == []
        assert await batches(desk) == []
        assert "Only this organisation's admins and bookkeepers" in desk.whispers(APPROVER)[-1]
        assert "Ready for download" in words(desk.card("F-1"))


async def test_what_can_be_undone_yet_or_is_held_is_in_no_batch(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await approved(desk, "F-1")
        assert ActionId.DOWNLOAD_BATCH not in actions(desk.card("F-1"))
        with pytest.raises(CannotDownloadError, match="Nothing waits to be downloaded now"):
            await desk.world.services.downloading.download(
                await desk.world.actor(BOOKKEEPER), desk.world.organisation_id
            )
        await approved(desk, "F-2")
        await desk.press(desk.card("F-2"), ActionId.HOLD_ITEM, BOOKKEEPER)

        await desk.press(desk.card("F-1"), ActionId.PUBLISH_NOW, BOOKKEEPER)
        await desk.world.later(61)
        await download(desk, BOOKKEEPER)

        (((_, rows)),) = files_of(desk, BOOKKEEPER)
        assert [row["Reference"] for row in rows] == ["F-1"]
        assert "Held" in words(desk.card("F-2"))


async def test_the_button_comes_by_itself_when_the_time_for_undo_is_over(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await approved(desk, "F-1")
        during = desk.card("F-1")
        assert "*Undo* until then, and until somebody downloads it" in words(during)

        await desk.world.later(61)

        after = desk.card("F-1")
        assert (ActionId.DOWNLOAD_BATCH in actions(during), ActionId.DOWNLOAD_BATCH in actions(after)) == (False, True)
        assert ActionId.PUBLISH_NOW not in actions(after)


async def test_what_a_file_has_no_place_for_is_told_in_the_alert_of_the_bill_that_it_is_wrong_with(
    sqlite_url: str,
) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0, layout="xero") as desk:
        await approved(desk, "F-1")
        await approved(desk, "F-2")
        services, tracks = desk.world.services, ("Region", "Team", "Site")
        async with services.db.write() as tx:  # as if a version before had let it through
            item = item_of((await tx.execute(select(ITEMS).order_by(ITEMS.c.created_at).limit(1))).mappings().one())
            chosen = tuple(Tracked(category=name, option=CodedValue(value="x", source=Source.DOOR)) for name in tracks)
            await change_item(tx, item, replace(item, coding=replace(item.coding, tracking=chosen)))

        await download(desk, BOOKKEEPER, "F-2")

        (alert,) = desk.slack.thread(BILLS, desk.card("F-1").ts)
        assert "a line has 3 tracking categories, and the file has columns for two" in words(alert)
        assert "its amounts" not in words(alert)
        assert "*Exported* in batch 1" in words(desk.card("F-2"))


async def test_what_is_in_another_currency_waits_for_its_rate_where_the_file_says_so_by_nothing_else(
    sqlite_url: str,
) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await desk.add(**{BlockId.NUMBER: "F-1", BlockId.CURRENCY: "EUR"})
        waiting = desk.card("F-1")
        await desk.press(waiting, ActionId.EDIT_ITEM, BOOKKEEPER)
        form = words(desk.modal(BOOKKEEPER))
        await desk.slack.close_modal(BOOKKEEPER, everything=True)

        done = await desk.edit("F-1", {f"{BlockId.CURRENCY_RATE}:EUR": "1.17"})
        await desk.approve("F-1")
        await download(desk, BOOKKEEPER)

        assert "It is in EUR, and its file says so by nothing but an exchange rate" in words(waiting)
        assert "how many EUR were 1 GBP" in words(waiting)
        assert "*Exchange rate*\nnone yet" in words(waiting)
        assert "takes its own of the day" not in form
        assert done.errors == {}
        (((_, (row, *_)),),) = (files_of(desk, BOOKKEEPER),)
        assert (row["Reference"], row["Exchange Rate"]) == ("F-1", "1.17")


async def test_no_status_is_shown_of_what_a_file_says_none_of(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await desk.drop("F-1")
        card, shown = desk.card("F-1"), [words(desk.card("F-1"))]
        for button in (ActionId.EDIT_ITEM, ActionId.SHOW_DETAILS, ActionId.EXPLAIN_ITEM):
            await desk.press(card, button, BOOKKEEPER)
            shown.append(words(desk.modal(BOOKKEEPER)))
            await desk.slack.close_modal(BOOKKEEPER, everything=True)
        await desk.slack.command("/dext", "settings general", user=ADMIN)
        shown.append(words(desk.modal(ADMIN)))

        assert [each for each in shown if "Awaiting payment" in each or "Publish as" in each] == []


async def test_organisations_follow_what_files_take_in_a_newer_version_by_themselves(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, layout="quickbooks") as desk:
        services = desk.world.services
        of = (await desk.world.actor()).workspace.id, desk.world.organisation_id
        async with services.db.write() as tx:
            books = await lists.books_of(tx, *of)
            assert books is not None
            old = replace(books.rules, takes_not={**books.rules.takes_not, "bill": "The import of QuickBooks Online"})
            await lists.keep_books(tx, *of, replace(books, rules=old), has_rules_followed=True)
        await desk.drop("F-1")
        assert "has no place for a bill" in words(desk.card("F-1"))

        for _ in range(2):
            await upkeep_of(services).pass_once()
            await desk.settle()

        assert "In approval" in words(desk.card("F-1"))
        async with services.db.read() as tx:
            assert await lists.rules_of(tx, *of) == books.rules


async def test_nothing_is_lost_by_who_dies_before_the_file_is_made_or_after_it_was_given(database_url: str) -> None:
    async with beside_no_ledger(database_url, undo_seconds=0) as desk:
        await approved(desk, "F-1")
        await desk.press(desk.card("F-1"), ActionId.DOWNLOAD_BATCH, BOOKKEEPER, settled=False)
        desk.world.jobs.waiting.clear()  # nobody works it any more
        await desk.settle()
        assert "In batch 1" in words(desk.card("F-1"))
        assert bytes_of(desk, BOOKKEEPER) == []

        by_other_hands(desk, Dying(desk.world.services.downloading.hands))
        await desk.world.later(61)
        assert "In batch 1" in words(desk.card("F-1"))
        await desk.world.later(61)

        one, again = bytes_of(desk, BOOKKEEPER)
        assert one == again
        assert f"*Exported* in batch 1 by <@{BOOKKEEPER}>" in words(desk.card("F-1"))
        assert await deeds(desk, "published") == [(BOOKKEEPER, 1)]


async def test_nothing_is_taken_out_of_a_batch_that_somebody_may_have_in_hands(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await approved(desk, "F-1")
        await desk.press(desk.card("F-1"), ActionId.DOWNLOAD_BATCH, BOOKKEEPER, settled=False)
        desk.world.jobs.waiting.clear()
        approved_card = desk.card("F-1")
        await desk.settle()

        # nobody has it yet: it is taken apart, and its number is not used again
        await desk.press(approved_card, ActionId.HOLD_ITEM, BOOKKEEPER)
        assert await batches(desk) == [(1, "dissolved")]
        await desk.world.later(61)
        assert bytes_of(desk, BOOKKEEPER) == []
        assert "nothing was published" in desk.slack.dms(BOOKKEEPER)[-1].text

        await desk.press(desk.card("F-1"), ActionId.RELEASE_ITEM, BOOKKEEPER)
        by_other_hands(desk, Dying(desk.world.services.downloading.hands))
        await download(desk, BOOKKEEPER)
        await desk.press(approved_card, ActionId.HOLD_ITEM, BOOKKEEPER)
        assert "on its way" in desk.whispers(BOOKKEEPER)[-1]
        await desk.world.later(61)
        assert "*Exported* in batch 2" in words(desk.card("F-1"))


async def test_where_slack_takes_no_file_that_is_told_and_the_same_batch_is_had_by_pressing_again(
    sqlite_url: str,
) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await approved(desk, "F-1")
        usual = desk.world.services.downloading.hands
        by_other_hands(desk, Empty())
        await download(desk, BOOKKEEPER)
        for _ in range(MOST_ATTEMPTS):
            await desk.world.later(61)
        assert "could not be put here" in desk.slack.dms(BOOKKEEPER)[-1].text
        assert "In batch 1" in words(desk.card("F-1"))

        by_other_hands(desk, usual)
        await download(desk, ADMIN)

        assert f"*Exported* in batch 1 by <@{ADMIN}>" in words(desk.card("F-1"))
        assert await batches(desk) == [(1, "done")]


async def test_home_and_the_connections_offer_what_waits_to_whoever_keeps_the_books(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await approved(desk, "F-1")

        keepers, members = [await desk.slack.open_home(user) for user in (BOOKKEEPER, MEMBER)]

        assert keepers is not None
        assert members is not None
        assert "Download 1" in words(keepers)
        assert "Download" not in words(members)
        await desk.press(keepers, ActionId.DOWNLOAD_BATCH, BOOKKEEPER)
        assert "*Exported* in batch 1" in words(desk.card("F-1"))
        home = await desk.slack.open_home(BOOKKEEPER)
        assert home is not None
        assert "Download" not in words(home)


@pytest.mark.parametrize(
    ("changed", "block", "said"),
    [
        ({BlockId.BOOKS_CURRENCY: "£"}, BlockId.BOOKS_CURRENCY, "three letters"),
        ({BlockId.COUNTRY: "1"}, BlockId.COUNTRY, "two letters"),
        ({BlockId.BOOKS_NAME: "northwind  trading ltd"}, BlockId.BOOKS_NAME, "connected here already"),
    ],
)
async def test_what_an_organisation_cannot_be_named_is_told_at_its_field(
    sqlite_url: str, changed: Mapping[str, object], block: str, said: str
) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await desk.slack.command("/dext", "connect file_export", user=ADMIN)

        done = await desk.slack.submit(desk.modal(ADMIN), {**NAMED, BlockId.BOOKS_NAME: "Another Ltd", **changed})

        assert said in done.errors[block]


async def test_its_messages_speak_of_files_and_of_typed_lists(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        (told,) = [message for message in desk.slack.dms(ADMIN) if "connected this organisation" in words(message)]

        assert "File export, Sage 50" in words(told)
        assert "*Lists:* 2 categories, 2 tax rates." in words(told)
        assert "wait until a bookkeeper or an admin presses *Download*" in words(told)
        home = await desk.slack.open_home(ADMIN)
        assert home is not None
        assert "Healthy" in words(home)
        assert "may " not in words(home)
        await desk.world.later(7 * 24 * 3600)
        home = await desk.slack.open_home(ADMIN)
        assert home is not None
        assert "Out of date" not in words(home)


async def test_it_is_disconnected_and_named_again_with_all_that_was_kept(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await approved(desk, "F-1")
        seen = await desk.world.services.disconnecting.opened(await desk.world.actor(), desk.world.organisation_id)
        await desk.world.services.disconnecting.disconnect(
            await desk.world.actor(), desk.world.organisation_id, Keep.EVERYTHING, stamp=seen.stamp
        )
        await desk.world.later(61)
        home = await desk.slack.open_home(ADMIN)
        assert home is not None
        assert "Disconnected" in words(home)

        await desk.press(home, ActionId.OPEN_CONNECT, ADMIN)
        done = await desk.slack.submit(desk.modal(ADMIN), {BlockId.LAYOUT: "xero"})
        await desk.settle()

        assert (done.errors, done.error) == ({}, None)
        await download(desk, BOOKKEEPER)
        (content,) = bytes_of(desk, BOOKKEEPER)
        assert content.startswith(b"*ContactName,")
        assert "*Exported* in batch 1" in words(desk.card("F-1"))


async def withdraw(desk: Desk, *, again: bool) -> None:
    card = desk.card("F-1")
    value = button_values(card)[ActionId.ARCHIVE_ITEM]
    await desk.slack.click(card, ActionId.WITHDRAW_ITEM, value=value, user=BOOKKEEPER)
    then: dict[str, object] = {BlockId.AFTERWARDS: "again" if again else "only", BlockId.REASON: "Twice"}
    await desk.slack.submit(desk.modal(BOOKKEEPER), then)
    await desk.settle()


async def test_what_is_withdrawn_waits_until_a_person_has_removed_it_there(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await approved(desk, "F-1")
        await download(desk, BOOKKEEPER)

        await withdraw(desk, again=False)
        await desk.world.later(3600)
        assert "*To be removed*" in words(desk.card("F-1"))
        assert "batch 1 was imported into" in words(desk.card("F-1"))
        home = await desk.slack.open_home(BOOKKEEPER)
        assert home is not None
        assert "F-1 is to be removed in the software" in words(home)
        await desk.press(desk.card("F-1"), ActionId.CONFIRM_REMOVED, MEMBER)
        assert "*To be removed*" in words(desk.card("F-1"))
        await desk.press(desk.card("F-1"), ActionId.CONFIRM_REMOVED, BOOKKEEPER)

        assert "To review" in words(desk.card("F-1"))
        assert "removed by hand" in desk.slack.thread(BILLS, desk.card("F-1").ts)[-1].text


async def test_what_is_to_be_published_again_waits_for_the_next_batch_once_it_was_removed(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await approved(desk, "F-1")
        await download(desk, BOOKKEEPER)

        await withdraw(desk, again=True)
        await desk.press(desk.card("F-1"), ActionId.CONFIRM_REMOVED, BOOKKEEPER)
        assert "Ready for download" in words(desk.card("F-1"))
        await download(desk, ADMIN)

        assert f"*Exported* in batch 2 by <@{ADMIN}>" in words(desk.card("F-1"))


async def test_what_stays_there_after_all_is_exported_as_it_was(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await approved(desk, "F-1")
        await download(desk, BOOKKEEPER)
        await withdraw(desk, again=False)

        await desk.press(desk.card("F-1"), ActionId.LEAVE_THERE, BOOKKEEPER)

        assert f"*Exported* in batch 1 by <@{BOOKKEEPER}>" in words(desk.card("F-1"))
        await desk.press(desk.card("F-1"), ActionId.SHOW_DETAILS, BOOKKEEPER)
        told = words(desk.modal(BOOKKEEPER))
        assert "ownloaded batch 1, and so published it" in told
        assert "eft it in the ledger" in told
        assert "disconnected first" not in told


async def test_a_code_that_is_in_no_list_is_typed_where_it_is_needed_and_offered_from_then_on(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await desk.drop("F-1")
        card = desk.card("F-1")
        await desk.press(card, ActionId.EDIT_ITEM, BOOKKEEPER)
        form = desk.modal(BOOKKEEPER)
        account, rate = at(form, BlockId.ACCOUNT), at(form, BlockId.TAX_RATE)
        for block, action, code in ((account, ActionId.FIND_ACCOUNT, "8200"), (rate, ActionId.FIND_TAX_RATE, "T9")):
            offered = await desk.slack.options(form, action, code, user=BOOKKEEPER, block_id=block)
            assert f"{code} · new code" in str(offered)

        done = await desk.slack.submit(form, {account: "8200", rate: "T9"})
        await desk.settle()
        await desk.approve("F-1")
        await download(desk, BOOKKEEPER)

        assert (done.errors, done.error) == ({}, None)
        (((_, rows)),) = files_of(desk, BOOKKEEPER)
        assert [(row["Nominal A/C Ref"], row["Tax Code"], row["Tax Amount"]) for row in rows] == [
            ("8200", "T9", "20.00")
        ]
        await desk.press(desk.card("F-1"), ActionId.SHOW_DETAILS, BOOKKEEPER)
        await desk.drop("F-2")
        await desk.press(desk.card("F-2"), ActionId.EDIT_ITEM, BOOKKEEPER)
        form = desk.modal(BOOKKEEPER)
        offered = await desk.slack.options(
            form, ActionId.FIND_ACCOUNT, "82", user=BOOKKEEPER, block_id=at(form, BlockId.ACCOUNT)
        )
        assert "'8200'" in str(offered)


async def test_a_ledger_that_knows_its_codes_is_offered_no_other(sqlite_url: str) -> None:
    async with a_desk(sqlite_url) as desk:
        form = await desk.form(BOOKKEEPER)

        offered = await desk.slack.options(
            form, ActionId.FIND_ACCOUNT, "8299", user=BOOKKEEPER, block_id=at(form, BlockId.ACCOUNT)
        )

        assert offered == []


async def test_a_supplier_that_is_called_as_one_of_the_list_has_its_reference_in_the_file(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await typed(desk, ListKind.CONTACTS, "PAP001, paper & ink ltd\nPAP002, Paper & Ink Holdings")
        await approved(desk, "F-1")

        await download(desk, BOOKKEEPER)

        (((_, rows)),) = files_of(desk, BOOKKEEPER)
        assert [row["Account Reference"] for row in rows] == ["PAP001"]


async def test_a_supplier_that_is_not_in_the_list_is_told_before_anybody_approves(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        told = "Paper & Ink Ltd is not in the list of suppliers and customers: a file names it PAPERINK"
        await desk.drop("F-1")
        assert told in html.unescape(words(desk.card("F-1")))  # nothing is in it yet

        await typed(desk, ListKind.CONTACTS, "OTHER01, Other Ltd")
        await desk.drop("F-2")
        assert told in html.unescape(words(desk.card("F-2")))
        await typed(desk, ListKind.CONTACTS, "PAP001, Paper & Ink Ltd")
        await desk.drop("F-3")

        assert "not in the list of suppliers" not in words(desk.card("F-3"))


async def test_a_typed_list_is_shown_where_it_is_typed_with_what_was_not_understood(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        errors = await typed(desk, ListKind.ACCOUNTS, "6000 Travel\n6100, Rent")
        assert "Understood 1 of 2 lines" in errors[BlockId.TYPED_LIST]
        assert "Line 1, “6000 Travel”" in errors[BlockId.TYPED_LIST]
        await desk.slack.close_modal(ADMIN, everything=True)
        await typed(desk, ListKind.ACCOUNTS, "- 5000\n6000, Travel\n6100, Rent")

        form = await list_form(desk, ListKind.ACCOUNTS)

        assert "*In the list: 3*\n6000, Travel\n6100, Rent\n7500, Office costs" in words(form)
        await desk.slack.close_modal(ADMIN, everything=True)
        for first in (0, 60):
            lines = [f"C{number:03}, {'Customer' * 4}" for number in range(first, first + 60)]
            assert await typed(desk, ListKind.CONTACTS, "\n".join(lines)) == {}
        form = await list_form(desk, ListKind.CONTACTS)
        shown = words(form).count("Customer" * 4)
        assert "*In the list: 120*, 1 to 50 of them" in words(form)
        assert shown == 50


async def list_form(desk: Desk, kind: ListKind) -> View:
    home = await desk.slack.open_home(ADMIN)
    assert home is not None
    await desk.press(home, ActionId.OPEN_MANAGE, ADMIN)
    page, value = desk.modal(ADMIN), ListRef(desk.world.organisation_id, kind).encode()
    row = next(block for block in page.blocks if block.get("accessory", {}).get("value") == value)
    await desk.slack.click(page, ActionId.TYPE_LIST, user=ADMIN, block_id=row["block_id"])
    return desk.modal(ADMIN)


async def handed_in(desk: Desk, content: bytes) -> dict[str, str]:
    """A list of suppliers, put into the form as a file; what is said of it."""
    home = await desk.slack.open_home(ADMIN)
    assert home is not None
    await desk.press(home, ActionId.OPEN_MANAGE, ADMIN)
    page, value = desk.modal(ADMIN), ListRef(desk.world.organisation_id, ListKind.CONTACTS).encode()
    row = next(block for block in page.blocks if block.get("accessory", {}).get("value") == value)
    await desk.slack.click(page, ActionId.TYPE_LIST, user=ADMIN, block_id=row["block_id"])
    stored = desk.slack.workspace.keep_file(content, "suppliers.csv", user=ADMIN)
    done = await desk.slack.submit(desk.modal(ADMIN), {BlockId.LIST_FILE: [stored.id]})
    if not done.errors:
        done = await desk.slack.submit(desk.modal(ADMIN), {})
    await desk.settle()
    await desk.slack.close_modal(ADMIN, everything=True)
    return done.errors


async def test_a_list_is_taken_from_a_file_of_another_program(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        many = "\n".join(f"S{number};Supplier {number}" for number in range(600))

        assert await handed_in(desk, f"Code;Name\n{many}\nCAF001;Café Ünal".encode("cp1252")) == {}

        home = await desk.slack.open_home(ADMIN)
        assert home is not None
        assert "601 contacts" in words(home)
        assert "Line 2" in (await handed_in(desk, b"A, B\n, C"))[BlockId.LIST_FILE]
        assert "larger than" in (await handed_in(desk, bytes(1_100_000)))[BlockId.LIST_FILE]


async def test_bank_match_without_bank_accounts_says_where_they_are_typed(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        answer = await desk.slack.command("/dext", "settings bank", user=ADMIN, channel=BILLS)

        assert "An admin types them under *Manage*, in Home." in answer.text
        assert "/dext sync" not in answer.text
