"""The channels of an organisation: what goes where, how that stands, and the buttons to change it or take one off."""

from collections.abc import Iterator

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    HeaderBlock,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.domain.general import Purpose
from bot.domain.managing import BoundChannel, ChannelList, ChannelOverview
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import ChannelRef
from bot.views.parts import context, section
from bot.views.settings import dropped_there
from bot.views.text import escape, mention, plain

NAMES = {
    Purpose.APPROVALS: "Items to approve",
    Purpose.ALERTS: "What is refused, or needs somebody",
    Purpose.NEWS: "News of the connection and its lists",
    Purpose.DIGEST: "What was published, once a day",
}
MOST_NAMED = 8


def page(found: ChannelList) -> View:
    blocks: list[Block] = [HeaderBlock(text=plain(found.organisation, 150))]
    if found.taken_off is not None:
        blocks.append(section(f":white_check_mark: {_taken_off(found.taken_off)}"))
    blocks += [_bound(found, each) for each in found.channels]
    blocks.append(
        context(
            "An item has one card, in one channel; an alert stands under it, and what goes to another channel leads there."
        )
    )
    value = str(found.organisation_id)
    if found.may_change:
        change = ButtonElement(action_id=ActionId.OPEN_CHANNELS, text="Choose channels", value=value)
        amounts = ButtonElement(action_id=ActionId.OPEN_GENERAL_SETTINGS, text="Amounts in channels", value=value)
        quiet = ButtonElement(action_id=ActionId.OPEN_QUIET_SETTINGS, text="Quiet hours", value=value)
        blocks.append(ActionsBlock(elements=[change, amounts, quiet]))
    else:
        who = " ".join(mention(user) for user in found.admins[:MOST_NAMED]) or "nobody yet"
        blocks.append(context(f"Channels are chosen by this organisation's admins: {who}"))
    if found.has_others:
        all_of_them = ButtonElement(action_id=ActionId.ALL_CHANNELS, text="All organisations")
        blocks.append(ActionsBlock(elements=[all_of_them]))
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Channels"),
        close=PlainTextObject(text="Close"),
        blocks=blocks,
    )


def overview(found: ChannelOverview) -> View:
    """What goes where in all organisations, each with a page of its own."""
    blocks: list[Block] = []
    for organisation_id, name, channels in found.organisations:
        line = section("\n".join([f"*{escape(name)}*", *(_in_short(each) for each in channels)]))
        line.accessory = ButtonElement(action_id=ActionId.LIST_CHANNELS, text="Open", value=str(organisation_id))
        blocks.append(line)
    if found.left_out:
        blocks.append(context(f"And {found.left_out} more: `/dext channels` in a channel of theirs shows it."))
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Channels"),
        close=PlainTextObject(text="Close"),
        blocks=blocks,
    )


def _in_short(each: BoundChannel) -> str:
    name = NAMES[each.purpose]
    if each.channel is None:
        return f"• {name}: " + (
            f"no channel, {_ALONE[each.purpose].removesuffix('.')}"
            if each.goes_to is None
            else f"in <#{each.goes_to}>, without one of its own"
        )
    hidden = ", without amounts" if each.hides_amounts and each.purpose is not Purpose.NEWS else ""
    trouble = "" if each.trouble is None else f" :warning: {_trouble(each)}"
    return f"• {name}: <#{each.channel}>{hidden}{trouble}"


def _bound(found: ChannelList, each: BoundChannel) -> SectionBlock:
    line = section("\n".join([f"*{NAMES[each.purpose]}*", *_lines(found, each)]))
    if found.may_change and each.channel is not None:
        line.accessory = ButtonElement(
            action_id=ActionId.UNBIND_CHANNEL,
            text="Unbind",
            value=ChannelRef(found.organisation_id, each.purpose, each.channel).encode(),
            confirm=ConfirmObject(
                title="Unbind this channel?",
                text=PlainTextObject(text=_warning(each.purpose)),
                confirm="Unbind",
                deny="Keep it",
            ),
        )
    return line


def _lines(found: ChannelList, each: BoundChannel) -> Iterator[str]:
    if each.channel is not None:
        yield f"<#{each.channel}>"
    elif each.goes_to is not None:
        yield f"No channel of its own: it goes to <#{each.goes_to}>."
    else:
        yield "No channel: " + _ALONE[each.purpose]
    if each.purpose is Purpose.APPROVALS and each.channel is not None:
        yield dropped_there(each.channel, found.drops)
    if each.purpose is not Purpose.NEWS and each.channel is not None:
        yield "Amounts are not shown there." if each.hides_amounts else "Amounts are shown there."
    if each.channel is not None and each.trouble is not None:
        yield f":warning: {_trouble(each)}"


_ALONE = {
    Purpose.APPROVALS: "a card goes to whoever sent the item in.",
    Purpose.ALERTS: "an alert stands under the item's card.",
    Purpose.NEWS: "it goes to whoever connected it.",
    Purpose.DIGEST: "nobody is told.",
}


def _trouble(each: BoundChannel) -> str:
    words = f"I cannot post there: {why(each.trouble or '')}. "
    number = "1 message waits" if each.waiting == 1 else f"{each.waiting} messages wait"
    return words + f"{number} for it; choose another channel and they follow there."


def why(reason: str) -> str:
    """In words: Slack's, or our own, for a channel that takes nothing."""
    if reason == "shared_outside":
        return "another company reads along"
    if reason in ("is_archived", "is_inactive"):
        return "it was archived"
    if reason == "restricted_action":
        return "only some people may post in it"
    return "it was deleted, or I am not in it"


def _warning(purpose: Purpose) -> str:
    match purpose:
        case Purpose.APPROVALS:
            return (
                "Cards that stand there stay, and their buttons go on working. New cards go to the channel for alerts, or, where there "
                "is none, to whoever sends the item in. Files dropped there are left alone."
            )
        case Purpose.ALERTS:
            return (
                "What stands there stays, and changes with its item. Alerts stand under the cards of their items, and news goes to "
                "the channel for approvals."
            )
        case Purpose.NEWS:
            return "What stands there stays. News of the connection and its lists goes to the channel for alerts from now on."
        case Purpose.DIGEST:
            return "What stands there stays. No channel is told any more once a day what was published."


def _taken_off(since: BoundChannel) -> str:
    channel = f"<#{since.channel}>"
    goes_to = _ALONE[since.purpose] if since.goes_to is None else f"it goes to <#{since.goes_to}>."
    return f"{channel} is unbound from “{NAMES[since.purpose]}”: from now on {goes_to} What stands in {channel} stays there."
