"""Cards and alerts in channels that show no amounts: drawn as ever, with every amount left out.

It is done to what was drawn, so that nothing that is told of an item, now or later, can be forgotten here.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from slack_sdk.models.blocks import Block, ContextBlock, ImageBlock, SectionBlock, TextObject

from bot.domain.cards import ItemCard
from bot.views.connections import Message
from bot.views.parts import context

HIDDEN = "•••"
NOTE = ":lock: Amounts and the document are not shown in this channel. *Details* has them, for whoever may see them."
OF_AMOUNTS = "Something about its amounts: Details says what."
_MARKUP = re.compile(r"(<[^>]*>)")
"""Links, mentions and instants, as Slack writes them: numbers in there are none that anybody reads."""
_AMOUNT = re.compile(r"-?\d[\d.,]*[.,]\d{2,}(?: [A-Z]{3}\b)?")
"""As `text.amount` writes one, with at least two decimals; or as a bank or a supplier does, with a comma."""
_HARMLESS = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}|\d[\d.]* ?%|\d+ of its \d+|[A-Z]{1,3}-\d+")
"""Dates, percentages, places of lines, and references: what else has digits may be an amount without decimals."""


def private(found: ItemCard) -> ItemCard:
    """What our own sentences say of amounts is not told there, whatever they write them like."""
    item = found.item
    return replace(
        found,
        preview=None,
        warnings=_told(found.warnings),
        item=replace(item, complaints=_told(item.complaints)),
    )


def _told(sentences: Sequence[str]) -> tuple[str, ...]:
    told = (OF_AMOUNTS if re.search(r"\d", _HARMLESS.sub("", sentence)) else sentence for sentence in sentences)
    return tuple(dict.fromkeys(told))


def without_amounts(message: Message, *, note: str | None = NOTE) -> Message:
    """`note` says why, where there is room for it."""
    text, blocks = message
    for block in blocks:
        _hide(block)
    shown = tuple(block for block in blocks if not isinstance(block, ImageBlock))
    return hidden(text), shown if note is None else (*shown, context(note))


def _hide(block: Block) -> None:
    texts: list[object] = []
    if isinstance(block, SectionBlock):
        texts = [block.text, *(block.fields or ())]
    elif isinstance(block, ContextBlock):
        texts = list(block.elements)
    for each in texts:
        if isinstance(each, TextObject) and each.text is not None:
            each.text = hidden(each.text)


def hidden(text: str) -> str:
    return "".join(part if part.startswith("<") else _AMOUNT.sub(HIDDEN, part) for part in _MARKUP.split(text))
