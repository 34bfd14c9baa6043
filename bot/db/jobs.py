"""Jobs in line: who puts them there, who holds them, and what is over. A job says what to look at; the rest is in other rows.

Of each partition the oldest that is not over is first, and the others wait, whichever process works: so a partition's jobs
run one after another, in order. That spares ledgers, children and the one writer; nobody may rely on it, because there are
two exceptions. A process that was frozen for longer than its lease goes on beside whoever took its job over. And PostgreSQL
gives places at the INSERT, not at the commit: where two transactions put jobs into one line at the same moment, the one that
commits later may have the lower place, and its job begins while the other one's runs. Both are harmless because each job is
for an attempt that is named in a row of its own, and writes only while that is the current one; what must not be at
once for an organisation (batches of it) is decided by the rows, under a lock. Not chosen: a lock of the line at each INSERT,
which people who put files in would wait for; asking of each line whether any of it is held, which needs one index more on
the table that is written most.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Identity,
    Index,
    Integer,
    ScalarSelect,
    Select,
    UniqueConstraint,
    bindparam,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, table_of
from bot.db.leases import furthest
from bot.db.unit_of_work import Tx, insert_into


class JobRow(Base):
    """`kind` and `key` once for ever, so that a job that was put in line again while it ran, or after, runs once."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index(
            "ix_jobs_open",
            "kind",
            "partition",
            "place",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    place: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    partition: Mapped[str]
    held_by: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(index=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`tries`: how often somebody began it, this time included."""

    place: int
    kind: str
    key: str
    tries: int


JOBS = table_of(JobRow)


@cache
def _free(kinds: tuple[str, ...], is_sqlite: bool) -> Select[tuple[int, str, str, int]]:  # noqa: FBT001 - a key of the cache
    """Of each line the oldest that is not over, where nobody holds it."""
    places = _first_of_each_line(kinds).scalar_subquery()
    # as an array, because PostgreSQL would go through all jobs for what it takes for many places
    is_first = JOBS.c.place.in_(places) if is_sqlite else JOBS.c.place == func.any(func.array(places))
    return (
        select(JOBS.c.place, JOBS.c.kind, JOBS.c.key, JOBS.c.tries)
        .where(
            is_first,
            JOBS.c.done_at.is_(None),
            JOBS.c.place.not_in(bindparam("without", expanding=True)),
            or_(
                JOBS.c.leased_until.is_(None),
                JOBS.c.leased_until < bindparam("now"),
                JOBS.c.leased_until > bindparam("furthest"),
            ),
        )
        .order_by(JOBS.c.place)
        .limit(bindparam("most"))
    )


@cache
def _first_of_each_line(kinds: tuple[str, ...]) -> Select[tuple[int]]:
    """Where they stand. Found from line to line by the index: to ask of all who wait whether they are first takes half a
    second where ten thousand do.
    """
    one = JOBS.alias()
    is_open, order = one.c.done_at.is_(None), (one.c.kind, one.c.partition, one.c.place)

    def first(column: ColumnElement[Any], *of: ColumnElement[bool]) -> ScalarSelect[Any]:
        return select(column).where(*of, is_open).order_by(*order).limit(1).correlate_except(one).scalar_subquery()

    of_kinds = [
        select(literal(kind).label("kind"), first(one.c.partition, one.c.kind == kind).label("partition"))
        for kind in kinds
    ]
    lines = select(union_all(*of_kinds).subquery()).cte("lines", recursive=True)
    following = first(one.c.partition, one.c.kind == lines.c.kind, one.c.partition > lines.c.partition)
    lines = lines.union_all(select(lines.c.kind, following).where(lines.c.partition.is_not(None)))
    return select(first(one.c.place, one.c.kind == lines.c.kind, one.c.partition >= lines.c.partition)).select_from(
        lines
    )


@cache
def _take(kinds: tuple[str, ...], is_sqlite: bool) -> Select[tuple[int, str, str, int]]:  # noqa: FBT001 - a key of the cache
    return _free(kinds, is_sqlite).with_for_update(of=JOBS, skip_locked=True)


_HOLD = (
    JOBS.update()
    .where(JOBS.c.place.in_(bindparam("places", expanding=True)))
    .values(held_by=bindparam("me"), leased_until=bindparam("until"), tries=JOBS.c.tries + 1)
)
_RENEW = (
    JOBS.update()
    .where(JOBS.c.place.in_(bindparam("places", expanding=True)), JOBS.c.held_by == bindparam("me"))
    .values(leased_until=bindparam("until"))
)
_DONE = (
    JOBS.update()
    .where(JOBS.c.place.in_(bindparam("places", expanding=True)), JOBS.c.held_by == bindparam("me"))
    .values(done_at=bindparam("now"))
)
_LET_GO = (
    JOBS.update()
    .where(JOBS.c.held_by == bindparam("me"), JOBS.c.done_at.is_(None))
    .values(held_by=None, leased_until=None)
)
_OPEN = select(JOBS.c.key).where(
    JOBS.c.kind == bindparam("of_kind"),
    JOBS.c.key.in_(bindparam("keys", expanding=True)),
    JOBS.c.done_at.is_(None),
)
_OLD = select(JOBS.c.place).where(JOBS.c.done_at < bindparam("before")).limit(bindparam("most"))
_FORGET = JOBS.delete().where(JOBS.c.place.in_(bindparam("places", expanding=True)))


@cache
def _new(is_sqlite: bool) -> Any:  # noqa: FBT001 - a key of the cache
    return insert_into(JobRow, is_sqlite=is_sqlite).on_conflict_do_nothing()


async def put_in_line(tx: Tx, kind: str, key: str, partition: str) -> None:
    await tx.execute(_new(tx.is_sqlite), {"kind": kind, "key": key, "partition": partition, "tries": 0})


async def open_of(tx: Tx, kind: str, keys: Collection[str]) -> frozenset[str]:
    """Those of these that are not over."""
    return frozenset((await tx.execute(_OPEN, {"of_kind": kind, "keys": list(keys)})).scalars())


async def is_any_free(tx: Tx, kinds: Sequence[str], *, without: Sequence[int]) -> bool:
    """Whether `take` would find one."""
    if not kinds:
        return False
    return (await tx.execute(_free(tuple(kinds), tx.is_sqlite), _looked_for(tx, 1, without))).first() is not None


async def take(
    tx: Tx, kinds: Sequence[str], *, most: int, me: str, until: datetime, without: Sequence[int] = ()
) -> tuple[Job, ...]:
    """The oldest of these kinds that nobody holds, held from here on; `without` those places, whoever holds them."""
    found = (await tx.execute(_take(tuple(kinds), tx.is_sqlite), _looked_for(tx, most, without))).all() if kinds else ()
    if found:
        await tx.execute(_HOLD, {"places": [row.place for row in found], "me": me, "until": until})
    return tuple(Job(place=row.place, kind=row.kind, key=row.key, tries=row.tries + 1) for row in found)


def _looked_for(tx: Tx, most: int, without: Sequence[int]) -> dict[str, object]:
    return {"without": without, "now": tx.now, "furthest": furthest(tx.now), "most": most}


async def renew(tx: Tx, places: Sequence[int], *, me: str, until: datetime) -> None:
    """Of those that run here; one that was taken and is not known of, because the answer was lost, is not kept."""
    await tx.execute(_RENEW, {"places": places, "me": me, "until": until})


async def end(tx: Tx, places: Sequence[int], *, me: str) -> None:
    """Those that are still ours: whoever was taken for dead ends nobody else's."""
    if places:
        await tx.execute(_DONE, {"places": places, "me": me, "now": tx.now})


async def let_go(tx: Tx, *, me: str) -> None:
    """Of what is still ours, so that nobody waits for a lease that is of no use any more."""
    await tx.execute(_LET_GO, {"me": me})


async def forget(tx: Tx, before: datetime, most: int) -> int:
    """So many of those that ended before then; answers how many."""
    old = list((await tx.execute(_OLD, {"before": before, "most": most})).scalars())
    if old:
        await tx.execute(_FORGET, {"places": old})
    return len(old)
