"""People and roles of an organisation, over signed requests: who may give them, to whom, and two who save at once."""

from collections.abc import AsyncIterator, Mapping

import pytest
from sqlalchemy import select

from bot.domain.ids import UserId
from bot.domain.managing import PeopleForm, RoleHolders
from bot.domain.rights import Role
from bot.playground.slack import (
    ADMIN,
    APPROVER,
    BOOKKEEPER,
    FORMER,
    GUEST,
    MEMBER,
    OTHER_BOT,
    OUTSIDER,
    OWNER,
    Submitted,
    View,
)
from bot.services.audit import AUDIT
from bot.services.managing import role_holders
from bot.services.roles import RolesRefusedError
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import Desk, a_desk, words

pytestmark = pytest.mark.desk(undo_seconds=0)


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, undo_seconds=0) as made:
        yield made


async def opened(desk: Desk, user: str = ADMIN) -> View:
    await desk.slack.open_home(user)
    await desk.settle()
    home = desk.slack.home(user)
    assert home is not None
    await desk.slack.click(home, ActionId.OPEN_MANAGE, user=user)
    await desk.slack.click(desk.modal(user), ActionId.OPEN_PEOPLE, user=user)
    return desk.modal(user)


async def save(desk: Desk, form: View, **changes: object) -> Submitted:
    done = await desk.slack.submit(form, changes)
    await desk.settle()
    return done


def form_of(version: int, people: Mapping[Role, tuple[str, ...]]) -> PeopleForm:
    return PeopleForm(
        version=version, people={role: tuple(UserId(user) for user in users) for role, users in people.items()}
    )


async def holders(desk: Desk) -> RoleHolders:
    actor = await desk.world.actor()
    async with desk.world.services.db.read() as tx:
        return await role_holders(tx, actor.workspace.id, desk.world.organisation_id)


async def test_roles_are_given_and_taken_and_said_back(either: Desk) -> None:
    done = await save(
        either,
        await opened(either),
        **{BlockId.ADMINS: [ADMIN, OWNER], BlockId.BOOKKEEPERS: [], BlockId.SUBMITTERS: [MEMBER], BlockId.VIEWERS: []},
    )

    assert (done.errors, done.error) == ({}, None)
    assert await holders(either) == {
        Role.ADMIN: (ADMIN, OWNER),
        Role.BOOKKEEPER: (),
        Role.APPROVER: (APPROVER,),
        Role.SUBMITTER: (MEMBER,),
        Role.VIEWER: (),
    }
    assert f"Admins: <@{ADMIN}> <@{OWNER}>" in words(either.modal(ADMIN))
    async with either.world.services.db.read() as tx:
        row = (await tx.execute(select(AUDIT).where(AUDIT.c.deed == "roles changed"))).one()
    assert row.by == ADMIN
    assert f'"given":{{"admin":["{OWNER}"],"submitter":["{MEMBER}"]}}' in row.facts.replace(" ", "")


async def test_a_new_approver_can_approve_at_once_and_an_old_one_no_more(desk: Desk) -> None:
    await desk.add()

    await save(desk, await opened(desk), **{BlockId.APPROVERS: [BOOKKEEPER]})
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.press(desk.card("INV-1"), ActionId.APPROVE_ITEM, APPROVER)
    assert "You are not an approver" in desk.whispers(APPROVER)[-1]

    await desk.approve("INV-1", BOOKKEEPER)
    assert "INV-1" in str(desk.xero.bills())


async def test_the_last_admin_cannot_be_removed(desk: Desk) -> None:
    """Slack keeps an empty form from being sent; what is sent all the same is refused here."""
    done = await save(desk, await opened(desk), **{BlockId.ADMINS: []})

    actor, roles = await desk.world.actor(), desk.world.services.roles
    page = await roles.opened(actor, desk.world.organisation_id)
    with pytest.raises(RolesRefusedError, match="The last admin cannot be removed"):
        await roles.save(actor, desk.world.organisation_id, form_of(page.version, {**page.people, Role.ADMIN: ()}))
    assert not done.was_sent
    assert (await holders(desk))[Role.ADMIN] == (ADMIN,)


async def test_admins_who_could_not_act_do_not_count_as_the_last_one(desk: Desk) -> None:
    await save(desk, await opened(desk), **{BlockId.ADMINS: [ADMIN, OWNER]})
    await desk.slack.close_modal(ADMIN, everything=True)
    form = await opened(desk)
    desk.slack.change_person(OWNER, is_deleted=True)
    await desk.world.later(61)

    done = await save(desk, form, **{BlockId.ADMINS: [OWNER]})

    assert "No admin here could act" in done.errors[BlockId.ADMINS]
    assert "deactivated" in done.errors[BlockId.ADMINS]
    assert ADMIN in (await holders(desk))[Role.ADMIN]


async def test_approvals_keep_somebody_who_can_give_them(desk: Desk) -> None:
    done = await save(desk, await opened(desk), **{BlockId.APPROVERS: []})

    assert "nothing can be approved" in done.errors[BlockId.APPROVERS]


@pytest.mark.parametrize(
    ("user", "why"),
    [
        (GUEST, "is a guest"),
        (FORMER, "deactivated account"),
        (OTHER_BOT, "is a bot"),
        (OUTSIDER, "belongs to another workspace"),
    ],
)
@pytest.mark.parametrize("block", [BlockId.ADMINS, BlockId.VIEWERS])
async def test_who_could_not_act_is_given_no_role_and_named_with_the_reason(
    desk: Desk, user: str, why: str, block: BlockId
) -> None:
    before = await holders(desk)
    with_admin = [ADMIN, user] if block is BlockId.ADMINS else [user]

    done = await save(desk, await opened(desk), **{block: with_admin})

    assert set(done.errors) == {block}
    assert why in done.errors[block]
    assert "Choose full members of this workspace." in done.errors[block]
    assert await holders(desk) == before


async def test_of_two_who_save_at_once_the_second_is_told_the_difference_and_loses_nothing(either: Desk) -> None:
    await save(either, await opened(either), **{BlockId.ADMINS: [ADMIN, OWNER]})
    await either.slack.close_modal(ADMIN, everything=True)
    first, second = await opened(either, ADMIN), await opened(either, OWNER)

    await save(either, first, **{BlockId.BOOKKEEPERS: [BOOKKEEPER, MEMBER]})
    stale = await save(either, second, **{BlockId.VIEWERS: [MEMBER]})

    assert stale.errors == {}
    assert (await holders(either))[Role.VIEWER] == ()
    again = either.modal(OWNER)
    assert f"Bookkeepers: <@{MEMBER}> saved, not in your form" in words(again)
    assert f"Viewers: <@{MEMBER}> in your form, not saved" in words(again)
    await save(either, again, **{BlockId.BOOKKEEPERS: [BOOKKEEPER, MEMBER]})
    found = await holders(either)
    assert (found[Role.VIEWER], found[Role.BOOKKEEPER]) == ((MEMBER,), (BOOKKEEPER, MEMBER))


async def test_a_settings_form_from_before_does_not_undo_the_roles(desk: Desk) -> None:
    await desk.slack.command("/dext", "settings", user=ADMIN)
    settings = desk.modal(ADMIN)
    actor, services = await desk.world.actor(), desk.world.services
    page = await services.roles.opened(actor, desk.world.organisation_id)
    await desk.world.services.roles.save(
        actor,
        desk.world.organisation_id,
        form_of(page.version, {**page.people, Role.BOOKKEEPER: ()}),
    )

    await desk.slack.submit(settings, {})

    assert "Somebody else saved these settings" in words(desk.modal(ADMIN))
    assert (await holders(desk))[Role.BOOKKEEPER] == ()


async def test_the_same_form_sent_twice_is_saved_once(desk: Desk) -> None:
    actor, roles = await desk.world.actor(), desk.world.services.roles
    page = await roles.opened(actor, desk.world.organisation_id)
    form = form_of(page.version, {**page.people, Role.VIEWER: (MEMBER,)})

    first = await roles.save(actor, desk.world.organisation_id, form)
    second = await roles.save(actor, desk.world.organisation_id, form)

    assert first == second
    assert first.version == page.version + 1


@pytest.mark.parametrize("user", [MEMBER, BOOKKEEPER, APPROVER, OWNER])
async def test_only_admins_of_the_organisation_open_the_form(desk: Desk, user: str) -> None:
    """Slack's owner may connect; roles in the books are for their admins."""
    with pytest.raises(Exception, match="admins can do that"):
        await desk.world.services.roles.opened(await desk.world.actor(user), desk.world.organisation_id)


async def test_who_stopped_being_admin_while_the_form_was_open_saves_nothing(desk: Desk) -> None:
    await save(desk, await opened(desk), **{BlockId.ADMINS: [ADMIN, OWNER]})
    await desk.slack.close_modal(ADMIN, everything=True)
    form = await opened(desk, OWNER)
    await save(desk, await opened(desk), **{BlockId.ADMINS: [ADMIN]})

    await save(desk, form, **{BlockId.VIEWERS: [MEMBER]})

    assert "admins can do that" in words(desk.modal(OWNER))
    assert (await holders(desk))[Role.VIEWER] == ()
