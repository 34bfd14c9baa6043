"""App Home: what needs me first, then how the connections stand."""

from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, DividerBlock, HeaderBlock, SectionBlock
from slack_sdk.models.views import View

from bot.domain.conditions import ConnectionStatus
from bot.domain.ids import ItemId
from bot.views import connections, default_books, statuses
from bot.views.connections import connect_button
from bot.views.ids import ActionId, CallbackId
from bot.views.parts import context, section
from bot.views.reports import open_button
from bot.views.text import escape

MOST_ITEMS = 15
MOST_CONNECTIONS = 15
"""Each takes up to three of the hundred blocks that a view may have, besides a select for the others."""

ALL_OF_THEM = (
    "`/dext items` lists all of an organisation's; *Search* there finds those in one state, such as what waits for you."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """An item that waits for the person: what it is, and why it waits. Both are drawn as plain text."""

    item_id: ItemId
    organisation: str
    title: str
    detail: str


def home(work: tuple[ItemLine, ...], found: tuple[ConnectionStatus, ...]) -> View:
    return View(type="home", callback_id=CallbackId.HOME, blocks=[*_work(work, found), *_connections(found)])


def refused(reason: str) -> View:
    """The Home of somebody who may see nothing of these books."""
    blocks: list[Block] = [HeaderBlock(text="Dext"), section(escape(reason, 500))]
    return View(type="home", callback_id=CallbackId.HOME, blocks=blocks)


def _work(work: tuple[ItemLine, ...], found: tuple[ConnectionStatus, ...]) -> list[Block]:
    blocks: list[Block] = [HeaderBlock(text="Waiting for you")]
    blocks += [_item(line) for line in work[:MOST_ITEMS]]
    if len(work) > MOST_ITEMS:
        blocks.append(context(f"These are the first {MOST_ITEMS}. {ALL_OF_THEM}"))
    if not work and found:
        blocks.append(section("Nothing waits for you."))
    if not found:
        blocks.append(section("Nothing yet: connect your accounting software first."))
    if any(status.card.takes_reports for status in found):
        blocks.append(ActionsBlock(elements=[open_button()]))
    blocks.append(DividerBlock())
    return blocks


def _item(line: ItemLine) -> SectionBlock:
    text = f"*{escape(line.organisation)}*\n{escape(line.title)}\n{escape(line.detail)}"
    found = section(text)
    found.accessory = ButtonElement(action_id=ActionId.SHOW_ITEM, text="Show", value=str(line.item_id))
    return found


def _connections(found: tuple[ConnectionStatus, ...]) -> list[Block]:
    blocks: list[Block] = [HeaderBlock(text="Connections")]
    if not found:
        blocks += [
            section(
                "Dext collects bills and receipts in Slack, has them approved where you talk, and publishes them to your "
                "accounting software. Connect it once; then set it up in one short form."
            ),
            ActionsBlock(elements=[connect_button("Connect software", "")]),
        ]
        return blocks
    another = ButtonElement(action_id=ActionId.OPEN_CONNECT, text="Connect another", value=connections.NEW)
    below = [another, *([default_books.button()] if len(found) > 1 else [])]
    return [*blocks, *statuses.cards(found, MOST_CONNECTIONS), DividerBlock(), ActionsBlock(elements=below)]
