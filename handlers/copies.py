"""A press on a copy of a card that is not kept up to date, before anything comes of it."""

from dataclasses import dataclass

from bot.domain.ids import ItemId
from bot.services.copies import Copies, Pressed
from bot.views.metadata import ItemRef, NotOursError
from handlers.payloads import Click
from handlers.replies import Reply, Whisper
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class CopyHandlers:
    copies: Copies

    def register(self, routes: Routes) -> None:
        routes.before_clicks(self.put_away)

    async def put_away(self, click: Click) -> Reply:
        pressed = _pressed(click)
        link = None if pressed is None else await self.copies.put_away(pressed)
        if link is None:
            return None
        return Whisper(f"This is an old copy of the card, so I did nothing. <{link}|The current one> is here.")


def _pressed(click: Click) -> Pressed | None:
    """None where it was not in a card. What stands in its thread acts on the item as it is now, whichever of several it is."""
    item_id = _item_of(click)
    is_reply = click.thread_ts not in (None, click.message_ts)
    if item_id is None or is_reply or click.form is not None or click.is_ephemeral:
        return None
    if click.channel_id is None or click.message_ts is None:
        return None
    return Pressed(
        workspace_id=click.actor.workspace.id, item_id=item_id, channel_id=click.channel_id, ts=click.message_ts
    )


def _item_of(click: Click) -> ItemId | None:
    try:
        return ItemRef.decode(click.chosen[0] if click.chosen else click.value).item_id
    except NotOursError:
        return None
