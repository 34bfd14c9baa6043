"""What the login behind a connection may do with bills, as refusals and successes tell it before the next refresh does."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from bot.db.base import load, table_of
from bot.db.batches import LiveBatch
from bot.db.connections import ConnectionRow, TokenSetRow
from bot.db.unit_of_work import Tx
from bot.domain.books import BillRights, Books, Login
from bot.domain.postings import Posting
from bot.services import lists
from bot.services.homes import redraw_homes_of
from providers.base import Profile

CONNECTIONS, TOKENS = table_of(ConnectionRow), table_of(TokenSetRow)


async def facts_of(tx: Tx, batch: LiveBatch, bill: Posting, books: Books | None, profile: Profile) -> dict[str, str]:
    """Who lacks which right, and whom to ask for."""
    writes_drafts = books is not None and books.bill_rights is BillRights.DRAFTS
    deed = "approve bills" if writes_drafts and _is_approved(bill) else "write bills"
    return {"login": await _login(tx, batch), "deed": deed, "role": profile.connect.role}


async def refused(tx: Tx, batch: LiveBatch, bills: Sequence[Posting]) -> None:
    """These were refused for a missing right. Of an approved bill it is not said which; approving is too much for sure."""
    books = await lists.books_of(tx, batch.workspace_id, batch.organisation_id) if bills else None
    if books is None:
        return
    if not all(_is_approved(bill) for bill in bills):
        await _learn(tx, batch, books, BillRights.NONE)
    elif books.bill_rights is not BillRights.NONE:
        await _learn(tx, batch, books, BillRights.DRAFTS)


async def proven(tx: Tx, batch: LiveBatch, bill: Posting, books: Books) -> None:
    """A bill went in: whoever connected it may do at least that by now."""
    if _is_approved(bill) and books.bill_rights in (BillRights.NONE, BillRights.DRAFTS):
        await _learn(tx, batch, books, BillRights.ALL)
    elif books.bill_rights is BillRights.NONE:
        await _learn(tx, batch, books, BillRights.UNTOLD)


async def _learn(tx: Tx, batch: LiveBatch, books: Books, rights: BillRights) -> None:
    if books.bill_rights is not rights:
        await lists.keep_books(tx, batch.workspace_id, batch.organisation_id, replace(books, bill_rights=rights))
        await redraw_homes_of(tx, batch.workspace_id, batch.organisation_id)


async def _login(tx: Tx, batch: LiveBatch) -> str:
    statement = (
        select(TOKENS.c.login)
        .join(CONNECTIONS, CONNECTIONS.c.token_set_id == TOKENS.c.id)
        .where(CONNECTIONS.c.id == batch.connection_id, CONNECTIONS.c.workspace_id == batch.workspace_id)
    )
    told = (await tx.execute(statement)).scalar_one_or_none()
    name = "" if told is None else load(told, Login).known_as
    return name or "its name is not told"


def _is_approved(bill: Posting) -> bool:
    return bill.status.is_approved
