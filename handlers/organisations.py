"""A command acts on its channel's organisation; where there are several, it asks which one is meant."""

from collections.abc import Awaitable, Callable

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.organisations import Organisations
from bot.views import organisations as views
from bot.views.ids import ActionId
from handlers.payloads import Command
from handlers.replies import OpenView, Reply, Whisper

Act = Callable[[Actor, OrganisationId], Awaitable[Reply]]


async def where_meant(organisations: Organisations, command: Command, act: Act, ask: tuple[ActionId, str]) -> Reply:
    """`act` there, or ask by buttons with this action and label, last used first."""
    match await organisations.meant(command.actor, command.channel_id):
        case ():
            return Whisper(views.NOTHING_CONNECTED)
        case (only,):
            return await act(command.actor, only.id)
        case found:
            names = {organisation.id: organisation.name for organisation in found}
            return OpenView(views.choose_modal(names, *ask))
