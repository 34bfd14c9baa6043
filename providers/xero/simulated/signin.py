"""Xero's sign-in: addresses, scopes, and its words for an app that asks wrongly."""

from collections.abc import Sequence

from providers.simulating.grants import Asked
from providers.simulating.signin import SignInRules, Wrong
from providers.xero.simulated.grants import SCOPES
from providers.xero.simulated.reading import ROLES


def _scope(asked: Asked, _: Sequence[str]) -> dict[str, str]:
    return {"scope": " ".join(asked.scopes)}


RULES = SignInRules(
    authorize="/identity/connect/authorize",
    pages="/identity",
    token="/connect/token",  # noqa: S106 - an address
    revocation="/connect/revocation",
    scopes=SCOPES,
    words={
        Wrong.CLIENT: "unauthorized_client: Unknown client or client not enabled",
        Wrong.REDIRECT: "unauthorized_client: Invalid redirect_uri",
        Wrong.RESPONSE_TYPE: "unsupported_response_type",
        Wrong.SCOPE: "invalid_scope: {scopes}",
        Wrong.TRANSFORM: "invalid_request: Transform algorithm not supported",
    },
    denied={"error": "access_denied", "error_description": "TenantConsent status DENIED"},
    beside_code=_scope,
    roles=ROLES,
    has_pkce=True,
)
