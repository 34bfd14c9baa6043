"""Books whose software is not called: what people read speaks of files and downloads, not of a ledger that takes or refuses."""

from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER
from bot.views.ids import ActionId, BlockId
from tests.fakes.app import whole_app
from tests.fakes.connected import KEYS
from tests.handlers.desk import words
from tests.handlers.test_downloading import approved, beside_no_ledger, download, named


async def test_the_list_of_packages_says_what_file_export_is_for(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await desk.slack.command("/dext", "connect", user=ADMIN)

        said = words(desk.modal(ADMIN))
        assert "For any other software, or where you choose it: files to import." in said


async def test_setting_up_speaks_of_downloads_and_of_files(sqlite_url: str) -> None:
    async with whole_app(sqlite_url, more={"DEXT_ENCRYPTION_KEYS": KEYS}) as world:
        await named(world)
        await world.slack.command("/dext", "settings", user=ADMIN)
        form = world.slack.view(ADMIN)
        assert form is not None

        said = words(form)
        assert "Nothing can be downloaded before you press *Save*" in said
        assert "A bill in the file" in said
        assert "A file says nothing of payments" in said
        done = await world.slack.submit(
            form,
            {
                BlockId.PAYMENT_STATUS: "awaiting_payment",
                BlockId.APPROVERS: [APPROVER],
                BlockId.BOOKKEEPERS: [BOOKKEEPER],
                BlockId.APPROVALS_CHANNEL: BILLS,
                BlockId.ALERTS_CHANNEL: ALERTS,
            },
        )
        assert (done.errors, done.error) == ({}, None)
        await world.settle()
        saved = world.slack.view(ADMIN)
        assert saved is not None
        assert "Approved bills wait until a bookkeeper or an admin presses *Download*." in words(saved)
        assert "What needs somebody is told in" in words(saved)


async def test_payment_methods_and_suppliers_are_told_to_be_in_typed_lists(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await desk.slack.command("/dext", "payment-methods", user=ADMIN)
        methods = words(desk.modal(ADMIN))
        await desk.press(desk.modal(ADMIN), ActionId.ADD_PAYMENT_METHOD, ADMIN)
        method = words(desk.modal(ADMIN))
        await desk.slack.close_modal(ADMIN, everything=True)
        await desk.slack.command("/dext", "settings general", user=ADMIN)
        general = words(desk.modal(ADMIN))
        await desk.slack.close_modal(ADMIN, everything=True)
        await desk.drop("F-1")
        await desk.press(desk.card("F-1"), ActionId.EDIT_ITEM, BOOKKEEPER)
        edit = words(desk.modal(BOOKKEEPER))

        assert "goes through the bank account in the typed lists" in methods
        assert "There is none yet, so nothing can be published to a bank account." in methods
        assert "is typed by an admin under *Manage*, Bank accounts." in methods
        assert "There is no bank account in the typed lists: an admin types them" in method
        assert "it is created in the typed lists when its first bill is published" in general
        assert "Choose a supplier from the typed lists" in edit
        assert not [said for said in (methods, method, general, edit) if "File export" in said]


async def test_what_was_in_a_file_is_withdrawn_from_nowhere_and_was_sent_nowhere(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await approved(desk, "F-1")
        await desk.press(desk.card("F-1"), ActionId.PUBLISH_NOW, BOOKKEEPER)
        await desk.settle()
        await download(desk, BOOKKEEPER)
        card = desk.card("F-1")
        await desk.press(card, ActionId.SHOW_DETAILS, BOOKKEEPER)

        menus = [element for block in card.blocks for element in block.get("elements", ()) if "options" in element]
        assert [option["text"]["text"] for menu in menus for option in menu["options"]] == ["Withdraw"]
        assert "ended the time for Undo" in words(desk.modal(BOOKKEEPER))
        assert "sent at once" not in words(desk.modal(BOOKKEEPER))


async def test_nothing_is_told_of_what_is_not_called(sqlite_url: str) -> None:
    """Neither locked periods, nor how old a list is that nobody reads."""
    async with beside_no_ledger(sqlite_url) as desk:
        (told,) = [message for message in desk.slack.dms(ADMIN) if "connected this organisation" in words(message)]
        home = await desk.slack.open_home(ADMIN)
        assert home is not None

        assert "connected this organisation to Dext, as File export, Sage 50." in words(told)
        assert "books are closed" not in words(told)
        assert "Set-up complete" in words(home)
        assert "2 categories · 2 tax rates" in words(home)
        assert "sync" not in words(home)
        assert "read " not in words(home)


async def test_managing_it_speaks_of_suppliers_and_of_what_stands_in_files(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        home = await desk.slack.open_home(ADMIN)
        assert home is not None
        await desk.press(home, ActionId.OPEN_MANAGE, ADMIN)

        said = words(desk.modal(ADMIN))
        assert "Suppliers and customers: none yet" in said
        assert "Contacts" not in said
        assert "only what is booked on a bank account needs one" in said
        assert "their status" not in said
        assert "Reconnecting changes its name, its software or its currency" in said
