"""The sign under somebody's message that says how far its files are: one of ours at most.

It says nothing that the thread does not say, so what Slack does not take of it never matters.
"""

import logging
from collections.abc import Awaitable

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.services.messages import Reacted
from bot.slack import reason_of

logger = logging.getLogger(__name__)

SO_ALREADY = frozenset({"already_reacted", "no_reaction"})
"""An answer that was lost, and the call made again."""
PASSING = frozenset({"ratelimited", "service_unavailable", "request_timeout"})


async def react(
    client: AsyncWebClient, channel_id: str, ts: str, wanted: Reacted, others: frozenset[str | None]
) -> None:
    """Have this sign, and none of the others that may stand there.

    Raises:
        SlackApiError: it may pass.
    """
    about = {"channel": channel_id, "timestamp": ts}
    if wanted.name is not None:
        await _unless_so(client.reactions_add(name=wanted.name, **about))
    for name in others - {wanted.name, None}:
        await _unless_so(client.reactions_remove(name=str(name), **about))


async def _unless_so(call: Awaitable[object]) -> None:
    try:
        await call
    except SlackApiError as error:
        reason = reason_of(error)
        if reason in PASSING or error.response.status_code == 429:
            raise
        if reason not in SO_ALREADY:
            logger.info("a sign was left out", extra={"reason": reason})
