"""What else than bills is in the files of software that is not called: sales, money spent, products and tracking, where its
import has a place for them; and what it has none for waits, and says so.
"""

from bot.db.base import new_id
from bot.db.payment_methods import insert_method
from bot.domain.books import ListKind
from bot.domain.connecting import NamedBooks
from bot.domain.payment_methods import PaymentMethodForm, PaymentMethodId
from bot.domain.settings import Destination, PaymentStatus
from bot.playground.slack import ADMIN, BOOKKEEPER
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import Desk, words
from tests.handlers.test_downloading import approved, beside_no_ledger, download, files_of, typed
from tests.handlers.test_other_books import OURS
from tests.handlers.test_paid import costs


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
    # a file has one status only, so that is chosen already
    values: dict[str, object] = {BlockId.DEFAULT_TAX: "T1", BlockId.DEFAULT_ACCOUNT: "4000"}
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


async def test_a_sale_has_products_where_the_import_books_it_by_them_and_waits_without(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0, layout="quickbooks") as desk:
        await desk.drop("S-1", extra=OURS)
        assert "Choose a product or service" in words(desk.card("S-1"))
        assert await typed(desk, ListKind.PRODUCTS, "Paper A4, Paper") == {}

        await desk.edit("S-1", {BlockId.PRODUCT: "Paper A4", BlockId.TAX_RATE: "T1"})
        await desk.approve("S-1")
        await download(desk, BOOKKEEPER, "S-1")

        ((_, rows),) = files_of(desk, BOOKKEEPER)
        assert [
            (row["*InvoiceNo"], row["*Customer"], row["Item(Product/Service)"], row["*ItemAmount"]) for row in rows
        ] == [("S-1", "Big Buyer plc", "Paper A4", "100.00")]
        assert "Import data, Invoices" in "".join(message.text for message in desk.slack.dms(BOOKKEEPER))


async def from_bank(desk: Desk) -> None:
    """Costs are booked on a bank account that was typed."""
    assert await typed(desk, ListKind.BANK_ACCOUNTS, "1200, Current account") == {}
    actor, method_id = await desk.world.actor(ADMIN), PaymentMethodId(new_id())
    form = PaymentMethodForm(version=0, name="Company Visa", last_digits="4242", bank_account="1200")
    async with desk.world.services.db.write() as tx:
        assert await insert_method(tx, actor.workspace.id, desk.world.organisation_id, method_id, form)
    coded = {"default_account": "7500", "default_tax_rate": "T1", "default_payment_method": str(method_id)}
    await costs(desk, destination=Destination.BANK_ACCOUNTS, payment_status=PaymentStatus.AWAITING_PAYMENT, **coded)


async def test_what_is_spent_is_booked_on_a_bank_account_that_was_typed(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await from_bank(desk)
        await approved(desk, "F-1")

        await download(desk, BOOKKEEPER)

        ((_, rows),) = files_of(desk, BOOKKEEPER)
        assert [(row["Type"], row["Account Reference"], row["Nominal A/C Ref"]) for row in rows] == [
            ("BP", "1200", "7500")
        ]


async def test_what_other_software_has_no_place_for_waits_once_its_files_are_for_that(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0) as desk:
        await from_bank(desk)
        await desk.drop("F-1")
        of = (
            await desk.world.actor(ADMIN),
            "file_export",
            NamedBooks(name="Northwind Trading Ltd", layout="xero", currency="GBP", country="GB"),
        )

        await desk.world.services.naming.connect(*of, organisation_id=desk.world.organisation_id)
        await desk.settle()

        said = words(desk.card("F-1"))
        assert "The import of Xero has no place for a spend money transaction: publish it to purchases" in said
        await desk.edit("F-1", {f"{BlockId.PUBLISH_TO}:cost": "purchases"})
        await desk.approve("F-1")
        await download(desk, BOOKKEEPER)
        assert "*Exported* in batch 1" in words(desk.card("F-1"))


async def test_lines_are_tracked_by_what_was_typed_where_the_import_has_columns_for_it(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url, undo_seconds=0, layout="xero") as desk:
        assert await typed(desk, ListKind.TRACKING_CATEGORIES, "Region, North, South") == {}
        await desk.drop("F-1")
        await desk.edit("F-1", {f"{BlockId.TRACKING}:Region": "South"})
        await desk.approve("F-1")

        await download(desk, BOOKKEEPER)

        ((_, rows),) = files_of(desk, BOOKKEEPER)
        assert [(row["TrackingName1"], row["TrackingOption1"], row["TrackingName2"]) for row in rows] == [
            ("Region", "South", "")
        ]
