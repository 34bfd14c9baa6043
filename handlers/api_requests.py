"""What comes to `POST /api/v1/items`, read from the request: its own key, and an item, a file, or both."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from bot.delivery import BusyError
from bot.domain.ingesting import Sent, SentFile, Stated
from bot.domain.texts import cleaned
from bot.intake.reader import READERS
from bot.intake.sniff import LARGEST_FILE, MEBIBYTE, sniff
from bot.services.files import LONGEST_NAME, sha256_of
from handlers import api_body
from handlers.api_answers import ApiError, ErrorCode
from handlers.multipart import BadPartsError, Part, parts_of

LARGEST_JSON = MEBIBYTE
LARGEST_PARTS = LARGEST_FILE + LARGEST_JSON + 16 * 1024
JSON_SECONDS, PARTS_SECONDS = 5.0, 60.0
PARTS_AT_ONCE = 3
"""Requests with files that are taken in at once: each stands in memory twice while it is cut into its parts."""
LONGEST_IDEMPOTENCY_KEY = 255
NO_IDEMPOTENCY_KEY = (
    "Send the header `Idempotency-Key` with a value of your own for each document, such as a UUID or your number of it: 1 to "
    "255 visible ASCII characters. With the same value, the same request can be sent again and adds nothing."
)
NOT_AN_ITEM = "The item cannot be taken as it is; `errors` says which fields are wrong, and what to send."
TYPES = "Send application/json, or multipart/form-data with a part `item` (JSON), a part `file`, or both."
NOT_JSON = "The body cannot be read as an item."
EMPTY = "It is empty: send the item as a JSON object."
NOT_PARTS = "The body cannot be read as multipart/form-data."
OTHER_PARTS = "Send a part `item` (JSON), a part `file`, or both, each once, and no other part."
TOO_LARGE = f"A file has at most {LARGEST_FILE // MEBIBYTE} MiB, the JSON of an item {LARGEST_JSON // MEBIBYTE} MiB."


@dataclass(frozen=True, slots=True)
class Requests:
    """Reads requests; of those with files only some at once."""

    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PARTS_AT_ONCE))

    async def read(self, request: web.Request) -> Sent:
        """Raises:
        ApiError: says what is wrong, and what to send.
        BusyError: as many files as may be are being taken in.
        """
        key = _idempotency_key(request)
        if "Content-Encoding" in request.headers:
            raise ApiError(415, ErrorCode.TYPE_NOT_TAKEN, "Send it as it is: compressed requests are not taken.")
        match request.content_type:
            case "application/json":
                body = await _read(request, LARGEST_JSON, JSON_SECONDS, ErrorCode.NOT_JSON)
                stated, of_item = _stated(body)
                return Sent(idempotency_key=key, content_hash=_hash(of_item, ""), stated=stated)
            case "multipart/form-data":
                if self._places.locked():
                    raise BusyError
                async with self._places:
                    body = await _read(request, LARGEST_PARTS, PARTS_SECONDS, ErrorCode.NOT_PARTS)
                    return _in_parts(key, only(request, "Content-Type"), body)
            case _:
                raise ApiError(415, ErrorCode.TYPE_NOT_TAKEN, TYPES)


def only(request: web.Request, name: str) -> str:
    """A header given twice is none: which of them was meant would be anybody's guess."""
    found = request.headers.getall(name, [])
    return found[0] if len(found) == 1 else ""


def _idempotency_key(request: web.Request) -> str:
    """With or without the quotation marks of draft-ietf-httpapi-idempotency-key-header."""
    key = only(request, "Idempotency-Key").strip()
    if len(key) > 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not 0 < len(key) <= LONGEST_IDEMPOTENCY_KEY or not key.isascii() or not key.isprintable():
        raise ApiError(400, ErrorCode.IDEMPOTENCY_KEY_MISSING, NO_IDEMPOTENCY_KEY)
    return key


async def _read(request: web.Request, most: int, seconds: float, broken: ErrorCode) -> bytes:
    """The body, its bytes counted as they come: the server's own limit does not hold for all bodies."""
    too_large = ApiError(413, ErrorCode.TOO_LARGE, TOO_LARGE)
    if (request.content_length or 0) > most:
        raise too_large
    raw = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                raw += chunk
                if len(raw) > most:
                    raise too_large
    except TimeoutError:
        raise ApiError(408, ErrorCode.TOO_SLOW, "The body did not come in time. Send the same again.") from None
    except (web.RequestPayloadError, ConnectionError):  # chunks that are none; a sender who went away
        raise ApiError(400, broken, "The body broke off. Send the same again.") from None
    return bytes(raw)


def _stated(raw: bytes, *, may_be_empty: bool = False) -> tuple[Stated, str]:
    if len(raw) > LARGEST_JSON:
        raise ApiError(413, ErrorCode.TOO_LARGE, TOO_LARGE)
    try:
        stated, content_hash = api_body.read(raw)
    except api_body.NotJsonError as error:
        raise ApiError(400, ErrorCode.NOT_JSON, f"{NOT_JSON} {error if raw else EMPTY}") from None
    except api_body.NotAnItemError as error:
        raise ApiError(422, ErrorCode.NOT_AN_ITEM, NOT_AN_ITEM, fields=error.fields) from None
    if stated.is_empty and not may_be_empty:
        raise ApiError(422, ErrorCode.NOT_AN_ITEM, api_body.EMPTY)
    return stated, content_hash


def _in_parts(key: str, content_type: str, body: bytes) -> Sent:
    try:
        parts = parts_of(content_type, body, 2)
    except BadPartsError as error:
        raise ApiError(400, ErrorCode.NOT_PARTS, f"{NOT_PARTS} {error}") from None
    named = {part.name: part for part in parts}
    if len(named) != len(parts) or not named or named.keys() - {"item", "file"}:
        raise ApiError(400, ErrorCode.NOT_PARTS, OTHER_PARTS)
    item, file = named.get("item"), named.get("file")
    stated, of_item = (None, "") if item is None else _stated(_json_of(item), may_be_empty=file is not None)
    of_file = "" if file is None else sha256_of(file.content)
    return Sent(
        idempotency_key=key,
        content_hash=_hash(of_item, of_file),
        stated=stated,
        file=None if file is None else _file(file),
    )


def _json_of(part: Part) -> bytes:
    if part.content_type not in ("application/json", "text/plain"):  # the second is what a form's field has by default
        raise ApiError(415, ErrorCode.TYPE_NOT_TAKEN, "The part `item` is JSON: send it as application/json.")
    return part.content


def _file(part: Part) -> SentFile:
    """What it is, is seen from its bytes; the name and the type that it came with prove nothing."""
    if len(part.content) > LARGEST_FILE:
        raise ApiError(413, ErrorCode.TOO_LARGE, TOO_LARGE)
    kind = sniff(part.content)
    if kind not in READERS:
        raise ApiError(415, ErrorCode.TYPE_NOT_TAKEN, f"The file is {kind.words}. {kind.advice}".strip())
    name = (part.filename or "").replace("\\", "/").rpartition("/")[2]
    return SentFile(name=cleaned(name, LONGEST_NAME) or "document", content=part.content)


def _hash(of_item: str, of_file: str) -> str:
    return sha256_of(f"{of_item}:{of_file}".encode())
