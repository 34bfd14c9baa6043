"""Signing in to Sage: one scope, tokens of five minutes, and all businesses of the person who allowed it.

Source: developer.sage.com, "Authentication" (copy of 2026). The code lives sixty seconds; the client says who it is in the form.
"""

from dataclasses import replace
from datetime import timedelta
from typing import cast

from bot.clock import Clock
from bot.domain.books import Login
from providers import oauth
from providers.base import ClientConfig, TokenAnswer
from providers.errors import ProviderError
from providers.http import Caller
from providers.sage import wire
from providers.sage.client import SageClient

SCOPE = "full_access"
"""The other one there is, `readonly`, writes nothing."""
FILTER = {"filter": "apiv3.1"}
"""Whose businesses are offered: those that this version of the API opens."""
ACCESS_LIFE = timedelta(minutes=5)
LONGEST_NAME = 120


def authorize_url(config: ClientConfig, *, state: str, redirect_uri: str, challenge: str | None) -> str:
    url = oauth.authorize_url(config, scope=SCOPE, state=state, redirect_uri=redirect_uri, challenge=challenge)
    return str(oauth.add_params_to_uri(url, list(FILTER.items())))


async def exchange(
    caller: Caller,
    config: ClientConfig,
    client: SageClient,
    clock: Clock,
    *,
    code: str,
    redirect_uri: str,
    verifier: str | None,
) -> TokenAnswer:
    pkce = {} if verifier is None else {"code_verifier": verifier}
    fields = {"code": code, "redirect_uri": redirect_uri, **pkce}
    answer = await oauth.token_request(caller, config, "authorization_code", by=oauth.IN_FORM, **fields)
    found = _answer(cast("wire.TokenAnswer", answer), clock)
    return replace(found, login=await _login(client, found.access_token))


async def refresh(caller: Caller, config: ClientConfig, clock: Clock, refresh_token: str) -> TokenAnswer:
    fields = {"refresh_token": refresh_token}
    answer = await oauth.token_request(caller, config, "refresh_token", by=oauth.IN_FORM, **fields)
    return _answer(cast("wire.TokenAnswer", answer), clock)


async def _login(client: SageClient, access_token: str) -> Login | None:
    """Who signed in ("User"). Nothing depends on it, so whatever goes wrong, it is not known."""
    try:
        found = await client.user(access_token)
        names = [str(found.get("first_name") or "").strip(), str(found.get("last_name") or "").strip()]
        name = " ".join(filter(None, names)) or str(found.get("displayed_as") or "").strip()
        email = str(found.get("email") or "").strip()
    except (ProviderError, AttributeError):
        return None
    return Login(name=name[:LONGEST_NAME], email=email[:LONGEST_NAME]) if name or email else None


def _answer(answer: wire.TokenAnswer, clock: Clock) -> TokenAnswer:
    """One sign-in opens all businesses of a person; `requested_by_id` says who that is, at each refresh too."""
    return TokenAnswer(
        access_token=answer["access_token"],
        refresh_token=answer.get("refresh_token"),
        expires_at=clock.now() + oauth.expiry(dict(answer), ACCESS_LIFE),
        subject=str(answer.get("requested_by_id") or ""),
    )
