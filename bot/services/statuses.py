"""How all connections of a workspace stand, in a handful of statements however many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select

from bot.db.base import table_of
from bot.db.connections import (
    BudgetRow,
    ChannelRow,
    ConnectionRow,
    GrantRow,
    ListSyncRow,
    OrganisationRow,
    SettingsRow,
    TokenSetRow,
)
from bot.db.downloads import to_download
from bot.db.publications import USABLE
from bot.db.unit_of_work import Tx
from bot.domain.conditions import SYNC_EVERY, ConnectionStatus, Verdict, condition_of
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.queues import Queue
from bot.domain.rights import Deed, Role
from bot.services.connection_cards import card_of, is_downloaded
from bot.services.held_up import queues_of
from bot.services.settings import APPROVALS, sends_approved
from providers.base import AccountingProvider

CONNECTIONS, ORGANISATIONS = table_of(ConnectionRow), table_of(OrganisationRow)
SYNCS, SETTINGS, GRANTS = table_of(ListSyncRow), table_of(SettingsRow), table_of(GrantRow)
CHANNELS, BUDGETS, TOKENS = table_of(ChannelRow), table_of(BudgetRow), table_of(TokenSetRow)

_WORKSPACE = bindparam("workspace_id", type_=CONNECTIONS.c.workspace_id.type)
_ALL = (
    select(CONNECTIONS, ORGANISATIONS.c.name, ORGANISATIONS.c.books, BUDGETS.c.paused_until)
    .add_columns(SETTINGS.c.general_confirmed_at, SETTINGS.c.tax_confirmed_at, SETTINGS.c.chosen, TOKENS.c.login)
    .join(ORGANISATIONS, ORGANISATIONS.c.id == CONNECTIONS.c.organisation_id)
    .outerjoin(SETTINGS, SETTINGS.c.organisation_id == CONNECTIONS.c.organisation_id)
    .outerjoin(
        BUDGETS, (BUDGETS.c.provider == CONNECTIONS.c.provider) & (BUDGETS.c.tenant_id == CONNECTIONS.c.tenant_id)
    )
    .outerjoin(TOKENS, TOKENS.c.id == CONNECTIONS.c.token_set_id)
    .where(CONNECTIONS.c.workspace_id == _WORKSPACE)
    .order_by(ORGANISATIONS.c.name)
)
_ALL_SYNCS = select(SYNCS).where(SYNCS.c.workspace_id == _WORKSPACE)
_APPROVED_BY = (
    select(GRANTS.c.organisation_id)
    .where(GRANTS.c.workspace_id == _WORKSPACE, GRANTS.c.role == Role.APPROVER)
    .distinct()
)
_BOUND = select(CHANNELS.c.organisation_id).where(
    CHANNELS.c.workspace_id == _WORKSPACE, CHANNELS.c.purpose == APPROVALS
)
_MINE = select(GRANTS.c.organisation_id, GRANTS.c.role).where(
    GRANTS.c.workspace_id == _WORKSPACE, GRANTS.c.user_id == bindparam("user_id")
)
_WORST_FIRST = {verdict: place for place, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class Statuses:
    providers: Mapping[str, AccountingProvider]
    sync_every: timedelta = SYNC_EVERY

    async def of_workspace(self, tx: Tx, workspace_id: WorkspaceId, user_id: UserId) -> tuple[ConnectionStatus, ...]:
        """All of them, as this person sees them; those that need somebody first, and then by name."""
        of = {"workspace_id": workspace_id}
        rows = (await tx.execute(_ALL, of)).all()
        if not rows:
            return ()
        lists: dict[OrganisationId, list[Row[Any]]] = {}
        for sync in (await tx.execute(_ALL_SYNCS, of)).all():
            lists.setdefault(OrganisationId(sync.organisation_id), []).append(sync)
        approved = set((await tx.execute(_APPROVED_BY, of)).scalars())
        bound = set((await tx.execute(_BOUND, of)).scalars())
        roles: dict[OrganisationId, set[Role]] = {}
        for grant in (await tx.execute(_MINE, {**of, "user_id": user_id})).all():
            roles.setdefault(OrganisationId(grant.organisation_id), set()).add(Role(grant.role))
        queues = await self._held_up(tx, workspace_id, rows)
        downloaded = [
            OrganisationId(row.organisation_id) for row in rows if is_downloaded(self.providers.get(row.provider))
        ]
        waiting = await to_download(tx, workspace_id, downloaded)
        found = [
            self._status(
                row,
                lists.get(row.organisation_id, []),
                (row.organisation_id in approved) + (row.organisation_id in bound),
                _deeds(roles.get(row.organisation_id, set())),
                tx.now,
                queue=queues.get(row.organisation_id),
                to_download=waiting.get(row.organisation_id, 0),
            )
            for row in rows
        ]
        return tuple(sorted(found, key=lambda status: _WORST_FIRST[status.condition.verdict]))

    def _status(
        self,
        row: Row[Any],
        syncs: list[Row[Any]],
        steps: int,
        deeds: frozenset[Deed],
        now: datetime,
        *,
        queue: Queue | None,
        to_download: int,
    ) -> ConnectionStatus:
        confirmed = (row.general_confirmed_at is not None, row.tax_confirmed_at is not None)
        provider = self.providers.get(row.provider)
        card = card_of(
            row,
            syncs,
            provider,
            steps_done=sum(confirmed) + steps,
            is_set_up=all(confirmed),
            sends_approved=all(confirmed) and sends_approved(row.chosen),
        )
        condition = condition_of(
            card,
            now,
            paused_until=row.paused_until,
            sync_every=self.sync_every,
            held_up_by=None if queue is None else queue.by,
        )
        return ConnectionStatus(
            card=card, condition=condition, read_at=now, deeds=deeds, queue=queue, to_download=to_download
        )

    async def _held_up(
        self, tx: Tx, workspace_id: WorkspaceId, rows: Sequence[Row[Any]]
    ) -> Mapping[OrganisationId, Queue]:
        """What waits where a card tells of it, or for a connection that has ended."""
        told = [row for row in rows if row.queue_told_at is not None or row.health not in USABLE]
        found = await queues_of(tx, workspace_id, told, self.providers)
        return {of: queue for of, queue in found.items() if not queue.is_empty}


def _deeds(roles: set[Role]) -> frozenset[Deed]:
    """What a role allows with the connection; whether the person is still who they were is asked when they press."""
    if Role.ADMIN in roles:
        return frozenset({Deed.SET_UP, Deed.REFRESH})
    return frozenset({Deed.REFRESH}) if Role.BOOKKEEPER in roles else frozenset()


def with_deeds(status: ConnectionStatus, deeds: frozenset[Deed]) -> ConnectionStatus:
    return replace(status, deeds=deeds)
