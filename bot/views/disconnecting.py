"""Ending a connection: the form that asks, what is said once it is done, and the message that others see."""

from typing import Any, assert_never

from slack_sdk.models.blocks import ActionsBlock, Block, HeaderBlock, Option, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.connections import ConnectionCard
from bot.domain.disconnecting import AccessEnd, Disconnected, Disconnection, Keep
from bot.views.connections import Message, connect_button
from bot.views.fields import Fields, radio_field, tick_field
from bot.views.ids import BlockId, CallbackId
from bot.views.metadata import FormRef, NotOursError
from bot.views.parts import section
from bot.views.text import escape, mention, plain

RENEWED = "Somebody connected it again since you opened this, so nothing was changed. Here is how it stands now."
NOT_TICKED = "Tick the box if you mean it; nothing was changed."

_KEPT = {
    Keep.EVERYTHING: (
        "Keep my settings, rules and lists so that they can be carried over",
        "Connecting it later, or Merge lists at another one, takes them up.",
    ),
    Keep.SETTINGS: (
        "Keep my settings and rules; forget lists",
        "Categories, tax rates and contacts are read anew when it is connected.",
    ),
    Keep.ITEMS: (
        "Forget them: settings, rules, people, channels and lists",
        "Items and admins stay. It has to be set up anew before anything is sent.",
    ),
}


def form(found: Disconnection, *, notice: str | None = None) -> View:
    ledger = escape(found.ledger)
    blocks: list[Block] = [HeaderBlock(text=plain(found.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    blocks += [
        section(
            f"*What will happen*\n• Dext stops sending to {ledger} and reading from it, and {_ends(found)}.\n"
            f"• {_waiting(found)}\n• {_on_their_way(found)}What is in {ledger} already stays there.\n"
            "• Bills can still be added and approved; they are sent after you reconnect."
        ),
        radio_field(BlockId.KEEP, "What to keep", _options(), Keep.EVERYTHING),
        tick_field(BlockId.CONFIRMED, "Are you sure?", "Yes, disconnect this organisation"),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.DISCONNECT,
        title=PlainTextObject(text="Disconnect"),
        submit=PlainTextObject(text="Disconnect"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(found.organisation_id, found.stamp).encode(),
        blocks=blocks,
    )


def read(state: dict[str, Any]) -> tuple[Keep, bool]:
    """What to keep, and whether the person ticked that they mean it.

    Raises:
        NotOursError: a choice that was not offered.
    """
    fields = Fields(state)
    try:
        return Keep(fields.option(BlockId.KEEP) or Keep.EVERYTHING), fields.is_ticked(BlockId.CONFIRMED)
    except ValueError:
        raise NotOursError("what to keep") from None


def done(found: Disconnection, keep: Keep) -> View:
    """What the form turns into."""
    blocks: list[Block] = [
        HeaderBlock(text=plain(found.organisation, 150)),
        section(
            f":white_circle: *Disconnected.* {_waiting(found)} {_on_their_way(found)}{_kept(keep)} A message says when "
            f"the access to {escape(found.ledger)} {'was given back' if found.takes_access_back else 'is over'}."
        ),
        ActionsBlock(elements=[connect_button("Reconnect", str(found.organisation_id))]),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Disconnected"),
        clear_on_close=True,  # the page under it shows how it stood before
        close=PlainTextObject(text="Close"),
        blocks=blocks,
    )


def message(card: ConnectionCard, told: Disconnected) -> Message:
    """Who ended which connection, what waits, and whether the access was given back."""
    ledger, name = escape(card.provider_name), escape(card.organisation)
    waits = "Nothing was waiting." if told.waiting == 0 else f"{_items(told.waiting)} wait for the connection."
    blocks: list[Block] = [
        section(f"*{name}*\n:white_circle: {mention(told.by)} disconnected this organisation from {ledger}."),
        section(f"{waits} {_kept(told.keep)}"),
        section(_access(card, told)),
        ActionsBlock(elements=[connect_button("Reconnect", str(card.organisation_id))]),
    ]
    return f"{plain(card.organisation)} was disconnected from {plain(card.provider_name)}.", tuple(blocks)


def _access(card: ConnectionCard, told: Disconnected) -> str:
    ledger = escape(card.provider_name)
    match told.access:
        case AccessEnd.TAKEN_BACK:
            return f":white_check_mark: Access was taken back at {ledger}."
        case AccessEnd.USED_ELSEWHERE:
            return (
                f":white_check_mark: This workspace's access ended. {ledger} still lists Dext for this organisation, "
                "because the same person connected it in another workspace, which goes on."
            )
        case AccessEnd.SHARED:
            return (
                f":white_check_mark: Dext uses this organisation no more. {ledger} has one sign-in for all organisations of a "
                "person, and others go on with it, so it lists Dext until the last of them is disconnected."
            )
        case AccessEnd.OVER_BEFORE:
            return f":white_check_mark: Dext has no access any more: its sign-in at {ledger} was over before.{_by_hand(card)}"
        case AccessEnd.UNREADABLE:
            return (
                f":warning: Dext has no access any more: what it kept of its sign-in at {ledger} was altered and cannot be "
                f"read, so {ledger} could not be told.{_by_hand(card)}"
            )
        case AccessEnd.FORGOTTEN:
            return (
                f":white_check_mark: Dext has no access any more: it deleted its sign-in, which {ledger} cannot be asked to "
                f"end.{_by_hand(card)}"
            )
        case None if card.problem is None and told.looked_for:
            return (
                f":hourglass_flowing_sand: {_items(told.looked_for)} on their way when it ended. I look first whether "
                f"{ledger} has them, for a day at most; then access is taken back."
            )
        case None if card.problem is None:
            return f":hourglass_flowing_sand: Access is being taken back at {ledger}."
        case None:
            return f":warning: {ledger} did not take the access back yet; trying again until it does.{_by_hand(card)}"
        case _:
            assert_never(told.access)


def _by_hand(card: ConnectionCard) -> str:
    if card.manage_url is None:
        return ""
    ledger = escape(card.provider_name)
    return f" If {ledger} still lists Dext, remove it there: <{card.manage_url}|open {ledger}>, {escape(card.manage_page)}."


def _options() -> list[Option]:
    return [
        Option(value=keep, text=PlainTextObject(text=label), description=PlainTextObject(text=words))
        for keep, (label, words) in _KEPT.items()
    ]


def _ends(found: Disconnection) -> str:
    return "gives its access back" if found.takes_access_back else "deletes its sign-in"


def _waiting(found: Disconnection) -> str:
    if found.waiting == 0:
        return "No approved bill is waiting right now."
    return f"{_items(found.waiting)} approved and not sent yet: they stay, and wait until it is connected again."


def _on_their_way(found: Disconnection) -> str:
    if found.on_their_way == 0:
        return ""
    return f"{_items(found.on_their_way)} on their way: what was begun is finished, and nothing is sent twice. "


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


def _kept(keep: Keep) -> str:
    match keep:
        case Keep.EVERYTHING:
            return (
                "Settings, rules, people, channels and lists are kept: connecting it again takes them up, and *Merge lists* "
                "carries them over to another organisation."
            )
        case Keep.SETTINGS:
            return "Settings, rules, people and channels are kept; lists were forgotten, and are read anew when it is connected."
        case Keep.ITEMS:
            return "Settings, rules, people, channels and lists were forgotten; items and admins stay."
        case _:
            assert_never(keep)
