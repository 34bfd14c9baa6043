r"""Bodies of Slack's requests, read strictly: one meaning or none.

Python's own readers take NaN, names given twice, halves of surrogate pairs and NUL, which one database stores and the
other refuses. The percent signs of a form are decoded by the codec that knows `\xNN`, in C: the standard library's
loop took more than half of the time of a whole modal's submission.
"""

import json
import re
from collections import Counter
from typing import Any

Body = dict[str, Any]

MOST_FIELDS = 60
MOST_NESTED = 20_000
LONGEST_NAMED = 60
TOO_DEEP = "It has too many objects and lists, or too many within each other."
TOO_LARGE = "It has a number that is too large."
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""The escape, and not somebody's own backslash before the same letters."""
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class BadBodyError(ValueError):
    """Not what Slack sends. Of JSON, the text is a sentence that says what is wrong with it."""


def parse(content_type: str, raw: bytes) -> Body:
    """Raises:
    BadBodyError: another type, broken text, JSON with more than one meaning, or no object.
    """
    try:
        if content_type == "application/x-www-form-urlencoded":
            form = _form(raw)
            payload = form.get("payload")
            return dict(form) if payload is None else _json(payload)
        if content_type == "application/json":
            return _json(raw.decode())
    except BadBodyError:
        raise
    except UnicodeDecodeError as error:
        raise BadBodyError("It is not in UTF-8.") from error
    except UnicodeEncodeError as error:
        raise BadBodyError("A text has half of a surrogate pair, which is no character.") from error
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}"
        raise BadBodyError(f"It is not JSON: {error.msg.rstrip(': ').removesuffix(' at')} at {at}.") from error
    except RecursionError as error:
        raise BadBodyError(TOO_DEEP) from error
    except ValueError as error:  # the one that is left: more digits than Python reads
        raise BadBodyError(TOO_LARGE) from error
    raise BadBodyError(content_type)


def _form(raw: bytes) -> dict[str, str]:
    pairs = raw.replace(b"\\", b"%5C").replace(b"+", b" ").split(b"&")
    form: dict[str, str] = {}
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        form[_decoded(name)] = _decoded(value)
    if len(form) != len(pairs) or len(pairs) > MOST_FIELDS:
        raise BadBodyError
    return form


def _decoded(part: bytes) -> str:
    if b"%" not in part:
        text = part.decode()
    else:
        text = part.replace(b"%", b"\\x").decode("unicode_escape").encode("latin-1").decode()
    if "\x00" in text:
        raise BadBodyError
    return text


def _json(text: str) -> Body:
    if text.count("[") + text.count("{") > MOST_NESTED:
        raise BadBodyError(TOO_DEEP)
    if "\\u0000" in text and _NUL.search(text):
        raise BadBodyError("A text has the character NUL, which cannot be kept.")
    if text.startswith("\ufeff"):
        raise BadBodyError("It begins with a byte order mark: leave that out.")
    found = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite)
    if not isinstance(found, dict):
        raise BadBodyError("It is JSON, but not an object: it has to begin with { and end with }.")
    if _SURROGATE.search(text):
        json.dumps(found, ensure_ascii=False).encode()
    return found


def _unique(pairs: list[tuple[str, Any]]) -> Body:
    found = dict(pairs)
    if len(found) != len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise BadBodyError(f"An object has the name {json.dumps(twice[:LONGEST_NAMED])} twice.")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise BadBodyError(TOO_LARGE)
    return number


def _refuse(constant: str) -> Any:
    raise BadBodyError(f"It is not JSON: {constant} is no number there.")
