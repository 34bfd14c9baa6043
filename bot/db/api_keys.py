"""API keys: only what they hash to, and how they begin."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Row, bindparam, false, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, table_of
from bot.db.unit_of_work import Tx
from bot.db.workspaces import is_installed
from bot.domain.api_keys import ApiKey, ApiKeyId, Caller, Scope
from bot.domain.ids import OrganisationId, UserId, WorkspaceId


class ApiKeyRow(Base):
    """A key of one organisation. Revoked ones stay, so that what they sent can be told."""

    __tablename__ = "api_keys"
    __table_args__ = (Index("ix_api_keys_organisation", "workspace_id", "organisation_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    key_hash: Mapped[str] = mapped_column(unique=True)
    shown: Mapped[str]
    name: Mapped[str]
    scopes: Mapped[str]
    """Parted by spaces."""
    made_by: Mapped[str]
    is_operators: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Made on the command line, in the name of `made_by`."""
    made_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
    revoked_at: Mapped[datetime | None]


API_KEYS = table_of(ApiKeyRow)
NOTED_EVERY = timedelta(minutes=1)
"""How often a key's last use is written down: a write for each request would be one too many."""

_KNOWN = select(API_KEYS).where(
    API_KEYS.c.key_hash == bindparam("key_hash"),
    API_KEYS.c.revoked_at.is_(None),
    is_installed(API_KEYS.c.workspace_id),
)
_LIVE = select(API_KEYS.c.id).where(
    API_KEYS.c.id == bindparam("key_id"),
    API_KEYS.c.workspace_id == bindparam("workspace_id"),
    API_KEYS.c.revoked_at.is_(None),
)
_OF_ORGANISATION = (
    select(API_KEYS)
    .where(
        API_KEYS.c.workspace_id == bindparam("workspace_id"),
        API_KEYS.c.organisation_id == bindparam("organisation_id"),
        API_KEYS.c.revoked_at.is_(None),
    )
    .order_by(API_KEYS.c.made_at, API_KEYS.c.id)
)


async def insert_key(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    key: ApiKey,
    key_hash: str,
) -> None:
    await tx.execute(
        API_KEYS.insert(),
        {
            "id": key.id,
            "workspace_id": workspace_id,
            "organisation_id": organisation_id,
            "key_hash": key_hash,
            "shown": key.shown,
            "name": key.name,
            "scopes": " ".join(sorted(key.scopes)),
            "made_by": key.made_by,
            "is_operators": key.is_operators,
            "made_at": key.made_at,
        },
    )


async def keys_of(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> tuple[ApiKey, ...]:
    """The live ones, oldest first."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return tuple(_key(row) for row in (await tx.execute(_OF_ORGANISATION, of)).all())


async def caller_of(tx: Tx, key_hash: str) -> tuple[Caller, datetime | None] | None:
    """Whose key this is, and when it was used last; None for one that is not live. Nothing of this may be remembered:
    a key that is revoked in one process must not be good in another.
    """
    row = (await tx.execute(_KNOWN, {"key_hash": key_hash})).one_or_none()
    return None if row is None else (_caller(row), row.last_used_at)


async def is_live(tx: Tx, caller: Caller) -> bool:
    """Whether it still is, in the transaction that decides."""
    of = {"workspace_id": caller.workspace_id, "key_id": caller.key_id}
    return (await tx.execute(_LIVE, of)).one_or_none() is not None


async def sender_of(tx: Tx, row: Row[Any]) -> Caller:
    """Whose key a request came with, live or not: what was acknowledged is carried out."""
    statement = select(API_KEYS).where(API_KEYS.c.workspace_id == row.workspace_id, API_KEYS.c.id == row.api_key_id)
    return _caller((await tx.execute(statement)).one())


async def note_use(tx: Tx, caller: Caller) -> None:
    used = API_KEYS.update().where(
        API_KEYS.c.id == caller.key_id,
        API_KEYS.c.workspace_id == caller.workspace_id,
        or_(API_KEYS.c.last_used_at.is_(None), API_KEYS.c.last_used_at <= tx.now - NOTED_EVERY),
    )
    await tx.execute(used.values(last_used_at=tx.now))


async def revoke(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, key_id: ApiKeyId, by: UserId | None
) -> bool:
    """False when it is no live key of this organisation."""
    ended = API_KEYS.update().where(
        API_KEYS.c.id == key_id,
        API_KEYS.c.workspace_id == workspace_id,
        API_KEYS.c.organisation_id == organisation_id,
        API_KEYS.c.revoked_at.is_(None),
    )
    return bool((await tx.execute(ended.values(revoked_at=tx.now, revoked_by=by))).rowcount)


async def move_keys(
    tx: Tx, workspace_id: WorkspaceId, old: OrganisationId, new: OrganisationId
) -> tuple[ApiKeyId, ...]:
    """The live ones are of other books from now on; answers which."""
    moved = (
        API_KEYS.update()
        .where(
            API_KEYS.c.workspace_id == workspace_id,
            API_KEYS.c.organisation_id == old,
            API_KEYS.c.revoked_at.is_(None),
        )
        .values(organisation_id=new)
        .returning(API_KEYS.c.id)
    )
    return tuple(sorted(ApiKeyId(found) for found in (await tx.execute(moved)).scalars()))


async def count_live(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> int:
    statement = select(func.count()).where(
        API_KEYS.c.workspace_id == workspace_id,
        API_KEYS.c.organisation_id == organisation_id,
        API_KEYS.c.revoked_at.is_(None),
    )
    return int((await tx.execute(statement)).scalar_one())


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=ApiKeyId(row.id),
        name=row.name,
        shown=row.shown,
        scopes=_scopes(row.scopes.split()),
        made_by=UserId(row.made_by),
        is_operators=row.is_operators,
        made_at=row.made_at,
        last_used_at=row.last_used_at,
    )


def _caller(row: Row[Any]) -> Caller:
    return Caller(
        key_id=ApiKeyId(row.id),
        workspace_id=WorkspaceId(row.workspace_id),
        organisation_id=OrganisationId(row.organisation_id),
        name=row.name,
        scopes=_scopes(row.scopes.split()),
        made_by=UserId(row.made_by),
    )


def _scopes(words: Sequence[str]) -> frozenset[Scope]:
    """A scope of a newer version is none of ours."""
    return frozenset(scope for scope in Scope if scope in words)
