"""Ending a connection on purpose: decided and told here; the access is given back by `bot.services.giving_back`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

import msgspec
from sqlalchemy import Row, Table, func, select

from bot.db.bank_lines import forget_free_lines
from bot.db.base import table_of
from bot.db.connections import (
    ChannelRow,
    ConnectionRow,
    GrantRow,
    ListEntryRow,
    ListSyncRow,
    OrganisationRow,
    SettingsRow,
)
from bot.db.items import ITEMS
from bot.db.list_terms import ListTermRow
from bot.db.rules import delete_rules
from bot.db.unit_of_work import Database, Nudge, Tx
from bot.domain.connections import Health
from bot.domain.disconnecting import Disconnected, Disconnection, Keep
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.items import ItemState
from bot.domain.rights import Deed, Role
from bot.domain.slack import Actor
from bot.services import audit, recording
from bot.services.connection_messages import disconnected_role, tell
from bot.services.namesakes import IS_NAMESAKE, called
from bot.services.people import OrganisationNotFoundError, People
from bot.views.text import escape
from providers.base import AccountingProvider

CONNECTIONS, ORGANISATIONS = table_of(ConnectionRow), table_of(OrganisationRow)
SETTINGS, GRANTS, CHANNELS = table_of(SettingsRow), table_of(GrantRow), table_of(ChannelRow)
ENTRIES, TERMS, SYNCS = table_of(ListEntryRow), table_of(ListTermRow), table_of(ListSyncRow)

ON_THEIR_WAY = (ItemState.SENDING, ItemState.UNKNOWN)


class AlreadyDisconnectedError(Exception):
    """There is nothing to end."""

    def __init__(self, organisation: str) -> None:
        super().__init__(
            f"*{escape(organisation)}* is disconnected already; nothing was changed. *Reconnect*, in Dext's Home, takes "
            "everything up again."
        )


class RenewedMeanwhileError(Exception):
    """The form was about a connection that somebody renewed since."""


@dataclass(frozen=True, slots=True)
class Disconnecting:
    db: Database
    people: People
    providers: Mapping[str, AccountingProvider]

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> Disconnection:
        """What there is to be ended.

        Raises:
            NotAllowedError: not an admin of the organisation, and not somebody who may connect.
            OrganisationNotFoundError: the workspace has no such organisation.
            AlreadyDisconnectedError: somebody ended it before.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.DISCONNECT, actor, person, organisation_id)
            row = await live_connection(tx, actor.workspace.id, organisation_id)
            return await seen_of(tx, self.providers, row)

    async def disconnect(
        self, actor: Actor, organisation_id: OrganisationId, keep: Keep, *, stamp: int
    ) -> Disconnection:
        """End it: from here on nothing is sent or read. What is under way is finished by whoever does it.

        Raises:
            NotAllowedError, OrganisationNotFoundError, AlreadyDisconnectedError: as `opened`.
            RenewedMeanwhileError: the connection is not the one that the person saw.
        """
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.DISCONNECT, actor, person, organisation_id)
            row = await live_connection(tx, actor.workspace.id, organisation_id)
            seen = await seen_of(tx, self.providers, row)
            if seen.stamp != stamp:
                raise RenewedMeanwhileError
            await end_and_tell(tx, self.providers, row, actor.user_id, seen, keep)
        return seen


async def end_and_tell(  # noqa: PLR0917 - one deed, whoever does it
    tx: Tx, providers: Mapping[str, AccountingProvider], row: Row[Any], by: UserId, seen: Disconnection, keep: Keep
) -> None:
    """End a connection that was `seen` so, tell it and keep of it what is to be kept. Raises: as `end`."""
    await end(tx, row)
    workspace_id, organisation_id = WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id)
    looked_for = (await seen_of(tx, providers, row)).on_their_way  # without what was taken back
    waiting = seen.waiting + seen.on_their_way - looked_for
    told = Disconnected(by=by, waiting=waiting, keep=keep, looked_for=looked_for)
    facts = msgspec.to_builtins(told)
    # told before the channels are forgotten
    await tell(tx, row, disconnected_role(row.connected_at), facts, concerned=(by,))
    await _forget(tx, workspace_id, organisation_id, keep)
    await audit.record(
        tx,
        workspace_id,
        row.id,
        "organisation disconnected",
        by=by,
        organisation_id=organisation_id,
        facts={"provider": row.provider, "tenant": row.tenant_id, **facts},
    )


async def seen_of(tx: Tx, providers: Mapping[str, AccountingProvider], row: Row[Any]) -> Disconnection:
    """A connection, with its organisation's name, as somebody is about to end it."""
    provider = providers.get(row.provider)
    counted = select(ITEMS.c.state, func.count().label("items")).where(
        ITEMS.c.workspace_id == row.workspace_id,
        ITEMS.c.organisation_id == row.organisation_id,
        ITEMS.c.state.in_((ItemState.APPROVED, *ON_THEIR_WAY)),
    )
    found = {of.state: int(of.items) for of in (await tx.execute(counted.group_by(ITEMS.c.state))).all()}
    return Disconnection(
        organisation_id=OrganisationId(row.organisation_id),
        organisation=called(row),
        ledger=row.provider if provider is None else provider.profile.name,
        stamp=stamp_of(row.connected_at),
        waiting=found.get(ItemState.APPROVED, 0),
        on_their_way=sum(found.get(state, 0) for state in ON_THEIR_WAY),
        takes_access_back=provider is None or provider.profile.takes_access_back,
    )


async def end(tx: Tx, row: Row[Any]) -> None:
    """A connection that nothing is sent or read by from now on; its access is given back at the next look.

    Its frozen batches that nobody has begun to send are dissolved.

    Raises:
        RenewedMeanwhileError: somebody else changed it in this instant.
    """
    ended = (
        CONNECTIONS.update()
        .where(
            CONNECTIONS.c.id == row.id,
            CONNECTIONS.c.workspace_id == row.workspace_id,
            CONNECTIONS.c.connected_at == row.connected_at,
            CONNECTIONS.c.health != Health.DISCONNECTED,
        )
        .values(health=Health.DISCONNECTED, trouble=None, lapse_told_at=None)
    )
    if (await tx.execute(ended)).rowcount == 0:
        raise RenewedMeanwhileError
    await recording.take_back(tx, WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id))
    tx.nudge(Nudge.PLANNER)


def stamp_of(connected_at: datetime) -> int:
    return int(connected_at.timestamp() * 1000)


async def live_connection(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Row[Any]:
    """With its organisation's name. Raises: OrganisationNotFoundError, AlreadyDisconnectedError."""
    statement = (
        select(CONNECTIONS, ORGANISATIONS.c.name, IS_NAMESAKE)
        .join(ORGANISATIONS, ORGANISATIONS.c.id == CONNECTIONS.c.organisation_id)
        .where(CONNECTIONS.c.workspace_id == workspace_id, CONNECTIONS.c.organisation_id == organisation_id)
    )
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise OrganisationNotFoundError
    if row.health == Health.DISCONNECTED:
        raise AlreadyDisconnectedError(row.name)
    return row


async def _forget(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, keep: Keep) -> None:
    """Lists are read anew when it is connected again; until then what was chosen from them stands in items by its code."""
    match keep:
        case Keep.EVERYTHING:
            return
        case Keep.SETTINGS:
            await _forget_lists(tx, workspace_id, organisation_id)
        case Keep.ITEMS:
            await _forget_lists(tx, workspace_id, organisation_id)
            await _delete_from(tx, workspace_id, organisation_id, (GRANTS, CHANNELS))
            await _reset_settings(tx, workspace_id, organisation_id)
            await delete_rules(tx, workspace_id, organisation_id)
        case _:
            assert_never(keep)


async def _forget_lists(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """The number of the run goes on: a reading that is under way finds itself outdated, and the next one's job is no
    job that there was.
    """
    unread = {"state": "done", "read": 0, "expected": None, "unreadable": "[]", "next_page": None, "trouble": None}
    never = {"since": None, "changes_read": 0, "started_at": None, "synced_at": None, "run": SYNCS.c.run + 1}
    of_organisation = (SYNCS.c.workspace_id == workspace_id, SYNCS.c.organisation_id == organisation_id)
    # first, so that a reading under way waits here before it writes another entry
    await tx.execute(SYNCS.update().where(*of_organisation).values(**unread, **never))
    await _delete_from(tx, workspace_id, organisation_id, (ENTRIES, TERMS))
    await forget_free_lines(tx, workspace_id, organisation_id)


async def _reset_settings(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """Nothing is sent again before somebody has set it up anew."""
    fresh = {
        "chosen": "{}",
        "general": None,
        "bank_match": False,
        "general_confirmed_at": None,
        "tax_confirmed_at": None,
        "version": SETTINGS.c.version + 1,
    }
    of_settings = (SETTINGS.c.workspace_id == workspace_id, SETTINGS.c.organisation_id == organisation_id)
    await tx.execute(SETTINGS.update().where(*of_settings).values(**fresh))


async def _delete_from(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, tables: tuple[Table, ...]
) -> None:
    """The organisation's rows; its admins stay."""
    for table in tables:
        gone = table.delete().where(table.c.workspace_id == workspace_id, table.c.organisation_id == organisation_id)
        await tx.execute(gone.where(GRANTS.c.role != Role.ADMIN) if table is GRANTS else gone)
