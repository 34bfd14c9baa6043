"""What an organisation's books ask of its documents, where books differ: by the package, its plan, the country, and what is
switched on.

A provider declares it when it reads the books (`Books.rules`), so that whatever looks at an item can ask without the
provider. What nobody declared is as in books that have a tax rate on every line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.domain.documents import DocumentType, ItemKind
from bot.domain.required import USUALLY_REQUIRED, RequiredFields
from bot.domain.small_amounts import NOTHING_SMALL, SmallAmounts
from bot.domain.tax_policies import TaxMethod, TaxPolicy

TRACKING, PRODUCTS, BOUGHT = "tracking", "products", "products of costs"
"""Of lines; what a package can do (`Capability`) is called so, too."""
FOREIGN_BANK = "bank transaction in another currency"
"""Of what is booked on a bank account, where the books' own currency is another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRules:
    taxes_costs: bool = True
    """Whether costs have tax rates. Without, what a document states as tax is part of what is paid for."""
    taxes_sales: bool = True
    """Whether sales have tax rates."""
    is_tax_off: bool = False
    """Whether there is none because its admins switched tax rates off here (`under`)."""
    works_tax_out: TaxMethod | None = None
    """How tax is worked out there of a line that has a rate and no amount of tax; None: an amount has to be sent."""
    categories_have_tax: bool = False
    """Whether a category has a tax rate of its own there (`Account.default_tax_code`)."""
    costs_taxed_in: str | None = None
    """The one currency in which tax on costs is booked; None: in any."""
    foreign_by_rate: str | None = None
    """The books' own currency, where a document says by nothing but an exchange rate to it that it is in another; None: it says
    which one it is in.
    """
    has_one_currency: bool = False
    """Whether others have to be switched on there first, which cannot be undone."""
    sells_products: bool = False
    """Whether each line of a sale, on whatever document, is of a product or service, which says where it is booked."""
    parts_contacts: bool = False
    """Whether suppliers and customers are two lists, and documents of either side take none of the other."""
    books_bank_whole: bool = False
    """Whether what is booked on a bank account at once is of one category, and of one option of what is tracked."""
    cards_not: tuple[str, ...] = ()
    """What cannot be booked on a credit card there: places (`Destination`), and kinds of items (`ItemKind`) that go to a bank account
    at once.
    """
    pays_credits: bool = True
    """Whether a credit note can have a payment. Without, it is approved, and set against bills there."""
    takes_any_code: bool = False
    """Whether categories and tax rates can be typed as codes that are in no list."""
    knows_contacts_by_name: bool = False
    """Whether a document has the code of the contact that is called as it says, though nobody chose one."""
    contact_code: int | None = None
    """How long the codes are at most by which documents name their contacts; None: they are named in words. See
    `bot.domain.contact_codes`.
    """
    books_at_once: tuple[str, ...] = ()
    """The kinds of items (`ItemKind`) of which its package keeps no drafts, nor anything that waits for approval there."""
    says_status: bool = True
    """Whether a document says with which status it is booked. Without, it is what its software makes of it."""
    customers_on: tuple[str, ...] = ()
    """The kinds of documents (`PostingKind`) whose lines can name the customer, or a customer's project, that a cost is for."""
    bills_customers: bool = False
    """Whether such lines can be billable, so that the ledger puts them on that customer's next invoice."""
    pays_users: bool = False
    """Whether what somebody paid themselves is booked as expenses of their own user there, in place of a bill to them."""
    tracks_documents: bool = False
    """Whether there are tracking categories of which a document has one option, and not each of its lines its own."""
    takes_not: Mapping[str, str] = field(default_factory=dict)
    """What its software has no place for, though its package has: kinds of documents (`PostingKind`, `FOREIGN_BANK`), and what
    lines have (`TRACKING`, `PRODUCTS`, `BOUGHT`); and what lacks it, in words.
    """
    not_in_plan: tuple[str, ...] = ()
    """Kinds of documents (`PostingKind`) that its plan does not have, by what the package says of plans: nobody is offered them, and
    what is to become one all the same is pointed at.
    """
    of_document: Mapping[str, str] = field(default_factory=dict)
    """Those categories, their names by the ledger's ids: as the list of them says, whatever a provider declares."""

    required: RequiredFields = USUALLY_REQUIRED
    """What the organisation asks for itself (`GeneralSettings`), whatever its books do."""
    small: SmallAmounts = NOTHING_SMALL
    """What it calls small, which it asks less of."""
    tracking_names: Mapping[str, str] = field(default_factory=dict)
    """Of the tracking categories that it asks for, as far as there are any now."""

    @property
    def tax_policies(self) -> tuple[TaxPolicy, ...]:
        """What can be decided of where a document's tax comes from."""
        if self.works_tax_out is None or not (self.taxes_costs or self.taxes_sales):
            return (TaxPolicy.DOCUMENT,)
        return (TaxPolicy.DOCUMENT, TaxPolicy.LEDGER, TaxPolicy.EXCEPTIONS)

    def under(self, policy: TaxPolicy) -> "BookRules":
        """As books without tax, where tax rates are switched off."""
        has_tax = self.taxes_costs or self.taxes_sales
        if policy is not TaxPolicy.NONE or not has_tax:
            return self
        return replace(self, taxes_costs=False, taxes_sales=False, is_tax_off=True)

    def taxes(self, kind: ItemKind) -> bool:
        return self.taxes_sales if kind is ItemKind.SALE else self.taxes_costs

    def claims_by_user(self, kind: ItemKind) -> bool:
        """Whether whoever it is paid to is a user there, and no contact."""
        return self.pays_users and kind is ItemKind.EXPENSE_REPORT

    def pays(self, document_type: DocumentType) -> bool:
        """Whether it can be published as paid."""
        return self.pays_credits or document_type is not DocumentType.CREDIT_NOTE

    def asks_product(self, kind: ItemKind) -> bool:
        """Whether its lines have a product in the place of a category."""
        return self.sells_products and kind is ItemKind.SALE


USUAL_RULES = BookRules()
