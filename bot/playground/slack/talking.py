"""What people type and drop into a channel: commands, messages, invitations, files."""

import re
from dataclasses import dataclass

from bot.playground.slack import payloads
from bot.playground.slack.deliveries import Answer
from bot.playground.slack.errors import NotPossibleError, SlackRefusalError
from bot.playground.slack.people import BILLS, BOT_USER, TEAM, Channel
from bot.playground.slack.sight import Sight
from bot.playground.slack.workspace import Message

_PERSON_TYPED = re.compile(r"(?<![<\w])@([a-z][a-z0-9._-]*)")
_CHANNEL_TYPED = re.compile(r"(?<![<\w])#([a-z][a-z0-9_-]*)")


@dataclass(slots=True)
class Talking:
    sight: Sight

    async def typed(self, text: str, *, user: str, channel: str, thread_ts: str | None = None) -> Answer | None:
        """Whatever is typed into a channel: a command, `/invite @dext`, or a message."""
        word, _, rest = text.strip().partition(" ")
        if word == "/invite":
            await self._invited(rest.strip(), user=user, channel=channel)
        elif word.startswith("/") and thread_ts:
            self.sight.workspace.slackbot_says(channel, user, f"{word} is not supported in threads. Sorry!")
        elif word.startswith("/"):
            return await self.command(word, rest.strip(), user=user, channel=channel)
        elif word:
            await self.say(text.strip(), user=user, channel=channel, thread_ts=thread_ts)
        return None

    async def command(self, name: str, text: str = "", *, user: str, channel: str = BILLS) -> Answer:
        """A slash command. Its direct answer becomes a message only this person sees."""
        place, person = self.sight.seen(channel, user), self.sight.workspace.person(user)
        if name not in self.sight.manifest.commands or person.is_outsider or self.sight.installations.of(TEAM) is None:
            self.sight.workspace.slackbot_says(channel, user, f"{name} is not a valid command.")
            return Answer(status=None, error="not_a_command")
        fields = payloads.command(name, self.escaped(text), person, place)
        fields["response_url"] = self.sight.response_urls.new(channel, user)
        fields["trigger_id"] = self.sight.views.new_trigger(user)
        answer = await self.sight.deliveries.command(fields)
        if answer.error:
            self.sight.workspace.slackbot_says(channel, user, f'{name} failed with the error "{answer.error}"')
        elif answer.text.strip():
            self._answered(answer, channel, user)
        return answer

    def _answered(self, answer: Answer, channel_id: str, user_id: str) -> None:
        body = answer.body if answer.body is not None else {"text": answer.text}
        try:
            self.sight.response_urls.answer(body, channel_id, user_id)
        except SlackRefusalError as refusal:
            self.sight.refused("answer to a command", refusal)
            self.sight.workspace.slackbot_says(
                channel_id, user_id, f'The app answered, and Slack refused it: "{refusal}"'
            )

    def escaped(self, text: str) -> str:
        """`should_escape`: people and channels arrive by id."""

        def person(match: re.Match[str]) -> str:
            people = self.sight.workspace.people.values()
            found = next((p for p in people if p.handle == match[1]), None)
            return f"<@{found.id}|{found.handle}>" if found else match[0]

        def place(match: re.Match[str]) -> str:
            found = self.sight.workspace.channel_named(match[1])
            return f"<#{found.id}|{found.name}>" if found else match[0]

        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return _CHANNEL_TYPED.sub(place, _PERSON_TYPED.sub(person, text))

    def writable(self, channel_id: str, user_id: str) -> Channel:
        """Where somebody writes. An app may not take messages from people."""
        place = self.sight.seen(channel_id, user_id)
        if place.is_im and not self.sight.manifest.takes_messages:
            raise NotPossibleError("Sending messages to this app has been turned off.")
        return place

    async def say(self, text: str, *, user: str, channel: str, thread_ts: str | None = None) -> Message:
        """A plain message from a person."""
        place = self.writable(channel, user)
        message = Message(
            channel=channel, ts=self.sight.workspace.new_ts(), user=user, text=self.escaped(text), thread_ts=thread_ts
        )
        self.sight.workspace.add_message(message)
        if BOT_USER in place.members:
            event = payloads.said(self.sight.workspace.to_slack(message), place)
            await self.sight.event(event, channel, kind=f"message.{payloads.kind_of(place)}")
        return message

    async def _invited(self, handle: str, *, user: str, channel: str) -> None:
        people = self.sight.workspace.people.values()
        names = {handle, handle.lower()}
        found = next((person for person in people if names & {f"@{person.handle}", f"<@{person.id}>"}), None)
        if found is None:
            self.sight.workspace.slackbot_says(channel, user, f"There is nobody called {handle or 'that'} to invite.")
        else:
            await self.invite(channel, found.id, by=user)

    async def invite(self, channel: str, user: str = BOT_USER, *, by: str) -> None:
        """Add somebody, or the app, to a channel."""
        place = self.sight.seen(channel, by)
        if user in place.members:
            self.sight.workspace.slackbot_says(channel, by, f"<@{user}> is already in this channel.")
            return
        await self.join(channel, user, inviter=by)

    async def join(self, channel: str, user: str, *, inviter: str | None = None) -> None:
        place, person = self.sight.workspace.channels[channel], self.sight.workspace.person(user)
        self.sight.workspace.put_channel(place.with_member(user))
        note = Message(
            channel=channel,
            ts=self.sight.workspace.new_ts(),
            user=user,
            text=f"<@{user}> has joined the channel",
            subtype="channel_join",
        )
        self.sight.workspace.add_message(note)
        await self.sight.event(payloads.member_joined(place, person, note.ts, inviter), channel)

    def leave(self, channel: str, user: str) -> None:
        self.sight.workspace.put_channel(self.sight.workspace.channels[channel].without_member(user))
