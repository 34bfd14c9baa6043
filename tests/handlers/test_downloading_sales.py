"""What is sold, in books whose software is not called: in the file that the package imports it from, or said not to be in any."""

from bot.domain.books import ListKind
from bot.playground.slack import ADMIN, BOOKKEEPER
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import Desk, words
from tests.handlers.test_downloading import approved, beside_no_ledger, download, files_of, typed
from tests.handlers.test_other_books import OURS


async def sales(desk: Desk) -> None:
    """Their settings, as an admin fills them in."""
    assert await typed(desk, ListKind.ACCOUNTS, "4000, Sales, revenue") == {}
    await desk.slack.command("/dext", "settings sales", user=ADMIN)
    form = desk.modal(ADMIN)
    for block, action in (
        (BlockId.DEFAULT_TAX, ActionId.FIND_TAX_RATE),
        (BlockId.DEFAULT_ACCOUNT, ActionId.FIND_ACCOUNT),
    ):
        await desk.slack.options(form, action, "", user=ADMIN, block_id=block)
    values: dict[str, object] = {
        BlockId.PAYMENT_STATUS: "awaiting_payment",
        BlockId.DEFAULT_TAX: "T1",
        BlockId.DEFAULT_ACCOUNT: "4000",
    }
    done = await desk.slack.submit(form, values)
    assert (done.errors, done.error) == ({}, None)
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.settle()


async def sold(desk: Desk, number: str) -> None:
    await desk.drop(number, extra=OURS)
    await desk.approve(number)


async def test_what_is_bought_and_sold_goes_into_one_file_where_the_package_imports_it_so(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await sales(desk)
        await approved(desk, "F-1")
        await sold(desk, "S-1")

        await download(desk, BOOKKEEPER)

        ((_, rows),) = files_of(desk, BOOKKEEPER)
        found = [(row["Type"], row["Reference"], row["Nominal A/C Ref"], row["Net Amount"]) for row in rows]
        assert sorted(found) == [("PI", "F-1", "7500", "100.00"), ("SI", "S-1", "4000", "100.00")]


async def test_what_is_sold_is_a_batch_of_its_own_where_the_package_imports_it_elsewhere(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0, layout="xero") as desk:
        await sales(desk)
        await approved(desk, "F-1")
        await sold(desk, "S-1")

        await download(desk, BOOKKEEPER, "F-1")
        assert "*Exported* in batch 1" in words(desk.card("F-1"))
        assert "Ready for download" in words(desk.card("S-1"))
        await download(desk, BOOKKEEPER, "S-1")

        (costs, (_, rows)) = files_of(desk, BOOKKEEPER)
        assert [row["*InvoiceNumber"] for row in costs[1]] == ["F-1"]
        assert [(row["*InvoiceNumber"], row["*AccountCode"], row["*UnitAmount"]) for row in rows] == [
            ("S-1", "4000", "100.00")
        ]
        told = [message.text for message in desk.slack.dms(BOOKKEEPER) if "In Xero" in message.text]
        assert ["Bills, Import" in told[0], "Invoices, Import" in told[1]] == [True, True]
