"""What was approved before of a supplier, and what follows from it for the next document."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.coding import CodedValue, Codes, Coding, Likeness, LineCoding, Source, Track, Tracked
from bot.domain.documents import DocumentType, Door, FactField, Facts, ItemKind, Line
from bot.domain.history import (
    LATELY,
    LEAST,
    NEWEST,
    RECENT,
    Past,
    Suggested,
    common_codes,
    due_days_of,
    suggested,
    with_suggestions,
)
from bot.domain.ids import ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState

INVOICE, CREDIT_NOTE = DocumentType.INVOICE, DocumentType.CREDIT_NOTE
ITEM = Item(
    id=ItemId(UUID(int=1)),
    workspace_id=WorkspaceId(UUID(int=2)),
    organisation_id=OrganisationId(UUID(int=3)),
    kind=ItemKind.COST,
    state=ItemState.TO_REVIEW,
    version=1,
    facts=Facts(),
    coding=Coding(),
    door=Door.FILE,
    submitted_by=UserId("U1"),
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
)
accounts = st.lists(st.sampled_from([None, "400", "429", "461"]), max_size=2 * NEWEST)


def pasts(*accounts: str | None, document_type: DocumentType = INVOICE, due_days: int | None = None) -> list[Past]:
    """Newest first, a day apart."""
    return [
        Past(
            item_id=ItemId(UUID(int=place)),
            reference=f"B-{place}",
            approved_on=date(2026, 3, 1) - timedelta(days=place),
            document_type=document_type,
            codes=Codes(account=account),
            due_days=due_days,
        )
        for place, account in enumerate(accounts)
    ]


def account(*accounts: str | None) -> str | None:
    found = suggested(pasts(*accounts), INVOICE).account
    return None if found is None else found.value


def test_what_most_have_is_suggested_with_how_many_of_how_many_and_the_newest_of_them() -> None:
    found = suggested(pasts("400", *["429"] * 14), INVOICE).account

    assert found is not None
    assert found.evidence is not None
    assert (found.value, found.source, found.evidence.words) == ("429", Source.SUGGESTION, "as in 14 of the last 15")
    assert (found.evidence.reference, found.evidence.on) == ("B-1", date(2026, 2, 28))


def test_one_is_not_enough_a_tie_says_nothing_and_neither_does_what_was_left_behind() -> None:
    assert account("429") is None
    assert account("429", "400") is account("429", "400", "429", "400") is None
    assert account("429", "429") == "429"
    assert account(*["400"] * RECENT, *["429"] * 17) is None, "the newest are all booked otherwise"
    assert account(*["400"] * LATELY, *["429"] * 15) == "400", "for so long that it is how it is done now"
    assert account(None, None, "429") is None, "lines that were booked to several, too"


def meant(known: list[str | None]) -> str | None:
    """What the rule says, put otherwise."""
    for many in (NEWEST, LATELY):
        for code in sorted({code for code in known[:RECENT] if code is not None}):
            others = sum(other != code for other in known[:many])
            if 3 * others <= len(known[:many]) - others >= LEAST:
                return code
    return None


@given(accounts)
def test_what_is_suggested_is_what_three_quarters_of_the_newest_have(known: list[str | None]) -> None:
    assert account(*known) == meant(known)
    assert account(*known) == account(*known[:NEWEST]), "what is older says nothing"


@given(accounts, st.sampled_from(list(Source)), st.sampled_from([None, "999"]))
def test_a_suggestion_never_replaces_what_anything_else_set(
    known: list[str | None], source: Source, value: str | None
) -> None:
    standing = CodedValue(value=value, source=source)
    item = replace(ITEM, coding=Coding(account=standing))

    after = with_suggestions(item, suggested(pasts(*known), INVOICE))

    assert source is Source.NOTHING or after == item


@given(accounts, accounts)
def test_what_is_suggested_anew_is_what_would_have_been_suggested_at_first(
    before: list[str | None], now: list[str | None]
) -> None:
    at_first = with_suggestions(ITEM, suggested(pasts(*before), INVOICE))

    again = with_suggestions(at_first, suggested(pasts(*now), INVOICE))

    anew = with_suggestions(ITEM, suggested(pasts(*now), INVOICE))
    assert again.coding.codes == anew.coding.codes
    if again.coding.account.value == at_first.coding.account.value:
        assert again == at_first, "what it rested on is kept, so that it is no change"


def test_what_is_no_more_than_suggested_is_told_from_what_somebody_or_something_said() -> None:
    suggested_contact = CodedValue(value="1", source=Source.SUGGESTION, likeness=Likeness(percent=93))
    said = Coding(account=CodedValue(value="429", source=Source.SUPPLIER_RULE))

    assert with_suggestions(ITEM, suggested(pasts("429", "429"), INVOICE)).coding.is_only_suggested
    assert not said.is_only_suggested
    assert replace(said, contact=suggested_contact).is_only_suggested
    assert replace(said, lines=(LineCoding(tax_rate=replace(suggested_contact, value="20")),)).is_only_suggested
    assert replace(said, contact=suggested_contact).stated_contact is None
    assert replace(said, contact=CodedValue(value="1", source=Source.PERSON)).stated_contact == "1"


def test_what_is_not_suggested_any_more_is_taken_back() -> None:
    item = with_suggestions(ITEM, suggested(pasts("429", "429"), INVOICE))

    assert item.coding.account.value == "429"
    assert with_suggestions(item, Suggested()) == ITEM


def test_documents_of_its_own_type_say_it_where_there_are_enough_and_when_it_is_due_nothing_else() -> None:
    invoices, notes = pasts(*["429"] * 6, due_days=30), pasts("400", "400", document_type=CREDIT_NOTE)

    assert suggested([*notes, *invoices], CREDIT_NOTE).account == suggested(notes, CREDIT_NOTE).account
    of_one = suggested([*notes[:1], *invoices], CREDIT_NOTE)
    assert of_one.account is not None
    assert of_one.account.value == "429"
    assert of_one.due is None
    due = suggested([*notes, *invoices], INVOICE).due
    assert due is not None
    assert due.value == "after_date:30"


def test_lines_that_have_codes_of_their_own_need_none_of_the_item() -> None:
    lines = tuple(Line(description="A", unit_price=Decimal(1), net=Decimal(1)) for _ in range(2))
    own = LineCoding(account=CodedValue(value="461", source=Source.PERSON))
    found = suggested(pasts("429", "429"), INVOICE)
    of_all, of_one = (replace(ITEM, facts=Facts(lines=lines), coding=Coding(lines=own)) for own in ((own, own), (own,)))

    assert with_suggestions(of_all, found) == of_all
    assert with_suggestions(of_one, found).coding.account.value == "429"


def test_what_all_lines_are_booked_to_is_what_a_document_was_booked_to() -> None:
    red, blue = (CodedValue(value=option, source=Source.PERSON) for option in ("red", "blue"))
    coding = Coding(
        account=CodedValue(value="429", source=Source.PERSON),
        tax_rate=CodedValue(value="20", source=Source.DEFAULT_TAX),
        tracking=(Tracked(category="colour", option=red),),
        lines=(LineCoding(tax_rate=CodedValue(value="5", source=Source.PERSON)),),
    )
    other = LineCoding(tracking=(Tracked(category="colour", option=blue),))

    assert common_codes(coding, 2) == Codes(account="429", tracking=(Track("colour", "red"),))
    assert common_codes(coding, 0) == Codes(account="429", tax_rate="20", tracking=(Track("colour", "red"),))
    assert common_codes(replace(coding, lines=(LineCoding(), other)), 2).tracking == ()


def test_tracking_is_suggested_by_its_category() -> None:
    tracked = [replace(past, codes=Codes(tracking=(Track("area", "north"),))) for past in pasts(*[None] * 3)]

    item = with_suggestions(ITEM, suggested(tracked, INVOICE))

    assert item.coding.codes.tracking == (Track("area", "north"),)
    assert with_suggestions(item, Suggested()).coding.tracking == ()


def test_when_it_is_due_is_suggested_by_its_own_date_and_taken_back_with_it() -> None:
    found = suggested(pasts("429", "429", due_days=30), INVOICE)
    dated = replace(ITEM, facts=Facts(issued_on=date(2026, 3, 1)))

    item = with_suggestions(dated, found)

    assert (item.facts.due_on, item.facts.ruled) == (date(2026, 3, 31), frozenset({FactField.DUE_ON}))
    assert with_suggestions(item, found) == item
    assert with_suggestions(item, Suggested()) == dated
    later = replace(item, facts=replace(item.facts, issued_on=date(2026, 4, 1)))
    assert with_suggestions(later, found).facts.due_on == date(2026, 5, 1)
    for stated in (
        Facts(issued_on=date(2026, 3, 1), due_on=date(2026, 3, 2)),
        Facts(issued_on=date(2026, 3, 1), edited=frozenset({FactField.DUE_ON})),
        Facts(issued_on=date(2026, 3, 1), document_type=CREDIT_NOTE),
        Facts(),
    ):
        assert with_suggestions(replace(ITEM, facts=stated), found).facts == stated


def test_a_due_date_before_the_date_or_years_after_it_says_nothing() -> None:
    issued = date(2026, 3, 1)
    days = [due_days_of(issued, issued + timedelta(days=days)) for days in (-1, 0, 30, 365, 366)]

    assert days == [None, 0, 30, 365, None]
    assert due_days_of(None, issued) is due_days_of(issued, None) is None
