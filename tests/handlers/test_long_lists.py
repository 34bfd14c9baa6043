"""Typed lists that are longer than a page: seen in full, had as a file, and replaced by one."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.db.base import table_of
from bot.db.connections import ListEntryRow
from bot.domain.books import ListKind
from bot.domain.typed_lists import typed_list
from bot.playground.slack import ADMIN, APPROVER, BILLS, GENERAL, MEMBER, View
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import Desk, a_desk, actions, words
from tests.handlers.test_downloading import beside_no_ledger, list_form, typed
from tests.handlers.test_managing import more_organisations
from tests.playground.kit import schema_problems

ENTRIES = table_of(ListEntryRow)
MANY = 312


async def three_hundred(desk: Desk) -> None:
    """Categories with long names, in several goes, beside the two that are there."""
    lines = [f"C{number:03}, {'A category of a long name ' * 3}{number}" for number in range(MANY - 2)]
    for first in range(0, len(lines), 30):
        assert await typed(desk, ListKind.ACCOUNTS, "\n".join(lines[first : first + 30])) == {}


async def live(desk: Desk) -> set[str]:
    statement = select(ENTRIES.c.key).where(ENTRIES.c.kind == ListKind.ACCOUNTS, ENTRIES.c.is_active.is_(True))
    async with desk.world.services.db.read() as tx:
        return set((await tx.execute(statement)).scalars())


async def put_in(desk: Desk, content: bytes, *, is_whole: bool = False) -> View:
    """A file, put into the form of categories; what it would do."""
    form = await list_form(desk, ListKind.ACCOUNTS)
    stored = desk.slack.workspace.keep_file(content, "categories.csv", user=ADMIN)
    chosen: dict[str, object] = {BlockId.LIST_FILE: [stored.id], BlockId.FILE_IS: "whole" if is_whole else "add"}
    done = await desk.slack.submit(form, chosen)
    assert (done.errors, done.error) == ({}, None)
    return desk.modal(ADMIN)


async def downloaded(desk: Desk) -> bytes:
    form = await list_form(desk, ListKind.ACCOUNTS)
    await desk.press(form, ActionId.DOWNLOAD_LIST, ADMIN)
    assert "comes to your messages" in words(desk.modal(ADMIN))
    await desk.slack.close_modal(ADMIN, everything=True)
    (file_id,) = desk.slack.dms(ADMIN)[-1].files
    assert desk.slack.workspace.files[file_id].name == "Northwind-Trading-Ltd-Categories.csv"
    return desk.slack.workspace.store.bytes_of(file_id) or b""


async def test_a_list_of_three_hundred_is_seen_to_its_end_a_page_at_a_time(sqlite_url: str, shared: Path) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await three_hundred(desk)
        page = await list_form(desk, ListKind.ACCOUNTS)
        assert f"*In the list: {MANY}*, 1 to 50 of them" in words(page)
        assert ActionId.PREVIOUS_ENTRIES not in actions(page)

        seen = words(page)
        while ActionId.NEXT_ENTRIES in actions(page):
            await desk.slack.click(page, ActionId.NEXT_ENTRIES, user=ADMIN)
            page = desk.modal(ADMIN)
            seen += words(page)

        assert f"301 to {MANY} of them" in words(page)
        assert all(code in seen for code in await live(desk))
        await desk.slack.click(page, ActionId.PREVIOUS_ENTRIES, user=ADMIN)
        assert "251 to 300 of them" in words(desk.modal(ADMIN))
        assert schema_problems(desk.slack, shared) == []


async def test_saving_a_line_loses_nothing_that_the_page_does_not_show(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await three_hundred(desk)
        before = await live(desk)

        assert await typed(desk, ListKind.ACCOUNTS, "ZZZ, The last one") == {}

        assert await live(desk) == before | {"ZZZ"}


async def test_a_whole_list_comes_as_a_file_that_changes_nothing_when_it_is_put_in_again(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await three_hundred(desk)
        assert await typed(desk, ListKind.ACCOUNTS, '=1, "-Travel; by ""rail"", and bus", revenue') == {}

        content = await downloaded(desk)

        assert content.decode("utf-8-sig").splitlines()[0] == "Code,Name,Class"
        assert "'=1" in content.decode("utf-8-sig")
        preview = await put_in(desk, content, is_whole=True)
        assert f"0 new, 0 changed, 0 removed, {MANY + 1} unchanged" in words(preview)
        assert "submit" not in preview.definition


async def test_a_file_that_is_the_whole_list_says_what_it_does_before_anything_is_saved(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await three_hundred(desk)
        before = await live(desk)
        lines = (await downloaded(desk)).decode("utf-8-sig").splitlines()
        kept = [line.replace("Office costs", "Costs of the office") for line in lines if not line.startswith("C0")]

        preview = await put_in(desk, "\r\n".join([*kept, "NEW,A new one,"]).encode(), is_whole=True)

        assert "*Categories*: 1 new, 1 changed, 100 removed, 211 unchanged. Nothing is saved yet." in words(preview)
        assert "*New*\nNEW, A new one" in words(preview)
        assert "7500, Office costs → 7500, Costs of the office" in words(preview)
        assert "*Removed*\nC000, " in words(preview)
        assert "… and 50 more." in words(preview)
        assert await live(desk) == before

        done = await desk.slack.submit(preview, {})
        assert (done.errors, done.error) == ({}, None)
        assert "1 new, 1 changed, 100 removed" in words(desk.modal(ADMIN))
        assert await live(desk) == {code for code in before if not code.startswith("C0")} | {"NEW"}
        assert "7500, Costs of the office" in words(await list_form(desk, ListKind.ACCOUNTS))


async def test_a_file_that_adds_leaves_alone_what_it_does_not_name(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        preview = await put_in(desk, b"Code;Name\n6000;Travel, by rail")

        assert "1 new, 0 changed, 0 removed, 2 unchanged" in words(preview)
        await desk.slack.submit(preview, {})
        assert await live(desk) == {"5000", "7500", "6000"}


async def test_a_list_that_somebody_changed_meanwhile_is_shown_anew_and_not_saved(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        preview = await put_in(desk, b"Code,Name\n6000,Travel", is_whole=True)
        assert "1 new, 0 changed, 2 removed" in words(preview)
        services, actor = desk.world.services, await desk.world.actor()
        other = typed_list(ListKind.ACCOUNTS, "6100, Rent")
        await services.typing_lists.save(actor, desk.world.organisation_id, ListKind.ACCOUNTS, other)

        await desk.slack.submit(preview, {})

        assert "Somebody changed the list meanwhile" in words(desk.modal(ADMIN))
        assert "1 new, 0 changed, 3 removed" in words(desk.modal(ADMIN))
        assert await live(desk) == {"5000", "7500", "6100"}
        await desk.slack.submit(desk.modal(ADMIN), {})
        assert await live(desk) == {"6000"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'Code,Name\n6000,"Travel\n6100,Rent\n', "Line 2: a quotation mark begins there and does not end."),
        (b"Code,Name\n6000,Travel,odd\n", "Line 2: the third is"),
        (b"Code,Name\n", "There is no line in it."),
    ],
)
async def test_a_file_that_cannot_be_read_is_said_at_its_field(sqlite_url: str, content: bytes, said: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        form = await list_form(desk, ListKind.ACCOUNTS)
        stored = desk.slack.workspace.keep_file(content, "categories.csv", user=ADMIN)

        done = await desk.slack.submit(form, {BlockId.LIST_FILE: [stored.id], BlockId.FILE_IS: "whole"})

        assert said in done.errors[BlockId.LIST_FILE]
        assert await live(desk) == {"5000", "7500"}


async def test_whoever_asked_for_a_list_that_slack_did_not_take_is_told(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        form = await list_form(desk, ListKind.ACCOUNTS)
        desk.slack.faults.next_call("files.completeUploadExternal", "500")

        await desk.press(form, ActionId.DOWNLOAD_LIST, ADMIN)

        assert "could not be put here. Press *Download as CSV* again." in desk.slack.dms(ADMIN)[-1].text


async def test_with_more_organisations_than_can_be_chosen_from_a_channel_still_means_its_own(database_url: str) -> None:
    async with a_desk(database_url) as desk:
        await more_organisations(desk, 60)
        await desk.slack.command("/dext", "items", user=MEMBER, channel=BILLS)
        assert "Northwind Trading Ltd" in words(desk.modal(MEMBER))
        assert "All items" in words(desk.modal(MEMBER))
        await desk.slack.close_modal(MEMBER, everything=True)

        await desk.slack.command("/dext", "items", user=MEMBER, channel=GENERAL)

        assert "Which organisation?" in words(desk.modal(MEMBER))
        assert "For another one, do this in a channel of its own." in words(desk.modal(MEMBER))


async def test_home_says_where_the_rest_of_what_waits_is_and_no_number_that_is_not_so(database_url: str) -> None:
    async with a_desk(database_url) as desk:
        for number in range(18):
            await desk.drop(f"INV-{number}")

        home = await desk.slack.open_home(APPROVER)

        assert home is not None
        assert "These are the first 15. `/dext items` lists all" in words(home)
        assert "and 1 more" not in words(home)
