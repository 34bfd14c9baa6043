"""All that is known of an item, for somebody who asks: what came before it, and what was done to it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, bindparam, select

from bot.db.base import Json, load, table_of
from bot.db.rules import rule_with_key
from bot.db.same_documents import documents_before
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import AuditRow
from bot.domain.cards import Details, Happening
from bot.domain.closing import ClosedAnswer
from bot.domain.deeds import CHOSEN
from bot.domain.editing import CLOSED_PERIOD
from bot.domain.ids import ItemId, UserId
from bot.domain.items import Item
from bot.domain.publishing import StepKind
from bot.domain.rights import Deed, decide
from bot.domain.rules import Rule, RuleOf
from bot.domain.slack import Actor
from bot.services import lists
from bot.services.cards import SHOWN_BEFORE, Cards
from bot.services.code_names import CodeNames
from bot.services.current import require_item
from bot.services.deciding import APPROVED_BY_RULE
from bot.services.files import file_name
from bot.services.holding import HURRIED
from bot.services.people import People, standing_of
from bot.services.rule_offers import named_offer
from bot.services.rule_pages import target_of
from bot.views.item_details import MOST_HAPPENINGS

AUDIT = table_of(AuditRow)
_EDITS = ("edited", "coded")
_BY_CODE = ("category", "tax rate")
FIELDS = {"issued_on": "date", "due_on": "due date", "gross": "total", "note": "description"}
SAID = {
    HURRIED: "ended the time for Undo",
    "coded": "edited",
    "unarchived": "taken out of the archive",
    "asked anew": "asked for approval again",
    "retried": "sent again",
    "let wait": "let it wait",
    "step left": "left it so",
    "taken as it is": "taken as it is in the ledger",
    "attachment added": "file attached",
    "payment added": "payment recorded",
    "withdrawal asked for": "asked for its withdrawal",
    "withdrawal left": "left it in the ledger",
    "removal confirmed": "said that it is removed in the software",
    "withdrawal taken back": "not withdrawn, because the books were disconnected first",
}
"""What the audit log calls otherwise than people do."""
REFUSED: dict[str, str] = {
    StepKind.PAYMENT: "its payment was refused by the ledger",
    StepKind.ATTACHMENT: "its file was refused by the ledger",
    StepKind.WITHDRAWAL: "the ledger did not let it be withdrawn",
}
REASONS = ("why", "reason", "closed", "words", "how", "rules")
"""Facts that are told as they stand."""
MARKS = ("read", "edited", "warnings")
"""Of facts: how far they are known, which nobody edits by itself."""

_HISTORY = (
    select(AUDIT.c.at, AUDIT.c.deed, AUDIT.c.by, AUDIT.c.facts)
    .where(AUDIT.c.workspace_id == bindparam("workspace_id"), AUDIT.c.subject_id == bindparam("subject_id"))
    .order_by(AUDIT.c.sequence.desc())
    .limit(MOST_HAPPENINGS)
)


@dataclass(frozen=True, slots=True)
class ItemDetails:
    db: Database
    people: People
    cards: Cards

    async def seen(self, actor: Actor, item_id: ItemId) -> Details:
        """Raises:
        ItemNotFoundError: unknown, or of another workspace.
        NotAllowedError: outsiders and guests see nothing.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.SEE, actor, person, item.organisation_id)
            standing = await standing_of(tx, actor.workspace.id, item.organisation_id, actor.user_id)
            may_fix = decide(Deed.WITHDRAW, person, standing) is None
            return Details(
                card=replace(await self.cards.card(tx, item), may_fix=may_fix),
                before=await documents_before(tx, item, limit=SHOWN_BEFORE),
                history=await _history(tx, item),
                file_name=await file_name(tx, item.workspace_id, item.file_id),
                offer=await named_offer(tx, item) if may_fix else None,
                rule=await _rule_of(tx, item) if may_fix else None,
            )


async def _rule_of(tx: Tx, item: Item) -> Rule | None:
    """The one that making one of its supplier or customer would come upon."""
    of = next((each for each in RuleOf if each.is_of_party and each.applies_to(item.kind)), None)
    target = None if of is None else await target_of(tx, item, of)
    if target is None or target.key is None:
        return None
    found = await rule_with_key(tx, item.workspace_id, item.organisation_id, target.of, target.key)
    return None if found is None or found.is_deleted else found


async def _history(tx: Tx, item: Item) -> tuple[Happening, ...]:
    rows = (await tx.execute(_HISTORY, {"workspace_id": item.workspace_id, "subject_id": item.id})).all()
    done = [(row, load(row.facts, Json)) for row in reversed(rows)]
    names = await _names(tx, item, [facts for row, facts in done if row.deed in _EDITS])
    return tuple(_happening(row, facts, names) for row, facts in done)


async def _names(tx: Tx, item: Item, edits: list[Json]) -> CodeNames:
    """Of all that was ever chosen for it."""
    of = (tx, item.workspace_id, item.organisation_id)
    accounts, tax_rates = ({code for edit in edits for code in edit.get(name, ()) if code} for name in _BY_CODE)
    return CodeNames(
        accounts=await lists.accounts_by_code(*of, accounts), tax_rates=await lists.tax_rates_by_code(*of, tax_rates)
    )


def _happening(row: Row[Any], facts: Json, names: CodeNames) -> Happening:
    by = None if row.by is None else UserId(row.by)
    if row.deed in _EDITS and set(facts) == {CLOSED_PERIOD} and facts[CLOSED_PERIOD][1] is not None:
        return Happening(at=row.at, deed=ClosedAnswer(facts[CLOSED_PERIOD][1]).deed, by=by)
    if row.deed in _EDITS and len(facts) == 1 and (chosen := CHOSEN & facts.keys()):
        (name,) = chosen
        was, is_now = facts[name]
        deed = f"chose {'a' if was is None else 'another'} {name}"
        return Happening(at=row.at, deed=deed, by=by, more=_exchanged(name, was, is_now, names))
    return Happening(at=row.at, deed=_said(row.deed, facts), by=by, more=_more(row.deed, facts))


def _said(deed: str, facts: Json) -> str:
    if deed == "refused":
        return REFUSED.get(str(facts.get("step")), "refused by the ledger")
    if deed == "published" and "batch" in facts:
        return f"downloaded batch {facts['batch']}, and so published it"
    if deed == APPROVED_BY_RULE:
        return f"{deed} by {facts.get('reason', 'a rule')}"
    return SAID.get(deed, deed)


def _exchanged(name: str, was: str | None, is_now: str | None, names: CodeNames) -> str | None:
    """Old and new, by their names; None of what has no code that people know."""
    if name not in _BY_CODE:
        return None
    label = names.account if name == "category" else names.tax_rate
    after = label(is_now) or "none"
    return after if was is None else f"{label(was)} → {after}"


def _more(deed: str, facts: Json) -> str | None:
    """What was changed, by the names of the fields; what was said, where somebody gave a reason."""
    if deed in _EDITS:
        return ", ".join(_changed(facts)) or None
    if deed == APPROVED_BY_RULE:
        return None if facts.get("closed") is None else str(facts["closed"])
    said = next((facts[name] for name in REASONS if facts.get(name)), None)
    return None if said is None else str(said)


def _changed(facts: Json) -> Iterator[str]:
    """The names of what was changed; of what stands on the document, each by itself."""
    for name, change in facts.items():
        if name == "facts":
            before, after = change
            yield from (
                FIELDS.get(field, field.replace("_", " "))
                for field in after
                if before.get(field) != after[field] and field not in MARKS
            )
        else:
            yield name
