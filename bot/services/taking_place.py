"""Another organisation in the place of one, as a sign-in for it is finished: the first one's connection ends, all that it has is
kept, and the lists of the two are to be merged.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from bot.db import merges
from bot.db.unit_of_work import Tx
from bot.domain.connecting import Stop
from bot.domain.disconnecting import Keep
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.rights import Role
from bot.services import audit
from bot.services.connect_stops import StoppedError
from bot.services.disconnecting import AlreadyDisconnectedError, end_and_tell, live_connection, seen_of
from bot.services.merging import sources_for
from bot.services.messages import Place, Surface, note
from bot.services.people import OrganisationNotFoundError, standing_of
from bot.services.settings import organisation_name
from bot.views import changing as views
from providers.base import AccountingProvider


async def require_replaceable(tx: Tx, row: Row[Any], known: OrganisationId | None) -> None:
    """`row` is the try to connect; `known` is the organisation that was chosen, where it is here already.

    Raises:
        StoppedError: it is the same one, the person is no admin of the first, or either is of another merge.
    """
    workspace_id, source_id = WorkspaceId(row.workspace_id), OrganisationId(row.replaces_id)
    if known == source_id:
        raise StoppedError(Stop.SAME_ORGANISATION)
    try:
        standing = await standing_of(tx, workspace_id, source_id, UserId(row.user_id))
    except OrganisationNotFoundError:
        raise StoppedError(Stop.UNKNOWN) from None
    if Role.ADMIN not in standing.roles:
        raise StoppedError(Stop.NO_ADMIN)
    is_taken = known is not None and await merges.merge_of(tx, workspace_id, known) is not None
    if is_taken or await merges.merge_from(tx, workspace_id, source_id) is not None:
        raise StoppedError(Stop.REPLACED)


async def put_in_place(
    tx: Tx, providers: Mapping[str, AccountingProvider], row: Row[Any], organisation_id: OrganisationId
) -> None:
    """End the first one's connection, where it is not over, and begin to merge."""
    workspace_id, source_id = WorkspaceId(row.workspace_id), OrganisationId(row.replaces_id)
    by = UserId(row.user_id)
    try:
        connection = await live_connection(tx, workspace_id, source_id)
    except AlreadyDisconnectedError:
        pass
    else:
        seen = await seen_of(tx, providers, connection)
        await end_and_tell(tx, providers, connection, by, seen, Keep.EVERYTHING)
    if not await merges.begin_merge(tx, workspace_id, organisation_id, source_id, by):
        raise StoppedError(Stop.REPLACED)
    await audit.record(
        tx,
        workspace_id,
        organisation_id,
        "organisation changed",
        by=by,
        organisation_id=organisation_id,
        facts={"takes the place of": str(source_id)},
    )
    old = await organisation_name(tx, workspace_id, source_id)
    new = await organisation_name(tx, workspace_id, organisation_id)
    place = Place(role="replaced", surface=Surface.DIRECT, user_id=by)
    await note(tx, workspace_id, f"replaced:{row.id}", place, views.news(old, new))


async def offer_to_merge(tx: Tx, row: Row[Any], organisation_id: OrganisationId) -> None:
    """Where there are books that were disconnected, whoever connects others is told, once, that those can go on there."""
    workspace_id, by = WorkspaceId(row.workspace_id), UserId(row.user_id)
    sources = await sources_for(tx, workspace_id, by, organisation_id)
    if not sources:
        return
    name = await organisation_name(tx, workspace_id, organisation_id)
    place = Place(role="offered", surface=Surface.DIRECT, user_id=by)
    words = views.offer(name, tuple(source.name for source in sources))
    await note(tx, workspace_id, f"merge offered:{row.id}", place, words)
