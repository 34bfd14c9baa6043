"""One row for each thing done, written in the transaction that did it."""

from typing import Any
from uuid import UUID

from bot.db.base import dump, table_of
from bot.db.unit_of_work import Tx
from bot.db.workspaces import AuditRow
from bot.domain.ids import OrganisationId, UserId, WorkspaceId

AUDIT = table_of(AuditRow)
_NEW = AUDIT.insert()


async def record(
    tx: Tx,
    workspace_id: WorkspaceId,
    subject_id: UUID,
    deed: str,
    *,
    by: UserId | None,
    organisation_id: OrganisationId | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Keep what was done; `facts` never hold secrets."""
    row = {
        "workspace_id": workspace_id,
        "organisation_id": organisation_id,
        "subject_id": subject_id,
        "deed": deed,
        "by": by,
        "at": tx.now,
        "facts": dump(facts or {}),
    }
    await tx.execute(_NEW, row)
