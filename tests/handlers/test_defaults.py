"""A default that is archived or gone in the ledger: told once to who can change it, finished when it is mended."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.db.unit_of_work import Tx
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.playground.slack import ADMIN, ALERTS
from bot.services import default_messages
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, actions, words
from tests.handlers.parting import now, told
from tests.handlers.setting_up import CATEGORY, OTHER_CATEGORY, TAX, Office, an_office

GONE, SALES_CATEGORY = "archived or gone", "200"


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with an_office(database_url) as made:
        await made.save(**{BlockId.DEFAULT_ACCOUNT: CATEGORY, BlockId.DEFAULT_TAX: TAX})
        yield made


def books(office: Office) -> Any:
    return office.world.xero.books[TRADING]


def mark(office: Office, status: str, code: str = CATEGORY) -> None:
    found = next(account for account in books(office).accounts.values() if account["Code"] == code)
    books(office).save_account({**found, "Status": status})


async def read_lists(office: Office) -> None:
    await office.world.later(61)
    await office.slack.command("/dext", "sync", user=ADMIN)
    await office.world.settle()


async def test_it_is_told_once_finished_when_it_is_back_and_told_again_when_it_goes_again(office: Office) -> None:
    mark(office, "ARCHIVED")
    await read_lists(office)
    await read_lists(office)

    (first,) = told(office.world, GONE)
    assert "429 · General Expenses" in words(first)
    assert "archived or gone in Xero" in words(first)
    assert "*default category* in the settings" in words(first)
    assert f"<@{ADMIN}>" in words(first)
    assert actions(first) == [ActionId.OPEN_SETTINGS]
    await office.slack.click(first, ActionId.OPEN_SETTINGS, user=ADMIN)
    assert office.modal().callback_id == "settings"

    mark(office, "ACTIVE")
    await read_lists(office)
    assert "in the ledger's list again" in now(office.world, first)

    mark(office, "ARCHIVED")
    await read_lists(office)
    (second,) = told(office.world, GONE)
    assert second.ts != first.ts
    assert "in the ledger's list again" in now(office.world, first)


async def test_other_settings_finish_it_and_what_the_ledger_has_no_more_is_as_good_as_archived(office: Office) -> None:
    chart = books(office).accounts
    for key in [key for key, account in chart.items() if account["Code"] == CATEGORY]:
        del chart[key]
    for rate in books(office).tax_rates.values():
        if rate["TaxType"] == TAX:
            rate["Status"] = "ARCHIVED"
    await read_lists(office)
    category, tax_rate = sorted(told(office.world, GONE), key=lambda message: "default tax rate" in words(message))
    assert "default tax rate" in words(tax_rate)
    refused = await office.save()
    assert set(refused.errors) == {BlockId.DEFAULT_ACCOUNT, BlockId.DEFAULT_TAX}

    await office.save(**{BlockId.DEFAULT_ACCOUNT: OTHER_CATEGORY, BlockId.DEFAULT_TAX: "NONE"})

    assert "is not the default category any more" in now(office.world, category)
    assert "is not the default tax rate any more" in now(office.world, tax_rate)
    await read_lists(office)
    assert told(office.world, GONE) == []


async def test_a_refusal_tells_it_too_and_new_bills_wait_without_it_until_it_is_back(office: Office) -> None:
    desk = Desk(office.world)
    mark(office, "ARCHIVED")
    await desk.add()
    await desk.approve("INV-1")

    (message,) = told(office.world, GONE)
    assert "*default category* in the settings" in words(message)

    waiting = await desk.add(**{BlockId.NUMBER: "INV-2"})
    assert "A category is missing." in words(waiting)
    assert "The default category, 429 · General Expenses, is archived or gone in the ledger" in words(waiting)
    assert "In approval" not in words(waiting)

    mark(office, "ACTIVE")
    await read_lists(office)
    assert "in the ledger's list again" in now(office.world, message)
    assert "In approval" in words(desk.card("INV-2"))
    assert "is archived" not in words(desk.card("INV-2"))


async def test_a_reading_that_is_killed_while_it_tells_tells_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found and told are one transaction; the list that was not ended is ended again."""
    look = default_messages.look
    mark(office, "ARCHIVED")

    async def dies(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, *kinds: Any) -> None:
        await look(tx, workspace_id, organisation_id, *kinds)
        raise KilledError

    monkeypatch.setattr(default_messages, "look", dies)
    with pytest.raises(KilledError):
        await read_lists(office)
    assert told(office.world, GONE) == []
    monkeypatch.setattr(default_messages, "look", look)

    await office.world.later(120)
    await office.world.services.lists.restart_stuck()
    await office.world.settle()

    assert len(told(office.world, GONE, ALERTS)) == 1


class KilledError(BaseException):
    """The process dies here."""


async def test_bills_that_wait_with_a_default_say_on_their_cards_that_it_is_gone(office: Office) -> None:
    desk = Desk(office.world)
    before = await desk.add()
    assert "is archived" not in words(before)

    mark(office, "ARCHIVED")
    await read_lists(office)

    (message,) = told(office.world, GONE)
    assert "say so on their cards" in words(message)
    assert "Category 429 · General Expenses is archived in the ledger" in words(desk.card("INV-1"))


async def test_a_default_of_sales_is_changed_where_sales_are(office: Office) -> None:
    await office.slack.command("/dext", "settings sales", user=ADMIN)
    form = office.modal()
    await office.slack.options(form, ActionId.FIND_ACCOUNT, SALES_CATEGORY, user=ADMIN)
    await office.slack.submit(form, {BlockId.DEFAULT_ACCOUNT: SALES_CATEGORY})
    await office.slack.close_modal(ADMIN, everything=True)
    await office.world.settle()
    mark(office, "ARCHIVED", SALES_CATEGORY)
    await read_lists(office)

    (message,) = told(office.world, GONE)

    assert "*default category for sales* in the settings" in words(message)
    assert actions(message) == [ActionId.OPEN_SALES_SETTINGS]
