"""Where people and sign-in pages find us, and where they find Slack."""

from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Our own addresses and Slack's, from the configuration and never from a request."""

    public_url: str
    slack_url: str

    def start(self, provider: str, link: str) -> str:
        return f"{self.public_url}/connect/{provider}/start?{urlencode({'t': link})}"

    def callback(self, provider: str) -> str:
        return f"{self.public_url}/connect/{provider}/callback"

    @property
    def signin_redirect(self) -> str:
        return f"{self.public_url}/slack/signin_redirect"

    def back_to_slack(self, app_id: str | None, team_id: str) -> str:
        if app_id is None:
            return self.slack_url
        return f"{self.slack_url}/app_redirect?{urlencode({'app': app_id, 'team': team_id})}"
