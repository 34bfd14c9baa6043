"""Text for Slack: what people wrote stays text.

Everything from outside goes through `plain` or `escape`: it cannot mention, link, restyle, hide or reorder what an
approver reads. Amounts, payee and organisation come from our own fields, in fixed places.
"""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from slack_sdk.models.blocks import MarkdownTextObject

from bot.domain.texts import dated

_HIDDEN = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u061c\u180e")
_EMOJI = re.compile(r":([\w+'-]*[a-z][\w+'-]*):")
"""Signs that Slack would draw in place of the word: a tick in a supplier's name is no tick of ours."""
_MARKDOWN = str.maketrans({"*": "∗", "_": "\uff3f", "~": "∼", "`": "ˋ"})


def plain(text: str, longest: int = 150) -> str:
    """One line of visible characters, cut to a length; what hides or turns text around becomes a visible mark."""
    is_visible = text.isascii() and text.isprintable()
    cleaned = " ".join((text if is_visible else "".join(map(_visible, text))).split())
    return cleaned if len(cleaned) <= longest else cleaned[: longest - 1].rstrip() + "…"


@lru_cache(maxsize=4096)
def _visible(char: str) -> str:
    if char in _HIDDEN or unicodedata.bidirectional(char) in (
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
    ):
        return "\ufffd"
    category = unicodedata.category(char)
    if category == "Cs":
        return "\ufffd"
    return " " if category in ("Cc", "Zl", "Zp") else char


def escape(text: str, longest: int = 150) -> str:
    """For mrkdwn: `plain`, then Slack's three entities, then the marks that would restyle it."""
    cleaned = plain(text, longest).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _EMOJI.sub("\u2236\\1\u2236", cleaned).translate(_MARKDOWN)


def mrkdwn(text: str) -> MarkdownTextObject:
    """`verbatim`: Slack makes links only of what we wrote as one, not of addresses and names in somebody's document."""
    return MarkdownTextObject(text=text, verbatim=True)


def quote(text: str, longest: int = 2500) -> str:
    """Somebody's words as a quotation."""
    return "> " + escape(text, longest)


def mention(user_id: str) -> str:
    return f"<@{user_id}>"


def amount(value: Decimal | None, currency: str | None) -> str:
    """Two decimals at least, and never fewer than there are: what is decided on is not rounded."""
    return "not stated" if value is None else f"{value:,.{decimals_of(value)}f} {currency or ''}".strip()


def decimals_of(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(2, -exponent) if isinstance(exponent, int) else 2


def day(value: date | None) -> str:
    return "not stated" if value is None else dated(value)


def moment(at: datetime) -> str:
    """An instant in the reader's own zone, as Slack shows it."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def time_of(at: datetime) -> str:
    """As `moment`, of an instant that is minutes away: its day would only be in the way."""
    return f"<!date^{int(at.timestamp())}^{{time}}|{at:%H:%M} UTC>"
