"""The lines of a document: the first of them on its card, all of them in Details."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.domain.documents import Line
from bot.domain.items import Item
from bot.views.parts import context, section
from bot.views.text import amount, escape, quote

MOST_LINES, LONGEST_CODES = 5, 200
LINES_A_SECTION, LONGEST_SECTION, MOST_DETAILED = 20, 2900, 300
"""All lines stand in Details, within what Slack takes: 3,000 characters a section, 100 blocks a modal."""


def lines(item: Item, codes: Sequence[str] = ()) -> list[Block]:
    """`codes` are what is said of each line, in words, by their place."""
    found = item.facts.lines
    if not found:
        note = item.facts.note
        return [] if note is None else [section(quote(note, 300))]
    shown = _listed(item, codes)[:MOST_LINES]
    if len(found) > MOST_LINES:
        shown.append(f"• and {len(found) - MOST_LINES} more; *Details* shows them all")
    return [section("*Lines*\n" + "\n".join(shown))]


def all_lines(item: Item, codes: Sequence[str] = ()) -> list[Block]:
    """As `lines`."""
    found = _listed(item, codes)
    if not found:
        return []
    blocks: list[Block] = [section("*1 line*" if len(found) == 1 else f"*{len(found)} lines*")]
    blocks += [section(part) for part in parts(found[:MOST_DETAILED])]
    left = len(found) - MOST_DETAILED
    return blocks if left <= 0 else [*blocks, context(f"and {left} more, in the file")]


def _listed(item: Item, codes: Sequence[str]) -> list[str]:
    own = [*codes, *[""] * (len(item.facts.lines) - len(codes))]
    return [
        f"• {_line(line, item.facts.currency)}" + (f" _{escape(code, LONGEST_CODES)}_" if code else "")
        for line, code in zip(item.facts.lines, own, strict=False)
    ]


def parts(lines: list[str]) -> list[str]:
    """Lines put together as far as a section holds them: none is cut off, however long they are."""
    found: list[list[str]] = [[]]
    for line in lines:
        if len(found[-1]) == LINES_A_SECTION or len("\n".join([*found[-1], line])) > LONGEST_SECTION:
            found.append([])
        found[-1].append(line)
    return ["\n".join(part) for part in found]


def _line(line: Line, currency: str | None) -> str:
    count = "" if line.quantity == 1 else f"{line.quantity.normalize():f} × "
    return f"{count}{escape(line.description, 90)}: {amount(line.net, currency)}"
