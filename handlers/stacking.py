"""Where a modal opens from: Slack stacks three, so what is opened from a stack takes a place in it."""

from collections.abc import Awaitable, Callable

from slack_sdk.models.views import View

from bot.views.ids import CallbackId
from handlers.payloads import Click
from handlers.replies import OpenView, Reply, UpdateView


def opened(click: Click, view: View) -> Reply:
    """Over what it was opened from, where there is room for what is opened from it in turn; else in its place."""
    is_under = click.form is not None and click.form.previous_view_id is not None
    return UpdateView(view) if is_under else OpenView(view)


def instead(click: Click, view: View) -> Reply:
    """In place of the modal that was pressed in; over a message or Home, in one of its own."""
    is_in_modal = click.form is not None and click.form.callback_id != CallbackId.HOME
    return UpdateView(view) if is_in_modal else OpenView(view)


async def redrawn(click: Click, draw: Callable[[], Awaitable[View]]) -> Reply:
    """The modal that was pressed in shows what became of it; a message in a channel is drawn by itself, and nothing here."""
    return None if click.form is None else UpdateView(await draw())
