"""What is tracked once for a whole document, where lines say something of it."""

import pytest

from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.coding import CodedValue, Codes, Coding, LineCoding, Source, Track, Tracked
from bot.domain.documents import Facts
from bot.domain.editing import Edit
from bot.domain.whole_document import at_document, lifted, said_differently, tracking_of

RULES = BookRules(tracks_documents=True, of_document={"place": "Location"})


def tracked(option: str | None, source: Source = Source.DOOR, category: str = "place") -> Tracked:
    return Tracked(category=category, option=CodedValue(value=option, source=source))


def coding(*lines: str | None, whole: Tracked | None = None) -> Coding:
    """Lines with these options; None: it has nothing of its own."""
    return Coding(
        tracking=() if whole is None else (whole,),
        lines=tuple(LineCoding(tracking=() if option is None else (tracked(option),)) for option in lines),
    )


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        (coding("north", "north"), "north"),
        (coding("north", None), "north"),
        (coding("north", whole=tracked("north", Source.PERSON)), "north"),
        (coding("north", whole=tracked(None, Source.PERSON)), None),
    ],
)
def test_what_lines_agree_on_is_the_documents(found: Coding, chosen: str | None) -> None:
    after = lifted(found, RULES)

    assert [each.option.value for each in after.tracking] == [chosen]
    assert after.lines == ()
    assert said_differently(after, 2, RULES) == ()


@pytest.mark.parametrize("found", [coding("north", "south"), coding("north", None, whole=tracked("south"))])
def test_what_they_do_not_agree_on_stays_until_somebody_chooses(found: Coding) -> None:
    assert lifted(found, RULES) == found
    assert said_differently(found, 2, RULES) == (
        "Location is one for the whole document, and its lines have 2 different ones: choose one of them in Edit.",
    )
    assert len(tracking_of(found, 2, RULES)) == 2


def test_books_that_track_line_by_line_are_left_alone() -> None:
    found = coding("north", "south")

    assert lifted(found, USUAL_RULES) == found
    assert (said_differently(found, 2, USUAL_RULES), tracking_of(found, 2, USUAL_RULES)) == ((), ())


def test_what_is_chosen_at_the_document_counts_for_its_lines_and_leaves_what_else_they_have() -> None:
    place, kind = Track("place", "north"), Track("class", "retail")
    lines = (Codes(account="429", tracking=(kind, place)),)

    chosen = at_document(Edit(facts=Facts(), codes=Codes(tracking=(Track("place", "south"),)), lines=lines), RULES)

    assert chosen.lines == (Codes(account="429", tracking=(kind,)),)
    assert at_document(Edit(facts=Facts(), lines=lines), RULES).lines == lines
