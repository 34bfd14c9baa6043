"""An edit keeps where every value comes from, and asks approvers again for what they decided on, and for nothing else."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.db.base import load
from bot.domain.coding import CodedValue, Codes, Coding, LineCoding, Source, Track, Tracked
from bot.domain.documents import DocumentType, FactField, ItemKind, Line, Party
from bot.domain.editing import Edit, edit_of, edited, exchanged, is_material, over_suggestions
from bot.domain.ids import UserId
from bot.domain.items import Item
from bot.domain.settings import PaymentStatus
from tests.domain.test_booking import a_line, an_item

D = Decimal
BEN = UserId("U0BEN")
SUGGESTED = LineCoding(tax_rate=CodedValue(value="RRINPUT", source=Source.SUGGESTION))


def with_lines(*lines: Line, own: tuple[LineCoding, ...] = ()) -> Item:
    item = an_item(lines=lines)
    return replace(item, coding=replace(item.coding, lines=own))


def test_an_edit_that_changes_nothing_changes_nothing() -> None:
    north = Tracked(category="region", option=CodedValue(value="north", source=Source.DOOR))
    item = with_lines(a_line("60.00"), a_line("40.00"), own=(LineCoding(), SUGGESTED))
    item = replace(item, coding=replace(item.coding, tracking=(north,)))

    assert edited(item, edit_of(item), BEN) == item


def test_each_choice_is_the_persons_and_keeps_what_it_beat() -> None:
    """Emptying is a choice, of an option too."""
    item = an_item()
    tracked = Tracked(category="region", option=CodedValue(value="north", source=Source.DOOR))
    item = replace(item, coding=replace(item.coding, tracking=(tracked,)))

    after = edited(item, replace(edit_of(item), codes=Codes(account="461"), publish_as=PaymentStatus.DRAFT), BEN)

    coding = after.coding
    assert (coding.account.value, coding.account.source, coding.account.by) == ("461", Source.PERSON, BEN)
    assert [lost.value for lost in coding.account.beaten] == ["429"]
    assert (coding.tax_rate.value, coding.tax_rate.source) == (None, Source.PERSON)
    (region,) = coding.tracking
    assert (region.option.value, region.option.source) == (None, Source.PERSON)
    assert [(lost.value, lost.source) for lost in region.option.beaten] == [("north", Source.DOOR)]
    assert coding.publish_as.value == PaymentStatus.DRAFT


def test_a_rate_that_a_person_chooses_for_the_whole_bill_stands_above_what_was_suggested_for_its_lines() -> None:
    theirs = LineCoding(tax_rate=CodedValue(value="INPUT2", source=Source.PERSON))
    item = with_lines(a_line("60.00"), a_line("40.00"), own=(theirs, SUGGESTED))
    edit = edit_of(item)
    whole = over_suggestions(item, replace(edit, codes=replace(edit.codes, tax_rate="NONE")))

    coding = edited(item, whole, BEN).coding
    assert [coding.codes_at(place).tax_rate for place in range(2)] == ["INPUT2", "NONE"]
    assert [lost.value for lost in coding.lines[1].tax_rate.beaten] == ["RRINPUT"]
    assert over_suggestions(item, edit) == edit
    again = replace(whole, lines=(Codes(tax_rate="INPUT2"), Codes(tax_rate="EXEMPT")))
    assert over_suggestions(item, again) == again


def test_an_edited_fact_is_no_longer_one_that_was_read() -> None:
    item = an_item(read=frozenset({FactField.NUMBER, FactField.AMOUNTS}))

    after = edited(item, replace(edit_of(item), facts=replace(item.facts, number="INV-8", note="Ink")), BEN)

    assert after.facts.read == {FactField.AMOUNTS}
    assert after.facts.edited == {FactField.NUMBER, FactField.NOTE}


def test_lines_keep_their_own_sources_wherever_they_move() -> None:
    item = with_lines(a_line("60.00"), a_line("30.00"), a_line("10.00"), own=(LineCoding(), SUGGESTED))
    edit = edit_of(item)
    _, second, third = item.facts.lines

    after = edited(item, replace(edit, facts=replace(item.facts, lines=(second, third)), lines=edit.lines[1:]), BEN)

    assert after.coding.lines == (SUGGESTED,)


def test_a_changed_line_in_its_place_keeps_its_source() -> None:
    item = with_lines(a_line("60.00"), a_line("40.00"), own=(LineCoding(), SUGGESTED))
    lines = (a_line("60.00"), replace(a_line("40.00"), description="Ink"))

    after = edited(item, replace(edit_of(item), facts=replace(item.facts, lines=lines)), BEN)

    assert after.coding.lines == (LineCoding(), SUGGESTED)


def materially(**changes: object) -> bool:
    item = an_item()
    facts = replace(item.facts, **changes)  # type: ignore[arg-type]  # each case names its own fields
    return is_material(item, replace(item, facts=facts))


@pytest.mark.parametrize(
    ("changes", "is_asked"),
    [
        ({"supplier": Party(name="Ink Ltd")}, True),
        ({"supplier": Party(name="Paper Ltd", bank_account="GB00")}, True),
        ({"number": "INV-8"}, True),
        ({"currency": "EUR"}, True),
        ({"currency_rate": D("1.2")}, True),
        ({"gross": D("121.00")}, True),
        ({"document_type": DocumentType.CREDIT_NOTE}, True),
        ({"net": D("96.00"), "tax": D("24.00")}, False),
        ({"lines": (a_line("100.00"),)}, False),
        ({"due_on": None, "note": "Ink"}, False),
    ],
)
def test_what_approvers_decided_on_asks_them_again(changes: dict[str, object], is_asked: bool) -> None:  # noqa: FBT001
    assert materially(**changes) is is_asked


def test_a_kind_a_contact_and_a_higher_status_ask_again_and_a_lower_one_does_not() -> None:
    item = replace(an_item(), publish_as=PaymentStatus.AWAITING_APPROVAL)
    known = replace(item, coding=replace(item.coding, contact=CodedValue(value="c-1")))

    assert is_material(item, replace(item, kind=ItemKind.SALE))
    assert is_material(item, replace(item, publish_as=PaymentStatus.AWAITING_PAYMENT))
    assert not is_material(item, replace(item, publish_as=PaymentStatus.DRAFT))
    assert is_material(known, replace(known, coding=replace(known.coding, contact=CodedValue(value="c-2"))))
    assert not is_material(item, known)  # the same name, found in the ledger's list


def test_a_refused_code_is_exchanged_wherever_it_stands() -> None:
    edit = Edit(
        facts=an_item().facts, codes=Codes(account="429"), lines=(Codes(account="461"), Codes(), Codes(account="461"))
    )

    def other(refused: str) -> Edit:
        return exchanged(
            edit, is_meant=lambda codes: codes.account == refused, change=lambda codes: replace(codes, account="400")
        )

    assert [codes.account for codes in (other("461").codes, *other("461").lines)] == ["429", "400", None, "400"]
    assert [codes.account for codes in (other("429").codes, *other("429").lines)] == ["400", "461", None, "461"]


def test_codes_of_a_line_stand_over_the_items() -> None:
    item = Codes(account="429", tax_rate="INPUT2", tracking=(Track("a", "1"), Track("b", "1")))

    assert Codes(account="461", tracking=(Track("b", "2"),)).over(item) == Codes(
        account="461", tax_rate="INPUT2", tracking=(Track("a", "1"), Track("b", "2"))
    )


def test_old_rows_without_lines_or_tracking_are_read() -> None:
    assert load('{"account":{"value":"429","source":90,"by":"U1","beaten":[]}}', Coding).codes == Codes(account="429")


def test_nobody_edits_away_what_the_reading_warned_of() -> None:
    item = an_item(warnings=("Look.",))

    assert edited(item, replace(edit_of(item), facts=replace(item.facts, warnings=())), BEN).facts.warnings == (
        "Look.",
    )
