"""What an approver is shown to look at before it is approved. It stops nobody; what nobody approves, it stops."""

from collections.abc import Sequence

from bot.db.same_documents import documents_before, like_documents
from bot.db.unit_of_work import Tx
from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.card_accounts import not_on_card
from bot.domain.checks import doubts, in_another_currency, not_in_plan, not_switched_on, one_for_several, warned_of
from bot.domain.coding import CodingDefaults, Source
from bot.domain.default_taxes import shows_no_tax
from bot.domain.documents import ItemKind
from bot.domain.exchange import far_off
from bot.domain.items import Item
from bot.domain.products import not_to_stock
from bot.domain.questions import Question, QuestionKind, open_kinds
from bot.domain.settings import Settings
from bot.domain.taxing import disagreement
from bot.domain.usual import paid_elsewhere, unusual
from bot.services import lists
from bot.services.choices import usable_defaults
from bot.services.closed_periods import left_to_ledger
from bot.services.code_names import CodeNames, archived_of, names_of
from bot.services.contact_codes import ContactCodes
from bot.services.known_methods import paid_from
from bot.services.lists import account_label, product_label, tax_rate_label
from bot.services.rates import small_amounts

USUAL_OF, MOST_ALIKE = 12, 3
"""Documents of the same supplier that say what is usual, and those alike that are named."""


async def warnings_now(tx: Tx, item: Item, settings: Settings) -> tuple[str, ...]:
    """As its card would have them now."""
    books = await lists.books_of(tx, item.workspace_id, item.organisation_id)
    own, rules = (None, USUAL_RULES) if books is None else (books.base_currency, books.rules)
    before = await documents_before(tx, item, limit=USUAL_OF)
    names = await names_of(tx, item)
    return await warnings_of(tx, item, settings, names, before, own=own, rules=rules.under(item.tax_policy))


async def warnings_of(
    tx: Tx,
    item: Item,
    settings: Settings,
    names: CodeNames,
    before: tuple[Item, ...],
    *,
    own: str | None,
    rules: BookRules,
) -> tuple[str, ...]:
    """What an approver looks at. The same supplier and number is asked about instead, and not said twice."""
    small = await small_amounts(tx, item.workspace_id, item.organisation_id, settings.amounts, own)
    rate = names.tax_rates.get(item.coding.tax_rate.value or "")
    found = [
        *(
            f"{name} is archived in the ledger, which will refuse it. Edit changes it."
            for name in archived_of(item, names)
        ),
        *await _contact_gone(tx, item),
        *not_in_plan(item, rules),
        *not_to_stock(item, names.products),
        *await _left_without(tx, item, settings.defaults_of(item.kind)),
    ]
    if rules.taxes(item.kind):
        percents = {code: known.percent for code, known in names.tax_rates.items() if known.percent is not None}
        chosen = None if rate is None or item.rates_its_lines else rate.percent
        off = disagreement(item, percents)
        is_small = off is not None and small.takes(off.off, item.facts)
        found += doubts(item.facts, chosen, None if is_small else off)
        found += one_for_several(item, names.tax_rate(item.coding.tax_rate.value))
    odd_ones = (
        paid_elsewhere(item, before),
        None if small.takes_total(item.facts) else unusual(item, before),
        far_off(item.facts, [other.facts for other in before]),
    )
    found += [odd for odd in odd_ones if odd is not None]
    asked_about = {question.about for question in item.questions}
    alike = [other for other in await like_documents(tx, item) if other.id not in asked_about]
    if alike:
        found.append(f"Same supplier, date and total as {_listed(alike)}.")
    found += await _taken_for(tx, item)
    if rules.contact_code is not None:
        found += await _named_by_code(tx, item, rules.contact_code)
    elif rules.knows_contacts_by_name:
        found += await _not_listed(tx, item)
    if own is not None and await lists.lacks_currency(tx, item, own):
        found.append(not_switched_on(item, rules))
    found += left_to_ledger(item, settings, await lists.books_of(tx, item.workspace_id, item.organisation_id))
    return (*found, *await _of_its_account(tx, item), *warned_of(item))


async def suggested_contact(tx: Tx, item: Item) -> str | None:
    """By its name; one that was chosen is named by the document, but for whoever a report pays back."""
    contact = item.coding.contact
    is_named_there = contact.source is not Source.SUGGESTION and item.kind is not ItemKind.EXPENSE_REPORT
    if contact.value is None or is_named_there:
        return None
    found = await lists.load_contact(tx, item.workspace_id, item.organisation_id, contact.value)
    return "a contact that is gone" if found is None else found.name


async def _contact_gone(tx: Tx, item: Item) -> tuple[str, ...]:
    """Whom it is from, or to, as it was chosen. Whoever a report pays back is checked by itself."""
    contact = item.coding.contact.value
    if contact is None or item.kind is ItemKind.EXPENSE_REPORT:
        return ()
    found = await lists.load_contact(tx, item.workspace_id, item.organisation_id, contact)
    if found is None or found.is_active:
        return ()
    who = "Customer" if item.kind is ItemKind.SALE else "Supplier"
    return (f"{who} {found.label} is archived in the ledger, which will refuse it. Edit changes it.",)


async def _taken_for(tx: Tx, item: Item) -> tuple[str, ...]:
    """Whoever approves it confirms whom it is from, or to."""
    name, likeness = await suggested_contact(tx, item), item.coding.contact.likeness
    if name is None or likeness is None:
        return ()
    return (
        f"The ledger has nobody of just this name, and it is taken for {name}: {likeness.words}. Edit chooses another.",
    )


async def _not_listed(tx: Tx, item: Item) -> tuple[str, ...]:
    """A file names whom the list has by a reference, which its software may insist on."""
    name, of = item.counterparty.name, (tx, item.workspace_id, item.organisation_id)
    is_told = name is not None and item.coding.contact.value is None and await lists.has_contacts(*of)
    if not is_told or await lists.contact_named(*of, name or "", item.kind) is not None:
        return ()
    return (
        f"{name} is not in the list of suppliers, so a file has no reference for it. An admin adds it under Manage.",
    )


async def _named_by_code(tx: Tx, item: Item, longest: int) -> tuple[str, ...]:
    """A code that is proposed is to be one that the software has. What cannot be named by one yet is asked about, or is told
    where another one has taken its code since.
    """
    name, of = item.counterparty.name, (tx, item.workspace_id, item.organisation_id)
    if name is None or item.coding.contact.value is not None or item.publish_to.is_of_bank:
        return ()
    if await lists.contact_named(*of, name, item.kind) is not None:
        return ()
    code = await ContactCodes(*of, longest).code(None, name, item.kind)
    if isinstance(code, Question):
        return () if QuestionKind.CONTACT_CODE in open_kinds(item.questions) else (code.words,)
    said = f"{name} is not in the list of suppliers and customers: a file names it {code}"
    return (f"{said}. If it has another code in the software, an admin types that under Manage.",)


def _listed(others: Sequence[Item]) -> str:
    """Each is told from the next by what it is at."""
    named = [f"{other.reference} ({other.state.words})" for other in others[:MOST_ALIKE]]
    more = len(others) - MOST_ALIKE
    *first, last = (*named, f"{more} more") if more > 0 else named
    return f"{', '.join(first)} and {last}" if first else last


async def _of_its_account(tx: Tx, item: Item) -> tuple[str, ...]:
    account = await paid_from(tx, item)
    books = None if account is None else await lists.books_of(tx, item.workspace_id, item.organisation_id)
    if books is None:
        return ()
    return (*in_another_currency(item, account, books.base_currency), *not_on_card(item, account, books.rules))


async def _left_without(tx: Tx, item: Item, defaults: CodingDefaults) -> tuple[str, ...]:
    """Why a bill has not got a default that there is: the ledger is known not to take it."""
    of, codes = (tx, item.workspace_id, item.organisation_id), item.coding.codes
    lacking = CodingDefaults(
        account=defaults.account if codes.account is None else None,
        tax_rate=defaults.tax_rate if codes.tax_rate is None else None,
        untaxed_rate=defaults.untaxed_rate if codes.tax_rate is None and shows_no_tax(item.facts) else None,
        product=defaults.product if codes.product is None else None,
    )
    if lacking == CodingDefaults():
        return ()
    usable = await usable_defaults(*of, lacking, item.kind)
    found = []
    if lacking.account is not None and usable.account is None:
        found.append(f"The default category, {await account_label(*of, lacking.account)}, {_NOT_GIVEN}")
    if lacking.tax_rate is not None and usable.tax_rate is None:
        found.append(f"The default tax rate, {await tax_rate_label(*of, lacking.tax_rate)}, {_NOT_GIVEN}")
    if lacking.untaxed_rate is not None and usable.untaxed_rate is None:
        name = await tax_rate_label(*of, lacking.untaxed_rate)
        found.append(f"The default tax rate of what shows no tax, {name}, {_NOT_GIVEN}")
    if lacking.product is not None and usable.product is None:
        found.append(f"The default product, {await product_label(*of, lacking.product)}, {_NOT_GIVEN}")
    return tuple(found)


_NOT_GIVEN = "is archived or gone in the ledger, so this bill did not get it."
