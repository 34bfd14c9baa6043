"""The channels of an organisation: the form, what it says back, and how it is read."""

from typing import Any

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.digests import HOUR
from bot.domain.ids import ChannelId
from bot.domain.managing import ChannelsForm, ChannelsPage
from bot.domain.settings import Settings
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import BlockId, CallbackId
from bot.views.metadata import FormRef, NotOursError
from bot.views.parts import section
from bot.views.settings import channel_fields, dropped_there, read_drops
from bot.views.text import plain


def form(page: ChannelsPage, *, notice: str | None = None) -> View:
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    now = Settings(approvals_channel=page.approvals_channel, alerts_channel=page.alerts_channel, drops=page.drops)
    return View(
        type="modal",
        callback_id=CallbackId.CHANNELS,
        title=PlainTextObject(text="Channels"),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(page.organisation_id, page.version).encode(),
        blocks=[*blocks, *channel_fields(now), _news_field(page.news_channel), _digest_field(page.digest_channel)],
    )


def _news_field(channel: ChannelId | None) -> Block:
    return fields.channel_field(
        BlockId.NEWS_CHANNEL,
        "Channel for news of the connection",
        channel,
        hint="A connection that is over or about to lapse, codes that are gone from its lists, what waits at the ledger. Without "
        "one they go to the channel for alerts.",
        optional=True,
    )


def _digest_field(channel: ChannelId | None) -> Block:
    return fields.channel_field(
        BlockId.DIGEST_CHANNEL,
        "Channel for a digest",
        channel,
        hint=f"Each morning at {HOUR}, in the time zone of the quiet hours, one message: how many were published since the last one, "
        "for how much, the largest, what waits and what was refused. On a day of nothing it says nothing.",
        optional=True,
    )


def read(state: dict[str, Any], version: int) -> ChannelsForm:
    """The form as it was sent.

    Raises:
        NotOursError: a field is missing that the form always has.
    """
    found = Fields(state)
    approvals, alerts = found.channel(BlockId.APPROVALS_CHANNEL), found.channel(BlockId.ALERTS_CHANNEL)
    if approvals is None or alerts is None:
        raise NotOursError("channels without a channel")
    news, digest = found.channel(BlockId.NEWS_CHANNEL), found.channel(BlockId.DIGEST_CHANNEL)
    return ChannelsForm(
        news_channel=None if news is None else ChannelId(news),
        digest_channel=None if digest is None else ChannelId(digest),
        version=version,
        approvals_channel=ChannelId(approvals),
        alerts_channel=ChannelId(alerts),
        drops=read_drops(found),
    )


def saved(page: ChannelsPage) -> View:
    """What holds from now on."""
    lines = [
        ":white_check_mark: The channels are saved.",
        f"• {dropped_there(page.approvals_channel, page.drops)} They are decided on there.",
        f"• What is refused, or needs somebody, is told in <#{page.alerts_channel}>.",
        *([f"• News of the connection and its lists is told in <#{page.news_channel}>."] if page.news_channel else []),
        *(
            [f"• What was published is told in <#{page.digest_channel}>, each morning at {HOUR}."]
            if page.digest_channel
            else []
        ),
    ]
    if not page.is_set_up:
        lines.append("• Nothing is sent to the ledger before an admin has pressed *Set up* and saved.")
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Saved"),
        clear_on_close=True,  # the page under it shows how it stood before
        close=PlainTextObject(text="Close"),
        blocks=[HeaderBlock(text=plain(page.organisation, 150)), section("\n".join(lines))],
    )


def changed_meanwhile(now: ChannelsPage) -> str:
    """How the channels stand that somebody else saved; the form goes on showing what this person chose."""
    return (
        "Somebody else saved the settings while your form was open, so nothing of yours was saved yet. Now approvals go "
        f"to {_channel(now.approvals_channel)} and alerts to {_channel(now.alerts_channel)}. Change what you mean to; "
        "Save then makes it as it stands here."
    )


def _channel(channel: ChannelId | None) -> str:
    return "no channel" if channel is None else f"<#{channel}>"
