"""How connections stand, as cards: in Home, in the answer to `/dext connections`, and at the head of Manage."""

from collections.abc import Sequence
from datetime import timedelta

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    Option,
    PlainTextObject,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.conditions import ConnectionStatus, Verdict, age
from bot.domain.connections import LIST_NAMES, Health, ListProgress
from bot.domain.rights import Deed
from bot.views import downloading, queues
from bot.views.connections import connect_button, counted, how_far, set_up_button, set_up_words, why_unread
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import BatchRef
from bot.views.parts import context, section
from bot.views.text import escape, mention, moment, plain

VERDICT_WORDS = {
    Verdict.HEALTHY: ":large_green_circle: Healthy",
    Verdict.AT_RISK: ":large_yellow_circle: At risk",
    Verdict.BROKEN: ":red_circle: Broken",
}
MOST_IN_MODAL = 25
MOST_OPTIONS = 100
TOGETHER = timedelta(minutes=5)
"""Lists that were read within this are of one age."""


def modal(found: Sequence[ConnectionStatus], *, named: str = "") -> View:
    """What `/dext connections` opens; `named` is what was looked for."""
    looked_for: list[Block] = [context(f"With “{escape(named, 60)}” in the name")] if named else []
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Connections"),
        close=PlainTextObject(text="Close"),
        blocks=[*looked_for, *cards(found, MOST_IN_MODAL)],
    )


def none_named(text: str, count: int) -> str:
    connected = "1 organisation is" if count == 1 else f"{count} organisations are"
    return (
        f"No connected organisation has `{escape(text, 40)}` in its name. {connected} connected: "
        "`/dext connections` lists all of them."
    )


def cards(found: Sequence[ConnectionStatus], most: int) -> list[Block]:
    """The first ones as cards; the others can be chosen, or found by name."""
    blocks: list[Block] = [block for status in found[:most] for block in _card(status)]
    others = found[most:]
    if others:
        blocks += [
            context(f"{most} of {len(found)} connections are shown, those that need somebody first.{_beyond(others)}"),
            ActionsBlock(elements=[_choose(others[:MOST_OPTIONS])]),
        ]
    return blocks


def _beyond(others: Sequence[ConnectionStatus]) -> str:
    if len(others) <= MOST_OPTIONS:
        return " Choose another one below."
    return f" Below are {MOST_OPTIONS} more; `/dext connections` with a part of a name finds any."


def _choose(others: Sequence[ConnectionStatus]) -> StaticSelectElement:
    options = [
        Option(
            value=str(status.card.organisation_id),
            text=PlainTextObject(text=plain(f"{plain(status.card.organisation, 50)} · {status.condition.verdict}", 75)),
        )
        for status in others
    ]
    placeholder = PlainTextObject(text="Another connection")
    return StaticSelectElement(action_id=ActionId.OPEN_MANAGE, placeholder=placeholder, options=options)


def _card(status: ConnectionStatus) -> list[Block]:
    block_id = f"{BlockId.CONNECTION}:{status.card.organisation_id}"
    buttons = ActionsBlock(block_id=block_id, elements=_buttons(status))
    return [section("\n".join(head(status))), context(lists_in_words(status)), buttons]


def head(status: ConnectionStatus) -> list[str]:
    """The lines that every card begins with: whose books, how the connection stands and who made it; and what it may do, for
    whoever looks after it.
    """
    card = status.card
    lines = [f"*{escape(card.organisation)}* · {escape(card.provider_name)}", verdict_words(status)]
    if status.queue is not None:
        lines.append(queues.in_a_line(status.queue))
    by = f"Connected by {mention(card.connected_by)}, {moment(card.connected_at)}"
    if card.login:
        by = f"{by}, as {escape(card.login, 150)} in {escape(card.provider_name)}"
    looks_after = card.access and status.deeds
    lines.append(f"{by} · may {escape(', '.join(card.access), 300)}" if looks_after else by)
    set_up = set_up_words(card)
    lines.append(set_up.capitalize() if card.is_downloaded else f"{last_synced(status)} · {set_up}")
    return lines


def verdict_words(status: ConnectionStatus) -> str:
    card, condition = status.card, status.condition
    words = VERDICT_WORDS[condition.verdict]
    if card.health is Health.DISCONNECTED:
        words = ":white_circle: Disconnected"
    elif card.is_importing and condition.verdict is Verdict.HEALTHY:
        done = sum(found.is_over for found in card.lists)
        words = f":hourglass_flowing_sand: Healthy, lists are being read: {done} of {len(card.lists)} done"
    return f"{words}. {escape(condition.reason, 300)} {escape(condition.remedy, 500)}" if condition.reason else words


def last_synced(status: ConnectionStatus) -> str:
    at = status.card.last_synced_at
    return "No sync yet" if at is None else f"Last sync {moment(at)}"


def lists_in_words(status: ConnectionStatus) -> str:
    """Each list with what it holds and how old it is, in a line; an age that all share is said once."""
    lists = status.card.lists
    if not lists:
        return "No lists typed yet" if status.card.is_downloaded else "No lists read yet"
    if status.card.is_downloaded:  # nobody reads them again
        return " · ".join(counted(found) for found in lists)
    read_at = sorted(found.synced_at for found in lists if found.synced_at is not None)
    are_read_together = len(read_at) == len(lists) > 1 and read_at[-1] - read_at[0] < TOGETHER
    if are_read_together and all(found.state == "done" for found in lists):
        counts = " · ".join(counted(found) for found in lists)
        return f"{counts} · all read {age(read_at[0], status.read_at)}"
    return " · ".join(list_line(found, status) for found in lists)


def list_line(found: ListProgress, status: ConnectionStatus) -> str:
    name, old = LIST_NAMES[found.kind].capitalize(), _age(found, status)
    match found.state:
        case "done":
            return f"{name}: {found.read:,}, {old}"
        case "failed":
            return f"{name}: could not be read{why_unread(found)}; before that {old}"
        case "reading":
            return f"{name}: {how_far(found)}{_before(found, old)}"
        case _:
            return f"{name}: waiting to be read{_before(found, old)}"


def _before(found: ListProgress, old: str) -> str:
    return f"; before that {old}" if found.synced_at else ""


def _age(found: ListProgress, status: ConnectionStatus) -> str:
    return "never read" if found.synced_at is None else f"read {age(found.synced_at, status.read_at)}"


def _buttons(status: ConnectionStatus) -> list[ButtonElement]:
    card = status.card
    value = str(card.organisation_id)
    found = [ButtonElement(action_id=ActionId.OPEN_MANAGE, text="Manage" if status.deeds else "Details", value=value)]
    if not card.is_set_up and Deed.SET_UP in status.deeds:
        found.insert(0, set_up_button(card))
    if status.to_download and Deed.REFRESH in status.deeds:
        found.insert(0, downloading.button(BatchRef(card.organisation_id), f"Download {status.to_download:,}"))
    if needs_reconnecting(status):
        found.insert(0, connect_button("Reconnect", value))
    return found


def needs_reconnecting(status: ConnectionStatus) -> bool:
    is_over = status.card.health in (Health.BROKEN, Health.DISCONNECTED, Health.AT_RISK)
    return is_over or status.condition.needs_reconnecting
