"""What items lack is suggested from what was approved before of the same supplier or customer, as far as the ledger takes
it. The weakest of all sources: offered when all others have spoken, and only where none did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.db.history import approved_before
from bot.db.merges import mapping_of, merge_of
from bot.db.unit_of_work import Tx
from bot.domain.book_rules import BookRules
from bot.domain.books import Account, Contact, Product, TaxRate
from bot.domain.carrying import Carrying
from bot.domain.coding import CodedValue, Track
from bot.domain.documents import DocumentType, ItemKind, LineAmounts, Party
from bot.domain.history import LEAST, NEWEST, Past, Suggested, of_company, suggested, with_suggestions
from bot.domain.items import Item
from bot.domain.merging import Merge
from bot.domain.parties import name_key
from bot.domain.taxing import speaks_against
from bot.domain.texts import folded
from bot.services import lists
from bot.services.choices import tracks_of

NOTHING = Suggested()


async def with_history(tx: Tx, items: Sequence[Item], rules: BookRules) -> tuple[Item, ...]:
    """Items of one organisation that nobody decided on, coded by all that is stronger."""
    pasts = _Pasts(tx)
    found = [await pasts.say(item) for item in items]
    live = await live_of(tx, items[0], found) if any(each != NOTHING for each in found) else Live()
    return tuple(
        with_suggestions(item, live.usable_of(item, each, rules)) for item, each in zip(items, found, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Pasts:
    """Of these items' suppliers and customers, each read once."""

    tx: Tx
    read: dict[tuple[ItemKind, str], tuple[Past, ...]] = field(default_factory=dict)
    said: dict[tuple[ItemKind, Party, DocumentType], Suggested] = field(default_factory=dict)
    merges: list[Merge | None] = field(default_factory=list)
    carrying: list[Carrying] = field(default_factory=list)
    """Whose place these books have taken, and how; looked up once, where a supplier has no past here."""

    async def say(self, item: Item) -> Suggested:
        supplier, party, document_type = _whose(item), item.counterparty, item.facts.document_type
        if supplier is None:
            return NOTHING
        of = item.kind, supplier
        if of not in self.read:
            own = await approved_before(self.tx, item.workspace_id, item.organisation_id, *of)
            self.read[of] = own if len(own) >= LEAST else (*own, *await self._before(item, *of))[:NEWEST]
        asked = item.kind, party, document_type
        if asked not in self.said:
            self.said[asked] = suggested(of_company(self.read[of], party), document_type)
        return self.said[asked]

    async def _before(self, item: Item, kind: ItemKind, supplier: str) -> tuple[Past, ...]:
        """What was approved in the books whose place these have taken, by these lists."""
        workspace_id, organisation_id = item.workspace_id, item.organisation_id
        if not self.merges:
            self.merges.append(await merge_of(self.tx, workspace_id, organisation_id))
        (merge,) = self.merges
        if merge is None or not merge.is_done:
            return ()
        if not self.carrying:
            self.carrying.append(Carrying(to=await mapping_of(self.tx, workspace_id, organisation_id)))
        pasts = await approved_before(self.tx, workspace_id, merge.source_id, kind, supplier)
        return tuple(self.carrying[0].past(past) for past in pasts)


def _whose(item: Item) -> str | None:
    """Whose past it has, if any. A report has its receipts' codes."""
    has_past = item.is_booked and not item.facts.is_unread and item.kind is not ItemKind.EXPENSE_REPORT
    return name_key(item.counterparty.name) if has_past else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What the past names, as far as the lists have it still: the entries by their codes."""

    accounts: Mapping[str, Account] = field(default_factory=dict)
    products: Mapping[str, Product] = field(default_factory=dict)
    tax_rates: Mapping[str, TaxRate] = field(default_factory=dict)
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    tracks: frozenset[Track] = frozenset()

    def usable_of(self, item: Item, found: Suggested, rules: BookRules) -> Suggested:
        """What the ledger takes, and this item's document does not speak against."""
        usable, contact = self.usable(found, item.kind, rules), found.contact
        return replace(
            usable,
            tax_rate=usable.tax_rate if self._fits(item, usable.tax_rate) else None,
            contact=contact if self._takes_contact(item, contact, rules) else None,
        )

    def usable(self, found: Suggested, kind: ItemKind, rules: BookRules) -> Suggested:
        """What the ledger takes of items of a kind."""
        sells = rules.asks_product(kind)
        return replace(
            found,
            account=found.account if not sells and self._takes_account(found.account) else None,
            product=found.product if sells and self._takes_product(found.product) else None,
            tax_rate=found.tax_rate if rules.taxes(kind) and self._takes_rate(kind, found.tax_rate) else None,
            tracking={
                category: option
                for category, option in found.tracking.items()
                if option.value is not None and Track(category, option.value) in self.tracks
            },
        )

    def _takes_account(self, value: CodedValue | None) -> bool:
        account = None if value is None else self.accounts.get(value.value or "")
        return account is not None and account.is_active and account.is_codable

    def _takes_product(self, value: CodedValue | None) -> bool:
        product = None if value is None else self.products.get(value.value or "")
        return product is not None and product.is_active and product.sold is not None

    def _takes_contact(self, item: Item, value: CodedValue | None, rules: BookRules) -> bool:
        """Not one that has just the name that the document says: the ledger knows whom that means."""
        contact, name = None if value is None else self.contacts.get(value.value or ""), item.counterparty.name or ""
        if contact is None or not (contact.is_active and contact.is_of(item.kind, rules)):
            return False
        return folded(contact.name) != folded(name)

    def _takes_rate(self, kind: ItemKind, value: CodedValue | None) -> bool:
        rate = None if value is None else self.tax_rates.get(value.value or "")
        return rate is not None and rate.is_active and rate.goes_with(kind)

    def _fits(self, item: Item, value: CodedValue | None) -> bool:
        """Not a tax rate that the document's own tax speaks against, and none for a document with several."""
        rate, facts = None if value is None else self.tax_rates.get(value.value or ""), item.facts
        is_one = facts.line_amounts is not LineAmounts.NO_TAX and len(facts.tax_percents) < 2
        return rate is not None and is_one and not speaks_against(facts, rate.percent)


async def live_of(tx: Tx, one: Item, found: Sequence[Suggested]) -> Live:
    of = tx, one.workspace_id, one.organisation_id
    tracking = await lists.live_tracking(*of) if any(each.tracking for each in found) else ()
    return Live(
        accounts=await lists.accounts_by_code(*of, _codes([each.account for each in found])),
        products=await lists.products_by_code(*of, _codes([each.product for each in found])),
        tax_rates=await lists.tax_rates_by_code(*of, _codes([each.tax_rate for each in found])),
        contacts=await lists.contacts_by_id(*of, _codes([each.contact for each in found])),
        tracks=tracks_of(tracking),
    )


def _codes(values: Sequence[CodedValue | None]) -> set[str]:
    return {value.value for value in values if value is not None and value.value is not None}
