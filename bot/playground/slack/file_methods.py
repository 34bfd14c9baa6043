"""`files.*`: telling about files, and taking the app's own in three steps."""

from dataclasses import dataclass, field
from typing import Any

from bot.playground.slack import payloads
from bot.playground.slack.calls import Args, Method
from bot.playground.slack.errors import SlackRefusalError
from bot.playground.slack.files import StoredFile
from bot.playground.slack.people import BOT_USER, Channel
from bot.playground.slack.response_urls import checked_content
from bot.playground.slack.shapes import Json
from bot.playground.slack.talking import Talking
from bot.playground.slack.workspace import Message, Workspace, new_id

LARGEST = 1024 * 1024 * 1024
LONGEST_ALT_TEXT = 1000
MOST_CHANNELS = 100


@dataclass(slots=True)
class _Upload:
    filename: str
    length: int
    alt_text: str
    content: bytes | None = None


@dataclass(slots=True)
class FileMethods:
    workspace: Workspace
    talking: Talking
    public_url: str
    _uploads: dict[str, _Upload] = field(default_factory=dict)

    def table(self) -> dict[str, Method]:
        write = ("files:write",)
        asked = ("filename", "length")
        return {
            "files.info": Method(self.info, "4", ("files:read",), ("file",), takes_json=False),
            "files.delete": Method(self.delete, "3", write, ("file",)),
            "files.getUploadURLExternal": Method(self.get_upload_url, "4", write, asked, takes_json=False),
            "files.completeUploadExternal": Method(self.complete_upload, "4", write, ("files",)),
        }

    def info(self, args: Args) -> Json:
        told = self.workspace.file_to_slack(self._visible(args))
        return {"file": told, "comments": [], "response_metadata": {"next_cursor": ""}}

    def delete(self, args: Args) -> Json:
        stored = self._visible(args)
        if stored.user != BOT_USER:
            raise SlackRefusalError("cant_delete_file")
        self.workspace.delete_file(stored)
        return {}

    def _visible(self, args: Args) -> StoredFile:
        stored = self.workspace.files.get(args.text("file"))
        if stored is None or not self.workspace.is_within_reach(stored):
            raise SlackRefusalError("file_not_found")
        if stored.mode == "tombstone":
            raise SlackRefusalError("file_deleted")
        return stored

    def get_upload_url(self, args: Args) -> Json:
        length, alt_text = args.number("length", 0), args.text("alt_txt")
        if length < 1:
            raise SlackRefusalError("invalid_arguments", messages=["[ERROR] length must be more than 0"])
        if length > LARGEST:
            raise SlackRefusalError("file_upload_size_restricted")
        if len(alt_text) > LONGEST_ALT_TEXT:
            raise SlackRefusalError("alt_txt_too_large")
        file_id = new_id("F")
        self._uploads[file_id] = _Upload(args.text("filename"), length, alt_text)
        return {"upload_url": f"{self.public_url}/upload/v1/{file_id}", "file_id": file_id}

    def received(self, upload_id: str, content: bytes) -> bool:
        """Bytes posted to an upload address; whether they were what was announced."""
        upload = self._uploads.get(upload_id)
        if upload is None or len(content) != upload.length:
            return False
        upload.content = content
        return True

    def complete_upload(self, args: Args) -> Json:
        """Files without a channel are the app's own, and nobody is told; with one, one message has them all."""
        files = args.parsed("files")
        if not isinstance(files, list) or not files or not all(isinstance(entry, dict) for entry in files):
            raise SlackRefusalError(
                "invalid_arguments", messages=["[ERROR] files must be a list of objects with an id"]
            )
        if any(self._arrived(entry) is None for entry in files):
            raise SlackRefusalError("file_not_found")
        channels = [self._channel(name) for name in _named_channels(args)]
        text, blocks = self._words(args) if channels else ("", [])
        stored = [self._taken_in(entry) for entry in files]
        for channel in channels:
            self._share(stored, channel, text, blocks, args.text("thread_ts") or None)
        return {"files": [self.workspace.file_to_slack(file) for file in stored]}

    def _arrived(self, entry: Json) -> _Upload | None:
        upload = self._uploads.get(str(entry.get("id")))
        return upload if upload is not None and upload.content is not None else None

    def _taken_in(self, entry: Json) -> StoredFile:
        file_id = str(entry["id"])
        upload = self._uploads.pop(file_id)
        facts: dict[str, Any] = {
            "id": file_id,
            "title": str(entry.get("title") or ""),
            "alt_text": upload.alt_text,
            "ready_at": self.workspace.clock.now().timestamp() + self.workspace.processing_seconds,
        }
        return self.workspace.keep_file(upload.content or b"", upload.filename, user=BOT_USER, **facts)

    def _channel(self, name: str) -> Channel:
        channel = self.workspace.channels.get(name)
        if channel is None or (channel.is_private and BOT_USER not in channel.members):
            raise SlackRefusalError("channel_not_found")
        if BOT_USER not in channel.members:
            raise SlackRefusalError("not_in_channel")
        return channel

    def _words(self, args: Args) -> tuple[str, list[Json]]:
        comment, blocks = args.text("initial_comment"), args.parsed("blocks", "invalid_blocks")
        if comment or not blocks:
            return comment, []
        return checked_content(comment, blocks, self.workspace)

    def _share(
        self, files: list[StoredFile], channel: Channel, text: str, blocks: list[Json], thread_ts: str | None
    ) -> None:
        message = Message(
            channel=channel.id,
            ts=self.workspace.new_ts(),
            user=BOT_USER,
            text=text,
            blocks=blocks,
            thread_ts=thread_ts,
            files=[stored.id for stored in files],
        )
        self.workspace.add_message(message)
        for stored in files:
            stored.shares[channel.id] = [message.ts]
            self.workspace.put_file(stored)
            if "file_shared" in self.talking.sight.manifest.events:
                event = payloads.file_shared(stored, channel.id, message.ts, by=stored.user)
                self.talking.sight.deliveries.event_soon(event, is_shared=channel.is_shared)


def _named_channels(args: Args) -> list[str]:
    names = [name.strip() for name in (args.text("channel_id"), *args.text("channels").split(",")) if name.strip()]
    if len(names) > MOST_CHANNELS:
        raise SlackRefusalError("channels_limit_exceeded")
    return list(dict.fromkeys(names))
