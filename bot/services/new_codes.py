"""Codes that are in no list, in books that take any: typed once, they are in the list from then on."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from bot.db.base import table_of
from bot.db.connections import ListEntryRow, ListSyncRow
from bot.db.unit_of_work import Tx
from bot.domain.books import ListEntry, ListKind
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.typed_lists import new_entry
from bot.services.list_entries import put_rows, row_of
from bot.services.lists import rules_of

ENTRIES, SYNCS = table_of(ListEntryRow), table_of(ListSyncRow)


async def learn(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, codes: Iterable[str | None]
) -> None:
    """What was chosen, of a list of categories or tax rates; nothing where the books know their own codes."""
    wanted = {code for code in codes if code}
    if not wanted or not (await rules_of(tx, workspace_id, organisation_id)).takes_any_code:
        return
    known = select(ENTRIES.c.key).where(
        ENTRIES.c.workspace_id == workspace_id,
        ENTRIES.c.organisation_id == organisation_id,
        ENTRIES.c.kind == kind,
        ENTRIES.c.key.in_(sorted(wanted)),
    )
    new = wanted - set((await tx.execute(known)).scalars())
    if new:
        entries = [new_entry(kind, code) for code in sorted(new)]
        await write(tx, workspace_id, organisation_id, kind, entries)


async def write(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, entries: Sequence[ListEntry]
) -> None:
    """Into a list that is typed, as where one was read to its end; each entry with another code."""
    of = SYNCS.c.workspace_id == workspace_id, SYNCS.c.organisation_id == organisation_id
    run = ((await tx.execute(select(func.max(SYNCS.c.run)).where(*of))).scalar_one() or 0) + 1
    rows = [row_of(workspace_id, organisation_id, kind, entry, run=run) for entry in entries]
    await put_rows(tx, workspace_id, organisation_id, kind, rows)
    live = select(func.count()).where(
        ENTRIES.c.workspace_id == workspace_id,
        ENTRIES.c.organisation_id == organisation_id,
        ENTRIES.c.kind == kind,
        ENTRIES.c.is_active.is_(True),
    )
    count = (await tx.execute(live)).scalar_one()
    done = {"run": run, "state": "done", "read": count, "synced_at": tx.now, "due_at": None}
    new = tx.insert(ListSyncRow).values(workspace_id=workspace_id, organisation_id=organisation_id, kind=kind, **done)
    await tx.execute(new.on_conflict_do_update(index_elements=["organisation_id", "kind"], set_=done))
