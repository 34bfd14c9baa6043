"""What becomes of items when their publications do: one transaction writes both, and every message that follows."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.db import batches, planning
from bot.db import publications as rows
from bot.db.base import dump
from bot.db.batches import LiveBatch, LivePublication
from bot.db.items import change_item, load_item, load_items
from bot.db.planning import DueOrganisation
from bot.db.unit_of_work import Tx
from bot.domain.billing import NotBillableError, bill_of
from bot.domain.books import Books
from bot.domain.ids import OrganisationId, PublicationId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import BatchState, Bill, PublicationState, StepState
from bot.services import alerts, audit, bill_rights, lists
from bot.services.current import show
from bot.services.messages import redraw_items
from providers.base import Profile

logger = logging.getLogger(__name__)

Render = Callable[[Sequence[Bill]], bytes]


async def take(
    tx: Tx, organisation: DueOrganisation, limit: int, public_url: str, render: Render
) -> list[tuple[PublicationId, Bill]]:
    """Due items turned from approved to sending, with the bill each is frozen as.

    Each is also rendered alone: one that no body can be made of is told to people, and the others go.
    """
    taken, moved = [], []
    found = await planning.take_due(tx, organisation, limit)
    items = await load_items(tx, organisation.workspace_id, [due.item_id for due in found])
    for due in found:
        item = items.get(due.item_id)
        if item is None or item.state is not ItemState.APPROVED:
            await rows.end_waiting(tx, due.id, PublicationState.CANCELLED, None)
            continue
        sending = await change_item(tx, item, replace(item, state=ItemState.SENDING))
        if sending is None:
            continue
        moved.append(item.id)
        try:
            bill = bill_of(sending, status=sending.publish_as, marker=f"{public_url}/i/{item.id}")
            render([bill])
        except (ArithmeticError, ValueError) as error:
            await _not_billable(tx, due.id, sending, error)
        else:
            taken.append((due.id, bill))
    await redraw_items(tx, organisation.workspace_id, moved)
    return taken


async def _not_billable(tx: Tx, publication_id: PublicationId, item: Item, error: Exception) -> None:
    """Our own checks should have kept it back; it must not stand in the way of the others, so a person is told."""
    if isinstance(error, NotBillableError):
        code, what = ProblemCode.FIELD_MISSING, str(error)
    else:
        code, what = ProblemCode.FIELD_NOT_VALID, "its amounts"
        logger.error("no bill can be made of an approved item", exc_info=error)
    problem = Problem(code=code, facts={"what": what, "ledger": "the ledger"})
    await rows.end_waiting(tx, publication_id, PublicationState.REFUSED, dump(problem))
    refused = await change_item(tx, item, replace(item, state=ItemState.REFUSED))
    if refused is not None:
        await alerts.refused(tx, refused, problem)


async def publish(tx: Tx, batch: LiveBatch, publication: LivePublication, url: str) -> None:
    """Read back and agreed: the item is published."""
    if not await rows.end_publication(tx, publication.id, PublicationState.PUBLISHED, StepState.DONE):
        return
    item = await _move(tx, batch, publication, ItemState.PUBLISHED, ledger_url=url)
    if item is not None:
        await alerts.resolved(tx, item)
        await _audit(tx, item, "published", {"ledger id": publication.ledger_id})


async def refuse(tx: Tx, batch: LiveBatch, publication: LivePublication, problem: Problem, profile: Profile) -> None:
    """The ledger said no to this document: one alert, and the item waits for a fix."""
    account = _refused_account(publication.bill, problem)
    problem = await _with_facts(tx, batch, publication.bill, problem, profile)
    state, step = PublicationState.REFUSED, StepState.REFUSED
    if not await rows.end_publication(tx, publication.id, state, step, dump(problem)):
        return
    if problem.code is ProblemCode.ACCOUNT_ARCHIVED and account is not None:
        await lists.went_inactive(tx, batch.workspace_id, batch.organisation_id, account)
    item = await _move(tx, batch, publication, ItemState.REFUSED)
    if item is not None:
        await alerts.refused(tx, item, problem)


def _refused_account(bill: Bill, problem: Problem) -> str | None:
    """The code that the vendor named, or that all lines have."""
    of_lines = {line.account_code for line in bill.lines}
    named = problem.facts.get("account")
    return named if named in of_lines or len(of_lines) > 1 else of_lines.pop()


async def unknown(tx: Tx, batch: LiveBatch) -> None:
    """No clear answer: shown as being checked until the ledger was searched."""
    for publication in await batches.live_publications(tx, batch.id):
        if publication.ledger_id is None:
            await rows.mark_unknown(tx, publication.id)
            await _move(tx, batch, publication, ItemState.UNKNOWN)


async def release(
    tx: Tx, batch: LiveBatch, publications: Sequence[LivePublication], *, goes_alone: bool = False
) -> None:
    """Some of the batch are in the ledger and these certainly are not: they go into another batch."""
    for publication in publications:
        await rows.release_publication(tx, publication.id, goes_alone=goes_alone)
        await _move(tx, batch, publication, ItemState.APPROVED)


async def dissolve(tx: Tx, batch: LiveBatch) -> None:
    """Refused as a whole, perhaps for one of its documents: each goes by itself, so that only that one is refused."""
    await release(tx, batch, batch.publications, goes_alone=True)
    await batches.end_batch(tx, batch, BatchState.DISSOLVED)


async def take_back(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """What was frozen and that nobody has begun to send is approved again, and waits; what is on its way goes on."""
    for batch in await batches.untouched_batches(tx, workspace_id, organisation_id):
        await release(tx, batch, batch.publications)
        await batches.end_batch(tx, batch, BatchState.DISSOLVED)


async def tell_trouble(tx: Tx, batch: LiveBatch, problem: Problem, profile: Profile, retry_at: datetime) -> None:
    """It has gone on for long: people see why, once, while it is still tried."""
    problem = problem.with_facts(retry_at=f"{retry_at:%H:%M} UTC")
    for publication in await batches.live_publications(tx, batch.id):
        item = await load_item(tx, batch.workspace_id, publication.item_id)
        told = await alerts.load_alert(tx, batch.workspace_id, publication.item_id)
        is_told = told is not None and told.state == "open" and told.problem.code is problem.code
        if item is not None and not is_told:
            await alerts.refused(tx, item, await _with_facts(tx, batch, publication.bill, problem, profile))


async def _move(
    tx: Tx, batch: LiveBatch, publication: LivePublication, state: ItemState, *, ledger_url: str | None = None
) -> Item | None:
    item = await load_item(tx, batch.workspace_id, publication.item_id)
    if item is None or item.state is state:
        return None
    published_at = tx.now if state is ItemState.PUBLISHED else item.published_at
    moved = await change_item(
        tx, item, replace(item, state=state, ledger_url=ledger_url or item.ledger_url, published_at=published_at)
    )
    if moved is not None:
        await show(tx, moved)
    return moved


async def _with_facts(tx: Tx, batch: LiveBatch, bill: Bill, problem: Problem, profile: Profile) -> Problem:
    books = await lists.books_of(tx, batch.workspace_id, batch.organisation_id)
    problem = replace(problem, facts={**problem.facts, **await _names(tx, batch, bill, problem)})
    if problem.code is ProblemCode.PERMISSION_MISSING:
        problem = problem.with_facts(**await bill_rights.facts_of(tx, batch, bill, books, profile))
    return problem.with_facts(
        ledger=profile.name,
        organisation=books.name if books else "this organisation",
        supplier=bill.contact_name,
        number=bill.number,
        date=bill.issued_on.isoformat(),
        currency=bill.currency,
        locked_to=_locked_to(books),
    )


async def _names(tx: Tx, batch: LiveBatch, bill: Bill, problem: Problem) -> dict[str, str]:
    """Codes that the vendor named, or those of the bill's first line, and their names."""
    workspace, organisation, line = batch.workspace_id, batch.organisation_id, bill.lines[0]
    account = problem.facts.get("account", line.account_code)
    tax_rate = problem.facts.get("tax_rate", line.tax_code or "")
    return {
        "account": await lists.account_label(tx, workspace, organisation, account),
        "account_code": account,
        "tax_rate": await lists.tax_rate_label(tx, workspace, organisation, tax_rate) if tax_rate else "no tax",
        "tax_code": tax_rate,
    }


def _locked_to(books: Books | None) -> str:
    dates = [day for day in (books.period_locked_to, books.year_locked_to) if day is not None] if books else []
    return max(dates).isoformat() if dates else "unknown"


async def _audit(tx: Tx, item: Item, deed: str, facts: dict[str, object]) -> None:
    await audit.record(tx, item.workspace_id, item.id, deed, by=None, organisation_id=item.organisation_id, facts=facts)
