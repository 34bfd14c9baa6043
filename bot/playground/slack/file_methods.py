"""`files.*`: telling about files, and taking the app's own in three steps."""

import secrets
from dataclasses import dataclass, field

from bot.playground.slack import payloads
from bot.playground.slack.calls import Args, Method
from bot.playground.slack.errors import SlackRefusalError
from bot.playground.slack.people import BOT_USER
from bot.playground.slack.shapes import Json
from bot.playground.slack.talking import Talking
from bot.playground.slack.workspace import Message, StoredFile, Workspace


@dataclass(slots=True)
class _Upload:
    filename: str
    length: int
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
            "files.getUploadURLExternal": Method(self.get_upload_url, "4", write, asked, takes_json=False),
            "files.completeUploadExternal": Method(self.complete_upload, "4", write, ("files",)),
        }

    def info(self, args: Args) -> Json:
        """The app sees files shared in its channels, its own, and those handed in through its modals."""
        stored = self.workspace.files.get(args.text("file"))
        if stored is None or not self.is_visible(stored):
            raise SlackRefusalError("file_not_found")
        told = self.workspace.file_to_slack(stored, self.public_url)
        return {"file": told, "comments": [], "response_metadata": {"next_cursor": ""}}

    def is_visible(self, stored: StoredFile) -> bool:
        channels = (self.workspace.channels[channel_id] for channel_id in stored.shares)
        return not stored.shares or any(BOT_USER in channel.members for channel in channels)

    def get_upload_url(self, args: Args) -> Json:
        upload_id = f"F{secrets.token_hex(5).upper()}"
        self._uploads[upload_id] = _Upload(args.text("filename"), args.number("length", 0))
        return {"upload_url": f"{self.public_url}/upload/v1/{upload_id}", "file_id": upload_id}

    def received(self, upload_id: str, content: bytes) -> bool:
        """Bytes posted to an upload address; whether they were what was announced."""
        upload = self._uploads.get(upload_id)
        if upload is None or len(content) != upload.length:
            return False
        upload.content = content
        return True

    def complete_upload(self, args: Args) -> Json:
        files = args.parsed("files")
        if not isinstance(files, list) or not files:
            raise SlackRefusalError(
                "invalid_arguments", messages=["[ERROR] files must be a list of objects with an id"]
            )
        stored = [self._stored(entry) for entry in files]
        channel_id = args.text("channel_id")
        if channel_id:
            self._share(stored, channel_id, args)
        return {"files": [{"id": entry.id, "title": entry.name} for entry in stored]}

    def _stored(self, entry: object) -> StoredFile:
        upload = self._uploads.get(str(entry.get("id"))) if isinstance(entry, dict) else None
        if upload is None or upload.content is None:
            raise SlackRefusalError("file_not_found")
        return self.talking.store_file(upload.content, upload.filename, user=BOT_USER)

    def _share(self, files: list[StoredFile], channel_id: str, args: Args) -> None:
        channel = self.workspace.channels.get(channel_id)
        if channel is None:
            raise SlackRefusalError("channel_not_found")
        if BOT_USER not in channel.members:
            raise SlackRefusalError("not_in_channel")
        message = Message(
            channel=channel_id,
            ts=self.workspace.new_ts(),
            user=BOT_USER,
            text=args.text("initial_comment"),
            thread_ts=args.text("thread_ts") or None,
            files=[stored.id for stored in files],
        )
        self.workspace.add_message(message)
        for stored in files:
            stored.shares[channel_id] = [message.ts]
            self.workspace.put_file(stored)
            if "file_shared" in self.talking.sight.events:
                event = payloads.file_shared(stored, channel_id, message.ts)
                self.talking.sight.deliveries.event_soon(event, is_shared=channel.is_shared)
