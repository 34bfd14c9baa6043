"""What the app gave Slack to draw, whichever way it came: so that a test can hold all of it against Slack's schema."""

from collections.abc import Iterable
from typing import Any

from bot.playground.slack.calls import Call
from bot.playground.slack.deliveries import Delivered


def everything_drawn(calls: Iterable[Call], delivered: Iterable[Delivered]) -> list[tuple[str, Any]]:
    """`MessageBlocks`, `ModalView` and `HomeView`: from calls, from answers and through response addresses."""
    bodies = [call.args for call in calls if call.status == 200]
    bodies += [entry.answer.body for entry in delivered if entry.answer.body is not None]
    found: list[tuple[str, Any]] = [("MessageBlocks", body["blocks"]) for body in bodies if body.get("blocks")]
    views = [body["view"] for body in bodies if isinstance(body.get("view"), dict)]
    return found + [("HomeView" if view.get("type") == "home" else "ModalView", view) for view in views]
