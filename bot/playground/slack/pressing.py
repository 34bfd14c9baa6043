"""Buttons, selects, menus and tabs: each press is one signed delivery."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.playground.slack import payloads
from bot.playground.slack.deliveries import Answer
from bot.playground.slack.elements import OPTION, OPTION_GROUP
from bot.playground.slack.entries import Entries, entry_for
from bot.playground.slack.errors import NotPossibleError
from bot.playground.slack.people import BOT_USER
from bot.playground.slack.shapes import Json, Report, array
from bot.playground.slack.sight import Sight
from bot.playground.slack.views import View
from bot.playground.slack.workspace import Message


@dataclass(slots=True)
class Pressing:
    sight: Sight

    async def click(
        self,
        where: Message | View,
        action_id: str,
        *,
        user: str,
        value: object = None,
        block_id: str | None = None,
        values: Mapping[str, object] | None = None,
    ) -> Answer:
        """Press a button, or choose in a select, a picker, a set of boxes.

        Args:
            where: the message or view as the person sees it. A message changed since is clicked as it was seen.
            action_id: which element.
            user: who.
            value: what was chosen or typed: an option's value, a user or channel id, a date, or a list of these.
            block_id: needed only where two blocks use the same action_id.
            values: what else was entered on the same surface, as for `submit`.
        """
        block, element = self.sight.element(where, action_id, block_id)
        entries = self.sight.entries(where, values or {})
        entry = None
        if element["type"] != "button":
            entry = entry_for(element, value, self.sight.offers(where, block, element))
            if element["type"] != "overflow":
                entries.setdefault(block["block_id"], {})[element["action_id"]] = entry
        action = payloads.action(block, element, entry, self.sight.workspace.new_ts())
        person = self.sight.workspace.person(user)
        payload = payloads.envelope("block_actions", person) | {"actions": [action]}
        payload["trigger_id"] = self.sight.views.new_trigger(user)
        payload |= self._place(where, user, entries)
        answer = await self.sight.deliveries.interaction(payload)
        self.sight.workspace.touch()
        return answer

    def _place(self, where: Message | View, user_id: str, entries: Entries) -> Json:
        if isinstance(where, View):
            self.sight.in_front(where, user_id)
            self.sight.views.save(where)
            return payloads.in_view(where)
        channel, message = self.sight.seen(where.channel, user_id), self.sight.still_there(where, user_id)
        place = payloads.in_message(message, self.sight.workspace.to_slack(message), channel, entries)
        return place | {"response_url": self.sight.response_urls.new(channel.id, user_id, message)}

    async def options(
        self, where: Message | View, action_id: str, query: str = "", *, user: str, block_id: str | None = None
    ) -> list[Json]:
        """Search in an external select. What the app offers is remembered, so that it can be chosen afterwards.

        Raises:
            NotPossibleError: the app did not answer in time, or not with options as Slack takes them.
        """
        return [option for _, option in await self.grouped(where, action_id, query, user=user, block_id=block_id)]

    async def grouped(
        self, where: Message | View, action_id: str, query: str, *, user: str, block_id: str | None
    ) -> list[tuple[str, Json]]:
        """As `options`, each with the label of the group that it stands in; empty where it stands in none."""
        block, element = self.sight.element(where, action_id, block_id)
        if len(query) < element.get("min_query_length", 3):
            return []
        person = self.sight.workspace.person(user)
        payload = payloads.envelope("block_suggestion", person)
        payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": query}
        payload |= self._suggestion_place(where, user)
        answer = await self.sight.deliveries.interaction(payload)
        found = self._offered_options(answer)
        self.sight.offers(where, block, element).extend(option for _, option in found)
        return found

    def _suggestion_place(self, where: Message | View, user_id: str) -> Json:
        if isinstance(where, View):
            self.sight.in_front(where, user_id)
            return payloads.in_view(where)
        channel, message = self.sight.seen(where.channel, user_id), self.sight.still_there(where, user_id)
        return payloads.in_message(message, self.sight.workspace.to_slack(message), channel, {})

    def _offered_options(self, answer: Answer) -> list[tuple[str, Json]]:
        if answer.error or answer.body is None:
            raise NotPossibleError(f"no options: {answer.error or 'the answer is not JSON'}")
        report = Report()
        groups = "option_groups" in answer.body
        name, rule = ("option_groups", OPTION_GROUP) if groups else ("options", OPTION)
        array(rule, 100, 0)(answer.body.get(name), f"/{name}", report)
        if report.messages:
            self.sight.refusals.append(f"options: {report.messages}")
            raise NotPossibleError(f"Slack does not take these options: {'; '.join(report.messages)}")
        return list(payloads.grouped(answer.body))

    async def shortcut(self, callback_id: str, *, user: str) -> Answer:
        """A global shortcut."""
        payload = payloads.envelope("shortcut", self.sight.workspace.person(user))
        return await self._shortcut(payload, callback_id, user)

    async def message_shortcut(self, callback_id: str, message: Message, *, user: str) -> Answer:
        """A shortcut from a message's menu."""
        channel, message = self.sight.seen(message.channel, user), self.sight.still_there(message, user)
        if message.only_for is not None:
            raise NotPossibleError("a message that only one person sees has no menu")
        payload = payloads.envelope("message_action", self.sight.workspace.person(user))
        payload |= {
            "channel": payloads.named(channel),
            "message_ts": message.ts,
            "message": self.sight.workspace.to_slack(message),
            "response_url": self.sight.response_urls.new(channel.id, user, message),
        }
        return await self._shortcut(payload, callback_id, user)

    async def _shortcut(self, payload: Json, callback_id: str, user: str) -> Answer:
        del payload["api_app_id"]  # Slack does not say it here
        payload |= {"callback_id": callback_id, "trigger_id": self.sight.views.new_trigger(user)}
        return await self.sight.deliveries.interaction(payload | {"action_ts": self.sight.workspace.new_ts()})

    async def open_home(self, user: str, tab: str = "home") -> View | None:
        """Open the app's Home (or Messages) tab; gives the Home the person then sees."""
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.sight.workspace.dm(user).id,
            "tab": tab,
            "event_ts": self.sight.workspace.new_ts(),
        }
        home = self.sight.views.home(user)
        if home is not None and tab == "home":
            event["view"] = home.to_slack()
        await self.sight.event(event)
        return self.sight.views.home(user)

    def removed(self) -> None:
        """The app is gone, and in no channel any more."""
        for channel in list(self.sight.workspace.channels.values()):
            self.sight.workspace.put_channel(channel.without_member(BOT_USER))
