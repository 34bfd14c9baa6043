"""What the form of an item is drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.books import Account, Capability, Contact, ListKind, Product, TaxRate, TrackingCategory
from bot.domain.documents import Facts, ItemKind
from bot.domain.editing import Edit, edit_of
from bot.domain.ids import OrganisationId
from bot.domain.items import Item
from bot.domain.payment_methods import KnownMethod
from bot.domain.settings import Destination, PaymentStatus, destinations_for


@dataclass(frozen=True, kw_only=True)
class ItemPage:
    """A new item, or one that is to be edited; `typed` is what somebody has typed into its form so far.

    `accounts` and `tax_rates` are by code, as far as the edit or the defaults name them.
    """

    organisation_id: OrganisationId
    organisation: str
    currency: str
    """The organisation's own, offered where the document's is not known yet."""
    ledger: str = "the ledger"
    listed_in: str = "the ledger"
    """Where its contacts are, in words."""
    accounts: Mapping[str, Account] = field(default_factory=dict)
    tax_rates: Mapping[str, TaxRate] = field(default_factory=dict)
    contact: Contact | None = None
    methods: Mapping[str, KnownMethod] = field(default_factory=dict)
    """Payment methods by our id, as far as the edit or the defaults name them."""
    has_methods: bool = True
    """Whether there is a payment method that can be chosen."""
    products: Mapping[str, Product] = field(default_factory=dict)
    """By code, as far as the edit or the defaults name them."""
    has_products: bool = False
    """Whether the books have products that a line can name."""
    customers: Mapping[str, Contact] = field(default_factory=dict)
    """Whom costs are for, by the ledger's id, as far as the edit names them."""
    tracking: tuple[TrackingCategory, ...] = ()
    """What it can be tracked by, as a whole or line by line; nothing where the package cannot do it."""
    statuses: tuple[PaymentStatus, ...] = ()
    """What the package can publish as."""
    capabilities: frozenset[Capability] = frozenset()
    rules: BookRules = USUAL_RULES
    usual_destination: Destination = Destination.PURCHASES
    usual_status: PaymentStatus = PaymentStatus.DRAFT
    usual_account: str | None = None
    usual_tax_rate: str | None = None
    usual_payment_method: str | None = None
    usual_product: str | None = None
    """What an empty field leads to, by the settings; None where the organisation has no default."""
    read_at: Mapping[ListKind, datetime] = field(default_factory=dict)
    """How old the lists are that the form offers."""
    preview: str | None = None
    """Slack's id of the picture of its document."""
    file_name: str | None = None
    file_url: str | None = None
    """Leads to where the file is in Slack."""
    item: Item | None = None
    typed: Edit | None = None
    form_id: UUID | None = None
    """What a draft of its lines is kept under."""
    revision: int = 0
    """Of the draft that the form goes by; 0 where it goes by the item."""

    @cached_property
    def edit(self) -> Edit:
        """What the form begins with; each of its fields asks for it."""
        if self.typed is not None:
            return self.typed
        return Edit(facts=Facts(currency=self.currency)) if self.item is None else edit_of(self.item)

    @property
    def account(self) -> Account | None:
        return self.accounts.get(self.edit.codes.account or "")

    @property
    def tax_rate(self) -> TaxRate | None:
        return self.tax_rates.get(self.edit.codes.tax_rate or "")

    @property
    def product(self) -> Product | None:
        return self.products.get(self.edit.codes.product or "")

    @property
    def asks_product(self) -> bool:
        """Whether it has a product in the place of a category."""
        return self.rules.asks_product(self.edit.kind)

    @property
    def tracking_of_lines(self) -> tuple[TrackingCategory, ...]:
        """What a line can have an option of its own of."""
        return tuple(category for category in self.tracking if not category.is_of_document)

    @property
    def names_customers(self) -> bool:
        """Whether it can say whom it is for; also where it says so though it cannot any more, so that it can be emptied."""
        is_said = any(codes.customer is not None for codes in (self.edit.codes, *self.edit.lines))
        is_known = bool(self.rules.customers_on) or is_said or self.says_billable
        return self.edit.kind is not ItemKind.SALE and is_known

    @property
    def says_billable(self) -> bool:
        return any(codes.billable is not None for codes in (self.edit.codes, *self.edit.lines))

    @property
    def has_tax_rates(self) -> bool:
        """Whether the books have tax rates for what it is."""
        return self.rules.taxes(self.edit.kind)

    @property
    def destinations(self) -> tuple[Destination, ...]:
        """Where the package can publish it to."""
        return destinations_for(self.edit.kind, self.capabilities)

    @property
    def can_be_paid(self) -> bool:
        """Whether it can be booked on a bank account, at once or by a payment."""
        return PaymentStatus.PAID in self.statuses or any(each.is_of_bank for each in self.destinations)

    @property
    def payment_method(self) -> KnownMethod | None:
        return self.methods.get(self.edit.payment_method or "")

    @property
    def usual_method(self) -> KnownMethod | None:
        return self.methods.get(self.usual_payment_method or "")
