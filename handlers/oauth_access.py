"""Slack's OAuth for installing the app: its page, and the exchange of the code for a bot token."""

import logging
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.directory import is_admin
from bot.domain.ids import UserId
from bot.domain.installing import Grant, InstallStop
from bot.domain.slack import BOT_SCOPES
from bot.services.installations import InstallStoppedError
from bot.slack import SlackClients, reason_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackOauthAccess:
    """`bot.services.installing.SlackOauth` over Slack's page, `oauth.v2.access`, `auth.test` and `users.info`."""

    clients: SlackClients
    slack_url: str
    client_id: str
    client_secret: str = field(repr=False)

    def authorize_url(self, *, state: str, redirect_uri: str) -> str:
        query = {
            "client_id": self.client_id,
            "scope": ",".join(BOT_SCOPES),
            "state": state,
            "redirect_uri": redirect_uri,
        }
        return f"{self.slack_url}/oauth/v2/authorize?{urlencode(query)}"

    async def exchange(self, *, code: str, redirect_uri: str) -> Grant:
        """A token is kept only after it was good for a call; that call also tells the bot's own id, so that no request
        has to ask for it.
        """
        asked = {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "code": code,
            "redirect_uri": redirect_uri,
        }
        try:
            # not `oauth_v2_access`: the SDK's way of sending the credentials is deprecated by aiohttp
            answer = await self.clients.with_token(None).api_call("oauth.v2.access", data=asked)
            found = _answer_of(answer.data)
            client = self.clients.with_token(str(found["access_token"]))
            grant = _grant_of(found, _answer_of((await client.auth_test()).data))
        except SlackApiError as error:
            logger.warning("Slack refused an installation", extra={"reason": reason_of(error)})
            raise InstallStoppedError(InstallStop.SLACK_REFUSED) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            logger.warning("Slack did not answer an installation", extra={"error": type(error).__name__})
            raise InstallStoppedError(InstallStop.SLACK_SILENT) from None
        except (KeyError, TypeError, AttributeError) as error:
            logger.warning("Slack answered an installation oddly", extra={"error": type(error).__name__})
            raise InstallStoppedError(InstallStop.SLACK_REFUSED) from None
        return replace(grant, is_by_admin=await _is_admin(client, grant.installer))


async def _is_admin(client: AsyncWebClient, user_id: UserId) -> bool:
    """Whether Slack says that somebody is an owner or admin; its silence is a no, and stops no installation."""
    try:
        user = (await client.users_info(user=user_id)).get("user")
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        logger.warning("Slack did not say who installed", extra={"error": type(error).__name__})
        return False
    return isinstance(user, dict) and is_admin(user) and not user.get("deleted")


def _answer_of(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise TypeError("not an object")
    return data


def _grant_of(found: dict[str, Any], tested: dict[str, Any]) -> Grant:
    """Raises: KeyError: the answer lacks something, or is of a person's token instead of the bot's."""
    team, enterprise = found.get("team") or {}, found.get("enterprise") or {}
    is_bots = found["token_type"] == "bot"  # noqa: S105 - a kind of token
    if not is_bots or (team and team["id"] != tested["team_id"]):
        raise KeyError("not a bot's token of that workspace")
    return Grant(
        token=str(found["access_token"]),
        app_id=str(found["app_id"]),
        enterprise_id=str(enterprise.get("id") or ""),
        team_id=str(team["id"]) if team else None,
        team_name=str(team.get("name") or tested.get("team") or ""),
        bot_user_id=str(found["bot_user_id"]),
        bot_id=str(tested.get("bot_id") or ""),
        scopes=tuple(scope for scope in str(found.get("scope") or "").split(",") if scope),
        installer=UserId(str(found["authed_user"]["id"])),
        is_enterprise_install=bool(found.get("is_enterprise_install")),
    )
