"""The parts of OAuth 2 that providers share, built with Authlib's functions and sent by our own session.

`error` is read before `code` or a token: some vendors answer 200 with an error inside.
"""

import base64
import json
import secrets
from datetime import timedelta
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from bot.clock import Clock
from bot.domain.problems import Problem, ProblemCode
from providers.base import ClientCheck, ClientConfig
from providers.errors import ProviderChangedError, ReconnectNeededError, TryLaterError
from providers.http import Answer, Caller, date_of, retry_after

__all__ = ["add_params_to_uri", "authorize_url", "claims_of", "code_challenge", "expiry", "token_request"]

FORM = "application/x-www-form-urlencoded"
BASIC, IN_FORM = "client_secret_basic", "client_secret_post"
"""How a client says who it is (RFC 6749, 2.3.1): a vendor documents one of them."""
_NOT_KNOWN = frozenset({"invalid_client", "unauthorized_client"})
_ENDED = frozenset({"invalid_grant", "access_denied"})


def authorize_url(config: ClientConfig, *, scope: str, state: str, redirect_uri: str, challenge: str | None) -> str:
    """Where a browser is sent to sign in. The challenge is sent only where the vendor documents PKCE."""
    pkce = {} if challenge is None else {"code_challenge": challenge, "code_challenge_method": "S256"}
    uri: str = prepare_grant_uri(
        config.auth_url,
        client_id=config.client_id,
        response_type="code",
        redirect_uri=redirect_uri,
        scope=scope,
        state=state,
        **pkce,
    )
    return uri


def code_challenge(verifier: str) -> str:
    challenge: str = create_s256_code_challenge(verifier)  # type: ignore[no-untyped-call] # Authlib's stubs leave it out
    return challenge


async def token_request(
    caller: Caller, config: ClientConfig, grant_type: str, url: str | None = None, *, by: str = BASIC, **fields: str
) -> dict[str, Any]:
    """Ask the token endpoint, as the client that says who it is `by` HTTP Basic or in the form; answers its JSON.

    Raises:
        ReconnectNeededError: the code or refresh token is used up, revoked or expired.
        TryLaterError: no clear answer.
        ProviderChangedError: our client is refused, or the answer is not of the documented form.
    """
    body = (
        prepare_token_request(grant_type, **fields) if grant_type else "&".join(f"{k}={v}" for k, v in fields.items())
    )
    return _token_of(await _post(caller, config, url or config.token_url, body, by=by), caller.clock)


async def _post(
    caller: Caller,
    config: ClientConfig,
    url: str,
    body: str,
    *,
    is_counted: bool = True,
    media_type: str = FORM,
    by: str = BASIC,
) -> Answer:
    auth = ClientAuth(config.client_id, config.client_secret, by)
    headers = {"Content-Type": media_type, "Accept": "application/json"}
    uri, headers, body = auth.prepare("POST", url, headers, body)  # type: ignore[no-untyped-call] # as above
    return await caller.form(uri, headers=headers, body=body, is_counted=is_counted)


async def revoke(caller: Caller, config: ClientConfig, token: str, *, in_json: bool = False, by: str = BASIC) -> None:
    """RFC 7009: give a refresh token back; one that is unknown already is no error (2.2). `in_json`: not as a form.

    Raises:
        TryLaterError: no clear answer.
        ProviderChangedError: our client is refused.
    """
    body = json.dumps({"token": token}) if in_json else add_params_to_uri("", [("token", token)]).removeprefix("?")
    media_type = "application/json" if in_json else FORM
    answer = await _post(caller, config, config.revoke_url, body, media_type=media_type, by=by)
    if answer.status >= 500 or answer.status == 429:
        raise TryLaterError(Problem(code=ProblemCode.LEDGER_DOWN, vendor_words=f"status {answer.status}"))
    if answer.status >= 400:
        raise ProviderChangedError(f"revocation endpoint: status {answer.status}")


async def check_client(caller: Caller, config: ClientConfig, *, by: str = BASIC) -> ClientCheck:
    """Ask with a refresh token that nobody has: `invalid_grant` is the answer to a client that was let in, and
    `invalid_client` or 401 to one that was not (RFC 6749, 5.2).

    Raises:
        TryLaterError: no clear answer.
        ProviderChangedError: another refusal than those.
    """
    body = prepare_token_request("refresh_token", refresh_token=secrets.token_urlsafe(32))
    answer = await _post(caller, config, config.token_url, body, is_counted=False, by=by)
    found = _json_of(answer) or {}
    error = str(found.get("error", ""))[:80]
    if error == "invalid_grant":
        return ClientCheck(is_accepted=True, vendor_words=error, said_at=date_of(answer.headers))
    if error in _NOT_KNOWN or answer.status == 401:
        words = error or f"status {answer.status}"
        return ClientCheck(is_accepted=False, vendor_words=words, said_at=date_of(answer.headers))
    if error:
        raise ProviderChangedError(error)
    raise _unclear(answer, caller.clock)


def _json_of(answer: Answer) -> dict[str, Any] | None:
    try:
        found = answer.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _unclear(answer: Answer, clock: Clock) -> TryLaterError:
    """Some vendors count refreshes for themselves, and say how long to wait."""
    problem = Problem(code=ProblemCode.LEDGER_DOWN, vendor_words=f"token endpoint: status {answer.status}")
    return TryLaterError(problem, after_seconds=retry_after(answer.headers, clock))


def _token_of(answer: Answer, clock: Clock) -> dict[str, Any]:
    found = _json_of(answer)
    if found is not None and isinstance(found.get("error"), str):
        raise _refused(found)
    if answer.status == 429 or answer.status >= 500 or found is None:
        raise _unclear(answer, clock)
    if not isinstance(found.get("access_token"), str):
        raise ProviderChangedError("the token endpoint's answer holds no access token")
    return found


def _refused(found: dict[str, Any]) -> ReconnectNeededError | ProviderChangedError:
    words = f"{found['error']}: {str(found.get('error_description', ''))[:200]}"
    if found["error"] in _ENDED:
        return ReconnectNeededError(Problem(code=ProblemCode.RECONNECT_NEEDED, vendor_words=words))
    return ProviderChangedError(words)


def expiry(answer: dict[str, Any], default: timedelta) -> timedelta:
    """`expires_in` as a number, a string, zero or missing: all four were seen in the wild."""
    try:
        seconds = int(answer.get("expires_in") or 0)
    except (TypeError, ValueError):
        seconds = 0
    return timedelta(seconds=seconds) if 0 < seconds < 10**8 else default


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a JWT that came from the token endpoint itself, over TLS; the signature adds nothing there."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > 16384:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
