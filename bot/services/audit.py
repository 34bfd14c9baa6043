"""One row for each thing done, written in the transaction that did it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bot.db.base import dump, table_of
from bot.db.unit_of_work import Tx
from bot.db.workspaces import AuditRow
from bot.domain.api_keys import ApiKeyId
from bot.domain.ids import ItemId, OrganisationId, RuleId, UserId, WorkspaceId

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
    about = {"workspace_id": workspace_id, "organisation_id": organisation_id, "deed": deed, "by": by, "at": tx.now}
    await tx.execute(_NEW, {**about, "subject_id": subject_id, "facts": dump(facts or {})})


async def record_each(
    tx: Tx,
    workspace_id: WorkspaceId,
    deed: str,
    *,
    organisation_id: OrganisationId,
    facts: Mapping[ItemId, dict[str, Any]] | Mapping[RuleId, dict[str, Any]] | Mapping[ApiKeyId, dict[str, Any]],
    by: UserId | None = None,
) -> None:
    """As `record`, the same of many items, rules or keys, each with its own facts."""
    about = {"workspace_id": workspace_id, "organisation_id": organisation_id, "deed": deed, "by": by, "at": tx.now}
    if facts:
        rows = [{**about, "subject_id": each, "facts": dump(told)} for each, told in facts.items()]
        await tx.execute(_NEW, rows)
