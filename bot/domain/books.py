"""The books: what an organisation's ledger holds that items are coded to, and what its software can do."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.documents import ItemKind


class ListKind(StrEnum):
    """A list that is imported from the ledger. The order is the order of import."""

    ACCOUNTS = "accounts"
    TAX_RATES = "tax_rates"
    TRACKING_CATEGORIES = "tracking_categories"
    CURRENCIES = "currencies"
    BANK_ACCOUNTS = "bank_accounts"
    PRODUCTS = "products"
    CONTACTS = "contacts"


class Capability(StrEnum):
    """What a package can do; screens ask for these, never for a provider's name."""

    BILLS = "bills"
    DRAFT_BILLS = "draft_bills"
    BILLS_AWAITING_APPROVAL = "bills_awaiting_approval"
    SALES_INVOICES = "sales_invoices"
    DRAFT_SALES_INVOICES = "draft_sales_invoices"
    SALES_INVOICES_AWAITING_APPROVAL = "sales_invoices_awaiting_approval"
    CREDIT_NOTES = "credit_notes"
    BANK_TRANSACTIONS = "bank_transactions"
    QUICK_ENTRIES = "quick_entries"
    """Sales can be entered by their sums alone."""
    CHEQUES = "cheques"
    """What is spent can be a cheque, which is told from other money spent."""
    PAYMENTS = "payments"
    BANK_LINES = "bank_lines"
    """The ledger tells what its bank accounts' own lines are, and money spent is booked on one of them."""
    SEVERAL_ORGANISATIONS = "several_organisations"
    TRACKING = "tracking"
    PRODUCTS = "products"
    """Lines can name what was bought or sold, from a list of the ledger."""
    LOCK_DATES = "lock_dates"
    EXPENSE_REPORTS = "expense_reports"
    """What somebody paid themselves becomes one bill to them, with a line for each receipt; or, where books say so
    (`BookRules.pays_users`), an expense of their own user there for each.
    """
    WITHDRAWING = "withdrawing"
    """A document that was published is taken out of the books again."""
    DOWNLOADS = "downloads"
    """There is nothing to sign in to and nothing to call: an admin names the organisation, and what is approved is published
    when a person downloads it as a file.
    """


class AccountClass(StrEnum):
    ASSET = "asset"
    EQUITY = "equity"
    EXPENSE = "expense"
    LIABILITY = "liability"
    REVENUE = "revenue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An entry of the chart of accounts; "category" on screen. `code` is what bills refer to; `number` is what people know
    it by where that is another, and empty where it has none.
    """

    provider_id: str
    code: str
    name: str
    account_class: AccountClass
    number: str | None = None
    is_bank: bool = False
    is_system: bool = False
    is_active: bool = True
    default_tax_code: str | None = None
    currency: str | None = None
    is_card: bool = False
    """Of a bank account: whether it is a credit card, which not everything can be booked on (`BookRules.cards_not`)."""

    @property
    def known_as(self) -> str:
        """What people call it by, beside its name."""
        return self.code if self.number is None else self.number

    @property
    def label(self) -> str:
        return f"{self.known_as} · {self.name}" if self.known_as not in ("", self.name) else self.name

    @property
    def is_codable(self) -> bool:
        """Bank and system accounts are never booked to by hand."""
        return bool(self.code) and not self.is_bank and not self.is_system


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate:
    """A tax rate; `code` is what lines refer to, `applies_to` the account classes it may be used with. `percent` is None where
    the ledger works it out document by document, as where it depends on the customer's address.
    """

    code: str
    name: str
    percent: Decimal | None
    is_active: bool = True
    applies_to: frozenset[AccountClass] = frozenset(AccountClass)

    @property
    def label(self) -> str:
        if self.percent is None or "%" in self.name:
            return self.name
        return f"{self.name} ({self.percent.normalize():f}%)"

    def goes_with(self, kind: ItemKind) -> bool:
        return AccountClass.REVENUE in self.applies_to if kind is ItemKind.SALE else self.goes_with_costs

    @property
    def goes_with_costs(self) -> bool:
        """Costs are expenses, or things bought. A rate for things sold goes with assets too, but then with revenue as well."""
        is_for_assets_bought = AccountClass.ASSET in self.applies_to and AccountClass.REVENUE not in self.applies_to
        return AccountClass.EXPENSE in self.applies_to or is_for_assets_bought


USERS = "users/"
"""The ids of a ledger's users begin so, by which they are told from those of contacts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    provider_id: str
    name: str
    is_active: bool = True
    is_supplier: bool = False
    is_customer: bool = False
    tax_number: str | None = None
    currency: str | None = None
    default_account_code: str | None = None
    is_user: bool = False
    """Somebody who works with these books, and is paid back what they paid: neither supplier nor customer."""
    email: str | None = None
    """Of users."""
    within: str | None = None
    """The customer that it is a project of, by name."""

    @property
    def label(self) -> str:
        return self.name if self.within is None else f"{self.within} · {self.name}"

    def is_of(self, kind: ItemKind, rules: BookRules) -> bool:
        """Whether documents of a kind can be from or to it, in books that ask for this."""
        if self.is_user or rules.claims_by_user(kind):
            return self.is_user and rules.claims_by_user(kind)
        if not rules.parts_contacts:
            return True
        return self.is_customer if kind is ItemKind.SALE else self.is_supplier


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingOption:
    provider_id: str
    name: str
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingCategory:
    provider_id: str
    name: str
    is_active: bool = True
    options: tuple[TrackingOption, ...] = ()
    is_of_document: bool = False
    """A document has one option of it, whatever its lines are; such books say so (`BookRules.tracks_documents`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usually:
    """What a product is usually booked to when it is bought, or when it is sold: codes of the ledger."""

    account: str | None = None
    tax_rate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product or service. `code` is what lines refer to, `number` what people know it by where that is another, and
    empty where it has none. Without `bought` it is not bought, without `sold` not sold.
    """

    provider_id: str
    code: str
    name: str
    number: str | None = None
    is_active: bool = True
    bought: Usually | None = None
    sold: Usually | None = None
    stock_account: str | None = None
    """Of one whose stock the ledger counts: what is bought of it goes to this account, and to no other."""

    @property
    def known_as(self) -> str:
        """What people call it by, beside its name."""
        return self.code if self.number is None else self.number

    @property
    def label(self) -> str:
        return f"{self.known_as} · {self.name}" if self.known_as not in ("", self.name) else self.name

    def usually(self, *, is_sale: bool) -> Usually | None:
        if is_sale or self.bought is None or self.stock_account is None:
            return self.sold if is_sale else self.bought
        return Usually(account=self.stock_account, tax_rate=self.bought.tax_rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """`rate` counts units of it for one of the books' own, as the ledger's list has it of the day `rated_on`; None where the ledger
    tells none.
    """

    code: str
    name: str
    rate: Decimal | None = None
    rated_on: date | None = None


class BillRights(StrEnum):
    """What the login behind a connection may do with bills in the ledger."""

    ALL = "all"
    DRAFTS = "drafts"
    """It writes them, and somebody else approves them there."""
    NONE = "none"
    UNTOLD = "untold"
    """The ledger does not say; then it is learnt from refusals."""


BILL_RIGHTS = {
    BillRights.ALL: "write and approve bills",
    BillRights.DRAFTS: "write bills, but not approve them",
    BillRights.NONE: "only read bills",
    BillRights.UNTOLD: "read and write bills",
}
"""In words, after "may"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who signed in at the ledger, by its own word; empty where it does not tell."""

    name: str = ""
    email: str = ""

    @property
    def known_as(self) -> str:
        return self.name or self.email

    @property
    def words(self) -> str:
        """Name and address, or what there is of them."""
        return f"{self.name} ({self.email})" if self.name and self.email else self.name or self.email


ListEntry = Account | TaxRate | Contact | TrackingCategory | Currency | Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What a ledger says of itself. A lock date of None means none is set; `lock_dates_known` tells it from unknown."""

    provider_id: str
    name: str
    base_currency: str
    legal_name: str | None = None
    tax_number: str | None = None
    country: str | None = None
    time_zone: str | None = None
    plan: str | None = None
    short_code: str | None = None
    lock_dates_known: bool = True
    period_locked_to: date | None = None
    year_locked_to: date | None = None
    bill_rights: BillRights = BillRights.UNTOLD
    """Of the login that read this."""
    rules: BookRules = USUAL_RULES
    layout: str | None = None
    """What its files are laid out for, where it is published by download."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationChoice:
    """An organisation that a login can see: the tenant's id, its name, and the id of the link itself where one exists.

    `bill_rights` are that login's.
    """

    tenant_id: str
    name: str
    link_id: str | None = None
    bill_rights: BillRights = BillRights.UNTOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """An entry that is there and could not be read: words for people, and its key where that much could be read, so that
    what is known of it stays.
    """

    words: str
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of a list; `next_page` is None at the end. `total` is how many entries the list has, where the ledger
    tells; with `since`, how many changed.
    """

    entries: tuple[ListEntry, ...]
    next_page: str | None = None
    unreadable: tuple[Unreadable, ...] = ()
    total: int | None = None
