"""What can be typed after `/dext`: as a list, and as a modal of buttons for a bare `/dext`."""

from collections.abc import Mapping

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    ContextBlock,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.views.ids import ActionId, CallbackId
from bot.views.reports import offer
from bot.views.text import mrkdwn


def help_text(words: Mapping[str, str]) -> str:
    """`words` are commands with what they do, in the order they are shown in."""
    return "\n".join(f"• `/dext {word}`: {does}" for word, does in words.items())


def menu(words: Mapping[str, str], *, channel: str) -> View:
    """The channel travels along, because a command acts on its channel's organisation."""
    blocks: list[Block] = [
        SectionBlock(
            text=mrkdwn(f"*{word}*\n{does}"),
            accessory=ButtonElement(action_id=ActionId.RUN_COMMAND, text="Open", value=word),
        )
        for word, does in words.items()
    ]
    blocks.append(ContextBlock(elements=[mrkdwn("Each also works typed, such as `/dext help`.")]))
    blocks.append(offer())
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        private_metadata=channel,
        title=PlainTextObject(text="Dext"),
        close=PlainTextObject(text="Close"),
        blocks=blocks,
    )
