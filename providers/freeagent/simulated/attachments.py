"""Files: dev.freeagent.com/docs/attachments, and the field `attachment` of each document. One document has one.

From 1 December 2026, and with `X-Api-Version: 2026-09-01` before, a bank transaction explanation has up to fifty, by addresses of its
own: dev.freeagent.com/docs/bank_transaction_explanation_attachments. That one which comes with a change is one more then, that an
older version is told of the newest only, and how too many are refused is unverified.

What a file of a kind that is not listed, or too large a one, is refused with is unverified (public clients disagree about
`application/pdf`, which the list on the page has not); so is where a file is fetched from. `_destroy` in a change takes a file away:
dinoconstantinou87/FreeAgent (2026).
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from providers.freeagent.simulated.books import Books, id_of
from providers.freeagent.simulated.fields import Fields, goes
from providers.freeagent.simulated.refusals import BLANK, INVALID, one_of
from providers.simulating.numbers import Json

LARGEST_FILE = 5 * 1024 * 1024
TYPES = ("image/png", "image/x-png", "image/jpeg", "image/jpg", "image/gif", "application/x-pdf")
_KEPT_AS = {"application/x-pdf": "application/pdf", "image/x-png": "image/png", "image/jpg": "image/jpeg"}
"""How a file is answered: an example of dev.freeagent.com/docs/bank_transaction_explanations has `application/pdf`."""
MOST = 50
"""Of an explanation, where it has many."""
MANY_FROM, MANY_SINCE = date(2026, 12, 1), "2026-09-01"
"""When that is so for everybody, and in which version of the API."""
SEEN_FOR = timedelta(hours=1)
"""How long the address of a file is good; unverified."""


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content_type: str
    description: str | None
    content: bytes


def read(fields: Fields) -> File | None:
    """The file that came with a document."""
    sent = fields.sent.get("attachment")
    if sent in (None, ""):
        return None
    if not isinstance(sent, dict):
        fields.say("attachment", INVALID)
        return None
    return None if goes(sent) else read_one(fields.within("attachment", sent))


def read_one(own: Fields) -> File | None:
    name, kind = own.text("file_name", is_needed=True), own.text("content_type", is_needed=True)
    if kind is not None and kind not in TYPES:
        own.say("content_type", one_of(TYPES))
    content = _content(own)
    if name is None or kind is None or content is None:
        return None
    return File(name, kind, own.text("description"), content)


def _content(fields: Fields) -> bytes | None:
    if not fields.has("data"):
        fields.say("data", BLANK)
        return None
    try:
        content = base64.b64decode(str(fields.sent["data"]), validate=True)
    except (binascii.Error, ValueError):
        fields.say("data", INVALID)
        return None
    if len(content) > LARGEST_FILE:
        fields.say("data", "is too large (maximum is 5 MB)")
    return content


def attach(books: Books, document: Json, file: File, *, is_more: bool = False) -> None:
    """In place of the one before, unless it is one more."""
    if not is_more:
        detach(books, document)
    kind = _KEPT_AS.get(file.content_type, file.content_type)
    record = {
        "content_type": kind,
        "file_name": file.name,
        "file_size": len(file.content),
        "description": file.description,
        "_of": document["url"],
    }
    saved = books.create("attachments", record)
    books.put_content(id_of(saved), file.content)


def detach(books: Books, document: Json) -> None:
    for one in of(books, document):
        books.delete("attachments", one)


def of(books: Books, document: Json) -> list[Json]:
    """The files of a document, as they came."""
    return [one for one in books.shelf("attachments").values() if one["_of"] == document["url"]]


def are_many(version: str | None, today: date) -> bool:
    """Whether explanations have many, in the version that was asked for, or that is everybody's."""
    return version >= MANY_SINCE if version else today >= MANY_FROM


def presented(books: Books, attachment: Json, root: str) -> Json:
    """With an address from which it can be fetched for a while."""
    until = books.instant() + SEEN_FOR
    number, moment = id_of(attachment), str(int(until.timestamp()))
    kept = {name: value for name, value in attachment.items() if name not in ("created_at", "updated_at")}
    address = f"{root}/attachments/{number}/original?expires={moment}&signature={signature(number, moment)}"
    told = until.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {**kept, "content_src": address, "expires_at": told}


def signature(number: str, moment: str) -> str:
    """Nobody's secret: it is there so that an address that was made up is not taken."""
    return hmac.new(b"simulated-freeagent", f"{number}/{moment}".encode(), hashlib.sha256).hexdigest()[:32]


def is_good(number: str, moment: str, signed: str, now: datetime) -> bool:
    is_signed = hmac.compare_digest(signature(number, moment), signed)
    return is_signed and moment.isdecimal() and datetime.fromtimestamp(int(moment), UTC) > now
