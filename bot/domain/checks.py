"""Our own checks of an item: what we know without asking the ledger, and so may insist on.

Each complaint is a sentence for the person who can mend it. An item with a complaint waits in review; one without is
ready. What only the ledger can know is predicted elsewhere and never blocks.
"""

from decimal import Decimal

from bot.domain.billing import customers_not_taken
from bot.domain.book_rules import BOUGHT, FOREIGN_BANK, PRODUCTS, TRACKING, USUAL_RULES, BookRules
from bot.domain.booking import kind_of, said_otherwise
from bot.domain.books import Account
from bot.domain.closing import ClosedEffect
from bot.domain.coding import Coding, Source
from bot.domain.documents import DocumentType, FactField, Facts, ItemKind, LineAmounts
from bot.domain.exchange import is_plausible, rate_to
from bot.domain.items import Item
from bot.domain.required import RequiredField, lacking
from bot.domain.settings import Destination
from bot.domain.splitting import can_be_split
from bot.domain.taxing import Disagreement
from bot.domain.texts import dated
from bot.domain.whole_document import said_differently

MOST_NAMED = 5
"""Amounts or rates that one complaint names."""
NOT_READ = "Nothing of it could be read: whoever sent it, or a bookkeeper, presses Fill in and types what stands on it."
"""Instead of naming all that is missing."""
UNLINKED = (
    "Whoever claims it is not linked to a user of the ledger yet, or to one who is none any more: a bookkeeper or an admin presses "
    "Link on its card and chooses them, once."
)
_WARNED_OF = frozenset({FactField.SUPPLIER, FactField.AMOUNTS, FactField.LINES})


def check(
    facts: Facts, coding: Coding, kind: ItemKind = ItemKind.COST, rules: BookRules = USUAL_RULES
) -> tuple[str, ...]:
    """Every complaint at once, so that one round of editing can settle them all; in books that ask for this."""
    if not facts.document_type.is_booked:
        return (never_booked(facts.document_type),)
    if facts.is_unread:
        return (NOT_READ,)
    several_rates = _several_rates(facts, coding) if rules.taxes(kind) else _untaxed(facts, kind, rules)
    tracked = said_differently(coding, len(facts.lines), rules)
    abroad = _taxed_abroad(facts, kind, rules)
    known = (*_missing(facts, coding, kind, rules), *_amounts(facts), *several_rates, *abroad, *tracked)
    return (UNLINKED, *known) if is_unlinked(coding, kind, rules) else known


def is_unlinked(coding: Coding, kind: ItemKind, rules: BookRules) -> bool:
    """Whether it has to be of a user of the ledger, and which one that is, nobody has said."""
    return rules.claims_by_user(kind) and coding.contact.value is None


def not_paid(item: Item) -> tuple[str, ...]:
    """What is booked on a bank account needs to know which one; another status or place is never taken instead."""
    if not (item.is_booked and item.is_to_be_paid and item.paid_from is None):
        return ()
    goes = f"to {item.publish_to.words}" if item.publish_to.is_of_bank else "as paid"
    if item.coding.payment_method.value is None:
        return (f"It is to be published {goes}, and has no payment method: choose the one it was paid with.",)
    return (f"It is to be published {goes}, and its payment method is not linked to a bank account of the ledger.",)


def parted_on_bank(item: Item, rules: BookRules) -> tuple[str, ...]:
    """Where a bank account takes a document whole, its lines are booked alike."""
    if not (item.is_booked and item.publish_to.is_of_bank and rules.books_bank_whole):
        return ()
    codes = [item.coding.codes_at(place) for place in range(len(item.facts.lines))]
    if len({(each.account, each.tracking) for each in codes}) < 2:
        return ()
    other = Destination.SALES if item.kind is ItemKind.SALE else Destination.PURCHASES
    where = f"It is to be published to {item.publish_to.words}, which the ledger books under one category"
    return (f"{where}: choose the same for all lines, or publish it to {other.words}.",)


def not_taken(item: Item, rules: BookRules) -> tuple[str, ...]:
    """What these books have no place for is said before anybody approves it, and never left out."""
    if not item.is_booked:
        return ()
    document_type = item.facts.document_type
    kind = kind_of(item.kind, document_type, item.publish_to, rules)
    what = FOREIGN_BANK if kind.is_of_bank and _is_foreign_by_rate(item.facts, rules) else kind
    if kind not in rules.takes_not and what not in rules.takes_not:
        return _lines_not_taken(item, rules)
    usual = Destination.SALES if item.kind is ItemKind.SALE else Destination.PURCHASES
    there = kind_of(item.kind, document_type, usual, rules)
    instead = "" if there in rules.takes_not else f"publish it to {usual.words}, or "
    lacking, words = (kind, kind.words) if kind in rules.takes_not else (what, what)
    said = f"{rules.takes_not[lacking]} has no place for a {words}"
    return (f"{said}: {instead}enter it there by hand and archive it here.",)


def not_in_plan(item: Item, rules: BookRules) -> tuple[str, ...]:
    """What the plan of the books is said not to have: whoever approves it is told, and the ledger has the last word."""
    kind = kind_of(item.kind, item.facts.document_type, item.publish_to, rules)
    if not item.is_booked or kind not in rules.not_in_plan:
        return ()
    instead = kind_of(item.kind, item.facts.document_type, Destination.BANK_ACCOUNTS, rules)
    can_be = Destination.BANK_ACCOUNTS.takes(item.kind) and instead not in (*rules.not_in_plan, *rules.takes_not)
    where = " Edit publishes it to bank accounts instead." if can_be else ""
    return (f"The plan of the books has no {kind.words}, so the ledger is likely to refuse it.{where}",)


def without_rate(item: Item, rules: BookRules) -> tuple[str, ...]:
    """What is in another currency, where only a rate says so: without, it would be booked as so much in the books' own."""
    own = rules.foreign_by_rate
    if not item.is_booked or own is None or not _is_foreign_by_rate(item.facts, rules):
        return ()
    if rate_to(item.facts, own) is not None:
        return ()
    said = f"It is in {item.facts.currency}, and its file says so by nothing but an exchange rate"
    return (f"{said}: type in Edit how many {item.facts.currency} were 1 {own}.",)


def _is_foreign_by_rate(facts: Facts, rules: BookRules) -> bool:
    return rules.foreign_by_rate is not None and facts.currency not in (None, rules.foreign_by_rate)


def not_billed(item: Item, rules: BookRules) -> tuple[str, ...]:
    """Whom it is for, and that it is billed on to them, where the ledger would not take that."""
    if not item.is_booked:
        return ()
    return customers_not_taken(item, kind_of(item.kind, item.facts.document_type, item.publish_to), rules)


def _lines_not_taken(item: Item, rules: BookRules) -> tuple[str, ...]:
    codes = [item.coding.codes_at(place) for place in range(len(item.facts.lines))] or [item.coding.codes]
    products = PRODUCTS if PRODUCTS in rules.takes_not or item.kind is ItemKind.SALE else BOUGHT
    lacks = {
        TRACKING: any(each.tracking for each in codes),
        products: any(each.product for each in codes),
    }
    return tuple(
        f"{rules.takes_not[what]} has no place for {what}: empty what is chosen of it."
        for what, is_chosen in lacks.items()
        if is_chosen and what in rules.takes_not
    )


def without_required(item: Item, rules: BookRules) -> tuple[str, ...]:
    """What the organisation asks for beside what books do; of small amounts nothing."""
    if not item.is_booked or item.facts.is_unread or rules.small.takes_total(item.facts):
        return ()
    required = rules.required.of(item.kind)
    return lacking(item.facts, item.coding, required, rules.tracking_names, has_file=item.file_id is not None)


def in_closed_period(item: Item) -> tuple[str, ...]:
    """What is dated where the books are closed, and is neither moved nor sent as a draft."""
    closed, day = item.closed, item.dated_on
    if closed is None or day is None or not item.is_booked:
        return ()
    whose = "by our own lock date" if closed.is_ours else "by the ledger's lock date"
    head = f"It is dated {dated(day)}, and the books are closed up to {dated(closed.until)} {whose}"
    match closed.effect:
        case ClosedEffect.ASKED:
            return (f"{head}: somebody has to choose what becomes of it.",)
        case ClosedEffect.STOPPED:
            who = (
                "an admin moves that under /dext settings general" if closed.is_ours else "an adviser moves that there"
            )
            return (f"{head}: change its date if it was read wrongly, or {who}.",)
        case _:
            return ()


def not_summed(item: Item) -> tuple[str, ...]:
    """What is entered by its sums alone has no lines of its own."""
    if not item.is_booked or item.publish_to is not Destination.QUICK_ENTRIES or not said_otherwise(item):
        return ()
    words = "A quick entry has one category, one tax rate and no product: give all of its lines the same, or publish it to sales."
    return (words,)


def not_split(item: Item) -> tuple[str, ...]:
    """A rule makes lines of it, and its amounts are too small for those."""
    is_made = FactField.LINES in item.facts.ruled | item.facts.edited
    if item.coding.split.value is None or is_made or not item.is_booked or not can_be_split(item.facts):
        return ()
    said = "A rule splits it by fixed amounts that come to more than there is"
    return (f"{said}: write its lines in Edit, or change the rule.",)


def never_booked(document_type: DocumentType) -> str:
    return (
        f"This is {document_type.words}, which is never published: archive it, or choose another document type if it was "
        "mistaken for one."
    )


def _missing(facts: Facts, coding: Coding, kind: ItemKind, rules: BookRules) -> tuple[str, ...]:
    is_numbered = RequiredField.NUMBER in rules.required.of(kind).fields
    who = (facts.buyer.name, "The customer is missing.")
    if kind is not ItemKind.SALE:
        who = (facts.supplier.name, "The supplier is missing.")
    wanted = (
        who,
        (facts.number or not is_numbered, "The document's number is missing."),
        (facts.issued_on, "The date is missing."),
        (facts.currency, _no_currency(facts)),
        (facts.gross, "The total is missing."),
    )
    return (
        *(sentence for value, sentence in wanted if value is None),
        *_not_coded(facts, coding, kind, rules),
    )


def _no_currency(facts: Facts) -> str:
    if facts.currency_sign is None:
        return "The currency is missing."
    return f"The currency is missing: its amounts are in {facts.currency_sign}, which may be of several countries."


def _not_coded(facts: Facts, coding: Coding, kind: ItemKind, rules: BookRules) -> tuple[str, ...]:
    """A line that has no code of its own has the item's."""
    lines = [coding.codes_at(place) for place in range(len(facts.lines))] or [coding.codes]
    needs_rate = rules.taxes(kind) and facts.line_amounts is not LineAmounts.NO_TAX
    coded: tuple[str | None, ...] = tuple(codes.account for codes in lines)
    what = "A category is missing"
    if rules.asks_product(kind):
        coded, what = tuple(codes.product for codes in lines), "Choose a product or service"
    without = (
        (what, coded.count(None)),
        ("A tax rate is missing", sum(codes.tax_rate is None for codes in lines) if needs_rate else 0),
    )
    return tuple(
        f"{what}." if number == len(lines) else f"{what} on {number} of its {len(lines)} lines."
        for what, number in without
        if number
    )


def _amounts(facts: Facts) -> tuple[str, ...]:
    complaints = []
    if facts.currency_rate is not None and not is_plausible(facts.currency_rate):
        complaints.append(
            f"Its exchange rate {facts.currency_rate} cannot be right: it is not between 0 and a million."
        )
    if not facts.totals_agree:
        tax = "no tax" if facts.tax is None else f"tax {facts.tax}"
        complaints.append(f"Net {facts.net} and {tax} do not make the total {facts.gross}.")
    if facts.tax and facts.line_amounts is LineAmounts.NO_TAX:
        complaints.append(f"It is marked as having no tax, and has tax {facts.tax}.")
    if facts.gross is not None and facts.gross < 0:
        complaints.append("The total is negative; a document that gives money back is a credit note.")
    if not facts.lines_agree:
        complaints.append(f"The lines add up to {facts.of_lines}, not to the net amount {facts.before_tax}.")
    if facts.finer_than_cents:
        found = ", ".join(str(amount) for amount in facts.finer_than_cents[:MOST_NAMED])
        complaints.append(f"Some amounts have fractions of a cent, which no ledger accepts: {found}.")
    if facts.due_on is not None and facts.issued_on is not None and facts.due_on < facts.issued_on:
        complaints.append(f"It is due on {facts.due_on}, before its own date {facts.issued_on}.")
    return tuple(complaints)


def _several_rates(facts: Facts, coding: Coding) -> tuple[str, ...]:
    """Lines without a tax rate of their own go out with the item's, so their tax would be booked to the wrong one; unless a
    person chose that one for the whole of it, which is only pointed at (`one_for_several`).
    """
    if coding.tax_rate.source is Source.PERSON and coding.tax_rate.value is not None:
        return ()
    rates = facts.tax_percents
    has_own = [coding.own_codes(place).tax_rate is not None for place in range(len(facts.lines))]
    if len(rates) < 2 or (len(has_own) > 1 and all(has_own)):
        return ()
    return (f"It has several tax rates ({_named(rates)}): give each of its lines its own one.",)


def _untaxed(facts: Facts, kind: ItemKind, rules: BookRules) -> tuple[str, ...]:
    """What is paid as tax in books without any is part of the cost; what is asked for as tax is owed to somebody."""
    if kind is not ItemKind.SALE or not facts.tax:
        return ()
    why = "the books have no tax on sales: switch it on in the ledger"
    if rules.is_tax_off:
        why = "tax rates are switched off here: an admin switches them on by /dext settings tax"
    return (f"It has tax {facts.tax}, and {why}, or empty the tax.",)


def _taxed_abroad(facts: Facts, kind: ItemKind, rules: BookRules) -> tuple[str, ...]:
    """Only a person knows whether what it states is tax that is reclaimed, or a part of the cost."""
    home = rules.costs_taxed_in
    if kind is ItemKind.SALE or not (rules.taxes(kind) and facts.tax) or home in (None, facts.currency):
        return ()
    if facts.currency is None:
        return ()
    only = f"It is in {facts.currency} and has tax {facts.tax}, and the ledger books tax on costs in {home} only"
    return (f"{only}: enter it in {home}, or without tax, so that this is part of the cost.",)


def _named(rates: tuple[Decimal, ...]) -> str:
    return ", ".join(_percent(rate) for rate in rates[:MOST_NAMED])


def doubts(facts: Facts, chosen_percent: Decimal | None, off: Disagreement | None = None) -> tuple[str, ...]:
    """What may be right and is to be looked at before anybody approves. `chosen_percent` is the tax rate's own; `off` what the
    rates of its lines make of it.
    """
    rates = facts.tax_percents
    if chosen_percent is None or len(rates) > 1 or (rates and rates[0] == chosen_percent):
        return () if off is None else (_off(off),)
    chosen = f"the tax rate chosen is one of {_percent(chosen_percent)}{'' if off is None else _makes(off)}."
    if rates:
        return (f"The document has {_percent(rates[0])} tax; {chosen}",)
    return () if off is None else (f"The document has tax {facts.tax}; {chosen}",)


def _makes(off: Disagreement) -> str:
    return f", which makes {off.made} {off.of}: {_apart(off)}"


def _off(off: Disagreement) -> str:
    return f"The document has tax {off.stated}; the tax rates chosen make {off.made} {off.of}: {_apart(off)}."


def _apart(off: Disagreement) -> str:
    return f"{abs(off.off)} {'more' if off.off > 0 else 'less'}"


def one_for_several(item: Item, chosen: str | None) -> tuple[str, ...]:
    """A person chose one tax rate, here by name, for a document that states several."""
    rates, is_chosen = item.facts.tax_percents, item.coding.tax_rate.source is Source.PERSON
    if chosen is None or not is_chosen or len(rates) < 2 or item.rates_its_lines:
        return ()
    return (f"The document has several tax rates ({_named(rates)}), and {chosen} was chosen for all of it.",)


def in_another_currency(item: Item, account: Account | None, own: str) -> tuple[str, ...]:
    """What is booked on a bank account is in its currency; a payment can also be from one in the organisation's `own`."""
    if account is None or is_of_a_fitting_currency(item, account, own):
        return ()
    holds = account.currency or own
    words = f"It is in {item.facts.currency}, and its bank account, {account.label}, is in {holds}"
    return (f"{words}: the ledger will refuse that. Edit chooses another payment method.",)


def not_switched_on(item: Item, rules: BookRules) -> str:
    """Of a currency that the ledger's own list does not have."""
    said = f"{item.facts.currency} is not switched on in the ledger, which will refuse it."
    if rules.has_one_currency:
        first = "Turn Multicurrency on there first: it cannot be turned off again, and some plans do not have it."
        return f"{said} {first} Then add {item.facts.currency} there, and type /dext sync currencies."
    return f"{said} Add it there (some plans do not allow it), then type /dext sync currencies."


def is_of_a_fitting_currency(item: Item, account: Account, own: str) -> bool:
    """Whether the item can be paid from this bank account, as far as currencies go."""
    holds, currency = account.currency or own, item.facts.currency
    if currency in (None, holds) or not item.is_to_be_paid:
        return True
    return holds == own and not item.publish_to.is_of_bank


def warned_of(item: Item) -> tuple[str, ...]:
    """What its reading warned of, but for what is a complaint already; as said of what somebody has edited since."""
    came = "As it came in: " if item.facts.edited & _WARNED_OF else ""
    return tuple(f"{came}{warning}" for warning in item.facts.warnings if warning not in item.complaints)


def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f} %"
