"""Refused items that wait for something to change in the ledger: looked at by themselves, and sent when it has.

Somebody let them wait (a lock date is to be moved, a month to end), or nobody here can do anything about the cause (a
subscription, a right in the ledger). The books are read again for all of an organisation's, in one call.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Row, select

from bot.clock import Clock
from bot.db.base import table_of
from bot.db.connections import ConnectionRow
from bot.db.items import ITEMS
from bot.db.messages import AlertRow
from bot.db.publications import USABLE
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import is_installed
from bot.domain.alerts import AlertState
from bot.domain.books import Books
from bot.domain.ids import ConnectionId, ItemId, OrganisationId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.problems import Fix
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.domain.waiting import is_worth_sending, next_look
from bot.loops import guarded
from bot.services import alerts, audit, lists, publications
from bot.services.access import Tokens, called
from bot.services.current import NotNowError, refreshing, require_item, show
from bot.services.people import People
from bot.views.text import mention
from providers.base import AccountingProvider
from providers.errors import ProviderError, ReconnectNeededError

logger = logging.getLogger(__name__)

ALERTS, CONNECTIONS = table_of(AlertRow), table_of(ConnectionRow)

WAITS_ALREADY = "it waits already, and goes out by itself."
NOTHING_TO_WAIT_FOR = "there is nothing to wait for."

AT_ONCE = 4
BOOKS_SECONDS = 40.0
"""For the books of one organisation, a renewed sign-in included; after that it is looked at again later."""


@dataclass(frozen=True, slots=True)
class Waiting:
    db: Database
    clock: Clock
    people: People
    tokens: Tokens
    providers: Mapping[str, AccountingProvider]

    async def begin(self, actor: Actor, item_id: ItemId) -> Item:
        """Let a refused item wait until the cause is gone in the ledger; any other button ends that.

        Raises:
            NotAllowedError: only bookkeepers and admins do that.
            NotNowError: it is not refused any more, waits already, or for a reason that does not pass.
            ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, item.organisation_id)
            alert = await alerts.load_alert(tx, item.workspace_id, item.id)
            is_open = item.state is ItemState.REFUSED and alert is not None and alert.state is AlertState.OPEN
            if alert is None or not is_open or Fix.WAIT_FOR_LEDGER not in alert.problem.entry.fixes:
                raise NotNowError(item, NOTHING_TO_WAIT_FOR)
            if alert.look_at is not None:
                raise NotNowError(item, WAITS_ALREADY)
            await alerts.let_wait(tx, item, f"{mention(actor.user_id)} lets it wait.", next_look(tx.now))
            await _audit(tx, item, "let wait", actor)
        return item

    async def look(self) -> int:
        """Send what is worth sending by now; answers how many. What cannot be told yet is looked at again later. A few
        organisations at once, so that one whose ledger hangs keeps none waiting.
        """
        sent: list[ItemId] = []
        places = asyncio.Semaphore(AT_ONCE)

        async def look_for(connection: Row[Any]) -> None:
            async with places:
                of = str(connection.organisation_id)
                await guarded(partial(self._look_for, connection, sent), "looking at what waits", organisation=of)

        async with asyncio.TaskGroup() as group:
            for connection in await self._due():
                group.create_task(look_for(connection))
        return len(sent)

    async def _look_for(self, connection: Row[Any], sent: list[ItemId]) -> None:
        """In one organisation; what goes out is added to `sent`."""
        try:
            async with asyncio.timeout(BOOKS_SECONDS):
                books = await called(
                    self.tokens, ConnectionId(connection.id), self.providers[connection.provider].books
                )
        except ReconnectNeededError as error:
            await self.tokens.broken(ConnectionId(connection.id), error.problem)
            return
        except ProviderError as error:
            logger.info("the books could not be read for what waits", extra={"problem": str(error.problem.code)})
            books = None
        except TimeoutError:
            logger.info("the books did not come in time for what waits")
            books = None
        await self._look_at(connection, books, sent)

    async def _due(self) -> Sequence[Row[Any]]:
        """Connections that work, of organisations in which something is to be looked at now."""
        statement = (
            select(CONNECTIONS.c.id, CONNECTIONS.c.workspace_id, CONNECTIONS.c.organisation_id, CONNECTIONS.c.provider)
            .join(ALERTS, ALERTS.c.organisation_id == CONNECTIONS.c.organisation_id)
            .join(ITEMS, ITEMS.c.id == ALERTS.c.item_id)
            .where(
                # of what is on its way still, the answer comes by itself
                ITEMS.c.state == ItemState.REFUSED,
                ALERTS.c.look_at <= self.clock.now(),
                ALERTS.c.state == AlertState.OPEN,
                CONNECTIONS.c.health.in_(USABLE),
                CONNECTIONS.c.provider.in_(tuple(self.providers)),
                is_installed(CONNECTIONS.c.workspace_id),
            )
            .distinct()
        )
        async with self.db.read() as tx:
            return (await tx.execute(statement)).all()

    async def _look_at(self, connection: Row[Any], books: Books | None, sent: list[ItemId]) -> None:
        workspace_id, organisation_id = WorkspaceId(connection.workspace_id), OrganisationId(connection.organisation_id)
        if books is not None:
            async with self.db.write() as tx:
                await lists.keep_books(tx, workspace_id, organisation_id, books)
        async with self.db.read() as tx:
            waiting = await _waiting(tx, workspace_id, organisation_id)
        sent.extend([item_id for item_id in waiting if await self._is_sent(workspace_id, item_id, books)])

    async def _is_sent(self, workspace_id: WorkspaceId, item_id: ItemId, books: Books | None) -> bool:
        """What goes wrong over one costs no other its turn."""
        look = partial(self._look_at_item, workspace_id, item_id, books)
        return await guarded(look, "looking at what waits", item=str(item_id))

    async def _look_at_item(self, workspace_id: WorkspaceId, item_id: ItemId, books: Books | None) -> bool:
        """Each in a transaction of its own, because whoever presses a button meanwhile waits for it."""
        async with self.db.write() as tx:
            item = await require_item(tx, workspace_id, item_id)
            alert = await alerts.load_alert(tx, workspace_id, item_id)
            if alert is None or alert.look_at is None or item.state is not ItemState.REFUSED:
                return False
            if books is None or not is_worth_sending(alert, item, books, tx.now):
                await alerts.let_wait(tx, item, None, next_look(tx.now))
                return False
            sent = await publications.send_again(tx, item)
            if sent is None:
                return False
            await alerts.sent_by_itself(tx, sent)
            await _audit(tx, sent, "retried", None)
            await show(tx, sent)
        return True


async def _waiting(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> list[ItemId]:
    statement = (
        select(ALERTS.c.item_id)
        .where(
            ALERTS.c.workspace_id == workspace_id,
            ALERTS.c.organisation_id == organisation_id,
            ALERTS.c.look_at <= tx.now,
            ALERTS.c.state == AlertState.OPEN,
        )
        .order_by(ALERTS.c.opened_at)
    )
    return [ItemId(item_id) for item_id in (await tx.execute(statement)).scalars()]


async def _audit(tx: Tx, item: Item, deed: str, actor: Actor | None) -> None:
    by = None if actor is None else actor.user_id
    await audit.record(tx, item.workspace_id, item.id, deed, by=by, organisation_id=item.organisation_id)
