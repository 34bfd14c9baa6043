"""`auth.test`, `team.info`, `users.*`, `bots.info` and `conversations.*`."""

from dataclasses import dataclass

from bot.playground.slack import payloads
from bot.playground.slack.calls import Args, Method, next_page
from bot.playground.slack.deliveries import Deliveries
from bot.playground.slack.errors import SlackRefusalError
from bot.playground.slack.installations import Installations
from bot.playground.slack.people import APP, BOT_USER, TEAM, TEAM_DOMAIN, TEAM_NAME, Channel
from bot.playground.slack.shapes import Json
from bot.playground.slack.workspace import Workspace

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_OPEN = ("im:write", "mpim:write", "channels:manage", "groups:write")


@dataclass(slots=True)
class DirectoryMethods:
    workspace: Workspace
    installations: Installations
    deliveries: Deliveries
    public_url: str

    def table(self) -> dict[str, Method]:
        channel = ("channel",)
        return {
            "api.test": Method(lambda _: {}, "4", needs_token=False),
            "auth.test": Method(self.auth_test, "special"),
            "team.info": Method(self.team_info, "3", ("team:read",)),
            "users.info": Method(self.user, "4", ("users:read",), ("user",), takes_json=False),
            "users.list": Method(self.users, "2", ("users:read",), takes_json=False),
            "bots.info": Method(self.bot, "3", ("users:read",), takes_json=False),
            "conversations.info": Method(self.conversation, "3", _READ, channel, takes_json=False),
            "conversations.list": Method(self.conversations, "2", _READ, takes_json=False),
            "conversations.members": Method(self.members, "4", _READ, channel, takes_json=False),
            "conversations.open": Method(self.open, "3", _OPEN),
            "conversations.join": Method(self.join, "3", ("channels:join",), channel),
        }

    def auth_test(self, args: Args) -> Json:
        person = self.workspace.person(args.caller.user)
        told = {
            "url": f"{self.public_url}/",
            "team": self.installations.names[args.caller.team],
            "user": person.handle,
            "team_id": args.caller.team,
            "user_id": person.id,
            "is_enterprise_install": False,
        }
        enterprise = self.installations.enterprises.get(args.caller.team)
        told |= {"enterprise_id": enterprise} if enterprise else {}
        installed = self.installations.of(args.caller.team) if args.caller.is_bot else None
        return told | ({"bot_id": installed.bot} if installed is not None else {})

    def team_info(self, _: Args) -> Json:
        team = {"id": TEAM, "name": TEAM_NAME, "domain": TEAM_DOMAIN, "email_domain": "northwind.example"}
        return {"team": team | {"url": f"{self.public_url}/", "icon": {"image_default": True}}}

    def user(self, args: Args) -> Json:
        person = self.workspace.people.get(args.text("user"))
        if person is None or not self._is_known(person.id, args.caller.team):
            raise SlackRefusalError("user_not_found")
        return {"user": self._with_scopes(person.to_slack(seen_from=args.caller.team), args)}

    def bot(self, args: Args) -> Json:
        """What an app learns its own id by."""
        installed = self.installations.of(args.caller.team)
        if installed is None or args.text("bot") != installed.bot:
            raise SlackRefusalError("bot_not_found")
        person = self.workspace.person(installed.bot_user)
        bot = {"id": installed.bot, "deleted": False, "name": person.name, "user_id": person.id, "app_id": APP}
        return {"bot": bot}

    def users(self, args: Args) -> Json:
        """Members of this workspace; people of other companies are not among them."""
        team = args.caller.team
        members = [person for person in self.workspace.people.values() if person.team_id == team]
        entries, cursor = args.page(members, lambda person: self._with_scopes(person.to_slack(seen_from=team), args))
        return {"members": entries, "cache_ts": int(self.workspace.clock.now().timestamp()), **next_page(cursor)}

    def _is_known(self, user_id: str, team: str) -> bool:
        """Somebody from outside is known only through a channel shared with the app."""
        person = self.workspace.people[user_id]
        shared = (c for c in self.workspace.channels.values() if BOT_USER in c.members and user_id in c.members)
        return person.team_id == team or next(shared, None) is not None

    def _with_scopes(self, user: Json, args: Args) -> Json:
        if args.caller.scopes is None or "users:read.email" not in args.caller.scopes:
            user["profile"].pop("email", None)
        return user

    def conversation(self, args: Args) -> Json:
        channel = self._visible(args)
        return {"channel": channel.to_slack(is_member=BOT_USER in channel.members)}

    def conversations(self, args: Args) -> Json:
        types = (args.text("types") or "public_channel").replace(" ", "").split(",")
        if set(types) - {"public_channel", "private_channel", "im", "mpim"}:
            raise SlackRefusalError("invalid_types")
        found = [channel for channel in self.workspace.channels.values() if self._is_listed(channel, types)]
        if args.flag("exclude_archived"):
            found = [channel for channel in found if not channel.is_archived]
        entries, cursor = args.page(found, lambda c: c.to_slack(is_member=BOT_USER in c.members))
        return {"channels": entries, **next_page(cursor)}

    @staticmethod
    def _is_listed(channel: Channel, types: list[str]) -> bool:
        kind = "im" if channel.is_im else "private_channel" if channel.is_private else "public_channel"
        return kind in types and (kind == "public_channel" or BOT_USER in channel.members)

    def members(self, args: Args) -> Json:
        channel = self._visible(args)
        entries, cursor = args.page(sorted(channel.members), str)
        return {"members": entries, **next_page(cursor)}

    def open(self, args: Args) -> Json:
        if args.text("channel"):
            return {"channel": {"id": self._visible(args).id}}
        users = [user for user in args.text("users").split(",") if user]
        if not users:
            raise SlackRefusalError("users_list_not_supplied")
        if len(users) > 1:
            raise SlackRefusalError("invalid_user_combination")
        person = self.workspace.people.get(users[0])
        if person is None or person.is_outsider or person.is_bot:
            raise SlackRefusalError("user_not_found")
        if person.is_deleted:
            raise SlackRefusalError("user_disabled")
        return {"channel": {"id": self.workspace.dm(person.id).id}}

    def join(self, args: Args) -> Json:
        channel = self.workspace.channels.get(args.text("channel"))
        if channel is None or channel.is_private:
            raise SlackRefusalError("channel_not_found")
        if channel.is_im:
            raise SlackRefusalError("method_not_supported_for_channel_type")
        if channel.is_archived:
            raise SlackRefusalError("is_archived")
        if BOT_USER in channel.members:
            return {"channel": channel.to_slack(is_member=True), "warning": "already_in_channel"}
        joined = channel.with_member(BOT_USER)
        self.workspace.put_channel(joined)
        bot = self.workspace.person(BOT_USER)
        self.deliveries.event_soon(payloads.member_joined(joined, bot, self.workspace.new_ts()))
        return {"channel": joined.to_slack(is_member=True)}

    def _visible(self, args: Args) -> Channel:
        channel = self.workspace.channels.get(args.text("channel"))
        if channel is None or (channel.is_private and BOT_USER not in channel.members):
            raise SlackRefusalError("channel_not_found")
        return channel
