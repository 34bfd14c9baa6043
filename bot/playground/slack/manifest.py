"""What an app is at Slack: its manifest, held to the limits that Slack holds it to.

https://docs.slack.dev/reference/app-manifest; at most five shortcuts of each kind:
https://docs.slack.dev/interactivity/implementing-shortcuts
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.playground.slack.shapes import Json, Report, array, one_of, shape, string

MOST_OF_A_KIND = 5
KINDS = ("global", "message")
EVENTS = frozenset(
    {
        *("app_home_opened", "app_uninstalled", "tokens_revoked", "file_shared", "member_joined_channel"),
        *("channel_archive", "channel_unarchive", "channel_deleted", "channel_left", "channel_id_changed"),
        *("group_archive", "group_unarchive", "group_deleted", "group_left", "channel_unshared"),
    }
)
_SHORTCUTS = array(
    shape(
        {"name": string(24, 1), "type": one_of(*KINDS), "callback_id": string(255, 1), "description": string(150, 1)}
    ),
    len(KINDS) * MOST_OF_A_KIND,
    0,
)


class ManifestError(Exception):
    """Slack would not take it; the text says all that is wrong, each with its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The parts a workspace meets. Shortcuts are names by callback id; `scopes` None is everything."""

    commands: tuple[str, ...] = ("/dext",)
    shortcuts: Mapping[str, str] = field(default_factory=dict)
    message_shortcuts: Mapping[str, str] = field(default_factory=dict)
    events: frozenset[str] = EVENTS
    scopes: frozenset[str] | None = None
    takes_messages: bool = True  # what people write to the app itself

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """From the file that is pasted at Slack.

        Raises:
            ManifestError: it is not there, or Slack would refuse it.
        """
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise ManifestError(f"{path} cannot be read: {error}") from error
        if not isinstance(found, dict):
            raise ManifestError(f"{path} is not a manifest")
        return cls.of(found)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Manifest":
        features, settings = given.get("features") or {}, given.get("settings") or {}
        shortcuts: list[Json] = features.get("shortcuts") or []
        problems = list(_problems(shortcuts))
        if problems:
            raise ManifestError("invalid_manifest: " + "; ".join(problems))
        home = features.get("app_home") or {}
        return cls(
            commands=tuple(command["command"] for command in features.get("slash_commands") or []),
            shortcuts=_named(shortcuts, "global"),
            message_shortcuts=_named(shortcuts, "message"),
            events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or []),
            scopes=frozenset(((given.get("oauth_config") or {}).get("scopes") or {}).get("bot") or []),
            takes_messages=bool(home.get("messages_tab_enabled")) and not home.get("messages_tab_read_only_enabled"),
        )


def _problems(shortcuts: object) -> Iterator[str]:
    report = Report()
    _SHORTCUTS(shortcuts, "/features/shortcuts", report)
    yield from report.messages
    if report.messages or not isinstance(shortcuts, list):
        return
    for kind in KINDS:
        if sum(each["type"] == kind for each in shortcuts) > MOST_OF_A_KIND:
            yield f"no more than {MOST_OF_A_KIND} {kind} shortcuts allowed [json-pointer:/features/shortcuts]"
    ids = [each["callback_id"] for each in shortcuts]
    if len(ids) != len(set(ids)):
        yield "callback_id must be unique [json-pointer:/features/shortcuts]"


def _named(shortcuts: list[Json], kind: str) -> dict[str, str]:
    return {each["callback_id"]: each["name"] for each in shortcuts if each["type"] == kind}
