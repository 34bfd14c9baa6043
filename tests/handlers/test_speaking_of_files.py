"""Books whose software is not called: what people read speaks of files and downloads, not of a ledger that takes or refuses."""

from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER
from bot.views.ids import ActionId, BlockId
from tests.fakes.app import whole_app
from tests.fakes.connected import KEYS
from tests.handlers.desk import words
from tests.handlers.test_downloading import beside_no_ledger, named


async def test_the_list_of_packages_says_what_file_export_is_for(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await desk.slack.command("/dext", "connect", user=ADMIN)

        assert "For software that is not named here" in words(desk.modal(ADMIN))


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
