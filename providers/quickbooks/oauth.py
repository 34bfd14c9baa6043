"""Signing in to QuickBooks: scopes, tokens, and the one company that a sign-in is for.

Sources: developer.intuit.com "OAuth 2.0" and "OpenID Connect". PKCE is not documented there, so none is sent. The company
comes in the callback as `realmId`, through a browser; it is believed once it was read with the new token.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import cast

from bot.clock import Clock
from bot.domain.books import Login
from providers import oauth
from providers.base import ClientConfig, TokenAnswer
from providers.errors import ProviderChangedError, ProviderError
from providers.http import Caller
from providers.quickbooks import wire

REALM = "realmId"
SCOPES = (
    "com.intuit.quickbooks.accounting "  # all of the company's accounting data: there is none that allows less
    "openid profile email"  # who signed in
)
LONGEST_NAME = 120
ACCESS_LIFE = timedelta(hours=1)


def authorize_url(config: ClientConfig, *, state: str, redirect_uri: str) -> str:
    return oauth.authorize_url(config, scope=SCOPES, state=state, redirect_uri=redirect_uri, challenge=None)


async def exchange(
    caller: Caller, config: ClientConfig, clock: Clock, *, code: str, redirect_uri: str, fields: Mapping[str, str]
) -> TokenAnswer:
    """Raises:
    ProviderChangedError: the callback named no company, or something that is none.
    """
    realm = fields.get(REALM, "")
    if not (realm.isascii() and realm.isdigit() and len(realm) < 25):
        raise ProviderChangedError("the callback names no company")
    answer = await oauth.token_request(caller, config, "authorization_code", code=code, redirect_uri=redirect_uri)
    found = _answer(cast("wire.TokenAnswer", answer), clock, realm)
    return replace(found, login=await _login(caller, config, found.access_token))


async def refresh(caller: Caller, config: ClientConfig, clock: Clock, refresh_token: str) -> TokenAnswer:
    answer = await oauth.token_request(caller, config, "refresh_token", refresh_token=refresh_token)
    return _answer(cast("wire.TokenAnswer", answer), clock, None)


async def _login(caller: Caller, config: ClientConfig, access_token: str) -> Login | None:
    """Who signed in ("OpenID Connect", user info). Nothing depends on it, so whatever goes wrong, it is not known."""
    headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
    try:
        answer = await caller.read(config.user_url, tenant=None, headers=headers)
        found = cast("wire.UserInfo", answer.json()) if answer.status == 200 else {}
        names = [str(found.get("givenName") or "").strip(), str(found.get("familyName") or "").strip()]
        name, email = " ".join(filter(None, names)), str(found.get("email") or "").strip()
    except (ProviderError, ValueError, AttributeError):
        return None
    return Login(name=name[:LONGEST_NAME], email=email[:LONGEST_NAME]) if name or email else None


def _answer(answer: wire.TokenAnswer, clock: Clock, realm: str | None) -> TokenAnswer:
    """Each company has tokens of its own, also of one person; a refresh tells nothing of either."""
    person = oauth.claims_of(str(answer.get("id_token") or "")).get("sub", "")
    return TokenAnswer(
        access_token=answer["access_token"],
        refresh_token=answer.get("refresh_token"),
        expires_at=clock.now() + oauth.expiry(dict(answer), ACCESS_LIFE),
        subject=f"{person}@{realm}" if realm else "",
        tenant_id=realm,
    )
