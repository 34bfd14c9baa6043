"""What waits for one person: items to decide on first, then their own that need a look."""

from sqlalchemy import bindparam, select

from bot.db.base import table_of
from bot.db.connections import GrantRow
from bot.db.items import items_submitted_by, items_to_decide
from bot.db.unit_of_work import Tx
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.rights import Role
from bot.services.settings import organisations_of
from bot.views.home import ItemLine
from bot.views.text import amount

GRANTS = table_of(GrantRow)

_APPROVER_OF = select(GRANTS.c.organisation_id).where(
    GRANTS.c.workspace_id == bindparam("workspace_id"),
    GRANTS.c.user_id == bindparam("user_id"),
    GRANTS.c.role == Role.APPROVER,
)

MOST = 16
WHY = {
    ItemState.TO_REVIEW: "needs a look: something is missing or does not add up",
    ItemState.READY: "is ready to publish",
    ItemState.REJECTED: "was rejected",
    ItemState.REFUSED: "was refused by the ledger",
}


class MyWork:
    """`bot.services.home.MyWork` over the items."""

    async def mine(self, tx: Tx, workspace_id: WorkspaceId, user_id: UserId) -> tuple[ItemLine, ...]:
        names = await organisations_of(tx, workspace_id)
        organisations = await _approver_of(tx, workspace_id, user_id)
        deciding = await items_to_decide(tx, workspace_id, user_id, organisations, limit=MOST)
        own = await items_submitted_by(tx, workspace_id, user_id, WHY, limit=MOST)
        lines = [_line(item, names, "waits for your decision") for item in deciding]
        lines += [_line(item, names, WHY[item.state]) for item in own]
        return tuple(lines[:MOST])


async def _approver_of(tx: Tx, workspace_id: WorkspaceId, user_id: UserId) -> tuple[OrganisationId, ...]:
    of = {"workspace_id": workspace_id, "user_id": user_id}
    return tuple(OrganisationId(found) for found in (await tx.execute(_APPROVER_OF, of)).scalars())


def _line(item: Item, names: dict[OrganisationId, str], why: str) -> ItemLine:
    facts = item.facts
    return ItemLine(
        item_id=item.id,
        organisation=names.get(item.organisation_id, ""),
        title=f"{facts.supplier.name or 'Supplier not stated'} · {amount(facts.gross, facts.currency)}",
        detail=f"{facts.number or 'no number'} {why}",
    )
