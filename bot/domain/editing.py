"""An edit: an item as a person wants it, what of it is then chosen by that person, and whether approvers are asked again."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.domain.coding import NO_CODES, CodedValue, Codes, Coding, LineCoding, Source, Track, Tracked
from bot.domain.documents import FactField, Facts, ItemKind, Line
from bot.domain.ids import UserId
from bot.domain.items import Item
from bot.domain.settings import Destination, PaymentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """The facts and the codes as they are to be. `lines` are the own codes of the facts' lines, by their place.

    `contact` is the ledger's id of the supplier, or of a sale's customer. Without `publish_to` and `publish_as` the settings
    say where to and with which status. `payment_method` is our id of what it was paid with.
    """

    facts: Facts
    kind: ItemKind = ItemKind.COST
    codes: Codes = NO_CODES
    contact: str | None = None
    publish_to: Destination | None = None
    publish_as: PaymentStatus | None = None
    payment_method: str | None = None
    lines: tuple[Codes, ...] = ()

    def own_codes(self, place: int) -> Codes:
        return self.lines[place] if place < len(self.lines) else NO_CODES

    def codes_at(self, place: int) -> Codes:
        return self.own_codes(place).over(self.codes)


def edit_of(item: Item) -> Edit:
    """The edit that changes nothing."""
    coding = item.coding
    destination, status = coding.publish_to.value, coding.publish_as.value
    return Edit(
        facts=item.facts,
        kind=item.kind,
        codes=coding.codes,
        contact=coding.contact.value,
        publish_to=None if destination is None else Destination(destination),
        publish_as=None if status is None else PaymentStatus(status),
        payment_method=coding.payment_method.value,
        lines=_trimmed([coding.own_codes(place) for place in range(len(item.facts.lines))]),
    )


def edited(item: Item, edit: Edit, by: UserId) -> Item:
    """The item with what a person wants, each change with its source. Its status and complaints are not looked at. What
    the defaults and rules for another kind say is for who judges it.
    """
    # whoever codes the lines that a rule made has taken them over
    is_recoded = item.facts.ruled & {FactField.LINES} if edit.lines != edit_of(item).lines else frozenset()
    return replace(
        item,
        kind=edit.kind,
        facts=_by_a_person(item.facts, edit.facts, also=is_recoded),
        coding=coded_by(item.coding, item.facts, edit, by),
    )


def coded_by(coding: Coding, before: Facts, edit: Edit, by: UserId) -> Coding:
    """A person's choices, where they differ from what stands; emptying a field is a choice too."""

    def choose(standing: CodedValue, wanted: str | None) -> CodedValue:
        return standing if wanted == standing.value else standing.offer(wanted, Source.PERSON, by=by)

    def track(standing: tuple[Tracked, ...], wanted: tuple[Track, ...]) -> tuple[Tracked, ...]:
        options = {each.category: each.option for each in standing}
        chosen = {each.category: each.option for each in wanted}
        return tuple(
            Tracked(category=category, option=choose(options.get(category, CodedValue()), chosen.get(category)))
            for category in sorted({*options, *chosen})
        )

    def line(standing: LineCoding, wanted: Codes) -> LineCoding:
        return LineCoding(
            account=choose(standing.account, wanted.account),
            tax_rate=choose(standing.tax_rate, wanted.tax_rate),
            product=choose(standing.product, wanted.product),
            customer=choose(standing.customer, wanted.customer),
            billable=choose(standing.billable, wanted.billable),
            tracking=track(standing.tracking, wanted.tracking),
        )

    origins = _origins(before.lines, edit.facts.lines)
    standing = [LineCoding() if origin is None else _line_of(coding, origin) for origin in origins]
    lines = [line(each, edit.own_codes(place)) for place, each in enumerate(standing)]
    while lines and lines[-1] == LineCoding():
        lines.pop()
    return replace(
        coding,
        account=choose(coding.account, edit.codes.account),
        tax_rate=choose(coding.tax_rate, edit.codes.tax_rate),
        contact=choose(coding.contact, edit.contact),
        publish_to=choose(coding.publish_to, edit.publish_to),
        publish_as=choose(coding.publish_as, edit.publish_as),
        payment_method=choose(coding.payment_method, edit.payment_method),
        product=choose(coding.product, edit.codes.product),
        customer=choose(coding.customer, edit.codes.customer),
        billable=choose(coding.billable, edit.codes.billable),
        tracking=track(coding.tracking, edit.codes.tracking),
        lines=tuple(lines),
    )


def over_suggestions(item: Item, edit: Edit) -> Edit:
    """The tax rate that a person chooses for the whole bill stands above what was only suggested for its lines, where that
    was left as it is.
    """
    if edit.codes.tax_rate in (None, item.coding.tax_rate.value):
        return edit
    lines = []
    for place, origin in enumerate(_origins(item.facts.lines, edit.facts.lines)):
        codes = edit.own_codes(place)
        standing = CodedValue() if origin is None else _line_of(item.coding, origin).tax_rate
        is_suggested = standing.source in (Source.BY_AMOUNT, Source.SUGGESTION) and codes.tax_rate == standing.value
        lines.append(replace(codes, tax_rate=None) if is_suggested else codes)
    return replace(edit, lines=_trimmed(lines))


def exchanged(edit: Edit, *, is_meant: Callable[[Codes], bool], change: Callable[[Codes], Codes]) -> Edit:
    """With other codes on the lines that are meant; where none is, or the item itself is, on that too."""
    lines = tuple(change(codes) if is_meant(codes) else codes for codes in edit.lines)
    is_of_lines_alone = lines != edit.lines and not is_meant(edit.codes)
    return replace(edit, lines=lines, codes=edit.codes if is_of_lines_alone else change(edit.codes))


def is_material(before: Item, after: Item) -> bool:
    """Whether an approver decided on what changed: who is paid, where to and where from, how much and at which exchange
    rate, for which document, and where to and how far on it goes in the ledger. Less than was decided on is none: what is
    not to be paid any more is paid from nowhere.

    Dates, wording, lines, codes and a tax that leaves the total alone are not: they are changed under a standing approval.
    """

    def decided_on(item: Item) -> tuple[object, ...]:
        facts = item.facts
        paid_from = item.paid_from if after.is_to_be_paid and item.is_to_be_paid else None
        document = (item.kind, facts.document_type, item.counterparty, facts.number, facts.gross)
        return (*document, facts.currency, facts.currency_rate, item.publish_to, paid_from)

    contacts = (before.coding.contact.value, after.coding.contact.value)
    is_another_contact = None not in contacts and contacts[0] != contacts[1]
    stages = list(PaymentStatus)
    is_further_on = stages.index(after.publish_as) > stages.index(before.publish_as)
    return decided_on(before) != decided_on(after) or is_another_contact or is_further_on


CLOSED_PERIOD = "closed period"
"""What somebody chose for a date in one, by the name of the change."""


def what_changed(before: Item, after: Item) -> dict[str, list[object]]:
    """By field, what it was and what it is; of the facts all of them."""
    old, new = edit_of(before), edit_of(after)
    pairs: dict[str, tuple[object, object]] = {
        "kind": (old.kind, new.kind),
        "category": (old.codes.account, new.codes.account),
        "tax rate": (old.codes.tax_rate, new.codes.tax_rate),
        "product": (old.codes.product, new.codes.product),
        "customer it is for": (old.codes.customer, new.codes.customer),
        "whether it is billable": (old.codes.billable, new.codes.billable),
        "tracking": (old.codes.tracking, new.codes.tracking),
        "contact": (old.contact, new.contact),
        "destination": (old.publish_to, new.publish_to),
        "status": (old.publish_as, new.publish_as),
        "payment method": (old.payment_method, new.payment_method),
        "bank line": (before.bank_line, after.bank_line),
        CLOSED_PERIOD: (before.coding.closed.value, after.coding.closed.value),
        "lines": (old.lines, new.lines),
        "facts": (_stated(old.facts), _stated(new.facts)),
    }
    return {name: [was, is_now] for name, (was, is_now) in pairs.items() if was != is_now}


def _stated(facts: Facts) -> Facts:
    """Without where they come from."""
    return replace(facts, read=frozenset(), edited=frozenset(), ruled=frozenset(), warnings=())


_FIELDS: dict[FactField, tuple[str, ...]] = {
    FactField.DOCUMENT_TYPE: ("document_type",),
    FactField.SUPPLIER: ("supplier",),
    FactField.BUYER: ("buyer",),
    FactField.NUMBER: ("number",),
    FactField.ISSUED_ON: ("issued_on",),
    FactField.DUE_ON: ("due_on",),
    FactField.CURRENCY: ("currency", "currency_rate", "rate_currency"),
    FactField.AMOUNTS: ("net", "tax", "gross", "payable", "prepaid"),
    FactField.LINES: ("lines", "line_amounts", "tax_breakdown"),
    FactField.NOTE: ("note",),
}


def _by_a_person(before: Facts, after: Facts, *, also: frozenset[FactField]) -> Facts:
    """What differs was edited, and is not what was read or a rule said any more. Nobody edits away what the reading warned of."""
    changed = fields_changed(before, after) | also
    return replace(
        after,
        read=before.read - changed,
        edited=before.edited | changed,
        ruled=before.ruled - changed,
        warnings=before.warnings,
    )


def fields_changed(before: Facts, after: Facts) -> frozenset[FactField]:
    return frozenset(
        field
        for field, names in _FIELDS.items()
        if any(getattr(before, name) != getattr(after, name) for name in names)
    )


def _line_of(coding: Coding, place: int) -> LineCoding:
    return coding.lines[place] if place < len(coding.lines) else LineCoding()


def _origins(before: tuple[Line, ...], after: tuple[Line, ...]) -> list[int | None]:
    """Which line each one was: the same line wherever it stands now, else the one in its place if none was added or
    removed.
    """
    free = list(range(len(before)))
    origins: list[int | None] = []
    for line in after:
        same = next((place for place in free if before[place] == line), None)
        origins.append(same)
        if same is not None:
            free.remove(same)
    if len(before) == len(after):
        return [place if origin is None and place in free else origin for place, origin in enumerate(origins)]
    return origins


def _trimmed(lines: list[Codes]) -> tuple[Codes, ...]:
    while lines and lines[-1] == NO_CODES:
        lines.pop()
    return tuple(lines)
