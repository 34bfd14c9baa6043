"""What one person can see and reach: the ground that everything people do stands on.

A test cannot do what a person could not: a button has to be there to be pressed, and a channel has to be one's own to
be seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.playground.slack.blocks import elements_of
from bot.playground.slack.deliveries import Answer, Deliveries
from bot.playground.slack.entries import Entries, entry_for, untouched
from bot.playground.slack.errors import NotPossibleError, SlackRefusalError
from bot.playground.slack.installations import Installations
from bot.playground.slack.manifest import Manifest
from bot.playground.slack.people import TEAM, Channel
from bot.playground.slack.response_urls import ResponseUrls
from bot.playground.slack.shapes import Json
from bot.playground.slack.views import View, Views
from bot.playground.slack.workspace import Message, Workspace


@dataclass(slots=True)
class Sight:
    workspace: Workspace
    views: Views
    deliveries: Deliveries
    response_urls: ResponseUrls
    installations: Installations
    manifest: Manifest
    refusals: list[str] = field(default_factory=list)
    _offered: dict[tuple[str, str, str], list[Json]] = field(default_factory=dict)

    async def event(
        self, event: Json, channel_id: str | None = None, *, kind: str | None = None, team: str = TEAM
    ) -> Answer:
        """Send an event to the app, if it asked for that kind: the event's type unless said otherwise."""
        if (kind or event["type"]) not in self.manifest.events:
            return Answer(status=None, error="not_subscribed")
        is_shared = channel_id is not None and self.workspace.channels[channel_id].is_shared
        answer = await self.deliveries.event(event, is_shared=is_shared, team=team)
        self.workspace.touch()
        return answer

    def refused(self, what: str, refusal: SlackRefusalError) -> None:
        self.refusals.append(f"{what}: {refusal}")

    def seen(self, channel_id: str, user_id: str) -> Channel:
        self.workspace.person(user_id)
        channel = self.workspace.channels.get(channel_id)
        if channel is None or user_id not in channel.members:
            raise NotPossibleError(f"{user_id} is not in {channel_id}")
        return channel

    def still_there(self, message: Message, user_id: str) -> Message:
        current = self.workspace.message(message.channel, message.ts)
        if current is None or current.only_for not in (None, user_id):
            raise NotPossibleError("this message is gone, or somebody else's")
        return current

    def in_front(self, view: View, user_id: str) -> None:
        if self.views.get(view.id) is not view or view.user != user_id:
            raise NotPossibleError("this view is closed, or somebody else's")
        if view.definition["type"] == "modal" and self.views.top(user_id) is not view:
            raise NotPossibleError("another modal is in front of this one")

    def element(self, where: Message | View, action_id: str, block_id: str | None) -> tuple[Json, Json]:
        pairs = list(elements_of(where.blocks))
        for block, element in pairs:
            if element["action_id"] == action_id and block_id in (None, block["block_id"]):
                return block, element
        raise NotPossibleError(f"{action_id} is not here; there is {[e['action_id'] for _, e in pairs]}")

    def offers(self, where: Message | View, block: Json, element: Json) -> list[Json]:
        name = where.id if isinstance(where, View) else where.key
        return self._offered.setdefault((name, block["block_id"], element["action_id"]), [])

    def entries(self, where: Message | View, values: Mapping[str, object]) -> Entries:
        """What stands in the fields of a surface once these values are entered."""
        entries: Entries = where.entries if isinstance(where, View) else untouched(where.blocks)
        for name, raw in values.items():
            for block, element, plain in self._named(where, name, raw):
                given = self._handed_in(plain) if element["type"] == "file_input" else plain
                entry = entry_for(element, given, self.offers(where, block, element))
                entries.setdefault(block["block_id"], {})[element["action_id"]] = entry
        return entries

    def _handed_in(self, raw: object) -> list[Json]:
        """Files of a form by their ids, as Slack describes them in the state."""
        ids = raw if isinstance(raw, list | tuple) else [raw] if raw else []
        files = [self.workspace.files[str(each.get("id")) if isinstance(each, dict) else str(each)] for each in ids]
        return [self.workspace.file_to_slack(stored) for stored in files]

    def _named(self, where: Message | View, name: str, raw: object) -> list[tuple[Json, Json, object]]:
        pairs = [pair for pair in elements_of(where.blocks) if pair[1]["type"] not in {"button", "overflow"}]
        in_block = [(block, element) for block, element in pairs if block["block_id"] == name]
        if in_block and isinstance(raw, Mapping) and set(raw) <= {element["action_id"] for _, element in in_block}:
            return [
                (block, element, raw[element["action_id"]])
                for block, element in in_block
                if element["action_id"] in raw
            ]
        found = in_block or [(block, element) for block, element in pairs if element["action_id"] == name]
        if len(found) != 1:
            there = [(block["block_id"], element["action_id"]) for block, element in pairs]
            raise NotPossibleError(f"{name!r} names {len(found)} fields; there is {there}")
        return [(*found[0], raw)]
