"""Refusals, told once where the item lives.

An alert is about one kind of step of an item: a reply under its home card. Its success resolves it; a refusal after
something was done about it is another alert, because nobody is told of a message that changed. Where alerts have a
channel of their own, that channel gets one line that leads to the thread. What is said here without a kind of step is
said of the item's document.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, select

from bot.db.base import dump, new_id, table_of
from bot.db.messages import AlertRow
from bot.db.unit_of_work import Tx
from bot.domain.alerts import Alert, AlertState
from bot.domain.ids import ItemId, UserId, WorkspaceId
from bot.domain.items import Item
from bot.domain.problems import Mover, Problem
from bot.domain.publishing import StepKind
from bot.domain.rights import Role
from bot.domain.waiting import next_look
from bot.services import audit
from bot.services.messages import POINTER, THREAD, Place, Subject, Surface, of_step, past, redraw, redraw_item, want
from bot.services.settings import load_settings, people_with
from bot.services.threads import under_card

ALERTS = table_of(AlertRow)

OVER = tuple(state for state in AlertState if state.is_over)

_RESOLVED = (
    ALERTS.update()
    .where(
        ALERTS.c.workspace_id == bindparam("of_workspace"),
        ALERTS.c.item_id.in_(bindparam("of_ids", expanding=True)),
        ALERTS.c.kind == StepKind.DOCUMENT,
        ALERTS.c.state != AlertState.RESOLVED,
        ALERTS.c.told_anew_at.is_(None),
    )
    .values(state=AlertState.RESOLVED, look_at=None, changed_at=bindparam("now"))
    .returning(ALERTS.c.item_id)
)

_REFUSED = select(ALERTS).where(
    ALERTS.c.workspace_id == bindparam("workspace_id"),
    ALERTS.c.item_id.in_(bindparam("of_ids", expanding=True)),
    ALERTS.c.kind == StepKind.DOCUMENT,
    ALERTS.c.told_anew_at.is_(None),
)

SENT_AGAIN = "had it sent again as it is"
"""What somebody did who changed nothing: the cause was gone in the ledger."""


async def refused(tx: Tx, item: Item, problem: Problem, *, of: StepKind = StepKind.DOCUMENT) -> None:
    """The ledger's clear no: whoever mends it is told, in a message of its own if something was done about the last one."""
    await _tell(tx, item, problem, of, is_ended=True)


async def trouble(tx: Tx, item: Item, problem: Problem, *, of: StepKind = StepKind.DOCUMENT) -> None:
    """What is in the way of something that is still tried by itself."""
    await _tell(tx, item, problem, of, is_ended=False)


async def _tell(tx: Tx, item: Item, problem: Problem, of: StepKind, *, is_ended: bool) -> None:
    earlier = await _alerts_of(tx, item.workspace_id, item.id, of)
    before = earlier[0] if earlier else None
    times = _times(earlier, problem)
    goes_on = before is not None and before.look_at is not None and before.problem.code is problem.code
    is_looked_after = of is StepKind.DOCUMENT and (problem.entry.is_looked_after or goes_on)
    told: dict[str, object] = {
        "state": AlertState.OPEN,
        "problem": dump(problem),
        "times": times,
        "look_at": next_look(tx.now, times=times) if is_looked_after else None,
        "changed_at": tx.now,
    }
    if before is not None and not before.is_followed_by(problem, is_ended=is_ended):
        kept = {} if goes_on else {"outcome": None}
        await tx.execute(ALERTS.update().where(_of(item, (of,))).values(**told, **kept))
    else:
        await _open(tx, item, of, before, told)
    await _place(tx, item, of)
    await audit.record(
        tx,
        item.workspace_id,
        item.id,
        "refused",
        by=None,
        organisation_id=item.organisation_id,
        facts={"step": of, "problem": problem.code, "words": problem.vendor_words},
    )


def _times(earlier: Sequence[Alert], problem: Problem) -> int:
    """How often it was refused for this cause by now, since the step succeeded last or was left so."""
    for alert in earlier:
        if alert.state.is_over:
            break
        if alert.is_of_cause(problem):
            return alert.times + 1
    return 1


async def _open(tx: Tx, item: Item, of: StepKind, before: Alert | None, told: dict[str, object]) -> None:
    """Another alert; the one before stays in its place as what came of it."""
    if before is not None:
        await tx.execute(ALERTS.update().where(_of(item, (of,))).values(told_anew_at=tx.now, look_at=None))
        await past(tx, item.workspace_id, item.id, of, before.number)
    await tx.execute(
        ALERTS.insert().values(
            id=new_id(),
            workspace_id=item.workspace_id,
            organisation_id=item.organisation_id,
            item_id=item.id,
            kind=of,
            number=1 if before is None else before.number + 1,
            opened_at=tx.now,
            **told,
        )
    )


async def fixed(tx: Tx, item: Item, what: str, *, of: StepKind = StepKind.DOCUMENT) -> None:
    """Somebody did something about it, as a sentence; the ledger's answer is still to come."""
    await _change(tx, item, (of,), state=AlertState.FIXED, outcome=what, look_at=None)


async def sent_by_itself(tx: Tx, item: Item) -> None:
    """What was waited for may have happened; the ledger's answer is still to come."""
    await _change(tx, item, (StepKind.DOCUMENT,), state=AlertState.FIXED)


async def let_wait(tx: Tx, item: Item, what: str | None, look_at: datetime) -> None:
    """It stays open, and is looked at again by itself then; whoever asked for that is named in a sentence."""
    said = {} if what is None else {"outcome": what}
    statement = ALERTS.update().where(_of(item, (StepKind.DOCUMENT,)), ALERTS.c.state == AlertState.OPEN)
    await tx.execute(statement.values(**said, look_at=look_at))
    await redraw_item(tx, item.workspace_id, item.id)


async def passed(tx: Tx, item: Item, what: str) -> None:
    """What was told while it was still tried is settled, as a sentence; the ledger's answer is still to come."""
    await _change(
        tx, item, (StepKind.DOCUMENT,), ALERTS.c.state == AlertState.OPEN, state=AlertState.FIXED, outcome=what
    )


async def resolved(tx: Tx, item: Item, *, of: StepKind = StepKind.DOCUMENT) -> None:
    """The alert, if there is one, turns into its outcome; what was done about it is kept. What was left so once, and
    succeeds after all, is another outcome.
    """
    await _change(tx, item, (of,), over=(AlertState.RESOLVED,), state=AlertState.RESOLVED, look_at=None)


async def documents_resolved(tx: Tx, workspace_id: WorkspaceId, item_ids: Sequence[ItemId]) -> None:
    """As `resolved`, of the documents of many items."""
    of = {"of_workspace": workspace_id, "of_ids": list(item_ids), "now": tx.now}
    for item_id in (await tx.execute(_RESOLVED, of)).scalars().all():
        await redraw(tx, workspace_id, Subject.ALERT, item_id)


async def left(tx: Tx, item: Item, what: str, *, of: Collection[StepKind]) -> None:
    """Somebody decided that it stays so, as a sentence."""
    await _change(tx, item, of, state=AlertState.LEFT, outcome=what, look_at=None)


async def _change(
    tx: Tx,
    item: Item,
    of: Collection[StepKind],
    *conditions: ColumnElement[bool],
    over: tuple[AlertState, ...] = OVER,
    **values: str | None,
) -> None:
    statement = (
        ALERTS.update()
        .where(_of(item, of), ALERTS.c.state.not_in(over), *conditions)
        .values(**values, changed_at=tx.now)
    )
    if (await tx.execute(statement)).rowcount:
        await redraw(tx, item.workspace_id, Subject.ALERT, item.id)


def _of(item: Item, kinds: Collection[StepKind]) -> ColumnElement[bool]:
    """The last ones about these kinds of steps."""
    return and_(
        ALERTS.c.workspace_id == item.workspace_id,
        ALERTS.c.item_id == item.id,
        ALERTS.c.kind.in_(tuple(kinds)),
        ALERTS.c.told_anew_at.is_(None),
    )


async def load_alert(
    tx: Tx,
    workspace_id: WorkspaceId,
    item_id: ItemId,
    of: StepKind = StepKind.DOCUMENT,
    *,
    number: int | None = None,
) -> Alert | None:
    """The alert of this number about a kind of step; the last one, without a number."""
    statement = select(ALERTS).where(
        ALERTS.c.workspace_id == workspace_id,
        ALERTS.c.item_id == item_id,
        ALERTS.c.kind == of,
        ALERTS.c.told_anew_at.is_(None) if number is None else ALERTS.c.number == number,
    )
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _alert_of(row)


async def titles_of(tx: Tx, workspace_id: WorkspaceId, item_ids: Collection[ItemId]) -> dict[ItemId, str]:
    """Why documents were refused, each in a line, and whether that is let wait."""
    if not item_ids:
        return {}
    rows = (await tx.execute(_REFUSED, {"workspace_id": workspace_id, "of_ids": list(item_ids)})).mappings()
    found = [_alert_of(row) for row in rows]
    return {alert.item_id: alert.problem.title + ("; it is let wait" if alert.is_let_wait else "") for alert in found}


async def _alerts_of(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId, of: StepKind) -> list[Alert]:
    """Last one first."""
    statement = select(ALERTS).where(
        ALERTS.c.workspace_id == workspace_id, ALERTS.c.item_id == item_id, ALERTS.c.kind == of
    )
    found = await tx.execute(statement.order_by(ALERTS.c.number.desc()))
    return [_alert_of(row) for row in found.mappings()]


async def _place(tx: Tx, item: Item, of: StepKind) -> None:
    """Under the card, wherever that stands; and one line in the alerts channel, where that is another one."""
    place = await under_card(tx, item, of_step(THREAD, of))
    await want(tx, item.workspace_id, Subject.ALERT, item.id, place)
    settings = await load_settings(tx, item.workspace_id, item.organisation_id)
    if settings.alerts_channel not in (None, place.channel_id):
        pointer = Place(role=of_step(POINTER, of), surface=Surface.CHANNEL, channel_id=settings.alerts_channel)
        await want(tx, item.workspace_id, Subject.ALERT, item.id, pointer)


def _alert_of(row: RowMapping) -> Alert:
    return Alert(
        item_id=ItemId(row["item_id"]),
        of=StepKind(row["kind"]),
        state=AlertState(row["state"]),
        problem=msgspec.json.decode(row["problem"], type=Problem),
        times=row["times"],
        changed_at=row["changed_at"],
        outcome=row["outcome"],
        look_at=row["look_at"],
        number=row["number"],
        told_anew_at=row["told_anew_at"],
    )


async def helpers_of(tx: Tx, item: Item, mover: Mover) -> tuple[UserId, ...]:
    """Who is asked to act: the bookkeepers where there are any, else the admins; admins for what only they can do."""
    if mover is Mover.NOBODY:
        return ()
    admins = await people_with(tx, item.workspace_id, item.organisation_id, Role.ADMIN)
    if mover is Mover.ADMIN:
        return admins
    return await people_with(tx, item.workspace_id, item.organisation_id, Role.BOOKKEEPER) or admins
