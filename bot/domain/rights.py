"""Who may do what: one pure decision that every button, form, command and page goes through.

Membership of a channel is never a right. Whatever is unclear (nobody named, person unknown, Slack unreachable) is a no,
and every no says why and who can.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import UserId


class Role(StrEnum):
    """Granted per organisation, by Slack user id."""

    ADMIN = "admin"
    BOOKKEEPER = "bookkeeper"
    APPROVER = "approver"
    SUBMITTER = "submitter"
    VIEWER = "viewer"


class Deed(StrEnum):
    CONNECT = "connect"
    DISCONNECT = "disconnect"
    SET_UP = "set_up"
    TAKE_OVER = "take_over"
    REFRESH = "refresh"
    ADD_ITEM = "add_item"
    APPROVE = "approve"
    FIX = "fix"
    WITHDRAW = "withdraw"
    SEE = "see"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What Slack says of whoever acts, fresh at the moment of the act."""

    user_id: UserId
    name: str
    """As people are called in Slack."""
    real_name: str = ""
    email: str | None = None
    """None where the app may not see it."""
    zone: str | None = None
    """Their time zone, by its name; None where Slack does not tell."""
    is_of_workspace: bool
    is_known: bool = True
    """False for somebody whom Slack says the workspace does not have, or does not have any more; inactive, too."""
    is_active: bool = True
    is_bot: bool = False
    is_guest: bool = False
    is_workspace_admin: bool = False
    """Owner or admin in Slack, or the person who installed the app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A person's place in one organisation."""

    roles: frozenset[Role] = frozenset()
    approvers: tuple[UserId, ...] = ()
    admins: tuple[UserId, ...] = ()
    bookkeepers: tuple[UserId, ...] = ()
    lost: frozenset[UserId] = frozenset()
    """Of the admins, those of whom Slack says that they cannot act any more. Who was not asked about is not lost."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no, in words for the person it is said to. `ask` are the people who can help, to be mentioned once."""

    reason: str
    ask: tuple[UserId, ...] = ()


_ROLES_FOR: dict[Deed, frozenset[Role]] = {
    Deed.SET_UP: frozenset({Role.ADMIN}),
    Deed.FIX: frozenset({Role.ADMIN, Role.BOOKKEEPER}),
    Deed.WITHDRAW: frozenset({Role.ADMIN, Role.BOOKKEEPER}),
    Deed.REFRESH: frozenset({Role.ADMIN, Role.BOOKKEEPER}),
}


def decide(deed: Deed, person: Person | None, standing: Standing) -> Refusal | None:
    """None when the deed is allowed, else the refusal. `person` is None when Slack could not say who it is."""
    if person is None:
        return Refusal("I could not check with Slack who you are, so nothing was done. Please try again in a moment.")
    return _outsider(person) or _lacking(deed, person, standing)


def decide_approval(
    person: Person | None, standing: Standing, submitted_by: UserId, edited_by: tuple[UserId, ...] = ()
) -> Refusal | None:
    """Approving adds one rule: nobody decides alone on what they submitted, or on an amount or payee they changed."""
    refusal = decide(Deed.APPROVE, person, standing)
    involved = (submitted_by, *edited_by)
    if refusal is not None or person is None or person.user_id not in involved:
        return refusal
    did = "submitted this item" if person.user_id == submitted_by else "changed what is decided on here"
    words = f"You {did}, so somebody else has to decide on it."
    others = tuple(user for user in standing.approvers if user not in involved)
    if others:
        return Refusal(words, others)
    return Refusal(f"{words} An admin can add another approver in the settings.", standing.admins)


def decide_answer(person: Person | None, standing: Standing, sent_by: UserId) -> Refusal | None:
    """What is asked about a file is answered by whoever dropped or sent it, else by whoever keeps the books."""
    refusal = decide(Deed.ADD_ITEM, person, standing)
    if refusal is not None or person is None or person.user_id == sent_by:
        return refusal
    if decide(Deed.FIX, person, standing) is None:
        return None
    who = tuple(dict.fromkeys((sent_by, *standing.bookkeepers, *standing.admins)))
    return Refusal("Only whoever sent that file, or a bookkeeper, can say that.", who)


def decide_edit(person: Person | None, standing: Standing, to_fill_in_by: UserId | None) -> Refusal | None:
    """An item is edited by whoever keeps the books; one of which nothing could be read is filled in by whoever sent it, too."""
    if person is not None and person.user_id == to_fill_in_by:
        return decide(Deed.ADD_ITEM, person, standing)
    return decide(Deed.FIX, person, standing)


def decide_undo(person: Person | None, standing: Standing, approved_by: UserId | None) -> Refusal | None:
    """An approval is taken back by whoever gave it, or by whoever keeps the books."""
    refusal = decide(Deed.SEE, person, standing)
    if refusal is not None or person is None or person.user_id == approved_by:
        return refusal
    if decide(Deed.FIX, person, standing) is None:
        return None
    who = (*(() if approved_by is None else (approved_by,)), *standing.bookkeepers, *standing.admins)
    return Refusal("Only whoever approved it, a bookkeeper or an admin can take that back.", tuple(dict.fromkeys(who)))


def decide_taking_apart(person: Person | None, standing: Standing, claimed_by: UserId) -> Refusal | None:
    """An expense report is taken apart by whoever claims it, or by whoever keeps the books."""
    refusal = decide(Deed.ADD_ITEM, person, standing)
    if refusal is not None or person is None or person.user_id == claimed_by:
        return refusal
    if decide(Deed.FIX, person, standing) is None:
        return None
    who = tuple(dict.fromkeys((claimed_by, *standing.bookkeepers, *standing.admins)))
    return Refusal("Only whoever claims it, a bookkeeper or an admin can take it apart.", who)


def why_unfit(person: Person | None) -> str | None:
    """Why somebody could not act on any books, as the end of a sentence about them; None for whoever could."""
    if person is None:
        return "cannot be checked with Slack at the moment"
    if not person.is_of_workspace:
        return "belongs to another workspace"
    if person.is_bot:
        return "is a bot"
    if not person.is_known:
        return "is no member of this workspace"
    if not person.is_active:
        return "has a deactivated account"
    return "is a guest" if person.is_guest else None


def _outsider(person: Person) -> Refusal | None:
    if not person.is_of_workspace:
        return Refusal("You belong to another workspace, so you cannot act on these books.")
    if person.is_bot:
        return Refusal("Bots and workflows cannot act on these books; a person has to.")
    if not person.is_active:
        return Refusal("Your Slack account is deactivated, so you cannot act on these books.")
    if person.is_guest:
        return Refusal("Guests of this workspace cannot act on these books. Ask a full member to do it.")
    return None


def _lacking(deed: Deed, person: Person, standing: Standing) -> Refusal | None:
    match deed:
        case Deed.CONNECT:
            return None if person.is_workspace_admin else _refuse_connect(standing)
        case Deed.DISCONNECT:
            is_allowed = person.is_workspace_admin or Role.ADMIN in standing.roles
            return None if is_allowed else _refuse_disconnect(standing)
        case Deed.TAKE_OVER:
            return _refuse_taking_over(person, standing)
        case Deed.APPROVE:
            return _lacking_approval(person, standing)
        case Deed.SET_UP | Deed.FIX | Deed.WITHDRAW | Deed.REFRESH:
            if standing.roles & _ROLES_FOR[deed]:
                return None
            if deed is Deed.SET_UP:
                return _refuse_setting_up(person, standing)
            who = tuple(dict.fromkeys((*standing.bookkeepers, *standing.admins)))
            return Refusal("Only this organisation's admins and bookkeepers can do that.", who)
        case Deed.ADD_ITEM | Deed.SEE:
            return None


def _refuse_connect(standing: Standing) -> Refusal:
    return Refusal(
        "Connecting accounting software is for this workspace's Slack owners and admins, and for whoever installed Dext.",
        standing.admins,
    )


def _refuse_disconnect(standing: Standing) -> Refusal:
    return Refusal(
        "Disconnecting is for this organisation's admins, for the workspace's Slack owners and admins, and for whoever "
        "installed Dext.",
        standing.admins,
    )


def _refuse_setting_up(person: Person, standing: Standing) -> Refusal:
    words = "Only this organisation's admins can do that."
    if person.is_workspace_admin:
        words += " If none of them can act any more, you can take over: press Manage on its card in Dext's Home."
    return Refusal(words, standing.admins)


def _refuse_taking_over(person: Person, standing: Standing) -> Refusal | None:
    """Those who may connect can, by an act of their own, and only while nobody else can give roles."""
    left = tuple(user for user in standing.admins if user not in standing.lost)
    if not person.is_workspace_admin:
        return Refusal(
            "Taking over is for this workspace's Slack owners and admins, and for whoever installed Dext.", left
        )
    words = "Taking over is for an organisation none of whose admins can act any more."
    if Role.ADMIN in standing.roles:
        return Refusal(f"{words} You are its admin already.")
    return Refusal(f"{words} This one has an admin, who can give you a role.", left) if left else None


def _lacking_approval(person: Person, standing: Standing) -> Refusal | None:
    if not standing.approvers:
        return Refusal(
            "Nobody is set as an approver yet, so nothing can be approved. An admin can choose approvers "
            "in the settings.",
            standing.admins,
        )
    if person.user_id not in standing.approvers:
        return Refusal("You are not an approver for this organisation.", standing.approvers)
    return None
