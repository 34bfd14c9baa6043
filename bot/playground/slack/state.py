"""One simulated Slack, put together: what a test or the playground holds in its hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.clock import Clock, SystemClock
from bot.playground.slack.calls import Call, Method
from bot.playground.slack.chat_methods import ChatMethods
from bot.playground.slack.deliveries import Answer, Delivered, Deliveries
from bot.playground.slack.directory_methods import DirectoryMethods
from bot.playground.slack.drawn import everything_drawn
from bot.playground.slack.errors import NotPossibleError
from bot.playground.slack.file_methods import FileMethods
from bot.playground.slack.files import StoredFile
from bot.playground.slack.forms import Forms, Submitted
from bot.playground.slack.installations import Installations
from bot.playground.slack.manifest import Manifest
from bot.playground.slack.oauth import Oauth
from bot.playground.slack.pace import Faults, Pace
from bot.playground.slack.people import BILLS, BOT_USER, TEAM, Person
from bot.playground.slack.pressing import Pressing
from bot.playground.slack.reaction_methods import ReactionMethods
from bot.playground.slack.response_urls import ResponseUrls
from bot.playground.slack.shapes import Json
from bot.playground.slack.sharing import Dropped, Sample, Sharing
from bot.playground.slack.sight import Sight
from bot.playground.slack.sockets import Sockets
from bot.playground.slack.store import Store
from bot.playground.slack.talking import Talking
from bot.playground.slack.view_methods import ViewMethods
from bot.playground.slack.views import View, Views
from bot.playground.slack.web_api import WebApi
from bot.playground.slack.workspace import Message, Workspace


class SlackState:
    """A workspace with the app installed. Serve it with `create_app(state)`; act and look through its methods.

    Args:
        clock: all of its time.
        signing_secret: what deliveries to the app are signed with.
        bot_token: the one the app calls with.
        app_token: the app-level one; with it Socket Mode is on, and deliveries go over websockets only.
        app_url: where the app listens; deliveries go to `/slack/events` there. May be set later.
        public_url: where this server is reached. May be set later.
        database: the file everything is kept in; None keeps it in memory.
        client_id, client_secret: the app's credentials for sign-in and install.
        redirect_urls: prefixes of allowed redirect addresses; the app's own address unless given.
        manifest: the app's commands, shortcuts, scopes and events (`message.channels` brings plain messages); unless
            given it may everything and has one command.
        ledgers_url: where the page's hint points for the simulated ledgers.
        is_paced: whether Slack's rate limits apply.
        samples: documents that the page offers to share.
        processing_seconds: how long a file the app hands in is not ready yet; a second or so at the real one.
    """

    def __init__(
        self,
        *,
        signing_secret: str,
        bot_token: str,
        app_token: str | None = None,
        clock: Clock | None = None,
        app_url: str = "http://127.0.0.1:3000",
        public_url: str = "http://127.0.0.1:3001",
        database: Path | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        redirect_urls: Sequence[str] = (),
        manifest: Manifest | None = None,
        ledgers_url: str | None = None,
        is_paced: bool = True,
        processing_seconds: float = 0.0,
        samples: Sequence[Sample] = (),
    ) -> None:
        self.clock = clock or SystemClock()
        self.ledgers_url = ledgers_url
        self.manifest = manifest or Manifest()
        self.samples = tuple(samples)
        self.store = Store(database)
        self.workspace = Workspace(
            self.store, self.clock, public_url=public_url.rstrip("/"), processing_seconds=processing_seconds
        )
        self.views = Views(self.workspace, self.store, self.clock)
        self.faults, self.pace = Faults(), Pace(self.clock, is_on=is_paced)
        self.sockets = Sockets(self.clock, public_url.rstrip("/"), app_token)
        self.deliveries = Deliveries(self.clock, self.faults, signing_secret, app_url.rstrip("/"), self.sockets)
        self.response_urls = ResponseUrls(self.workspace, self.store, self.clock, public_url.rstrip("/"))
        self.installations = Installations(self.workspace, bot_token, self.manifest.scopes)
        self._sight = Sight(
            self.workspace, self.views, self.deliveries, self.response_urls, self.installations, self.manifest
        )
        self.talking = Talking(self._sight)
        self.sharing = Sharing(self.talking)
        self._pressing, self._forms = Pressing(self._sight), Forms(self._sight)
        allowed = tuple(redirect_urls) or (f"{app_url.rstrip('/')}/",)
        self.oauth = Oauth(self.workspace, self.clock, client_id, client_secret, self.installations, allowed)
        self.files = FileMethods(self.workspace, self.talking, public_url.rstrip("/"))
        self._chat = ChatMethods(self.workspace, self.pace, public_url.rstrip("/"))
        self._directory = DirectoryMethods(self.workspace, self.installations, self.deliveries, public_url.rstrip("/"))
        self.web_api = WebApi(
            workspace=self.workspace,
            clock=self.clock,
            pace=self.pace,
            faults=self.faults,
            oauth=self.oauth,
            files=self.files,
            response_urls=self.response_urls,
            methods=self._methods(),
            sockets=self.sockets,
            installations=self.installations,
            refusals=self._sight.refusals,
        )
        self.workspace.load()
        self.views.load()
        self.installations.load()
        self.response_urls.load()

    def _methods(self) -> dict[str, Method]:
        reactions, views = ReactionMethods(self.workspace), ViewMethods(self.views)
        parts = (self._chat, reactions, views, self._directory, self.files, self.oauth, self.sockets)
        return {name: method for part in parts for name, method in part.table().items()}

    @property
    def app_url(self) -> str:
        return self.deliveries.app_url

    @app_url.setter
    def app_url(self, url: str) -> None:
        old = f"{self.deliveries.app_url}/"
        self.deliveries.app_url = url.rstrip("/")
        if self.oauth.redirect_urls == (old,):
            self.oauth.redirect_urls = (f"{self.deliveries.app_url}/",)

    @property
    def public_url(self) -> str:
        return self.response_urls.public_url

    @public_url.setter
    def public_url(self, url: str) -> None:
        for part in (self.workspace, self.response_urls, self.files, self._chat, self._directory, self.sockets):
            part.public_url = url.rstrip("/")

    async def close(self) -> None:
        """Stop what is on its way and let go of the database."""
        await self.deliveries.close()
        self.store.close()

    # What people do: told in full where it is done, in `talking`, `pressing` and `forms`

    async def command(self, name: str, text: str = "", *, user: str, channel: str = BILLS) -> Answer:
        return await self.talking.command(name, text, user=user, channel=channel)

    async def typed(self, text: str, *, user: str, channel: str, thread_ts: str | None = None) -> Answer | None:
        return await self.talking.typed(text, user=user, channel=channel, thread_ts=thread_ts)

    async def say(self, text: str, *, user: str, channel: str, thread_ts: str | None = None) -> Message:
        return await self.talking.say(text, user=user, channel=channel, thread_ts=thread_ts)

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
        return await self._pressing.click(where, action_id, user=user, value=value, block_id=block_id, values=values)

    async def submit(
        self, view: View, values: Mapping[str, object] | None = None, *, user: str | None = None
    ) -> Submitted:
        return await self._forms.submit(view, values, user=user)

    async def close_modal(self, user: str, *, everything: bool = False) -> None:
        await self._forms.close(user, everything=everything)

    async def options(
        self, where: Message | View, action_id: str, query: str = "", *, user: str, block_id: str | None = None
    ) -> list[Json]:
        return await self._pressing.options(where, action_id, query, user=user, block_id=block_id)

    async def grouped_options(
        self, where: Message | View, action_id: str, query: str = "", *, user: str, block_id: str | None = None
    ) -> list[tuple[str, Json]]:
        """As `options`, each with the label of the group that it stands in."""
        return await self._pressing.grouped(where, action_id, query, user=user, block_id=block_id)

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
        dropped = Dropped(content=content, name=filename, mimetype=mimetype)
        (stored,) = await self.sharing.share([dropped], channel=channel, user=user, thread_ts=thread_ts, text=text)
        return stored

    async def share(
        self, dropped: Sequence[Dropped], *, channel: str, user: str, thread_ts: str | None = None, text: str = ""
    ) -> list[StoredFile]:
        return await self.sharing.share(dropped, channel=channel, user=user, thread_ts=thread_ts, text=text)

    async def link_file(self, address: str, name: str, *, channel: str, user: str) -> StoredFile:
        return await self.sharing.link(address, name, channel=channel, user=user)

    async def delete_file(self, stored: StoredFile) -> None:
        await self.sharing.delete(stored)

    async def open_home(self, user: str, tab: str = "home") -> View | None:
        return await self._pressing.open_home(user, tab)

    async def shortcut(self, callback_id: str, *, user: str) -> Answer:
        return await self._pressing.shortcut(callback_id, user=user)

    async def message_shortcut(self, callback_id: str, message: Message, *, user: str) -> Answer:
        return await self._pressing.message_shortcut(callback_id, message, user=user)

    async def invite(self, channel: str, user: str = BOT_USER, *, by: str) -> None:
        await self.talking.invite(channel, user, by=by)

    async def join(self, channel: str, user: str) -> None:
        await self.talking.join(channel, user)

    def leave(self, channel: str, user: str) -> None:
        self.talking.leave(channel, user)

    async def uninstall(self, team: str = TEAM) -> Answer:
        """Remove the app from a workspace: its token is dead at once, and it is told so twice."""
        removed = self.installations.remove(team)
        if removed is None:
            raise NotPossibleError(f"the app is not installed in {team}")
        if team == TEAM:
            self._pressing.removed()
        tokens = {"oauth": [], "bot": [removed.bot_user]}
        await self._sight.event({"type": "tokens_revoked", "tokens": tokens}, team=team)
        return await self._sight.event({"type": "app_uninstalled"}, team=team)

    async def settle(self) -> None:
        """Wait until no event is on its way any more, retries included."""
        await self.deliveries.settle()

    def change_person(self, user_id: str, **changes: Any) -> Person:
        """Make somebody an admin, a guest, a leaver …: fields of `Person`."""
        return self.workspace.change_person(user_id, **changes)

    # What is there to see

    def messages(self, channel: str) -> list[Message]:
        """What everybody sees in a channel, replies left out, oldest first."""
        return [m for m in self.workspace.messages(channel) if m.only_for is None and not m.is_reply]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The replies under a message."""
        return [m for m in self.workspace.replies(channel, ts) if m.only_for is None]

    def message(self, channel: str, ts: str) -> Message | None:
        """A message as it stands now; one held from before stays as it was seen."""
        return self.workspace.message(channel, ts)

    def ephemerals(self, user: str, channel: str) -> list[Message]:
        """What only this person sees in a channel, Slackbot's complaints too."""
        return [m for m in self.workspace.messages(channel) if m.only_for == user]

    def dms(self, user: str) -> list[Message]:
        """The direct messages between the app and a person."""
        return [m for m in self.workspace.messages(self.workspace.dm(user).id) if m.only_for is None]

    def home(self, user: str) -> View | None:
        return self.views.home(user)

    def view(self, user: str) -> View | None:
        """The modal in front of a person."""
        return self.views.top(user)

    @property
    def calls(self) -> list[Call]:
        """Every call the app made, oldest first."""
        return self.web_api.calls

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    @property
    def delivered(self) -> list[Delivered]:
        """Every request the app was sent, with its answer, oldest first."""
        return self.deliveries.delivered

    @property
    def drawn(self) -> list[tuple[str, Any]]:
        """Everything the app gave Slack to draw, by the name of its kind in the Block Kit schema."""
        return everything_drawn(self.calls, self.delivered)

    @property
    def refusals(self) -> list[str]:
        """Every payload of the app Slack would not take, in words; a test of the app ends with this empty."""
        return self.web_api.refusals
