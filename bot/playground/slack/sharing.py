"""Files that people share: dropped into a channel or sent to the app, several at once, linked from elsewhere, deleted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.playground.slack import payloads
from bot.playground.slack.errors import NotPossibleError
from bot.playground.slack.files import StoredFile
from bot.playground.slack.people import BOT_USER
from bot.playground.slack.talking import Talking
from bot.playground.slack.workspace import Message, Workspace

MOST_AT_ONCE = 10  # Slack's client takes no more files into one message


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A file as it comes from somebody's machine. Slack tells the media type by the name, unless one is given."""

    content: bytes
    name: str
    mimetype: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A document that lies ready for whoever has none at hand."""

    label: str
    name: str
    made: Callable[[date], bytes]


@dataclass(slots=True)
class Sharing:
    talking: Talking

    @property
    def workspace(self) -> Workspace:
        return self.talking.sight.workspace

    async def share(
        self, dropped: Sequence[Dropped], *, channel: str, user: str, thread_ts: str | None = None, text: str = ""
    ) -> list[StoredFile]:
        """One message with all of them, with or without words."""
        if not 0 < len(dropped) <= MOST_AT_ONCE:
            raise NotPossibleError(f"a message takes up to {MOST_AT_ONCE} files at once")
        self.talking.writable(channel, user)
        stored = [self._kept(each, user) for each in dropped]
        await self._sent(stored, channel, user, thread_ts, text)
        return stored

    async def link(self, address: str, name: str, *, channel: str, user: str) -> StoredFile:
        """A document that lies elsewhere, as pasted from a cloud drive: Slack has its name and no bytes."""
        self.talking.writable(channel, user)
        stored = self.workspace.keep_file(b"", name, user=user, mode="external", address=address)
        await self._sent([stored], channel, user, None, "")
        return stored

    async def again(self, stored: StoredFile, *, channel: str, user: str) -> None:
        """What is at Slack already, in another message: the file keeps its id."""
        self.talking.writable(channel, user)
        await self._sent([stored], channel, user, None, "")

    async def delete(self, stored: StoredFile) -> None:
        self.workspace.delete_file(stored)
        event = {"type": "file_deleted", "file_id": stored.id, "event_ts": self.workspace.new_ts()}
        await self.talking.sight.event(event)

    def _kept(self, dropped: Dropped, user: str) -> StoredFile:
        more = {"mimetype": dropped.mimetype} if dropped.mimetype else {}
        return self.workspace.keep_file(dropped.content, dropped.name, user=user, **more)

    async def _sent(
        self, stored: Sequence[StoredFile], channel: str, user: str, thread_ts: str | None, text: str
    ) -> None:
        """Slack tells of each file, and of the message where the app listens to messages."""
        place, sight = self.workspace.channels[channel], self.talking.sight
        message = Message(
            channel=channel,
            ts=self.workspace.new_ts(),
            user=user,
            text=self.talking.escaped(text),
            files=[file.id for file in stored],
            thread_ts=thread_ts,
            subtype="file_share",
        )
        for file in stored:
            file.shares[channel] = [message.ts]
            self.workspace.put_file(file)
        self.workspace.add_message(message)
        if BOT_USER not in place.members:
            return
        for file in stored:
            await sight.event(payloads.file_shared(file, channel, message.ts, by=user), channel)
        event = payloads.said(self.workspace.to_slack(message), place)
        await sight.event(event, channel, kind=f"message.{payloads.kind_of(place)}")
