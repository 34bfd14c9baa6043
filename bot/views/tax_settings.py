"""What an organisation decides about tax: the form, read back where it is drawn, and what is said once it is saved."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock, HeaderBlock, Option, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.books import TaxRate
from bot.domain.documents import ItemKind
from bot.domain.tax_policies import TaxPolicy
from bot.domain.tax_settings import DefaultTax, KindTax, KindTaxPage, TaxForm, TaxPage, TaxSettings
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import BlockId, CallbackId
from bot.views.kind_settings import NO_RATES, WORDS, Change, change, default_tax_hint, what_changed
from bot.views.metadata import FormRef
from bot.views.parts import context, section
from bot.views.reading import member
from bot.views.text import escape, plain


class Uses(StrEnum):
    """Whether items have tax rates, as an option of the form."""

    ON = "on"
    OFF = "off"


USES = {
    Uses.ON: ("Tax rates are used", "Every item has one, and its tax goes to {ledger}."),
    Uses.OFF: ("No tax rates", "Items have no tax rate and go without tax; tax paid is part of the cost."),
}
POLICIES = {
    TaxPolicy.DOCUMENT: ("The document's tax amount always goes", "What stands on it is booked. Recommended."),
    TaxPolicy.LEDGER: (
        "{ledger} works the tax out",
        "By the tax rate, out of the total; the document's amount stays here.",
    ),
    TaxPolicy.EXCEPTIONS: (
        "The document's amount, with exceptions",
        "Worked out there where it is none, or the category's own rate is 0 %.",
    ),
}
WHOSE = {
    DefaultTax.ORGANISATION: ("The organisation's default", "The one below, whatever the category is."),
    DefaultTax.CATEGORY: ("The category's own", "As {ledger} has it; where it has none, the one below."),
}
REGISTERED = (
    ":warning: Switch tax rates off only where the organisation is not registered for VAT, GST or sales tax: what goes to "
    "{ledger} meanwhile has no tax, none is reclaimed, and a sale that states tax waits."
)
SENT_AS_STATED = "{ledger} asks for the amount of tax, so what stands on the document always goes there."


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Where the fields of a kind stand."""

    whose: BlockId
    rate: BlockId
    without_amount: BlockId


KINDS = {
    ItemKind.COST: _Blocks(BlockId.COSTS_TAX_OF, BlockId.DEFAULT_TAX, BlockId.COSTS_WITHOUT_TAX),
    ItemKind.SALE: _Blocks(BlockId.SALES_TAX_OF, BlockId.SALES_DEFAULT_TAX, BlockId.SALES_WITHOUT_TAX),
}
BLOCKS = {
    "policy": BlockId.TAX_POLICY,
    "costs_rate": BlockId.DEFAULT_TAX,
    "costs_without_amount": BlockId.COSTS_WITHOUT_TAX,
    "sales_rate": BlockId.SALES_DEFAULT_TAX,
    "sales_without_amount": BlockId.SALES_WITHOUT_TAX,
}
"""Where the sentence about a field stands in the form."""
_OF_SALES = (BlockId.SALES_DEFAULT_TAX, BlockId.SALES_WITHOUT_TAX)


def is_of_sales(block: str) -> bool:
    """Whether a field searches among the tax rates of sales."""
    return block.partition(":")[0] in _OF_SALES


def form(page: TaxPage, *, notice: str | None = None) -> View:
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    blocks += _general(page) if page.kinds else []
    for kind in KINDS:
        blocks += _kind(page, kind)
    return View(
        type="modal",
        callback_id=CallbackId.TAX_SETTINGS,
        title=PlainTextObject(text="Tax"),
        submit=PlainTextObject(text="Save") if page.kinds else None,
        close=PlainTextObject(text="Cancel" if page.kinds else "Close"),
        private_metadata=FormRef(page.organisation_id, page.version).encode(),
        blocks=blocks,
    )


def _general(page: TaxPage) -> list[Block]:
    ledger = escape(page.ledger)
    uses = [fields.an_option(key, name, does.format(ledger=page.ledger)) for key, (name, does) in USES.items()]
    blocks: list[Block] = [
        fields.radio_field(BlockId.USES_RATES, "Tax rates", uses, Uses.ON if page.tax.uses_rates else Uses.OFF),
        context(REGISTERED.format(ledger=ledger)),
    ]
    if not page.offers_policies:
        return [*blocks, context(SENT_AS_STATED.format(ledger=ledger))]
    policies = [fields.an_option(policy, *_named(POLICIES[policy], page.ledger)) for policy in page.rules.tax_policies]
    asked = fields.radio_field(
        BlockId.TAX_POLICY,
        "Publishing tax data",
        policies,
        page.tax.policy,
        hint=f"Whatever {page.ledger} works out, the total stays what the document says.",
    )
    return [*blocks, asked]


def _kind(page: TaxPage, kind: ItemKind) -> list[Block]:
    things, _ = WORDS[kind]
    head: list[Block] = [DividerBlock(), section(f"*{things.capitalize()}*")]
    found = page.of(kind)
    if found is not None:
        return [*head, *_whose(page, found), *_rates(page, found)]
    return [] if page.rules.taxes(kind) else [*head, context(NO_RATES[kind].format(ledger=escape(page.ledger)))]


def _whose(page: TaxPage, found: KindTaxPage) -> list[Block]:
    if not page.offers_categories(found.kind):
        return []
    things, _ = WORDS[found.kind]
    options: list[Option] = [fields.an_option(whose, *_named(WHOSE[whose], page.ledger)) for whose in DefaultTax]
    label = f"Which tax rate {things} get where nobody chose one"
    return [fields.radio_field(KINDS[found.kind].whose, label, options, found.chosen.whose)]


def _rates(page: TaxPage, found: KindTaxPage) -> list[Block]:
    things, _ = WORDS[found.kind]
    where, above = KINDS[found.kind], " The category's own stands above it, where that is chosen."
    return [
        fields.tax_rate_field(
            where.rate,
            f"Default tax for {things}",
            found.rate,
            hint=f"{default_tax_hint(found.kind)}{above if page.offers_categories(found.kind) else ''}",
            optional=True,
        ),
        *_gone(page, found.rate),
        fields.tax_rate_field(
            where.without_amount,
            f"Default tax for {things} that show no tax",
            found.without_amount,
            hint="It stands above the other defaults where no amount of tax stands on the document. Leave it empty to treat "
            "these as the others.",
            optional=True,
        ),
        *_gone(page, found.without_amount),
    ]


def _gone(page: TaxPage, rate: TaxRate | None) -> list[Block]:
    """Before *Save* says so."""
    if rate is None or rate.is_active:
        return []
    name = escape(rate.label, 100)
    return [context(f":warning: *{name}* is archived or gone in {escape(page.ledger)}. Choose another one.")]


def read(state: dict[str, Any], version: int) -> TaxForm:
    """The form as it was sent; of what it did not ask, the usual.

    Raises:
        NotOursError: an option that was never offered.
    """
    found = Fields(state)
    policy = found.option(BlockId.TAX_POLICY)
    uses = found.option(BlockId.USES_RATES)
    kinds = {kind: _read(found, blocks) for kind, blocks in KINDS.items()}
    rates = {kind: found.tax_rate(blocks.rate) for kind, blocks in KINDS.items()}
    tax = TaxSettings(
        uses_rates=uses is None or member(Uses, uses) is Uses.ON,
        policy=TaxPolicy.DOCUMENT if policy is None else member(TaxPolicy, policy),
        costs=kinds[ItemKind.COST],
        sales=kinds[ItemKind.SALE],
    )
    return TaxForm(version=version, tax=tax, rates=rates)


def _read(found: Fields, where: _Blocks) -> KindTax:
    whose = found.option(where.whose)
    return KindTax(
        whose=DefaultTax.ORGANISATION if whose is None else member(DefaultTax, whose),
        without_amount=found.tax_rate(where.without_amount),
    )


def saved(page: TaxPage) -> View:
    """What was changed, and what holds from now on."""
    words = [":white_check_mark: It is saved."]
    if page.before is not None:
        words.append(what_changed(_changed(page.before, page)))
        words.append("Items that nobody decided on follow; what is approved goes as it was approved.")
    if page.kinds and not page.tax.uses_rates:
        words.append(REGISTERED.format(ledger=escape(page.ledger)))
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Saved"),
        close=PlainTextObject(text="Close"),
        blocks=[HeaderBlock(text=plain(page.organisation, 150)), section("\n".join(words))],
    )


def _changed(before: TaxPage, now: TaxPage) -> list[Change]:
    was, new, ledger = before.tax, now.tax, escape(now.ledger)
    found = [
        *change("Tax rates", _uses(was), _uses(new)),
        *change("Publishing tax data", *(_named(POLICIES[each.policy], ledger)[0] for each in (was, new))),
    ]
    for each in now.kinds:
        earlier = before.of(each.kind)
        if earlier is not None:
            things, _ = WORDS[each.kind]
            whose = (WHOSE[at.chosen.whose][0] for at in (earlier, each))
            found += change(f"Which tax rate {things} get", *whose)
            found += change(f"Default tax for {things}", _label(earlier.rate), _label(each.rate))
            name = f"Default tax for {things} that show no tax"
            found += change(name, _label(earlier.without_amount), _label(each.without_amount))
    return found


def _named(words: tuple[str, str], ledger: str) -> tuple[str, str]:
    name, does = words
    return name.format(ledger=ledger), does.format(ledger=ledger)


def _uses(tax: TaxSettings) -> str:
    return USES[Uses.ON if tax.uses_rates else Uses.OFF][0].lower()


def _label(rate: TaxRate | None) -> str:
    return "none" if rate is None else escape(rate.label, 100)
