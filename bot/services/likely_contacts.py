"""Whom of the ledger's contacts a document is likely to be from, or to, is suggested where nobody said it and the ledger would
not know the name: `bot.services.alike` finds it. What was approved before of the same name has said it first.

One document at a time, at the door and when it is judged by itself. Of the pages of items that follow settings, what is
suggested already is only looked at: it goes where the contact is archived or gone, or not like enough any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.db.unit_of_work import Tx
from bot.domain.book_rules import BookRules
from bot.domain.books import Contact
from bot.domain.coding import CodedValue, Source
from bot.domain.documents import ItemKind
from bot.domain.items import Item
from bot.domain.likeness import Match, Strictness
from bot.services import lists
from bot.services.alike import ContactsAlike


async def with_likely_contacts(
    tx: Tx, items: Sequence[Item], rules: BookRules, strictness: Strictness
) -> tuple[Item, ...]:
    """Items of one organisation that nobody decided on, with what was approved before."""
    if not items:
        return ()
    of = tx, items[0].workspace_id, items[0].organisation_id
    if len(items) == 1 and _lacks(items[0]):
        looking = ContactsAlike(*of, rules, strictness)
        return (_suggested(items[0], await looking.match(items[0].counterparty, items[0].kind)),)
    standing = {item.coding.contact.value or "" for item in items if item.coding.contact.likeness is not None}
    live = {key: contact for key, contact in (await lists.contacts_by_id(*of, standing)).items() if contact.is_active}
    return tuple(_kept(item, live, strictness) for item in items)


def _lacks(item: Item) -> bool:
    """A report's claimant was chosen when it was made."""
    contact = item.coding.contact
    is_open = contact.source is Source.NOTHING or contact.likeness is not None
    return is_open and item.is_booked and not item.facts.is_unread and item.kind is not ItemKind.EXPENSE_REPORT


def _suggested(item: Item, match: Match | None) -> Item:
    standing = item.coding.contact
    found = CodedValue(beaten=standing.beaten)
    if match is not None:
        found = replace(found, value=match.contact.provider_id, source=Source.SUGGESTION, likeness=match.likeness)
    return item if found == standing else replace(item, coding=replace(item.coding, contact=found))


def _kept(item: Item, live: Mapping[str, Contact], strictness: Strictness) -> Item:
    standing = item.coding.contact
    if standing.likeness is None:
        return item
    is_right = _lacks(item) and standing.value in live and standing.likeness.percent >= strictness.least
    return item if is_right else _suggested(item, None)
