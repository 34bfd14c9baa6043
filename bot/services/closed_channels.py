"""A channel that does not take what is to be shown there: archived, without us in it, or read by another company."""

import logging
from datetime import timedelta

from bot.db import outbox
from bot.db.outbox import SHARED_OUTSIDE, Message
from bot.db.unit_of_work import Tx
from bot.domain.slack import Workspace
from bot.services.messages import Place, Surface, note
from bot.services.rehoming import rehome
from bot.services.settings import any_admin

logger = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=1)
MOST_TRIES = 720
"""About a month. What waits is then left alone, until it changes or another channel is chosen."""


async def refused(tx: Tx, message: Message, reason: str, workspace: Workspace | None) -> None:
    """Have it shown where it belongs now; else it goes on waiting, and whoever can open the place is told once, with
    what to do.
    """
    if message.attempts >= MOST_TRIES:
        logger.warning("a channel did not take a message for a month", extra={"reason": reason})
        await outbox.drop(tx, message, reason)
        return
    if not await outbox.put_off(tx, message, reason, _wait(message.attempts)):
        return
    if await rehome(tx, message) or workspace is None or message.trouble == reason:
        return
    helper = await any_admin(tx, message.workspace_id) or workspace.installer_user_id
    if helper is None:
        logger.warning("a channel cannot be posted to, and nobody to tell", extra={"reason": reason})
        return
    place = Place(role="closed", surface=Surface.DIRECT, user_id=helper)
    key = f"closed:{message.channel_id}:{reason}"
    await note(tx, message.workspace_id, key, place, _plea(message, reason, workspace.bot_user_id))


def _wait(attempts: int) -> timedelta:
    return min(FIRST_WAIT * float(2 ** min(attempts, 10)), LONGEST_WAIT)


def _plea(message: Message, reason: str, bot_user_id: str) -> str:
    channel = f"<#{message.channel_id}>"
    if reason == SHARED_OUTSIDE:
        return (
            f"I do not post in {channel} any more, because another company reads along there, and what is in the books "
            "is not for them. What is to be shown there waits: choose another channel in the settings "
            "(`/dext settings`), or end the sharing."
        )
    if reason in ("is_archived", "is_inactive"):
        return (
            f"I could not post in {channel}, because it was archived. "
            "Choose another channel in the settings (`/dext settings`), or bring it back."
        )
    return (
        f"I could not post in {channel}, because I am not in it. Type this line there, and what waits is "
        f"posted within the hour:\n/invite <@{bot_user_id}>"
    )
