"""Payment methods that an item could be paid with instead of the one that was refused."""

from bot.db.unit_of_work import Tx
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import Item
from bot.domain.paying import why_not
from bot.domain.payment_methods import KnownMethod
from bot.services.known_methods import all_known
from bot.services.lists import books_of


async def usable_methods(tx: Tx, item: Item) -> tuple[KnownMethod, ...]:
    """By name: those in use, linked to a bank account that the ledger has and that fits."""
    of = tx, item.workspace_id, item.organisation_id
    own = await _own_currency(*of)
    return tuple(known for known in await all_known(*of) if why_not(item, known, own) is None)


async def why_not_usable(tx: Tx, item: Item, known: KnownMethod | None) -> str | None:
    """A sentence about one that was chosen; None where it can be used."""
    return why_not(item, known, await _own_currency(tx, item.workspace_id, item.organisation_id))


async def _own_currency(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> str:
    books = await books_of(tx, workspace_id, organisation_id)
    return "" if books is None else books.base_currency
