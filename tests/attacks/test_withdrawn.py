"""A right that ends while Slack is being asked something: between the first look and the deciding transaction."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from bot.db.base import table_of
from bot.db.connections import GrantRow
from bot.domain.coding import Codes
from bot.domain.editing import edit_of
from bot.domain.ids import ChannelId, OrganisationId, UserId, WorkspaceId
from bot.domain.managing import ChannelsForm, PeopleForm
from bot.domain.rights import Person, Role
from bot.domain.settings import Destination, KindSettings, PaymentStatus, SettingsForm
from bot.domain.slack import Workspace
from bot.playground.slack import ADMIN, ALERTS, APPROVER, BOOKKEEPER, MEMBER, OWNER
from bot.services.people import Directory, NotAllowedError, grant
from bot.views.ids import ActionId
from bot.views.metadata import ItemRef
from tests.handlers.desk import Desk, a_desk, button_values

GRANTS = table_of(GrantRow)


@dataclass(frozen=True, slots=True)
class Withdrawing:
    """Slack, which is asked at the moment in which somebody takes the admin's role away."""

    desk: Desk
    directory: Directory

    async def can_post(self, workspace_id: WorkspaceId, channel_id: ChannelId) -> str | None:
        await self._withdraw()
        return None

    async def person(self, workspace: Workspace, user_id: UserId) -> Person | None:
        await self._withdraw()
        return await self.directory.person(workspace, user_id)

    async def workspace_admins(self, workspace: Workspace) -> tuple[UserId, ...]:
        return await self.directory.workspace_admins(workspace)

    async def _withdraw(self) -> None:
        gone = GRANTS.delete().where(
            GRANTS.c.organisation_id == self.desk.world.organisation_id, GRANTS.c.role == Role.ADMIN
        )
        async with self.desk.world.services.db.write() as tx:
            await tx.execute(gone)


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url) as made:
        yield made


async def test_nothing_is_saved_by_a_right_that_ended_meanwhile(desk: Desk) -> None:
    services, actor, organisation = desk.world.services, await desk.world.actor(), desk.world.organisation_id
    slack = Withdrawing(desk, services.directory)
    channels = replace(services.channels, can_post=slack.can_post)
    set_up = replace(services.set_up, can_post=slack.can_post)
    roles = replace(services.roles, directory=slack)
    version = (await desk.world.settings()).version

    await refused(desk, lambda: set_up.save(actor, organisation, a_settings_form(version)))
    await refused(desk, lambda: channels.save(actor, organisation, a_channels_form(version)))
    await refused(desk, lambda: roles.save(actor, organisation, a_people_form(version)))


async def test_whoever_gets_past_the_form_is_refused_where_it_is_decided(desk: Desk) -> None:
    """The handlers draw the form anew, and ask who is there, before they save; what saves asks all the same."""
    item_id = ItemRef.decode(button_values(await desk.add())[ActionId.EDIT_ITEM]).item_id
    services, actor = desk.world.services, await desk.world.actor(MEMBER)
    item = (await services.forms.editing(await desk.world.actor(), item_id)).item
    assert item is not None
    edit = replace(edit_of(item), codes=Codes(account="461"))

    for deed in (services.items.edit(actor, item_id, item.version, edit), services.fixes.item_to_fix(actor, item_id)):
        with pytest.raises(NotAllowedError):
            await deed


async def refused(desk: Desk, save: Callable[[], Awaitable[object]]) -> None:
    before = await desk.world.settings()

    with pytest.raises(NotAllowedError):
        await save()

    assert await desk.world.settings() == before
    actor, organisation = await desk.world.actor(), desk.world.organisation_id
    async with desk.world.services.db.write() as tx:
        await grant(tx, actor.workspace.id, OrganisationId(organisation), UserId(ADMIN), Role.ADMIN)


def a_channels_form(version: int) -> ChannelsForm:
    return ChannelsForm(version=version, approvals_channel=ChannelId(ALERTS), alerts_channel=ChannelId(ALERTS))


def a_people_form(version: int) -> PeopleForm:
    people = {Role.ADMIN: (ADMIN, OWNER), Role.APPROVER: (APPROVER,), Role.BOOKKEEPER: (BOOKKEEPER,)}
    return PeopleForm(version=version, people={role: tuple(map(UserId, people.get(role, ()))) for role in Role})


def a_settings_form(version: int) -> SettingsForm:
    return SettingsForm(
        version=version,
        costs=KindSettings(
            destination=Destination.PURCHASES,
            payment_status=PaymentStatus.AWAITING_PAYMENT,
            default_account=None,
            default_tax_rate=None,
        ),
        approvers=(UserId(APPROVER),),
        bookkeepers=(UserId(BOOKKEEPER),),
        approvals_channel=ChannelId(ALERTS),
        alerts_channel=ChannelId(ALERTS),
    )
