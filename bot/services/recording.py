"""What becomes of items when their publications do: one transaction writes both, and every message that follows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bot.db import bank_lines, batches
from bot.db import steps as rows
from bot.db.base import dump
from bot.db.batches import LiveBatch, LiveStep
from bot.db.items import change_item, change_items, load_item, load_items
from bot.db.unit_of_work import Tx
from bot.db.withdrawals import waiting_withdrawals
from bot.domain.attachments import in_a_smaller_version, refused_as_too_large
from bot.domain.books import Books, ListKind
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.ledger_documents import EndedDocument, Found, rate_in
from bot.domain.paying import of_payment
from bot.domain.postings import Attachment, Payment, Posting, Withdrawal, Work
from bot.domain.problems import OF_LINE, OF_STEPS, Problem, ProblemCode
from bot.domain.publishing import Accepted, BatchState, PublicationState, StepKind, StepState
from bot.domain.withdrawing import of_withdrawal
from bot.services import alerts, audit, auto_offers, bank_accounts, bill_rights, default_messages, lists, withdrawn
from bot.services.current import show, show_all
from bot.services.messages import redraw_items
from bot.views.text import day
from providers.base import Profile


async def done(tx: Tx, batch: LiveBatch, step: LiveStep, record: Found, *, url: str | None, profile: Profile) -> None:
    """Read back and agreed: the document is published, or what belongs to it is there, or it stands there no more."""
    if isinstance(record, EndedDocument):
        return await withdrawn.done(tx, batch, step, record, profile)
    if not step.id.is_document:
        return await _step_done(tx, batch, step)
    if not await rows.end_document(tx, step.id.publication_id, PublicationState.PUBLISHED):
        return None
    rate = rate_in(record)
    item = await _move(tx, batch, step, ItemState.PUBLISHED, ledger_url=url, ledger_rate=rate)
    if item is not None:
        await alerts.resolved(tx, item)
        await _audit(tx, item, "published", {"ledger id": step.ledger_id})
        await auto_offers.offer(tx, [item])
    return None


async def _step_done(tx: Tx, batch: LiveBatch, step: LiveStep) -> None:
    if not await rows.end_step(tx, step.id, StepState.DONE):
        return
    item = await load_item(tx, batch.workspace_id, step.item_id)
    if item is not None:
        await alerts.resolved(tx, item, of=batch.kind)
        how = in_a_smaller_version(step.work) if isinstance(step.work, Attachment) else None
        told = {} if how is None else {"how": how}
        await _audit(tx, item, f"{batch.kind} added", {"ledger id": step.ledger_id, **told})
        await redraw_items(tx, batch.workspace_id, [item.id])


async def warned(tx: Tx, batch: LiveBatch, taken: Sequence[tuple[LiveStep, Accepted]]) -> None:
    """The ledger took these, and said something about some of them: kept for their cards and their history, whatever is
    read back.
    """
    said = [(step, " ".join(outcome.warnings)) for step, outcome in taken if outcome.warnings]
    await rows.keep_warnings(tx, batch.workspace_id, {step.id: words for step, words in said})
    for step, words in said:
        await audit.record(
            tx,
            batch.workspace_id,
            step.item_id,
            "taken with a warning",
            by=None,
            organisation_id=batch.organisation_id,
            facts={"words": words, "step": batch.kind},
        )


async def refuse(tx: Tx, batch: LiveBatch, step: LiveStep, problem: Problem, profile: Profile) -> None:
    """The ledger said no: one alert, and the item, or this step of it alone, waits for a fix."""
    if batch.kind is StepKind.WITHDRAWAL:
        return await withdrawn.refused(
            tx, batch, step, await _with_step(tx, batch, step, of_withdrawal(problem), profile)
        )
    if not step.id.is_document:
        return await _step_refused(tx, batch, step, problem, profile)
    posting = _posting_of(step)
    account = _refused_account(posting, problem)
    problem = await _with_facts(tx, batch, posting, problem, profile)
    if not await rows.end_document(tx, step.id.publication_id, PublicationState.REFUSED, dump(problem)):
        return None
    if problem.code is ProblemCode.ACCOUNT_ARCHIVED and account is not None:
        await lists.went_inactive(tx, batch.workspace_id, batch.organisation_id, account)
        await default_messages.look(tx, batch.workspace_id, batch.organisation_id, ListKind.ACCOUNTS)
    if problem.code is ProblemCode.PRODUCT_NOT_VALID:
        await _product_is_gone(tx, batch, problem)
    if problem.code in (ProblemCode.CONTACT_ARCHIVED, ProblemCode.CLAIMANT_NOT_TAKEN):
        await _contact_went_inactive(tx, batch, posting)
    if problem.code is ProblemCode.BANK_ACCOUNT_NOT_TAKEN and posting.bank_account is not None:
        await bank_accounts.went_inactive(tx, batch.workspace_id, batch.organisation_id, posting.bank_account)
    if posting.bank_line is not None and problem.code in OF_LINE:
        is_gone = problem.code is ProblemCode.BANK_LINE_GONE
        of = tx, batch.workspace_id, batch.organisation_id
        await bank_lines.mark(*of, posting.bank_line, is_gone=is_gone, is_recorded=not is_gone)
    item = await _move(tx, batch, step, ItemState.REFUSED)
    if item is not None:
        await alerts.refused(tx, item, problem)
    return None


async def _product_is_gone(tx: Tx, batch: LiveBatch, problem: Problem) -> None:
    """It is offered no more, before the next refresh says so."""
    of, code = (tx, batch.workspace_id, batch.organisation_id), problem.facts.get("product_code", "")
    product = (await lists.products_by_code(*of, [code])).get(code)
    if product is not None:
        await lists.retire(*of, product)
        await default_messages.look(*of, ListKind.PRODUCTS)


async def _contact_went_inactive(tx: Tx, batch: LiveBatch, posting: Posting) -> None:
    of = (tx, batch.workspace_id, batch.organisation_id)
    if posting.contact_id is None:
        contact = await lists.contact_named(*of, posting.contact_name)
    else:
        contact = await lists.load_contact(*of, posting.contact_id)
    if contact is not None:
        await lists.retire(*of, contact)


async def _step_refused(tx: Tx, batch: LiveBatch, step: LiveStep, problem: Problem, profile: Profile) -> None:
    is_account_gone = problem.code is ProblemCode.BANK_ACCOUNT_NOT_TAKEN  # it has another name when it is told
    problem = await _of_step(tx, batch, step, problem, profile)
    if not await rows.end_step(tx, step.id, StepState.REFUSED, dump(problem)):
        return
    if is_account_gone and isinstance(step.work, Payment):
        await bank_accounts.went_inactive(tx, batch.workspace_id, batch.organisation_id, step.work.bank_account)
    item = await load_item(tx, batch.workspace_id, step.item_id)
    # what hangs on a document that is taken out of the ledger is missed by nobody
    if item is not None and item.state is not ItemState.WITHDRAWING:
        await alerts.refused(tx, item, problem, of=batch.kind)
        await show(tx, item)


async def _of_step(tx: Tx, batch: LiveBatch, step: LiveStep, problem: Problem, profile: Profile) -> Problem:
    """A refusal of what comes after the document, which is there: so said, with the ledger's reason in its own words."""
    told = await _with_step(tx, batch, step, problem, profile)
    if batch.kind is StepKind.PAYMENT:
        return of_payment(told)
    if problem.code is ProblemCode.FILE_TOO_LARGE and isinstance(step.work, Attachment) and profile.files is not None:
        return told.with_facts(**refused_as_too_large(step.work, profile.files))
    if problem.code in OF_STEPS:
        return told
    return replace(told, code=ProblemCode.FILE_REFUSED, vendor_words=problem.vendor_words or problem.title)


async def _with_step(tx: Tx, batch: LiveBatch, step: LiveStep, problem: Problem, profile: Profile) -> Problem:
    books = await lists.books_of(tx, batch.workspace_id, batch.organisation_id)
    return problem.with_facts(
        ledger=profile.name,
        organisation=books.name if books else "this organisation",
        document=step.work.kind.words,
        file=step.marker,
        date=_date_of(step.work),
        bank_account=await bank_accounts.label(
            tx,
            batch.workspace_id,
            batch.organisation_id,
            step.work.bank_account if isinstance(step.work, Payment) else None,
        ),
        locked_to=_locked_to(books),
    )


def _date_of(work: Work) -> str:
    match work:
        case Withdrawal():
            return day(work.posting.issued_on)
        case Payment():
            return day(work.paid_on)
        case _:
            return "unknown"


def _posting_of(step: LiveStep) -> Posting:
    assert isinstance(step.work, Posting)
    return step.work


def _refused_account(bill: Posting, problem: Problem) -> str | None:
    """The code that the vendor named, or that all lines have."""
    of_lines = {line.account_code for line in bill.lines}
    named = problem.facts.get("account")
    return named if named in of_lines or len(of_lines) > 1 else of_lines.pop()


async def unknown(tx: Tx, batch: LiveBatch) -> None:
    """No clear answer: shown as being checked until the ledger was searched."""
    steps = [step for step in await batches.live_steps(tx, batch.id) if step.ledger_id is None]
    await rows.mark_unknown(tx, batch.workspace_id, [step.id for step in steps])
    await _move_all(tx, batch, steps, ItemState.UNKNOWN)


async def release(
    tx: Tx, batch: LiveBatch, steps: Sequence[LiveStep], *, goes_alone: bool = False, is_gone: bool = False
) -> None:
    """Nothing of these was written by this batch: they go into another one. What was not withdrawn before its connection was
    ended stays published. `is_gone`: what an earlier publication left in the ledger is not there any more.

    Each statement is for all of them: fifty one after another kept whoever pressed Hold meanwhile waiting for 0.3 s.
    """
    if batch.kind is StepKind.WITHDRAWAL:
        for step in steps:
            is_begun = batch.first_sent_at is not None
            await withdrawn.not_begun(tx, batch.workspace_id, step.id, step.item_id, is_begun=is_begun)
        return
    ids = [step.id for step in steps]
    await rows.release_steps(tx, batch.workspace_id, ids, goes_alone=goes_alone, is_gone=is_gone)
    for item in await _move_all(tx, batch, steps, ItemState.APPROVED):
        # of what was only frozen, nobody was told that it may be there
        if batch.first_sent_at is not None:
            await alerts.passed(tx, item, "It is not in the ledger, so it is sent again.")


async def dissolve(tx: Tx, batch: LiveBatch) -> None:
    """Refused as a whole, perhaps for one of its documents: each goes by itself, so that only that one is refused."""
    await release(tx, batch, batch.steps, goes_alone=True)
    await batches.end_batch(tx, batch, BatchState.DISSOLVED)


async def take_back(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """What was frozen and that nobody has begun to send is approved again, and waits; what is on its way goes on. What
    was to be withdrawn stays published.
    """
    for step, item_id in await waiting_withdrawals(tx, workspace_id, organisation_id):
        await withdrawn.not_begun(tx, workspace_id, step, item_id)
    for batch in await batches.untouched_batches(tx, workspace_id, organisation_id):
        await release(tx, batch, batch.steps)
        await batches.end_batch(tx, batch, BatchState.DISSOLVED)


async def take_out(tx: Tx, item: Item) -> Item | None:
    """Of an item that was frozen and that nobody has begun to send: its batch is dissolved, so that it waits again, and so
    do the others of that. None: it is on its way.
    """
    for batch in await batches.untouched_batches(tx, item.workspace_id, item.organisation_id):
        if batch.kind is StepKind.DOCUMENT and any(step.item_id == item.id for step in batch.steps):
            await release(tx, batch, batch.steps)
            await batches.end_batch(tx, batch, BatchState.DISSOLVED)
            return await load_item(tx, item.workspace_id, item.id)
    return None


async def tell_trouble(tx: Tx, batch: LiveBatch, problem: Problem, profile: Profile, retry_at: datetime) -> None:
    """It has gone on for long: people see why, once, while it is still tried."""
    problem = problem.with_facts(retry_at=f"{retry_at:%H:%M} UTC")
    for step in await batches.live_steps(tx, batch.id):
        item = await load_item(tx, batch.workspace_id, step.item_id)
        told = await alerts.load_alert(tx, batch.workspace_id, step.item_id, batch.kind)
        of_step = await _told_as(tx, batch, step, problem, profile)
        is_told = told is not None and told.state == "open" and told.problem.code is of_step.code
        if item is not None and not is_told:
            await alerts.trouble(tx, item, of_step, of=batch.kind)


async def _told_as(tx: Tx, batch: LiveBatch, step: LiveStep, problem: Problem, profile: Profile) -> Problem:
    if isinstance(step.work, Posting):
        return await _with_facts(tx, batch, step.work, problem, profile)
    return await _with_step(tx, batch, step, problem, profile)


async def _move(
    tx: Tx,
    batch: LiveBatch,
    step: LiveStep,
    state: ItemState,
    *,
    ledger_url: str | None = None,
    ledger_rate: Decimal | None = None,
) -> Item | None:
    """The item follows its document; what comes after that one moves nothing."""
    item = await load_item(tx, batch.workspace_id, step.item_id) if step.id.is_document else None
    if item is None or item.state is state:
        return None
    published_at = tx.now if state is ItemState.PUBLISHED else item.published_at
    url, rate = ledger_url or item.ledger_url, ledger_rate or item.ledger_rate
    moved = await change_item(
        tx, item, replace(item, state=state, ledger_url=url, ledger_rate=rate, published_at=published_at)
    )
    if moved is not None:
        await show(tx, moved)
    return moved


async def _move_all(tx: Tx, batch: LiveBatch, steps: Sequence[LiveStep], state: ItemState) -> tuple[Item, ...]:
    """As `_move`, of all at once; answers those that moved."""
    documents = [step.item_id for step in steps if step.id.is_document]
    items = await load_items(tx, batch.workspace_id, documents, held=True)
    before = [item for item in items.values() if item.state is not state]
    moved = await change_items(tx, [(item, replace(item, state=state)) for item in before])
    await show_all(tx, batch.workspace_id, moved)
    return moved


async def _with_facts(tx: Tx, batch: LiveBatch, bill: Posting, problem: Problem, profile: Profile) -> Problem:
    books = await lists.books_of(tx, batch.workspace_id, batch.organisation_id)
    problem = replace(problem, facts={**problem.facts, **await _names(tx, batch, bill, problem)})
    if problem.code is ProblemCode.PERMISSION_MISSING:
        problem = problem.with_facts(**await bill_rights.facts_of(tx, batch, bill, books, profile))
    return problem.with_facts(
        ledger=profile.name,
        organisation=books.name if books else "this organisation",
        supplier=bill.contact_name,
        number=bill.number,
        date=day(bill.issued_on),
        currency=bill.currency,
        bank_account=await bank_accounts.label(tx, batch.workspace_id, batch.organisation_id, bill.bank_account),
        lock="period",
        locked_to=_locked_to(books),
    )


async def _names(tx: Tx, batch: LiveBatch, bill: Posting, problem: Problem) -> dict[str, str]:
    """Codes that the vendor named, or those of the bill's first line, and their names."""
    workspace, organisation, line = batch.workspace_id, batch.organisation_id, bill.lines[0]
    account = problem.facts.get("account", line.account_code)
    tax_rate = problem.facts.get("tax_rate", line.tax_code or "")
    product = problem.facts.get("product", line.item_code or "")
    known = await lists.products_by_code(tx, workspace, organisation, [product] if product else [])
    return {
        "product": known[product].label if product in known else product or "unknown",
        "product_code": product,
        "account": await lists.account_label(tx, workspace, organisation, account) if account else "of its product",
        "account_code": account,
        "tax_rate": await lists.tax_rate_label(tx, workspace, organisation, tax_rate) if tax_rate else "no tax",
        "tax_code": tax_rate,
    }


def _locked_to(books: Books | None) -> str:
    dates = [day for day in (books.period_locked_to, books.year_locked_to) if day is not None] if books else []
    return day(max(dates)) if dates else "unknown"


async def _audit(tx: Tx, item: Item, deed: str, facts: dict[str, object]) -> None:
    await audit.record(tx, item.workspace_id, item.id, deed, by=None, organisation_id=item.organisation_id, facts=facts)
