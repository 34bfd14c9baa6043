"""Why an item and its lines are booked as they are: what set each value, whose rule it is, and what that beat, by name."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.db.unit_of_work import Tx
from bot.domain.book_rules import BookRules
from bot.domain.cards import Reason
from bot.domain.coding import CodedValue, Coding, LineCoding, Source, Track, Tracked
from bot.domain.documents import ItemKind
from bot.domain.ids import UserId
from bot.domain.items import Item
from bot.domain.settings import Destination, PaymentStatus
from bot.domain.tax_policies import TaxPolicy
from bot.services.code_names import CodeNames
from bot.services.explaining_facts import reasons_of_facts
from bot.services.known_methods import methods_named, paid_from
from bot.services.lists import load_contact
from bot.services.rule_names import Told, told_of
from bot.views.kind_settings import DESTINATION_NAMES, STATUS_NAMES
from bot.views.payment_fields import bank_account_label
from bot.views.text import day

Name = Callable[[str | None], str | None]


async def reasons_of(tx: Tx, item: Item, names: CodeNames, rules: BookRules, ledger: str) -> tuple[Reason, ...]:
    """Of the item; then of each line that has something of its own. None of what is never booked, whatever it was given."""
    if not item.is_booked:
        return ()
    coding = item.coding
    told = await told_of(tx, item)
    return (
        _reason(told, "Product or service", coding.product, names.product)
        if rules.asks_product(item.kind)
        else _reason(told, "Category", coding.account, names.account),
        *([_reason(told, "Tax rate", coding.tax_rate, names.tax_rate)] if rules.taxes(item.kind) else []),
        *_for_customer(told, coding, names),
        *_tax_amount(item, rules, ledger),
        *_tracked(told, coding.tracking, names),
        *await _contact(tx, told),
        _destination(told),
        *([_status(told, rules, ledger)] if rules.says_status and not item.publish_to.is_of_bank else []),
        *await _payment(tx, told),
        *reasons_of_facts(told),
        *_published_by_itself(told),
        *(reason for place, line in enumerate(coding.lines) for reason in _of_line(told, place + 1, line, names)),
    )


def _tax_amount(item: Item, rules: BookRules, ledger: str) -> Iterator[Reason]:
    """Where it is not always the document's."""
    if rules.taxes(item.kind) and item.tax_policy in _AMOUNTS:
        value = _AMOUNTS[item.tax_policy].format(ledger=ledger)
        yield Reason(field="Amount of tax", value=value, source="as the settings say")


_AMOUNTS = {
    TaxPolicy.LEDGER: "worked out by {ledger}",
    TaxPolicy.EXCEPTIONS: "the document's; worked out by {ledger} where it is none, or the category's own rate is 0 %",
}


def _published_by_itself(told: Told) -> Iterator[Reason]:
    value = told.item.coding.auto_publish
    if value.source is not Source.NOTHING:
        yield _reason(told, "Published by itself", value, _as_it_is)


def _of_line(told: Told, number: int, line: LineCoding, names: CodeNames) -> Iterator[Reason]:
    values = (
        ("product", line.product, names.product),
        ("category", line.account, names.account),
        ("tax rate", line.tax_rate, names.tax_rate),
    )
    for field, value, name in values:
        if value.source is not Source.NOTHING:
            yield _reason(told, f"Line {number}, {field}", value, name)
    yield from _for_customer(told, line, names, f"Line {number}, ")
    yield from _tracked(told, line.tracking, names, f"Line {number}, ")


def _for_customer(told: Told, coding: Coding | LineCoding, names: CodeNames, head: str = "") -> Iterator[Reason]:
    if told.item.kind is ItemKind.SALE:
        return
    for field, value, name in (
        ("customer it is for", coding.customer, names.customer),
        ("billable", coding.billable, _as_it_is),
    ):
        if value.source is not Source.NOTHING:
            yield _reason(told, head + field if head else field.capitalize(), value, name)


def _as_it_is(value: str | None) -> str | None:
    return value


def _tracked(told: Told, tracking: tuple[Tracked, ...], names: CodeNames, head: str = "") -> Iterator[Reason]:
    for each in tracking:
        category = names.categories.get(each.category)
        field = "Tracking" if category is None else category.name
        yield _reason(told, head + field, each.option, _option_of(each.category, names))


def _option_of(category: str, names: CodeNames) -> Name:
    return lambda option: None if option is None else names.track(Track(category, option))[1]


async def _contact(tx: Tx, told: Told) -> tuple[Reason, ...]:
    """Where none was chosen the supplier's name on the document counts, which is told with the facts."""
    item = told.item
    value = item.coding.contact
    if value.source is Source.NOTHING:
        return ()
    ids = {each for each in (value.value, *(lost.value for lost in value.beaten)) if each is not None}
    found = {each: await load_contact(tx, item.workspace_id, item.organisation_id, each) for each in sorted(ids)}
    labels = {key: contact.name for key, contact in found.items() if contact is not None}
    return (
        _reason(told, "Contact", value, lambda key: None if key is None else labels.get(key, "a contact that is gone")),
    )


def _destination(told: Told) -> Reason:
    return _as_usual(told, "Publish to", told.item.coding.publish_to, told.item.publish_to, _destination_name)


def _status(told: Told, rules: BookRules, ledger: str) -> Reason:
    """What books take no payment of is approved in the place of paid, whoever wanted it paid."""
    item, value = told.item, told.item.coding.publish_as
    found = _as_usual(told, "Publish as", value, item.publish_as, _status_name)
    if rules.pays(item.facts.document_type) or value.value == item.publish_as:
        return found
    wanted = [] if value.value is None else [(_status_name(value.value), told.words_of(value))]
    source = f"{ledger} takes no payment of a credit note"
    return replace(found, source=source, beaten=(*wanted, *found.beaten))


def _as_usual(told: Told, field: str, value: CodedValue, standing: str, name: Name) -> Reason:
    """What the settings say where nobody chose; also where it was chosen for another kind of item than it is now."""
    if value.value == standing:
        return _reason(told, field, value, name)
    beaten = tuple((name(lost.value), told.words_of(lost)) for lost in value.beaten)
    return Reason(field=field, value=name(standing), source="as the settings say", beaten=beaten)


async def _payment(tx: Tx, told: Told) -> tuple[Reason, ...]:
    """What it is paid with, and so from which bank account."""
    item = told.item
    value = item.coding.payment_method
    if value.source is Source.NOTHING and not item.is_to_be_paid:
        return ()
    named = (value.value, *(lost.value for lost in value.beaten))
    known = await methods_named(tx, item.workspace_id, item.organisation_id, named)
    account = await paid_from(tx, item)

    def name(method: str | None) -> str | None:
        if method is None:
            return None
        label = known[method].method.label if method in known else "a payment method that is gone"
        return f"{label} → {bank_account_label(account)}" if account and method == value.value else label

    source = "the document's date" if item.bank_line is None else "the bank line's date"
    dated = Reason(field="Payment date", value=day(item.dated_on), source=source)
    return (_reason(told, "Payment method", value, name), *([dated] if item.is_to_be_paid else []))


def _destination_name(destination: str | None) -> str | None:
    return None if destination is None else DESTINATION_NAMES[Destination(destination)][0]


def _status_name(status: str | None) -> str | None:
    return None if status is None else STATUS_NAMES[PaymentStatus(status)][0]


def _reason(told: Told, field: str, coded: CodedValue, name: Name) -> Reason:
    return Reason(
        field=field,
        value=name(coded.value),
        source=told.words_of(coded),
        by=None if coded.by is None else UserId(coded.by),
        evidence=coded.evidence,
        beaten=tuple([(name(lost.value), told.words_of(lost)) for lost in coded.beaten]),
    )
