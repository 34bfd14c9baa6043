"""Files: parts come in pairs, what is known of a file in JSON and its content; each is answered for itself in a 200."""

from email import message_from_bytes
from email.message import Message
from typing import Any

from providers.quickbooks.simulated.books import shown
from providers.quickbooks.simulated.endpoints.routing import Request, serves
from providers.quickbooks.simulated.entities import ENTITIES
from providers.quickbooks.simulated.faults import LAPSED, FaultError, Problem, fault, missing, unsupported
from providers.quickbooks.simulated.references import value_of
from providers.simulating.answers import Answer
from providers.simulating.numbers import Json, load

LARGEST_FILE = 100 * 1024 * 1024
TYPES = frozenset(
    {
        *("application/pdf", "image/png", "image/jpeg", "image/jpg", "image/gif", "image/tiff", "image/tif"),
        *("text/plain", "text/csv", "text/xml", "application/xml", "text/rtf", "application/rtf", "application/msword"),
        "application/vnd.ms-excel",
        "application/postscript",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.apple.pages",
    }
)
"""Of the kinds that are listed for attachments; `application/octet-stream` is refused."""


@serves("POST", "/upload")
def upload(request: Request) -> Answer:
    parts = _parts(request)
    contents = {name: part for name, part in parts.items() if name.startswith("file_content_")}
    if not contents:
        raise FaultError([missing("file_content")])
    responses = []
    for name, part in contents.items():
        told = parts.get(name.replace("file_content_", "file_metadata_"))
        try:
            responses.append({"Attachable": _kept(request, told, part)})
        except FaultError as error:
            responses.append({"Fault": error.fault})
    return request.answered(AttachableResponse=responses)


def _parts(request: Request) -> dict[str, Message]:
    kind = request.headers.get("Content-Type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise unsupported("Cannot consume content type")
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.body)
    if not message.is_multipart():
        raise fault("2010", "The parts of the request cannot be told apart.")
    found: dict[str, Message] = {}
    for part in message.get_payload():
        if isinstance(part, Message):
            found[str(part.get_param("name", "", "content-disposition"))] = part
    return found


def _kept(request: Request, told: Message | None, part: Message) -> Json:
    if request.books.is_lapsed:
        raise fault("6190", LAPSED)
    content, meta = _content(part), _meta(told)
    kind = part.get_content_type()
    name = str(meta.get("FileName") or part.get_filename() or "")
    if not name:
        raise FaultError([missing("FileName")])
    if kind not in TYPES:
        raise fault("6041", f"Unsupported attachment type : {kind}", "ContentType")
    if len(content) > LARGEST_FILE:
        raise fault("6030", f"The file {name} is larger than 100 MB.")
    record: Json = {
        "FileName": name,
        "FileAccessUri": f"/v3/company/{request.books.tenant}/download/{name}",
        "TempDownloadUri": f"https://simulated.invalid/{request.books.tenant}/{name}",
        "Size": len(content),
        "ContentType": kind,
        "AttachableRef": [_reference(request, one) for one in meta.get("AttachableRef") or []],
    }
    record |= {key: meta[key] for key in ("Note", "Category", "Tag") if meta.get(key)}
    return shown(request.books.keep_file(record, content))


def _content(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _meta(told: Message | None) -> Json:
    if told is None:
        return {}
    try:
        found = load(_content(told))
    except ValueError as error:
        raise fault("2010", f"Invalid or malformed JSON : {error}") from error
    return found if isinstance(found, dict) else {}


def _reference(request: Request, sent: Any) -> Json:
    reference = sent.get("EntityRef") if isinstance(sent, dict) else None
    wanted = value_of(reference)
    if wanted is None or not isinstance(reference, dict):
        raise FaultError([missing("AttachableRef.EntityRef")])
    kind = str(reference.get("type", ""))
    entity = next((name for name in ENTITIES if name.casefold() == kind.casefold()), None)
    if entity is None:
        raise FaultError([Problem("2170", f"Invalid Enumeration : {kind}", "EntityRef.type")])
    if request.books.get(entity, wanted) is None:
        raise fault("2500", f"Invalid Reference Id : {entity} element id {wanted} not found")
    return {"EntityRef": {"type": entity, "value": wanted}, "IncludeOnSend": bool(sent.get("IncludeOnSend"))}
