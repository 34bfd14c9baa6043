"""The connections: listed, opened to be managed, and their lists read again."""

from dataclasses import dataclass

from slack_sdk.models.views import View

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.managing import Managing
from bot.services.organisations import Organisations
from bot.services.refreshing import Refreshing
from bot.views import manage, refreshing, statuses
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import ListRef, organisation_of
from bot.views.organisations import NOTHING_CONNECTED
from handlers.organisations import where_meant
from handlers.payloads import Click, Command
from handlers.replies import OpenView, Reply, UpdateView, Whisper
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class ManagingHandlers:
    managing: Managing
    refreshing: Refreshing
    organisations: Organisations

    def register(self, routes: Routes) -> None:
        routes.command("connections", self.connections, "how your connections stand, and managing them")
        routes.command("sync", self.sync, "read lists from the ledger again, such as `/dext sync tax rates`")
        routes.action(ActionId.OPEN_MANAGE, self.open_manage)
        routes.action(ActionId.REFRESH_LISTS, self.refresh_lists)

    async def connections(self, command: Command) -> Reply:
        found = await self.managing.all(command.actor)
        named = " ".join(command.words[1:])
        meant = [status for status in found if named.casefold() in status.card.organisation.casefold()]
        if not found:
            return Whisper(NOTHING_CONNECTED)
        if not meant:
            return Whisper(statuses.none_named(named, len(found)))
        return OpenView(statuses.modal(meant, named=named))

    async def open_manage(self, click: Click) -> Reply:
        """From a button, or from the select that holds what there was no room for."""
        value = click.chosen[0] if click.chosen else click.value
        page = manage.page(await self.managing.opened(click.actor, organisation_of(value)))
        return _in_place(click, page)

    async def sync(self, command: Command) -> Reply:
        try:
            kind = refreshing.list_named(" ".join(command.words[1:]))
        except refreshing.UnknownListError as unknown:
            return Whisper(str(unknown))

        async def begin(actor: Actor, organisation_id: OrganisationId) -> Reply:
            return Whisper(refreshing.answer(await self.refreshing.start(actor, organisation_id, kind)))

        return await where_meant(self.organisations, command, begin, (ActionId.REFRESH_LISTS, "Refresh all"))

    async def refresh_lists(self, click: Click) -> Reply:
        ref = ListRef.decode(click.value)
        done = await self.refreshing.start(click.actor, ref.organisation_id, ref.kind)
        page = await self.managing.opened(click.actor, ref.organisation_id)
        return _in_place(click, manage.page(page, notice=refreshing.answer(done)))


def _in_place(click: Click, view: View) -> Reply:
    """A modal turns into it, because Slack stacks only three and its forms open above; else it is opened."""
    is_in_modal = click.form is not None and click.form.callback_id != CallbackId.HOME
    return UpdateView(view) if is_in_modal else OpenView(view)
