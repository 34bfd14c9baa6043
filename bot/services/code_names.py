"""What an item and its lines are booked to, by name. Read only where there is something to be named."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from bot.db.unit_of_work import Tx
from bot.domain.books import Account, Contact, Product, TaxRate, TrackingCategory
from bot.domain.coding import Billable, CodedValue, Codes, Coding, LineCoding, Track
from bot.domain.items import Item
from bot.services import lists

BILLABLE: Mapping[str, str] = {Billable.YES: "billable", Billable.NO: "not billable"}
UNNAMED = ("Tracking", "an option that is archived")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeNames:
    """By code; of what is tracked, by the category's id. Archived or not, but for tracking categories."""

    accounts: Mapping[str, Account] = field(default_factory=dict)
    tax_rates: Mapping[str, TaxRate] = field(default_factory=dict)
    products: Mapping[str, Product] = field(default_factory=dict)
    categories: Mapping[str, TrackingCategory] = field(default_factory=dict)
    customers: Mapping[str, Contact] = field(default_factory=dict)

    def account(self, code: str | None) -> str | None:
        """A code that the list does not have names itself."""
        found = self.accounts.get(code or "")
        return code if found is None else found.label

    def tax_rate(self, code: str | None) -> str | None:
        """As `account`."""
        found = self.tax_rates.get(code or "")
        return code if found is None else found.label

    def product(self, code: str | None) -> str | None:
        """As `account`."""
        found = self.products.get(code or "")
        return code if found is None else found.label

    def customer(self, contact: str | None) -> str | None:
        found = self.customers.get(contact or "")
        return contact and "a customer that is gone" if found is None else found.label

    def track(self, track: Track) -> tuple[str, str]:
        """The names of category and option."""
        category = self.categories.get(track.category)
        options = () if category is None else category.options
        found = next((option.name for option in options if option.provider_id == track.option), None)
        return UNNAMED if category is None or found is None else (category.name, found)

    def for_customer(self, codes: Codes) -> str | None:
        """Whom it is for, with whether it is billed on to them."""
        customer = self.customer(codes.customer)
        if not codes.is_billable:
            return customer
        return f"{customer or 'nobody yet'}, billable"

    def tracking(self, codes: Codes) -> tuple[tuple[str, str], ...]:
        return tuple(self.track(track) for track in codes.tracking)

    def words(self, codes: Codes) -> str:
        """Product, category, tax rate, whom it is for, and options, as far as there are any."""
        named = (
            self.product(codes.product),
            self.account(codes.account),
            self.tax_rate(codes.tax_rate),
            self.customer(codes.customer),
            BILLABLE.get(codes.billable or ""),
            *(self.track(track)[1] for track in codes.tracking),
        )
        return ", ".join(name for name in named if name)

    def archived(self, codes: Codes) -> Iterator[str]:
        """What of it the ledger would refuse, as far as is known."""
        account, rate = self.accounts.get(codes.account or ""), self.tax_rates.get(codes.tax_rate or "")
        if account is not None and not account.is_active:
            yield f"Category {account.label}"
        if rate is not None and not rate.is_active:
            yield f"Tax rate {rate.label}"
        product = self.products.get(codes.product or "")
        if product is not None and not product.is_active:
            yield f"Product {product.label}"
        customer = self.customers.get(codes.customer or "")
        if customer is not None and not customer.is_active:
            yield f"Customer {customer.label}"
        for track in codes.tracking:
            if not self._is_live(track):
                category, option = self.track(track)
                yield "A tracking option" if (category, option) == UNNAMED else f"{category} {option}"

    def _is_live(self, track: Track) -> bool:
        category = self.categories.get(track.category)
        options = () if category is None else category.options
        return any(option.provider_id == track.option and option.is_active for option in options)


async def names_of(tx: Tx, item: Item) -> CodeNames:
    """Names for all that an item or a line of it is booked to, and for what that beat."""
    parts: tuple[Coding | LineCoding, ...] = (item.coding, *item.coding.lines)
    of = (tx, item.workspace_id, item.organisation_id)
    categories = await lists.live_tracking(*of) if any(part.tracking for part in parts) else ()
    return CodeNames(
        accounts=await lists.accounts_by_code(*of, _codes(part.account for part in parts)),
        tax_rates=await lists.tax_rates_by_code(*of, _codes(part.tax_rate for part in parts)),
        products=await lists.products_by_code(*of, _codes(part.product for part in parts)),
        categories={category.provider_id: category for category in categories},
        customers=await lists.contacts_by_id(*of, _codes(part.customer for part in parts)),
    )


def archived_of(item: Item, names: CodeNames) -> tuple[str, ...]:
    """Each once, of the item and its lines."""
    booked = [item.coding.codes_at(place) for place in range(len(item.facts.lines))] or [item.coding.codes]
    return tuple(dict.fromkeys(chain.from_iterable(names.archived(codes) for codes in booked)))


def _codes(values: Iterable[CodedValue]) -> set[str]:
    said = chain.from_iterable((value.value, *(lost.value for lost in value.beaten)) for value in values)
    return {code for code in said if code}
