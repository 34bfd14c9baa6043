"""What is due, turned into what is sent: each step's content as it is frozen into a batch."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.db import steps as rows
from bot.db.base import dump
from bot.db.items import change_items, load_items
from bot.db.planning import DueOrganisation, DueStep
from bot.db.reports import receipts_of
from bot.db.steps import PlannedStep, StepId
from bot.db.unit_of_work import Tx
from bot.db.withdrawals import is_being_paid, leave_the_rest, payments_of, told_of, withdrawn_before
from bot.domain.documents import ItemKind
from bot.domain.ids import ItemId
from bot.domain.items import Item, ItemState
from bot.domain.postings import Payment, Posting, Withdrawal
from bot.domain.problems import Problem
from bot.domain.publishing import PublicationState, StepKind, StepState
from bot.domain.settings import PaymentStatus
from bot.domain.taxing import Kept
from bot.services import alerts
from bot.services.budgets import leaves_files
from bot.services.closed_periods import closed_since
from bot.services.contact_codes import Naming
from bot.services.default_rates import ledger_rates
from bot.services.freezing_files import files_of, freeze_file
from bot.services.frozen import Frozen
from bot.services.jobs import Jobs
from bot.services.lists import books_of, rules_of
from bot.services.making_documents import made_of, not_made, rendered
from bot.services.messages import redraw_items
from bot.services.posted import all_posted, posted, standing_as
from bot.services.settings import load_settings
from providers.base import AccountingProvider

DAY_LOOKED_AT_AFTER = timedelta(minutes=15)
"""For calls of the day that are free again: what is left of them is kept for documents."""
PAID_BY_THEN = timedelta(seconds=30)
"""What became of a payment that is on its way is known by then, as a rule."""


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
    return await freeze_file(tx, organisation, provider, jobs, found[0])


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
    naming = Naming.of(tx, organisation.workspace_id, organisation.organisation_id, rules)
    for due in found:
        item = items.get(due.item_id)
        if item is None or item.state is not ItemState.APPROVED:
            await rows.end_waiting(tx, due.id.publication_id, PublicationState.CANCELLED, None)
            continue
        marker = _marker(public_url, item.id, copies.get(item.id, 0))
        posting = closed_since(item, settings, books) or made_of(item, provider, kept, marker)
        if isinstance(posting, Posting):
            named = await naming.named(item, posting)
            posting = named if isinstance(named, Posting) else not_made(provider, named.words)
        if isinstance(posting, Problem):
            refused[item.id] = (due, posting)
            continue
        its_own = provider.route(await standing_as(tx, organisation, due) or posting)
        route = route or its_own
        if its_own == route:
            taken[item.id] = (due, posting)
    await naming.keep()
    body, broken = rendered(provider, {item_id: posting for item_id, (_, posting) in taken.items()})
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


def _marker(public_url: str, item_id: ItemId, withdrawn: int) -> str:
    """The item's address. Where a document of it was taken out of the ledger, the next one says that it is another, so
    that neither is ever found for the other.
    """
    return f"{public_url}/i/{item_id}" + (f"?copy={withdrawn + 1}" if withdrawn else "")


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
                *files_of((item, *receipts.get(item.id, ())), item, work.kind, provider),
            ]
    await rows.plan_steps(tx, organisation.workspace_id, organisation.organisation_id, plans)


def _payment_of(item: Item, posting: Posting, provider: AccountingProvider) -> tuple[PlannedStep, ...]:
    """What comes to nothing leaves nothing to pay, and no ledger takes a payment of nothing."""
    is_payable = posting.kind in provider.profile.pays and posting.gross
    if posting.status is not PaymentStatus.PAID or not is_payable:
        return ()
    return (PlannedStep(kind=StepKind.PAYMENT, marker=item.reference),)


async def _payments(
    tx: Tx, organisation: DueOrganisation, provider: AccountingProvider, found: Sequence[DueStep]
) -> Frozen | None:
    """Of documents that are there by now and are not to be taken out, from the bank accounts that their items say."""
    items = await load_items(tx, organisation.workspace_id, [due.item_id for due in found])
    sent = await all_posted(tx, organisation, found)
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


async def _withdrawal(
    tx: Tx, organisation: DueOrganisation, provider: AccountingProvider, due: DueStep
) -> Frozen | None:
    """One document, as it was sent, and what was paid on it from here; what was still to come after it is left."""
    items = await load_items(tx, organisation.workspace_id, [due.item_id])
    item, posting = items.get(due.item_id), await posted(tx, organisation, due)
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
