"""Files: base64 in JSON, each on one document.

The fields and the largest size, 2,621,440 bytes, are those of the reference (withone.ai copy of 2026); the documents that may
have files in Accounting, and the three forms that the program offers, those of the "Attachments" guide. What a file that is
too large or of another form is told is unverified. Files know no idempotency ("Idempotency" guide: not in its list).
"""

import base64
import binascii

from providers.sage.simulated.books import Books, to
from providers.sage.simulated.endpoints.routing import Request, created, serves
from providers.sage.simulated.kinds import FIXED_LISTS
from providers.sage.simulated.listing import whole
from providers.sage.simulated.refusals import Problem, invalid, not_found
from providers.sage.simulated.seed import reference
from providers.sage.simulated.shapes import Fields
from providers.simulating.answers import Answer
from providers.simulating.numbers import Json

LARGEST_FILE = 2_621_440
MIME_TYPES = frozenset({"application/pdf", "image/jpeg", "image/jpg", "image/png"})
CONTEXTS = {
    "PURCHASE_INVOICE": "purchase_invoices",
    "PURCHASE_CREDIT_NOTE": "purchase_credit_notes",
    "OTHER_PAYMENT": "other_payments",
    "OTHER_RECEIPT": "other_payments",
}


@serves("POST", "/attachments", "attachments")
def attaching(request: Request) -> Answer:
    fields = request.fields("attachment")
    fields.needs("file", "file_name", "mime_type")
    content = _content(fields)
    name, mime_type, words = fields.text("file_name"), fields.text("mime_type"), fields.text("description")
    extension, is_public = fields.text("file_extension"), fields.flag("is_public")
    context, kind, transaction = (
        fields.text(one) for one in ("attachment_context_id", "attachment_context_type_id", "transaction_id")
    )
    fields.done()
    if len(content) > LARGEST_FILE:
        raise invalid("The file is too large (maximum is 2.5 MB).", "file_size")
    if mime_type not in MIME_TYPES:
        raise invalid("The file type is not supported.", "mime_type")
    found = _document(request.books, context or transaction, kind)
    record: Json = {
        "deleted_at": None,
        "mime_type": mime_type,
        "description": words,
        "file_extension": extension or f".{str(name).rpartition('.')[2]}",
        "transaction": None if found is None else found[1]["transaction"],
        "file_size": len(content),
        "file_name": name,
        "attachment_context_type": None if found is None else _context_type(found[2]),
        "attachment_context": None if found is None else to(found[0], found[1]),
        "is_public": bool(is_public),
    }
    saved = request.books.keep_file(record, content)
    file_path = f"/attachments/{saved['id']}/file"
    saved = request.books.save("attachments", {**saved, "$file_path": file_path})
    return created(request, whole(saved, {}))


def _content(fields: Fields) -> bytes:
    sent = fields.sent.get("file")
    try:
        return base64.b64decode(sent if isinstance(sent, str) else "", validate=True)
    except (binascii.Error, ValueError):
        fields.problems.append(Problem("Validation", "attachment[file] is invalid", "attachment[file]"))
        return b""


def _document(books: Books, wanted: str | None, kind: str | None) -> tuple[str, Json, str] | None:
    """What the file is for, by its own id or by that of its transaction; none, if nothing was said."""
    if wanted is None and kind is None:
        return None
    if wanted is None or (kind is not None and kind not in CONTEXTS):
        raise invalid("attachment_context_type_id is invalid", "attachment_context_type_id")
    for code in CONTEXTS if kind is None else (kind,):
        for one in books.standing(CONTEXTS[code]):
            is_it = wanted in (one["id"], one["transaction"]["id"])
            if is_it and one["transaction_type"]["id"] == code:
                return CONTEXTS[code], one, code
    raise not_found()


def _context_type(code: str) -> Json:
    return reference("attachment_context_types", code, FIXED_LISTS["attachment_context_types"][code])


@serves("GET", "/attachments/{key}/file", "attachments")
def content(request: Request, key: str) -> Answer:
    record = request.books.get("attachments", key)
    if record is None or record["deleted_at"]:
        raise not_found()
    return Answer(body=request.books.content(key), content_type="application/octet-stream")


@serves("DELETE", "/attachments/{key}", "attachments")
def detaching(request: Request, key: str) -> Answer:
    record = request.books.get("attachments", key)
    if record is None or record["deleted_at"]:
        raise not_found()
    request.books.delete("attachments", record)
    return Answer(status=204)
