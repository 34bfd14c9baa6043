"""Which channel serves which organisation: one for its approvals, its alerts, its news, or several of these."""

from sqlalchemy import bindparam, select

from bot.db.base import table_of
from bot.db.connections import ChannelRow, OrganisationRow
from bot.db.unit_of_work import Tx
from bot.db.workspaces import WORKSPACES
from bot.domain.arrivals import DropMode
from bot.domain.ids import ChannelId, OrganisationId, WorkspaceId
from bot.services.namesakes import PROVIDER, in_package

CHANNELS, ORGANISATIONS = table_of(ChannelRow), table_of(OrganisationRow)

_OF_ANOTHER = (
    select(CHANNELS.c.purpose, ORGANISATIONS.c.name, PROVIDER)
    .join(ORGANISATIONS, ORGANISATIONS.c.id == CHANNELS.c.organisation_id)
    .where(
        CHANNELS.c.workspace_id == bindparam("workspace_id"),
        CHANNELS.c.channel_id == bindparam("channel_id"),
        CHANNELS.c.organisation_id != bindparam("organisation_id"),
    )
    .order_by(CHANNELS.c.purpose.desc())
)


class ChannelTakenError(Exception):
    """The channel already serves another organisation, with its `has`; `purpose` is what it was wanted for.

    Whoever may choose channels may see every organisation of the workspace, so the other one is named: with its package, as the
    one that the channel is wanted for may be called the same.
    """

    def __init__(self, purpose: str, has: str, organisation: str) -> None:
        self.purpose = purpose
        super().__init__(
            f"This channel already gets the {has} of {organisation}, and a channel serves one organisation. "
            "Choose another channel."
        )


async def require_free_channel(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, purpose: str, channel_id: ChannelId
) -> None:
    """One organisation may have it for all purposes; the people of another one would read along, so it may for none.

    Raises:
        ChannelTakenError: another organisation has it.
    """
    of = {"workspace_id": workspace_id, "channel_id": channel_id, "organisation_id": organisation_id}
    other = (await tx.execute(_OF_ANOTHER, of)).first()
    if other is not None:
        raise ChannelTakenError(purpose, other.purpose, in_package(other.name, other.provider))


async def bind(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    purpose: str,
    channel_id: ChannelId,
    *,
    drops: DropMode = DropMode.DOCUMENTS,
) -> None:
    """Raises: as `require_free_channel`."""
    # no constraint can say "one organisation, for all purposes": two who bind at once take turns
    turn = select(WORKSPACES.c.id).where(WORKSPACES.c.id == workspace_id)
    await tx.execute(turn.with_for_update(key_share=True))
    await require_free_channel(tx, workspace_id, organisation_id, purpose, channel_id)
    await tx.execute(
        CHANNELS.delete().where(
            CHANNELS.c.workspace_id == workspace_id,
            CHANNELS.c.organisation_id == organisation_id,
            CHANNELS.c.purpose == purpose,
        )
    )
    bound = {"workspace_id": workspace_id, "channel_id": channel_id, "organisation_id": organisation_id}
    await tx.execute(CHANNELS.insert().values(purpose=purpose, drops=drops, **bound))


async def unbind(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, purpose: str, channel_id: ChannelId
) -> bool:
    """False where it is not bound to that channel any more."""
    bound = CHANNELS.delete().where(
        CHANNELS.c.workspace_id == workspace_id,
        CHANNELS.c.organisation_id == organisation_id,
        CHANNELS.c.purpose == purpose,
        CHANNELS.c.channel_id == channel_id,
    )
    return (await tx.execute(bound)).rowcount > 0
