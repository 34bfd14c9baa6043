"""The sign under somebody's message that says how far its files are: one of ours at most.

It says nothing that the thread does not say, so what Slack does not take of it never matters.
"""

import logging
from collections.abc import Awaitable

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.db.outbox import Message
from bot.services.arrival_messages import READING
from bot.services.messages import Reacted
from bot.slack import reason_of

logger = logging.getLogger(__name__)

SO_ALREADY = frozenset({"already_reacted", "no_reaction"})
"""An answer that was lost, and the call made again."""
PASSING = frozenset({"ratelimited", "service_unavailable", "request_timeout"})
MOST_TRIES = 20
"""Half an hour."""


async def react(client: AsyncWebClient, message: Message, wanted: Reacted) -> None:
    """Have this sign, and none of the others that may stand there.

    Raises:
        SlackApiError: it may pass.
    """
    about = {"channel": str(message.channel_id), "timestamp": str(message.parent_ts)}
    # what stands is not known for sure after a crash: the first sign may, whatever the row says
    others = {message.ts, READING} - {wanted.name, None}
    is_last_try = message.attempts >= MOST_TRIES
    if wanted.name is not None:
        await _unless_so(client.reactions_add(name=wanted.name, **about), is_last_try=is_last_try)
    for name in others:
        await _unless_so(client.reactions_remove(name=str(name), **about), is_last_try=is_last_try)


async def _unless_so(call: Awaitable[object], *, is_last_try: bool) -> None:
    try:
        await call
    except SlackApiError as error:
        reason, status = reason_of(error), error.response.status_code
        if (reason in PASSING or status == 429 or status >= 500) and not is_last_try:
            raise
        if reason not in SO_ALREADY:
            logger.info("a sign was left out", extra={"reason": reason})
