"""Bolt's question "whose workspace is this?", answered from memory.

Bolt's own answer calls `auth.test` and reads the database on every request (95 ms against 0.2 ms measured); ours reads
the row that was written at installation, at most once in five minutes.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.authorization import AuthorizeResult

from bot.services.workspaces import Workspaces

PLACEHOLDER_TOKEN = "xoxb-not-used"  # noqa: S105 - Bolt wants one; our clients fetch their own

Authorize = Callable[..., Awaitable[AuthorizeResult]]


def authorize_by(workspaces: Workspaces) -> Authorize:
    async def authorize(enterprise_id: str | None, team_id: str | None, **_: Any) -> AuthorizeResult:
        workspace = await workspaces.find(enterprise_id or "", team_id or "")
        if workspace is None:
            raise LookupError("a request of a workspace that the app is not installed in")
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=PLACEHOLDER_TOKEN,
            bot_id=workspace.bot_id,
            bot_user_id=workspace.bot_user_id,
        )

    return authorize
