"""What an organisation is called where another one of the workspace has its name, as it has when one package takes the place of
another: by its package as well.
"""

from typing import Any

from sqlalchemy import Row, select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow, OrganisationRow
from providers import PROVIDERS

ORGANISATIONS, CONNECTIONS = table_of(OrganisationRow), table_of(ConnectionRow)
_OTHERS = ORGANISATIONS.alias("others")

PROVIDER = (
    select(CONNECTIONS.c.provider)
    .where(
        CONNECTIONS.c.workspace_id == ORGANISATIONS.c.workspace_id,
        CONNECTIONS.c.organisation_id == ORGANISATIONS.c.id,
    )
    .correlate(ORGANISATIONS)
    .scalar_subquery()
    .label("provider")
)
"""The package that an organisation is connected to, as a column beside it."""
IS_NAMESAKE = (
    select(_OTHERS.c.id)
    .where(
        _OTHERS.c.workspace_id == ORGANISATIONS.c.workspace_id,
        _OTHERS.c.name == ORGANISATIONS.c.name,
        _OTHERS.c.id != ORGANISATIONS.c.id,
    )
    .correlate(ORGANISATIONS)
    .exists()
    .label("is_namesake")
)
"""Whether another one has its name, as a column beside it."""


def in_package(name: str, provider: str | None) -> str:
    if provider is None:
        return name
    entry = PROVIDERS.get(provider)
    return f"{name} · {provider if entry is None else entry.profile.name}"


def called(row: Row[Any]) -> str:
    """Of the columns `name`, `PROVIDER` and `IS_NAMESAKE`."""
    return in_package(row.name, row.provider) if row.is_namesake else row.name
