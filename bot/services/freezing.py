"""What is due, turned into what is sent: each step's content as it is frozen into a batch."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import select

from bot.db import steps as rows
from bot.db.base import dump, load, table_of
from bot.db.files import FileRow
from bot.db.items import change_items, load_items
from bot.db.planning import DueOrganisation, DueStep
from bot.db.publications import PUBLICATIONS, STEPS
from bot.db.reports import receipts_of
from bot.db.steps import DOCUMENT, PlannedStep, StepId
from bot.db.unit_of_work import Tx
from bot.db.withdrawals import is_being_paid, leave_the_rest, payments_of, told_of, withdrawn_before
from bot.domain.attachments import KeptFile, attachment_of
from bot.domain.booking import NotBookableError
from bot.domain.documents import ItemKind
from bot.domain.ids import FileId, ItemId, PublicationId
from bot.domain.items import Item, ItemState
from bot.domain.postings import Payment, Posting, PostingKind, Withdrawal, Work
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import PublicationState, StepKind, StepState
from bot.domain.settings import PaymentStatus
from bot.domain.taxing import Kept, taxed_posting
from bot.services import alerts
from bot.services.budgets import leaves_files
from bot.services.closed_periods import closed_since
from bot.services.current import show
from bot.services.default_rates import ledger_rates
from bot.services.jobs import Jobs
from bot.services.lists import books_of, contact_named, load_contact, rules_of
from bot.services.messages import redraw_items
from bot.services.settings import load_settings
from bot.services.smaller_files import fitting
from providers.base import AccountingProvider
from providers.errors import NotWritableError

logger = logging.getLogger(__name__)
FILES = table_of(FileRow)

LOOKED_AGAIN_AFTER = timedelta(minutes=10)
"""For a smaller version of a file, if nobody says that there is one."""
DAY_LOOKED_AT_AFTER = timedelta(minutes=15)
"""For calls of the day that are free again: what is left of them is kept for documents."""
PAID_BY_THEN = timedelta(seconds=30)
"""What became of a payment that is on its way is known by then, as a rule."""

BROKEN = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What making a document of an item may end in that is wrong with it, or with us: it is told, and the others go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """Steps of one call, in the order of its body."""

    kind: StepKind
    route: str
    body: bytes
    taken: tuple[tuple[StepId, Work], ...]
    items: Mapping[ItemId, Item] = field(default_factory=dict)
    """Of documents, as they were when they were approved."""


async def take(
    tx: Tx,
    organisation: DueOrganisation,
    provider: AccountingProvider,
    jobs: Jobs,
    *,
    found: Sequence[DueStep],
    public_url: str,
) -> Frozen | None:
    """What was found due, as far as it goes out in one call. None: there is nothing, or nothing that can be sent."""
    if not found:
        return None
    if found[0].kind is StepKind.DOCUMENT:
        return await _documents(tx, organisation, provider, public_url, found)
    if found[0].kind is StepKind.PAYMENT:
        return await _payments(tx, organisation, provider, found)
    if found[0].kind is StepKind.WITHDRAWAL:
        return await _withdrawal(tx, organisation, provider, found[0])
    if not await leaves_files(tx, organisation.provider, organisation.tenant_id, provider.profile.limits):
        until = tx.now + DAY_LOOKED_AT_AFTER
        put_off = await rows.postpone_files(tx, organisation.workspace_id, organisation.organisation_id, until)
        await redraw_items(tx, organisation.workspace_id, put_off)
        return None
    return await _attachment(tx, organisation, provider, jobs, found[0])


async def _documents(
    tx: Tx, organisation: DueOrganisation, provider: AccountingProvider, public_url: str, found: Sequence[DueStep]
) -> Frozen | None:
    """Items turned from approved to sending, with the posting each is frozen as.

    Where they cannot be rendered together each is rendered alone: one that nothing can be made of is told to people, and
    the others go. Those of another call than the first stay for the next batch.
    """
    ids = [due.item_id for due in found]
    items = await load_items(tx, organisation.workspace_id, ids, held=True)
    books = await books_of(tx, organisation.workspace_id, organisation.organisation_id)
    rules = await rules_of(tx, organisation.workspace_id, organisation.organisation_id)
    settings = await load_settings(tx, organisation.workspace_id, organisation.organisation_id)
    kept = Kept(
        own_currency=None if books is None else books.base_currency,
        rules=rules,
        rates=await ledger_rates(tx, list(items.values()), rules),
    )
    copies = await withdrawn_before(tx, organisation.workspace_id, ids)
    route: str | None = None
    taken: dict[ItemId, tuple[DueStep, Posting]] = {}
    refused: dict[ItemId, tuple[DueStep, Problem]] = {}
    contacts: dict[str, str | None] = {}
    for due in found:
        item = items.get(due.item_id)
        if item is None or item.state is not ItemState.APPROVED:
            await rows.end_waiting(tx, due.id.publication_id, PublicationState.CANCELLED, None)
            continue
        marker = _marker(public_url, item.id, copies.get(item.id, 0))
        posting = closed_since(item, settings, books) or _posting(item, provider, kept, marker)
        if isinstance(posting, Problem):
            refused[item.id] = (due, posting)
            continue
        if rules.knows_contacts_by_name and posting.contact_id is None:
            posting = await _with_contact(tx, item, posting, contacts)
        its_own = provider.route(await _standing_as(tx, organisation, due) or posting)
        route = route or its_own
        if its_own == route:
            taken[item.id] = (due, posting)
    body, broken = _rendered(provider, {item_id: posting for item_id, (_, posting) in taken.items()})
    for item_id, problem in broken.items():
        refused[item_id] = (taken.pop(item_id)[0], problem)
    for item_id, (due, problem) in refused.items():
        await _not_bookable(tx, due, items[item_id], problem)
    await change_items(tx, [(items[each], replace(items[each], state=ItemState.SENDING)) for each in taken])
    await redraw_items(tx, organisation.workspace_id, [*taken, *refused])
    if not taken or route is None:
        return None
    of_steps = tuple((due.id, posting) for due, posting in taken.values())
    return Frozen(kind=StepKind.DOCUMENT, route=route, body=body, taken=of_steps, items=items)


async def _with_contact(tx: Tx, item: Item, posting: Posting, known: dict[str, str | None]) -> Posting:
    """Nobody is asked by the document's name once it is in a file: it goes with the code of who is called so here, or under the
    name and with the code of whom it was approved for. `known` are those that were looked up for others before.
    """
    chosen, name = item.coding.contact.value, posting.contact_name
    contact = None if chosen is None else await load_contact(tx, item.workspace_id, item.organisation_id, chosen)
    if contact is not None:
        return replace(posting, contact_name=contact.name)
    if name not in known:
        found = await contact_named(tx, item.workspace_id, item.organisation_id, name, item.kind)
        known[name] = None if found is None else found.provider_id
    return replace(posting, contact_id=known[name])


def _rendered(
    provider: AccountingProvider, postings: Mapping[ItemId, Posting]
) -> tuple[bytes, Mapping[ItemId, Problem]]:
    """The body of all; where nothing can be made of some, why not, and the body of the others."""
    if not postings:
        return b"", {}
    try:
        return provider.render(list(postings.values())), {}
    except BROKEN:
        tried = {item_id: _why_not(provider, posting) for item_id, posting in postings.items()}
        broken = {item_id: problem for item_id, problem in tried.items() if problem is not None}
        if not broken:
            raise
    return _rendered(provider, {each: posting for each, posting in postings.items() if each not in broken})[0], broken


def _why_not(provider: AccountingProvider, posting: Posting) -> Problem | None:
    try:
        provider.render([posting])
    except BROKEN as error:
        return _not_made(error, provider)
    return None


def _not_made(error: Exception, provider: AccountingProvider) -> Problem:
    """What is wrong, as far as that is known: the rest is for whoever reads the log."""
    said = f"a part of this program went wrong over it ({type(error).__name__})"
    if isinstance(error, NotWritableError):
        said = str(error)
    elif isinstance(error, ArithmeticError):
        said = "its amounts are of no size that can be counted with"
    logger.warning("nothing can be made of an approved item", exc_info=not isinstance(error, NotWritableError))
    return Problem(code=ProblemCode.DOCUMENT_NOT_MADE, facts={"what": said, "ledger": provider.profile.name})


def _marker(public_url: str, item_id: ItemId, withdrawn: int) -> str:
    """The item's address. Where a document of it was taken out of the ledger, the next one says that it is another, so
    that neither is ever found for the other.
    """
    return f"{public_url}/i/{item_id}" + (f"?copy={withdrawn + 1}" if withdrawn else "")


def _posting(item: Item, provider: AccountingProvider, kept: Kept, marker: str) -> Posting | Problem:
    """What the item is sent as, or why nothing can be made of it. Our own checks should have kept such a one back."""
    try:
        return taxed_posting(item, kept, marker=marker)
    except NotBookableError as error:
        return Problem(code=ProblemCode.FIELD_MISSING, facts={"what": str(error), "ledger": provider.profile.name})
    except BROKEN as error:
        return _not_made(error, provider)


async def _not_bookable(tx: Tx, due: DueStep, item: Item, problem: Problem) -> None:
    """Refused at once, so that it does not stand in the way of the others."""
    (sending,) = await change_items(tx, [(item, replace(item, state=ItemState.SENDING))])
    await rows.end_waiting(tx, due.id.publication_id, PublicationState.REFUSED, dump(problem))
    (refused,) = await change_items(tx, [(sending, replace(sending, state=ItemState.REFUSED))])
    await alerts.refused(tx, refused, problem)


async def plan_later_steps(tx: Tx, organisation: DueOrganisation, provider: AccountingProvider, frozen: Frozen) -> None:
    """What follows each document once it is in the ledger: its payment, and the files that its item was made of."""
    plans = {}
    reports = [item.id for item in frozen.items.values() if item.kind is ItemKind.EXPENSE_REPORT]
    receipts = await receipts_of(tx, organisation.workspace_id, reports)
    for step, work in frozen.taken:
        item = frozen.items.get(work.item_id)
        if isinstance(work, Posting) and item is not None:
            plans[(step.publication_id, item.id)] = [
                *_payment_of(item, work, provider),
                *_files_of((item, *receipts.get(item.id, ())), item, work.kind, provider),
            ]
    await rows.plan_steps(tx, organisation.workspace_id, organisation.organisation_id, plans)


def _payment_of(item: Item, posting: Posting, provider: AccountingProvider) -> tuple[PlannedStep, ...]:
    """What comes to nothing leaves nothing to pay, and no ledger takes a payment of nothing."""
    is_payable = posting.kind in provider.profile.pays and posting.gross
    if posting.status is not PaymentStatus.PAID or not is_payable:
        return ()
    return (PlannedStep(kind=StepKind.PAYMENT, marker=item.reference),)


def _files_of(
    sources: Sequence[Item], item: Item, kind: PostingKind, provider: AccountingProvider
) -> tuple[PlannedStep, ...]:
    """`sources` are the item itself, and the receipts of a report."""
    if provider.profile.files is None or kind not in provider.profile.attaches:
        return ()
    files = dict.fromkeys(source.file_id for source in sources if source.file_id is not None)
    return tuple(
        PlannedStep(kind=StepKind.ATTACHMENT, marker=f"{item.reference}:{file_id}", file_id=file_id)
        for file_id in files
    )


async def _payments(
    tx: Tx, organisation: DueOrganisation, provider: AccountingProvider, found: Sequence[DueStep]
) -> Frozen | None:
    """Of documents that are there by now and are not to be taken out, from the bank accounts that their items say."""
    items = await load_items(tx, organisation.workspace_id, [due.item_id for due in found])
    sent = await _all_posted(tx, organisation, found)
    taken: list[tuple[StepId, Payment]] = []
    for due in found:
        item, posting = items.get(due.item_id), sent.get(due.id.publication_id)
        account = None if item is None else item.paid_from
        is_wanted = item is not None and item.state is not ItemState.WITHDRAWING
        if item is None or not is_wanted or posting is None or due.document_id is None or account is None:
            await rows.end_waiting_step(tx, due.id, StepState.CANCELLED, None)
            await redraw_items(tx, organisation.workspace_id, [due.item_id])
            continue
        payment = Payment(
            item_id=item.id,
            kind=posting.kind,
            document_id=due.document_id,
            marker=item.reference,
            bank_account=account,
            paid_on=posting.issued_on,
            amount=posting.gross,
            currency=posting.currency,
            currency_rate=posting.currency_rate,
        )
        taken.append((due.id, payment))
    if not taken:
        return None
    payments = [payment for _, payment in taken]
    route = provider.route(payments[0])
    return Frozen(kind=StepKind.PAYMENT, route=route, body=provider.render(payments), taken=tuple(taken))


async def _attachment(
    tx: Tx, organisation: DueOrganisation, provider: AccountingProvider, jobs: Jobs, due: DueStep
) -> Frozen | None:
    """One file, for the document that is there by now, in a smaller version where it is too large; one that the ledger
    would not take is told at once.
    """
    items = await load_items(tx, organisation.workspace_id, [due.item_id])
    file, posting = await _file(tx, organisation, due), await _posted(tx, organisation, due)
    item, rules = items.get(due.item_id), provider.profile.files
    if item is None or file is None or posting is None or rules is None or due.document_id is None:
        await rows.end_waiting_step(tx, due.id, StepState.CANCELLED, None)
        await redraw_items(tx, organisation.workspace_id, [due.item_id])
        return None
    fits = await fitting(tx, jobs, organisation.workspace_id, file, rules.most_bytes)
    if fits is None:
        await rows.postpone_step(tx, organisation.workspace_id, due.id, tx.now + LOOKED_AGAIN_AFTER)
        return None
    work = attachment_of(
        fits,
        rules,
        item_id=item.id,
        reference=await _reference_of_file(tx, item, file),
        kind=posting.kind,
        document_id=due.document_id,
        place=await _place_of_file(tx, item, file, posting),
    )
    if isinstance(work, Problem):
        problem = work.with_facts(ledger=provider.profile.name, document=posting.kind.words)
        await rows.end_waiting_step(tx, due.id, StepState.REFUSED, dump(problem))
        await alerts.refused(tx, item, problem, of=due.kind)
        await show(tx, item)
        return None
    return Frozen(
        kind=StepKind.ATTACHMENT,
        route=provider.route(work),
        body=dump(work).encode(),
        taken=((due.id, work),),
    )


async def _reference_of_file(tx: Tx, item: Item, file: KeptFile) -> str:
    """Of a receipt of a report its own: two of them may come from files of the same name."""
    if item.kind is not ItemKind.EXPENSE_REPORT:
        return item.reference
    receipts = (await receipts_of(tx, item.workspace_id, [item.id])).get(item.id, ())
    own = next((receipt.reference for receipt in receipts if receipt.file_id == file.id), None)
    return item.reference if own is None else f"{item.reference} {own}"


async def _place_of_file(tx: Tx, item: Item, file: KeptFile, posting: Posting) -> int:
    """The first line of the receipt that it was of; what was put together has the first one's place."""
    if posting.kind is not PostingKind.EXPENSES:
        return 0
    receipts = (await receipts_of(tx, item.workspace_id, [item.id])).get(item.id, ())
    own = {receipt.reference for receipt in receipts if receipt.file_id == file.id}
    return next((place for place, line in enumerate(posting.lines) if line.receipt in own), 0)


async def _withdrawal(
    tx: Tx, organisation: DueOrganisation, provider: AccountingProvider, due: DueStep
) -> Frozen | None:
    """One document, as it was sent, and what was paid on it from here; what was still to come after it is left."""
    items = await load_items(tx, organisation.workspace_id, [due.item_id])
    item, posting = items.get(due.item_id), await _posted(tx, organisation, due)
    if item is None or item.state is not ItemState.WITHDRAWING or posting is None or due.document_id is None:
        await rows.end_waiting_step(tx, due.id, StepState.CANCELLED, None)
        return None
    if await is_being_paid(tx, organisation.workspace_id, due.id.publication_id):
        await rows.postpone_step(tx, organisation.workspace_id, due.id, tx.now + PAID_BY_THEN)
        return None
    await leave_the_rest(tx, organisation.workspace_id, due.id.publication_id)
    work = Withdrawal(
        item_id=item.id,
        document_id=due.document_id,
        posting=posting,
        payments=await payments_of(tx, organisation.workspace_id, due.id.publication_id),
        known=await told_of(tx, organisation.workspace_id, due.id.publication_id) or "",
    )
    return Frozen(
        kind=StepKind.WITHDRAWAL, route=provider.route(work), body=dump(work).encode(), taken=((due.id, work),)
    )


async def _file(tx: Tx, organisation: DueOrganisation, due: DueStep) -> KeptFile | None:
    statement = select(FILES.c.id, FILES.c.name, FILES.c.size).where(
        FILES.c.workspace_id == organisation.workspace_id, FILES.c.id == due.file_id
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else KeptFile(id=FileId(row.id), name=row.name, size=row.size)


async def _standing_as(tx: Tx, organisation: DueOrganisation, due: DueStep) -> Posting | None:
    """As what an earlier publication left it in the ledger: it is looked for there, though it may be of another kind by
    now. Whoever created it is the oldest that knows its id.
    """
    if due.ledger_id is None:
        return None
    statement = (
        select(STEPS.c.work)
        .join(PUBLICATIONS, PUBLICATIONS.c.id == STEPS.c.publication_id)
        .where(
            STEPS.c.workspace_id == organisation.workspace_id,
            STEPS.c.item_id == due.item_id,
            STEPS.c.position == DOCUMENT,
            STEPS.c.ledger_id == due.ledger_id,
            STEPS.c.work.is_not(None),
        )
        .order_by(PUBLICATIONS.c.created_at)
        .limit(1)
    )
    work = (await tx.execute(statement)).scalar_one_or_none()
    return None if work is None else load(work, Posting)


async def _posted(tx: Tx, organisation: DueOrganisation, due: DueStep) -> Posting | None:
    """The document that the step belongs to, as it was sent."""
    return (await _all_posted(tx, organisation, [due])).get(due.id.publication_id)


async def _all_posted(tx: Tx, organisation: DueOrganisation, found: Sequence[DueStep]) -> dict[PublicationId, Posting]:
    statement = select(STEPS.c.publication_id, STEPS.c.work).where(
        STEPS.c.workspace_id == organisation.workspace_id,
        STEPS.c.publication_id.in_({due.id.publication_id for due in found}),
        STEPS.c.position == DOCUMENT,
        STEPS.c.work.is_not(None),
    )
    return {PublicationId(row.publication_id): load(row.work, Posting) for row in await tx.execute(statement)}
