"""What a sign-in page answers with a browser, and asking Slack who is in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who Slack says is in the browser."""

    team_id: str
    user_id: str
    nonce: str


class SlackSignIn(Protocol):
    """Slack's OpenID; there is one when the app's client credentials are set."""

    def authorize_url(self, *, state: str, nonce: str, team_id: str, redirect_uri: str) -> str: ...

    async def who(self, *, code: str, redirect_uri: str) -> SignedIn | None:
        """None when Slack does not say."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What a browser brought back from a sign-in page, each parameter given at most once."""

    state: str
    code: str
    error: str
    issuer: str = ""
    """Who says so, where the sign-in tells (RFC 9207)."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What else the provider's profile declares of its callback; empty where it was not said, or said twice."""
