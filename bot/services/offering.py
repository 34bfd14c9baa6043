"""What the codes that came with a document stand for in the ledger's lists, and whether they may be used for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.db.unit_of_work import Tx
from bot.domain.book_rules import BookRules
from bot.domain.books import Account, Product, TrackingCategory, TrackingOption
from bot.domain.coding import Track
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.ingesting import Codes, Stated
from bot.domain.naming import Called, Entry, key_of, not_there
from bot.domain.typed_lists import could_be_code
from bot.services import lists
from bot.services.choices import NotOfferedError

TYPED = frozenset({"category", "tax_rate"})
MOST_COMPARED = 20
"""Values that are not there, of one document, for which what there is is looked up."""


async def known_codes(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, stated: Stated) -> Stated:
    """With the ledger's own codes and ids in the place of what the sender calls them. Each is looked up once, however many
    lines have it.

    Raises:
        NotOfferedError: by where it stands in the item, such as `lines[2].coding.tracking[0].option`, with what there is.
    """
    of, rules = (tx, workspace_id, organisation_id), await lists.rules_of(tx, workspace_id, organisation_id)
    looking = _LookUp(of, stated.kind or ItemKind.COST, rules)
    codes = await looking.codes("coding", stated.codes)
    of_lines = [await looking.codes(f"lines[{place}].coding", each) for place, each in enumerate(stated.codes_of_lines)]
    if looking.wrong:
        raise NotOfferedError(looking.wrong)
    return replace(stated, codes=codes, codes_of_lines=tuple(of_lines))


@dataclass(slots=True)
class _LookUp:
    """One document's. `known` are codes by what they were called, `untrue` sentences by what there is not."""

    of: tuple[Tx, WorkspaceId, OrganisationId]
    kind: ItemKind
    rules: BookRules
    wrong: dict[str, str] = field(default_factory=dict)
    known: dict[tuple[str, str], str] = field(default_factory=dict)
    untrue: dict[tuple[str, str], str] = field(default_factory=dict)
    categories: Called[TrackingCategory] | None = None
    options: dict[str, Called[TrackingOption]] = field(default_factory=dict)
    """By their tracking category."""

    async def codes(self, place: str, codes: Codes) -> Codes:
        return Codes(
            category=await self._one(place, "category", codes.category),
            tax_rate=await self._one(place, "tax_rate", codes.tax_rate),
            item_code=await self._one(place, "item_code", codes.item_code),
            customer=await self._one(place, "customer", codes.customer),
            billable=self._billable(place, codes),
            tracking=await self._tracking(f"{place}.tracking", codes.tracking),
        )

    async def _one(self, place: str, name: str, said: str | None) -> str | None:
        if said is None:
            return None
        if (name, said) not in self.known and (name, said) not in self.untrue:
            await _LOOKS[name](self, said)
        if (name, said) in self.untrue:
            self.wrong[f"{place}.{name}"] = self.untrue[name, said]
        return self.known.get((name, said))

    def _billable(self, place: str, codes: Codes) -> bool | None:
        said = codes.billable
        if said and self.kind is ItemKind.SALE:
            self.wrong[f"{place}.billable"] = OF_SALES
        elif said and not self.rules.bills_customers:
            self.wrong[f"{place}.billable"] = (
                "These books bill no costs on to customers. Leave it out, or switch that on there."
            )
        return said

    async def _category(self, said: str) -> None:
        by_code = await lists.accounts_by_code(*self.of, [said])
        found = tuple(by_code.values())
        if not _is_sure(by_code.get(said)):
            found = (*found, *await lists.find_accounts(*self.of, said))
        live = _once(account for account in found if account.is_active and account.is_codable)
        there = await lists.find_accounts(*self.of, "") if self._is_told(live) else ()
        self._settle("category", "live category of these books", said, live, there)

    async def _tax_rate(self, said: str) -> None:
        live = await lists.live_tax_rates(*self.of, self.kind)
        self._settle("tax_rate", "live tax rate of these books that goes with such a document", said, live, live)

    async def _item_code(self, said: str) -> None:
        by_code = await lists.products_by_code(*self.of, [said])
        found = tuple(by_code.values())
        if not _is_sure(by_code.get(said)):
            found = (*found, *await lists.find_products(*self.of, said))
        live = await self._usable(found)
        there = await self._usable(await lists.find_products(*self.of, "")) if self._is_told(live) else ()
        self._settle("item_code", "live product or service of these books", said, live, there)

    async def _customer(self, said: str) -> None:
        if self.kind is ItemKind.SALE or not self.rules.customers_on:
            self.untrue["customer", said] = OF_SALES if self.kind is ItemKind.SALE else NOT_BY_CUSTOMER
            return
        by_id = await lists.contacts_by_id(*self.of, [said])
        found = [*by_id.values(), *await lists.find_contacts(*self.of, said.replace(":", " "), ItemKind.SALE)]
        live = _once(contact for contact in found if contact.is_active and contact.is_customer)
        is_told = not live and len(self.untrue) < MOST_COMPARED
        there = await lists.find_contacts(*self.of, "", ItemKind.SALE) if is_told else ()
        self._settle("customer", "live customer of these books", said, live, there)

    async def _usable(self, products: Iterable[Product]) -> list[Product]:
        """Where each line of a sale has a product, one that is sold."""
        asks = self.rules.asks_product(self.kind)
        return _once(product for product in products if product.is_active and (product.sold is not None or not asks))

    def _is_told(self, found: Sequence[Account] | Sequence[Product]) -> bool:
        return not found and len(self.untrue) < MOST_COMPARED

    def _settle(self, name: str, what: str, said: str, live: Sequence[Entry], there: Sequence[Entry]) -> None:
        same = Called.of(live).all_called(said)
        if len(same) == 1:
            self.known[name, said] = key_of(same[0])
        elif not same and self.rules.takes_any_code and name in TYPED and could_be_code(said) == said:
            # one that is in no list is what the sender calls it
            self.known[name, said] = said
        else:
            self.untrue[name, said] = not_there(what, said, same, live or there)

    async def _tracking(self, place: str, tracking: Sequence[Track]) -> tuple[Track, ...]:
        found: dict[str, Track] = {}
        for at, said in enumerate(tracking):
            known = await self._track(f"{place}[{at}]", said)
            if known is not None and known.category in found:
                self.wrong[f"{place}[{at}].category"] = (
                    "This tracking category stands here twice. Send one option of it."
                )
            elif known is not None:
                found[known.category] = known
        return tuple(sorted(found.values()))

    async def _track(self, place: str, said: Track) -> Track | None:
        if self.categories is None:
            self.categories = Called.of(await lists.live_tracking(*self.of))
        category = self.categories.called(said.category)
        if category is None:
            what, same = "live tracking category of these books", self.categories.all_called(said.category)
            self.wrong[f"{place}.category"] = not_there(what, said.category, same, list(self.categories.entries()))
            return None
        if category.provider_id not in self.options:
            self.options[category.provider_id] = Called.of(each for each in category.options if each.is_active)
        options = self.options[category.provider_id]
        option = options.called(said.option)
        if option is None:
            what, same_options = f"live option of {category.name}", options.all_called(said.option)
            self.wrong[f"{place}.option"] = not_there(what, said.option, same_options, list(options.entries()))
            return None
        return Track(category.provider_id, option.provider_id)


_LOOKS = {
    "category": _LookUp._category,  # noqa: SLF001 - its own, and so are the others
    "tax_rate": _LookUp._tax_rate,  # noqa: SLF001
    "item_code": _LookUp._item_code,  # noqa: SLF001
    "customer": _LookUp._customer,  # noqa: SLF001
}
OF_SALES = "A sale is of its buyer, so this is for costs only. Leave it out."
NOT_BY_CUSTOMER = "These books do not track costs by customer. Leave it out, or switch that on there."


def _is_sure(entry: Account | Product | None) -> bool:
    """Whether nothing else can be meant by its code: people know it by that, and it is live."""
    return entry is not None and entry.is_active and entry.number is None


def _once(entries: Iterable[Entry]) -> list[Entry]:
    return list({key_of(entry): entry for entry in entries}.values())
