"""App Home: what needs me first, then how the connections stand."""

from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, DividerBlock, HeaderBlock, SectionBlock
from slack_sdk.models.views import View

from bot.domain.connections import ConnectionCard, Health
from bot.domain.ids import ItemId
from bot.views import connections
from bot.views.connections import HEALTH_WORDS, connect_button, context, last_synced, section, set_up_words
from bot.views.ids import ActionId, CallbackId
from bot.views.text import escape, mention, moment

MOST_ITEMS = 15
MOST_CONNECTIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """An item that waits for the person: what it is, and why it waits. Both are drawn as plain text."""

    item_id: ItemId
    organisation: str
    title: str
    detail: str


def home(work: tuple[ItemLine, ...], cards: tuple[ConnectionCard, ...]) -> View:
    return View(type="home", callback_id=CallbackId.HOME, blocks=[*_work(work, cards), *_connections(cards)])


def refused(reason: str) -> View:
    """The Home of somebody who may see nothing of these books."""
    blocks: list[Block] = [HeaderBlock(text="Dext"), section(escape(reason, 500))]
    return View(type="home", callback_id=CallbackId.HOME, blocks=blocks)


def _work(work: tuple[ItemLine, ...], cards: tuple[ConnectionCard, ...]) -> list[Block]:
    blocks: list[Block] = [HeaderBlock(text="Waiting for you")]
    blocks += [_item(line) for line in work[:MOST_ITEMS]]
    if len(work) > MOST_ITEMS:
        blocks.append(context(f"and {len(work) - MOST_ITEMS} more"))
    if not work and cards:
        blocks.append(section("Nothing waits for you."))
    if not cards:
        blocks.append(section("Nothing yet: connect your accounting software first."))
    blocks.append(DividerBlock())
    return blocks


def _item(line: ItemLine) -> SectionBlock:
    text = f"*{escape(line.organisation)}*\n{escape(line.title)}\n{escape(line.detail)}"
    found = section(text)
    found.accessory = ButtonElement(action_id=ActionId.SHOW_ITEM, text="Show", value=str(line.item_id))
    return found


def _connections(cards: tuple[ConnectionCard, ...]) -> list[Block]:
    blocks: list[Block] = [HeaderBlock(text="Connections")]
    if not cards:
        blocks += [
            section(
                "Dext collects bills and receipts in Slack, has them approved where you talk, and publishes them to your "
                "accounting software. Connect it once; then set it up in one short form."
            ),
            ActionsBlock(elements=[connect_button("Connect software", "")]),
        ]
        return blocks
    for card in cards[:MOST_CONNECTIONS]:
        blocks += [_connection(card), ActionsBlock(elements=connections.buttons(card))]
    if len(cards) > MOST_CONNECTIONS:
        blocks.append(context(f"and {len(cards) - MOST_CONNECTIONS} more"))
    another = ButtonElement(action_id=ActionId.OPEN_CONNECT, text="Connect another", value=connections.NEW)
    blocks += [DividerBlock(), ActionsBlock(elements=[another])]
    return blocks


def _connection(card: ConnectionCard) -> SectionBlock:
    lines = [
        f"*{escape(card.organisation)}* · {escape(card.provider_name)}",
        HEALTH_WORDS[card.health],
        f"Connected by {mention(card.connected_by)}, {moment(card.connected_at)} · {last_synced(card)}",
        set_up_words(card).capitalize(),
    ]
    if card.problem is not None and card.health is not Health.HEALTHY:
        lines.append(escape(card.problem.remedy, 400))
    return section("\n".join(lines))
