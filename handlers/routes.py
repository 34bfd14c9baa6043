"""One listener of Bolt for each kind of payload, in front of tables of ours.

Bolt tries its listeners one after another, 8 µs each; a table look-up costs nothing. A route reads the payload, calls
the feature, and carries out its reply: the acknowledgement, and at most one call of Slack.
"""

import difflib
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot import log
from bot.delivery import BusyError, RepeatedDeliveryError
from bot.domain.ids import ChannelId
from bot.domain.slack import Workspace
from bot.slack import SlackClients
from bot.views.ids import ActionId, CallbackId, ShortcutId
from bot.views.menu import help_text, menu
from bot.views.rendering import to_slack
from bot.views.text import escape
from handlers import reading
from handlers.authorize import current_workspace
from handlers.errors import OUTDATED, words_for
from handlers.payloads import Click, Command, Event, OptionsQuery, Payload, Shortcut, Submission
from handlers.replies import BackTo, Choices, CloseAll, FormErrors, NextForm, OpenView, Reply, Whisper
from handlers.showing import Showing, spot_of, told

logger = logging.getLogger(__name__)

ANYTHING = re.compile(".*")
HELP = "help"
SYNONYMS = {
    "setup": "settings",
    "set-up": "settings",
    "link": "connect",
    "new": "add",
    "bill": "add",
    "payment": "payment-methods",
    "payments": "payment-methods",
    "methods": "payment-methods",
    "?": HELP,
}

CommandHandler = Callable[[Command], Awaitable[Reply]]
ClickHandler = Callable[[Click], Awaitable[Reply]]
SubmissionHandler = Callable[[Submission], Awaitable[Reply]]
ShortcutHandler = Callable[[Shortcut], Awaitable[Reply]]
OptionsHandler = Callable[[OptionsQuery], Awaitable[Choices]]
EventHandler = Callable[[Event], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Word:
    """What can be typed after `/dext`, and what it does, in half a sentence."""

    handler: CommandHandler
    help: str


@dataclass(slots=True)
class Routes:
    """Tables that features fill by `register`, and Bolt's listeners over them."""

    clients: SlackClients
    words: dict[str, Word] = field(default_factory=dict)
    clicks: dict[str, ClickHandler] = field(default_factory=dict)
    submissions: dict[str, SubmissionHandler] = field(default_factory=dict)
    options_by_id: dict[str, OptionsHandler] = field(default_factory=dict)
    events: dict[str, EventHandler] = field(default_factory=dict)
    shortcuts: dict[str, ShortcutHandler] = field(default_factory=dict)
    first: list[ClickHandler] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.command(HELP, self._help, "what can be typed here")
        self.action(ActionId.RUN_COMMAND, self._run_from_menu)

    def command(self, word: str, handler: CommandHandler, help: str) -> None:  # noqa: A002 - it is the help
        self.words[word] = Word(handler, help)

    def action(self, action_id: ActionId, handler: ClickHandler) -> None:
        self.clicks[action_id] = handler

    def before_clicks(self, handler: ClickHandler) -> None:
        """What this answers is the answer to a click, and nothing else comes of it."""
        self.first.append(handler)

    def view(self, callback_id: CallbackId, handler: SubmissionHandler) -> None:
        self.submissions[callback_id] = handler

    def options(self, action_id: ActionId, handler: OptionsHandler) -> None:
        self.options_by_id[action_id] = handler

    def event(self, kind: str, handler: EventHandler) -> None:
        self.events[kind] = handler

    def shortcut(self, callback_id: ShortcutId, handler: ShortcutHandler) -> None:
        self.shortcuts[callback_id] = handler

    def attach(self, app: AsyncApp) -> None:
        """Register one listener for each kind of payload."""
        app.command(ANYTHING)(self._on_command)
        app.action({"action_id": ANYTHING, "type": "block_actions"})(self._on_click)
        app.view(ANYTHING)(self._on_submission)
        app.view_closed(ANYTHING)(self._on_closed)
        app.shortcut(ANYTHING)(self._on_shortcut)
        app.options(ANYTHING)(self._on_options)
        app.event(ANYTHING)(self._on_event)
        app.error(on_error)

    async def _on_command(self, body: Payload, ack: Any) -> None:
        command = reading.command_of(body, current_workspace.get())
        reply = await _answered(self._run(command), command.actor.workspace, "command")
        if isinstance(reply, Whisper):
            await ack(response_type="ephemeral", text=reply.text)
            return
        words = await Showing(self.clients).show(reply, spot_of(command))
        if words is None:
            await ack()
        else:
            await ack(response_type="ephemeral", text=words)

    async def _run(self, command: Command) -> Reply:
        if not command.words:
            return OpenView(menu(self._help_by_word(), channel=command.channel_id))
        typed = command.words[0].lower()
        word = self.words.get(SYNONYMS.get(typed, typed))
        return self._unknown(typed) if word is None else await word.handler(command)

    def _unknown(self, typed: str) -> Whisper:
        near = difflib.get_close_matches(typed, [*self.words, *SYNONYMS], n=1)
        guess = f" Did you mean `/dext {SYNONYMS.get(near[0], near[0])}`?" if near else ""
        return Whisper(f"I do not know `/dext {escape(typed, 40)}`.{guess}\n{help_text(self._help_by_word())}")

    async def _help(self, command: Command) -> Reply:  # noqa: ARG002 - the same for everybody
        return Whisper(help_text(self._help_by_word()))

    def _help_by_word(self) -> dict[str, str]:
        return {word: self.words[word].help for word in sorted(self.words)}

    async def _run_from_menu(self, click: Click) -> Reply:
        """A command by its button, in the channel that the menu was opened in."""
        channel = click.form.private_metadata if click.form is not None else click.channel_id
        return await self._run(
            Command(
                actor=click.actor,
                channel_id=ChannelId(channel or ""),
                words=(click.value or HELP,),
                trigger_id=click.trigger_id,
            )
        )

    async def _on_click(self, body: Payload, ack: Any) -> None:
        click = reading.click_of(body, current_workspace.get())
        await ack()
        handler = self.clicks.get(click.action_id)
        if handler is None:
            logger.info("a click that nothing listens to", extra={"action": click.action_id[:80]})
            return
        reply = await _answered(self._clicked(handler, click), click.actor.workspace, click.action_id)
        await Showing(self.clients).show(reply, spot_of(click))

    async def _clicked(self, handler: ClickHandler, click: Click) -> Reply:
        for first in self.first:
            reply = await first(click)
            if reply is not None:
                return reply
        return await handler(click)

    async def _on_submission(self, body: Payload, ack: Any) -> None:
        submission = reading.submission_of(body, current_workspace.get())
        callback_id = submission.form.callback_id
        handler = self.submissions.get(callback_id)
        reply = None
        if handler is not None:
            reply = await _answered(handler(submission), submission.actor.workspace, callback_id)
        if isinstance(reply, BackTo):
            await Showing(self.clients).show(reply, spot_of(submission))
        await ack(**_acknowledgement(reply))

    async def _on_closed(self, ack: Any) -> None:
        """Nothing waits for a modal that was closed."""
        await ack()

    async def _on_shortcut(self, body: Payload, ack: Any) -> None:
        """Whoever finds one in a menu that nobody serves uses another version of the app than this one."""
        shortcut = reading.shortcut_of(body, current_workspace.get())
        await ack()
        handler = self.shortcuts.get(shortcut.callback_id)
        reply: Reply = Whisper(OUTDATED)
        if handler is not None:
            reply = await _answered(handler(shortcut), shortcut.actor.workspace, shortcut.callback_id)
        await Showing(self.clients).show(reply, spot_of(shortcut))

    async def _on_options(self, body: Payload, ack: Any) -> None:
        query = reading.options_query_of(body, current_workspace.get())
        handler = self.options_by_id.get(query.action_id)
        reply = None
        if handler is not None:
            reply = await _answered(handler(query), query.actor.workspace, query.action_id)
        found = reply if isinstance(reply, Choices) else Choices()
        if found.groups:
            await ack(option_groups=[to_slack(group) for group in found.groups])
        else:
            await ack(options=[to_slack(option) for option in found.options])

    async def _on_event(self, body: Payload) -> BoltResponse:
        """What fails here is not acknowledged: Slack sends events again."""
        event = reading.event_of(body, current_workspace.get())
        handler = self.events.get(event.kind)
        if handler is not None:
            with log.bound(workspace=event.actor.workspace.team_id, entry=event.kind):
                reply = await handler(event)
            await Showing(self.clients).show(reply, spot_of(event))
        return BoltResponse(status=200)


async def _answered(answer: Awaitable[Reply], workspace: Workspace, entry: str) -> Reply:
    """What the feature answers, or what to tell the person where it could not."""
    with log.bound(workspace=workspace.team_id, entry=entry):
        try:
            return await answer
        except Exception as error:  # noqa: BLE001 - one of three places; `words_for` logs what nobody expected
            return words_for(error)


def _acknowledgement(reply: Reply) -> dict[str, Any]:
    match reply:
        case FormErrors(errors):
            return {"response_action": "errors", "errors": dict(errors)}
        case NextForm(view):
            return {"response_action": "update", "view": to_slack(view)}
        case OpenView(view):
            return {"response_action": "push", "view": to_slack(view)}
        case Whisper(text):
            return {"response_action": "update", "view": to_slack(told(text))}
        case CloseAll():
            return {"response_action": "clear"}
        case _:
            return {}


async def on_error(error: Exception) -> BoltResponse:
    """What no reply can tell. A repeat is answered quietly; what Slack sends again may fail now; the rest is logged."""
    match error:
        case RepeatedDeliveryError():
            return BoltResponse(status=200, body="")
        case BusyError():
            return BoltResponse(status=503, body="")
        case _:
            words_for(error)
            return BoltResponse(status=500, body="")
