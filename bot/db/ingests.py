"""Requests of other systems, kept for ever by the keys that their senders gave them."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Row, UniqueConstraint, bindparam, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.api_keys import API_KEYS
from bot.db.base import Base, LongText, table_of
from bot.db.unit_of_work import Tx, insert_into
from bot.db.workspaces import is_installed
from bot.domain.api_keys import Caller
from bot.domain.ids import FileId, ItemId, OrganisationId, WorkspaceId


class IngestRow(Base):
    """One request, written in the transaction that made an item of it. `state`: item, reading, not_added."""

    __tablename__ = "ingests"
    __table_args__ = (UniqueConstraint("organisation_id", "idempotency_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Also the id of the item that the request's file becomes."""
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    api_key_id: Mapped[UUID] = mapped_column(ForeignKey("api_keys.id"))
    idempotency_key: Mapped[str]
    content_hash: Mapped[str]
    state: Mapped[str]
    item_id: Mapped[UUID | None] = mapped_column(index=True)
    file_id: Mapped[UUID | None]
    stated: Mapped[str | None] = mapped_column(LongText)
    """JSON of what came with a file that is still to be read."""
    receipt: Mapped[str] = mapped_column(LongText)
    """JSON of the first answer."""
    reason: Mapped[str | None] = mapped_column(LongText)
    attempt: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When reading counts as not moving; None when it is over."""
    at: Mapped[datetime]


INGESTS = table_of(IngestRow)

_BY_KEY = select(INGESTS.c.content_hash, INGESTS.c.receipt).where(
    INGESTS.c.workspace_id == bindparam("workspace_id"),
    INGESTS.c.organisation_id == bindparam("organisation_id"),
    INGESTS.c.idempotency_key == bindparam("idempotency_key"),
)
_BY_ID = select(INGESTS).where(
    INGESTS.c.workspace_id == bindparam("workspace_id"),
    INGESTS.c.organisation_id == bindparam("organisation_id"),
    INGESTS.c.id == bindparam("ingest_id"),
)
_OF_KEY = select(INGESTS).where(
    INGESTS.c.workspace_id == bindparam("workspace_id"),
    INGESTS.c.organisation_id.in_(bindparam("organisations", expanding=True)),
    INGESTS.c.api_key_id == bindparam("api_key_id"),
)
_REPEATED = _OF_KEY.where(INGESTS.c.idempotency_key == bindparam("idempotency_key")).order_by(INGESTS.c.at).limit(1)
_BECAME = (
    _OF_KEY.where(or_(INGESTS.c.id == bindparam("sent_id"), INGESTS.c.item_id == bindparam("sent_id")))
    .order_by(INGESTS.c.at)
    .limit(1)
)
_SENDER = (
    select(API_KEYS.c.name)
    .join(INGESTS, INGESTS.c.api_key_id == API_KEYS.c.id)
    .where(INGESTS.c.workspace_id == bindparam("workspace_id"), INGESTS.c.item_id == bindparam("item_id"))
    .order_by(INGESTS.c.at)
    .limit(1)
)
_SETTLE = (
    INGESTS.update()
    .where(INGESTS.c.workspace_id == bindparam("of_workspace"), INGESTS.c.id == bindparam("of_id"))
    .values({name: bindparam(name) for name in ("state", "receipt", "item_id", "file_id", "stated", "due_at")})
)
"""Statements of every request, built once."""


async def insert_ingest(tx: Tx, caller: Caller, ingest_id: UUID, idempotency_key: str, content_hash: str) -> bool:
    """False when the organisation has had a request of that key; its outcome is not known before `settle_ingest`."""
    values = {
        "id": ingest_id,
        "workspace_id": caller.workspace_id,
        "organisation_id": caller.organisation_id,
        "api_key_id": caller.key_id,
        "idempotency_key": idempotency_key,
        "content_hash": content_hash,
        "state": "",
        "receipt": "",
        "attempt": 1,
        "at": tx.now,
    }
    return bool((await tx.execute(_new(tx.is_sqlite), values)).rowcount)


@cache
def _new(is_sqlite: bool) -> Any:  # noqa: FBT001 - a key of the cache
    return insert_into(IngestRow, is_sqlite=is_sqlite).on_conflict_do_nothing()


async def first_ingest(tx: Tx, caller: Caller, idempotency_key: str) -> Row[Any] | None:
    """Content hash and receipt of the first request of that key."""
    of = {"workspace_id": caller.workspace_id, "organisation_id": caller.organisation_id}
    return (await tx.execute(_BY_KEY, {**of, "idempotency_key": idempotency_key})).one_or_none()


async def ingest_of(tx: Tx, caller: Caller, ingest_id: UUID) -> Row[Any] | None:
    of = {"workspace_id": caller.workspace_id, "organisation_id": caller.organisation_id}
    return (await tx.execute(_BY_ID, {**of, "ingest_id": ingest_id})).one_or_none()


async def first_of_key(
    tx: Tx, caller: Caller, idempotency_key: str, organisations: Sequence[OrganisationId]
) -> Row[Any] | None:
    """As `first_ingest`, of what this very key sent to other books."""
    return (
        await tx.execute(_REPEATED, {**_key(caller, organisations), "idempotency_key": idempotency_key})
    ).one_or_none()


async def sent_by_key(
    tx: Tx, caller: Caller, sent_id: UUID, organisations: Sequence[OrganisationId]
) -> Row[Any] | None:
    """A request of this very key to other books, by its own id or that of the item that it became."""
    return (await tx.execute(_BECAME, {**_key(caller, organisations), "sent_id": sent_id})).one_or_none()


def _key(caller: Caller, organisations: Sequence[OrganisationId]) -> dict[str, Any]:
    return {
        "workspace_id": caller.workspace_id,
        "organisations": list(organisations),
        "api_key_id": caller.key_id,
    }


async def sender_of_item(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> str | None:
    """What the key is called that the item came with first."""
    return (await tx.execute(_SENDER, {"workspace_id": workspace_id, "item_id": item_id})).scalar_one_or_none()


async def settle_ingest(
    tx: Tx,
    caller: Caller,
    ingest_id: UUID,
    state: str,
    receipt: str,
    *,
    item_id: ItemId | None = None,
    file_id: FileId | None = None,
    stated: str | None = None,
    due_at: datetime | None = None,
) -> None:
    """What the request came to, in the transaction that began it."""
    values = {
        "of_workspace": caller.workspace_id,
        "of_id": ingest_id,
        "state": state,
        "receipt": receipt,
        "item_id": item_id,
        "file_id": file_id,
        "stated": stated,
        "due_at": due_at,
    }
    await tx.execute(_SETTLE, values)


async def reading(tx: Tx, ingest_id: UUID, attempt: int) -> Row[Any] | None:
    """A request whose file is to be read, at the attempt that may; None for one that is over."""
    statement = select(INGESTS).where(
        INGESTS.c.id == ingest_id,
        INGESTS.c.attempt == attempt,
        INGESTS.c.state == "reading",
        is_installed(INGESTS.c.workspace_id),
    )
    return (await tx.execute(statement)).one_or_none()


async def end_reading(
    tx: Tx, row: Row[Any], state: str, *, item_id: ItemId | None = None, reason: str | None = None
) -> bool:
    """False when somebody else was quicker."""
    ended = INGESTS.update().where(
        INGESTS.c.id == row.id, INGESTS.c.workspace_id == row.workspace_id, INGESTS.c.state == "reading"
    )
    values = {"state": state, "item_id": item_id, "reason": reason, "stated": None, "due_at": None}
    return bool((await tx.execute(ended.values(**values))).rowcount)


async def reading_due(tx: Tx, most: int) -> list[Row[Any]]:
    """Those that should have been read by now, for longest, whoever's they are."""
    statement = select(INGESTS.c.id, INGESTS.c.workspace_id, INGESTS.c.organisation_id, INGESTS.c.attempt).where(
        INGESTS.c.due_at <= tx.now, INGESTS.c.state == "reading", is_installed(INGESTS.c.workspace_id)
    )
    return list((await tx.execute(statement.order_by(INGESTS.c.due_at).limit(most))).all())


async def next_attempt(tx: Tx, row: Row[Any], due_at: datetime) -> bool:
    """False when it has moved on meanwhile, or was put off."""
    again = INGESTS.update().where(
        INGESTS.c.id == row.id,
        INGESTS.c.workspace_id == row.workspace_id,
        INGESTS.c.attempt == row.attempt,
        INGESTS.c.due_at <= tx.now,
    )
    return bool((await tx.execute(again.values(attempt=row.attempt + 1, due_at=due_at))).rowcount)


def owner_of(row: Row[Any]) -> tuple[WorkspaceId, OrganisationId]:
    return WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id)
