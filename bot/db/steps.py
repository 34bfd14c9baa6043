"""What becomes of a publication's steps. The first one is its document, and the publication is what that one is."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Update, and_, bindparam, or_, select

from bot.db.publications import LIVE, PUBLICATIONS, STEPS, UNDER_WAY, StepRow
from bot.db.unit_of_work import Nudge, Tx
from bot.domain.ids import FileId, ItemId, OrganisationId, PublicationId, WorkspaceId
from bot.domain.publishing import PublicationState, StepKind, StepState, due_at_once

DOCUMENT = 0
"""The position of a publication's document."""


class StepId(NamedTuple):
    publication_id: PublicationId
    position: int

    @property
    def is_document(self) -> bool:
        return self.position == DOCUMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """A step that begins when the document is in the ledger."""

    kind: StepKind
    marker: str
    file_id: FileId | None = None


async def plan_steps(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    plans: Mapping[tuple[PublicationId, ItemId], Sequence[PlannedStep]],
) -> None:
    """Write down what comes after each document, as it is frozen now: that of an earlier freezing, of which nothing was
    sent, is replaced.
    """
    await tx.execute(
        STEPS.delete().where(
            STEPS.c.workspace_id == workspace_id,
            STEPS.c.publication_id.in_([publication_id for publication_id, _ in plans]),
            STEPS.c.state == StepState.PLANNED,
        )
    )
    values = [
        {
            "publication_id": publication_id,
            "position": position,
            "workspace_id": workspace_id,
            "organisation_id": organisation_id,
            "item_id": item_id,
            "kind": step.kind,
            "state": StepState.PLANNED,
            "due_at": tx.now,
            "marker": step.marker,
            "file_id": step.file_id,
        }
        for (publication_id, item_id), steps in plans.items()
        for position, step in enumerate(steps, DOCUMENT + 1)
    ]
    if values:
        await tx.execute(tx.insert(StepRow).on_conflict_do_nothing(), values)


async def set_ledger_ids(tx: Tx, found: Mapping[StepId, str]) -> None:
    """The ledger has these, under these ids; what is left is reading them back."""
    if not found:
        return
    # spelt out, because the driver's executemany takes no list
    is_under_way = or_(*(STEPS.c.state == state for state in UNDER_WAY))
    steps = STEPS.update().where(_bound(), is_under_way)
    values = [{**_key(of), "ledger_id": ledger_id} for of, ledger_id in found.items()]
    await tx.execute(steps, values)
    documents = [
        {"of_id": of.publication_id, "ledger_id": ledger_id} for of, ledger_id in found.items() if of.is_document
    ]
    if documents:
        is_live = or_(*(PUBLICATIONS.c.state == state for state in LIVE))
        await tx.execute(PUBLICATIONS.update().where(PUBLICATIONS.c.id == bindparam("of_id"), is_live), documents)


async def keep_warnings(tx: Tx, workspace_id: WorkspaceId, found: Mapping[StepId, str]) -> None:
    """What the ledger warned of as it took these. Written with the answer, which no later reading tells again."""
    for of, words in found.items():
        ours = STEPS.c.workspace_id == workspace_id, STEPS.c.state.in_(UNDER_WAY)
        await tx.execute(STEPS.update().where(_is(of), *ours).values(warning=words))


async def end_document(
    tx: Tx, publication_id: PublicationId, state: PublicationState, problem: str | None = None
) -> bool:
    """False when it had ended before, so that the item is told once. What comes after it begins, or never does."""
    statement = (
        PUBLICATIONS.update()
        .where(PUBLICATIONS.c.id == publication_id, PUBLICATIONS.c.state.in_(LIVE))
        .values(state=state, problem=problem, ended_at=tx.now)
    )
    if not (await tx.execute(statement)).rowcount:
        return False
    is_published = state is PublicationState.PUBLISHED
    await _end(tx, StepId(publication_id, DOCUMENT), StepState.DONE if is_published else StepState.REFUSED, problem)
    await _begin_or_cancel(tx, publication_id, begins=is_published)
    return True


_PUBLISH = (
    PUBLICATIONS.update()
    .where(
        PUBLICATIONS.c.workspace_id == bindparam("of_workspace"),
        PUBLICATIONS.c.id.in_(bindparam("of_ids", expanding=True)),
        PUBLICATIONS.c.state.in_(LIVE),
    )
    .values(state=PublicationState.PUBLISHED, problem=None, ended_at=bindparam("now"))
    .returning(PUBLICATIONS.c.id)
)
_DONE = (
    STEPS.update()
    .where(
        STEPS.c.workspace_id == bindparam("of_workspace"),
        STEPS.c.publication_id.in_(bindparam("of_ids", expanding=True)),
        STEPS.c.position == DOCUMENT,
    )
    .values(state=StepState.DONE, problem=None, read_back_at=bindparam("now"))
)
_BEGIN = (
    STEPS.update()
    .where(
        STEPS.c.workspace_id == bindparam("of_workspace"),
        STEPS.c.publication_id.in_(bindparam("of_ids", expanding=True)),
        STEPS.c.state == StepState.PLANNED,
    )
    .values(state=StepState.WAITING, due_at=bindparam("now"))
)
"""What is done for many at once, built once."""


async def publish_documents(
    tx: Tx, workspace_id: WorkspaceId, publication_ids: Sequence[PublicationId]
) -> frozenset[PublicationId]:
    """As `end_document`, of many that are there as they were sent; answers those that had not ended before."""
    found = await tx.execute(_PUBLISH, {"of_workspace": workspace_id, "of_ids": list(publication_ids), "now": tx.now})
    published = frozenset(PublicationId(each) for each in found.scalars())
    if published:
        of = {"of_workspace": workspace_id, "of_ids": list(published), "now": tx.now}
        await tx.execute(_DONE, of)
        if (await tx.execute(_BEGIN, of)).rowcount:
            tx.nudge(Nudge.PLANNER)
    return published


async def begin_by_hand(tx: Tx, workspace_id: WorkspaceId, step: StepId) -> None:
    """A step that waits is under way, because a person takes it."""
    waiting = STEPS.c.workspace_id == workspace_id, STEPS.c.state == StepState.WAITING
    await tx.execute(STEPS.update().where(_is(step), *waiting).values(state=StepState.SENDING))


async def end_step(tx: Tx, step: StepId, state: StepState, problem: str | None = None) -> bool:
    """A step after the document. False when it had ended before."""
    return await _end(tx, step, state, problem, STEPS.c.state.in_(UNDER_WAY))


async def mark_unknown(tx: Tx, workspace_id: WorkspaceId, steps: Sequence[StepId]) -> None:
    documents = [step.publication_id for step in steps if step.is_document]
    await tx.execute(
        PUBLICATIONS.update()
        .where(PUBLICATIONS.c.workspace_id == workspace_id, PUBLICATIONS.c.id.in_(documents))
        .where(PUBLICATIONS.c.state == PublicationState.SENDING)
        .values(state=PublicationState.UNKNOWN)
    )
    for of in _each_of(workspace_id, steps):
        await tx.execute(STEPS.update().where(of, STEPS.c.state.in_(UNDER_WAY)).values(state=StepState.UNKNOWN))


async def release_steps(
    tx: Tx,
    workspace_id: WorkspaceId,
    steps: Sequence[StepId],
    *,
    goes_alone: bool = False,
    is_gone: bool = False,
) -> None:
    """They wait for another batch, with another key: this one wrote nothing of them. Whatever ended since they were read,
    as files of a document do that was withdrawn meanwhile, has ended.

    What goes alone keeps the batch that was refused as a whole, and is known by that. What an earlier publication left in the
    ledger keeps its id there, to be read again and not sent; only where it was looked at and `is_gone`, it is sent anew.
    """
    forgotten: dict[str, object] = {"ledger_id": None} if is_gone else {}
    documents = [step.publication_id for step in steps if step.is_document]
    of_documents = PUBLICATIONS.c.workspace_id == workspace_id, PUBLICATIONS.c.id.in_(documents)
    publications = PUBLICATIONS.update().where(*of_documents, PUBLICATIONS.c.state.in_(LIVE))
    await tx.execute(publications.values(state=PublicationState.WAITING, **forgotten))
    batch_id = STEPS.c.batch_id if goes_alone else None
    values = {"state": StepState.WAITING, "place": None, "warning": None, "due_at": tx.now, **forgotten}
    for of in _each_of(workspace_id, steps):
        under_way = STEPS.update().where(of, STEPS.c.state.in_(UNDER_WAY))
        await tx.execute(under_way.values(batch_id=batch_id, **values))
    tx.nudge(Nudge.PLANNER)


def _each_of(workspace_id: WorkspaceId, steps: Sequence[StepId]) -> Iterator[ColumnElement[bool]]:
    """The steps of a batch are of one kind, so they stand at one or two places of their plans."""
    for position in {step.position for step in steps}:
        ids = [step.publication_id for step in steps if step.position == position]
        of_workspace = STEPS.c.workspace_id == workspace_id
        yield and_(of_workspace, STEPS.c.publication_id.in_(ids), STEPS.c.position == position)


async def end_waiting(tx: Tx, publication_id: PublicationId, state: PublicationState, problem: str | None) -> None:
    """A publication that is over while nothing of it is on its way, with whatever was planned after its document."""
    await tx.execute(
        PUBLICATIONS.update()
        .where(PUBLICATIONS.c.id == publication_id, PUBLICATIONS.c.state == PublicationState.WAITING)
        .values(state=state, problem=problem, ended_at=tx.now)
    )
    end = StepState.REFUSED if state is PublicationState.REFUSED else StepState.CANCELLED
    await _end(tx, StepId(publication_id, DOCUMENT), end, problem)
    await _begin_or_cancel(tx, publication_id, begins=False)


async def postpone_step(tx: Tx, workspace_id: WorkspaceId, step: StepId, until: datetime) -> None:
    """What cannot go yet stands in nobody's way."""
    waiting = STEPS.c.workspace_id == workspace_id, STEPS.c.state == StepState.WAITING
    await tx.execute(STEPS.update().where(_is(step), *waiting).values(due_at=until))


async def postpone_files(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, until: datetime
) -> list[ItemId]:
    """Files of an organisation that wait, all of them; answers the items of those that were not put off before."""
    waiting = (
        STEPS.c.workspace_id == workspace_id,
        STEPS.c.organisation_id == organisation_id,
        STEPS.c.kind == StepKind.ATTACHMENT,
        STEPS.c.state == StepState.WAITING,
        STEPS.c.due_at < until,
    )
    since_document = PUBLICATIONS.c.id == STEPS.c.publication_id, STEPS.c.due_at <= PUBLICATIONS.c.ended_at
    found = await tx.execute(select(STEPS.c.item_id).where(*waiting, *since_document))
    new = [ItemId(item_id) for item_id in found.scalars()]
    await tx.execute(STEPS.update().where(*waiting).values(due_at=until))
    return new


async def wake_files(tx: Tx, workspace_id: WorkspaceId, file_id: FileId) -> None:
    """What waits to attach this file is due."""
    statement = STEPS.update().where(
        STEPS.c.workspace_id == workspace_id, STEPS.c.file_id == file_id, STEPS.c.state == StepState.WAITING
    )
    if (await tx.execute(statement.values(due_at=tx.now))).rowcount:
        tx.nudge(Nudge.PLANNER)


async def end_waiting_step(tx: Tx, step: StepId, state: StepState, problem: str | None) -> None:
    """A step after the document that is over before anything was frozen."""
    await _end(tx, step, state, problem, STEPS.c.state == StepState.WAITING)


async def cancel_step(tx: Tx, step: StepId) -> None:
    """It was to be taken, and is not: certainly nothing of it is in the ledger."""
    await _end(tx, step, StepState.CANCELLED, None)


async def retry_steps(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId, kind: StepKind) -> bool:
    """What was refused of this kind after the item's document is due again, as new. False: nothing was. A withdrawal is
    asked for anew.
    """
    again = {
        "state": StepState.WAITING,
        "due_at": due_at_once(tx.now),
        "batch_id": None,
        "problem": None,
        "ledger_id": None,
        "warning": None,
        "deaths": 0,
    }
    refused = _refused_after(workspace_id, item_id, (kind,)).where(STEPS.c.kind != StepKind.WITHDRAWAL)
    if not (await tx.execute(refused.values(**again))).rowcount:
        return False
    tx.nudge(Nudge.PLANNER)
    return True


async def leave_steps(
    tx: Tx, workspace_id: WorkspaceId, item_id: ItemId, kinds: Collection[StepKind]
) -> frozenset[StepKind]:
    """What was refused of these kinds after the item's document is not tried again; answers which of them were."""
    leave = _refused_after(workspace_id, item_id, kinds).values(state=StepState.CANCELLED).returning(STEPS.c.kind)
    return frozenset(StepKind(kind) for kind in (await tx.execute(leave)).scalars())


def _refused_after(workspace_id: WorkspaceId, item_id: ItemId, kinds: Collection[StepKind]) -> Update:
    return STEPS.update().where(
        STEPS.c.workspace_id == workspace_id,
        STEPS.c.item_id == item_id,
        STEPS.c.position > DOCUMENT,
        STEPS.c.kind.in_(tuple(kinds)),
        STEPS.c.state == StepState.REFUSED,
    )


async def _begin_or_cancel(tx: Tx, publication_id: PublicationId, *, begins: bool) -> None:
    state = StepState.WAITING if begins else StepState.CANCELLED
    planned = STEPS.update().where(STEPS.c.publication_id == publication_id, STEPS.c.state == StepState.PLANNED)
    if (await tx.execute(planned.values(state=state, due_at=tx.now))).rowcount and begins:
        tx.nudge(Nudge.PLANNER)


async def _end(tx: Tx, step: StepId, state: StepState, problem: str | None, *conditions: ColumnElement[bool]) -> bool:
    read_back = tx.now if state is StepState.DONE else None
    statement = (
        STEPS.update().where(_is(step), *conditions).values(state=state, problem=problem, read_back_at=read_back)
    )
    return bool((await tx.execute(statement)).rowcount)


def _is(step: StepId) -> ColumnElement[bool]:
    return and_(STEPS.c.publication_id == step.publication_id, STEPS.c.position == step.position)


def _bound() -> ColumnElement[bool]:
    return and_(STEPS.c.publication_id == bindparam("of_id"), STEPS.c.position == bindparam("at_position"))


def _key(step: StepId) -> dict[str, object]:
    return {"of_id": step.publication_id, "at_position": step.position}
