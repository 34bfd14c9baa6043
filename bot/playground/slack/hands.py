"""What people do in Slack: type a command, click, fill in a form, drop a file. Each ends in a signed delivery.

The page and the tests use the same hands, so a test cannot do what a person could not: a button has to be there to
be pressed, and a channel has to be one's own to be seen.
"""

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.playground.slack import payloads
from bot.playground.slack.blocks import elements_of
from bot.playground.slack.deliveries import Answer, Deliveries
from bot.playground.slack.elements import OPTION, OPTION_GROUP
from bot.playground.slack.entries import Entries, client_error, entry_for, field_of, untouched
from bot.playground.slack.errors import NotPossibleError, SlackRefusalError
from bot.playground.slack.people import BILLS, BOT_USER, Channel
from bot.playground.slack.response_urls import ResponseUrls
from bot.playground.slack.shapes import Json, Report, array
from bot.playground.slack.views import View, Views
from bot.playground.slack.workspace import Message, StoredFile, Workspace, new_id

TROUBLE = "We had some trouble connecting. Try again?"
EVENTS = frozenset({"app_home_opened", "app_uninstalled", "tokens_revoked", "file_shared", "member_joined_channel"})

_PERSON_TYPED = re.compile(r"(?<![<\w])@([a-z][a-z0-9._-]*)")
_CHANNEL_TYPED = re.compile(r"(?<![<\w])#([a-z][a-z0-9_-]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What the person saw after pressing the submit button.

    `errors` stand under the fields, by block_id. `error` is Slack's own complaint when the app did not answer, or
    answered nonsense. `view` is the modal now in front, if any. `was_sent` is false when Slack's client itself
    refused, for a required field left empty for example.
    """

    errors: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    view: View | None = None
    was_sent: bool = True


@dataclass(slots=True)
class Hands:
    workspace: Workspace
    views: Views
    deliveries: Deliveries
    response_urls: ResponseUrls
    commands: tuple[str, ...] = ("/dext",)
    events: frozenset[str] = EVENTS
    refusals: list[str] = field(default_factory=list)
    _offered: dict[tuple[str, str, str], list[Json]] = field(default_factory=dict)

    # Typing

    async def typed(self, text: str, *, user: str, channel: str, thread_ts: str | None = None) -> Answer | None:
        """Whatever is typed into a channel: a command, `/invite @dext`, or a message."""
        word, _, rest = text.strip().partition(" ")
        if word == "/invite":
            await self._invited(rest.strip(), user=user, channel=channel)
        elif word.startswith("/") and thread_ts:
            self.workspace.slackbot_says(channel, user, f"{word} is not supported in threads. Sorry!")
        elif word.startswith("/"):
            return await self.command(word, rest.strip(), user=user, channel=channel)
        elif word:
            await self.say(text.strip(), user=user, channel=channel, thread_ts=thread_ts)
        return None

    async def command(self, name: str, text: str = "", *, user: str, channel: str = BILLS) -> Answer:
        """A slash command. Its direct answer becomes a message only this person sees."""
        place, person = self._seen(channel, user), self.workspace.person(user)
        if name not in self.commands or person.is_outsider or not self.deliveries.is_installed:
            self.workspace.slackbot_says(channel, user, f"{name} is not a valid command.")
            return Answer(status=None, error="not_a_command")
        fields = payloads.command(name, self._escaped(text), person, place)
        fields["response_url"] = self.response_urls.new(channel, user)
        fields["trigger_id"] = self.views.new_trigger(user)
        answer = await self.deliveries.command(fields)
        if answer.error:
            self.workspace.slackbot_says(channel, user, f'{name} failed with the error "{answer.error}"')
        elif answer.text.strip():
            self._answered(answer, channel, user)
        return answer

    def _answered(self, answer: Answer, channel_id: str, user_id: str) -> None:
        body = answer.body if answer.body is not None else {"text": answer.text}
        try:
            self.response_urls.answer(body, channel_id, user_id)
        except SlackRefusalError as refusal:
            self._refused("answer to a command", refusal)
            self.workspace.slackbot_says(channel_id, user_id, f'The app answered, and Slack refused it: "{refusal}"')

    def _escaped(self, text: str) -> str:
        """`should_escape`: people and channels arrive by id."""

        def person(match: re.Match[str]) -> str:
            people = self.workspace.people.values()
            found = next((p for p in people if p.handle == match[1]), None)
            return f"<@{found.id}|{found.handle}>" if found else match[0]

        def place(match: re.Match[str]) -> str:
            found = self.workspace.channel_named(match[1])
            return f"<#{found.id}|{found.name}>" if found else match[0]

        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return _CHANNEL_TYPED.sub(place, _PERSON_TYPED.sub(person, text))

    async def say(self, text: str, *, user: str, channel: str, thread_ts: str | None = None) -> Message:
        """A plain message from a person."""
        self._seen(channel, user)
        message = Message(
            channel=channel, ts=self.workspace.new_ts(), user=user, text=self._escaped(text), thread_ts=thread_ts
        )
        return self.workspace.add_message(message)

    # Joining and leaving

    async def _invited(self, handle: str, *, user: str, channel: str) -> None:
        people = self.workspace.people.values()
        found = next((person for person in people if handle in (f"@{person.handle}", f"<@{person.id}>")), None)
        if found is None:
            self.workspace.slackbot_says(channel, user, f"There is nobody called {handle or 'that'} to invite.")
        else:
            await self.invite(channel, found.id, by=user)

    async def invite(self, channel: str, user: str = BOT_USER, *, by: str) -> None:
        """Add somebody, or the app, to a channel."""
        place = self._seen(channel, by)
        if user in place.members:
            self.workspace.slackbot_says(channel, by, f"<@{user}> is already in this channel.")
            return
        await self.join(channel, user, inviter=by)

    async def join(self, channel: str, user: str, *, inviter: str | None = None) -> None:
        place, person = self.workspace.channels[channel], self.workspace.person(user)
        self.workspace.put_channel(place.with_member(user))
        note = Message(
            channel=channel,
            ts=self.workspace.new_ts(),
            user=user,
            text=f"<@{user}> has joined the channel",
            subtype="channel_join",
        )
        self.workspace.add_message(note)
        event: Json = {
            "type": "member_joined_channel",
            "user": user,
            "channel": channel,
            "channel_type": "G" if place.is_private else "C",
            "team": person.team_id,
            "event_ts": note.ts,
        }
        await self._event(event | ({"inviter": inviter} if inviter else {}), channel)

    def leave(self, channel: str, user: str) -> None:
        self.workspace.put_channel(self.workspace.channels[channel].without_member(user))

    # Clicking

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
        block, element = self._element(where, action_id, block_id)
        entries = self._entries(where, values or {})
        entry = None
        if element["type"] != "button":
            entry = entry_for(element, value, self._offers(where, block, element))
            if element["type"] != "overflow":
                entries.setdefault(block["block_id"], {})[element["action_id"]] = entry
        action = payloads.action(block, element, entry, self.workspace.new_ts())
        person = self.workspace.person(user)
        payload = payloads.envelope("block_actions", person) | {"actions": [action]}
        payload["trigger_id"] = self.views.new_trigger(user)
        payload |= self._place(where, user, entries)
        answer = await self.deliveries.interaction(payload)
        self.workspace.touch()
        return answer

    def _place(self, where: Message | View, user_id: str, entries: Entries) -> Json:
        if isinstance(where, View):
            self._in_front(where, user_id)
            self.views.save(where)
            return payloads.in_view(where)
        channel, message = self._seen(where.channel, user_id), self._still_there(where, user_id)
        place = payloads.in_message(message, self.workspace.to_slack(message), channel, entries)
        return place | {"response_url": self.response_urls.new(channel.id, user_id, message)}

    async def options(
        self, where: Message | View, action_id: str, query: str = "", *, user: str, block_id: str | None = None
    ) -> list[Json]:
        """Search in an external select. What the app offers is remembered, so that it can be chosen afterwards.

        Raises:
            NotPossibleError: the app did not answer in time, or not with options as Slack takes them.
        """
        block, element = self._element(where, action_id, block_id)
        if len(query) < element.get("min_query_length", 3):
            return []
        person = self.workspace.person(user)
        payload = payloads.envelope("block_suggestion", person)
        payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": query}
        payload |= self._suggestion_place(where, user)
        answer = await self.deliveries.interaction(payload)
        found = self._offered_options(answer)
        self._offers(where, block, element).extend(found)
        return found

    def _suggestion_place(self, where: Message | View, user_id: str) -> Json:
        if isinstance(where, View):
            self._in_front(where, user_id)
            return payloads.in_view(where)
        channel, message = self._seen(where.channel, user_id), self._still_there(where, user_id)
        return payloads.in_message(message, self.workspace.to_slack(message), channel, {})

    def _offered_options(self, answer: Answer) -> list[Json]:
        if answer.error or answer.body is None:
            raise NotPossibleError(f"no options: {answer.error or 'the answer is not JSON'}")
        report = Report()
        groups = "option_groups" in answer.body
        name, rule = ("option_groups", OPTION_GROUP) if groups else ("options", OPTION)
        array(rule, 100, 0)(answer.body.get(name), f"/{name}", report)
        if report.messages:
            self.refusals.append(f"options: {report.messages}")
            raise NotPossibleError(f"Slack does not take these options: {'; '.join(report.messages)}")
        return list(payloads.flat(answer.body))

    # Modals

    async def submit(
        self, view: View, values: Mapping[str, object] | None = None, *, user: str | None = None
    ) -> Submitted:
        """Fill in a modal and press its submit button.

        Args:
            view: the modal in front.
            values: by block_id or action_id: a text, an option's value, a list; or per block a dict by action_id.
            user: who presses; the modal's own person unless given.
        """
        user_id = user or view.user
        self._in_front(view, user_id)
        if "submit" not in view.definition or view.definition.get("submit_disabled"):
            raise NotPossibleError("this modal has no submit button to press")
        self._entries(view, values or {})
        self.views.save(view)
        errors = self._client_errors(view)
        if errors:
            return Submitted(errors=errors, view=view, was_sent=False)
        payload = payloads.envelope("view_submission", self.workspace.person(user_id))
        payload |= {"trigger_id": self.views.new_trigger(user_id), "view": view.to_slack()}
        payload["response_urls"] = self._asked_response_urls(view, user_id)
        answer = await self.deliveries.interaction(payload)
        try:
            return self._obeyed(view, answer)
        except SlackRefusalError as refusal:
            self._refused("answer to a submission", refusal)
            return Submitted(error=f"{TROUBLE} ({refusal})", view=view)

    def _client_errors(self, view: View) -> dict[str, str]:
        found = {}
        for block in view.blocks:
            if block["type"] == "input":
                entry = view.entries[block["block_id"]][block["element"]["action_id"]]
                error = client_error(block, entry)
                if error:
                    found[block["block_id"]] = error
        return found

    def _asked_response_urls(self, view: View, user_id: str) -> list[Json]:
        found = []
        for block, element in elements_of(view.blocks):
            if block["type"] != "input" or not element.get("response_url_enabled"):
                continue
            channel_id = view.entries[block["block_id"]][element["action_id"]][field_of(element["type"])]
            if channel_id:
                url = self.response_urls.new(channel_id, user_id)
                place = {"block_id": block["block_id"], "action_id": element["action_id"]}
                found.append(place | {"channel_id": channel_id, "response_url": url})
        return found

    def _obeyed(self, view: View, answer: Answer) -> Submitted:
        """Do what the answer to a submission says."""
        if answer.error:
            return Submitted(error=TROUBLE, view=view)
        if not answer.text.strip():
            if self.views.get(view.id) is view and self.views.top(view.user) is view:
                self.views.pop(view.user)
            return Submitted(view=self.views.top(view.user))
        body = answer.body or {}
        match body.get("response_action"):
            case "errors":
                return Submitted(errors=self._app_errors(view, body.get("errors")), view=view)
            case "update":
                return Submitted(view=self.views.update_answer(view, body.get("view")))
            case "push":
                return Submitted(view=self.views.push_answer(view.user, body.get("view")))
            case "clear":
                self.views.clear(view.user)
                return Submitted()
        raise SlackRefusalError("invalid_response_action")

    def _app_errors(self, view: View, errors: object) -> dict[str, str]:
        """Errors have to name input blocks of the modal; for others there is no place to show them."""
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not all(isinstance(text, str) for text in errors.values()):
            raise SlackRefusalError("invalid_errors")
        unknown = sorted(set(errors) - inputs)
        if unknown:
            raise SlackRefusalError("invalid_errors", messages=[f"no input block called {name}" for name in unknown])
        return dict(errors)

    async def close(self, user: str, *, everything: bool = False) -> None:
        """Close the modal in front with its Cancel button or, with `everything`, all of them by the ×."""
        top = self.views.top(user)
        if top is None:
            raise NotPossibleError("there is no modal to close")
        is_cleared = everything or bool(top.definition.get("clear_on_close"))
        gone = self.views.clear(user) if is_cleared else [view for view in [self.views.pop(user)] if view]
        for view in reversed(gone):
            if view.definition.get("notify_on_close"):
                payload = payloads.envelope("view_closed", self.workspace.person(user))
                await self.deliveries.interaction(payload | {"view": view.to_slack(), "is_cleared": is_cleared})

    # Home, files, shortcuts

    async def open_home(self, user: str, tab: str = "home") -> View | None:
        """Open the app's Home (or Messages) tab; gives the Home the person then sees."""
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.workspace.dm(user).id,
            "tab": tab,
            "event_ts": self.workspace.new_ts(),
        }
        home = self.views.home(user)
        if home is not None and tab == "home":
            event["view"] = home.to_slack()
        await self._event(event)
        return self.views.home(user)

    async def upload(
        self,
        content: bytes,
        filename: str,
        *,
        channel: str,
        user: str,
        thread_ts: str | None = None,
        text: str = "",
        mimetype: str | None = None,
    ) -> StoredFile:
        """Drop a file into a channel, with or without words."""
        place = self._seen(channel, user)
        ts = self.workspace.new_ts()
        stored = self.store_file(content, filename, user=user, mimetype=mimetype)
        stored.shares[channel] = [ts]
        self.workspace.put_file(stored)
        self.workspace.add_message(
            Message(
                channel=channel,
                ts=ts,
                user=user,
                text=self._escaped(text),
                files=[stored.id],
                thread_ts=thread_ts,
                subtype="file_share",
            )
        )
        event: Json = {
            "type": "file_shared",
            "file_id": stored.id,
            "user_id": user,
            "file": {"id": stored.id},
            "channel_id": channel,
            "event_ts": ts,
        }
        if BOT_USER in place.members:
            await self._event(event, channel)
        return stored

    def store_file(self, content: bytes, filename: str, *, user: str, mimetype: str | None = None) -> StoredFile:
        guessed = mimetype or mimetypes.guess_type(filename)[0] or "application/octet-stream"
        stored = StoredFile(
            id=new_id("F"),
            name=filename.replace("/", "_"),
            mimetype=guessed,
            size=len(content),
            user=user,
            created=int(self.workspace.clock.now().timestamp()),
        )
        self.workspace.put_file(stored, content)
        return stored

    async def shortcut(self, callback_id: str, *, user: str) -> Answer:
        """A global shortcut."""
        payload = payloads.envelope("shortcut", self.workspace.person(user))
        return await self._shortcut(payload, callback_id, user)

    async def message_shortcut(self, callback_id: str, message: Message, *, user: str) -> Answer:
        """A shortcut from a message's menu."""
        channel = self._seen(message.channel, user)
        payload = payloads.envelope("message_action", self.workspace.person(user))
        payload |= {
            "channel": payloads.named(channel),
            "message_ts": message.ts,
            "message": self.workspace.to_slack(message),
            "response_url": self.response_urls.new(channel.id, user, message),
        }
        return await self._shortcut(payload, callback_id, user)

    async def _shortcut(self, payload: Json, callback_id: str, user: str) -> Answer:
        payload |= {"callback_id": callback_id, "trigger_id": self.views.new_trigger(user)}
        return await self.deliveries.interaction(payload | {"action_ts": self.workspace.new_ts()})

    async def uninstall(self) -> Answer:
        """Remove the app: its token is dead at once, and it is told so."""
        self.deliveries.is_installed = False
        for channel in list(self.workspace.channels.values()):
            self.workspace.put_channel(channel.without_member(BOT_USER))
        await self._event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}})
        return await self._event({"type": "app_uninstalled"})

    async def _event(self, event: Json, channel_id: str | None = None) -> Answer:
        if event["type"] not in self.events:
            return Answer(status=None, error="not_subscribed")
        is_shared = channel_id is not None and self.workspace.channels[channel_id].is_shared
        answer = await self.deliveries.event(event, is_shared=is_shared)
        self.workspace.touch()
        return answer

    def _refused(self, what: str, refusal: SlackRefusalError) -> None:
        self.refusals.append(f"{what}: {refusal}")

    # Looking

    def _seen(self, channel_id: str, user_id: str) -> Channel:
        self.workspace.person(user_id)
        channel = self.workspace.channels.get(channel_id)
        if channel is None or user_id not in channel.members:
            raise NotPossibleError(f"{user_id} is not in {channel_id}")
        return channel

    def _still_there(self, message: Message, user_id: str) -> Message:
        current = self.workspace.message(message.channel, message.ts)
        if current is None or current.only_for not in (None, user_id):
            raise NotPossibleError("this message is gone, or somebody else's")
        return current

    def _in_front(self, view: View, user_id: str) -> None:
        if self.views.get(view.id) is not view or view.user != user_id:
            raise NotPossibleError("this view is closed, or somebody else's")
        if view.definition["type"] == "modal" and self.views.top(user_id) is not view:
            raise NotPossibleError("another modal is in front of this one")

    def _element(self, where: Message | View, action_id: str, block_id: str | None) -> tuple[Json, Json]:
        pairs = list(elements_of(where.blocks))
        for block, element in pairs:
            if element["action_id"] == action_id and block_id in (None, block["block_id"]):
                return block, element
        raise NotPossibleError(f"{action_id} is not here; there is {[e['action_id'] for _, e in pairs]}")

    def _offers(self, where: Message | View, block: Json, element: Json) -> list[Json]:
        name = where.id if isinstance(where, View) else where.key
        return self._offered.setdefault((name, block["block_id"], element["action_id"]), [])

    def _entries(self, where: Message | View, values: Mapping[str, object]) -> Entries:
        """What stands in the fields of a surface once these values are entered."""
        entries: Entries = where.entries if isinstance(where, View) else untouched(where.blocks)
        for name, raw in values.items():
            for block, element, plain in self._named(where, name, raw):
                given = self._handed_in(plain) if element["type"] == "file_input" else plain
                entry = entry_for(element, given, self._offers(where, block, element))
                entries.setdefault(block["block_id"], {})[element["action_id"]] = entry
        return entries

    def _handed_in(self, raw: object) -> list[Json]:
        """Files of a form by their ids, as Slack describes them in the state."""
        ids = raw if isinstance(raw, list | tuple) else [raw] if raw else []
        files = [self.workspace.files[str(each.get("id")) if isinstance(each, dict) else str(each)] for each in ids]
        return [self.workspace.file_to_slack(stored, self.response_urls.public_url) for stored in files]

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
