"""The items that nobody decided on follow settings that are saved: a first page with them, the rest page by page.

What an approver is shown is what the settings of that moment make of it, though thousands wait: an item whose turn has
not come yet is judged when somebody is about to decide on it, and that decision is not taken. So nothing is approved,
and nothing sent, by settings that were replaced. Each page is one short transaction, which reads the settings as they
are then and keeps how far it came; settings that are saved meanwhile begin anew.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from bot.db.base import new_id
from bot.db.items import change_item, load_item
from bot.db.recodings import (
    FROM_THE_OLDEST,
    RECODINGS,
    UNDECIDED,
    Recoding,
    begin_recoding,
    end_recoding,
    move_recoding,
    recoding_of,
    recoding_to_work,
    recodings_due,
    undecided_items,
)
from bot.db.rules import rules_by_id
from bot.db.unattended import look_at
from bot.db.unit_of_work import Database, Tx
from bot.domain.coding import rules_between
from bot.domain.ids import ItemId, OrganisationId, WorkspaceId
from bot.domain.items import Item
from bot.domain.rules import Rule, RuleOf
from bot.domain.settings import Settings
from bot.services import audit
from bot.services.jobs import JobKind, Jobs
from bot.services.messages import redraw_item
from bot.services.recoding import judged, judged_all, settle
from bot.services.settings import load_settings
from bot.services.stuck import STUCK_AT_ONCE, only_stuck

FOLLOWS_SETTINGS, FOLLOWS_RULES = "follows new settings", "coded anew, as a rule changed"
"""In the audit."""
PAGE = 50
"""Items of one transaction: a tenth of a second, so that people's clicks get their turn in between."""
CARRIED_AT_ONCE = 10
"""Each of which is put away, and comes in elsewhere."""
MOVING_FOR = timedelta(seconds=60)


class CarriesItems(Protocol):
    """Where other books have taken the place of an organisation's."""

    async def carry(self, tx: Tx, item: Item) -> None:
        """Into those."""
        ...


FindCarrier = Callable[[Tx, WorkspaceId, OrganisationId], Awaitable[CarriesItems | None]]


async def is_behind(tx: Tx, item: Item) -> bool:
    """Whether settings that were saved make something else of it than is shown, because its turn has not come yet."""
    return await _caught_up(tx, item) != item


async def catch_up(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> None:
    """Judge one item before its turn."""
    item = await load_item(tx, workspace_id, item_id)
    if item is not None and item.state in UNDECIDED:
        await _follow(tx, item, await _caught_up(tx, item))


async def _caught_up(tx: Tx, item: Item) -> Item:
    recoding = await recoding_of(tx, item.workspace_id, item.organisation_id)
    if recoding is None or not recoding.is_before(item):
        return item
    return await judged(tx, item, await load_settings(tx, item.workspace_id, item.organisation_id))


@dataclass(frozen=True, slots=True)
class Following:
    db: Database
    jobs: Jobs
    page: int = PAGE
    find_carrier: FindCarrier | None = None
    """`bot.services.carried_items.carrying_items`, which brings items in itself."""

    async def begin_to_carry(self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
        """Other books have taken the place of these: what nobody decided on is taken there, as it follows settings."""
        recoding = Recoding(
            workspace_id=workspace_id, organisation_id=organisation_id, run=new_id(), attempt=1, after=FROM_THE_OLDEST
        )
        await begin_recoding(tx, recoding, due_at=tx.now + MOVING_FOR)
        await self._enqueue(tx, recoding, 1)

    async def begin(
        self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, settings: Settings
    ) -> None:
        """Offer settings, in the transaction that saves them, to every item that nobody decided on. What changes is a new
        version: a card that shows the old one decides nothing.
        """
        last = await self._next(tx, workspace_id, organisation_id, None, settings)
        if last is None:
            await end_recoding(tx, workspace_id, organisation_id)
            return
        recoding = Recoding(
            workspace_id=workspace_id,
            organisation_id=organisation_id,
            run=new_id(),
            attempt=1,
            after=last,
        )
        await begin_recoding(tx, recoding, due_at=tx.now + MOVING_FOR)
        await self._enqueue(tx, recoding, 1)

    async def run(self, key: str) -> None:
        """Go on page by page, to the end. Safe to run twice: each page says how far it came."""
        organisation_id, run, attempt = key.split(":")
        while await self._one_page(OrganisationId(UUID(organisation_id)), UUID(run), int(attempt)):
            pass

    async def restart_stuck(self) -> int:
        """Give what stopped moving another attempt; answers how many."""
        async with self.db.read() as tx:
            due = await recodings_due(tx, limit=STUCK_AT_ONCE)
        stuck = await only_stuck(
            self.db,
            self.jobs,
            JobKind.RECODE_ITEMS,
            due,
            key=lambda recoding: _key(recoding, recoding.attempt),
            of=RECODINGS.c.organisation_id,
            again_in=MOVING_FOR,
        )
        for recoding in stuck:
            attempt = recoding.attempt + 1
            async with self.db.write() as tx:
                is_due = RECODINGS.c.due_at <= tx.now
                if await move_recoding(tx, recoding, is_due, attempt=attempt, due_at=tx.now + MOVING_FOR):
                    await self._enqueue(tx, recoding, attempt)
        return len(stuck)

    async def _one_page(self, organisation_id: OrganisationId, run: UUID, attempt: int) -> bool:
        """False when there is nothing more to do, or not for this attempt."""
        async with self.db.write() as tx:
            recoding = await recoding_to_work(tx, organisation_id, run, attempt)
            if recoding is None:
                return False
            # whoever saves others waits for this page, and begins anew after it
            settings = await load_settings(tx, recoding.workspace_id, organisation_id, held=True)
            if not await move_recoding(tx, recoding, due_at=tx.now + MOVING_FOR):
                return False
            of = recoding.workspace_id, organisation_id
            carrier = None if self.find_carrier is None else await self.find_carrier(tx, *of)
            if carrier is None:
                last = await self._next(tx, *of, recoding.after, settings)
            else:
                last = await self._carry(tx, *of, recoding.after, carrier)
            if last is None:
                await end_recoding(tx, *of)
                return False
            return await move_recoding(tx, recoding, after_at=last[0], after_id=last[1])

    async def _next(
        self,
        tx: Tx,
        workspace_id: WorkspaceId,
        organisation_id: OrganisationId,
        after: tuple[datetime, UUID] | None,
        settings: Settings,
    ) -> tuple[datetime, UUID] | None:
        """Judge a page; answers where the next one begins, if there may be more."""
        items = await undecided_items(tx, workspace_id, organisation_id, after, limit=self.page)
        for item, fresh in zip(items, await judged_all(tx, items, settings), strict=True):
            await _follow(tx, item, fresh)
        return None if len(items) < self.page else (items[-1].created_at, items[-1].id)

    async def _carry(
        self,
        tx: Tx,
        workspace_id: WorkspaceId,
        organisation_id: OrganisationId,
        after: tuple[datetime, UUID],
        carrier: CarriesItems,
    ) -> tuple[datetime, UUID] | None:
        """As `_next`, of items that go to other books."""
        items = await undecided_items(tx, workspace_id, organisation_id, after, limit=CARRIED_AT_ONCE)
        for item in items:
            await carrier.carry(tx, item)
        return None if len(items) < CARRIED_AT_ONCE else (items[-1].created_at, items[-1].id)

    async def _enqueue(self, tx: Tx, recoding: Recoding, attempt: int) -> None:
        line = f"settings:{recoding.organisation_id}"
        await self.jobs.enqueue(tx, JobKind.RECODE_ITEMS, _key(recoding, attempt), line)


def _key(recoding: Recoding, attempt: int) -> str:
    return f"{recoding.organisation_id}:{recoding.run}:{attempt}"


async def _follow(tx: Tx, item: Item, fresh: Item) -> None:
    if fresh == item:
        await look_at(tx, item)  # what kept it from being published by itself may be gone
        return
    changed = await change_item(tx, item, fresh)
    settled = None if changed is None else await settle(tx, changed)
    if settled is not None:
        of = item.workspace_id, item.organisation_id
        rules = await rules_by_id(tx, *of, rules_between(item.coding, settled.coding))
        named = sorted(_called(rule) for rule in rules.values())
        deed, facts = (FOLLOWS_RULES, {"rules": "; ".join(named)}) if named else (FOLLOWS_SETTINGS, {})
        await audit.record(
            tx, item.workspace_id, item.id, deed, by=None, organisation_id=item.organisation_id, facts=facts
        )
        await redraw_item(tx, item.workspace_id, item.id)


def _called(rule: Rule) -> str:
    """The item says who sent it in."""
    return "of who sent it in" if rule.of is RuleOf.PERSON else f"{rule.of.words} {rule.target.label}"
