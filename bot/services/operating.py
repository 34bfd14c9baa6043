"""What whoever runs the product does about documents on their way, without Slack: look, try again, take back.

The same transactions as the buttons in Slack, done in the name of nobody: the audit log says that it was on the command
line, and the cards and alerts are drawn again.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from bot.db import deaths, steps
from bot.db.items import ITEMS, item_of
from bot.db.queued import queued_steps
from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.problems import Fix, ProblemCode
from bot.domain.publishing import ADDITIONS, StepKind, StepState
from bot.domain.queued import QUEUED, Queued
from bot.domain.queues import HeldUpBy
from bot.services import alerts, audit, publications
from bot.services.approvals import UNDONE
from bot.services.current import NotNowError, StaleItemError, show
from bot.services.held_up import connection_of, queues_of
from bot.services.holding import HELD, HURRIED, RELEASED, Change, cancelled, held, hurried, released
from bot.services.named_books import organisations, the_one
from bot.views.queues import why
from providers import PROVIDERS

BY_OPERATOR = {"on": "the command line"}
SENT_AGAIN = "It was sent again as it is, on the command line."
TRIED_AGAIN = "It is tried again, as was asked for on the command line."


class NoSuchItemError(Exception):
    """No item, or several, are called so; the message says what to type."""


class CannotError(Exception):
    """The item is elsewhere; the message says where, and what can be done instead."""


@dataclass(frozen=True, slots=True)
class Operating:
    db: Database

    async def queued(
        self, organisation: str | None, *, states: Collection[StepState] = QUEUED, limit: int = 200
    ) -> tuple[Queued, ...]:
        """Of every organisation, or of the one by that name or id, `limit` of each, oldest first.

        Raises:
            NoSuchOrganisationError: none, or more than one, is called so.
        """
        async with self.db.read() as tx:
            there = await organisations(tx)
            meant = there if organisation is None else [the_one(there, organisation)]
            found: list[Queued] = []
            for each in meant:
                of = WorkspaceId(each.workspace_id), OrganisationId(each.id)
                steps_of = await queued_steps(tx, *of, each.name, states=states, limit=limit)
                found += await _with_reasons(tx, *of, steps_of)
        return tuple(found)

    async def retry(self, named: str, organisation: str | None) -> Item:
        """Send again as it is what was refused, a document or what was to come after it; what was set aside is looked for,
        and sent where it is not there.

        Raises:
            NoSuchItemError, NoSuchOrganisationError: which one is meant is not clear.
            CannotError: nothing of it was refused or set aside.
        """
        async with self.db.write() as tx:
            before = await self._meant(tx, named, organisation)
            item = before if await _wake(tx, before) else await _send_again(tx, before)
            await _tell(tx, item, "retried")
        return item

    async def retry_all(self, organisation: str | None, cause: str | None, limit: int) -> tuple[Item, ...]:
        """Everything that was refused, or only for this cause (the code of a problem), each in a transaction of its own.

        Raises:
            NoSuchOrganisationError: none, or more than one, is called so.
        """
        refused = await self.queued(organisation, states=(StepState.REFUSED,), limit=limit)
        meant = dict.fromkeys(each.item_id for each in refused if each.problem and _is_meant(each.problem.code, cause))
        sent = []
        for item_id in meant:
            with suppress(CannotError, NoSuchItemError, StaleItemError):  # somebody has just done something about it
                sent.append(await self.retry(str(item_id), organisation))
        return tuple(sent)

    async def cancel(self, named: str, organisation: str | None) -> Item:
        """Take back an approved document of which nothing was sent: it has to be approved again.

        Raises: as `retry`; CannotError: it is on its way, or not approved.
        """
        return await self._change(named, organisation, UNDONE, cancelled)

    async def hold(self, named: str, organisation: str | None) -> Item:
        """Nothing of an approved document is sent until it is released. Raises: as `cancel`."""
        return await self._change(named, organisation, HELD, held)

    async def release(self, named: str, organisation: str | None) -> Item:
        """What was held, here or in Slack, goes on. Raises: as `retry`; CannotError: nobody holds it."""
        return await self._change(named, organisation, RELEASED, released)

    async def publish_now(self, named: str, organisation: str | None) -> Item:
        """An approved document is due at once. Raises: as `cancel`."""
        return await self._change(named, organisation, HURRIED, hurried)

    async def _change(self, named: str, organisation: str | None, deed: str, change: Change) -> Item:
        async with self.db.write() as tx:
            before = await self._meant(tx, named, organisation)
            try:
                item = await change(tx, before, None)
            except NotNowError:
                raise _cannot(before) from None
            await _tell(tx, item, deed)
        return item

    async def _meant(self, tx: Tx, named: str, organisation: str | None) -> Item:
        there = await organisations(tx)
        meant = there if organisation is None else [the_one(there, organisation)]
        found: list[tuple[Item, str]] = []
        for each in meant:
            ours = (ITEMS.c.workspace_id == each.workspace_id, ITEMS.c.organisation_id == each.id)
            rows = (await tx.execute(select(ITEMS).where(*ours, _is_called(named)))).mappings().all()
            found += [(item_of(row), each.name) for row in rows]
        if len(found) != 1:
            raise NoSuchItemError(_which(named, found))
        return found[0][0]


async def _with_reasons(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, found: Sequence[Queued]
) -> Sequence[Queued]:
    """What is due, with why it does not go out, where its ledger takes nothing now."""
    if not any(each.is_due(tx.now) for each in found):
        return found
    connection = await connection_of(tx, workspace_id, organisation_id)
    if connection is None:
        return found
    queue = (await queues_of(tx, workspace_id, [connection], PROVIDERS)).get(organisation_id)
    if queue is None or queue.by is HeldUpBy.MANY:
        return found
    return [replace(each, waits_for=why(queue)) if each.is_due(tx.now) else each for each in found]


def _is_called(named: str) -> ColumnElement[bool]:
    """By its reference, or its id."""
    by_reference = ITEMS.c.reference == named.upper()
    with suppress(ValueError):
        return or_(by_reference, ITEMS.c.id == UUID(named))
    return by_reference


def _which(named: str, found: Sequence[tuple[Item, str]]) -> str:
    if not found:
        return f"No item is called {named}. `dext-bot jobs list` shows the references and ids of what is on its way."
    listed = "\n".join(f"  {item.id}  {item.reference} of {name}" for item, name in found)
    return f"Several items are called {named}: type the id of one, or --organisation NAME.\n{listed}"


async def _wake(tx: Tx, item: Item) -> bool:
    """Whatever of it was set aside, because processes died over it, is due now. False: nothing was."""
    kinds = StepKind.DOCUMENT, *ADDITIONS
    woken = [of for of in kinds if await deaths.wake(tx, item.workspace_id, item.id, of)]
    for of in woken:
        await alerts.fixed(tx, item, TRIED_AGAIN, of=of)
    return bool(woken)


async def _send_again(tx: Tx, before: Item) -> Item:
    if before.state is not ItemState.REFUSED:
        return await _retry_additions(tx, before)
    item = await publications.send_again(tx, before)
    if item is None:
        raise _cannot(before)
    await alerts.fixed(tx, item, SENT_AGAIN)
    return item


async def _retry_additions(tx: Tx, item: Item) -> Item:
    """A payment from another bank account needs a person who decides on it, so it is retried as it was."""
    again = []
    if item.state is ItemState.PUBLISHED:
        again = [
            of
            for of in ADDITIONS
            if await _may_retry(tx, item, of) and await steps.retry_steps(tx, item.workspace_id, item.id, of)
        ]
    if not again:
        raise _cannot(item)
    for of in again:
        await alerts.fixed(tx, item, SENT_AGAIN, of=of)
    return item


def _is_meant(code: ProblemCode, cause: str | None) -> bool:
    """Money that was taken back on purpose is not recorded again unless that is what is asked for."""
    return code is not ProblemCode.PAYMENT_TAKEN_BACK if cause is None else code == cause


async def _may_retry(tx: Tx, item: Item, of: StepKind) -> bool:
    """What stands in the ledger otherwise than it was sent is no matter of sending it again."""
    alert = await alerts.load_alert(tx, item.workspace_id, item.id, of)
    return alert is not None and Fix.RETRY in alert.problem.entry.fixes


def _cannot(item: Item) -> CannotError:
    instead = _HELD if item.is_held else _INSTEAD.get(item.state, _NOTHING)
    return CannotError(f"{item.reference} is {item.state.words}: {instead}")


_NOTHING = "nothing of it was refused, and nothing of it waits to be sent."
_HELD = "it is held. `dext-bot jobs release` sends it, and `dext-bot jobs cancel` takes it back."
_INSTEAD = {
    ItemState.APPROVED: "it is not held, and goes out by itself when it is due.",
    ItemState.SENDING: "it is on its way; whatever the ledger answers is told in its thread.",
    ItemState.UNKNOWN: "it is looked for in the ledger until that is clear.",
    ItemState.REFUSED: "nothing of it is on its way. Retry it here, or archive it in Slack.",
    ItemState.PUBLISHED: "nothing of it waits or was refused. Withdraw in Slack takes it out of the ledger.",
}


async def _tell(tx: Tx, item: Item, deed: str) -> None:
    of = item.workspace_id, item.id, deed
    await audit.record(tx, *of, by=None, organisation_id=item.organisation_id, facts=BY_OPERATOR)
    await show(tx, item)
