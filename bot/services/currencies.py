"""The ledger's currencies, as its list was read last."""

from collections.abc import Collection

import msgspec
from sqlalchemy import bindparam, select

from bot.db.base import table_of
from bot.db.connections import ListEntryRow
from bot.db.unit_of_work import Tx
from bot.domain.books import Currency, ListKind
from bot.domain.ids import OrganisationId, WorkspaceId

ENTRIES = table_of(ListEntryRow)

_LIVE = (
    select(ENTRIES.c.entry)
    .where(
        ENTRIES.c.workspace_id == bindparam("workspace_id"),
        ENTRIES.c.organisation_id == bindparam("organisation_id"),
        ENTRIES.c.kind == ListKind.CURRENCIES,
        ENTRIES.c.is_active.is_(True),
    )
    .order_by(ENTRIES.c.key)
)
_SOME = _LIVE.where(ENTRIES.c.key.in_(bindparam("keys", expanding=True)))
_CURRENCY = msgspec.json.Decoder(Currency)


async def live_currencies(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> tuple[Currency, ...]:
    """All that it has switched on, by code."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return tuple(_CURRENCY.decode(entry) for entry in (await tx.execute(_LIVE, of)).scalars())


async def currencies_by_code(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, codes: Collection[str]
) -> dict[str, Currency]:
    """Those of them that it has switched on."""
    if not codes:
        return {}
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "keys": sorted(codes)}
    found = (_CURRENCY.decode(entry) for entry in (await tx.execute(_SOME, of)).scalars())
    return {currency.code: currency for currency in found}
