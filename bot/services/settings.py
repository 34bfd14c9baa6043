"""An organisation's settings: read, saved as a whole, and what saving means for items and channels."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import msgspec
from sqlalchemy import BindParameter, Row, and_, bindparam, select

from bot.db.base import dump, table_of
from bot.db.connections import ChannelRow, GrantRow, OrganisationRow, SettingsRow
from bot.db.unit_of_work import Database, Nudge, Tx
from bot.domain.arrivals import DropMode
from bot.domain.books import ListKind
from bot.domain.ids import ChannelId, OrganisationId, UserId, WorkspaceId
from bot.domain.rights import Deed, Role
from bot.domain.settings import Destination, PaymentStatus, Settings, SettingsForm
from bot.domain.slack import Actor
from bot.services import audit, home_cards
from bot.services.bindings import bind
from bot.services.messages import Subject, redraw, redraw_homes
from bot.services.people import People

SETTINGS = table_of(SettingsRow)
GRANTS = table_of(GrantRow)
CHANNELS = table_of(ChannelRow)
ORGANISATIONS = table_of(OrganisationRow)

_WORKSPACE: BindParameter[UUID] = bindparam("workspace_id")
_ORGANISATION: BindParameter[UUID] = bindparam("organisation_id")
_LOAD = (
    select(SETTINGS, CHANNELS.c.purpose, CHANNELS.c.channel_id, CHANNELS.c.drops, GRANTS.c.user_id.label("approver"))
    .outerjoin(CHANNELS, CHANNELS.c.organisation_id == SETTINGS.c.organisation_id)
    .outerjoin(GRANTS, and_(GRANTS.c.organisation_id == SETTINGS.c.organisation_id, GRANTS.c.role == Role.APPROVER))
    .where(SETTINGS.c.organisation_id == _ORGANISATION, SETTINGS.c.workspace_id == _WORKSPACE)
    .order_by(GRANTS.c.position, GRANTS.c.user_id)
)
"""A row for each of two channels and each approver: nearly every answer reads all of it, and asking three times costs more."""
_PEOPLE = (
    select(GRANTS.c.user_id)
    .where(
        GRANTS.c.workspace_id == _WORKSPACE,
        GRANTS.c.organisation_id == _ORGANISATION,
        GRANTS.c.role == bindparam("role"),
    )
    .order_by(GRANTS.c.position, GRANTS.c.user_id)
)
_FORGET_PEOPLE = GRANTS.delete().where(
    GRANTS.c.workspace_id == _WORKSPACE, GRANTS.c.organisation_id == _ORGANISATION, GRANTS.c.role == bindparam("role")
)
_NEW_GRANT = GRANTS.insert()
_SAVE = SETTINGS.update().where(
    SETTINGS.c.organisation_id == bindparam("of_organisation"),
    SETTINGS.c.workspace_id == bindparam("of_workspace"),
    SETTINGS.c.version == bindparam("at_version"),
)
_NAMES = (
    select(ORGANISATIONS.c.id, ORGANISATIONS.c.name)
    .where(ORGANISATIONS.c.workspace_id == _WORKSPACE)
    .order_by(ORGANISATIONS.c.name)
)
_NAME = select(ORGANISATIONS.c.name).where(
    ORGANISATIONS.c.workspace_id == _WORKSPACE, ORGANISATIONS.c.id == _ORGANISATION
)
_OF_CHANNEL = select(CHANNELS.c.organisation_id).where(
    CHANNELS.c.workspace_id == _WORKSPACE,
    CHANNELS.c.channel_id == bindparam("channel_id"),
    CHANNELS.c.purpose == bindparam("purpose"),
)
"""What nearly every answer reads, built once."""
_HOLD = (
    select(SETTINGS.c.version)
    .where(SETTINGS.c.organisation_id == _ORGANISATION, SETTINGS.c.workspace_id == _WORKSPACE)
    .with_for_update(read=True)
)
"""Before they are read: a row that is waited for is read as it is then, but what is joined to it as it was before."""

APPROVALS, ALERTS = "approvals", "alerts"
"""Purposes of a bound channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the settings row keeps as JSON."""

    destination: Destination = Destination.PURCHASES
    payment_status: PaymentStatus = PaymentStatus.DRAFT
    default_account: str | None = None
    default_tax_rate: str | None = None


class StaleFormError(Exception):
    """Somebody else saved while this form was open."""


async def load_settings(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, *, held: bool = False
) -> Settings:
    """One organisation's settings with its approvers and channels; defaults where nothing was saved.

    `held`: nobody saves others before the transaction ends. An item that is written by them is so seen by whoever has all
    items follow the next ones; they are held before anything else is.
    """
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    if held and not tx.is_sqlite:  # there whoever writes is alone
        await tx.execute(_HOLD, of)
    rows = (await tx.execute(_LOAD, of)).all()
    if not rows:
        return Settings()
    row, channels = rows[0], {each.purpose: each for each in rows if each.purpose is not None}
    chosen = msgspec.json.decode(row.chosen, type=Chosen)
    return Settings(
        version=row.version,
        destination=chosen.destination,
        payment_status=chosen.payment_status,
        default_account=chosen.default_account,
        default_tax_rate=chosen.default_tax_rate,
        approvers=tuple(dict.fromkeys(UserId(each.approver) for each in rows if each.approver is not None)),
        approvals_channel=_id_of(channels.get(APPROVALS)),
        alerts_channel=_id_of(channels.get(ALERTS)),
        drops=DropMode(channels[APPROVALS].drops) if APPROVALS in channels else DropMode.DOCUMENTS,
        general_confirmed_at=row.general_confirmed_at,
        tax_confirmed_at=row.tax_confirmed_at,
    )


async def people_with(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, role: Role
) -> tuple[UserId, ...]:
    """Who has a role, in the order in which they were named."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "role": role}
    return tuple(UserId(user) for user in (await tx.execute(_PEOPLE, of)).scalars())


async def any_admin(tx: Tx, workspace_id: WorkspaceId) -> UserId | None:
    """Somebody who can mend what no organisation's own people can."""
    statement = select(GRANTS.c.user_id).where(GRANTS.c.workspace_id == workspace_id, GRANTS.c.role == Role.ADMIN)
    found = (await tx.execute(statement.limit(1))).scalar_one_or_none()
    return None if found is None else UserId(found)


async def organisation_of_channel(
    tx: Tx, workspace_id: WorkspaceId, channel_id: str, purpose: str = APPROVALS
) -> OrganisationId | None:
    """The organisation whose approvals, or alerts, a channel gets."""
    of = {"workspace_id": workspace_id, "channel_id": channel_id, "purpose": purpose}
    found = (await tx.execute(_OF_CHANNEL, of)).scalar_one_or_none()
    return None if found is None else OrganisationId(found)


async def organisations_of(tx: Tx, workspace_id: WorkspaceId) -> dict[OrganisationId, str]:
    """The workspace's organisations by name."""
    found = await tx.execute(_NAMES, {"workspace_id": workspace_id})
    return {OrganisationId(row.id): row.name for row in found.all()}


async def organisation_name(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> str:
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return str((await tx.execute(_NAME, of)).scalar_one_or_none() or "this organisation")


class LookAtDefaults(Protocol):
    async def __call__(
        self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, *kinds: ListKind
    ) -> bool: ...


class BeginToFollow(Protocol):
    async def __call__(
        self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, settings: Settings
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class SettingsService:
    db: Database
    people: People
    look_at_defaults: LookAtDefaults
    """`bot.services.default_messages.look`, which reads settings itself."""
    begin_to_follow: BeginToFollow
    """`bot.services.following.Following.begin`, which does too."""

    async def save(
        self,
        actor: Actor,
        organisation_id: OrganisationId,
        form: SettingsForm,
        *,
        also: Callable[[Tx], Awaitable[None]] | None = None,
    ) -> Settings:
        """Save the whole form; both General and Tax count as confirmed. Waiting items are coded again by new defaults.

        `also` is done in the same transaction, so that it holds if and only if the form was saved.

        Raises:
            NotAllowedError: not an admin of the organisation.
            StaleFormError: the settings were saved by somebody else meanwhile.
            ChannelTakenError: another organisation's approvals go to that channel.
        """
        person = await self.people.identify(actor)
        workspace_id = actor.workspace.id
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            before = await load_settings(tx, workspace_id, organisation_id)
            bookkeepers = await people_with(tx, workspace_id, organisation_id, Role.BOOKKEEPER)
            await _save_chosen(tx, workspace_id, organisation_id, form)
            people = {Role.APPROVER: before.approvers, Role.BOOKKEEPER: bookkeepers}
            await _save_people(tx, workspace_id, organisation_id, form, people)
            await _save_channels(tx, workspace_id, organisation_id, form, before)
            await _audit(tx, actor, organisation_id, form)
            if also is not None:
                await also(tx)
            settings = await load_settings(tx, workspace_id, organisation_id)
            if settings.for_items != before.for_items:
                await self.begin_to_follow(tx, workspace_id, organisation_id, settings)
            await home_cards.follow(tx, workspace_id, organisation_id, before, settings)
            await self.look_at_defaults(tx, workspace_id, organisation_id, ListKind.ACCOUNTS, ListKind.TAX_RATES)
            await redraw(tx, workspace_id, Subject.CONNECTION, organisation_id)
            concerned = (actor.user_id, *before.approvers, *form.approvers, *bookkeepers, *form.bookkeepers)
            await redraw_homes(tx, workspace_id, concerned)
            tx.nudge(Nudge.PLANNER)
        return settings


async def _audit(tx: Tx, actor: Actor, organisation_id: OrganisationId, form: SettingsForm) -> None:
    await audit.record(
        tx,
        actor.workspace.id,
        organisation_id,
        "settings saved",
        by=actor.user_id,
        organisation_id=organisation_id,
        facts=msgspec.to_builtins(form),
    )


async def _save_people(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    form: SettingsForm,
    before: Mapping[Role, tuple[UserId, ...]],
) -> None:
    """Of the roles whose people are others than before."""
    for role, users in ((Role.APPROVER, form.approvers), (Role.BOOKKEEPER, form.bookkeepers)):
        if users != before[role]:
            await replace_grants(tx, workspace_id, organisation_id, role, users)


async def _save_channels(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, form: SettingsForm, before: Settings
) -> None:
    """A channel that was bound before is bound still: whoever changes that changes the settings' version.

    Raises:
        ChannelTakenError: as `SettingsService.save`.
    """
    if (form.approvals_channel, form.drops) != (before.approvals_channel, before.drops):
        await bind(tx, workspace_id, organisation_id, APPROVALS, form.approvals_channel, drops=form.drops)
    if form.alerts_channel != before.alerts_channel:
        await bind(tx, workspace_id, organisation_id, ALERTS, form.alerts_channel)


def sends_approved(chosen: str) -> bool:
    """Of a stored row's `chosen`, as `Settings.sends_approved`."""
    return msgspec.json.decode(chosen, type=Chosen).payment_status is PaymentStatus.AWAITING_PAYMENT


async def _save_chosen(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, form: SettingsForm) -> None:
    chosen = Chosen(
        destination=form.destination,
        payment_status=form.payment_status,
        default_account=form.default_account,
        default_tax_rate=form.default_tax_rate,
    )
    confirmed = {"chosen": dump(chosen), "general_confirmed_at": tx.now, "tax_confirmed_at": tx.now}
    if not await next_version(tx, workspace_id, organisation_id, form.version, **confirmed):
        raise StaleFormError


async def next_version(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, version: int, **saved: object
) -> bool:
    """False when somebody else saved meanwhile. Roles and channels share the settings' version, because the settings'
    form names them too.
    """
    seen = {"of_organisation": organisation_id, "of_workspace": workspace_id, "at_version": version}
    return (await tx.execute(_SAVE, {**saved, **seen, "version": version + 1})).rowcount > 0


async def replace_grants(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, role: Role, users: tuple[UserId, ...]
) -> None:
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "role": role}
    await tx.execute(_FORGET_PEOPLE, of)
    for position, user in enumerate(dict.fromkeys(users)):
        await tx.execute(_NEW_GRANT, {**of, "user_id": user, "position": position})


def _id_of(channel: Row[Any] | None) -> ChannelId | None:
    return None if channel is None else ChannelId(channel.channel_id)
