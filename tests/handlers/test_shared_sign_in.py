"""One person's sign-in behind several organisations, and behind several workspaces: what ends for one goes on for others."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from bot.db.base import table_of
from bot.db.messages import MessageRow
from bot.domain.disconnecting import Keep
from bot.domain.ids import ConnectionId, OrganisationId, UserId
from bot.domain.slack import Actor
from bot.playground.slack import ADMIN, OTHER_TEAM, OUTSIDER, TEAM
from bot.services.people import OrganisationNotFoundError
from providers.errors import ReconnectNeededError
from providers.xero.simulator import IRELAND, TRADING, XeroState
from tests.attacks.jars import Stand, a_stand
from tests.fakes.app import World
from tests.fakes.connected import connect
from tests.handlers.desk import Desk, a_desk, words
from tests.handlers.parting import (
    CONNECTIONS,
    TOKENS,
    connection,
    reconnecting,
    shared_tenants,
    token_sets,
)

MESSAGES = table_of(MessageRow)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """Dana has connected both of her organisations for one workspace."""
    async with a_desk(database_url, undo_seconds=0, alerts_apart=True) as made:
        await connect(made.world, tenant=IRELAND)
        await made.settle()
        yield made


@pytest.fixture
async def stand(database_url: str) -> AsyncIterator[Stand]:
    """Dana has connected one organisation for two workspaces."""
    async with a_stand(database_url) as made:
        await made.connected(made.admin, await made.link())
        await made.connected(made.stranger, await made.link(OUTSIDER, OTHER_TEAM), OUTSIDER)
        await made.world.settle()
        yield made


async def end(world: World, row: Any, user: str = ADMIN, team: str = TEAM) -> None:
    actor, ending = await actor_of(world, user, team), world.services.disconnecting
    seen = await ending.opened(actor, OrganisationId(row.organisation_id))
    await ending.disconnect(actor, OrganisationId(row.organisation_id), Keep.EVERYTHING, stamp=seen.stamp)
    await world.settle()


async def actor_of(world: World, user: str, team: str) -> Actor:
    workspace = await world.services.workspaces.find("", team)
    assert workspace is not None
    return Actor(workspace=workspace, user_id=UserId(user), team_id=team)


async def connection_of(world: World, team: str) -> Any:
    workspace_id = (await actor_of(world, ADMIN, team)).workspace.id
    async with world.services.db.read() as tx:
        return (await tx.execute(select(CONNECTIONS).where(CONNECTIONS.c.workspace_id == workspace_id))).one()


async def access(world: World, row: Any) -> str:
    return (await world.services.tokens.access(ConnectionId(row.id))).access_token


async def news(world: World, row: Any) -> Any:
    """The stored message about the end of a connection."""
    async with world.services.db.read() as tx:
        about = MESSAGES.c.subject_id == str(row.organisation_id), MESSAGES.c.role.startswith("disconnected:")
        return (await tx.execute(select(MESSAGES).where(*about))).one()


def given_up(xero: XeroState) -> int:
    """How many organisations the ledger was asked to stop sharing."""
    return sum(call.method == "DELETE" and "/connections/" in call.path for call in xero.calls)


def posts(xero: XeroState, path: str) -> int:
    return len(xero.calls_to("POST", path))


async def test_one_of_two_organisations_is_ended_and_the_other_goes_on(desk: Desk) -> None:
    await end(desk.world, await connection(desk.world, IRELAND))

    assert shared_tenants(desk.world) == {TRADING}
    assert (given_up(desk.xero), posts(desk.xero, "/connect/revocation")) == (1, 0)
    assert await token_sets(desk.world) == 1
    await desk.add()
    await desk.approve("INV-1")
    assert len(desk.xero.bills(TRADING)) == 1


async def test_the_sign_in_is_given_back_with_its_last_organisation(desk: Desk) -> None:
    await end(desk.world, await connection(desk.world, IRELAND))

    await end(desk.world, await connection(desk.world, TRADING))

    assert shared_tenants(desk.world) == set()
    assert posts(desk.xero, "/connect/revocation") == 1
    assert await token_sets(desk.world) == 0


async def test_both_ended_while_the_ledger_is_away_are_given_back_when_it_is_there(desk: Desk) -> None:
    desk.xero.misbehaviour.outage = True
    for tenant in (IRELAND, TRADING):
        await end(desk.world, await connection(desk.world, tenant))
    desk.xero.misbehaviour.outage = False

    await desk.world.later(180)

    assert shared_tenants(desk.world) == set()
    assert await token_sets(desk.world) == 0


async def test_somebody_who_does_not_see_the_organisation_reconnects_no_other_one_by_it(desk: Desk) -> None:
    await end(desk.world, await connection(desk.world, IRELAND))
    message = next(found for found in desk.slack.dms(ADMIN) if "disconnected this organisation" in words(found))

    await reconnecting(desk.world, ADMIN, message)
    page = await connect(desk.world, person="sam")

    assert "That is not Northwind Ireland Ltd" in page.text
    assert "the sign-in shares Northwind Trading Ltd with us" in page.text
    assert "goes to the same organisation only. Nothing was changed" in page.text
    assert "sign in as somebody who can see Northwind Ireland Ltd, and allow that one" in page.text
    await desk.settle()
    (told,) = [text for text in map(words, desk.slack.dms(ADMIN)) if "stopped: that is not" in text]
    assert "This reconnects Northwind Ireland Ltd, but the sign-in shares Northwind Trading Ltd" in told
    assert "To have Northwind Trading Ltd take its place, press Change organisation on its Manage page" in told
    assert "to connect it beside, type /dext connect" in told
    assert (await connection(desk.world, IRELAND)).health == "disconnected"
    assert (await connection(desk.world, TRADING)).health == "healthy"


async def test_two_workspaces_of_one_person_have_one_sign_in_and_a_refresh_in_one_serves_the_other(
    stand: Stand,
) -> None:
    ours, theirs = await connection_of(stand.world, TEAM), await connection_of(stand.world, OTHER_TEAM)
    assert ours.token_set_id == theirs.token_set_id
    before = posts(stand.xero, "/connect/token")
    await stand.world.later(3600)

    assert await access(stand.world, ours) == await access(stand.world, theirs)

    assert posts(stand.xero, "/connect/token") == before + 1


async def test_what_one_workspace_ends_goes_on_in_the_other_and_the_message_says_so(stand: Stand) -> None:
    ours, theirs = await connection_of(stand.world, TEAM), await connection_of(stand.world, OTHER_TEAM)

    await end(stand.world, ours)

    assert (given_up(stand.xero), posts(stand.xero, "/connect/revocation")) == (0, 0)
    assert await access(stand.world, theirs)
    assert (await connection_of(stand.world, OTHER_TEAM)).health == "healthy"
    with pytest.raises(ReconnectNeededError):
        await access(stand.world, ours)
    assert '"used_elsewhere"' in (await news(stand.world, ours)).facts
    direct = [words(message) for message in stand.world.slack.dms(ADMIN)]
    assert any("still lists Dext for this organisation, because" in text for text in direct)


async def test_the_last_workspace_gives_the_access_back(stand: Stand) -> None:
    await end(stand.world, await connection_of(stand.world, TEAM))

    await end(stand.world, await connection_of(stand.world, OTHER_TEAM), OUTSIDER, OTHER_TEAM)

    assert given_up(stand.xero) == 1
    assert posts(stand.xero, "/connect/revocation") == 1
    async with stand.world.services.db.read() as tx:
        assert (await tx.execute(select(TOKENS.c.id))).all() == []


async def test_nobody_ends_another_workspaces_connection(stand: Stand) -> None:
    theirs = await connection_of(stand.world, OTHER_TEAM)

    with pytest.raises(OrganisationNotFoundError):
        await end(stand.world, theirs, ADMIN, TEAM)

    assert (await connection_of(stand.world, OTHER_TEAM)).health == "healthy"
