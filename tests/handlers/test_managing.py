"""The connections as people see and manage them, over signed requests: cards, the Manage page, lists read again."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from bot.db.base import dump, table_of
from bot.db.connections import BudgetRow, ConnectionRow, OrganisationRow
from bot.domain.problems import Problem, ProblemCode
from bot.playground.slack import (
    ADMIN,
    APPROVER,
    BILLS,
    BOOKKEEPER,
    FORMER,
    GUEST,
    MEMBER,
    OTHER_BOT,
    OUTSIDER,
    OWNER,
    View,
)
from bot.services.importing import SYNCS
from bot.views.ids import ActionId
from tests.handlers.desk import Desk, words
from tests.handlers.parting import ask, confirm

pytestmark = pytest.mark.desk(undo_seconds=0)

CONNECTIONS, ORGANISATIONS, BUDGETS = table_of(ConnectionRow), table_of(OrganisationRow), table_of(BudgetRow)
NAME = "Northwind Trading Ltd"


async def home_of(desk: Desk, user: str) -> View:
    await desk.slack.open_home(user)
    await desk.settle()
    view = desk.slack.home(user)
    assert view is not None
    return view


async def manage(desk: Desk, user: str = ADMIN) -> View:
    home = await home_of(desk, user)
    await desk.slack.click(home, ActionId.OPEN_MANAGE, user=user)
    return desk.modal(user)


async def change_connection(desk: Desk, **values: object) -> None:
    async with desk.world.services.db.write() as tx:
        await tx.execute(CONNECTIONS.update().values(**values))


async def more_organisations(desk: Desk, count: int) -> None:
    """Others that are connected too, each like the first."""
    async with desk.world.services.db.write() as tx:
        books = (await tx.execute(select(ORGANISATIONS.c.books))).scalar_one()
        first = (await tx.execute(select(CONNECTIONS))).one()._asdict()
        for number in range(count):
            organisation_id, name = uuid4(), f"Client {number:03}"
            new = {"id": organisation_id, "workspace_id": first["workspace_id"], "name": name, "books": books}
            await tx.execute(ORGANISATIONS.insert().values(**new, created_at=tx.now))
            own = {"id": uuid4(), "organisation_id": organisation_id, "tenant_id": name, "connected_at": tx.now}
            await tx.execute(CONNECTIONS.insert().values(**{**first, **own}))


def buttons(view: View) -> list[str]:
    found = [element for block in view.blocks for element in block.get("elements", []) if "action_id" in element]
    found += [block["accessory"] for block in view.blocks if "accessory" in block]
    return [str(each["action_id"]) for each in found]


async def runs(desk: Desk) -> dict[str, int]:
    async with desk.world.services.db.read() as tx:
        return {row.kind: row.run for row in (await tx.execute(select(SYNCS.c.kind, SYNCS.c.run))).all()}


async def test_a_card_says_whose_books_how_they_stand_who_connected_them_and_how_old_each_list_is(desk: Desk) -> None:
    await desk.world.later(3 * 3600)

    shown = words(await home_of(desk, MEMBER))
    by = "as Dana Adviser (dana@northwind.example) in Xero"
    may = "may read its settings and lists, read contacts, record payments, attach files, write and approve bills"

    assert f"*{NAME}* · Xero" in shown
    assert "Healthy" in shown
    assert f"Connected by <@{ADMIN}>" in shown
    assert by in shown
    assert [f"{by} · {may}" in words(await home_of(desk, user)) for user in (MEMBER, BOOKKEEPER, ADMIN)] == [
        False,
        True,
        True,
    ]
    assert "Last sync <!date^" in shown
    assert " categories · 12 tax rates · " in shown
    assert "all read 3 hours ago" in shown


async def test_lists_that_missed_two_refreshes_put_a_connection_at_risk_and_say_what_to_press(desk: Desk) -> None:
    await desk.world.later(49 * 3600)

    shown = words(await home_of(desk, ADMIN))

    assert "At risk. Out of date, not read for more than 48 hours: categories" in shown
    assert "Press Manage and refresh." in shown


async def test_a_pause_that_the_ledger_asked_for_is_said_with_its_end(desk: Desk) -> None:
    async with desk.world.services.db.write() as tx:
        until = tx.now + timedelta(hours=20)
        await tx.execute(BUDGETS.update().where(BUDGETS.c.tenant_id != "").values(paused_until=until))

    assert f"asked for a pause until {until:%H:%M} UTC" in words(await home_of(desk, ADMIN))


async def test_a_broken_connection_says_why_and_offers_to_reconnect_first(desk: Desk) -> None:
    problem = Problem(code=ProblemCode.RECONNECT_NEEDED)
    await change_connection(desk, health="broken", trouble=dump(problem))

    home = await home_of(desk, ADMIN)

    assert f"Broken. {problem.with_facts(ledger='Xero', organisation=NAME).title}." in words(home)
    assert buttons(home).index(ActionId.OPEN_CONNECT) < buttons(home).index(ActionId.OPEN_MANAGE)
    page = await manage(desk)
    assert "can be read again once it is reconnected" in words(page)
    assert ActionId.REFRESH_LISTS not in buttons(page)


async def test_sixty_connections_stay_within_slacks_limits_and_every_one_can_be_reached(desk: Desk) -> None:
    await more_organisations(desk, 59)

    home = await home_of(desk, ADMIN)

    assert len(home.blocks) <= 100
    assert "15 of 60 connections are shown, those that need somebody first. Choose another one below." in words(home)
    (choice,) = [
        element
        for block in home.blocks
        for element in block.get("elements", [])
        if element.get("type") == "static_select"
    ]
    assert len(choice["options"]) == 45
    block = next(block for block in home.blocks if choice in block.get("elements", []))
    value = choice["options"][-1]["value"]
    await desk.slack.click(home, ActionId.OPEN_MANAGE, user=ADMIN, value=value, block_id=block["block_id"])
    assert desk.modal(ADMIN).blocks[0]["text"]["text"] == f"{NAME} · Xero"


async def test_what_there_is_no_room_for_is_found_by_a_part_of_its_name(desk: Desk) -> None:
    await more_organisations(desk, 130)

    await desk.slack.command("/dext", "connections", user=ADMIN)
    everything = desk.modal(ADMIN)
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.slack.command("/dext", "connections north", user=ADMIN)
    found = desk.modal(ADMIN)
    await desk.slack.close_modal(ADMIN, everything=True)
    nothing = await desk.slack.command("/dext", "connections nobody <!channel>", user=ADMIN)

    assert "with a part of a name finds any" in words(everything)
    assert NAME in words(found)
    assert "Client 001" not in words(found)
    assert "131 organisations are connected" in nothing.text
    assert "<!channel>" not in nothing.text


async def test_the_manage_page_offers_each_person_what_they_may_do_and_says_who_may_the_rest(desk: Desk) -> None:
    admins, members, keepers, owners = [await manage(desk, user) for user in (ADMIN, MEMBER, BOOKKEEPER, OWNER)]

    setting_up = {ActionId.OPEN_SETTINGS, ActionId.OPEN_PEOPLE, ActionId.OPEN_CHANNELS, ActionId.OPEN_API_KEYS}
    setting_up |= {ActionId.OPEN_SALES_SETTINGS, ActionId.OPEN_GENERAL_SETTINGS, ActionId.OPEN_PAYMENT_METHODS}
    setting_up |= {ActionId.OPEN_BANK_SETTINGS}
    setting_up |= {ActionId.OPEN_SUPPLIER_SETTINGS, ActionId.OPEN_AMOUNT_SETTINGS}
    setting_up |= {ActionId.OPEN_SUPPLIER_SETTINGS, ActionId.OPEN_QUIET_SETTINGS, ActionId.OPEN_AUTO_SETTINGS}
    setting_up |= {ActionId.OPEN_TAX_SETTINGS, ActionId.OPEN_RULES}
    connecting = {ActionId.OPEN_CONNECT, ActionId.OPEN_CHANGE, ActionId.DISCONNECT}
    assert set(buttons(admins)) == {ActionId.REFRESH_LISTS} | setting_up | connecting
    assert buttons(members) == []
    assert f"for this organisation's admins and bookkeepers: <@{BOOKKEEPER}> <@{ADMIN}>" in words(members)
    assert f"Settings, people and channels are for this organisation's admins: <@{ADMIN}>" in words(members)
    assert set(buttons(keepers)) == {ActionId.REFRESH_LISTS, ActionId.OPEN_RULES}
    assert set(buttons(owners)) == {ActionId.OPEN_CONNECT, ActionId.DISCONNECT}
    assert all(page.blocks[0]["text"]["text"] == f"{NAME} · Xero" for page in (admins, members, keepers, owners))


async def test_a_connection_is_ended_from_its_manage_page(desk: Desk) -> None:
    await desk.press(await manage(desk), ActionId.DISCONNECT, ADMIN)
    form = desk.modal(ADMIN)

    done = await confirm(desk.world, form)

    assert (done.errors, done.error) == ({}, None)
    assert ActionId.DISCONNECT not in buttons(await manage(desk))


async def test_managing_from_the_menu_leaves_room_for_the_forms_above_it(desk: Desk) -> None:
    """Slack stacks three modals: the menu, the connections, and the settings."""
    await desk.slack.command("/dext", "", user=ADMIN)
    menu = desk.modal(ADMIN)
    block = next(block for block in menu.blocks if block.get("accessory", {}).get("value") == "connections")
    await desk.slack.click(menu, ActionId.RUN_COMMAND, user=ADMIN, block_id=block["block_id"])
    await desk.slack.click(desk.modal(ADMIN), ActionId.OPEN_MANAGE, user=ADMIN)

    await desk.slack.click(desk.modal(ADMIN), ActionId.OPEN_SETTINGS, user=ADMIN)

    assert desk.modal(ADMIN).callback_id == "settings"


async def test_one_list_is_read_again_and_the_others_are_left(desk: Desk) -> None:
    before = await runs(desk)

    answer = await desk.slack.command("/dext", "sync tax rates", user=ADMIN)
    await desk.settle()

    assert "Reading from Xero: tax rates." in answer.text
    assert {kind for kind, run in (await runs(desk)).items() if run != before[kind]} == {"tax_rates"}
    told = words(desk.slack.dms(ADMIN)[-1])
    assert NAME in told
    assert "*Refreshed* · finished <!date^" in told
    assert "Tax rates: " in told
    assert "Categories" not in told


async def test_all_lists_are_read_again_and_home_is_drawn_with_their_new_age(desk: Desk) -> None:
    await desk.world.later(5 * 3600)
    assert "read 5 hours ago" in words(await home_of(desk, BOOKKEEPER))

    await desk.slack.command("/dext", "sync", user=ADMIN)
    await desk.settle()

    home = desk.slack.home(BOOKKEEPER)
    assert home is not None
    assert "hours ago" not in words(home)
    assert len(set((await runs(desk)).values())) == 1


async def test_asking_again_while_lists_are_read_begins_nothing_and_says_so(either: Desk) -> None:
    first = await either.slack.command("/dext", "sync", user=ADMIN)
    begun = await runs(either)
    second = await either.slack.command("/dext", "sync contacts", user=BOOKKEEPER)

    assert await runs(either) == begun
    assert "Reading from Xero" in first.text
    assert "are being read already" in second.text
    assert len(either.world.jobs.waiting) == 1
    await either.settle()
    assert "*Refreshed*" in words(either.slack.dms(BOOKKEEPER)[-1])


async def test_a_refresh_from_the_page_shows_there_that_it_goes_on(desk: Desk) -> None:
    page = await manage(desk)
    row = next(block for block in page.blocks if block.get("accessory", {}).get("text", {}).get("text") == "Refresh")

    await desk.slack.click(page, ActionId.REFRESH_LISTS, user=ADMIN, block_id=row["block_id"])

    shown = desk.modal(ADMIN)
    assert "Reading from Xero: categories." in words(shown)
    assert ActionId.REFRESH_LISTS not in buttons(shown)
    await desk.press(shown, ActionId.OPEN_MANAGE, ADMIN)
    assert "They are being read now." in words(desk.modal(ADMIN))
    await desk.settle()
    await desk.press(desk.modal(ADMIN), ActionId.OPEN_MANAGE, ADMIN)
    assert "They are being read now." not in words(desk.modal(ADMIN))
    assert ActionId.REFRESH_LISTS in buttons(desk.modal(ADMIN))


async def test_a_list_that_is_not_there_is_echoed_with_the_nearest(desk: Desk) -> None:
    before = await runs(desk)

    answer = await desk.slack.command("/dext", "sync categoris <!here>", user=ADMIN)
    near = await desk.slack.command("/dext", "sync contcts", user=ADMIN)

    assert "I know no list called" in answer.text
    assert "<!here>" not in answer.text
    assert "Did you mean `/dext sync contacts`?" in near.text
    assert await runs(desk) == before


@pytest.mark.parametrize("user", [MEMBER, APPROVER, OWNER, GUEST, FORMER, OTHER_BOT, OUTSIDER])
async def test_nobody_without_the_right_starts_a_refresh(desk: Desk, user: str) -> None:
    """By a button that was copied or is out of date: the right is asked for when it is pressed."""
    page = await manage(desk)
    before = await runs(desk)
    service, actor = desk.world.services.refreshing, await desk.world.actor(user)
    outsider = replace(actor, team_id="T0OTHER01") if user == OUTSIDER else actor

    with pytest.raises(Exception, match=r"admins and bookkeepers|Guests|deactivated|Bots|another workspace"):
        await service.start(outsider, desk.world.organisation_id, None)

    assert page is not None
    assert await runs(desk) == before


async def test_a_refresh_of_a_broken_connection_says_to_reconnect(desk: Desk) -> None:
    await change_connection(desk, health="broken")

    answer = await desk.slack.command("/dext", "sync", user=ADMIN)

    assert "press Reconnect" in answer.text
    assert desk.world.jobs.waiting == []


async def test_guests_are_shown_no_connection(desk: Desk) -> None:
    answer = await desk.slack.command("/dext", "connections", user=GUEST, channel=BILLS)

    assert NAME not in answer.text
    assert "Guests" in answer.text
    assert desk.slack.view(GUEST) is None


async def test_homes_of_people_with_a_role_follow_when_the_connection_ends(desk: Desk) -> None:
    for user in (APPROVER, MEMBER):
        await home_of(desk, user)
    async with desk.world.services.db.read() as tx:
        connection_id = (await tx.execute(select(CONNECTIONS.c.id))).scalar_one()
    await desk.world.later(120)

    await desk.world.services.tokens.broken(connection_id, Problem(code=ProblemCode.RECONNECT_NEEDED))
    await desk.settle()

    followed, left = desk.slack.home(APPROVER), desk.slack.home(MEMBER)
    assert followed is not None
    assert left is not None
    assert "Broken" in words(followed)
    assert "Broken" not in words(left)
    assert "Broken" in words(await home_of(desk, MEMBER))


async def test_a_name_from_the_ledger_is_text_in_the_answer_that_it_is_not_connected(desk: Desk) -> None:
    await confirm(desk.world, await ask(desk.world))
    await desk.slack.close_modal(ADMIN, everything=True)
    async with desk.world.services.db.write() as tx:
        await tx.execute(ORGANISATIONS.update().values(name="<!channel> <https://evil.example|Sign in>"))

    answer = await desk.slack.command("/dext", "sync", user=ADMIN)

    assert "is not connected to Xero at the moment" in answer.text
    assert "<!channel>" not in answer.text
    assert "<https://evil.example|" not in answer.text


async def test_lists_that_were_begun_and_do_not_come_are_old_all_the_same(desk: Desk) -> None:
    desk.xero.misbehaviour.outage = True
    await desk.slack.command("/dext", "sync", user=ADMIN)
    for _ in range(4):
        await desk.world.later(24 * 3600)

    home = words(await home_of(desk, ADMIN))

    assert "At risk. Out of date, not read for more than" in home
    assert "Xero is asked again and again by itself." in home
    assert "waiting to be read; before that read 4 days ago" in home
