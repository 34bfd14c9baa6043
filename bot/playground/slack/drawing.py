"""What one person sees, drawn as HTML: the whole page, and the parts that change while they look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, Undefined

from bot.playground.slack.emoji import in_words
from bot.playground.slack.entries import field_of, untouched
from bot.playground.slack.mrkdwn import mrkdwn_html, plain_html
from bot.playground.slack.people import BOT_USER, TEAM, Channel, Person
from bot.playground.slack.shapes import Json
from bot.playground.slack.state import SlackState
from bot.playground.slack.workspace import Message

HERE = Path(__file__).parent
TONES = 6
MOST_SHOWN = 200
SAFE_SCHEMES = ("http://", "https://", "mailto:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody is: a channel, or the app's Home or Messages tab."""

    id: str
    kind: str
    title: str
    purpose: str
    channel_id: str | None
    can_write: bool


@dataclass(slots=True)
class Drawing:
    """One look at the workspace by one person."""

    state: SlackState
    me: Person
    place: Place
    thread_ts: str | None
    environment: Environment

    def page(self) -> str:
        return self.environment.get_template("page.html").render(self._context())

    def parts(self) -> dict[str, str]:
        """The parts the script swaps in, by the id of the element they belong into."""
        module: Any = self.environment.get_template("parts.html").make_module(self._context())
        return {
            "main": str(module.main()),
            "thread": str(module.thread_part()),
            "modal": str(module.modal()),
            "switches": str(module.switches()),
            "refused": str(module.refused()),
        }

    def latest(self) -> dict[str, str]:
        """The newest message of somebody else in each channel, so that the script can mark what was not seen."""
        me, workspace = self.me.id, self.state.workspace
        places = [*workspace.seen_by(me), workspace.dm(me)]
        seen = ((c.id, [m.ts for m in workspace.messages(c.id) if m.user != me and self._is_mine(m)]) for c in places)
        return {channel_id: stamps[-1] for channel_id, stamps in seen if stamps}

    def _context(self) -> dict[str, Any]:
        state, workspace = self.state, self.state.workspace
        return {
            "workspace": workspace,
            "me": self.me,
            "place": self.place,
            "thread_ts": self.thread_ts,
            "channels": workspace.seen_by(self.me.id),
            "actors": [person for person in workspace.people.values() if not person.is_bot],
            "dm": workspace.dm(self.me.id),
            "home": state.home(self.me.id),
            "view": state.view(self.me.id),
            "shown": self._shown(),
            "thread_root": self._thread_root(),
            "thread": self._replies(self.thread_ts) if self.thread_ts else [],
            "shortcuts": self._offered(state.manifest.shortcuts),
            "message_shortcuts": self._offered(state.manifest.message_shortcuts),
            "faults": state.faults,
            "refusals": state.refusals,
            "samples": state.samples,
            "ledgers_url": state.ledgers_url,
            "app_has_posted": workspace.has_posted(BOT_USER),
            **self._tools(),
        }

    def _offered(self, shortcuts: Mapping[str, str]) -> Mapping[str, str]:
        """An app's shortcuts are for the people of the workspace it is installed in."""
        is_offered = not self.me.is_outsider and self.state.installations.of(TEAM) is not None
        return shortcuts if is_offered else {}

    def _tools(self) -> dict[str, Callable[..., Any]]:
        """What the templates may call."""
        return {
            "mrkdwn": lambda text: mrkdwn_html(text, self.state.workspace),
            "plain": plain_html,
            "untouched": untouched,
            "chosen": _chosen,
            "places": self._places,
            "picker_options": self._picker_options,
            "picker_chosen": self._picker_chosen,
            "safe_url": lambda url: url if str(url).startswith(SAFE_SCHEMES) else "about:blank",
            "picture": self._picture,
            "by_whom": self._by_whom,
            "tone": lambda user_id: sum(user_id.encode()) % TONES,
            "clock_time": lambda ts: _at(ts).astimezone(self.state.workspace.zone).strftime("%-d %b %H:%M"),
            "iso": lambda ts: _at(ts).isoformat(),
            "size": lambda count: f"{count / 1024:.0f} KB" if count >= 1024 else f"{count} bytes",
            "link": self._link,
            "here": lambda thread: self._link(self.place.id, thread=thread),
            "permalink": lambda m: self._link(self.place.id, thread=m.thread_ts if m.is_reply else None) + f"#m-{m.ts}",
            "seen_replies": lambda m: self._replies(m.ts),
        }

    def _picture(self, image: Json) -> dict[str, Any]:
        """Where the browser gets a picture of the blocks from, and how large it is, so that nothing jumps."""
        source = image.get("slack_file")
        if source is None:
            return {"src": image["image_url"]}
        workspace = self.state.workspace
        file = workspace.files.get(source.get("id", "")) or workspace.file_at(source.get("url", ""))
        if file is None or not file.is_picture:
            return {"src": ""}
        return {"src": f"/page/picture/{file.id}", "width": file.width, "height": file.height}

    def _by_whom(self, emoji: str, users: list[str]) -> str:
        return f"{in_words(emoji)}: {', '.join(self.state.workspace.people[user].name for user in users)}"

    def _link(self, place: str, thread: str | None = None) -> str:
        query = {"as": self.me.id, "channel": place} | ({"thread": thread} if thread else {})
        return f"/?{urlencode(query)}"

    def _shown(self) -> list[Message]:
        if self.place.channel_id is None:
            return []
        messages = self.state.workspace.messages(self.place.channel_id)
        return [m for m in messages if self._is_mine(m) and (not m.is_reply or m.is_broadcast)][-MOST_SHOWN:]

    def _thread_root(self) -> Message | None:
        if self.thread_ts is None or self.place.channel_id is None:
            return None
        return self.state.workspace.message(self.place.channel_id, self.thread_ts)

    def _replies(self, thread_ts: str) -> list[Message]:
        if self.place.channel_id is None:
            return []
        return [m for m in self.state.workspace.replies(self.place.channel_id, thread_ts) if self._is_mine(m)]

    def _is_mine(self, message: Message) -> bool:
        return message.only_for in (None, self.me.id)

    # Selects of people and channels

    def _places(self, element: Json) -> list[dict[str, str]]:
        kind = element["type"]
        if "users" in kind:
            return self._people_options()
        wanted = element.get("filter") or {}
        kinds = set(wanted.get("include") or ["public", "private", "im", "mpim"])
        if "channels_select" in kind:
            kinds = {"public"}
        found = [
            c for c in self.state.workspace.seen_by(self.me.id) if ("private" if c.is_private else "public") in kinds
        ]
        if wanted.get("exclude_external_shared_channels"):
            found = [channel for channel in found if not channel.is_shared]
        options = [_channel_option(channel) for channel in found]
        dm = {"value": self.state.workspace.dm(self.me.id).id, "text": "Dext (direct message)"}
        return [*options, dm] if "im" in kinds and not self.me.is_outsider else options

    def _people_options(self) -> list[dict[str, str]]:
        people = self.state.workspace.people.values()
        return [{"value": person.id, "text": person.name} for person in people if not person.is_deleted]

    def _picker_options(self, element: Json) -> list[dict[str, str]]:
        kind = element["type"]
        if "external" in kind:
            return []
        if kind != "multi_static_select":
            return self._places(element)
        groups = element.get("option_groups") or [{"options": element.get("options") or []}]
        return [
            _option(option, (group.get("label") or {}).get("text", ""))
            for group in groups
            for option in group["options"]
        ]

    def _picker_chosen(self, element: Json, entry: Json) -> list[dict[str, str]]:
        if not entry:
            return []
        stored = entry.get(field_of(element["type"])) or []
        many = stored if isinstance(stored, list) else [stored]
        names: dict[str, str] = {option["value"]: option["text"] for option in self._picker_options(element)}
        return [
            _option(each) if isinstance(each, dict) else {"value": each, "text": names.get(each) or each}
            for each in many
        ]


def _option(option: Json, group: str = "") -> dict[str, str]:
    about = (option.get("description") or {}).get("text", "")
    return {"value": option["value"], "text": option["text"]["text"], "about": about, "group": group}


def _channel_option(channel: Channel) -> dict[str, str]:
    return {"value": channel.id, "text": f"#{channel.name}"}


def _chosen(entry: object) -> list[str]:
    """Values that are selected now, of any kind of select."""
    if not isinstance(entry, dict) or "type" not in entry:
        return []
    stored = entry.get(field_of(entry["type"]))
    many = stored if isinstance(stored, list) else [stored] if stored else []
    return [each["value"] if isinstance(each, dict) else str(each) for each in many]


def _at(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


@cache
def the_environment() -> Environment:
    """Everything is escaped unless it was made as HTML here. One for the process, so that templates compile once."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=Undefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
