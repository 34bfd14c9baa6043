"""Files of documents that are in the ledger: which ones follow a document, and each as it is frozen."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from bot.db import steps as rows
from bot.db.base import dump, table_of
from bot.db.files import FileRow
from bot.db.items import load_items
from bot.db.planning import DueOrganisation, DueStep
from bot.db.reports import receipts_of
from bot.db.steps import PlannedStep
from bot.db.unit_of_work import Tx
from bot.domain.attachments import KeptFile, attachment_of
from bot.domain.documents import ItemKind
from bot.domain.ids import FileId
from bot.domain.items import Item
from bot.domain.postings import Posting, PostingKind
from bot.domain.problems import Problem
from bot.domain.publishing import StepKind, StepState
from bot.services import alerts
from bot.services.current import show
from bot.services.frozen import Frozen
from bot.services.jobs import Jobs
from bot.services.messages import redraw_items
from bot.services.posted import posted
from bot.services.smaller_files import fitting
from providers.base import AccountingProvider

FILES = table_of(FileRow)

LOOKED_AGAIN_AFTER = timedelta(minutes=10)
"""For a smaller version of a file, if nobody says that there is one."""


def files_of(
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


async def freeze_file(
    tx: Tx, organisation: DueOrganisation, provider: AccountingProvider, jobs: Jobs, due: DueStep
) -> Frozen | None:
    """One file, for the document that is there by now, in a smaller version where it is too large; one that the ledger
    would not take is told at once.
    """
    items = await load_items(tx, organisation.workspace_id, [due.item_id])
    file, posting = await _file(tx, organisation, due), await posted(tx, organisation, due)
    item, rules = items.get(due.item_id), provider.profile.files
    if item is None or file is None or posting is None or rules is None or due.document_id is None:
        await rows.end_waiting_step(tx, due.id, StepState.CANCELLED, None)
        await redraw_items(tx, organisation.workspace_id, [due.item_id])
        return None
    fits = await fitting(tx, jobs, organisation.workspace_id, file, rules)
    if fits is None:
        await rows.postpone_step(tx, organisation.workspace_id, due.id, tx.now + LOOKED_AGAIN_AFTER)
        return None
    if not rules.takes(fits.name):  # its card says so: nobody has to do anything about it
        await rows.end_waiting_step(tx, due.id, StepState.CANCELLED, None)
        await redraw_items(tx, organisation.workspace_id, [due.item_id])
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


async def _file(tx: Tx, organisation: DueOrganisation, due: DueStep) -> KeptFile | None:
    statement = select(FILES.c.id, FILES.c.name, FILES.c.size).where(
        FILES.c.workspace_id == organisation.workspace_id, FILES.c.id == due.file_id
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else KeptFile(id=FileId(row.id), name=row.name, size=row.size)
