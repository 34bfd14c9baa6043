"""From one package to another: Xero is replaced by QuickBooks Online, whose codes are ids of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.db.claimants import load_link
from bot.domain.books import ListKind
from bot.domain.ids import OrganisationId, UserId
from bot.domain.merging import SKIP
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER, View
from bot.services.lists import load_contact
from bot.serving import listening
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import ItemRef
from providers.freeagent.simulator import IRELAND
from providers.quickbooks.simulator import TRADING as COMPANY
from providers.quickbooks.simulator import QuickBooksState, create_app
from providers.xero.simulator import TRADING
from tests.fakes.app import World
from tests.fakes.browser import a_browser
from tests.fakes.clock import FakeClock
from tests.fakes.connected import code_for, connect, connected_app, link_of
from tests.handlers.beside import environment_of
from tests.handlers.desk import CATEGORY, TAX, Desk, button_values, words
from tests.handlers.parting import connection, disconnect
from tests.handlers.ruling import save_rule
from tests.handlers.test_claimants import TRAIN
from tests.handlers.test_expense_reports import card_of, make
from tests.handlers.test_freeagent import beside_freeagent
from tests.handlers.test_merging import (
    OLD,
    block_of,
    carry_over,
    change_form,
    choose,
    chosen_in,
    items_in,
    look_through,
    rules_in,
)

RENT = "469"


@asynccontextmanager
async def beside_both(database_url: str) -> AsyncIterator[tuple[Desk, QuickBooksState]]:
    """Connected to Xero and set up; QuickBooks can be connected."""
    clock = FakeClock(sleeps_at_once=True)
    books = QuickBooksState(clock=clock, client_id="ours", client_secret="ours-secret", redirect_uris=())
    ledgers = web.Application(client_max_size=2**24)
    ledgers.add_subapp("/quickbooks", create_app(books))
    async with listening(ledgers, "127.0.0.1", 0) as port:
        books.public_url = f"http://127.0.0.1:{port}/quickbooks"
        more = environment_of("quickbooks", books.public_url)
        async with connected_app(database_url, more=more, clock=clock, alerts_channel=BILLS) as world:
            books.redirect_uris = (f"{world.address}/connect/quickbooks/callback",)
            yield Desk(world), books


async def test_rules_of_xero_code_the_next_bill_in_quickbooks(sqlite_url: str) -> None:
    async with beside_both(sqlite_url) as (desk, books):
        await save_rule(desk, account=RENT, tax_rate=TAX)
        await desk.add(**{BlockId.NUMBER: "WAITING"})
        form = await change_form(desk)
        await desk.slack.submit(form, {BlockId.PROVIDER: "quickbooks", BlockId.BOOKS_NAME: OLD})
        await connect(desk.world, tenant=COMPANY)
        await desk.settle()
        assert (await connection(desk.world, TRADING)).health == "disconnected"
        new = OrganisationId((await connection(desk.world, COMPANY)).organisation_id)

        await open_merge(desk, new)
        form = await look_through(desk, ListKind.TAX_RATES)
        assert chosen_in(form, "20% (VAT on Expenses)") != SKIP  # the only one of 20 per cent
        await choose(desk, form, {})
        form = await look_through(desk, ListKind.ACCOUNTS)
        rent = chosen_in(form, "469 · Rent")
        assert {label for label, value in (await offered(desk, form, "469 · Rent")).items() if value == rent} == {
            "1300 · Rent"
        }
        await choose(desk, form, {})
        await carry_over(desk)

        rule = (await rules_in(desk, new))["Paper & Ink Ltd"]
        assert rule.opinions.account == rent
        assert rule.opinions.tax_rate not in (None, TAX)
        item = (await items_in(desk, new))["WAITING"]
        assert (item.coding.account.value, item.coding.account.rule) == (rent, rule.id)
        assert (await items_in(desk, new)).keys() == {"WAITING"}
        assert books.bills() == []
        assert CATEGORY not in words(desk.card("WAITING"))


async def test_who_somebody_said_that_a_claimant_is_comes_along_by_the_address(sqlite_url: str) -> None:
    async with beside_freeagent(sqlite_url) as (desk, _):
        world, services = desk.world, desk.world.services
        admin, old = await world.actor(ADMIN), world.organisation_id
        await desk.add(BOOKKEEPER, **TRAIN)
        await make(desk, user=BOOKKEEPER)
        report = ItemRef.decode(button_values(card_of(desk, "B-1002"))[ActionId.LINK_CLAIMANT])
        await services.claimants.link(admin, report.item_id, "users/1")
        await disconnect(world)
        await desk.slack.command("/dext", "connect freeagent", user=ADMIN)
        await connect_another(world)
        await desk.settle()
        new = OrganisationId((await connection(world, IRELAND)).organisation_id)

        merge = (await services.merging.begin(admin, new, old)).merge
        assert merge is not None
        await services.carrying_over.carry_over(admin, new, merge.version)

        async with services.db.read() as tx:
            link = await load_link(tx, admin.workspace.id, new, UserId(BOOKKEEPER))
            assert link is not None
            user = await load_contact(tx, admin.workspace.id, new, link.contact_id)
        assert (user is not None and user.name, link.linked_by) == ("Dana Admin", ADMIN)


async def connect_another(world: World) -> None:
    """At FreeAgent the company is chosen where somebody signs in."""
    form = world.slack.view(ADMIN)
    assert form is not None
    await world.slack.close_modal(ADMIN, everything=True)
    async with a_browser() as browser:
        page = await browser.press(await browser.open(link_of(form)))
        page = await browser.press(page, code=await code_for(world, ADMIN))
        page = await browser.press(page, person="dana")
        page = await browser.press(page, tenant=IRELAND, decision="allow")
        await browser.press(page)


async def open_merge(desk: Desk, organisation_id: OrganisationId) -> None:
    """QuickBooks's company has the same name as the organisation in Xero."""
    await desk.slack.command("/dext", "connections", user=ADMIN)
    listed = desk.modal(ADMIN)
    card = next(
        block
        for block in listed.blocks
        for element in block.get("elements", [])
        if element.get("action_id") == ActionId.OPEN_MANAGE and element.get("value") == str(organisation_id)
    )
    await desk.slack.click(listed, ActionId.OPEN_MANAGE, user=ADMIN, block_id=card["block_id"])
    await desk.slack.click(desk.modal(ADMIN), ActionId.OPEN_MERGE, user=ADMIN)


async def offered(desk: Desk, form: View, old: str) -> dict[str, str]:
    """What an entry can become: names and values."""
    found = await desk.slack.options(form, ActionId.FIND_MERGED, "", user=ADMIN, block_id=block_of(form, old))
    return {option["text"]["text"]: option["value"] for option in found}
