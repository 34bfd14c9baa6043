"""Entries of a list as an import leaves them."""

from collections.abc import Sequence
from typing import Any

from bot.db import list_terms
from bot.db.base import dump
from bot.db.connections import ListEntryRow
from bot.db.unit_of_work import Tx
from bot.domain.books import Account, AccountClass, Contact, ListEntry, ListKind
from bot.domain.finding import found_by
from bot.domain.ids import OrganisationId, WorkspaceId


def account(code: str, name: str, **more: Any) -> Account:
    return Account(provider_id=code, code=code, name=name, account_class=AccountClass.EXPENSE, **more)


def contact(key: str, name: str, *, is_active: bool = True) -> Contact:
    return Contact(provider_id=key, name=name, is_active=is_active)


async def keep(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    kind: ListKind,
    entries: Sequence[Account | Contact],
) -> None:
    rows = [_row(workspace_id, organisation_id, kind, entry) for entry in entries]
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        await list_terms.follow(tx, workspace_id, organisation_id, kind, some)
        new = tx.insert(ListEntryRow).values(some)
        fresh = {name: new.excluded[name] for name in ("search", "is_active", "entry")}
        await tx.execute(new.on_conflict_do_update(index_elements=["organisation_id", "kind", "key"], set_=fresh))


def _row(
    workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, entry: Account | Contact
) -> dict[str, Any]:
    return {
        "workspace_id": workspace_id,
        "organisation_id": organisation_id,
        "kind": kind,
        "key": key_of(entry),
        "search": found_by(entry),
        "is_active": entry.is_active,
        "entry": dump(entry),
        "seen_in": 1,
    }


def key_of(entry: ListEntry) -> str:
    return entry.code if isinstance(entry, Account) else entry.provider_id if isinstance(entry, Contact) else ""
