"""The tax that a document is booked with: what goes to the ledger with it, and what the ledger makes of a rate alone.

A total never changes by it: what a ledger works out is worked out of the total, so that what is owed stays what the document
says. All amounts are in cents, rounded as that ledger rounds (`TaxMethod`), so that what people are told before they approve
is what is read back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.booking import NotBookableError, posting_of, unit_price
from bot.domain.documents import Facts, ItemKind, LineAmounts
from bot.domain.items import Item
from bot.domain.money import CENT, tax_of
from bot.domain.postings import Posting, PostingLine
from bot.domain.tax_policies import TaxMethod, TaxPolicy

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRates:
    """Percentages as the ledger has them: of tax rates by their codes, and of categories, by theirs, that of their own rate.
    One that it works out document by document is not among them.
    """

    percents: Mapping[str, Decimal] = field(default_factory=dict)
    of_categories: Mapping[str, Decimal] = field(default_factory=dict)


NO_RATES = LedgerRates()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How books are kept: in which currency, by which rules, and what their rates make."""

    own_currency: str | None = None
    rules: BookRules = USUAL_RULES
    rates: LedgerRates = NO_RATES


def taxed_posting(item: Item, kept: Kept, *, marker: str) -> Posting:
    """What an approved item is sent as, with its tax as was decided (`Item.tax_policy`).

    Raises:
        NotBookableError: as `posting_of`.
    """
    posting = posting_of(item, marker=marker, own_currency=kept.own_currency, rules=kept.rules)
    if kept.rules.works_tax_out is None or _is_untaxed_abroad(item, kept.rules):
        return posting
    return worked_out(posting, item.tax_policy, kept.rules.works_tax_out, kept.rates)


def worked_out_tax(item: Item, kept: Kept) -> Decimal | None:
    """What the ledger will have worked out as the item's tax; None where the document's own goes, or nothing could be booked."""
    if item.tax_policy not in (TaxPolicy.LEDGER, TaxPolicy.EXCEPTIONS) or not item.is_booked:
        return None
    try:
        posting = taxed_posting(item, kept, marker="")
    except NotBookableError:
        return None
    return posting.tax if any(line.is_tax_left for line in posting.lines) else None


def worked_out(posting: Posting, policy: TaxPolicy, method: TaxMethod, rates: LedgerRates) -> Posting:
    """With the tax of those lines left to the ledger that it is to work out; their `tax` is what it will make of them."""
    if posting.line_amounts is LineAmounts.NO_TAX:
        return posting
    is_priced_so = posting.line_amounts is LineAmounts.INCLUSIVE
    priced = posting.lines if is_priced_so else tuple(_inclusive(line) for line in posting.lines)
    is_untaxed = not posting.tax
    lines = tuple(
        _left(line, method, rates) if _is_for_ledger(line, policy, rates, is_untaxed=is_untaxed) else line
        for line in priced
    )
    if not any(line.is_tax_left for line in lines):
        return posting
    tax = sum((line.tax for line in lines), NOTHING)
    net = posting.gross - tax
    return replace(posting, lines=lines, line_amounts=LineAmounts.INCLUSIVE, tax=tax, net=net)


def _left(line: PostingLine, method: TaxMethod, rates: LedgerRates) -> PostingLine:
    percent = rates.percents.get(line.tax_code or "")
    if percent is None:
        return line
    gross = line.net + line.tax
    tax = method.tax_within(gross, percent)
    return replace(line, net=gross - tax, tax=tax, is_tax_left=True)


def _is_for_ledger(line: PostingLine, policy: TaxPolicy, rates: LedgerRates, *, is_untaxed: bool) -> bool:
    """A line without tax of a document that states some is stated, too."""
    if policy is TaxPolicy.EXCEPTIONS:
        return is_untaxed or rates.of_categories.get(line.account_code) == 0
    return policy is TaxPolicy.LEDGER


def _inclusive(line: PostingLine) -> PostingLine:
    """With its tax in the price."""
    return replace(line, unit_price=unit_price(line.net + line.tax, line.quantity)) if line.tax else line


def _is_untaxed_abroad(item: Item, rules: BookRules) -> bool:
    """Where tax on costs is of one currency, a rate makes nothing of another."""
    home = rules.costs_taxed_in
    return item.kind is not ItemKind.SALE and home is not None and item.facts.currency != home


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """The tax that the rates of an item make, `of` what, in words, where its document states another one."""

    made: Decimal
    stated: Decimal
    of: str

    @property
    def off(self) -> Decimal:
        """What they make more than is stated, or less."""
        return self.made - self.stated


def disagreement(item: Item, percents: Mapping[str, Decimal]) -> Disagreement | None:
    """None where they agree but for the rounding of each line, or where too little is known: a tax that is not stated
    disagrees with none.
    """
    facts, coding = item.facts, item.coding
    if facts.tax is None or facts.gross is None or facts.line_amounts is LineAmounts.NO_TAX:
        return None
    if not facts.lines or not facts.lines_agree:
        codes = {coding.tax_rate.value or ""}
    else:
        codes = {coding.codes_at(place).tax_rate or "" for place in range(len(facts.lines))}
    if not codes <= percents.keys():
        return None
    if len(codes) > 1:
        made, of = _of_lines(item, percents), "line by line"
    else:
        made, of = _of_whole(item, facts.gross, percents[codes.pop()])
    if abs(made - facts.tax) <= CENT * max(len(facts.lines), 1):
        return None
    return Disagreement(made=made, stated=facts.tax, of=of)


def speaks_against(facts: Facts, percent: Decimal | None) -> bool:
    """Whether a document says, by its own rate or by its tax, that it is not of this one."""
    if percent is None:
        return False
    if facts.tax_percents:
        return len(facts.tax_percents) == 1 and facts.tax_percents[0] != percent
    made = None if facts.gross is None else _of_total(facts.gross, percent)
    return made is not None and facts.tax is not None and abs(made - facts.tax) > CENT * max(len(facts.lines), 1)


def _of_whole(item: Item, gross: Decimal, percent: Decimal) -> tuple[Decimal, str]:
    """The tax at one rate, and what it is of: of the net, where the document's own tax goes; a ledger works it out of the total, and
    so does whoever looks for the tax that a document does not show.
    """
    facts = item.facts
    is_stated = bool(facts.tax) and item.tax_policy is not TaxPolicy.LEDGER
    if is_stated and facts.line_amounts is LineAmounts.EXCLUSIVE and facts.net is not None:
        return tax_of(facts.net, percent), f"of the net, {facts.net}"
    return _of_total(gross, percent), f"out of the total, {gross}"


def _of_total(gross: Decimal, percent: Decimal) -> Decimal:
    return TaxMethod.ROUNDS_TAX.tax_within(gross, percent)


def _of_lines(item: Item, percents: Mapping[str, Decimal]) -> Decimal:
    """By each line's own rate; lines of one rate are taken together."""
    nets: dict[str, Decimal] = {}
    for place, line in enumerate(item.facts.lines):
        code = item.coding.codes_at(place).tax_rate or ""
        nets[code] = nets.get(code, NOTHING) + line.net
    return sum((tax_of(net, percents[code]) for code, net in nets.items()), NOTHING)
