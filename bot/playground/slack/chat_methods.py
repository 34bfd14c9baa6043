"""`chat.*`."""

import json
from dataclasses import dataclass, replace

from bot.playground.slack.calls import Args, Method
from bot.playground.slack.errors import SlackRefusalError
from bot.playground.slack.pace import Pace
from bot.playground.slack.people import APP, BOT_USER, Channel
from bot.playground.slack.response_urls import checked_content
from bot.playground.slack.shapes import Json
from bot.playground.slack.workspace import Message, Workspace

LONGEST_TEXT, LONGEST_UPDATE, LONGEST_METADATA = 40_000, 4_000, 8_000
_WRITE = ("chat:write",)


@dataclass(slots=True)
class ChatMethods:
    workspace: Workspace
    pace: Pace
    public_url: str

    def table(self) -> dict[str, Method]:
        placed = ("channel", "ts")
        return {
            "chat.postMessage": Method(self.post, "special", _WRITE, ("channel",)),
            "chat.postEphemeral": Method(self.post_ephemeral, "4", _WRITE, ("channel", "user")),
            "chat.update": Method(self.update, "3", _WRITE, placed),
            "chat.delete": Method(self.delete, "3", _WRITE, placed),
            "chat.getPermalink": Method(self.permalink, "special", (), ("channel", "message_ts"), takes_json=False),
        }

    def post(self, args: Args) -> Json:
        channel = self._channel_to_post(args)
        text, blocks = self._content(args, args.parsed("blocks", "invalid_blocks_format"))
        metadata = _metadata(args)
        wait = self.pace.wait_for_post(channel.id)
        if wait is not None:
            raise SlackRefusalError("ratelimited", retry_after=str(wait))
        message = Message(
            channel=channel.id,
            ts=self.workspace.new_ts(),
            user=BOT_USER,
            text=text[:LONGEST_TEXT],
            blocks=blocks,
            thread_ts=args.text("thread_ts") or None,
            is_broadcast=args.flag("reply_broadcast"),
            metadata=metadata,
        )
        self.workspace.add_message(message)
        return self._told(message) | _warnings(text, args)

    def post_ephemeral(self, args: Args) -> Json:
        channel, user = self._channel_to_post(args), args.text("user")
        if user not in channel.members:
            raise SlackRefusalError("user_not_in_channel")
        text, blocks = self._content(args, args.parsed("blocks", "invalid_blocks_format"))
        if len(text) > LONGEST_TEXT:
            raise SlackRefusalError("msg_too_long")
        message = Message(
            channel=channel.id,
            ts=self.workspace.new_ts(),
            user=BOT_USER,
            text=text,
            blocks=blocks,
            thread_ts=args.text("thread_ts") or None,
            only_for=user,
        )
        self.workspace.add_message(message)
        return {"message_ts": message.ts} | _warnings(text, args)

    def update(self, args: Args) -> Json:
        """Blocks that are not mentioned stay, and hide the new text; an empty list takes them away."""
        message = self._own_message(args, "cant_update_message")
        given = args.parsed("blocks", "invalid_blocks_format")
        text, blocks = self._content(args, message.blocks if given is None else given)
        if len(text) > LONGEST_UPDATE:
            raise SlackRefusalError("msg_too_long")
        changed = replace(message, text=text, blocks=blocks, edited_ts=self.workspace.new_ts())
        if "metadata" in args.given:
            changed = replace(changed, metadata=_metadata(args))
        self.workspace.put_message(changed)
        return {**self._told(changed), "text": text} | _warnings(text, args)

    def delete(self, args: Args) -> Json:
        message = self._own_message(args, "cant_delete_message")
        self.workspace.drop_message(message)
        return {"channel": message.channel, "ts": message.ts}

    def permalink(self, args: Args) -> Json:
        channel = self._visible(args)
        message = self.workspace.message(channel.id, args.text("message_ts"))
        if message is None or message.only_for is not None:
            raise SlackRefusalError("message_not_found")
        link = f"{self.public_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
        if message.is_reply:
            link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
        return {"channel": channel.id, "permalink": link}

    def _content(self, args: Args, blocks: object) -> tuple[str, list[Json]]:
        return checked_content(args.given.get("text"), blocks, self.workspace)

    def _visible(self, args: Args) -> Channel:
        """A private channel the app is not in does not exist for it."""
        channel = self.workspace.channels.get(args.text("channel"))
        if channel is None or (channel.is_private and BOT_USER not in channel.members):
            raise SlackRefusalError("channel_not_found")
        return channel

    def _channel_to_post(self, args: Args) -> Channel:
        name = args.text("channel")
        if name in self.workspace.people:
            return self._dm(name)
        channel = self.workspace.channel_named(name)
        if channel is None or (channel.is_private and BOT_USER not in channel.members):
            raise SlackRefusalError("channel_not_found")
        if channel.is_archived:
            raise SlackRefusalError("is_archived")
        scopes = args.caller.scopes or frozenset()
        if BOT_USER not in channel.members and "chat:write.public" not in scopes:
            raise SlackRefusalError("not_in_channel")
        return channel

    def _dm(self, user_id: str) -> Channel:
        """Posting to a person opens the direct message; bots, leavers and outsiders have none."""
        person = self.workspace.person(user_id)
        if person.is_bot or person.is_deleted or person.is_outsider:
            raise SlackRefusalError("channel_not_found")
        return self.workspace.dm(user_id)

    def _own_message(self, args: Args, otherwise: str) -> Message:
        channel = self._visible(args)
        message = self.workspace.message(channel.id, args.text("ts"))
        if message is None or message.only_for is not None:
            raise SlackRefusalError("message_not_found")
        if message.user != BOT_USER:
            raise SlackRefusalError(otherwise)
        return message

    def _told(self, message: Message) -> Json:
        told: Json = {"channel": message.channel, "ts": message.ts, "message": self.workspace.to_slack(message)}
        told["message"]["app_id"] = APP
        return told


def _metadata(args: Args) -> Json | None:
    metadata = args.parsed("metadata", "invalid_metadata_format")
    if not metadata:
        return None
    if not isinstance(metadata, dict) or not {"event_type", "event_payload"} <= set(metadata):
        raise SlackRefusalError("invalid_metadata_format")
    if len(json.dumps(metadata)) > LONGEST_METADATA:
        raise SlackRefusalError("metadata_too_large")
    return metadata


def _warnings(text: str, args: Args) -> Json:
    """Slack takes these, and complains."""
    found = []
    if len(text) > LONGEST_TEXT:
        found.append("message_truncated")
    if not text.strip() and args.given.get("blocks"):
        found.append("missing_text_in_message")
    return {"warning": ",".join(found), "response_metadata": {"warnings": found}} if found else {}
