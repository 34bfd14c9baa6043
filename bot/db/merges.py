"""Which books take the place of which, and what each entry of the old lists that is in use becomes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Row, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Exact, LongText, dump, load, table_of
from bot.db.unit_of_work import Tx
from bot.domain.books import ListKind
from bot.domain.gone_codes import Code
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.merging import Merge, MergeEntry, MergeState


class MergeRow(Base):
    """An organisation that takes the place of another one, which no other takes. `state`: open, done. `told` is JSON, a list of
    sentences: what was left to do once it was done.
    """

    __tablename__ = "merges"
    __table_args__ = (UniqueConstraint("source_id"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str]
    begun_by: Mapped[str]
    begun_at: Mapped[datetime]
    done_by: Mapped[str | None]
    done_at: Mapped[datetime | None]
    told: Mapped[str] = mapped_column(LongText, default="[]")


class MergedEntryRow(Base):
    """One entry of an old list that something names. Without a new key it becomes nothing."""

    __tablename__ = "merged_entries"
    __table_args__ = (UniqueConstraint("organisation_id", "kind", "of", "key"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    kind: Mapped[str]
    of: Mapped[str] = mapped_column(Exact)
    key: Mapped[str] = mapped_column(Exact)
    label: Mapped[str]
    new_of: Mapped[str] = mapped_column(default="")
    new_key: Mapped[str | None]
    is_decided: Mapped[bool] = mapped_column(default=False)


MERGES, ENTRIES = table_of(MergeRow), table_of(MergedEntryRow)

_OURS = (MERGES.c.workspace_id == bindparam("workspace_id"), MERGES.c.organisation_id == bindparam("organisation_id"))
_OF = select(MERGES).where(*_OURS)
_FROM = select(MERGES).where(
    MERGES.c.workspace_id == bindparam("workspace_id"), MERGES.c.source_id == bindparam("source_id")
)
_ENTRIES = (
    select(ENTRIES)
    .where(
        ENTRIES.c.workspace_id == bindparam("workspace_id"), ENTRIES.c.organisation_id == bindparam("organisation_id")
    )
    .order_by(ENTRIES.c.place)
)
_CHOOSE = ENTRIES.update().where(
    ENTRIES.c.workspace_id == bindparam("of_workspace"),
    ENTRIES.c.organisation_id == bindparam("of_organisation"),
    ENTRIES.c.place == bindparam("at_place"),
)
_CHANGE = MERGES.update().where(
    MERGES.c.workspace_id == bindparam("of_workspace"),
    MERGES.c.organisation_id == bindparam("of_organisation"),
    MERGES.c.version == bindparam("at_version"),
    MERGES.c.state == MergeState.OPEN,
)


async def merge_of(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Merge | None:
    """Whose place these books take, or have taken."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    row = (await tx.execute(_OF, of)).one_or_none()
    return None if row is None else _merge(row)


async def merge_from(tx: Tx, workspace_id: WorkspaceId, source_id: OrganisationId) -> Merge | None:
    """Which books take their place, or have taken it."""
    of = {"workspace_id": workspace_id, "source_id": source_id}
    row = (await tx.execute(_FROM, of)).one_or_none()
    return None if row is None else _merge(row)


async def earlier_books(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId
) -> tuple[OrganisationId, ...]:
    """All whose place these have taken, one after the other, the last one first."""
    found: list[OrganisationId] = []
    merge = await merge_of(tx, workspace_id, organisation_id)
    while merge is not None and merge.is_done and merge.source_id not in (organisation_id, *found):
        found.append(merge.source_id)
        merge = await merge_of(tx, workspace_id, merge.source_id)
    return tuple(found)


async def told_of(tx: Tx, merge: Merge) -> tuple[str, ...]:
    of = {"workspace_id": merge.workspace_id, "organisation_id": merge.organisation_id}
    return load((await tx.execute(_OF, of)).one().told, tuple[str, ...])


async def begin_merge(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, source_id: OrganisationId, by: UserId
) -> bool:
    """False where either of them is of another merge already."""
    statement = tx.insert(MergeRow).values(
        organisation_id=organisation_id,
        workspace_id=workspace_id,
        source_id=source_id,
        version=1,
        state=MergeState.OPEN,
        begun_by=by,
        begun_at=tx.now,
        told="[]",
    )
    return bool((await tx.execute(statement.on_conflict_do_nothing())).rowcount)


async def next_version(tx: Tx, merge: Merge, at_version: int) -> bool:
    """False where somebody else changed it, or it is done."""
    return await _changed(tx, merge, at_version)


async def end_merge(tx: Tx, merge: Merge, by: UserId, told: Sequence[str]) -> bool:
    """As `next_version`: it is done."""
    done = {"state": MergeState.DONE, "done_by": by, "done_at": tx.now, "told": dump(list(told))}
    return await _changed(tx, merge, merge.version, **done)


async def _changed(tx: Tx, merge: Merge, at_version: int, **values: object) -> bool:
    of = {"of_workspace": merge.workspace_id, "of_organisation": merge.organisation_id, "at_version": at_version}
    return bool((await tx.execute(_CHANGE.values(version=at_version + 1, **values), of)).rowcount)


async def forget_merge(tx: Tx, merge: Merge) -> bool:
    """One that is open, with all that was chosen in it. False where it is not as it was seen."""
    gone = MERGES.delete().where(
        MERGES.c.workspace_id == merge.workspace_id,
        MERGES.c.organisation_id == merge.organisation_id,
        MERGES.c.version == merge.version,
        MERGES.c.state == MergeState.OPEN,
    )
    if not (await tx.execute(gone)).rowcount:
        return False
    entries = ENTRIES.delete().where(
        ENTRIES.c.workspace_id == merge.workspace_id, ENTRIES.c.organisation_id == merge.organisation_id
    )
    await tx.execute(entries)
    return True


async def merged_entries(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> tuple[MergeEntry, ...]:
    """In the order in which people go through them."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return tuple(_entry(row) for row in (await tx.execute(_ENTRIES, of)).all())


async def mapping_of(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Mapping[Code, Code]:
    """What became of the old books' entries, without those that became nothing."""
    entries = await merged_entries(tx, workspace_id, organisation_id)
    return {entry.code: entry.to for entry in entries if entry.to is not None}


async def add_entries(tx: Tx, merge: Merge, entries: Sequence[MergeEntry]) -> None:
    """Those that there are not yet, after those that there are."""
    last = select(func.max(ENTRIES.c.place)).where(
        ENTRIES.c.workspace_id == merge.workspace_id, ENTRIES.c.organisation_id == merge.organisation_id
    )
    first = int((await tx.execute(last)).scalar_one_or_none() or 0) + 1
    values = [
        {
            "organisation_id": merge.organisation_id,
            "workspace_id": merge.workspace_id,
            "place": place,
            "kind": entry.code.kind,
            "of": entry.code.of,
            "key": entry.code.key,
            "label": entry.label,
            **_new(entry.to),
            "is_decided": False,
        }
        for place, entry in enumerate(entries, start=first)
    ]
    for start in range(0, len(values), 500):
        await tx.execute(tx.insert(MergedEntryRow).on_conflict_do_nothing(), values[start : start + 500])


async def choose(tx: Tx, merge: Merge, place: int, to: Code | None) -> None:
    of = {"of_workspace": merge.workspace_id, "of_organisation": merge.organisation_id, "at_place": place}
    await tx.execute(_CHOOSE.values(is_decided=True, **_new(to)), of)


def _new(to: Code | None) -> dict[str, Any]:
    return {"new_key": None if to is None else to.key, "new_of": "" if to is None else to.of}


def _merge(row: Row[Any]) -> Merge:
    return Merge(
        workspace_id=WorkspaceId(row.workspace_id),
        organisation_id=OrganisationId(row.organisation_id),
        source_id=OrganisationId(row.source_id),
        version=row.version,
        state=MergeState(row.state),
        begun_by=UserId(row.begun_by),
        done_by=None if row.done_by is None else UserId(row.done_by),
        done_at=row.done_at,
    )


def _entry(row: Row[Any]) -> MergeEntry:
    kind = ListKind(row.kind)
    return MergeEntry(
        place=row.place,
        code=Code(kind, row.key, row.of),
        label=row.label,
        to=None if row.new_key is None else Code(kind, row.new_key, row.new_of),
        is_decided=row.is_decided,
    )
