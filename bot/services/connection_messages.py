"""What people hear of a connection that is not as it should be: one message for each thing that happened, where it will
be seen, and everything that shows the connection drawn again.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from bot.db.base import dump, load, table_of
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Tx
from bot.domain.general import Purpose
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.services import home_cards
from bot.services.messages import Place, Subject, Surface, redraw, redraw_homes, want
from bot.services.settings import load_settings

MESSAGES = table_of(MessageRow)

RECONNECT, LAPSE, DISCONNECTED = "reconnect", "lapse", "disconnected"
"""A connection is over; it will be if nothing is done; somebody ended it."""
ANNOUNCEMENT, AGAIN = "announcement", "again"
"""Where the command was typed: who connected what, and that it is connected again."""
NEWS = (RECONNECT, LAPSE, DISCONNECTED)


def reconnect_role(connected_at: datetime) -> str:
    """The role of the one message that says a connection is over; a connection that ends anew is told anew."""
    return _role(RECONNECT, connected_at)


def disconnected_role(connected_at: datetime) -> str:
    """As `reconnect_role`, where a person ended it."""
    return _role(DISCONNECTED, connected_at)


def lapse_role(told_at: datetime) -> str:
    """The role of the one message that says a sign-in is about to lapse."""
    return _role(LAPSE, told_at)


def _role(kind: str, at: datetime) -> str:
    return f"{kind}:{_moment(at)}"


def is_newer(at: datetime, role: str) -> bool:
    """Whether an instant is after the one that a role names."""
    return _moment(at) > role.partition(":")[2]


def _moment(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S}"


async def tell(
    tx: Tx, row: Row[Any], role: str, facts: dict[str, Any] | None = None, *, concerned: tuple[UserId, ...] = ()
) -> None:
    """One message under this role, where the connection's alerts go, and everything that shows it drawn again. `row` is
    the connection's.
    """
    workspace_id, organisation_id = WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id)
    place = await place_of_news(tx, workspace_id, organisation_id, UserId(row.connected_by), role)
    await want(tx, workspace_id, Subject.CONNECTION, organisation_id, place, facts=facts)
    await redraw_connection(tx, workspace_id, organisation_id, *concerned)


async def add_facts(tx: Tx, row: Row[Any], role: str, **facts: Any) -> None:
    """What became known since the message under this role was told; shown when it is drawn again."""
    where = (
        MESSAGES.c.workspace_id == row.workspace_id,
        MESSAGES.c.subject == Subject.CONNECTION,
        MESSAGES.c.subject_id == str(row.organisation_id),
        MESSAGES.c.role == role,
    )
    told = (await tx.execute(select(MESSAGES.c.facts).where(*where))).scalar_one_or_none()
    if told is not None:
        known = load(told, dict[str, Any])
        await tx.execute(MESSAGES.update().where(*where).values(facts=dump({**known, **facts})))


async def place_of_news(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, otherwise: UserId, role: str
) -> Place:
    """The channel for news, else another one of the organisation's, else the conversation of this person."""
    settings = await load_settings(tx, workspace_id, organisation_id)
    channel = settings.channel_of(Purpose.NEWS)
    if channel is not None:
        return Place(role=role, surface=Surface.CHANNEL, channel_id=channel)
    return Place(role=role, surface=Surface.DIRECT, user_id=otherwise)


async def redraw_connection(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, *concerned: UserId
) -> None:
    """Its messages, the Homes that follow it and those of the concerned, and the cards of what is to go to the ledger."""
    await redraw(tx, workspace_id, Subject.CONNECTION, organisation_id)
    await redraw_homes(tx, workspace_id, concerned)
    await home_cards.connection_changed(tx, workspace_id, organisation_id)
