"""Emoji: by code or as themselves. The ones an app like this leans on are drawn as plain coloured signs, because a
fresh machine often has no emoji font and would show empty boxes; a code nobody knows stays as written, as at Slack.
"""

import re

# code: (sign every common font has, colour, the emoji itself)
SIGNS = {
    "white_check_mark": ("✔", "green", "✅"),
    "heavy_check_mark": ("✔", "green", "✔️"),
    "ballot_box_with_check": ("☑", "blue", "☑️"),
    "x": ("✖", "red", "❌"),
    "warning": ("⚠", "amber", "⚠️"),
    "rotating_light": ("⚠", "red", "🚨"),
    "octagonal_sign": ("⬣", "red", "🛑"),
    "no_entry": ("⊖", "red", "⛔"),
    "no_entry_sign": ("⊘", "red", "🚫"),
    "exclamation": ("!", "red", "❗"),
    "question": ("?", "red", "❓"),
    "grey_question": ("?", "grey", "❔"),
    "information_source": ("ℹ", "blue", "ℹ️"),
    "large_green_circle": ("●", "green", "🟢"),
    "large_yellow_circle": ("●", "amber", "🟡"),
    "large_orange_circle": ("●", "amber", "🟠"),
    "large_red_circle": ("●", "red", "🔴"),
    "red_circle": ("●", "red", "🔴"),
    "large_blue_circle": ("●", "blue", "🔵"),
    "white_circle": ("○", "grey", "⚪"),
    "hourglass": ("◔", "grey", "⌛"),
    "hourglass_flowing_sand": ("◔", "grey", "⏳"),
    "arrows_counterclockwise": ("↻", "blue", "🔄"),
    "leftwards_arrow_with_hook": ("↩", "grey", "↩️"),
    "arrow_right": ("➡", "grey", "➡️"),
    "arrow_down": ("↓", "grey", "⬇️"),
    "outbox_tray": ("⇧", "blue", "📤"),
    "inbox_tray": ("⇩", "blue", "📥"),
    "page_facing_up": ("▤", "grey", "📄"),
    "receipt": ("▤", "grey", "🧾"),
    "memo": ("✎", "grey", "📝"),
    "pencil2": ("✎", "grey", "✏️"),
    "link": ("∞", "grey", "🔗"),
    "calendar": ("▦", "grey", "📆"),
    "currency_exchange": ("⇄", "grey", "💱"),
    "electric_plug": ("⏻", "grey", "🔌"),
    "gear": ("⚙", "grey", "⚙️"),
    "raised_hand": ("‖", "amber", "✋"),
    "lock": ("■", "grey", "🔒"),
    "tada": ("★", "amber", "🎉"),
    "sparkles": ("★", "amber", "✨"),
    "zap": ("⚡", "amber", "⚡"),
    "mag": ("⌕", "grey", "🔍"),
    "eyes": ("◉", "blue", "👀"),
    "heavy_plus_sign": ("+", "grey", "➕"),
    "heavy_minus_sign": ("-", "grey", "➖"),
    "repeat": ("↻", "blue", "🔁"),
    "recycle": ("↻", "green", "♻️"),
    "heavy_multiplication_x": ("✖", "grey", "✖️"),
    "paperclip": ("⊂", "grey", "📎"),
    "package": ("▤", "amber", "📦"),
    "wastebasket": ("⌫", "grey", "🗑️"),
}
PLAIN = {
    "+1": "👍",
    "-1": "👎",
    "bulb": "💡",
    "bell": "🔔",
    "wave": "👋",
    "rocket": "🚀",
    "moneybag": "💰",
    "thumbsup": "👍",
    "thumbsdown": "👎",
    "ok_hand": "👌",
    "raised_hand": "✋",
    "raised_hands": "🙌",
    "thinking_face": "🤔",
    "camera": "📷",
    "frame_with_picture": "🖼️",
    "books": "📚",
    "bookmark_tabs": "📑",
    "ledger": "📒",
    "envelope": "✉️",
    "pushpin": "📌",
    "label": "🏷️",
    "credit_card": "💳",
    "bank": "🏦",
    "stopwatch": "⏱️",
    "construction": "🚧",
    "robot_face": "🤖",
}

_BY_SIGN = {emoji.rstrip("\ufe0f"): code for code, (_, _, emoji) in reversed(SIGNS.items())}
_CODE = re.compile(r":([a-z0-9_+-]+):")
_SIGN = re.compile("(" + "|".join(map(re.escape, _BY_SIGN)) + ")\ufe0f?")


def is_known(code: str) -> bool:
    """Whether a reaction may have this name. Slack knows many more; what is not drawn here is refused, not lost."""
    return code.partition("::skin-tone-")[0] in {*SIGNS, *PLAIN}


def in_words(code: str) -> str:
    """How a screen reader says it."""
    return code.replace("_", " ")


def with_emoji(html: str) -> str:
    """Escaped text with its emoji drawn. The codes hold no sign that means something in HTML."""
    return _CODE.sub(lambda match: _drawn(match[1], match[0]), _SIGN.sub(lambda match: f":{_BY_SIGN[match[1]]}:", html))


def _drawn(code: str, otherwise: str) -> str:
    if code not in SIGNS:
        return PLAIN.get(code, otherwise)
    sign, colour, _ = SIGNS[code]
    return f'<span class="emoji {colour}" role="img" aria-label="{in_words(code)}">{sign}</span>'
