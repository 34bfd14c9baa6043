"""Files: dev.freeagent.com/docs/attachments, and the field `attachment` of each document. One document has one.

From 1 December 2026, and with `X-Api-Version: 2026-09-01` before, a bank transaction explanation has up to fifty, by addresses of its
own (dev.freeagent.com/docs/bank_transaction_explanation_attachments); that is not simulated.

What a file of a kind that is not listed, or too large a one, is refused with is unverified; so is where a file is fetched from.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from providers.freeagent.simulated.books import Books, id_of
from providers.freeagent.simulated.fields import Fields
from providers.freeagent.simulated.refusals import BLANK, INVALID, one_of
from providers.simulating.numbers import Json

LARGEST_FILE = 5 * 1024 * 1024
TYPES = ("image/png", "image/x-png", "image/jpeg", "image/jpg", "image/gif", "application/x-pdf")
_KEPT_AS = {"application/x-pdf": "application/pdf", "image/x-png": "image/png", "image/jpg": "image/jpeg"}
"""How a file is answered: an example of dev.freeagent.com/docs/bank_transaction_explanations has `application/pdf`."""
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
    own = fields.within("attachment", sent)
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


def attach(books: Books, document: Json, file: File) -> None:
    """In place of the one before."""
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
    found = of(books, document)
    if found is not None:
        books.delete("attachments", found)


def of(books: Books, document: Json) -> Json | None:
    """The file of a document."""
    return books.named("attachments", "_of", str(document["url"]))


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
