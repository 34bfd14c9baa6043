"""The channels of an organisation: the button, and the form."""

from dataclasses import dataclass, replace

from bot.services.channels import Channels, ChannelsRefusedError, StaleChannelsError
from bot.views import channels as views
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, organisation_of
from bot.views.settings import BLOCKS
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class ChannelHandlers:
    channels: Channels

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.OPEN_CHANNELS, self.open_channels)
        routes.view(CallbackId.CHANNELS, self.save)

    async def open_channels(self, click: Click) -> Reply:
        return OpenView(views.form(await self.channels.opened(click.actor, organisation_of(click.value))))

    async def save(self, submission: Submission) -> Reply:
        about = FormRef.decode(submission.form.private_metadata)
        form = await read_for(
            lambda: self.channels.opened(submission.actor, about.organisation_id),
            lambda: views.read(submission.form.state, about.version),
        )
        try:
            page = await self.channels.save(submission.actor, about.organisation_id, form)
        except ChannelsRefusedError as refused:
            return FormErrors({BLOCKS[field]: sentence for field, sentence in refused.fields.items()})
        except StaleChannelsError as stale:
            theirs = replace(
                stale.page,
                approvals_channel=form.approvals_channel,
                alerts_channel=form.alerts_channel,
                drops=form.drops,
            )
            return NextForm(views.form(theirs, notice=views.changed_meanwhile(stale.page)))
        return NextForm(views.saved(page))
