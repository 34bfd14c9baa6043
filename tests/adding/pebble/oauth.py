"""Signing in to Pebble: one scope, refresh tokens that are used once."""

from datetime import timedelta
from typing import Any

from bot.clock import Clock
from providers import oauth
from providers.base import ClientConfig, TokenAnswer
from providers.http import Caller

SCOPE = "books"
ACCESS_LIFE = timedelta(hours=1)


def authorize_url(config: ClientConfig, *, state: str, redirect_uri: str, challenge: str | None) -> str:
    return oauth.authorize_url(config, scope=SCOPE, state=state, redirect_uri=redirect_uri, challenge=challenge)


async def token(caller: Caller, config: ClientConfig, clock: Clock, grant_type: str, **fields: str) -> TokenAnswer:
    answer: dict[str, Any] = await oauth.token_request(caller, config, grant_type, **fields)
    return TokenAnswer(
        access_token=answer["access_token"],
        refresh_token=answer.get("refresh_token"),
        expires_at=clock.now() + oauth.expiry(answer, ACCESS_LIFE),
        subject=str(answer.get("person") or ""),
    )
