"""From characters on a page to rows as a person sees them: words, cells that stand together, rows of cells.

A PDF holds characters with places, in any order; columns, rows and even spaces are in the eye of the reader. Cells are
kept apart where the gap is wider than a space can be, so that the label of one column is not read into the next.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median

from bot.domain.texts import cleaned
from bot.intake.pdf_file import Character

LONGEST_CELL = 500
_SPACE = 0.25
"""Of the height of the letters: a wider gap parts two words."""
_COLUMN = 1.1
"""Of the height of the letters: a wider gap parts two cells."""
_SAME_LINE = 0.5
"""Of the height of the letters: how far apart the middles of one row may be."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A run of words on one row. Places are points; `size` is the height of the letters."""

    text: str
    left: float
    right: float
    middle: float
    size: float
    page: int = 0

    def overlaps(self, other: "Cell") -> bool:
        """Whether one stands above the other, at least in part."""
        return min(self.right, other.right) - max(self.left, other.left) > 0


@dataclass(frozen=True, slots=True)
class Row:
    """What stands on one height of a page, from left to right. `depth` is 0 at the head of the page and 1 at its foot."""

    cells: tuple[Cell, ...]
    depth: float
    page: int

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)


@dataclass(slots=True)
class _Run:
    """Characters that stand together, being gathered."""

    characters: list[Character] = field(default_factory=list)

    def takes(self, character: Character) -> bool:
        if not self.characters:
            return True
        last = self.characters[-1]
        height = max(last.top - last.bottom, character.top - character.bottom)
        gap = character.left - last.right
        return abs(_middle(character) - _middle(last)) < _SAME_LINE * height and -height < gap < _SPACE * height


def rows_of(characters: Iterable[Character], page: int = 0) -> list[Row]:
    """The rows of one page, from its head to its foot."""
    words = sorted(_words(characters), key=lambda word: -word.middle)
    if not words:
        return []
    head, foot = words[0].middle, words[-1].middle
    height = max(head - foot, 1.0)
    return [
        Row(tuple(cells), (head - cells[0].middle) / height, page)
        for line in _lines(words)
        if (cells := list(_cells(line, page)))
    ]


def _words(characters: Iterable[Character]) -> Iterator[Cell]:
    run = _Run()
    for character in characters:
        is_space = character.text.isspace()
        if is_space or not run.takes(character):
            yield from _word(run)
            run = _Run()
        if not is_space:
            run.characters.append(character)
    yield from _word(run)


def _word(run: _Run) -> Iterator[Cell]:
    found = run.characters
    text = cleaned("".join(character.text for character in found), LONGEST_CELL) if found else None
    if text:
        size = median(character.top - character.bottom for character in found)
        middle = median(_middle(character) for character in found)
        yield Cell(text, min(c.left for c in found), max(c.right for c in found), middle, size)


def _middle(character: Character) -> float:
    return (character.top + character.bottom) / 2


def _lines(words: list[Cell]) -> Iterator[list[Cell]]:
    """Words of one height, told from the first, and so the highest, of them."""
    line: list[Cell] = []
    for word in words:
        if line and line[0].middle - word.middle > _SAME_LINE * min(line[0].size, word.size):
            yield sorted(line, key=lambda word: word.left)
            line = []
        line.append(word)
    if line:
        yield sorted(line, key=lambda word: word.left)


def _cells(line: list[Cell], page: int) -> Iterator[Cell]:
    together: list[Cell] = []
    for word in line:
        if together and word.left - together[-1].right > _COLUMN * max(word.size, together[-1].size):
            yield _joined(together, page)
            together = []
        together.append(word)
    yield _joined(together, page)


def _joined(words: list[Cell], page: int) -> Cell:
    text = " ".join(word.text for word in words)[:LONGEST_CELL]
    size = max(word.size for word in words)
    return Cell(text, words[0].left, max(word.right for word in words), words[0].middle, size, page)
