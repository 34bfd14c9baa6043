"""Ending a connection from Slack: the command, the button, and the form that asks first."""

from dataclasses import dataclass

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.disconnecting import Disconnecting, RenewedMeanwhileError
from bot.services.organisations import Organisations
from bot.views import disconnecting as views
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, organisation_of
from handlers.forms import read_for
from handlers.organisations import where_meant
from handlers.payloads import Click, Command, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class DisconnectHandlers:
    disconnecting: Disconnecting
    organisations: Organisations

    def register(self, routes: Routes) -> None:
        routes.command("disconnect", self.disconnect_command, "stop sending to an organisation, and give access back")
        routes.action(ActionId.DISCONNECT, self.open_disconnect)
        routes.view(CallbackId.DISCONNECT, self.disconnect)

    async def disconnect_command(self, command: Command) -> Reply:
        return await where_meant(self.organisations, command, self._form, (ActionId.DISCONNECT, "Disconnect"))

    async def open_disconnect(self, click: Click) -> Reply:
        return await self._form(click.actor, organisation_of(click.value))

    async def disconnect(self, submission: Submission) -> Reply:
        about = FormRef.decode(submission.form.private_metadata)
        actor = submission.actor
        keep, is_meant = await read_for(
            lambda: self.disconnecting.opened(actor, about.organisation_id), lambda: views.read(submission.form.state)
        )
        if not is_meant:
            await self.disconnecting.opened(actor, about.organisation_id)
            return FormErrors({BlockId.CONFIRMED: views.NOT_TICKED})
        try:
            ended = await self.disconnecting.disconnect(
                submission.actor, about.organisation_id, keep, stamp=about.version
            )
        except RenewedMeanwhileError:
            now = await self.disconnecting.opened(submission.actor, about.organisation_id)
            return NextForm(views.form(now, notice=views.RENEWED))
        return NextForm(views.done(ended, keep))

    async def _form(self, actor: Actor, organisation_id: OrganisationId) -> Reply:
        return OpenView(views.form(await self.disconnecting.opened(actor, organisation_id)))
