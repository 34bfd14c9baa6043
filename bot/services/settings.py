"""An organisation's settings, as nearly every answer reads them: `bot.services.saving_settings` writes them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BindParameter, Row, and_, bindparam, select

from bot.db.base import table_of
from bot.db.connections import ChannelRow, GrantRow, SettingsRow
from bot.db.unit_of_work import Tx
from bot.domain.amounts import USUAL_AMOUNTS, AmountSettings
from bot.domain.arrivals import DropMode
from bot.domain.auto_settings import NOTHING_BY_ITSELF, AutoSettings
from bot.domain.general import NOTHING_DECIDED, GeneralSettings, Purpose
from bot.domain.ids import ChannelId, OrganisationId, UserId, WorkspaceId
from bot.domain.likeness import Strictness
from bot.domain.quiet import QuietHours
from bot.domain.rights import Role
from bot.domain.settings import USUAL_COSTS, USUAL_SALES, KindSettings, PaymentStatus, Settings
from bot.domain.tax_settings import USUAL_TAX, TaxSettings
from bot.services.namesakes import IS_NAMESAKE, ORGANISATIONS, PROVIDER, called

SETTINGS = table_of(SettingsRow)
GRANTS = table_of(GrantRow)
CHANNELS = table_of(ChannelRow)

_WORKSPACE: BindParameter[UUID] = bindparam("workspace_id")
_ORGANISATION: BindParameter[UUID] = bindparam("organisation_id")
_LOAD = (
    select(SETTINGS, CHANNELS.c.purpose, CHANNELS.c.channel_id, CHANNELS.c.drops, GRANTS.c.user_id.label("approver"))
    .outerjoin(CHANNELS, CHANNELS.c.organisation_id == SETTINGS.c.organisation_id)
    .outerjoin(GRANTS, and_(GRANTS.c.organisation_id == SETTINGS.c.organisation_id, GRANTS.c.role == Role.APPROVER))
    .where(SETTINGS.c.organisation_id == _ORGANISATION, SETTINGS.c.workspace_id == _WORKSPACE)
    .order_by(GRANTS.c.position, GRANTS.c.user_id)
)
"""A row for each of its channels and each approver: nearly every answer reads all of it, and asking three times costs more."""
_PEOPLE = (
    select(GRANTS.c.user_id)
    .where(
        GRANTS.c.workspace_id == _WORKSPACE,
        GRANTS.c.organisation_id == _ORGANISATION,
        GRANTS.c.role == bindparam("role"),
    )
    .order_by(GRANTS.c.position, GRANTS.c.user_id)
)
_NAMES = (
    select(ORGANISATIONS.c.id, ORGANISATIONS.c.name)
    .where(ORGANISATIONS.c.workspace_id == _WORKSPACE)
    .order_by(ORGANISATIONS.c.name)
)
_NAME = select(ORGANISATIONS.c.name, PROVIDER, IS_NAMESAKE).where(
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

GENERAL = msgspec.json.Decoder(GeneralSettings)

APPROVALS, ALERTS, NEWS, DIGEST = Purpose.APPROVALS, Purpose.ALERTS, Purpose.NEWS, Purpose.DIGEST
"""Purposes of a bound channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the settings row keeps as JSON."""

    costs: KindSettings = USUAL_COSTS
    sales: KindSettings = USUAL_SALES
    report_status: PaymentStatus | None = None
    supplier_match: Strictness = Strictness.USUAL
    tax: TaxSettings = USUAL_TAX
    amounts: AmountSettings = USUAL_AMOUNTS
    quiet: QuietHours | None = None
    auto: AutoSettings = NOTHING_BY_ITSELF


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
        costs=chosen.costs,
        sales=chosen.sales,
        report_status=chosen.report_status,
        bank_match=row.bank_match,
        general=NOTHING_DECIDED if row.general is None else GENERAL.decode(row.general),
        supplier_match=chosen.supplier_match,
        tax=chosen.tax,
        amounts=chosen.amounts,
        quiet=chosen.quiet,
        auto=chosen.auto,
        approvers=tuple(dict.fromkeys(UserId(each.approver) for each in rows if each.approver is not None)),
        approvals_channel=_id_of(channels.get(APPROVALS)),
        alerts_channel=_id_of(channels.get(ALERTS)),
        news_channel=_id_of(channels.get(NEWS)),
        digest_channel=_id_of(channels.get(DIGEST)),
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
    """As people are told it: with its package where another one of the workspace has its name."""
    row = (await tx.execute(_NAME, {"workspace_id": workspace_id, "organisation_id": organisation_id})).one_or_none()
    return "this organisation" if row is None else called(row)


def sends_approved(chosen: str) -> bool:
    """Of a stored row's `chosen`, whether costs are."""
    return msgspec.json.decode(chosen, type=Chosen).costs.sends_approved


def _id_of(channel: Row[Any] | None) -> ChannelId | None:
    return None if channel is None else ChannelId(channel.channel_id)
