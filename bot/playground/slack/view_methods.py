"""`views.*`."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.slack.calls import Args, Method
from bot.playground.slack.errors import SlackRefusalError
from bot.playground.slack.shapes import Json
from bot.playground.slack.views import View, Views


@dataclass(frozen=True, slots=True)
class ViewMethods:
    views: Views

    def table(self) -> dict[str, Method]:
        return {
            "views.open": Method(_shown(self.open), "4", (), ("trigger_id", "view")),
            "views.push": Method(_shown(self.push), "4", (), ("trigger_id", "view")),
            "views.update": Method(_shown(self.update), "4", (), ("view",)),
            "views.publish": Method(_shown(self.publish), "4", (), ("user_id", "view")),
        }

    def open(self, args: Args) -> View:
        return self.views.open(args.given["trigger_id"], args.parsed("view"))

    def push(self, args: Args) -> View:
        return self.views.push(args.given["trigger_id"], args.parsed("view"))

    def update(self, args: Args) -> View:
        given = args.given
        if not given.get("view_id") and not given.get("external_id"):
            raise SlackRefusalError("invalid_arguments", messages=["[ERROR] view_id or external_id is required"])
        return self.views.update(
            args.parsed("view"),
            view_id=given.get("view_id"),
            external_id=given.get("external_id"),
            seen_hash=given.get("hash"),
        )

    def publish(self, args: Args) -> View:
        person = self.views.workspace.people.get(args.text("user_id"))
        if person is None or person.is_outsider or person.is_bot or person.is_deleted:
            raise SlackRefusalError("invalid_arguments", messages=["[ERROR] user_not_found"])
        return self.views.publish(person.id, args.parsed("view"), args.given.get("hash"))


def _shown(run: Callable[[Args], View]) -> Callable[[Args], Json]:
    return lambda args: {"view": run(args).to_slack()}
