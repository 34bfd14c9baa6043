"""Forgetting a workspace whose app was removed long enough ago: every row of it, in small transactions.

A purge that has begun is finished: the row is first given a name that no request of Slack finds, so that a reinstallation
from then on begins with nothing, instead of with half of what there was. Killed midway, it goes on where it was, because
what is left is found by that name.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, select, tuple_, update

from bot.clock import Clock
from bot.db.api_keys import ApiKeyRow
from bot.db.arrivals import ArrivalRow
from bot.db.auto_offers import AutoOfferRow
from bot.db.bank_lines import BankLineRow
from bot.db.base import Base, table_of
from bot.db.claimants import ClaimantRow
from bot.db.connections import (
    BudgetRow,
    ChannelRow,
    ConnectFlowRow,
    ConnectionRow,
    GrantRow,
    ListEntryRow,
    ListSyncRow,
    OrganisationRow,
    SettingsRow,
    TokenSetRow,
)
from bot.db.digests import DigestRow
from bot.db.downloads import DownloadRow
from bot.db.drafts import DraftRow
from bot.db.files import FileRow
from bot.db.ingests import IngestRow
from bot.db.items import ApprovalRow, ItemRow
from bot.db.list_terms import ListTermRow
from bot.db.merges import MergedEntryRow, MergeRow
from bot.db.messages import AlertRow, MessageRow
from bot.db.payment_methods import PaymentMethodRow
from bot.db.places import PauseRow, PlaceRow
from bot.db.previews import PreviewRow
from bot.db.publications import BatchRow, PublicationRow, StepRow
from bot.db.recodings import RecodingRow
from bot.db.reports import ReportReceiptRow
from bot.db.rules import RuleRow
from bot.db.smaller_files import SmallerFileRow
from bot.db.unattended import UnattendedRow
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import PURGED_PREFIX, WORKSPACES, AuditRow
from bot.domain.ids import WorkspaceId
from bot.services.guard import Guard, plainly
from bot.services.revoking import InUseError
from providers.errors import ProviderError

logger = logging.getLogger(__name__)

PURGE_AFTER = timedelta(days=30)
"""How long everything is kept for a reinstallation."""

PURGED: tuple[type[Base], ...] = (
    DownloadRow,
    StepRow,
    PublicationRow,
    BatchRow,
    ApprovalRow,
    AlertRow,
    ArrivalRow,
    IngestRow,
    DraftRow,
    RecodingRow,
    UnattendedRow,
    AutoOfferRow,
    ReportReceiptRow,
    BankLineRow,
    ItemRow,
    ListTermRow,
    ListEntryRow,
    ListSyncRow,
    ChannelRow,
    DigestRow,
    GrantRow,
    SettingsRow,
    ApiKeyRow,
    PaymentMethodRow,
    ClaimantRow,
    RuleRow,
    MergedEntryRow,
    MergeRow,
    ConnectionRow,
    OrganisationRow,
    MessageRow,
    PlaceRow,
    PauseRow,
    ConnectFlowRow,
    PreviewRow,
    SmallerFileRow,
    FileRow,
    AuditRow,
)
"""Every table with rows of a workspace; what refers to another comes before it."""

ROWS, FILES = 500, 20
"""Rows of one transaction, so that people's clicks get their turn in between; files are large."""
IN_USE_FOR = timedelta(hours=1)
"""A sign-in so fresh may belong to somebody who is connecting just now."""

TOKENS, CONNECTIONS, MESSAGES = table_of(TokenSetRow), table_of(ConnectionRow), table_of(MessageRow)
ORGANISATIONS, BUDGETS = table_of(OrganisationRow), table_of(BudgetRow)


class SignIns(Protocol):
    async def give_back(self, token_set_id: UUID) -> None:
        """End a sign-in at its provider. Raises: ProviderError: it is over already, or could not be ended."""
        ...


@dataclass(frozen=True, slots=True)
class Purge:
    db: Database
    clock: Clock
    sign_ins: SignIns
    guard: Guard = plainly

    async def go_on(self, most: int = 20) -> bool:
        """At most so many transactions of what is to be forgotten; answers whether something may be left.

        A workspace that something goes wrong with keeps no other one here; it is tried again at the next purge.
        """
        await self._begin()
        failed: list[WorkspaceId] = []
        for _ in range(most):
            workspace_id = await self._next(failed)
            if workspace_id is None:
                return False
            if not await self.guard(partial(self._step, workspace_id), "forgetting a workspace"):
                failed.append(workspace_id)
        return True

    async def _begin(self) -> None:
        """No request, job or installation finds these from here on."""
        is_due = WORKSPACES.c.removed_at <= self.clock.now() - PURGE_AFTER
        async with self.db.read() as tx:
            found = select(WORKSPACES.c.id).where(is_due, ~WORKSPACES.c.team_id.startswith(PURGED_PREFIX))
            due = (await tx.execute(found.limit(100))).scalars().all()
        for workspace_id in due:
            async with self.db.write() as tx:
                hidden = {"enterprise_id": "", "team_id": f"{PURGED_PREFIX}{workspace_id}", "name": ""}
                await tx.execute(update(WORKSPACES).where(WORKSPACES.c.id == workspace_id, is_due).values(**hidden))
            logger.info("a workspace is being forgotten", extra={"workspace_id": str(workspace_id)})

    async def _next(self, failed: Sequence[WorkspaceId]) -> WorkspaceId | None:
        statement = select(WORKSPACES.c.id).where(WORKSPACES.c.team_id.startswith(PURGED_PREFIX))
        async with self.db.read() as tx:
            found = (await tx.execute(statement.where(WORKSPACES.c.id.not_in(failed)).limit(1))).scalar_one_or_none()
        return None if found is None else WorkspaceId(found)

    async def _step(self, workspace_id: WorkspaceId) -> bool:
        """One table's next rows; at the end the workspace itself."""
        await self._give_back(workspace_id)
        for row in PURGED:
            async with self.db.write() as tx:
                if row is ConnectionRow:
                    deleted = await _delete_connections(tx, workspace_id)
                else:
                    deleted = await _delete(tx, table_of(row), workspace_id)
            if deleted:
                return True
        async with self.db.write() as tx:
            await tx.execute(WORKSPACES.delete().where(WORKSPACES.c.id == workspace_id))
        return True

    async def _give_back(self, workspace_id: WorkspaceId) -> None:
        """Sign-ins that nobody else uses are ended at their providers, where those answer, and only once."""
        async with self.db.read() as tx:
            found = await _own_sign_ins(tx, workspace_id)
        for sign_in in found:
            try:
                await self.sign_ins.give_back(sign_in.id)
            except InUseError:
                continue  # whoever has it in hand goes on with it; what nothing uses then is given back as such
            except ProviderError as error:
                logger.info("a sign-in could not be given back", extra={"problem": str(error.problem.code)})
            async with self.db.write() as tx:
                same = TOKENS.c.id == sign_in.id, TOKENS.c.generation == sign_in.generation
                ended = TOKENS.update().where(*same, _is_nobodys(workspace_id, tx.now))
                await tx.execute(ended.values(ended_at=tx.now))


async def _own_sign_ins(tx: Tx, workspace_id: WorkspaceId) -> Sequence[Row[Any]]:
    """Those that are not over, as they are now."""
    ours = select(CONNECTIONS.c.token_set_id).where(CONNECTIONS.c.workspace_id == workspace_id)
    statement = select(TOKENS.c.id, TOKENS.c.generation).where(TOKENS.c.id.in_(ours), TOKENS.c.ended_at.is_(None))
    return (await tx.execute(statement.where(_is_nobodys(workspace_id, tx.now)))).all()


def _is_nobodys(workspace_id: WorkspaceId, now: datetime) -> ColumnElement[bool]:
    """No other workspace uses the sign-in, nor is about to."""
    others = select(CONNECTIONS.c.id).where(
        CONNECTIONS.c.token_set_id == TOKENS.c.id, CONNECTIONS.c.workspace_id != workspace_id
    )
    return (TOKENS.c.refreshed_at < now - IN_USE_FOR) & ~others.exists()


async def _delete(tx: Tx, table: Table, workspace_id: WorkspaceId) -> int:
    statement = select(*table.primary_key.columns).where(table.c.workspace_id == workspace_id)
    if table is MESSAGES:
        # the replies first: a thread's first message is referred to by them
        parents = select(MESSAGES.c.thread_of).where(
            MESSAGES.c.workspace_id == workspace_id, MESSAGES.c.thread_of.is_not(None)
        )
        statement = statement.where(MESSAGES.c.id.not_in(parents))
    if "organisation_id" in table.primary_key.columns:
        # lists have no index by workspace: they are looked for where their keys begin
        ours = select(ORGANISATIONS.c.id).where(ORGANISATIONS.c.workspace_id == workspace_id)
        statement = statement.where(table.c.organisation_id.in_(ours))
    keys = statement.limit(FILES if table is table_of(FileRow) else ROWS)
    return (await tx.execute(table.delete().where(tuple_(*table.primary_key.columns).in_(keys)))).rowcount


async def _delete_connections(tx: Tx, workspace_id: WorkspaceId) -> int:
    """With the sign-ins that nobody else uses; what is too fresh is left to whoever gives back unused sign-ins."""
    used = select(CONNECTIONS.c.token_set_id).where(CONNECTIONS.c.workspace_id == workspace_id)
    is_over = TOKENS.c.ended_at.is_not(None) & _is_nobodys(workspace_id, tx.now)
    found = select(TOKENS.c.id).where(TOKENS.c.id.in_(used), is_over)
    sign_ins = (await tx.execute(found)).scalars().all()
    deleted = await tx.execute(CONNECTIONS.delete().where(CONNECTIONS.c.workspace_id == workspace_id))
    await tx.execute(TOKENS.delete().where(TOKENS.c.id.in_(sign_ins)))
    await _forget_budgets(tx)
    return deleted.rowcount


async def _forget_budgets(tx: Tx) -> None:
    """How often organisations were called for that nobody is connected to; a sign-in sees some that never were. Some have
    rows beside that of their provider, for calls of a kind.
    """
    is_used = select(CONNECTIONS.c.id).where(CONNECTIONS.c.tenant_id == BUDGETS.c.tenant_id)
    await tx.execute(BUDGETS.delete().where(BUDGETS.c.tenant_id != "", ~is_used.exists()))
