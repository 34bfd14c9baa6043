"""The channels of an organisation: the button, and the form."""

from dataclasses import dataclass, replace

from bot.services.channels import Channels, ChannelsRefusedError, StaleChannelsError
from bot.services.listing_channels import ListingChannels
from bot.services.organisations import Organisations
from bot.views import channel_list
from bot.views import channels as views
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import ChannelRef, FormRef, organisation_of
from bot.views.organisations import NOTHING_CONNECTED
from bot.views.settings import BLOCKS
from handlers.forms import read_for
from handlers.payloads import Click, Command, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply, UpdateView, Whisper
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class ChannelHandlers:
    channels: Channels
    listing: ListingChannels
    organisations: Organisations

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.OPEN_CHANNELS, self.open_channels)
        routes.view(CallbackId.CHANNELS, self.save)
        routes.command(
            "channels", self.channels_of, "which channels an organisation has, and changing or unbinding them"
        )
        routes.action(ActionId.LIST_CHANNELS, self.list_channels)
        routes.action(ActionId.ALL_CHANNELS, self.all_channels)
        routes.action(ActionId.UNBIND_CHANNEL, self.unbind_channel)

    async def channels_of(self, command: Command) -> Reply:
        """Of the channel's organisation, or the only one; else of all."""
        match await self.organisations.meant(command.actor, command.channel_id):
            case ():
                return Whisper(NOTHING_CONNECTED)
            case (only,):
                return OpenView(channel_list.page(await self.listing.listed(command.actor, only.id)))
            case _:
                return OpenView(channel_list.overview(await self.listing.all(command.actor)))

    async def list_channels(self, click: Click) -> Reply:
        return UpdateView(channel_list.page(await self.listing.listed(click.actor, organisation_of(click.value))))

    async def all_channels(self, click: Click) -> Reply:
        return UpdateView(channel_list.overview(await self.listing.all(click.actor)))

    async def unbind_channel(self, click: Click) -> Reply:
        ref = ChannelRef.decode(click.value)
        found = await self.listing.unbind(click.actor, ref.organisation_id, ref.purpose, ref.channel)
        return UpdateView(channel_list.page(found))

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
                news_channel=form.news_channel,
                digest_channel=form.digest_channel,
            )
            return NextForm(views.form(theirs, notice=views.changed_meanwhile(stale.page)))
        return NextForm(views.saved(page))
