"""What is tracked once for a whole document, in books that do not track it line by line.

A person chooses it at the document. What came with the lines, from a list or from when the books tracked it otherwise, is
the document's where they say the same, and has to be decided where they do not.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.book_rules import BookRules
from bot.domain.coding import CodedValue, Coding, LineCoding, Track, Tracked
from bot.domain.editing import Edit


def options_of(coding: Coding, lines: int, category: str) -> frozenset[str]:
    """What a document of so many lines is tracked by."""
    codes = [coding.codes_at(place) for place in range(lines)] or [coding.codes]
    return frozenset(track.option for each in codes for track in each.tracking if track.category == category)


def tracking_of(coding: Coding, lines: int, rules: BookRules) -> tuple[Track, ...]:
    """In the order of the categories' ids; where lines say several, each of them."""
    categories = sorted(rules.of_document)
    return tuple(
        Track(category, option) for category in categories for option in sorted(options_of(coding, lines, category))
    )


def said_differently(coding: Coding, lines: int, rules: BookRules) -> tuple[str, ...]:
    """A sentence for each category that lines give several options of."""
    counted = [(name, len(options_of(coding, lines, category))) for category, name in rules.of_document.items()]
    return tuple(
        f"{name} is one for the whole document, and its lines have {number} different ones: choose one of them in Edit."
        for name, number in counted
        if number > 1
    )


def lifted(coding: Coding, rules: BookRules) -> Coding:
    """What all that say something of it agree on is the document's, and no line's any more. A stronger choice for the
    document, of none too, stands.
    """
    for category in rules.of_document:
        own = [found for line in coding.lines for found in _of(line.tracking, category) if found.value is not None]
        standing = next(_of(coding.tracking, category), CodedValue())
        options = {found.value for found in own} | ({standing.value} - {None})
        if own and len(options) == 1:
            strongest = max(own, key=lambda found: found.source)
            chosen = standing
            if standing.value is None:
                chosen = standing.offer(strongest.value, strongest.source, by=strongest.by)
            coding = replace(
                coding,
                tracking=_with(coding.tracking, Tracked(category=category, option=chosen)),
                lines=_trimmed([replace(line, tracking=_without(line.tracking, category)) for line in coding.lines]),
            )
    return coding


def at_document(edit: Edit, rules: BookRules) -> Edit:
    """What somebody chose at the document counts for all of its lines."""
    chosen = {track.category for track in edit.codes.tracking} & set(rules.of_document)
    lines = tuple(
        replace(codes, tracking=tuple(track for track in codes.tracking if track.category not in chosen))
        for codes in edit.lines
    )
    return replace(edit, lines=lines)


def _of(tracking: tuple[Tracked, ...], category: str) -> Iterator[CodedValue]:
    return (each.option for each in tracking if each.category == category)


def _without(tracking: tuple[Tracked, ...], category: str) -> tuple[Tracked, ...]:
    return tuple(each for each in tracking if each.category != category)


def _with(tracking: tuple[Tracked, ...], chosen: Tracked) -> tuple[Tracked, ...]:
    both = (*_without(tracking, chosen.category), chosen)
    return tuple(sorted(both, key=lambda each: each.category))


def _trimmed(lines: list[LineCoding]) -> tuple[LineCoding, ...]:
    while lines and lines[-1] == LineCoding():
        lines.pop()
    return tuple(lines)
