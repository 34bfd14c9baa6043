"""Whose SLACK_BOT_TOKEN this is: learned at the start, or as soon as Slack answers."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.assembly import Services
from bot.slack import TokenRefusedError, learn_workspace

logger = logging.getLogger(__name__)

ASK_AGAIN_SECONDS = 15.0


@asynccontextmanager
async def knowing_its_workspace(services: Services) -> AsyncIterator[None]:
    """Learn whose SLACK_BOT_TOKEN this is; when Slack does not answer, begin without and ask again.

    Raises:
        TokenRefusedError: Slack refuses the token, and no other workspace could have installed the app.
    """
    if await _is_settled(services):
        yield
        return
    logger.warning("Slack does not answer; asking again until it does")
    asking = asyncio.create_task(_ask_again(services))
    try:
        yield
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def _is_settled(services: Services) -> bool:
    """Whether nothing is left to ask. One workspace's refused token does not stop those that installed the app."""
    if services.config.bot_token is None:
        return True
    try:
        return await learn_workspace(services.clients) is not None
    except TokenRefusedError as error:
        if services.config.slack_client_id is None:
            raise
        logger.warning(str(error))
        return True


async def _ask_again(services: Services) -> None:
    while True:
        await services.clock.sleep(ASK_AGAIN_SECONDS)
        if await _is_settled(services):
            logger.info("Slack answers again")
            return
