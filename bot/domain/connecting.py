"""How a link to accounting software is made: what is offered, one try and its stages, and why a try went no further."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.books import BillRights, OrganisationChoice
from bot.domain.ids import OrganisationId, UserId


class Stage(StrEnum):
    """Where one try to connect is. The last four are ends."""

    OFFERED = "offered"
    OPENED = "opened"
    PROVEN = "proven"
    SENT = "sent"
    RETURNED = "returned"
    """The state is used up, and the code is being exchanged."""
    GRANTED = "granted"
    FINISHED = "finished"
    DENIED = "denied"
    EXPIRED = "expired"
    FAILED = "failed"


LIVE = (Stage.OFFERED, Stage.OPENED, Stage.PROVEN, Stage.SENT, Stage.RETURNED, Stage.GRANTED)


class Stop(StrEnum):
    """Why a try to connect went no further."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"
    OTHER_BROWSER = "other_browser"
    OTHER_PERSON = "other_person"
    UNPROVEN = "unproven"
    TOO_MANY_CODES = "too_many_codes"
    DENIED = "denied"
    NOTHING_GRANTED = "nothing_granted"
    OTHER_ORGANISATION = "other_organisation"
    SAME_ORGANISATION = "same_organisation"
    NO_ADMIN = "no_admin"
    REPLACED = "replaced"
    NOT_ALLOWED = "not_allowed"
    PROVIDER_FAILED = "provider_failed"
    SLACK_FAILED = "slack_failed"
    MAY_NOT_WRITE = "may_not_write"
    NOT_KEPT = "not_kept"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A stop in words: what happened, and what to do about it."""

    title: str
    text: str
    advice: str


AFRESH = "To start afresh, type /dext connect in Slack."

EXPLANATIONS: dict[Stop, Explanation] = {
    Stop.UNKNOWN: Explanation(
        "This link does not work here",
        "It is not one of ours, or it was opened first in another browser. Nothing was connected.",
        AFRESH + " Open the new link in the browser you want to go on in.",
    ),
    Stop.EXPIRED: Explanation(
        "This link has expired",
        "A link to connect is good for 10 minutes. Nothing was connected.",
        AFRESH,
    ),
    Stop.USED: Explanation(
        "This link was already used",
        "Each link works once, so that nobody can use it after you. If you finished connecting with it, all is well.",
        AFRESH,
    ),
    Stop.OTHER_BROWSER: Explanation(
        "This link was opened in another browser",
        "It goes on only where it was opened first. Nothing was connected here.",
        AFRESH + " Open the new link in the browser you want to go on in.",
    ),
    Stop.OTHER_PERSON: Explanation(
        "You are somebody else in Slack",
        "Only the person who asked for this link can use it. Nothing was connected.",
        "Sign in to Slack as that person, or type /dext connect there yourself.",
    ),
    Stop.UNPROVEN: Explanation(
        "First show that it is you",
        "Before you go on, we need to know that this browser belongs to the person who asked for the link.",
        "Go back and follow the page that is open there. " + AFRESH,
    ),
    Stop.TOO_MANY_CODES: Explanation(
        "The code was wrong five times",
        "The link is closed now. Nothing was connected.",
        AFRESH + " You then get a new code.",
    ),
    Stop.DENIED: Explanation(
        "Access was not allowed",
        "You pressed Cancel, or your login may not allow access. Nothing was connected.",
        AFRESH + " If you lack the right, ask somebody who has it to connect.",
    ),
    Stop.NOTHING_GRANTED: Explanation(
        "No organisation was shared",
        "The sign-in worked, but it shares no organisation with us. Nothing was connected.",
        AFRESH + " Choose an organisation when you are asked which one to allow.",
    ),
    Stop.OTHER_ORGANISATION: Explanation(
        "That is another organisation",
        "The organisation that came back is not the one that was chosen here. Nothing was changed.",
        AFRESH,
    ),
    Stop.SAME_ORGANISATION: Explanation(
        "That is the organisation you have",
        "You are changing to another organisation, and chose the one that is to be replaced. Nothing was changed.",
        "Press Change organisation again and choose another one. To renew the sign-in of this one, press Reconnect.",
    ),
    Stop.NO_ADMIN: Explanation(
        "You are no admin of what is to be replaced",
        "Only an admin of an organisation can put another one in its place. Nothing was changed.",
        "Ask one of its admins to press Change organisation on its Manage page.",
    ),
    Stop.REPLACED: Explanation(
        "Another one takes its place already",
        "Somebody began to put another organisation in the place of one of these two. Nothing was changed.",
        "Look at Merge lists on the Manage page of the organisation that is connected.",
    ),
    Stop.NOT_ALLOWED: Explanation(
        "You may no longer connect software",
        "Connecting is for this workspace's Slack owners and admins, and for whoever installed Dext. Nothing was connected.",
        "Ask one of them to type /dext connect.",
    ),
    Stop.PROVIDER_FAILED: Explanation(
        "The accounting software did not answer as expected",
        "We could not read from it with the access it gave. Nothing was connected.",
        "Wait a few minutes. " + AFRESH,
    ),
    Stop.NOT_KEPT: Explanation(
        "We could not keep what came back",
        "Our database did not take it, so nothing was connected. If the accounting software lists Dext as connected now, "
        "nobody here has that access; connecting again takes it over.",
        "Wait a few minutes. " + AFRESH,
    ),
    Stop.SLACK_FAILED: Explanation(
        "Slack did not say who you are",
        "The sign-in at Slack was cancelled, or Slack did not answer. Nothing was connected.",
        AFRESH,
    ),
    Stop.MAY_NOT_WRITE: Explanation(
        "This login may not write bills there",
        "It may only read the organisation in the accounting software. Nothing was connected.",
        "Sign in there as somebody who may write bills, or have an admin there change it. " + AFRESH,
    ),
}


MOST_PICKED = 3


def in_words(names: tuple[str, ...]) -> str:
    """The first of them, and how many more there are."""
    if len(names) > MOST_PICKED:
        return f"{', '.join(names[:MOST_PICKED])} and {len(names) - MOST_PICKED} more"
    return " and ".join(names)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherOrganisation:
    """A reconnection that came back with others than the organisation it was for. `picked` are never none."""

    wanted: str
    picked: tuple[str, ...]

    @property
    def explanation(self) -> Explanation:
        picked = in_words(self.picked)
        return Explanation(
            f"That is not {self.wanted}",
            f"This reconnects {self.wanted}, but the sign-in shares {picked} with us. A reconnection keeps settings, items "
            "and rules, so it goes to the same organisation only. Nothing was changed.",
            f"Press Reconnect again, sign in as somebody who can see {self.wanted}, and allow that one. To have "
            f"{self.picked[0]} take its place, press Change organisation on its Manage page; to connect it beside, type "
            "/dext connect in Slack.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsLacking:
    """A login that may only read what was to be connected. `organisations` are never none."""

    login: str
    """Empty where the provider does not tell who signed in."""
    organisations: tuple[str, ...]
    ledger: str
    role: str

    @property
    def explanation(self) -> Explanation:
        who, admin = self.login or "This login", f"your {self.ledger} admin"
        return Explanation(
            f"{who} may not write bills there",
            f"{who} may only read {in_words(self.organisations)} in {self.ledger}. Nothing was connected.",
            f"Sign in as somebody with {self.role}, or have {admin} change it. {AFRESH}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """What is kept with the message that a try went no further."""

    stop: Stop
    other: OtherOrganisation | None = None
    lacking: RightsLacking | None = None

    @property
    def explanation(self) -> Explanation:
        told = self.other or self.lacking
        return EXPLANATIONS[self.stop] if told is None else told.explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """Accounting software that can be connected: what will happen, and what rights are needed."""

    key: str
    name: str
    steps: tuple[str, ...]
    rights: tuple[str, ...]
    layouts: tuple[tuple[str, str], ...] = ()
    """Keys and names of what its files can be laid out for. Where there are any, nobody signs in: an admin names the
    organisation.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedBooks:
    """An organisation as an admin typed it. `country` is two letters, `currency` three."""

    name: str
    layout: str
    currency: str
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingPage:
    """What the form shows in which an organisation is named; of one that is known, as it was named before."""

    package: Package
    organisation_id: OrganisationId | None = None
    before: NamedBooks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to connect, as its pages and messages show it. It holds no secret."""

    stage: Stage
    provider: str
    provider_name: str
    workspace_name: str
    starter: UserId
    starter_name: str
    tries_left: int
    choices: tuple[OrganisationChoice, ...] = ()
    connected: frozenset[str] = frozenset()
    """Of these, and of others there, those that are connected already, as the provider knows them."""
    reconnecting: str | None = None
    """The organisation whose connection is being renewed."""
    login: str = ""
    """Who signed in at the provider, as far as it tells."""
    role: str = ""
    """Whom to ask for where that login may not write bills."""

    @property
    def can_be_chosen(self) -> tuple[OrganisationChoice, ...]:
        """Organisations that the login may write bills in, or may for all we know."""
        return tuple(choice for choice in self.choices if choice.bill_rights is not BillRights.NONE)
