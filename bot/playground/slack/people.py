"""The workspace as it is on the first day: who works at Northwind Trading, and where they talk.

Ids never change, so that tests and links can name people by them.
"""

from dataclasses import dataclass, field, replace
from typing import Any

Json = dict[str, Any]

TEAM, TEAM_NAME, TEAM_DOMAIN = "T0DEXT001", "Northwind Trading", "northwind"
OTHER_TEAM, OTHER_TEAM_NAME = "T0OTHER01", "Acme Supplies"
APP, BOT, BOT_USER = "A0DEXT001", "B0DEXT001", "U0DEXTBOT"
SLACKBOT = "USLACKBOT"

OWNER, ADMIN, APPROVER, BOOKKEEPER = "U0OLIVIA1", "U0ADAM001", "U0PRIYA01", "U0BEN0001"
MEMBER, GUEST, SINGLE_GUEST, FORMER = "U0MIA0001", "U0GUS0001", "U0SAM0001", "U0FRED001"
OTHER_BOT, OUTSIDER = "U0OTHRBOT", "U0XAVIER1"

GENERAL, BILLS, ALERTS, FINANCE, SHARED = "C0GENERAL", "C0BILLS01", "C0ALERTS1", "C0FINANC1", "C0SHARED1"
OF_OTHERS = {
    "C0IRELND1": ("bills-ireland", "Bills of Northwind Ireland"),
    "C0AMERIC1": ("bills-america", "Bills of Northwind America"),
    "C0STUDIO1": ("bills-studio", "Bills of the studio"),
    "C0SHOP001": ("bills-shop", "Bills of the shop"),
}
"""A channel serves one organisation: these are for what is connected beside the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a Slack account, or a bot that looks like one."""

    id: str
    name: str
    handle: str
    title: str = ""
    team_id: str = TEAM
    is_owner: bool = False
    is_admin: bool = False
    is_guest: bool = False
    is_single_channel_guest: bool = False
    is_deleted: bool = False
    is_bot: bool = False

    @property
    def is_outsider(self) -> bool:
        return self.team_id != TEAM

    def to_slack(self, *, seen_from: str = TEAM) -> Json:
        """As `users.info` tells it; of somebody from another company Slack says less, and no address."""
        user: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.handle,
            "deleted": self.is_deleted,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1760000000,
            "profile": self._profile(),
        }
        if self.team_id != seen_from:
            return {**user, "is_stranger": True, "real_name": self.name}
        if self.is_deleted:
            return user
        return {
            **user,
            "real_name": self.name,
            "tz": "Europe/London",
            "tz_offset": 0,
            "is_admin": self.is_admin or self.is_owner,
            "is_owner": self.is_owner,
            "is_primary_owner": self.is_owner,
            "is_restricted": self.is_guest or self.is_single_channel_guest,
            "is_ultra_restricted": self.is_single_channel_guest,
        }

    def _profile(self) -> Json:
        profile: Json = {
            "real_name": self.name,
            "display_name": self.name.split(" ", maxsplit=1)[0],
            "title": self.title,
            "team": self.team_id,
        }
        if self.is_bot:
            profile["bot_id"] = BOT if self.id == BOT_USER else "B0OTHRBOT"
        elif not self.is_outsider:
            profile["email"] = f"{self.handle}@northwind.example"
        return profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A place to talk. `members` decides who sees it, who may click in it, and where the app may post."""

    id: str
    name: str
    purpose: str = ""
    is_private: bool = False
    is_shared: bool = False
    is_archived: bool = False
    im_with: str | None = None
    members: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_im(self) -> bool:
        return self.im_with is not None

    def with_member(self, user_id: str) -> "Channel":
        return replace(self, members=self.members | {user_id})

    def without_member(self, user_id: str) -> "Channel":
        return replace(self, members=self.members - {user_id})

    def to_slack(self, *, is_member: bool) -> Json:
        if self.is_im:
            return {"id": self.id, "is_im": True, "user": self.im_with, "is_archived": False, "is_org_shared": False}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": True,
            "is_group": False,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_archived": self.is_archived,
            "is_general": self.id == GENERAL,
            "is_shared": self.is_shared,
            "is_ext_shared": self.is_shared,
            "is_org_shared": False,
            "is_member": is_member,
            "num_members": len(self.members),
            "context_team_id": TEAM,
            "creator": OWNER,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": self.purpose, "creator": OWNER, "last_set": 0},
        }


def first_people() -> tuple[Person, ...]:
    return (
        Person(id=OWNER, name="Olivia Owner", handle="olivia", title="Managing director", is_owner=True, is_admin=True),
        Person(id=ADMIN, name="Adam Admin", handle="adam", title="Workspace admin", is_admin=True),
        Person(id=APPROVER, name="Priya Approver", handle="priya", title="Finance lead"),
        Person(id=BOOKKEEPER, name="Ben Bookkeeper", handle="ben", title="Bookkeeper"),
        Person(id=MEMBER, name="Mia Member", handle="mia", title="Buyer"),
        Person(id=GUEST, name="Gus Guest", handle="gus", title="Guest in several channels", is_guest=True),
        Person(
            id=SINGLE_GUEST,
            name="Sam Single",
            handle="sam",
            title="Guest in one channel",
            is_guest=True,
            is_single_channel_guest=True,
        ),
        Person(id=FORMER, name="Fred Former", handle="fred", title="Account deactivated", is_deleted=True),
        Person(id=OUTSIDER, name="Xavier External", handle="xavier", title="Acme Supplies", team_id=OTHER_TEAM),
        Person(id=OTHER_BOT, name="Reminder", handle="reminder", is_bot=True),
        Person(id=BOT_USER, name="Dext", handle="dext", is_bot=True),
        Person(id=SLACKBOT, name="Slackbot", handle="slackbot", is_bot=True),
    )


def first_channels() -> tuple[Channel, ...]:
    insiders = frozenset({OWNER, ADMIN, APPROVER, BOOKKEEPER, MEMBER})
    return (
        Channel(id=GENERAL, name="general", purpose="Company news", members=insiders | {GUEST, FORMER, OTHER_BOT}),
        Channel(
            id=BILLS,
            name="bills",
            purpose="Drop bills here; they are approved here",
            members=insiders | {GUEST, SINGLE_GUEST, FORMER, OTHER_BOT, BOT_USER},
        ),
        Channel(id=ALERTS, name="bills-alerts", purpose="What the ledger refused", members=insiders | {BOT_USER}),
        *(
            Channel(id=channel_id, name=name, purpose=purpose, members=insiders | {BOT_USER})
            for channel_id, (name, purpose) in OF_OTHERS.items()
        ),
        Channel(
            id=FINANCE,
            name="finance-private",
            purpose="Finance only; invite @dext to use it",
            is_private=True,
            members=frozenset({OWNER, ADMIN, APPROVER, BOOKKEEPER}),
        ),
        Channel(
            id=SHARED,
            name="shared-with-acme",
            purpose="Slack Connect with Acme Supplies",
            is_shared=True,
            members=insiders | {OUTSIDER, BOT_USER},
        ),
    )
