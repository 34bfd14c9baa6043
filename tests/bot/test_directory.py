"""Who somebody is, asked of a simulated Slack; not knowing means no."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.directory import person_of
from bot.domain.ids import UserId
from bot.domain.rights import Person
from bot.domain.slack import Actor, Workspace
from bot.playground.slack import (
    ADMIN,
    FORMER,
    GUEST,
    MEMBER,
    OTHER_BOT,
    OUTSIDER,
    OWNER,
    SINGLE_GUEST,
    TEAM,
)
from bot.services.people import NotAllowedError
from tests.fakes.app import World, whole_app
from tests.fakes.clock import FakeClock


@pytest.fixture
async def world(sqlite_url: str, clock: FakeClock) -> AsyncIterator[World]:
    async with whole_app(sqlite_url, clock=clock) as made:
        yield made


async def workspace_of(world: World) -> Workspace:
    found = await world.services.workspaces.find("", TEAM)
    assert found is not None
    return found


async def person(world: World, user: str) -> Person:
    found = await world.services.directory.person(await workspace_of(world), UserId(user))
    assert found is not None
    return found


async def test_an_owner_and_an_admin_are_admins(world: World) -> None:
    assert (await person(world, OWNER)).is_workspace_admin
    assert (await person(world, ADMIN)).is_workspace_admin
    assert not (await person(world, MEMBER)).is_workspace_admin


async def test_guests_bots_leavers_and_strangers_are_known_for_what_they_are(world: World) -> None:
    assert (await person(world, GUEST)).is_guest
    assert (await person(world, SINGLE_GUEST)).is_guest
    assert (await person(world, OTHER_BOT)).is_bot
    assert not (await person(world, FORMER)).is_active
    assert not (await person(world, OUTSIDER)).is_of_workspace


async def test_in_an_enterprise_organisation_somebody_may_be_of_several_workspaces(world: World) -> None:
    """Slack names one of them as the person's team; in what is clicked, too."""
    here = replace(await workspace_of(world), enterprise_id="E0GRID001")
    elsewhere = {"id": "W1", "name": "wim", "team_id": "T0ELSE001"}
    of_both = {**elsewhere, "enterprise_user": {"id": "W1", "teams": ["T0ELSE001", TEAM]}}

    assert person_of(of_both, here).is_of_workspace
    assert not person_of({**of_both, "is_stranger": True}, here).is_of_workspace
    assert not person_of({**elsewhere, "enterprise_user": {"id": "W1", "teams": ["T0ELSE001"]}}, here).is_of_workspace

    people = world.services.people
    member = Actor(workspace=here, user_id=UserId(MEMBER), team_id="T0ELSE001")
    assert (await people.require_member(member)).user_id == MEMBER
    for stranger in (replace(member, workspace=await workspace_of(world)), replace(member, user_id=UserId(OUTSIDER))):
        with pytest.raises(NotAllowedError, match="another workspace"):
            await people.require_member(stranger)


async def test_somebody_slack_does_not_know_is_nobody(world: World) -> None:
    found = await person(world, "U0NOBODY1")

    assert not found.is_known
    assert not found.is_active


@pytest.mark.parametrize("fault", ["500", "429"])
async def test_when_slack_cannot_be_asked_nobody_is_anybody(world: World, fault: str) -> None:
    world.slack.faults.next_call("users.info", fault)  # type: ignore[arg-type]  # the words of the parameters

    assert await world.services.directory.person(await workspace_of(world), UserId(ADMIN)) is None
    assert (await person(world, ADMIN)).is_workspace_admin


async def test_a_right_that_was_withdrawn_is_noticed_within_a_minute(world: World, clock: FakeClock) -> None:
    await person(world, ADMIN)
    world.slack.change_person(ADMIN, is_deleted=True)
    await clock.advance(61)

    assert not (await person(world, ADMIN)).is_active


async def test_a_crowd_of_questions_about_one_person_is_one_call(world: World) -> None:
    found = await asyncio.gather(*(person(world, MEMBER) for _ in range(30)))

    assert len(set(found)) == 1
    assert len(world.slack.calls_of("users.info")) == 1


async def test_owners_and_admins_can_be_named(world: World) -> None:
    found = await world.services.directory.workspace_admins(await workspace_of(world))

    assert set(found) == {OWNER, ADMIN}


async def test_an_outsider_is_known_without_asking(world: World) -> None:
    actor = Actor(workspace=await workspace_of(world), user_id=UserId(OUTSIDER), team_id="T0OTHER01")

    found = await world.services.people.identify(actor)

    assert found is not None
    assert not found.is_of_workspace
    assert world.slack.calls_of("users.info") == []
