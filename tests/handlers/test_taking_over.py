"""An organisation whose admins have all left: who may take over, who may not, and what others hear of it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.domain.rights import Role
from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER, GUEST, MEMBER, OUTSIDER, OWNER, View
from bot.services.audit import AUDIT
from bot.services.people import NotAllowedError
from bot.services.settings import people_with
from bot.views.ids import ActionId, BlockId
from tests.fakes.connected import Connected
from tests.handlers.desk import Desk, a_desk, actions, words

AS_SLACK_SAID_SECONDS = 61

NO_HOME = "views.publish: invalid_arguments: [ERROR] user_not_found"


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url) as made:
        await made.world.set_up(alerts_channel=ALERTS)
        yield made
        assert set(made.slack.refusals) <= {NO_HOME}


async def manage(desk: Desk, user: str) -> View:
    await desk.slack.open_home(user)
    await desk.settle()
    home = desk.slack.home(user)
    assert home is not None
    if desk.slack.view(user) is not None:
        await desk.slack.close_modal(user, everything=True)
    await desk.slack.click(home, ActionId.OPEN_MANAGE, user=user)
    return desk.modal(user)


async def leaves(desk: Desk, user: str = ADMIN, **how: bool) -> None:
    desk.slack.change_person(user, **(how or {"is_deleted": True}))
    await desk.world.later(AS_SLACK_SAID_SECONDS)


async def admins(world: Connected) -> tuple[str, ...]:
    actor = await world.actor()
    async with world.services.db.read() as tx:
        return await people_with(tx, actor.workspace.id, world.organisation_id, Role.ADMIN)


async def refusal(desk: Desk, user: str) -> str:
    with pytest.raises(NotAllowedError) as refused:
        await desk.world.services.taking_over.take_over(await desk.world.actor(user), desk.world.organisation_id)
    return str(refused.value)


async def deeds(desk: Desk) -> list[str]:
    statement = select(AUDIT.c.by, AUDIT.c.facts).where(AUDIT.c.deed == "organisation taken over")
    async with desk.world.services.db.read() as tx:
        return [f"{row.by} {row.facts}" for row in (await tx.execute(statement)).all()]


async def test_a_slack_owner_takes_over_when_no_admin_is_left_and_everybody_hears_of_it(desk: Desk) -> None:
    await leaves(desk)
    page = await manage(desk, OWNER)
    assert f"<@{ADMIN}> has a deactivated account" in words(page)

    await desk.slack.click(page, ActionId.TAKE_OVER, user=OWNER)
    assert words(desk.modal(OWNER)).startswith("Northwind Trading Ltd")
    done = await desk.slack.submit(desk.modal(OWNER), {})
    await desk.settle()

    assert (done.errors, done.error) == ({}, None)
    assert "You are its admin now" in words(desk.modal(OWNER))
    assert await admins(desk.world) == (ADMIN, OWNER)
    (told,) = [message for message in desk.slack.messages(ALERTS) if "took over" in message.text]
    assert f"<@{OWNER}> took over as admin of *Northwind Trading Ltd*" in told.text
    assert f"<@{ADMIN}> has a deactivated account" in told.text
    (recorded,) = await deeds(desk)
    assert recorded.startswith(OWNER)
    assert ADMIN in recorded

    await desk.slack.click(await manage(desk, OWNER), ActionId.OPEN_PEOPLE, user=OWNER)
    saved = await desk.slack.submit(desk.modal(OWNER), {BlockId.ADMINS: [OWNER]})
    assert saved.errors == {}
    assert await admins(desk.world) == (OWNER,)


async def test_while_an_admin_can_act_nobody_takes_over(desk: Desk) -> None:
    """Not even while Slack does not say whether that admin is there: unclear means no."""
    page = await manage(desk, OWNER)
    assert ActionId.TAKE_OVER not in actions(page)
    assert "This one has an admin" in await refusal(desk, OWNER)
    assert "You are its admin already" in await refusal(desk, ADMIN)

    await leaves(desk)
    await desk.world.services.people.identify(await desk.world.actor(OWNER))  # known for a minute; the admin is not
    desk.slack.faults.next_call("users.info", "500")
    assert "This one has an admin" in await refusal(desk, OWNER)

    assert await admins(desk.world) == (ADMIN,)
    assert await deeds(desk) == []


@pytest.mark.parametrize("how", ["guest", "gone"])
async def test_whoever_became_a_guest_or_was_taken_out_of_slack_is_no_admin_any_more(desk: Desk, how: str) -> None:
    if how == "gone":
        desk.slack.workspace.people.pop(ADMIN)
        await desk.world.later(AS_SLACK_SAID_SECONDS)
    else:
        await leaves(desk, is_guest=True, is_admin=False)

    assert ActionId.TAKE_OVER in actions(await manage(desk, OWNER))
    assert "You are its admin" not in words(desk.modal(OWNER))
    await desk.world.services.taking_over.take_over(await desk.world.actor(OWNER), desk.world.organisation_id)

    assert OWNER in await admins(desk.world)


async def test_strangers_and_people_with_other_roles_do_not_take_over(desk: Desk) -> None:
    await leaves(desk)

    for user in (MEMBER, BOOKKEEPER, APPROVER):
        assert ActionId.TAKE_OVER not in actions(await manage(desk, user))
        assert "Slack owners and admins" in await refusal(desk, user)
    assert "Guests" in await refusal(desk, GUEST)
    assert "deactivated" in await refusal(desk, ADMIN)
    assert "another workspace" in await refusal(desk, OUTSIDER)
    assert await admins(desk.world) == (ADMIN,)


async def test_of_two_who_take_over_at_once_one_does(database_url: str) -> None:
    async with a_desk(database_url) as desk:
        desk.slack.change_person(APPROVER, is_admin=True)
        await leaves(desk)
        takers = [await desk.world.actor(user) for user in (OWNER, APPROVER)]
        take_over = desk.world.services.taking_over.take_over

        found = await asyncio.gather(
            *(take_over(actor, desk.world.organisation_id) for actor in takers), return_exceptions=True
        )
        await desk.settle()

        assert [isinstance(each, NotAllowedError) for each in found].count(True) == 1
        assert len(await admins(desk.world)) == 2
        assert len(await deeds(desk)) == 1
        assert len([message for message in desk.slack.messages(BILLS) if "took over" in message.text]) == 1


async def test_a_form_that_was_open_when_an_admin_came_back_changes_nothing(desk: Desk) -> None:
    await leaves(desk)
    await desk.slack.click(await manage(desk, OWNER), ActionId.TAKE_OVER, user=OWNER)
    form = desk.modal(OWNER)
    await leaves(desk, is_deleted=False)

    await desk.slack.submit(form, {})

    assert "This one has an admin, who can give you a role" in words(desk.modal(OWNER))
    assert await admins(desk.world) == (ADMIN,)


async def test_a_slack_admin_who_is_refused_the_settings_learns_of_the_way_in(desk: Desk) -> None:
    await desk.slack.command("/dext", "settings", user=OWNER, channel=BILLS)
    assert "you can take over" in str(desk.whispers(OWNER) or words(desk.modal(OWNER)))
