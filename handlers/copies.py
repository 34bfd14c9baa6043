"""A press on a copy of a card or an alert that is not kept up to date, before anything comes of it."""

from contextlib import suppress
from dataclasses import dataclass

from bot.domain.ids import ItemId
from bot.services.copies import Copies, Pressed
from bot.views.metadata import ItemRef, NotOursError, StepRef
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
        copied = None if pressed is None else await self.copies.put_away(pressed)
        if copied is None:
            return None
        return Whisper(
            f"This is an old copy of the {copied.what}, so I did nothing. <{copied.link}|The current one> is here."
        )


def _pressed(click: Click) -> Pressed | None:
    """None where it was not in a message that others see, or is of no item."""
    item_id = _item_of(click)
    if item_id is None or click.form is not None or click.is_ephemeral:
        return None
    if click.channel_id is None or click.message_ts is None:
        return None
    return Pressed(
        workspace_id=click.actor.workspace.id,
        item_id=item_id,
        channel_id=click.channel_id,
        ts=click.message_ts,
        thread_ts=click.thread_ts,
    )


def _item_of(click: Click) -> ItemId | None:
    value = click.chosen[0] if click.chosen else click.value
    for ref in (ItemRef, StepRef):
        with suppress(NotOursError):
            return ref.decode(value).item_id
    return None
