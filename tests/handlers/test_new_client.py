"""A new client in a channel of its own: what its set-up form knows already, and how many clicks it takes."""

from dataclasses import dataclass

from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER, MEMBER, OWNER, Message, Submitted, View
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import IRELAND
from tests.fakes.browser import Browser, Page, a_browser
from tests.fakes.connected import Connected, code_for, connect, connected_app, link_of
from tests.handlers.desk import words
from tests.intake.documents import a_document

MOST_CLICKS = 11
CHANNEL = "C0IRELND1"


@dataclass(slots=True)
class Admin:
    """Whose every press is counted, here and at the ledger. What is typed is not a click; to choose and to close are."""

    world: Connected
    browser: Browser
    clicks: int = 0

    @property
    def form(self) -> View:
        view = self.world.slack.view(ADMIN)
        assert view is not None
        return view

    async def click(self, action: ActionId, **more: str) -> None:
        self.clicks += 1
        await self.world.slack.click(self.form, action, user=ADMIN, **more)  # type: ignore[arg-type]

    async def press(self, page: Page, **typed: str) -> Page:
        self.clicks += 1
        return await self.browser.press(page, **typed)

    async def choose_and_press(self, page: Page, **chosen: str) -> Page:
        self.clicks += 1
        return await self.press(page, **chosen)

    async def press_in(self, message: Message, action: ActionId) -> None:
        self.clicks += 1
        await self.world.slack.click(message, action, user=ADMIN)

    async def save(self) -> Submitted:
        self.clicks += 1
        return await self.world.slack.submit(self.form, {})

    async def close(self) -> None:
        self.clicks += 1
        await self.world.slack.close_modal(ADMIN, everything=True)


async def connected_in(admin: Admin, channel: str) -> Message:
    """Northwind Ireland Ltd, from the command in this channel to the message there that says so."""
    world = admin.world
    await world.slack.command("/dext", "connect xero", user=ADMIN, channel=channel)
    link = link_of(admin.form)
    await admin.click(ActionId.LINK_OUT)
    page = await admin.press(await admin.browser.open(link))
    page = await admin.press(page, code=await code_for(world, ADMIN))
    page = await admin.press(page, person="dana")  # a name and a password, which are typed
    page = await admin.press(page, decision="allow")
    page = await admin.choose_and_press(page, chosen=IRELAND)
    await admin.press(page)
    await world.settle()
    await admin.close()
    return world.slack.messages(channel)[-1]


async def test_an_admin_sets_up_a_new_client_in_a_channel_in_under_twelve_clicks(database_url: str) -> None:
    async with connected_app(database_url, more={"DEXT_UNDO_SECONDS": "0"}) as world, a_browser() as browser:
        await world.set_up()
        admin, slack = Admin(world, browser), world.slack
        await slack.invite(CHANNEL, by=ADMIN)

        announced = await connected_in(admin, CHANNEL)
        await admin.press_in(announced, ActionId.OPEN_SETTINGS)
        done = await admin.save()
        await world.settle()

        assert (done.errors, done.error) == ({}, None)
        assert "It is set up" in str(admin.form.blocks)
        assert admin.clicks <= MOST_CLICKS
        await slack.close_modal(ADMIN, everything=True)
        await slack.upload(a_document(number="IE-1", currency="EUR").encode(), "IE-1.xml", channel=CHANNEL, user=MEMBER)
        await world.settle()
        assert "IE-1" in words(slack.messages(CHANNEL)[-1])


async def test_the_first_form_has_the_channel_it_was_connected_in_and_the_people_of_the_client_before(
    sqlite_url: str,
) -> None:
    async with connected_app(sqlite_url) as world, a_browser() as browser:
        await world.set_up(approvers=(APPROVER, BOOKKEEPER))
        admin = Admin(world, browser)
        await world.slack.invite(CHANNEL, by=ADMIN)

        await admin.press_in(await connected_in(admin, CHANNEL), ActionId.OPEN_SETTINGS)

        drawn = {block["block_id"]: block["element"] for block in admin.form.blocks if block["type"] == "input"}
        assert drawn[BlockId.APPROVALS_CHANNEL]["initial_conversation"] == CHANNEL
        assert drawn[BlockId.ALERTS_CHANNEL]["initial_conversation"] == CHANNEL
        assert drawn[BlockId.APPROVERS]["initial_users"] == [APPROVER, BOOKKEEPER]
        assert drawn[BlockId.BOOKKEEPERS]["initial_users"] == [BOOKKEEPER]
        assert "the approvers and bookkeepers of *Northwind Trading Ltd*" in str(admin.form.blocks)


async def test_a_channel_of_another_organisation_is_not_proposed(sqlite_url: str) -> None:
    async with connected_app(sqlite_url) as world, a_browser() as browser:
        await world.set_up()
        admin = Admin(world, browser)

        await admin.press_in(await connected_in(admin, BILLS), ActionId.OPEN_SETTINGS)

        assert f"'initial_conversation': '{BILLS}'" not in str(admin.form.blocks)
        assert f"'initial_conversation': '{ALERTS}'" not in str(admin.form.blocks)


async def test_people_of_a_client_whose_admin_one_is_not_are_not_told(sqlite_url: str) -> None:
    async with connected_app(sqlite_url) as world:
        await world.set_up()
        await connect(world, user=OWNER, tenant=IRELAND)
        await world.settle()

        await world.slack.click(world.slack.messages(BILLS)[-1], ActionId.OPEN_SETTINGS, user=OWNER)

        form = world.slack.view(OWNER)
        assert form is not None
        assert form.blocks[0]["text"]["text"] == "Northwind Ireland Ltd"
        assert "initial_users" not in str(form.blocks)
        assert "Northwind Trading Ltd" not in str(form.blocks)


async def test_the_first_client_of_all_has_nobody_proposed(sqlite_url: str) -> None:
    async with connected_app(sqlite_url) as world:
        await world.slack.command("/dext", "settings", user=ADMIN, channel=BILLS)
        form = world.slack.view(ADMIN)
        assert form is not None
        assert "initial_users" not in str(form.blocks)
        assert "the approvers and bookkeepers of" not in str(form.blocks)
