"""What rules name that the ledger takes, as far as its lists say: each list is asked once, and none where nothing is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from bot.db import payment_methods
from bot.db.unit_of_work import Tx
from bot.domain.book_rules import BookRules
from bot.domain.coded import Usable
from bot.domain.coding import Track
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.payment_methods import PaymentMethodId
from bot.domain.rules import Rule
from bot.domain.typed_lists import could_be_code
from bot.services import lists
from bot.services.choices import tracks_of


async def usable_of_rules(tx: Tx, rules: Sequence[Rule], kind: ItemKind, books: BookRules) -> Usable:
    """For items of a kind. `rules` are of one organisation, and all whose opinions may count, by whatever moment."""
    if not rules:
        return Usable()
    says = [each for rule in rules for each in (rule.opinions, *(earlier.opinions for earlier in rule.earlier))]
    lists_of = _Lists(tx, rules[0].workspace_id, rules[0].organisation_id, kind, books)
    return Usable(
        accounts=await lists_of.accounts({code for each in says for code in each.accounts}),
        tax_rates=await lists_of.tax_rates({code for each in says for code in each.tax_rates}),
        products=await lists_of.products({each.product for each in says if each.product is not None}),
        customers=await lists_of.customers({each.customer for each in says if each.customer is not None}),
        bills_customers=kind is not ItemKind.SALE and bool(books.customers_on) and books.bills_customers,
        methods=await lists_of.methods({each.payment_method for each in says if each.payment_method is not None}),
        options=await lists_of.options({track for each in says for track in each.tracking}),
    )


@dataclass(frozen=True, slots=True)
class _Lists:
    tx: Tx
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    kind: ItemKind
    books: BookRules

    async def accounts(self, codes: set[str]) -> frozenset[str]:
        found = await lists.accounts_by_code(self.tx, self.workspace_id, self.organisation_id, codes)
        live = {code for code, account in found.items() if account.is_active and account.is_codable}
        return frozenset(live | self._typed(codes - found.keys()))

    async def tax_rates(self, codes: set[str]) -> dict[str, Decimal | None]:
        if not self.books.taxes(self.kind):
            return {}
        found = await lists.tax_rates_by_code(self.tx, self.workspace_id, self.organisation_id, codes)
        live = {code: rate.percent for code, rate in found.items() if rate.is_active and rate.goes_with(self.kind)}
        return {**live, **dict.fromkeys(self._typed(codes - found.keys()))}

    async def products(self, codes: set[str]) -> frozenset[str]:
        """Where they stand in the place of a category."""
        if not self.books.asks_product(self.kind):
            return frozenset()
        found = await lists.products_by_code(self.tx, self.workspace_id, self.organisation_id, codes)
        return frozenset(code for code, product in found.items() if product.is_active and product.sold is not None)

    async def customers(self, ids: set[str]) -> frozenset[str]:
        """Whom costs are for, where the books track that."""
        if self.kind is ItemKind.SALE or not self.books.customers_on:
            return frozenset()
        found = await lists.contacts_by_id(self.tx, self.workspace_id, self.organisation_id, ids)
        parts = self.books.parts_contacts
        return frozenset(key for key, each in found.items() if each.is_active and (each.is_customer or not parts))

    async def methods(self, ids: set[str]) -> frozenset[str]:
        named = [PaymentMethodId(UUID(method)) for method in sorted(ids)]
        found = await payment_methods.methods_by_id(self.tx, self.workspace_id, self.organisation_id, named)
        return frozenset(str(method.id) for method in found.values() if method.is_active)

    async def options(self, tracks: set[Track]) -> frozenset[Track]:
        if not tracks:
            return frozenset()
        return tracks_of(await lists.live_tracking(self.tx, self.workspace_id, self.organisation_id)) & tracks

    def _typed(self, codes: set[str]) -> set[str]:
        """Of codes that no list has, those that such books take all the same."""
        return {code for code in codes if could_be_code(code) == code} if self.books.takes_any_code else set()
