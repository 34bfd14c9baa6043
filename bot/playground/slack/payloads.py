"""The bodies of interactions, field by field as Slack sends them."""

from collections.abc import Iterator

from bot.playground.slack.deliveries import VERIFICATION_TOKEN
from bot.playground.slack.entries import Entries
from bot.playground.slack.files import StoredFile
from bot.playground.slack.people import APP, TEAM, TEAM_DOMAIN, Channel, Person
from bot.playground.slack.shapes import Json
from bot.playground.slack.views import View
from bot.playground.slack.workspace import Message


def envelope(kind: str, person: Person) -> Json:
    """What every interaction begins with.

    In a shared channel `user.team_id` names the company of the person, while `team` is always the one that installed
    the app: that difference is the only way to tell an outsider.
    """
    return {
        "type": kind,
        "team": {"id": TEAM, "domain": TEAM_DOMAIN},
        "user": {"id": person.id, "username": person.handle, "name": person.handle, "team_id": person.team_id},
        "api_app_id": APP,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def named(channel: Channel) -> Json:
    name = "directmessage" if channel.is_im else "privategroup" if channel.is_private else channel.name
    return {"id": channel.id, "name": name}


def command(name: str, text: str, person: Person, channel: Channel) -> dict[str, str]:
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": str(named(channel)["name"]),
        "user_id": person.id,
        "user_name": person.handle,
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
    }


def in_message(message: Message, as_slack: Json, channel: Channel, entries: Entries) -> Json:
    """Where a click on a message happened. Of an ephemeral one Slack does not send the message back."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    found: Json = {"container": container, "channel": named(channel), "state": {"values": entries}}
    return found if message.only_for else {**found, "message": as_slack}


def in_view(view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": view.to_slack()}


def action(block: Json, element: Json, entry: Json | None, ts: str) -> Json:
    """One member of `actions`."""
    found: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": ts,
    }
    if element["type"] == "button":
        found["text"] = element["text"]
    found |= {name: element[name] for name in _ECHOED if name in element}
    return found | (entry or {})


_ECHOED = ("value", "style", "confirm", "placeholder", "initial_option", "initial_date", "min_query_length")


def kind_of(channel: Channel) -> str:
    """How subscriptions to messages name the kind of place: `message.channels`, `message.groups`, `message.im`."""
    return "im" if channel.is_im else "groups" if channel.is_private else "channels"


def said(message: Json, channel: Channel) -> Json:
    kind = {"im": "im", "groups": "group", "channels": "channel"}[kind_of(channel)]
    return {**message, "channel": channel.id, "channel_type": kind, "event_ts": message["ts"]}


def member_joined(channel: Channel, person: Person, ts: str, inviter: str | None = None) -> Json:
    event: Json = {
        "type": "member_joined_channel",
        "user": person.id,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": person.team_id,
        "event_ts": ts,
    }
    return event | ({"inviter": inviter} if inviter else {})


def file_shared(stored: StoredFile, channel_id: str, ts: str, *, by: str) -> Json:
    return {
        "type": "file_shared",
        "file_id": stored.id,
        "user_id": by,
        "file": {"id": stored.id},
        "channel_id": channel_id,
        "event_ts": ts,
    }


def grouped(options: Json) -> Iterator[tuple[str, Json]]:
    """The options of an answer to `block_suggestion`, each with the label of its group."""
    yield from (("", option) for option in options.get("options") or [])
    for group in options.get("option_groups") or []:
        yield from ((group["label"]["text"], option) for option in group.get("options") or [])
