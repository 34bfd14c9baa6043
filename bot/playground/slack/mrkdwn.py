"""Slack's mrkdwn and plain text as HTML. Nothing of the text can become markup that is not made here."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from markupsafe import Markup, escape

from bot.playground.slack.emoji import with_emoji
from bot.playground.slack.workspace import Workspace

_ENTITY = re.compile(
    r"```(?P<block>.+?)```|`(?P<code>[^`\n]+)`|<(?P<tag>[^<>\n]+)>|(?P<bare>https?://[^\s<>|*_~]+[^\s<>|*_~.,;:!?)])",
    re.DOTALL,
)
_KEPT = re.compile("\ue000(\\d+)\ue001")
_MARKS = tuple(
    (re.compile(rf"(?<![\w{sign}]){sign}(?=\S)([^\n{sign}]+?)(?<=\S){sign}(?![\w{sign}])"), name)
    for sign, name in ((r"\*", "strong"), ("_", "em"), ("~", "s"))
)
_QUOTE = re.compile(r"(?:^&gt; ?[^\n]*(?:\n|$))+", re.MULTILINE)
_SCHEMES = ("http://", "https://", "mailto:")
_DATE_TOKENS: dict[str, str] = {
    "{date_num}": "%Y-%m-%d",
    "{date_short}": "%-d %b %Y",
    "{date_short_pretty}": "%-d %b %Y",
    "{date_long}": "%A, %-d %B %Y",
    "{date_long_pretty}": "%A, %-d %B %Y",
    "{date_pretty}": "%-d %B %Y",
    "{date}": "%-d %B %Y",
    "{time_secs}": "%H:%M:%S",
    "{time}": "%H:%M",
}


def plain_html(text: str) -> Markup:
    """A plain_text object: emoji codes and line ends, nothing else."""
    return Markup(with_emoji(str(escape(text))).replace("\n", "<br>"))  # noqa: S704  # escaped above


def mrkdwn_html(text: str, workspace: Workspace) -> Markup:
    kept: list[str] = []

    def keep(html: str) -> str:
        kept.append(html)
        return f"\ue000{len(kept) - 1}\ue001"

    text = text.replace("\ue000", "").replace("\ue001", "")
    text = _ENTITY.sub(lambda match: keep(_entity(match, workspace)), text)
    text = _marked(with_emoji(_escaped(text)))
    text = _QUOTE.sub(lambda match: keep(_quote(match[0])), text).replace("\n", "<br>")
    while _KEPT.search(text):  # a quote holds entities
        text = _KEPT.sub(lambda match: kept[int(match[1])], text)
    return Markup(text)  # noqa: S704  # every part was escaped where it was made


def _escaped(text: str) -> str:
    """Slack's three escapes mean the signs themselves; everything else is text."""
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return str(escape(text))


def _marked(text: str) -> str:
    for pattern, name in _MARKS:
        text = pattern.sub(rf"<{name}>\1</{name}>", text)
    return text


def _quote(lines: str) -> str:
    inner = "<br>".join(line.removeprefix("&gt;").strip() for line in lines.strip("\n").split("\n"))
    return f"<blockquote>{inner}</blockquote>"


def _entity(match: re.Match[str], workspace: Workspace) -> str:
    if match["block"] is not None:
        return f"<pre>{_escaped(match['block'].strip(chr(10)))}</pre>"
    if match["code"] is not None:
        return f"<code>{_escaped(match['code'])}</code>"
    if match["bare"] is not None:
        return _link(match["bare"], match["bare"])
    target, _, label = match["tag"].partition("|")
    kind = _TAGS.get(target[:1])
    if kind is not None:
        return kind(target[1:], label, workspace)
    if target.startswith(_SCHEMES):
        return _link(target, label or target)
    return _escaped(match[0])


def _link(target: str, label: str) -> str:
    address = escape(target.replace("&amp;", "&"))
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer">{with_emoji(_escaped(label))}</a>'


def _person(user_id: str, label: str, workspace: Workspace) -> str:
    person = workspace.people.get(user_id)
    return f'<span class="mention">@{escape(person.name if person else label or user_id)}</span>'


def _channel(channel_id: str, label: str, workspace: Workspace) -> str:
    channel = workspace.channels.get(channel_id)
    name = escape(channel.name if channel else label or channel_id)
    return f'<a class="mention" href="/?channel={escape(channel_id)}">#{name}</a>'


def _special(target: str, label: str, workspace: Workspace) -> str:
    """`<!date^…>`, and the calls to everybody (`<!here>`), which are only named here."""
    kind, _, rest = target.partition("^")
    if kind != "date":
        return f'<span class="mention">@{escape(label or target)}</span>'
    stamp, _, rest = rest.partition("^")
    wanted, _, link = rest.partition("^")
    if not stamp.isdigit() or len(stamp) > 11:
        return _escaped(label)
    at = datetime.fromtimestamp(int(stamp), UTC)
    html = f'<time datetime="{at.isoformat()}">{_escaped(_date(at.astimezone(workspace.zone), wanted))}</time>'
    is_link = link.startswith(_SCHEMES)
    return f'<a href="{escape(link)}" target="_blank" rel="noopener noreferrer">{html}</a>' if is_link else html


def _date(at: datetime, wanted: str) -> str:
    for token, pattern in _DATE_TOKENS.items():
        wanted = wanted.replace(token, at.strftime(pattern))
    return wanted


_TAGS: dict[str, Callable[[str, str, Workspace], str]] = {"@": _person, "#": _channel, "!": _special}
