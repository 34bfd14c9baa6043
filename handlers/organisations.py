"""A command acts on its channel's organisation; where there are several, it asks which one is meant."""

from collections.abc import Awaitable, Callable

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.organisations import Organisations
from bot.views import organisations as views
from bot.views.ids import ActionId
from handlers.payloads import Command, Shortcut
from handlers.replies import OpenView, Reply, Whisper

Act = Callable[[Actor, OrganisationId], Awaitable[Reply]]


async def where_meant(
    organisations: Organisations,
    request: Command | Shortcut,
    act: Act,
    ask: tuple[ActionId, str],
    *,
    metadata: str = "",
) -> Reply:
    """`act` there, or ask by buttons with this action and label, last used first. `metadata` travels along."""
    match await organisations.meant(request.actor, request.channel_id):
        case ():
            return Whisper(views.NOTHING_CONNECTED)
        case (only,):
            return await act(request.actor, only.id)
        case found:
            names = {organisation.id: organisation.name for organisation in found}
            return OpenView(views.choose_modal(names, *ask, metadata=metadata))
