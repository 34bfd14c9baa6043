"""Filling in a modal, submitting it, closing it, and obeying what the app answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.playground.slack import payloads
from bot.playground.slack.blocks import elements_of
from bot.playground.slack.deliveries import Answer
from bot.playground.slack.entries import client_error, field_of
from bot.playground.slack.errors import NotPossibleError, SlackRefusalError
from bot.playground.slack.shapes import Json
from bot.playground.slack.sight import Sight
from bot.playground.slack.views import View

TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What the person saw after pressing the submit button.

    `errors` stand under the fields, by block_id. `error` is Slack's own complaint when the app did not answer, or
    answered nonsense. `view` is the modal now in front, if any. `was_sent` is false when Slack's client itself
    refused, for a required field left empty for example.
    """

    errors: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    view: View | None = None
    was_sent: bool = True


@dataclass(slots=True)
class Forms:
    sight: Sight

    async def submit(
        self, view: View, values: Mapping[str, object] | None = None, *, user: str | None = None
    ) -> Submitted:
        """Fill in a modal and press its submit button.

        Args:
            view: the modal in front.
            values: by block_id or action_id: a text, an option's value, a list; or per block a dict by action_id.
            user: who presses; the modal's own person unless given.
        """
        user_id = user or view.user
        self.sight.in_front(view, user_id)
        if "submit" not in view.definition or view.definition.get("submit_disabled"):
            raise NotPossibleError("this modal has no submit button to press")
        self.sight.entries(view, values or {})
        self.sight.views.save(view)
        errors = self._client_errors(view)
        if errors:
            return Submitted(errors=errors, view=view, was_sent=False)
        payload = payloads.envelope("view_submission", self.sight.workspace.person(user_id))
        payload |= {"trigger_id": self.sight.views.new_trigger(user_id), "view": view.to_slack()}
        payload["response_urls"] = self._asked_response_urls(view, user_id)
        answer = await self.sight.deliveries.interaction(payload)
        try:
            return self._obeyed(view, answer)
        except SlackRefusalError as refusal:
            self.sight.refused("answer to a submission", refusal)
            return Submitted(error=f"{TROUBLE} ({refusal})", view=view)

    def _client_errors(self, view: View) -> dict[str, str]:
        found = {}
        for block in view.blocks:
            if block["type"] == "input":
                entry = view.entries[block["block_id"]][block["element"]["action_id"]]
                error = client_error(block, entry)
                if error:
                    found[block["block_id"]] = error
        return found

    def _asked_response_urls(self, view: View, user_id: str) -> list[Json]:
        found = []
        for block, element in elements_of(view.blocks):
            if block["type"] != "input" or not element.get("response_url_enabled"):
                continue
            channel_id = view.entries[block["block_id"]][element["action_id"]][field_of(element["type"])]
            if channel_id:
                url = self.sight.response_urls.new(channel_id, user_id)
                place = {"block_id": block["block_id"], "action_id": element["action_id"]}
                found.append(place | {"channel_id": channel_id, "response_url": url})
        return found

    def _obeyed(self, view: View, answer: Answer) -> Submitted:
        """Do what the answer to a submission says."""
        if answer.error:
            return Submitted(error=TROUBLE, view=view)
        if not answer.text.strip():
            if self.sight.views.get(view.id) is view and self.sight.views.top(view.user) is view:
                self.sight.views.pop(view.user)
            return Submitted(view=self.sight.views.top(view.user))
        body = answer.body or {}
        match body.get("response_action"):
            case "errors":
                return Submitted(errors=self._app_errors(view, body.get("errors")), view=view)
            case "update":
                return Submitted(view=self.sight.views.update_answer(view, body.get("view")))
            case "push":
                return Submitted(view=self.sight.views.push_answer(view.user, body.get("view")))
            case "clear":
                self.sight.views.clear(view.user)
                return Submitted()
        raise SlackRefusalError("invalid_response_action")

    def _app_errors(self, view: View, errors: object) -> dict[str, str]:
        """Errors have to name input blocks of the modal; for others there is no place to show them."""
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not all(isinstance(text, str) for text in errors.values()):
            raise SlackRefusalError("invalid_errors")
        unknown = sorted(set(errors) - inputs)
        if unknown:
            raise SlackRefusalError("invalid_errors", messages=[f"no input block called {name}" for name in unknown])
        return dict(errors)

    async def close(self, user: str, *, everything: bool = False) -> None:
        """Close the modal in front with its Cancel button or, with `everything`, all of them by the ×."""
        top = self.sight.views.top(user)
        if top is None:
            raise NotPossibleError("there is no modal to close")
        is_cleared = everything or bool(top.definition.get("clear_on_close"))
        gone = self.sight.views.clear(user) if is_cleared else [view for view in [self.sight.views.pop(user)] if view]
        for view in reversed(gone):
            if view.definition.get("notify_on_close"):
                payload = payloads.envelope("view_closed", self.sight.workspace.person(user))
                await self.sight.deliveries.interaction(payload | {"view": view.to_slack(), "is_cleared": is_cleared})
