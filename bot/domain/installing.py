"""Installing the app into a Slack workspace: what Slack grants, and why a try went no further."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.connecting import Explanation
from bot.domain.ids import UserId
from bot.domain.slack import BOT_SCOPES


class InstallStop(StrEnum):
    """Why a try to install went no further."""

    NOT_OFFERED = "not_offered"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    OTHER_BROWSER = "other_browser"
    DENIED = "denied"
    WHOLE_ORGANISATION = "whole_organisation"
    OTHER_APP = "other_app"
    SLACK_REFUSED = "slack_refused"
    SLACK_SILENT = "slack_silent"
    NOT_KEPT = "not_kept"


AFRESH = "To start afresh, open this address's /slack/install again."

STOPS: dict[InstallStop, Explanation] = {
    InstallStop.NOT_OFFERED: Explanation(
        "This Dext serves one workspace",
        "It runs with the bot token of one Slack workspace, so it cannot be installed into another one from here.",
        "Whoever runs it can set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET; then this page installs.",
    ),
    InstallStop.UNKNOWN: Explanation(
        "This installation is not one that goes on here",
        "It was finished already, or it was begun somewhere else. Nothing was installed by this page.",
        "If Dext is in your Slack now, all is well. " + AFRESH,
    ),
    InstallStop.EXPIRED: Explanation(
        "This took too long",
        "An installation has to be finished within 10 minutes. Nothing was installed.",
        AFRESH,
    ),
    InstallStop.OTHER_BROWSER: Explanation(
        "This installation was begun in another browser",
        "It goes on only where it was begun, so that nobody can make you finish theirs. Nothing was installed.",
        AFRESH,
    ),
    InstallStop.DENIED: Explanation(
        "Slack did not allow it",
        "You pressed Cancel, or this workspace lets only its admins approve apps. Nothing was installed.",
        AFRESH + " If Slack asks for an admin's approval, wait for that first.",
    ),
    InstallStop.WHOLE_ORGANISATION: Explanation(
        "Install it into one workspace",
        "That was an installation for a whole Enterprise organisation. Dext keeps each workspace's books apart, so it is "
        "installed workspace by workspace. Nothing was kept of this one; an organisation admin can remove it again.",
        AFRESH + " At Slack, choose a workspace instead of the organisation.",
    ),
    InstallStop.OTHER_APP: Explanation(
        "That was another Slack app",
        "Slack answered for another app than the one that other workspaces here have. Nothing was installed.",
        "Whoever runs Dext should compare SLACK_CLIENT_ID and SLACK_SIGNING_SECRET: both are of one app.",
    ),
    InstallStop.SLACK_REFUSED: Explanation(
        "Slack did not hand over the installation",
        "What Slack sent here was no good any more, or the app's credentials are wrong. Nothing was installed.",
        AFRESH + " If it happens again, whoever runs Dext should check SLACK_CLIENT_ID and SLACK_CLIENT_SECRET.",
    ),
    InstallStop.SLACK_SILENT: Explanation(
        "Slack did not answer",
        "Slack could not be reached to finish the installation. Nothing was installed.",
        "Wait a minute. " + AFRESH,
    ),
    InstallStop.NOT_KEPT: Explanation(
        "We could not keep the installation",
        "Our database did not take what Slack sent. Slack may list Dext among your apps now; it does not answer there yet.",
        "Wait a few minutes. " + AFRESH,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What `oauth.v2.access` and `auth.test` say about one installation. `team_id` is None for a whole organisation."""

    token: str = field(repr=False)
    app_id: str
    enterprise_id: str
    team_id: str | None
    team_name: str
    bot_user_id: str
    bot_id: str
    scopes: tuple[str, ...]
    installer: UserId
    is_enterprise_install: bool
    is_by_admin: bool = False
    """Whether Slack says that the installer is an owner or admin of the workspace. Where it does not say, they are not."""

    @property
    def lacking(self) -> tuple[str, ...]:
        """Scopes that we asked for and were not given."""
        return tuple(scope for scope in BOT_SCOPES if scope not in self.scopes)


def installer_of(grant: Grant, before: UserId | None, *, is_open: bool) -> UserId | None:
    """Who is "whoever installed Dext" after a workspace that is known allowed it once more.

    An owner or admin may connect anyway. Anybody else becomes the installer only where the place is open: the app was
    removed, and there are no books that it would be a right over.
    """
    return grant.installer if grant.is_by_admin or is_open else before


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A finished installation, as its page tells it. It holds no secret."""

    team_id: str
    team_name: str
    app_id: str
    is_again: bool
    lacking: tuple[str, ...]
