"""What waits in a currency that is not the books' own: whether the ledger has it is said on its card."""

from sqlalchemy import bindparam, select

from bot.db.items import ITEMS
from bot.db.recodings import UNDECIDED
from bot.db.unit_of_work import Tx
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.services import lists
from bot.services.messages import redraw_items

MOST_REDRAWN = 200
"""Cards that are drawn again at once, the oldest."""

_FOREIGN = (
    select(ITEMS.c.id)
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id == bindparam("organisation_id"),
        ITEMS.c.state.in_(UNDECIDED),
        ITEMS.c.currency != bindparam("own"),
    )
    .order_by(ITEMS.c.created_at)
    .limit(MOST_REDRAWN)
)


async def redraw_foreign(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """In the transaction that ends a reading of the currencies: one may be switched on there, or off, by now."""
    books = await lists.books_of(tx, workspace_id, organisation_id)
    if books is None:
        return
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "own": books.base_currency}
    await redraw_items(tx, workspace_id, list((await tx.execute(_FOREIGN, of)).scalars()))
