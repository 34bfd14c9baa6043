"""The simulated workspace itself: people, channels, messages and files, and who can see what.

Every change goes through here, is written down at once, and moves `version`, which is what the page watches.
"""

import itertools
import secrets
import string
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import tzinfo
from typing import Any

from bot.clock import Clock
from bot.playground.slack.errors import NotPossibleError, SlackRefusalError
from bot.playground.slack.files import StoredFile, behind_a_look, permalink, private_url, told, type_of
from bot.playground.slack.people import (
    APP,
    BOT,
    BOT_USER,
    SLACKBOT,
    TEAM,
    Channel,
    Person,
    first_channels,
    first_people,
)
from bot.playground.slack.pictures import measured
from bot.playground.slack.shapes import Json
from bot.playground.slack.store import Store

_ALPHABET = string.ascii_uppercase + string.digits


def new_id(prefix: str, length: int = 10) -> str:
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))


def block_ids() -> Iterator[str]:
    return (secrets.token_urlsafe(4) for _ in itertools.count())


@dataclass(slots=True, kw_only=True)
class Message:
    """A message as it stands. `only_for` is set on an ephemeral one, which is not stored and only that person sees."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    is_broadcast: bool = False
    files: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    metadata: Json | None = None
    edited_ts: str | None = None
    subtype: str | None = None
    only_for: str | None = None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def key(self) -> str:
        return f"{self.channel}:{self.ts}"


@dataclass(slots=True)
class Workspace:
    store: Store
    clock: Clock
    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    public_url: str = ""
    processing_seconds: float = 0.0  # until Slack has looked at a file that the app handed in
    version: int = 1
    zone: tzinfo | None = None  # what the page tells the time in; the machine's own unless set
    _messages: dict[str, dict[str, Message]] = field(default_factory=dict)
    _last_ts: int = 0

    def load(self) -> None:
        """What the last run left, or the first day."""
        self.people = {row["id"]: Person(**row) for row in self.store.all("person")}
        self.channels = {
            row["id"]: Channel(**{**row, "members": frozenset(row["members"])}) for row in self.store.all("channel")
        }
        self.files = {row["id"]: StoredFile(**row) for row in self.store.all("file")}
        for row in self.store.all("message"):
            self._messages.setdefault(row["channel"], {})[row["ts"]] = Message(**row)
            self._last_ts = max(self._last_ts, int(row["ts"].replace(".", "")))
        if not self.people:
            for person in first_people():
                self.put_person(person)
        for channel in first_channels():  # what was kept may be from before there was one of them
            if channel.id not in self.channels:
                self.put_channel(channel)

    # People and channels

    def person(self, user_id: str) -> Person:
        if user_id not in self.people:
            raise NotPossibleError(f"there is nobody called {user_id}")
        return self.people[user_id]

    def put_person(self, person: Person) -> None:
        self.people[person.id] = person
        self.store.put("person", person.id, asdict(person))
        self.touch()

    def put_channel(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        self.store.put("channel", channel.id, {**asdict(channel), "members": sorted(channel.members)})
        self.touch()

    def channel_named(self, name: str) -> Channel | None:
        name = name.removeprefix("#")
        return next((channel for channel in self.channels.values() if name in (channel.id, channel.name)), None)

    def dm(self, user_id: str) -> Channel:
        """The direct message between the app and a person, opened when first needed."""
        self.person(user_id)
        found = self.channels.get(f"D{user_id[1:]}")
        if found is None:
            members = frozenset({user_id, BOT_USER})
            found = Channel(id=f"D{user_id[1:]}", name=f"dm-{user_id}", im_with=user_id, members=members)
            self.put_channel(found)
        return found

    def seen_by(self, user_id: str) -> list[Channel]:
        """Channels a person sees in the sidebar."""
        return [c for c in self.channels.values() if user_id in c.members and not c.is_im]

    # Messages

    def new_ts(self) -> str:
        """Slack's name for a message: its instant, made unique."""
        now = int(self.clock.now().timestamp() * 1_000_000)
        self._last_ts = max(now, self._last_ts + 1)
        seconds, rest = divmod(self._last_ts, 1_000_000)
        return f"{seconds}.{rest:06d}"

    def add_message(self, message: Message) -> Message:
        if message.thread_ts is not None:
            self._check_parent(message)
        self.put_message(message)
        return message

    def _check_parent(self, message: Message) -> None:
        parent = self._messages.get(message.channel, {}).get(message.thread_ts or "")
        if message.only_for is None and (parent is None or parent.only_for or parent.is_reply):
            raise SlackRefusalError("cannot_reply_to_message")

    def put_message(self, message: Message) -> None:
        self._messages.setdefault(message.channel, {})[message.ts] = message
        if message.only_for is None:
            kept = {name: getattr(message, name) for name in Message.__dataclass_fields__}  # it is written at once
            self.store.put("message", message.key, kept)
        self.touch()

    def drop_message(self, message: Message) -> None:
        self._messages.get(message.channel, {}).pop(message.ts, None)
        self.store.remove("message", message.key)
        self.touch()

    def message(self, channel_id: str, ts: str) -> Message | None:
        return self._messages.get(channel_id, {}).get(ts)

    def messages(self, channel_id: str) -> list[Message]:
        """All that stands in a channel, replies and ephemerals too, oldest first."""
        return sorted(self._messages.get(channel_id, {}).values(), key=lambda message: message.ts)

    def has_posted(self, user_id: str) -> bool:
        """Anywhere, to anybody."""
        return any(m.user == user_id for messages in self._messages.values() for m in messages.values())

    def replies(self, channel_id: str, thread_ts: str) -> list[Message]:
        return [m for m in self.messages(channel_id) if m.thread_ts == thread_ts and m.is_reply]

    def slackbot_says(self, channel_id: str, user_id: str, text: str) -> Message:
        """How Slack tells a person that something did not work."""
        return self.add_message(
            Message(channel=channel_id, ts=self.new_ts(), user=SLACKBOT, text=text, only_for=user_id)
        )

    def to_slack(self, message: Message) -> Json:
        """The message object of payloads and answers."""
        found: Json = {
            "type": "message",
            "user": message.user,
            "ts": message.ts,
            "text": message.text,
            "team": self.people[message.user].team_id,
        }
        if message.user == BOT_USER:
            found |= {"bot_id": BOT, "app_id": APP}
        optional: Json = {
            "blocks": message.blocks,
            "thread_ts": message.thread_ts,
            "metadata": message.metadata,
            "subtype": message.subtype,
            "edited": {"user": message.user, "ts": message.edited_ts} if message.edited_ts else None,
            "files": [self._in_message(self.files[file_id]) for file_id in message.files],
            "reactions": [
                {"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()
            ],
        }
        return found | {name: value for name, value in optional.items() if value}

    # Files

    def put_file(self, file: StoredFile, content: bytes | None = None) -> None:
        self.files[file.id] = file
        self.store.put("file", file.id, asdict(file))
        if content is not None:
            self.store.put_bytes(file.id, content)
        self.touch()

    def keep_file(self, content: bytes, name: str, *, user: str, **more: Any) -> StoredFile:
        """Take a file in, shared with nobody yet. A name never leads into a folder."""
        picture = measured(content)
        mimetype, width, height = picture or (type_of(name), 0, 0)
        facts: dict[str, Any] = {"id": new_id("F"), "mimetype": mimetype, "width": width, "height": height, **more}
        now = int(self.clock.now().timestamp())
        stored = StoredFile(name=name.replace("/", "_"), size=len(content), user=user, created=now, **facts)
        self.put_file(stored, content)
        return stored

    def delete_file(self, file: StoredFile) -> None:
        """What is left of it in messages is a tombstone."""
        self.put_file(replace(file, mode="tombstone", width=0, height=0), b"")

    def file_at(self, address: str) -> StoredFile | None:
        """The file that an address means, by the ways Slack writes it."""
        for file in self.files.values():
            if address in (private_url(file, self.public_url), permalink(file, self.public_url)):
                return file
        return None

    def is_within_reach(self, file: StoredFile) -> bool:
        """Whether the app may see it: shared in one of its channels, its own, or handed in through its modals."""
        channels = (self.channels[channel_id] for channel_id in file.shares)
        return file.user == BOT_USER or not file.shares or any(BOT_USER in channel.members for channel in channels)

    def is_processed(self, file: StoredFile) -> bool:
        return self.clock.now().timestamp() >= file.ready_at

    def file_to_slack(self, file: StoredFile) -> Json:
        """The file object of `files.info`."""
        return self._told(file) | {"shares": self._shares(file)}

    def _told(self, file: StoredFile) -> Json:
        now = self.clock.now().timestamp()
        found = told(file, team=self.people[file.user].team_id, public_url=self.public_url, now=now)
        if file.mode == "tombstone":
            return found
        places = [self.channels[channel_id] for channel_id in file.shares]
        groups = [channel.id for channel in places if channel.is_private]
        public = [channel.id for channel in places if not channel.is_private and not channel.is_im]
        ims = [channel.id for channel in places if channel.is_im]
        return found | {"channels": public, "groups": groups, "ims": ims, "is_public": bool(public)}

    def _in_message(self, file: StoredFile) -> Json:
        is_foreign = self.people[file.user].is_outsider and file.mode != "tombstone"
        return behind_a_look(file) if is_foreign else self._told(file)

    def _shares(self, file: StoredFile) -> Json:
        shares: dict[str, dict[str, Any]] = {}
        for channel_id, stamps in file.shares.items():
            channel = self.channels[channel_id]
            kind = "private" if channel.is_private or channel.is_im else "public"
            named = {"channel_name": channel.name, "team_id": TEAM, "share_user_id": file.user}
            shares.setdefault(kind, {})[channel_id] = [named | self._share(channel_id, ts) for ts in stamps]
        return shares

    def _share(self, channel_id: str, ts: str) -> Json:
        message = self.message(channel_id, ts)
        if message is None or not message.is_reply:
            return {"ts": ts}
        return {"ts": ts, "thread_ts": message.thread_ts}

    # Housekeeping

    def touch(self) -> None:
        self.version += 1

    def change_person(self, user_id: str, **changes: Any) -> Person:
        person = replace(self.person(user_id), **changes)
        self.put_person(person)
        return person
