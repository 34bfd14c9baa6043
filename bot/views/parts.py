"""The two blocks that messages and modals are made of, cut to what Slack takes."""

from slack_sdk.models.blocks import ContextBlock, SectionBlock

from bot.views.text import mrkdwn


def section(text: str) -> SectionBlock:
    return SectionBlock(text=mrkdwn(text[:2990]))


def context(text: str) -> ContextBlock:
    return ContextBlock(elements=[mrkdwn(text[:2000])])
