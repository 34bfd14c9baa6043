"""What an organisation's admins decided about tax: the Tax group of its settings, drawn and sent back as a form."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.books import TaxRate
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId
from bot.domain.tax_policies import TaxPolicy


class DefaultTax(StrEnum):
    """Whose tax rate an item gets that nobody chose one for."""

    ORGANISATION = "organisation"
    CATEGORY = "category"
    """The one that the ledger has for the item's category; where it has none, the organisation's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindTax:
    """What is decided of the tax of costs, or of sales, beside their default tax rate (`KindSettings`)."""

    whose: DefaultTax = DefaultTax.ORGANISATION
    without_amount: str | None = None
    """The tax rate of a document that shows no tax; None: the same as of others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxSettings:
    uses_rates: bool = True
    """Whether items have tax rates: Dext calls it its tax list."""
    policy: TaxPolicy = TaxPolicy.DOCUMENT
    costs: KindTax = field(default_factory=KindTax)
    sales: KindTax = field(default_factory=KindTax)

    def of(self, kind: ItemKind) -> KindTax:
        return self.sales if kind is ItemKind.SALE else self.costs

    @property
    def goes_by_categories(self) -> bool:
        """Whether anything gets its category's own tax rate."""
        return DefaultTax.CATEGORY in (self.costs.whose, self.sales.whose)

    def policy_in(self, rules: BookRules) -> TaxPolicy:
        """What holds in books that may not be able to do what was decided: there the document's amounts go."""
        if not self.uses_rates:
            return TaxPolicy.NONE
        return self.policy if self.policy in rules.tax_policies else TaxPolicy.DOCUMENT


USUAL_TAX = TaxSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxForm:
    """The Tax group as a person sent it. `version` is that of the settings that the form was drawn from; `rates` are the
    default tax rates by kind, which the forms for costs and for sales have, too.
    """

    version: int
    tax: TaxSettings
    rates: Mapping[ItemKind, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindTaxPage:
    """The part of the form for costs, or for sales: what is chosen, with its rates by name."""

    kind: ItemKind
    chosen: KindTax
    rate: TaxRate | None = None
    without_amount: TaxRate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxPage:
    """What the form is drawn from. `rates` are the default tax rates by kind; `kinds` are those that the package takes and
    whose books have tax.
    """

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    version: int
    tax: TaxSettings
    rates: Mapping[ItemKind, str | None]
    kinds: tuple[KindTaxPage, ...]
    rules: BookRules = USUAL_RULES
    before: "TaxPage | None" = None
    """As it was until somebody saved just now; None where nobody did, or it was saved already."""

    def of(self, kind: ItemKind) -> KindTaxPage | None:
        return next((each for each in self.kinds if each.kind is kind), None)

    @property
    def offers_policies(self) -> bool:
        """Whether there is more than one way for the tax to get there."""
        return len(self.rules.tax_policies) > 1

    def offers_categories(self, kind: ItemKind) -> bool:
        """Whether what it is booked to has a tax rate of its own; that of a product stands above all defaults."""
        return self.rules.categories_have_tax and not self.rules.asks_product(kind)

    def holds(self, form: TaxForm) -> bool:
        """Whether the form, as `completed`, says what is saved."""
        return (form.tax, form.rates) == (self.tax, self.rates)

    def completed(self, form: TaxForm) -> TaxForm:
        """With what the form does not ask in these books, as it stands."""
        sent, now = form.tax, self.tax
        tax = TaxSettings(
            uses_rates=sent.uses_rates if self.kinds else now.uses_rates,
            policy=sent.policy if self.offers_policies else now.policy,
            costs=self._completed(ItemKind.COST, sent),
            sales=self._completed(ItemKind.SALE, sent),
        )
        rates = {kind: form.rates.get(kind) if self.of(kind) else rate for kind, rate in self.rates.items()}
        return replace(form, tax=tax, rates=rates)

    def _completed(self, kind: ItemKind, sent: TaxSettings) -> KindTax:
        now, chosen = self.tax.of(kind), sent.of(kind)
        if self.of(kind) is None:
            return now
        return chosen if self.offers_categories(kind) else replace(chosen, whose=now.whose)
