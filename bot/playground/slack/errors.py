"""The two ways in which something is refused here: the app's call, and a person's hand."""

from bot.playground.slack.shapes import Json


class SlackRefusalError(Exception):
    """A Web API call answered with `ok: false` and this code, spelled as Slack spells it."""

    def __init__(self, code: str, *, messages: list[str] | None = None, **facts: str) -> None:
        super().__init__(code if not messages else f"{code}: {'; '.join(messages)}")
        self.code = code
        self.messages = messages or []
        self.facts = facts

    def to_slack(self) -> Json:
        answer: Json = {"ok": False, "error": self.code, **self.facts}
        if self.messages:
            answer["response_metadata"] = {"messages": self.messages}
        return answer


class NotPossibleError(Exception):
    """What a person tried cannot be done in Slack at all: the thing is not there, or not theirs to see."""
