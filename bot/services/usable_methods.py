"""Payment methods that an item could be paid with instead of the one that was refused."""

from bot.db.unit_of_work import Tx
from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import Item
from bot.domain.paying import why_not
from bot.domain.payment_methods import KnownMethod
from bot.services.known_methods import all_known
from bot.services.lists import books_of


async def usable_methods(tx: Tx, item: Item) -> tuple[KnownMethod, ...]:
    """By name: those in use, linked to a bank account that the ledger has and that fits."""
    of = tx, item.workspace_id, item.organisation_id
    own, rules = await _of_books(*of)
    return tuple(known for known in await all_known(*of) if why_not(item, known, own, rules) is None)


async def why_not_usable(tx: Tx, item: Item, known: KnownMethod | None) -> str | None:
    """A sentence about one that was chosen; None where it can be used."""
    own, rules = await _of_books(tx, item.workspace_id, item.organisation_id)
    return why_not(item, known, own, rules)


async def _of_books(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> tuple[str, BookRules]:
    """The currency that they are kept in, and what they ask."""
    books = await books_of(tx, workspace_id, organisation_id)
    return ("", USUAL_RULES) if books is None else (books.base_currency, books.rules)
