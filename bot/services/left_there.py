"""A document that the ledger has otherwise than it was approved, of an item that does not go on here: it stays there, and nothing
corrects it from here any more. Whoever puts the item away, and whoever reads its thread, is told so.
"""

from dataclasses import dataclass

from bot.db.publications import document_left_behind
from bot.db.unit_of_work import Tx
from bot.domain.ids import UserId
from bot.domain.items import Item
from bot.domain.problems import ProblemCode
from bot.domain.publishing import StepKind
from bot.services import alerts
from bot.services.threads import note_under_card
from bot.views.text import escape, mention

LEFT_THERE = "left there"
"""Role of the message that tells of it."""
WHAT_TO_DO = (
    "*{reference}* does not go on here, but its document stays in {ledger}, where it is otherwise than it was approved{link}. Nothing "
    "is done to it from here any more: if it is not to be in the books, delete or void it in {ledger}; if it is, correct it there."
)


@dataclass(frozen=True, slots=True)
class LeftThere:
    ledger: str
    link: str | None
    """Where a person opens it."""


async def left_there(tx: Tx, item: Item) -> LeftThere | None:
    """None: nothing of it stands in the ledger but what is published, or reading it back found that it is gone."""
    if await document_left_behind(tx, item.workspace_id, item.id) is None:
        return None
    alert = await alerts.load_alert(tx, item.workspace_id, item.id)
    if alert is None:
        return LeftThere("the ledger", item.ledger_url)
    if alert.problem.code is ProblemCode.DOCUMENT_GONE:
        return None
    facts = alert.problem.facts
    return LeftThere(facts.get("ledger", "the ledger"), facts.get("link") or item.ledger_url)


async def tell_left_there(tx: Tx, item: Item, there: LeftThere, by: UserId, deed: str) -> None:
    """`item` is as it was put away; `deed` is what was done to it, such as "archived it"."""
    ledger = escape(there.ledger, 60)
    await alerts.left(tx, item, f"{mention(by)} {deed}.", of=(StepKind.DOCUMENT,))
    link = "" if there.link is None else f": <{there.link}|open it there>"
    words = WHAT_TO_DO.format(reference=item.reference, ledger=ledger, link=link)
    await note_under_card(tx, item, LEFT_THERE, words)
