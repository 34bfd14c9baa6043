"""Names of companies on a page, and which of them is whoever sent it.

A sender names itself in its letterhead, in its footer, by its legal form and in its addresses on the web.
"""

import re
from collections.abc import Iterator, Sequence

from bot.intake.pdf_text import Cell, Row
from bot.intake.text_kind import names_a_kind
from bot.intake.text_words import folded, words

LEGAL_FORM = words(
    r"limited|ltd|llc|llp|inc(?:orporated)?|corp(?:oration)?|plc|pty|co\.?",
    r"g?gmbh(?: & co\.? kgaa?)?|ag|kg|ohg|e\.? ?k|ug|gbr|e\.? ?v|se",
    r"s\.?a\.?r\.?l|s\.?a\.?s\.?u?|e\.?u\.?r\.?l|s\.?n\.?c|s\.?p\.?r\.?l",
    r"s\.?r\.?l\.?s?|s\.?p\.?a|s\.?a\.?s|s\.?n\.?c|s\.?l\.?u?|s\.?a|s\.?c\.?p",
    r"b\.?v\.?(?:b\.?a)?|n\.?v|v\.?o\.?f|c\.?v|oy|ab|a/?s|aps|sp\.? z o\.?o|s\.?r\.?o|kft",
)
ADDRESS_PART = re.compile(r"\s+[-–·•|]\s+|\s*[|·•]\s*|,\s+")
_WEB = re.compile(r"(?:@|www\.|https?://)(?:www\.)?([a-z0-9-]{3,})\.")
_MAIL_HOSTS = frozenset(
    {"gmail", "outlook", "hotmail", "yahoo", "icloud", "gmx", "web", "aol", "orange", "libero", "mail"}
)
_LONGEST_NAME = 80
_MOST_WORDS = 8
_NO_NAME = re.compile(
    r":|@|\d{6}|(?<![a-z])(?:iban|bic|swift|dear|geehrte[rs]?|madame|monsieur|gentile|estimad[oa]|geachte)(?![a-z])"
)
_SURE = 3


def likely_sender(rows: Sequence[Row], theirs: set[Cell]) -> str | None:
    """The name with the most evidence on the first page, outside what is the buyer's; None when there is too little."""
    candidates = [(cell, row) for row in rows for cell in row.cells if cell not in theirs and cell.page == 0]
    hosts = {host for row in rows for cell in row.cells if cell not in theirs for host in _hosts(cell.text)}
    texts = [first_part(cell.text) for cell, _ in candidates]
    scored = [
        (_score(text, row, hosts, texts, is_first=index == 0), -index, text)
        for index, ((_, row), text) in enumerate(zip(candidates, texts, strict=True))
        if may_be_a_name(text)
    ]
    best = max(scored, default=None)
    return best[2] if best is not None and best[0] >= _SURE else None


def _score(text: str, row: Row, hosts: set[str], texts: Sequence[str], *, is_first: bool) -> int:
    joined = "".join(character for character in folded(text) if character.isalnum())
    bare = "".join(character for character in LEGAL_FORM.sub("", folded(text)) if character.isalnum())
    in_web = any(host.replace("-", "") in joined or (len(bare) > 3 and bare in host.replace("-", "")) for host in hosts)
    at_an_end = row.depth < 0.2 or row.depth > 0.85
    return (
        3 * bool(LEGAL_FORM.search(folded(text)))
        + 3 * in_web
        + at_an_end
        + (texts.count(text) > 1)
        + 2 * (is_first and _is_bare(text))
    )


def _is_bare(text: str) -> bool:
    """Whether the first words of a page may be a name without a legal form: no heading, salutation or figure."""
    return not names_a_kind(text) and not any(character.isdigit() for character in text) and text[-1] not in ".,!"


def _hosts(text: str) -> Iterator[str]:
    yield from (host for host in _WEB.findall(folded(text)) if host not in _MAIL_HOSTS)


def first_part(text: str) -> str:
    """The name of "Name, Inc. - Street - Town"."""
    parts = ADDRESS_PART.split(text)
    has_form_apart = len(parts) > 1 and LEGAL_FORM.fullmatch(folded(parts[1]).rstrip("."))
    end = text.index(parts[1], len(parts[0])) + len(parts[1]) if has_form_apart else len(parts[0])
    return text[:end].strip(" ,:;|")


def may_be_a_name(text: str) -> bool:
    """Whether it is as short as a name, of letters mostly, and no account or address of any kind."""
    plain = folded(text)
    letters = sum(character.isalpha() for character in text)
    is_short = 2 <= len(text) <= _LONGEST_NAME and len(text.split()) <= _MOST_WORDS
    return is_short and letters > len(text) / 2 and not _NO_NAME.search(plain) and not _WEB.search(plain)
