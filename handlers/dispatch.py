"""A verified request of Slack on its way to Bolt, named."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.deadline import answering
from bot.delivery import Delivery, current_delivery
from bot.services.workspaces import Workspaces
from handlers.authorize import current_workspace
from handlers.reading import team_of
from handlers.shapes import require_shape
from handlers.strict import BadBodyError

logger = logging.getLogger(__name__)

NOT_INSTALLED = "Dext is not installed in this workspace. Ask one of its admins to install it."


@dataclass(frozen=True, slots=True)
class Dispatch:
    app: AsyncApp
    workspaces: Workspaces

    async def __call__(self, body: dict[str, Any]) -> BoltResponse:
        """Answer a request. Bolt takes the parsed body as it is in this mode, and so does not parse it again."""
        with answering():
            return await self._answer(body)

    async def _answer(self, body: dict[str, Any]) -> BoltResponse:
        if _is_of_the_platform(body):
            return BoltResponse(status=200, body="")
        try:
            require_shape(body)
        except BadBodyError:
            logger.info("request refused: shape")
            return BoltResponse(status=400, body="the body is not what Slack sends")
        workspace = await self.workspaces.find(*team_of(body))
        if workspace is None:
            return _not_installed(body)
        name = delivery_name(body)
        delivery = current_delivery.set(None if name is None else Delivery(name))
        answering = current_workspace.set(workspace)
        try:
            return await self.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        finally:
            current_workspace.reset(answering)
            current_delivery.reset(delivery)


def _is_of_the_platform(body: Mapping[str, Any]) -> bool:
    """What Slack says by itself, of nobody's deed: it looks whether our certificate is good, or holds back events.

    <https://docs.slack.dev/apis/events-api/#rate-limiting>
    """
    if body.get("type") == "app_rate_limited":
        logger.warning("Slack holds back a workspace's events: there were more than 30,000 in an hour")
        return True
    return "ssl_check" in body and "command" not in body


def _not_installed(body: Mapping[str, Any]) -> BoltResponse:
    if "command" in body:
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": NOT_INSTALLED})
    return BoltResponse(status=200, body="")


def delivery_name(body: Mapping[str, Any]) -> str | None:
    """Slack's own name for a delivery, the same each time it is repeated; None for what only looks something up."""
    kind = body.get("type")
    if kind == "event_callback":
        return f"event:{body.get('event_id')}"
    if kind == "view_submission":
        view = body.get("view")
        return f"view:{view.get('id')}:{view.get('hash')}" if isinstance(view, dict) else None
    if kind == "block_suggestion":
        return None
    trigger = body.get("trigger_id")
    return f"trigger:{trigger}" if trigger else None
