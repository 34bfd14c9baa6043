"""Requests in parts (RFC 7578), read strictly from bytes that were counted as they came.

The web server's own reader goes on for as long as it is sent to, and takes parts within parts; what we are sent has two
parts at most, so everything else is refused.
"""

from dataclasses import dataclass, field
from email.message import Message
from email.parser import HeaderParser

LONGEST_HEAD = 4096
LONGEST_BOUNDARY = 70
"""RFC 2046, 5.1.1."""


class BadPartsError(ValueError):
    """Not parts as `multipart/form-data` has them; the text is a sentence that says why."""


NO_BOUNDARY = "The header Content-Type names no boundary: leave that header to the library that makes the parts."
ELSEWHERE = "It does not begin with the boundary that the header Content-Type names."
BROKEN = "It is not one part after another up to the last boundary."
NO_FIELD = "Each part is a field of a form: one Content-Disposition, `form-data`, with a name."
ENCODED = "A part has a Content-Transfer-Encoding: send its bytes as they are."


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: str
    filename: str | None
    content_type: str
    content: bytes = field(repr=False)


def parts_of(content_type: str, body: bytes, most: int) -> tuple[Part, ...]:
    """The parts, in order.

    Raises:
        BadPartsError: no boundary, more parts than `most`, or anything that is not exactly part after part.
    """
    marker = b"--" + _boundary(content_type)
    found: list[Part] = []
    place = len(marker)
    if not body.startswith(marker):
        raise BadPartsError(ELSEWHERE)
    while body[place : place + 2] == b"\r\n":
        if len(found) == most:
            raise BadPartsError(f"It has more than {most} parts.")
        end = body.find(b"\r\n" + marker, place + 2)
        head_end = body.find(b"\r\n\r\n", place, place + LONGEST_HEAD)
        if end < 0 or not 0 <= head_end < end:
            raise BadPartsError(BROKEN)
        found.append(_part(body[place + 2 : head_end], body[head_end + 4 : end]))
        place = end + 2 + len(marker)
    if body[place:] not in (b"--", b"--\r\n"):
        raise BadPartsError(BROKEN)
    return tuple(found)


def _boundary(content_type: str) -> bytes:
    head = Message()
    head["Content-Type"] = content_type
    boundary = head.get_boundary()
    if not boundary or len(boundary) > LONGEST_BOUNDARY or not boundary.isascii() or not boundary.isprintable():
        raise BadPartsError(NO_BOUNDARY)
    return boundary.encode()


def _part(head: bytes, content: bytes) -> Part:
    try:
        parsed = HeaderParser().parsestr(head.decode())  # RFC 7578, 5.1: names are UTF-8
    except UnicodeDecodeError as error:
        raise BadPartsError(NO_FIELD) from error
    if "Content-Transfer-Encoding" in parsed:
        raise BadPartsError(ENCODED)
    if parsed.get_content_disposition() != "form-data":
        raise BadPartsError(NO_FIELD)
    name = parsed.get_param("name", header="Content-Disposition")
    if not isinstance(name, str) or any(len(parsed.get_all(each, [])) > 1 for each in parsed):
        raise BadPartsError(NO_FIELD)
    return Part(name=name, filename=parsed.get_filename(), content_type=parsed.get_content_type(), content=content)
