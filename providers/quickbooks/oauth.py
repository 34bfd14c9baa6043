"""Signing in to QuickBooks: scopes, tokens, and the one company that a sign-in is for.

Sources: developer.intuit.com "OAuth 2.0" and "OpenID Connect". PKCE is not documented there, so none is sent. The company
comes in the callback as `realmId`, through a browser; it is believed once it was read with the new token.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from bot.clock import Clock
from providers import oauth
from providers.base import ClientConfig, TokenAnswer
from providers.errors import ProviderChangedError
from providers.http import Caller
from providers.quickbooks import wire

REALM = "realmId"
SCOPES = (
    "com.intuit.quickbooks.accounting "  # all of the company's accounting data: there is none that allows less
    "openid profile email"  # who signed in
)
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
    return _answer(cast("wire.TokenAnswer", answer), clock, realm)


async def refresh(caller: Caller, config: ClientConfig, clock: Clock, refresh_token: str) -> TokenAnswer:
    answer = await oauth.token_request(caller, config, "refresh_token", refresh_token=refresh_token)
    return _answer(cast("wire.TokenAnswer", answer), clock, None)


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
