"""Where the app is installed: each workspace's own bot token, who may be called with it, and what it was granted.

Like the real ones: installing anew while installed gives the same token, removing kills it at once, and an installation
after that has another.
"""

import secrets
from dataclasses import asdict, dataclass, field

from bot.playground.slack.calls import Caller
from bot.playground.slack.errors import SlackRefusalError
from bot.playground.slack.people import BOT, BOT_USER, OTHER_TEAM, OTHER_TEAM_NAME, TEAM, TEAM_NAME, Person
from bot.playground.slack.workspace import Workspace

ORGANISATION, ORGANISATION_NAME = "E0NORTH01", "Northwind Group"
"""Everything at once: an Enterprise organisation, which an app may be installed into as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    team_id: str
    token: str = field(repr=False)
    bot_user: str
    bot: str
    is_over: bool = False


@dataclass(slots=True)
class Installations:
    """`first_token` is the one that Northwind Trading has from the first day. Names and organisations are by workspace."""

    workspace: Workspace
    first_token: str = field(repr=False)
    scopes: frozenset[str] | None
    names: dict[str, str] = field(default_factory=lambda: {TEAM: TEAM_NAME, OTHER_TEAM: OTHER_TEAM_NAME})
    enterprises: dict[str, str] = field(default_factory=dict)
    _by_token: dict[str, Installation] = field(default_factory=dict)

    def load(self) -> None:
        """What the last run left. The first day's installation is made of what it was started with."""
        first = Installation(team_id=TEAM, token=self.first_token, bot_user=BOT_USER, bot=BOT)
        self._by_token = {first.token: first}
        for row in self.workspace.store.all("installation"):
            self._by_token[row["token"]] = Installation(**row)

    def of(self, team_id: str) -> Installation | None:
        """The installation that lives."""
        return next(
            (found for found in self._by_token.values() if found.team_id == team_id and not found.is_over), None
        )

    def by_token(self, token: str) -> Installation | None:
        return self._by_token.get(token)

    def caller(self, token: str) -> Caller | None:
        """Whose bot token it is.

        Raises:
            SlackRefusalError: the app was removed since.
        """
        found = self._by_token.get(token)
        if found is None:
            return None
        if found.is_over:
            raise SlackRefusalError("account_inactive")
        return Caller(found.bot_user, self.scopes, team=found.team_id)

    def install(self, team_id: str) -> Installation:
        found = self.of(team_id)
        if found is not None:
            return found
        bot_user, bot = (BOT_USER, BOT) if team_id == TEAM else (f"U0BOT{team_id[2:6]}", f"B0BOT{team_id[2:6]}")
        token = f"xoxb-simulated-{secrets.token_hex(12)}"
        new = Installation(team_id=team_id, token=token, bot_user=bot_user, bot=bot)
        if bot_user not in self.workspace.people:
            self.workspace.put_person(Person(id=bot_user, name="Dext", handle="dext", team_id=team_id, is_bot=True))
        self._put(new)
        return new

    def remove(self, team_id: str) -> Installation | None:
        """Its token is dead at once; answers the installation that was."""
        found = self.of(team_id)
        if found is not None:
            self._put(Installation(**{**asdict(found), "is_over": True}))
        return found

    def _put(self, installation: Installation) -> None:
        self._by_token[installation.token] = installation
        self.workspace.store.put("installation", installation.token, asdict(installation))
