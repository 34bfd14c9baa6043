"""Slack's OpenID: who is in the browser."""

import logging
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.services.signing_in import SignedIn
from bot.slack import SlackClients
from providers.oauth import claims_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackOpenId:
    """`bot.services.connect_flow.SlackSignIn` over Slack's pages and two of its methods."""

    clients: SlackClients
    slack_url: str
    client_id: str
    client_secret: str = field(repr=False)

    def authorize_url(self, *, state: str, nonce: str, team_id: str, redirect_uri: str) -> str:
        query = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self.client_id,
            "state": state,
            "nonce": nonce,
            "team": team_id,
            "redirect_uri": redirect_uri,
        }
        return f"{self.slack_url}/openid/connect/authorize?{urlencode(query)}"

    async def who(self, *, code: str, redirect_uri: str) -> SignedIn | None:
        """The nonce is read from the token, which came over TLS from Slack itself; the person from `userInfo`."""
        asked = {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "code": code,
            "redirect_uri": redirect_uri,
        }
        try:
            # not `openid_connect_token`: the SDK's way of sending the credentials is deprecated by aiohttp
            token = await self.clients.with_token(None).api_call("openid.connect.token", data=asked)
            info = await self.clients.with_token(str(token["access_token"])).openid_connect_userInfo()
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError, KeyError) as error:
            logger.warning("Slack did not say who signed in", extra={"error": type(error).__name__})
            return None
        return SignedIn(
            team_id=str(info.get("https://slack.com/team_id") or ""),
            user_id=str(info.get("https://slack.com/user_id") or ""),
            nonce=str(claims_of(str(token.get("id_token") or "")).get("nonce") or ""),
        )
