"""A credit note for a document that the ledger does not let go: made here, reviewed and approved as any item.

It is known by where it came from, so that a document has one that goes on, however often and by whomever it is asked for.
"""

from dataclasses import dataclass

from bot.db.items import item_from_source, load_item
from bot.db.same_documents import OVER
from bot.db.steps import leave_steps
from bot.db.unit_of_work import Database, Tx
from bot.domain.cards import OtherSide
from bot.domain.coding import Coding
from bot.domain.crediting import can_be_credited, credit_of, question_of
from bot.domain.documents import Door, Facts, ItemKind
from bot.domain.editing import coded_by
from bot.domain.ids import ItemId
from bot.domain.items import Item, ItemState
from bot.domain.problems import Fix
from bot.domain.publishing import StepKind
from bot.domain.questions import QuestionKind
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.services import alerts, audit
from bot.services.current import NotNowError, refreshing, require_item, show
from bot.services.entering import NewItem, enter
from bot.services.people import People
from bot.views.text import mention

NOTHING_TO_CREDIT = "nothing asks for a credit note of it now."


@dataclass(frozen=True, slots=True)
class Crediting:
    db: Database
    people: People

    async def credit(self, actor: Actor, item_id: ItemId) -> Item:
        """Answers the credit note, which waits for review; the document stays in the ledger.

        Raises:
            NotAllowedError: only bookkeepers and admins.
            NotNowError: it is not kept in the ledger, is nothing that can be credited, or has a credit note already.
            ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.WITHDRAW, actor, person, item.organisation_id)
            earlier, source = await _credit_notes(tx, item)
            if earlier is not None and earlier.state not in OVER:
                raise NotNowError(item, _has_one(earlier))
            if not can_be_credited(item) or not await _is_offered(tx, item):
                raise NotNowError(item, NOTHING_TO_CREDIT)
            made, is_new = await enter(tx, await _new(tx, item, actor, source))
            if not is_new:
                raise NotNowError(item, _has_one(made))
            outcome = f"{mention(actor.user_id)} made a credit note of it, {made.reference}."
            await leave_steps(tx, item.workspace_id, item.id, (StepKind.WITHDRAWAL,))
            await alerts.left(tx, item, outcome, of=(StepKind.WITHDRAWAL,))
            await _audit(tx, item, actor, made)
            await show(tx, item)
        return made


async def other_side_of(tx: Tx, item: Item) -> OtherSide | None:
    """Of a credit note that was made here, what it takes back; of a published document, the credit note that does so."""
    asked = next((question for question in item.questions if question.kind is QuestionKind.CREDITS), None)
    if asked is not None and asked.about is not None:
        credited = await load_item(tx, item.workspace_id, asked.about)
        return None if credited is None else _side(credited, is_credit=False)
    if item.state is not ItemState.PUBLISHED:
        return None
    credit, _ = await _credit_notes(tx, item)
    return None if credit is None or credit.state in OVER else _side(credit, is_credit=True)


def _side(item: Item, *, is_credit: bool) -> OtherSide:
    return OtherSide(item_id=item.id, reference=item.reference, is_credit=is_credit)


def _has_one(credit: Item) -> str:
    return f"its credit note is {credit.reference} already."


async def _credit_notes(tx: Tx, item: Item) -> tuple[Item | None, str]:
    """The last one that was made of it, and the source of the next one: an earlier one may have been rejected."""
    last: Item | None = None
    source = f"credit:{item.id}"
    while (found := await item_from_source(tx, item.workspace_id, item.organisation_id, source)) is not None:
        last, source = found, f"credit:{found.id}"
    return last, source


async def _is_offered(tx: Tx, item: Item) -> bool:
    """Whether the ledger keeps it for a reason that a credit note helps with."""
    alert = await alerts.load_alert(tx, item.workspace_id, item.id, StepKind.WITHDRAWAL)
    is_open = alert is not None and not alert.state.is_over and alert.is_refusal
    return alert is not None and is_open and Fix.MAKE_CREDIT_NOTE in alert.problem.entry.fixes


async def _new(tx: Tx, item: Item, actor: Actor, source: str) -> NewItem:
    edit = credit_of(item, tx.now.date())
    alert = await alerts.load_alert(tx, item.workspace_id, item.id, StepKind.WITHDRAWAL)
    ledger = "the ledger" if alert is None else alert.problem.facts.get("ledger", "the ledger")
    return NewItem(
        workspace_id=item.workspace_id,
        organisation_id=item.organisation_id,
        submitted_by=actor.user_id,
        door=Door.CREDIT,
        source_key=source,
        facts=edit.facts,
        # of a report it is one of no receipts
        kind=ItemKind.COST if item.kind is ItemKind.EXPENSE_REPORT else item.kind,
        coding=coded_by(Coding(), Facts(), edit, actor.user_id),
        questions=(question_of(item, ledger),),
    )


async def _audit(tx: Tx, item: Item, actor: Actor, made: Item) -> None:
    of = item.workspace_id, item.id, "credit note made"
    facts = {"credit note": made.reference}
    await audit.record(tx, *of, by=actor.user_id, organisation_id=item.organisation_id, facts=facts)
