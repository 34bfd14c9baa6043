"""Who acts in which workspace, as read from a request of Slack. Names are Slack's own."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.ids import UserId, WorkspaceId

TOKEN_REFUSALS = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})
"""Slack's words for a bot token that is good for nothing any more: only an installation brings another."""

TOKEN_IS_OVER = frozenset({"account_inactive", "token_revoked", "invalid_auth"})
"""Those of them that a removal of the app leaves behind."""

LONGEST_SILENCE = timedelta(hours=1)
"""Slack is left alone for as long as it asks to be, up to this."""

NO_TOKEN = "no_token"  # noqa: S105 - a word of ours beside Slack's
"""Why a call could not even be tried: the workspace has no bot token just now. An installation brings one."""

BOT_SCOPES = (
    "commands",
    "chat:write",
    "channels:read",
    "groups:read",
    "files:read",
    "files:write",
    "reactions:write",
    "users:read",
    "users:read.email",
)
"""What an installation asks for: the bot scopes of manifest.yml, whose reasons README gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    id: WorkspaceId
    enterprise_id: str
    team_id: str
    name: str
    bot_user_id: str
    bot_id: str
    installer_user_id: UserId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever pressed, typed or dropped something. `team_id` is the person's own: in a channel shared with another
    company the request names our workspace, and only the user's team tells an outsider.
    """

    workspace: Workspace
    user_id: UserId
    team_id: str
