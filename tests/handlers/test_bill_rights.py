"""A login that may not do with bills what a connection is for: told before it is connected, on cards, and at a refusal."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow
from bot.domain.books import BillRights, Login
from bot.domain.problems import Problem, ProblemCode
from bot.domain.settings import PaymentStatus
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER
from bot.views.ids import ActionId
from providers.errors import TryLaterError
from providers.xero.simulator import TRADING
from tests.fakes.connected import connect
from tests.fakes.connecting import ACME, BETA
from tests.handlers.conftest import Browser, Connecting, Page, state_of
from tests.handlers.desk import Desk, actions, words
from tests.handlers.refusals import NUMBER, alert
from tests.handlers.test_managing import buttons, home_of

pytestmark = pytest.mark.desk(undo_seconds=0, alerts_apart=True)

CONNECTIONS = table_of(ConnectionRow)
RAE = Login(name="Rae Reader", email="rae@books.example")
READONLY, ADVISER = "READONLY", "FINANCIALADVISER"
CHOOSING = "/connect/fake/organisation"


@pytest.fixture
def signed_in(connecting: Connecting) -> Connecting:
    connecting.ledger.login = RAE
    connecting.ledger.organisations_seen = (replace(ACME, name="Acme"), BETA)
    return connecting


async def came_back(connecting: Connecting, browser: Browser) -> Page:
    """The page that the provider's answer leads to."""
    state = state_of(await connecting.to_provider(browser, await connecting.link()))
    back = await browser.get(f"/connect/fake/callback?code=c&state={state}")
    return await browser.get(back.location)


async def connected(connecting: Connecting) -> int:
    async with connecting.db.read() as tx:
        return len((await tx.execute(select(CONNECTIONS.c.id))).all())


async def test_what_a_login_may_only_read_is_refused_before_anything_is_connected(signed_in: Connecting) -> None:
    signed_in.ledger.organisations_seen = signed_in.ledger.organisations_seen[:1]
    signed_in.ledger.rights = {"tenant-acme": BillRights.NONE}
    browser = signed_in.browser()

    page = await came_back(signed_in, browser)

    said = "Rae Reader may only read Acme in Fake Books. Nothing was connected."
    advice = "Sign in as somebody with the Standard or Adviser role, or have your Fake Books admin change it."
    assert page.status == 403
    assert said in page.text
    assert advice in page.text
    assert "<form" not in page.text
    (told,) = await signed_in.messages("connection", "stopped")
    assert said in await signed_in.drawn(told)
    assert advice in await signed_in.drawn(told)
    again = await browser.post(CHOOSING, tenant="tenant-acme")
    assert again.status in (403, 410)
    assert await connected(signed_in) == 0


async def test_of_several_only_those_can_be_chosen_that_the_login_may_write_in(signed_in: Connecting) -> None:
    signed_in.ledger.rights = {"tenant-acme": BillRights.NONE, "tenant-beta": BillRights.ALL}
    browser = signed_in.browser()

    page = await came_back(signed_in, browser)
    tampered = await browser.get(f"{CHOOSING}?chosen=tenant-acme")
    chosen = await browser.get(f"{CHOOSING}?chosen=tenant-beta")

    assert "Rae Reader may only read it in Fake Books, so it cannot be connected." in page.text
    assert 'value="tenant-beta"' in page.text
    assert 'value="tenant-acme"' not in page.text
    assert "Which organisation?" in tampered.text
    assert "Connect Beta GmbH?" in chosen.text
    assert "<dd>Rae Reader</dd>" in chosen.text
    stopped = await browser.submit(replace(chosen, text=chosen.text.replace("tenant-beta", "tenant-acme")), CHOOSING)
    assert "stop=may_not_write" in stopped.location
    assert "Rae Reader may only read Acme in Fake Books." in (await browser.get(stopped.location)).text
    assert await connected(signed_in) == 0


async def test_a_login_that_only_writes_drafts_is_told_what_will_not_work_and_connected(signed_in: Connecting) -> None:
    signed_in.ledger.organisations_seen = signed_in.ledger.organisations_seen[:1]
    signed_in.ledger.rights = {"tenant-acme": BillRights.DRAFTS}
    browser = signed_in.browser()

    page = await came_back(signed_in, browser)
    await browser.submit(page, CHOOSING)

    assert "Rae Reader may write bills in Fake Books, but not approve them" in page.text
    assert await connected(signed_in) == 1


@pytest.mark.parametrize("ends", ["taken away", "given"])
async def test_what_counts_is_the_right_at_finish(signed_in: Connecting, ends: str) -> None:
    """A role can change while the page stands; a ledger that cannot be asked at first stops nobody."""
    signed_in.ledger.organisations_seen = signed_in.ledger.organisations_seen[:1]
    busy = TryLaterError(Problem(code=ProblemCode.LEDGER_BUSY))
    signed_in.ledger.fails = {"bill_rights": busy}
    browser = signed_in.browser()
    page = await came_back(signed_in, browser)
    signed_in.ledger.fails = {}
    signed_in.ledger.rights = {"tenant-acme": BillRights.NONE if ends == "taken away" else BillRights.ALL}

    done = await browser.submit(page, CHOOSING)

    assert ("stop=may_not_write" in done.location, await connected(signed_in)) == (
        (True, 0) if ends == "taken away" else (False, 1)
    )


async def test_a_role_that_was_lowered_in_xero_shows_and_is_told_and_a_retry_after_it_was_raised_publishes(
    desk: Desk,
) -> None:
    desk.xero.set_role(TRADING, "dana", READONLY)
    await desk.add()
    await desk.approve(NUMBER)
    told = alert(desk)

    text = words(told)
    assert "The Xero login that connected this (Dana Adviser) may not write bills." in text
    assert (
        "Reconnect as somebody with the Standard or Adviser role, or have it changed in Xero: when Xero says so" in text
    )
    assert actions(told) == [ActionId.OPEN_CONNECT, ActionId.RETRY_ITEM, ActionId.SHOW_LEDGER_WORDS]
    assert "At risk. Dana Adviser (dana@northwind.example) may not approve bills in Xero" in words(
        await home_of(desk, ADMIN)
    )

    await desk.slack.command("/dext", "sync", user=ADMIN, channel=BILLS)
    await desk.settle()
    home = await home_of(desk, ADMIN)
    assert "At risk. Dana Adviser (dana@northwind.example) may only read Northwind Trading Ltd in Xero" in words(home)
    assert "may read its settings and lists, read contacts, record payments, attach files, only read bills" in words(
        home
    )
    assert ActionId.OPEN_CONNECT in buttons(home)

    desk.xero.set_role(TRADING, "dana", ADVISER)
    await desk.press(alert(desk), ActionId.RETRY_ITEM, BOOKKEEPER)
    assert len(desk.xero.bills()) == 1
    assert "Published to Xero," in words(alert(desk))
    assert "Healthy" in words(await home_of(desk, ADMIN))


async def test_a_reader_cannot_take_a_connection_over_and_a_writer_ends_the_wait_at_once(desk: Desk) -> None:
    """The answer that Xero keeps under a key is not asked for again."""
    desk.xero.set_role(TRADING, "dana", READONLY)
    await desk.add()
    await desk.approve(NUMBER)
    await desk.press(alert(desk), ActionId.OPEN_CONNECT, ADMIN)

    refused = await connect(desk.world, person="rae")

    assert "Rae Reader may only read Northwind Trading Ltd in Xero. Nothing was connected." in refused.text
    await desk.press(alert(desk), ActionId.OPEN_CONNECT, ADMIN)
    await connect(desk.world, person="sam")
    await desk.settle()
    await desk.press(alert(desk), ActionId.RETRY_ITEM, BOOKKEEPER)
    assert len(desk.xero.bills()) == 1
    assert len(desk.xero.calls_to("PUT", "/Invoices")) == 2
    assert "as Sam Standard" in words(await home_of(desk, ADMIN))


async def test_a_login_that_only_writes_drafts_is_enough_where_drafts_are_wanted(desk: Desk) -> None:
    await desk.world.set_up(status=PaymentStatus.DRAFT)
    await desk.slack.command("/dext", "connections", user=ADMIN)
    await desk.press(desk.modal(ADMIN), ActionId.OPEN_MANAGE, ADMIN)
    await desk.press(desk.modal(ADMIN), ActionId.OPEN_CONNECT, ADMIN)
    await connect(desk.world, person="ira")
    await desk.settle()

    await desk.add()
    await desk.approve(NUMBER)
    of_drafts = words(await home_of(desk, ADMIN))
    await desk.slack.command("/dext", "settings", user=ADMIN, channel=BILLS)
    form = words(desk.modal(ADMIN))
    await desk.world.set_up(status=PaymentStatus.AWAITING_PAYMENT)
    of_approved = words(await home_of(desk, ADMIN))

    assert [bill["Status"] for bill in desk.xero.bills()] == ["DRAFT"]
    assert "Healthy" in of_drafts
    assert "as Ira Invoice (ira@northwind.example) in Xero" in of_drafts
    assert "write bills, but not approve them" in of_drafts
    assert "may not approve bills in Xero, so as *Awaiting payment*" in form
    assert "At risk. Ira Invoice (ira@northwind.example) may not approve bills in Xero, and the settings" in of_approved
