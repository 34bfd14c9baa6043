"""Modals and Home tabs: what each person has open, the tickets that open them, and what was typed in so far."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from bot.clock import Clock
from bot.playground.slack.blocks import elements_of, view_is_too_large, view_problems, with_ids
from bot.playground.slack.entries import Entries, untouched
from bot.playground.slack.errors import SlackRefusalError
from bot.playground.slack.images import image_problems
from bot.playground.slack.people import APP, BOT, TEAM
from bot.playground.slack.shapes import Json, copied
from bot.playground.slack.store import Store
from bot.playground.slack.workspace import Workspace, block_ids, new_id

TRIGGER_SECONDS = 3
DEEPEST_STACK = 3


@dataclass(slots=True, kw_only=True)
class View:
    """A view that somebody has in front of them."""

    id: str
    user: str
    definition: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    entries: Entries = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.definition["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        return str(self.definition.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        return str(self.definition.get("private_metadata", ""))

    @property
    def title(self) -> str:
        return str((self.definition.get("title") or {}).get("text", ""))

    def to_slack(self) -> Json:
        given = self.definition
        return {
            "id": self.id,
            "team_id": TEAM,
            "type": given["type"],
            "blocks": copied(given["blocks"]),
            "private_metadata": self.private_metadata,
            "callback_id": self.callback_id,
            "state": {"values": copied(self.entries)},
            "hash": self.hash,
            "title": given.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": given.get("clear_on_close", False),
            "notify_on_close": given.get("notify_on_close", False),
            "close": given.get("close"),
            "submit": given.get("submit"),
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": APP,
            "external_id": given.get("external_id", ""),
            "app_installed_team_id": TEAM,
            "bot_id": BOT,
        }


@dataclass(slots=True)
class Trigger:
    user: str
    made_at: float
    is_used: bool = False


@dataclass(slots=True)
class Views:
    workspace: Workspace
    store: Store
    clock: Clock
    _views: dict[str, View] = field(default_factory=dict)
    _stacks: dict[str, list[str]] = field(default_factory=dict)
    _homes: dict[str, str] = field(default_factory=dict)
    _triggers: dict[str, Trigger] = field(default_factory=dict)
    _hashes: int = 0

    def load(self) -> None:
        """Open modals and Home tabs survive a restart, as they do at Slack."""
        self._views = {row["id"]: View(**row) for row in self.store.all("view")}
        for row in self.store.all("stack"):
            self._stacks[row["user"]] = row["views"]
            self._homes |= {row["user"]: row["home"]} if row["home"] else {}

    # Tickets

    def new_trigger(self, user_id: str) -> str:
        number = secrets.randbelow(10**13)
        trigger_id = f"{number}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user_id, self.clock.now().timestamp())
        return trigger_id

    def exchange(self, trigger_id: object) -> str:
        """Whose ticket it is; it is good for three seconds and for one view."""
        trigger = self._triggers.get(trigger_id) if isinstance(trigger_id, str) else None
        if trigger is None:
            raise SlackRefusalError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackRefusalError("exchanged_trigger_id")
        if self.clock.now().timestamp() - trigger.made_at > TRIGGER_SECONDS:
            raise SlackRefusalError("expired_trigger_id")
        trigger.is_used = True
        return trigger.user

    # What the app does

    def open(self, trigger_id: object, definition: object) -> View:
        checked = self._checked(definition, "modal")
        self._external_id_is_free(checked, None)
        user_id = self.exchange(trigger_id)
        for view_id in self._stacks.get(user_id, []):
            self._forget(view_id)
        view_id = new_id("V")
        view = self._new(view_id, user_id, checked, root_id=view_id)
        self._set_stack(user_id, [view_id])
        return view

    def push(self, trigger_id: object, definition: object) -> View:
        checked = self._checked(definition, "modal")
        self._external_id_is_free(checked, None)
        trigger = self._triggers.get(trigger_id) if isinstance(trigger_id, str) else None
        if trigger is not None and not trigger.is_used:
            self._room_for_one_more(trigger.user)
        return self._pushed(self.exchange(trigger_id), checked)

    def push_answer(self, user_id: str, definition: object) -> View:
        """`response_action: push`: like `push`, without a ticket."""
        checked = self._checked(definition, "modal")
        self._external_id_is_free(checked, None)
        self._room_for_one_more(user_id)
        return self._pushed(user_id, checked)

    def _room_for_one_more(self, user_id: str) -> None:
        stack = self._stacks.get(user_id, [])
        if not stack:
            raise SlackRefusalError("not_found")
        if len(stack) >= DEEPEST_STACK:
            raise SlackRefusalError("push_limit_reached")

    def _pushed(self, user_id: str, checked: Json) -> View:
        stack = self._stacks[user_id]
        view_id = new_id("V")
        view = self._new(view_id, user_id, checked, root_id=stack[0], previous_id=stack[-1])
        self._set_stack(user_id, [*stack, view_id])
        return view

    def update(self, definition: object, *, view_id: object, external_id: object, seen_hash: object) -> View:
        view = self._found(view_id, external_id)
        checked = self._checked(definition, view.definition["type"])
        self._external_id_is_free(checked, view)
        if seen_hash and seen_hash != view.hash:
            raise SlackRefusalError("hash_conflict")
        return self.replace(view, checked)

    def update_answer(self, view: View, definition: object) -> View:
        """`response_action: update`."""
        checked = self._checked(definition, "modal")
        self._external_id_is_free(checked, view)
        return self.replace(view, checked)

    def publish(self, user_id: str, definition: object, seen_hash: object) -> View:
        current = self.home(user_id)
        checked = self._checked(definition, "home")
        self._external_id_is_free(checked, current)
        if current is None:
            view_id = new_id("V")
            current = self._new(view_id, user_id, checked, root_id=view_id)
            self._homes[user_id] = view_id
            self._set_stack(user_id, self._stacks.get(user_id, []))
            return current
        if seen_hash and seen_hash != current.hash:
            raise SlackRefusalError("hash_conflict")
        return self.replace(current, checked)

    def replace(self, view: View, checked: Json) -> View:
        """What was typed stays where block and element keep their ids."""
        before = view.entries
        view.definition = {**checked, "blocks": with_ids(checked["blocks"], block_ids())}
        view.entries = untouched(view.blocks)
        for block, element in elements_of(view.blocks):
            kept = before.get(block["block_id"], {}).get(element["action_id"])
            if kept is not None and kept["type"] == element["type"]:
                view.entries.setdefault(block["block_id"], {})[element["action_id"]] = kept
        view.hash = self._new_hash()
        self.save(view)
        return view

    # What a person does

    def top(self, user_id: str) -> View | None:
        stack = self._stacks.get(user_id)
        return self._views[stack[-1]] if stack else None

    def stack(self, user_id: str) -> list[View]:
        return [self._views[view_id] for view_id in self._stacks.get(user_id, [])]

    def home(self, user_id: str) -> View | None:
        return self._views.get(self._homes.get(user_id, ""))

    def get(self, view_id: str) -> View | None:
        return self._views.get(view_id)

    def pop(self, user_id: str) -> View | None:
        stack = self._stacks.get(user_id, [])
        if not stack:
            return None
        gone = self._forget(stack[-1])
        self._set_stack(user_id, stack[:-1])
        return gone

    def clear(self, user_id: str) -> list[View]:
        gone = [self._forget(view_id) for view_id in self._stacks.get(user_id, [])]
        self._set_stack(user_id, [])
        return gone

    def save(self, view: View) -> None:
        self.store.put("view", view.id, {name: getattr(view, name) for name in View.__dataclass_fields__})
        self.workspace.touch()

    # Inside

    def _checked(self, definition: object, kind: Any) -> Json:
        problems = view_problems(definition, kind)
        if problems:
            raise SlackRefusalError("invalid_arguments", messages=problems)
        checked: Json = copied(definition)  # a dict, or there were problems
        problems = image_problems(checked["blocks"], "/view/blocks", self.workspace)
        if problems:
            raise SlackRefusalError("invalid_arguments", messages=problems)
        if view_is_too_large(checked):
            raise SlackRefusalError("view_too_large")
        return checked

    def _external_id_is_free(self, definition: Json, own: View | None) -> None:
        external_id = definition.get("external_id")
        holder = self._by_external_id(external_id) if external_id else None
        if holder is not None and holder is not own:
            raise SlackRefusalError("duplicate_external_id")

    def _by_external_id(self, external_id: object) -> View | None:
        views = self._views.values()
        return next((view for view in views if view.definition.get("external_id") == external_id), None)

    def _found(self, view_id: object, external_id: object) -> View:
        found = self._views.get(str(view_id)) if view_id else self._by_external_id(external_id) if external_id else None
        if found is None:
            raise SlackRefusalError("not_found")
        return found

    def _new(self, view_id: str, user_id: str, checked: Json, *, root_id: str, previous_id: str | None = None) -> View:
        definition = {**checked, "blocks": with_ids(checked["blocks"], block_ids())}
        view = View(
            id=view_id,
            user=user_id,
            definition=definition,
            hash=self._new_hash(),
            root_id=root_id,
            previous_id=previous_id,
            entries=untouched(definition["blocks"]),
        )
        self._views[view_id] = view
        self.save(view)
        return view

    def _forget(self, view_id: str) -> View:
        self.store.remove("view", view_id)
        return self._views.pop(view_id)

    def _set_stack(self, user_id: str, stack: list[str]) -> None:
        self._stacks[user_id] = stack
        self.store.put("stack", user_id, {"user": user_id, "views": stack, "home": self._homes.get(user_id)})
        self.workspace.touch()

    def _new_hash(self) -> str:
        self._hashes += 1
        return f"{int(self.clock.now().timestamp())}.{secrets.token_hex(4)}{self._hashes}"
