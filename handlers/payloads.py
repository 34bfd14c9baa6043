"""Requests of Slack as typed values. `routes` fills them from the payloads; features read nothing else."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.arrivals import SlackMessage
from bot.domain.ids import ChannelId
from bot.domain.slack import Actor

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`/dext words…` typed in a channel."""

    actor: Actor
    channel_id: ChannelId
    words: tuple[str, ...]
    trigger_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """An entry of Slack's own menus: a message's, with the message and its files, or the workspace's."""

    actor: Actor
    callback_id: str
    trigger_id: str
    channel_id: ChannelId | None = None
    message: SlackMessage | None = None
    file_ids: tuple[str, ...] = ()
    text: str = ""
    response_url: str = field(default="", repr=False)
    """Where whoever chose it on a message can be answered; "" elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForm:
    """A modal or Home as it stood when something happened in it. `state` is Slack's `view.state.values`."""

    view_id: str
    view_hash: str
    callback_id: str
    private_metadata: str
    state: Payload = field(default_factory=dict)
    root_view_id: str | None = None
    previous_view_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A press of a button or a choice in a select. `chosen` is empty for a button."""

    actor: Actor
    action_id: str
    block_id: str
    value: str
    chosen: tuple[str, ...] = ()
    trigger_id: str
    channel_id: ChannelId | None = None
    message_ts: str | None = None
    thread_ts: str | None = None
    is_ephemeral: bool = False
    """In a message that one person alone sees, which nobody can change."""
    form: OpenForm | None = None
    response_url: str = field(default="", repr=False)
    """Where whoever pressed it in a message can be answered; Slack gives none of a modal or Home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A modal's submit button."""

    actor: Actor
    form: OpenForm
    trigger_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsQuery:
    """What a person typed into a select that searches."""

    actor: Actor
    action_id: str
    block_id: str
    text: str
    form: OpenForm | None = None
    channel_id: ChannelId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event of the Events API; `event` is its inner part. It may be late, and come again: `sent_at` is when Slack
    says that it happened, to the second.
    """

    actor: Actor
    kind: str
    event: Payload
    sent_at: datetime
