"""A file on its way in through Slack: whose message it came with, and how far it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bot.domain.documents import Door
from bot.domain.ids import ChannelId, FileId, ItemId, OrganisationId, UserId, WorkspaceId

MOST_FILES = 5
"""Of one message that somebody chose "Send to Dext" on."""


class DropMode(StrEnum):
    """What becomes of a file that is dropped in an organisation's channel."""

    EVERY = "every"
    """It is taken in."""
    DOCUMENTS = "documents"
    """A PDF and an XML file are taken in; of a picture, whoever dropped it is asked whether it is a bill."""
    SHORTCUT = "shortcut"
    """Nothing, until somebody chooses "Send to Dext" on its message."""


class ArrivalState(StrEnum):
    WAITING = "waiting"
    """To be fetched and read."""
    CHOOSING = "choosing"
    """For somebody to say which organisation's it is."""
    ASKED = "asked"
    """A picture, for somebody to say whether it is a bill."""
    STATEMENT = "statement"
    """Of a bank, for somebody who keeps the books to add."""
    ADDED = "added"
    """A statement whose lines are here."""
    ITEM = "item"
    REFUSED = "refused"
    DECLINED = "declined"
    """Somebody said that it is no bill."""


class AnswerIn(StrEnum):
    """Where what becomes of a file is told."""

    THREAD = "thread"
    ALONE = "alone"
    """To whoever sent it: the app is not in that channel, or other companies read along there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackMessage:
    """A message in Slack; `thread_ts` is the one it replies to."""

    channel_id: ChannelId
    ts: str
    thread_ts: str | None = None

    @property
    def thread(self) -> str:
        """What a reply to it hangs under."""
        return self.thread_ts or self.ts


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One file of Slack's in one channel."""

    id: UUID
    workspace_id: WorkspaceId
    organisation_id: OrganisationId | None
    door: Door
    slack_file_id: str
    channel_id: ChannelId
    user_id: UserId
    state: ArrivalState
    attempt: int
    at: datetime
    name: str | None
    message: SlackMessage | None
    """None until Slack has said which message it came with."""
    answer_in: AnswerIn
    is_sure: bool
    """Somebody meant it to come in, so a picture is not asked about."""
    file_id: FileId | None
    """Its bytes, where they are kept until somebody has chosen an organisation."""
    item_id: ItemId | None
    words: str | None
    """What is told of it."""

    @property
    def is_direct(self) -> bool:
        """Sent to the app in a person's own conversation with it."""
        return self.door is Door.DIRECT

    @property
    def subject(self) -> str:
        """What is told of: the message it came with; itself, where Slack has not said which that is."""
        return str(self.id) if self.message is None else f"{self.channel_id}:{self.message.ts}"
