"""Refusals, told once where the item lives, and the fixes that resolve them.

An item has one alert: a reply under its home card. A second refusal changes the same row and so the same message; a
publication resolves it. Where alerts have a channel of their own, that channel gets one line that leads to the thread.
"""

from dataclasses import dataclass, replace

import msgspec
from sqlalchemy import RowMapping, select

from bot.db.base import dump, new_id, table_of
from bot.db.items import change_item
from bot.db.messages import AlertRow
from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import ItemId, UserId, WorkspaceId
from bot.domain.items import IllegalMoveError, Item, ItemState
from bot.domain.problems import Problem
from bot.domain.rights import Deed, Role
from bot.domain.slack import Actor
from bot.services import audit, publications
from bot.services.items import Edit, Items, StaleItemError, home_card, require_item
from bot.services.messages import Place, Subject, Surface, redraw, want
from bot.services.people import People
from bot.services.settings import load_settings, people_with

ALERTS = table_of(AlertRow)

THREAD, POINTER = "thread", "pointer"
"""Roles of an alert's two places: under the home card, and one line in the alerts channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """`state`: open, fixed (not sent again yet), resolved. `times` counts the refusals."""

    item_id: ItemId
    state: str
    problem: Problem
    times: int
    outcome: str | None


async def refused(tx: Tx, item: Item, problem: Problem) -> None:
    """Tell the bookkeeper, or change what was told."""
    insert = tx.insert(AlertRow).values(
        id=new_id(),
        workspace_id=item.workspace_id,
        organisation_id=item.organisation_id,
        item_id=item.id,
        state="open",
        problem=dump(problem),
        times=1,
        opened_at=tx.now,
        changed_at=tx.now,
    )
    again = {
        "state": "open",
        "problem": insert.excluded.problem,
        "times": ALERTS.c.times + 1,
        "outcome": None,
        "changed_at": tx.now,
    }
    await tx.execute(insert.on_conflict_do_update(index_elements=["item_id"], set_=again))
    await _place(tx, item)
    await audit.record(
        tx,
        item.workspace_id,
        item.id,
        "refused",
        by=None,
        organisation_id=item.organisation_id,
        facts={"problem": problem.code, "words": problem.vendor_words},
    )


async def resolved(tx: Tx, item: Item, outcome: str, *, state: str = "resolved") -> None:
    """The alert, if there is one, turns into its outcome."""
    statement = (
        ALERTS.update()
        .where(ALERTS.c.workspace_id == item.workspace_id, ALERTS.c.item_id == item.id, ALERTS.c.state != "resolved")
        .values(state=state, outcome=outcome, changed_at=tx.now)
    )
    if (await tx.execute(statement)).rowcount:
        await redraw(tx, item.workspace_id, Subject.ALERT, item.id)


async def load_alert(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> Alert | None:
    statement = select(ALERTS).where(ALERTS.c.workspace_id == workspace_id, ALERTS.c.item_id == item_id)
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _alert_of(row)


@dataclass(frozen=True, slots=True)
class Alerts:
    db: Database
    people: People
    items: Items

    async def item_to_fix(self, actor: Actor, item_id: ItemId) -> tuple[Item, Alert]:
        """What a fix's form is opened with.

        Raises:
            NotAllowedError: only bookkeepers and admins fix.
            IllegalMoveError: the item is not refused any more.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, person, item.organisation_id)
            alert = await load_alert(tx, item.workspace_id, item.id)
        if item.state is not ItemState.REFUSED or alert is None:
            raise IllegalMoveError(item.state, ItemState.APPROVED)
        return item, alert

    async def choose_account(self, actor: Actor, item_id: ItemId, version: int, account: str) -> Item:
        """Code the refused item otherwise and send it again; the approval is kept. Raises: as `Items.edit`."""
        item, _ = await self.item_to_fix(actor, item_id)
        edit = Edit(facts=item.facts, account=account, tax_rate=item.coding.tax_rate.value)
        return await self.items.edit(actor, item_id, version, edit)

    async def choose_tax_rate(self, actor: Actor, item_id: ItemId, version: int, tax_rate: str) -> Item:
        """As `choose_account`, for the tax rate."""
        item, _ = await self.item_to_fix(actor, item_id)
        edit = Edit(facts=item.facts, account=item.coding.account.value, tax_rate=tax_rate)
        return await self.items.edit(actor, item_id, version, edit)

    async def retry(self, actor: Actor, item_id: ItemId) -> Item:
        """Send a refused item again as it is: the cause is gone in the ledger.

        Raises:
            NotAllowedError, IllegalMoveError, ItemNotFoundError.
        """
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, person, before.organisation_id)
            if before.state is not ItemState.REFUSED:
                raise IllegalMoveError(before.state, ItemState.APPROVED)
            item = await change_item(tx, before, replace(before, state=ItemState.APPROVED))
            if item is None:
                raise StaleItemError(before)
            await publications.open_publication(tx, item, due_at=tx.now)
            await resolved(tx, item, "Sent again; waiting for the ledger's answer.", state="fixed")
            await audit.record(
                tx, item.workspace_id, item.id, "retried", by=actor.user_id, organisation_id=item.organisation_id
            )
            await redraw(tx, item.workspace_id, Subject.ITEM, item.id)
        return item


async def _place(tx: Tx, item: Item) -> None:
    settings = await load_settings(tx, item.workspace_id, item.organisation_id)
    card = await home_card(tx, item.workspace_id, item.id)
    home_channel = settings.approvals_channel or settings.alerts_channel
    if home_channel is None:
        place = Place(role=THREAD, surface=Surface.DIRECT, user_id=item.submitted_by, thread_of=card)
    else:
        place = Place(role=THREAD, surface=Surface.CHANNEL, channel_id=home_channel, thread_of=card)
    thread = await want(tx, item.workspace_id, Subject.ALERT, item.id, place)
    if settings.alerts_channel not in (None, home_channel):
        pointer = Place(role=POINTER, surface=Surface.CHANNEL, channel_id=settings.alerts_channel)
        await want(tx, item.workspace_id, Subject.ALERT, item.id, pointer, facts={"thread": str(thread)})


def _alert_of(row: RowMapping) -> Alert:
    return Alert(
        item_id=ItemId(row["item_id"]),
        state=row["state"],
        problem=msgspec.json.decode(row["problem"], type=Problem),
        times=row["times"],
        outcome=row["outcome"],
    )


async def helpers_of(tx: Tx, item: Item) -> tuple[UserId, ...]:
    """Who is asked to act: the bookkeepers, or the admins where none is named."""
    bookkeepers = await people_with(tx, item.workspace_id, item.organisation_id, Role.BOOKKEEPER)
    return bookkeepers or await people_with(tx, item.workspace_id, item.organisation_id, Role.ADMIN)
