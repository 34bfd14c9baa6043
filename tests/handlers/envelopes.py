"""Events and clicks as Slack sends them, signed, for what the simulated Slack would not send by itself."""

import json
from typing import Any
from urllib.parse import urlencode

from bot.playground.slack import APP, BOT_USER, TEAM
from tests.fakes.app import World

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
UNINSTALLED = {"type": "app_uninstalled"}
REVOKED = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}}


def an_event(event: dict[str, Any], *, at: float, event_id: str = "Ev1", **more: Any) -> dict[str, Any]:
    """The envelope of an event of the app's first workspace; `more` replaces members of it."""
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "event_id": event_id,
        "event_time": int(at),
        "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        **more,
    }


async def send_event(world: World, envelope: dict[str, Any]) -> tuple[int, str]:
    raw = json.dumps(envelope).encode()
    return await world.post(raw, {**world.slack.deliveries.signed_headers(raw), "Content-Type": JSON})


async def send_form(world: World, fields: dict[str, Any]) -> tuple[int, str]:
    """A command, or with `payload` anything else that a person does."""
    plain = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    raw = urlencode(plain).encode()
    return await world.post(raw, {**world.slack.deliveries.signed_headers(raw), "Content-Type": FORM})
