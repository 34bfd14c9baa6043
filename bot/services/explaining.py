"""Why an item and its lines are booked as they are: what set each value, and what that beat, by name."""

from collections.abc import Callable, Iterator

from bot.db.unit_of_work import Tx
from bot.domain.cards import Reason
from bot.domain.coding import CodedValue, LineCoding, Source, Track, Tracked
from bot.domain.ids import UserId
from bot.domain.items import Item
from bot.domain.settings import PaymentStatus
from bot.services.code_names import CodeNames
from bot.services.lists import load_contact
from bot.views.kind_settings import STATUS_NAMES

Name = Callable[[str | None], str | None]


async def reasons_of(tx: Tx, item: Item, names: CodeNames) -> tuple[Reason, ...]:
    """Of the item; then of each line that has something of its own."""
    coding = item.coding
    return (
        _reason("Category", coding.account, names.account),
        _reason("Tax rate", coding.tax_rate, names.tax_rate),
        *_tracked(coding.tracking, names),
        *await _contact(tx, item),
        _status(item),
        *(reason for place, line in enumerate(coding.lines) for reason in _of_line(place + 1, line, names)),
    )


def _of_line(number: int, line: LineCoding, names: CodeNames) -> Iterator[Reason]:
    values = (("category", line.account, names.account), ("tax rate", line.tax_rate, names.tax_rate))
    for field, value, name in values:
        if value.source is not Source.NOTHING:
            yield _reason(f"Line {number}, {field}", value, name)
    yield from _tracked(line.tracking, names, f"Line {number}, ")


def _tracked(tracking: tuple[Tracked, ...], names: CodeNames, head: str = "") -> Iterator[Reason]:
    for each in tracking:
        category = names.categories.get(each.category)
        field = "Tracking" if category is None else category.name
        yield _reason(head + field, each.option, _option_of(each.category, names))


def _option_of(category: str, names: CodeNames) -> Name:
    return lambda option: None if option is None else names.track(Track(category, option))[1]


async def _contact(tx: Tx, item: Item) -> tuple[Reason, ...]:
    """Where none was chosen the supplier's name on the document counts, which is told with the facts."""
    value = item.coding.contact
    if value.source is Source.NOTHING:
        return ()
    ids = {each for each in (value.value, *(lost.value for lost in value.beaten)) if each is not None}
    found = {each: await load_contact(tx, item.workspace_id, item.organisation_id, each) for each in sorted(ids)}
    labels = {key: contact.name for key, contact in found.items() if contact is not None}
    return (_reason("Contact", value, lambda key: None if key is None else labels.get(key, "a contact that is gone")),)


def _status(item: Item) -> Reason:
    value = item.coding.publish_as
    if value.value is not None:
        return _reason("Publish as", value, _status_name)
    beaten = tuple((_status_name(lost.value), lost.source.words) for lost in value.beaten)
    return Reason(field="Publish as", value=_status_name(item.publish_as), source="as the settings say", beaten=beaten)


def _status_name(status: str | None) -> str | None:
    return None if status is None else STATUS_NAMES[PaymentStatus(status)][0]


def _reason(field: str, coded: CodedValue, name: Name) -> Reason:
    return Reason(
        field=field,
        value=name(coded.value),
        source=coded.source.words,
        by=None if coded.by is None else UserId(coded.by),
        beaten=tuple([(name(lost.value), lost.source.words) for lost in coded.beaten]),
    )
