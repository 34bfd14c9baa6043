"""`reactions.*`: what the app puts under a message. https://docs.slack.dev/reference/methods/reactions.add"""

import re
from dataclasses import dataclass, replace

from bot.playground.slack.calls import Args, Method
from bot.playground.slack.emoji import is_known
from bot.playground.slack.errors import SlackRefusalError
from bot.playground.slack.people import BOT_USER, Channel
from bot.playground.slack.shapes import Json
from bot.playground.slack.workspace import Message, Workspace

MOST_BY_ONE, MOST_EMOJI = 23, 50
"""Of one person on one message, and different ones on it. Slack's errors say that there is a limit, its help how many."""


@dataclass(slots=True)
class ReactionMethods:
    workspace: Workspace

    def table(self) -> dict[str, Method]:
        named = ("channel", "name", "timestamp")
        return {
            "reactions.add": Method(self.add, "3", ("reactions:write",), named),
            "reactions.remove": Method(self.remove, "2", ("reactions:write",), ("name",)),
            "reactions.get": Method(self.get, "3", ("reactions:read",), takes_json=False),
        }

    def add(self, args: Args) -> Json:
        message, name = self._message(args, may_be_archived=False), _name(args)
        users = message.reactions.get(name, [])
        if BOT_USER in users:
            raise SlackRefusalError("already_reacted")
        if sum(BOT_USER in others for others in message.reactions.values()) >= MOST_BY_ONE:
            raise SlackRefusalError("too_many_reactions")
        if not users and len(message.reactions) >= MOST_EMOJI:
            raise SlackRefusalError("too_many_emoji")
        self._put(message, name, [*users, BOT_USER])
        return {}

    def remove(self, args: Args) -> Json:
        message, name = self._message(args, may_be_archived=True), _name(args)
        users = message.reactions.get(name, [])
        if BOT_USER not in users:
            raise SlackRefusalError("no_reaction")
        self._put(message, name, [user for user in users if user != BOT_USER])
        return {}

    def get(self, args: Args) -> Json:
        message = self._message(args, may_be_archived=True)
        return {"type": "message", "channel": message.channel, "message": self.workspace.to_slack(message)}

    def _put(self, message: Message, name: str, users: list[str]) -> None:
        reactions = {**message.reactions, name: users}
        self.workspace.put_message(replace(message, reactions={key: who for key, who in reactions.items() if who}))

    def _message(self, args: Args, *, may_be_archived: bool) -> Message:
        if not args.text("channel") or not args.text("timestamp"):
            raise SlackRefusalError("no_item_specified")
        channel, ts = self._channel(args), args.text("timestamp")
        if channel.is_archived and not may_be_archived:
            raise SlackRefusalError("is_archived")
        if not re.fullmatch(r"\d{1,10}\.\d{1,6}", ts):
            raise SlackRefusalError("bad_timestamp")
        message = self.workspace.message(channel.id, ts)
        if message is None or message.only_for is not None:
            raise SlackRefusalError("message_not_found")
        return message

    def _channel(self, args: Args) -> Channel:
        channel = self.workspace.channels.get(args.text("channel"))
        if channel is None:
            raise SlackRefusalError("channel_not_found")
        if BOT_USER not in channel.members:
            raise SlackRefusalError("channel_not_found" if channel.is_private else "not_in_channel")
        return channel


def _name(args: Args) -> str:
    name = args.text("name").strip(":")
    if not is_known(name):
        raise SlackRefusalError("invalid_name")
    return name
