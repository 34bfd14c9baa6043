"""Signing in to Xero: scopes, tokens, the organisations of a grant, and giving them up."""

from datetime import timedelta
from typing import Any, cast

from bot.clock import Clock
from bot.domain.books import Login, OrganisationChoice
from providers import oauth
from providers.base import ClientConfig, TokenAnswer
from providers.http import Caller
from providers.xero import wire

SCOPES = (
    "openid profile email offline_access "  # who signed in, and a refresh token
    "accounting.settings.read "  # organisation, accounts, tax rates, tracking categories, currencies
    "accounting.contacts.read "  # suppliers
    "accounting.invoices "  # bills: write, search, read back
    "accounting.banktransactions "  # money spent and received
    "accounting.payments "  # what pays bills and sales invoices
    "accounting.attachments"  # their files
)
ACCESS_LIFE = timedelta(minutes=30)
LONGEST_NAME = 120


def authorize_url(config: ClientConfig, *, state: str, redirect_uri: str, challenge: str | None) -> str:
    return oauth.authorize_url(config, scope=SCOPES, state=state, redirect_uri=redirect_uri, challenge=challenge)


async def exchange(
    caller: Caller, config: ClientConfig, clock: Clock, *, code: str, redirect_uri: str, verifier: str | None
) -> TokenAnswer:
    pkce = {} if verifier is None else {"code_verifier": verifier}
    answer = await oauth.token_request(
        caller, config, "authorization_code", code=code, redirect_uri=redirect_uri, **pkce
    )
    return _answer(cast("wire.TokenAnswer", answer), clock)


async def refresh(caller: Caller, config: ClientConfig, clock: Clock, refresh_token: str) -> TokenAnswer:
    answer = await oauth.token_request(caller, config, "refresh_token", refresh_token=refresh_token)
    return _answer(cast("wire.TokenAnswer", answer), clock)


def _answer(answer: wire.TokenAnswer, clock: Clock) -> TokenAnswer:
    claims = oauth.claims_of(answer["access_token"])
    return TokenAnswer(
        access_token=answer["access_token"],
        refresh_token=answer.get("refresh_token"),
        expires_at=clock.now() + oauth.expiry(dict(answer), ACCESS_LIFE),
        subject=str(claims.get("xero_userid") or claims.get("sub") or ""),
        grant_id=str(claims["authentication_event_id"]) if "authentication_event_id" in claims else None,
        login=_login(oauth.claims_of(str(answer.get("id_token") or ""))),
    )


def _login(claims: dict[str, Any]) -> Login | None:
    """From the identity token ("The Xero OAuth 2.0 flow", scopes profile and email)."""
    names = [str(claims.get(name) or "").strip() for name in ("given_name", "family_name")]
    name, email = " ".join(filter(None, names)), str(claims.get("email") or "").strip()
    return Login(name=name[:LONGEST_NAME], email=email[:LONGEST_NAME]) if name or email else None


def choices_of(connections: list[wire.Connection]) -> tuple[OrganisationChoice, ...]:
    """Organisations only; a grant may also name practices, which hold no books."""
    return tuple(
        OrganisationChoice(
            tenant_id=found["tenantId"], name=found.get("tenantName") or "unnamed", link_id=found.get("id")
        )
        for found in connections
        if found.get("tenantType") == "ORGANISATION"
    )
