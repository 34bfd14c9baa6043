"""Sign in with Slack (OpenID Connect) and the install flow: codes, and the tokens for them."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit, urlunsplit

from bot.clock import Clock
from bot.playground.slack.calls import Args, Caller, Method
from bot.playground.slack.errors import SlackRefusalError
from bot.playground.slack.installations import ORGANISATION, ORGANISATION_NAME, Installations
from bot.playground.slack.people import APP, TEAM, TEAM_DOMAIN, TEAM_NAME
from bot.playground.slack.shapes import Json
from bot.playground.slack.workspace import Workspace

CODE_SECONDS = 600
ISSUER = "https://slack.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a consent page asks, and whom the answer goes to."""

    kind: str
    redirect_uri: str
    state: str
    scopes: str
    nonce: str = ""
    challenge: str = ""


@dataclass(slots=True)
class _Code:
    consent: Consent
    user: str
    made_at: float
    team: str
    is_used: bool = False


@dataclass(slots=True)
class Oauth:
    workspace: Workspace
    clock: Clock
    client_id: str | None
    client_secret: str | None = field(repr=False)
    installations: Installations
    redirect_urls: tuple[str, ...]
    _asked: dict[str, Consent] = field(default_factory=dict)
    _codes: dict[str, _Code] = field(default_factory=dict)
    _tokens: dict[str, Caller] = field(default_factory=dict)

    def table(self) -> dict[str, Method]:
        return {
            "openid.connect.token": Method(self.openid_token, "4", takes_json=False, needs_token=False),
            "openid.connect.userInfo": Method(self.user_info, "3", ("openid",), takes_json=False),
            "oauth.v2.access": Method(self.access, "special", takes_json=False, needs_token=False),
        }

    def caller(self, token: str) -> Caller | None:
        """The person whose token it is."""
        return self._tokens.get(token)

    # The pages' side

    def asks(self, kind: str, query: Mapping[str, str]) -> Consent:
        """What the browser was sent here for.

        Raises:
            SlackRefusalError: with the error Slack's page shows; it never redirects to an address it does not know.
        """
        if not self.client_id or query.get("client_id") != self.client_id:
            raise SlackRefusalError("invalid_client_id")
        redirect_uri = query.get("redirect_uri", "")
        if not redirect_uri.startswith(self.redirect_urls):
            raise SlackRefusalError("bad_redirect_uri")
        scopes = query.get("scope", "")
        if kind == "openid" and "openid" not in scopes.replace(",", " ").split():
            raise SlackRefusalError("invalid_scope")
        if kind == "openid" and query.get("response_type") != "code":
            raise SlackRefusalError("invalid_response_type")
        return Consent(
            kind=kind,
            redirect_uri=redirect_uri,
            state=query.get("state", ""),
            scopes=scopes,
            nonce=query.get("nonce", ""),
            challenge=query.get("code_challenge", "") if query.get("code_challenge_method", "S256") == "S256" else "",
        )

    def remember(self, consent: Consent) -> str:
        ticket = secrets.token_urlsafe(18)
        self._asked[ticket] = consent
        return ticket

    def decided(self, ticket: str, user_id: str, *, is_allowed: bool, team: str = TEAM) -> str | None:
        """Where the browser goes after the consent page; None when it was answered already."""
        consent = self._asked.pop(ticket, None)
        if consent is None:
            return None
        if not is_allowed:
            return _with(consent.redirect_uri, error="access_denied", state=consent.state)
        code = f"{secrets.randbelow(10**10)}.{secrets.token_hex(32)}"
        self._codes[code] = _Code(consent, user_id, self.clock.now().timestamp(), team)
        return _with(consent.redirect_uri, code=code, state=consent.state)

    # The app's side

    def openid_token(self, args: Args) -> Json:
        found = self._exchanged(args, "openid")
        token = self._new_token(found.user, found.consent.scopes)
        return {
            "access_token": token,
            "token_type": "Bearer",
            "id_token": self._id_token(found, token),
            "scope": found.consent.scopes,
        }

    def user_info(self, args: Args) -> Json:
        person = self.workspace.person(args.caller.user)
        if args.caller.is_bot:
            raise SlackRefusalError("not_allowed_token_type")
        scopes = args.caller.scopes or frozenset()
        told: Json = {
            "sub": person.id,
            f"{ISSUER}/user_id": person.id,
            f"{ISSUER}/team_id": person.team_id,
        }
        if "profile" in scopes:
            told |= {"name": person.name, f"{ISSUER}/team_name": TEAM_NAME, f"{ISSUER}/team_domain": TEAM_DOMAIN}
        if "email" in scopes:
            told |= {"email": f"{person.handle}@northwind.example", "email_verified": True}
        return told

    def access(self, args: Args) -> Json:
        found = self._exchanged(args, "install")
        installed = self.installations.install(TEAM if found.team == ORGANISATION else found.team)
        answer: Json = {
            "access_token": installed.token,
            "token_type": "bot",
            "scope": ",".join(self._granted(found.consent.scopes)),
            "bot_user_id": installed.bot_user,
            "app_id": APP,
            "team": {"id": installed.team_id, "name": self.installations.names[installed.team_id]},
            "enterprise": self._enterprise_of(installed.team_id),
            "is_enterprise_install": False,
            "authed_user": {"id": found.user},
        }
        if found.team == ORGANISATION:
            whole: Json = {"id": ORGANISATION, "name": ORGANISATION_NAME}
            answer |= {"team": None, "enterprise": whole, "is_enterprise_install": True}
        return answer

    def _enterprise_of(self, team_id: str) -> Json | None:
        enterprise = self.installations.enterprises.get(team_id)
        return {"id": enterprise, "name": ORGANISATION_NAME} if enterprise else None

    def _granted(self, scopes: str) -> list[str]:
        asked = scopes.replace(" ", ",").split(",")
        return [scope for scope in asked if self.installations.scopes is None or scope in self.installations.scopes]

    def _exchanged(self, args: Args, kind: str) -> _Code:
        self._check_client(args)
        found = self._codes.get(args.text("code"))
        if found is None or found.is_used or found.consent.kind != kind:
            raise SlackRefusalError("invalid_code")
        if self.clock.now().timestamp() - found.made_at > CODE_SECONDS:
            raise SlackRefusalError("invalid_code")
        if args.text("redirect_uri") != found.consent.redirect_uri:
            raise SlackRefusalError("bad_redirect_uri")
        if found.consent.challenge and _challenge(args.text("code_verifier")) != found.consent.challenge:
            raise SlackRefusalError("invalid_code_verifier")
        found.is_used = True
        return found

    def _check_client(self, args: Args) -> None:
        client_id, secret = args.text("client_id"), args.text("client_secret")
        if args.text("_basic_auth"):
            client_id, secret = _basic(args.text("_basic_auth"))
        if not self.client_id or client_id != self.client_id:
            raise SlackRefusalError("invalid_client_id")
        if not hmac.compare_digest(secret.encode(), (self.client_secret or "").encode()):
            raise SlackRefusalError("bad_client_secret")

    def _new_token(self, user_id: str, scopes: str) -> str:
        token = f"xoxp-{secrets.token_hex(24)}"
        self._tokens[token] = Caller(user_id, frozenset(scopes.replace(",", " ").split()), is_bot=False)
        return token

    def _id_token(self, found: _Code, access_token: str) -> str:
        """Signed with the client secret (HS256); real Slack signs with its own published key."""
        now = int(self.clock.now().timestamp())
        person = self.workspace.person(found.user)
        at_hash = hashlib.sha256(access_token.encode()).digest()[:16]
        claims: Json = {
            "iss": ISSUER,
            "sub": person.id,
            "aud": self.client_id,
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "nonce": found.consent.nonce,
            "at_hash": _encoded(at_hash),
            f"{ISSUER}/team_id": person.team_id,
            f"{ISSUER}/user_id": person.id,
        }
        signed = ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
        digest = hmac.new((self.client_secret or "").encode(), signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{_encoded(digest)}"


def _basic(header: str) -> tuple[str, str]:
    """Name and secret of an `Authorization: Basic` header."""
    try:
        decoded = base64.b64decode(header.removeprefix("Basic ").strip(), validate=True).decode()
    except ValueError:
        return "", ""
    client_id, _, secret = decoded.partition(":")
    return client_id, secret


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _challenge(verifier: str) -> str:
    return _encoded(hashlib.sha256(verifier.encode()).digest())


def _with(address: str, **query: str) -> str:
    parts = urlsplit(address)
    joined = "&".join(part for part in (parts.query, urlencode(query)) if part)
    return urlunsplit(parts._replace(query=joined))
