"""Connecting from Slack: the command, the choice of a package, the link out, and asking somebody who may."""

from dataclasses import dataclass

from slack_sdk.models.views import View

from bot.domain.connecting import Package
from bot.domain.ids import ChannelId
from bot.domain.slack import Actor
from bot.services.connect_flow import ConnectFlows
from bot.services.connections import Connections
from bot.services.naming import Naming
from bot.views import connecting as views
from bot.views import connections, naming
from bot.views.ids import ActionId
from bot.views.metadata import organisation_of
from handlers.payloads import Click, Command
from handlers.replies import OpenView, Reply, UpdateView, Whisper
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class ConnectionHandlers:
    connections: Connections
    flows: ConnectFlows
    naming: Naming

    def register(self, routes: Routes) -> None:
        routes.command("connect", self.connect, "connect accounting software, from a list or by its name")
        routes.action(ActionId.OPEN_CONNECT, self.open_connect)
        routes.action(ActionId.CHOOSE_PROVIDER, self.choose_provider)
        routes.action(ActionId.LINK_OUT, self.link_out)
        routes.action(ActionId.ASK_TO_CONNECT, self.ask_to_connect)

    async def connect(self, command: Command) -> Reply:
        named = command.words[1].lower() if len(command.words) > 1 else ""
        return await self._open(command.actor, named, command.channel_id)

    async def open_connect(self, click: Click) -> Reply:
        """Connect something new, or the organisation that the button names again."""
        if click.value in ("", connections.NEW):
            return await self._open(click.actor, "", click.channel_id)
        refusal = await self.connections.refusal(click.actor)
        if refusal is not None:
            return OpenView(views.refused_modal(refusal.refusal))
        organisation_id = organisation_of(click.value)
        found = await self.connections.provider_of(click.actor, organisation_id)
        package = None if found is None else self.connections.package(found[0])
        if found is None or package is None:
            return Whisper("This connection is gone. Type `/dext connect` to connect the organisation anew.")
        if package.layouts:
            page = await self.naming.opened(click.actor, package.key, organisation_id)
            return OpenView(naming.form(page, channel=click.channel_id or ""))
        address = await self.flows.start(
            click.actor, package.key, channel_id=click.channel_id, organisation_id=organisation_id
        )
        view = views.steps_modal(
            self.connections.packages(), package, address, channel=click.channel_id or "", reconnecting=found[1]
        )
        return OpenView(view)

    async def choose_provider(self, click: Click) -> Reply:
        package = self.connections.package(click.chosen[0] if click.chosen else "")
        if package is None or click.form is None:
            return None
        channel = ChannelId(click.form.private_metadata)
        return UpdateView(await self._steps(click.actor, package, channel))

    async def link_out(self, click: Click) -> Reply:
        """The browser does the rest; the link was used, so it is not offered a second time."""
        return None if click.form is None else UpdateView(views.linked_out_modal(click.form.private_metadata))

    async def ask_to_connect(self, click: Click) -> Reply:
        return UpdateView(views.asked_modal(await self.connections.ask(click.actor)))

    async def _open(self, actor: Actor, named: str, channel_id: ChannelId | None) -> Reply:
        refusal = await self.connections.refusal(actor)
        if refusal is not None:
            return OpenView(views.refused_modal(refusal.refusal))
        package = self.connections.package(named)
        if package is not None:
            return OpenView(await self._steps(actor, package, channel_id))
        return OpenView(views.choose_modal(self.connections.packages(), channel=channel_id or ""))

    async def _steps(self, actor: Actor, package: Package, channel_id: ChannelId | None) -> View:
        if package.layouts:
            return naming.form(await self.naming.opened(actor, package.key), channel=channel_id or "")
        address = await self.flows.start(actor, package.key, channel_id=channel_id or None)
        return views.steps_modal(self.connections.packages(), package, address, channel=channel_id or "")
