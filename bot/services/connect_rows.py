"""The rows of tries to connect. Each step is one conditional UPDATE whose row count says who won: select-then-delete let
eight callbacks with one state in, fifty times out of fifty. Only hashes of the link, the cookie, the state and the code
are kept.
"""

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select

from bot.db.base import load, table_of
from bot.db.connections import ConnectFlowRow, ConnectionRow, OrganisationRow, TokenSetRow
from bot.db.unit_of_work import Tx
from bot.domain.books import Login
from bot.domain.connections import Health

FLOWS = table_of(ConnectFlowRow)
CONNECTIONS = table_of(ConnectionRow)
ORGANISATIONS = table_of(OrganisationRow)
TOKENS = table_of(TokenSetRow)

LIFE = timedelta(minutes=10)


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def newest(provider: str, cookie: str) -> Any:
    """A browser's last try."""
    return (
        select(FLOWS)
        .where(FLOWS.c.cookie_hash == hashed(cookie), FLOWS.c.provider == provider)
        .order_by(FLOWS.c.created_at.desc())
        .limit(1)
    )


async def one(tx: Tx, *where: Any) -> Row[Any] | None:
    return (await tx.execute(select(FLOWS).where(*where))).one_or_none()


async def move(tx: Tx, where: tuple[Any, ...], **values: Any) -> Row[Any] | None:
    """One step, taken by one request only; None when it was not there to take."""
    statement = FLOWS.update().where(*where, FLOWS.c.expires_at > tx.now).values(**values).returning(FLOWS)
    return (await tx.execute(statement)).one_or_none()


async def tenant_of(tx: Tx, row: Row[Any]) -> str | None:
    statement = select(CONNECTIONS.c.tenant_id).where(
        CONNECTIONS.c.workspace_id == row.workspace_id,
        CONNECTIONS.c.organisation_id == row.organisation_id,
        CONNECTIONS.c.provider == row.provider,
    )
    return (await tx.execute(statement)).scalar_one_or_none()


async def connected_of(tx: Tx, row: Row[Any]) -> frozenset[str]:
    """The organisations of the provider that are connected in the workspace, as the provider knows them."""
    statement = select(CONNECTIONS.c.tenant_id).where(
        CONNECTIONS.c.workspace_id == row.workspace_id,
        CONNECTIONS.c.provider == row.provider,
        CONNECTIONS.c.health != Health.DISCONNECTED,
    )
    return frozenset((await tx.execute(statement)).scalars())


async def name_of(tx: Tx, row: Row[Any]) -> str | None:
    statement = select(ORGANISATIONS.c.name).where(
        ORGANISATIONS.c.workspace_id == row.workspace_id, ORGANISATIONS.c.id == row.organisation_id
    )
    return (await tx.execute(statement)).scalar_one_or_none()


async def login_of(tx: Tx, row: Row[Any]) -> Login:
    """Who signed in at the provider, as far as it told."""
    told = (await tx.execute(select(TOKENS.c.login).where(TOKENS.c.id == row.token_set_id))).scalar_one_or_none()
    return Login() if told is None else load(told, Login)
