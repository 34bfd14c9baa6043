"""Suppliers that the ledger does not have yet: asked about before they are created there, where an organisation wants that."""

from collections.abc import Sequence
from dataclasses import replace

from bot.db.unit_of_work import Tx
from bot.domain.documents import ItemKind
from bot.domain.items import Item
from bot.domain.questions import QuestionKind, asked_once, new_supplier, not_asking
from bot.domain.settings import Settings
from bot.services import lists

NEW = frozenset({QuestionKind.NEW_SUPPLIER})


async def asked_of_suppliers(tx: Tx, items: Sequence[Item], settings: Settings) -> tuple[Item, ...]:
    """Items of one organisation with what has to be answered about who they are from. An answer stands for as long as the
    supplier is the same; nothing is asked before the ledger's contacts were read.
    """
    is_asked = settings.general.asks_new_suppliers and items
    if not is_asked or not await lists.has_contacts(tx, items[0].workspace_id, items[0].organisation_id):
        return tuple(replace(item, questions=not_asking(item.questions, NEW)) for item in items)
    known: dict[str, bool] = {}
    found = []
    for item in items:
        name = item.counterparty.name
        if (
            item.kind is not ItemKind.COST
            or not item.is_booked
            or name is None
            or item.coding.contact.value is not None
        ):
            found.append(replace(item, questions=not_asking(item.questions, NEW)))
            continue
        if name not in known:
            of = tx, item.workspace_id, item.organisation_id
            known[name] = await lists.contact_named(*of, name, item.kind) is not None
        questions = not_asking(item.questions, NEW) if known[name] else asked_once(item.questions, new_supplier(name))
        found.append(replace(item, questions=questions))
    return tuple(found)
