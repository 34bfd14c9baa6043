"""A message of somebody's as its writer saw it: Slack's marks for links, people and channels turned into words.

<https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages>
"""

import re

from bot.domain.texts import cleaned

LONGEST = 2000
"""As much as an item is described by. It travels in a form's metadata, which takes 3,000."""
_MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def as_typed(text: str) -> str:
    """On one line; empty where nothing was written."""
    words = _MARK.sub(_words_of, text)
    for entity, character in _ENTITIES:
        words = words.replace(entity, character)
    return cleaned(words, LONGEST) or ""


def _words_of(mark: re.Match[str]) -> str:
    about, label = mark.groups()
    return label or about.removeprefix("mailto:").lstrip("@#!")
