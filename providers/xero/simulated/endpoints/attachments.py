"""Files of a document: raw bytes under their own name."""

from datetime import datetime
from urllib.parse import quote

from providers.simulating.answers import Answer
from providers.simulating.numbers import Json
from providers.xero.simulated import sentences
from providers.xero.simulated.endpoints.routing import Request, serves
from providers.xero.simulated.endpoints.shapes import envelope, is_set
from providers.xero.simulated.kinds import KINDS, SALES, Kind
from providers.xero.simulated.refusals import invalid, not_found, too_large

MOST_FILES = 10
LARGEST_FILE = 10 * 1024 * 1024
FILE_KINDS = frozenset(
    [
        "7z",
        "bmp",
        "csv",
        "doc",
        "docx",
        "eml",
        "gif",
        "jpeg",
        "jpg",
        "keynote",
        "msg",
        "numbers",
        "odf",
        "ods",
        "odt",
        "pages",
        "pdf",
        "png",
        "ppt",
        "pptx",
        "rar",
        "rtf",
        "tif",
        "tiff",
        "txt",
        "xls",
        "xlsx",
        "zip",
        "xml",
    ]
)
NOT_IN_NAMES = frozenset('<>:"/\\|?*+')


def attachments_of(request: Request, kind: Kind, document: str) -> list[Json]:
    root = f"https://api.xero.com/api.xro/2.0/{kind.plural}/{document}/Attachments"
    return [{**found, "Url": f"{root}/{quote(found['FileName'])}"} for found in request.books.files(document)]


def _serve(kind: Kind) -> None:
    @serves("GET", f"/{kind.plural}/{{id}}/Attachments", "accounting.attachments")
    def listing(request: Request, id: str) -> Answer:  # noqa: A002 - as in the path
        if id not in request.books.shelf(kind):
            raise not_found()
        return envelope(
            request, Attachments=[one for one in attachments_of(request, kind, id) if _is_shown(request, one)]
        )

    @serves("GET", f"/{kind.plural}/{{id}}/Attachments/{{name}}", "accounting.attachments")
    def reading(request: Request, id: str, name: str) -> Answer:  # noqa: A002
        for found in request.books.files(id) if id in request.books.shelf(kind) else []:
            if name in (found["FileName"], found["AttachmentID"]):
                content = request.books.content(found["AttachmentID"])
                return Answer(body=content, content_type=found["MimeType"])
        raise not_found()

    @serves("PUT", f"/{kind.plural}/{{id}}/Attachments/{{name}}", "accounting.attachments")
    @serves("POST", f"/{kind.plural}/{{id}}/Attachments/{{name}}", "accounting.attachments")
    def attaching(request: Request, id: str, name: str) -> Answer:  # noqa: A002
        return _attach(request, kind, id, name)


def _is_shown(request: Request, attachment: Json) -> bool:
    """Whether lists are up to it; what an older state of ours has kept is."""
    kept_at = attachment.get("_created_at")
    return request.hidden_after is None or kept_at is None or datetime.fromisoformat(kept_at) <= request.hidden_after


def _attach(request: Request, kind: Kind, document_id: str, name: str) -> Answer:
    if len(request.body) > LARGEST_FILE:
        raise too_large()
    document = request.books.shelf(kind).get(document_id)
    problem = sentences.NO_DOCUMENT if document is None else _file_problem(request, document_id, name)
    if document is None or problem:
        raise invalid([{"ValidationErrors": [{"Message": problem}]}])
    mime_type = request.headers.get("Content-Type", "application/octet-stream").split(";")[0]
    is_online = document["Type"] in SALES and is_set(request, "IncludeOnline")
    kept = request.books.keep_file(document_id, name, mime_type, request.body, is_online=is_online)
    request.books.save_document(kind, {**document, "HasAttachments": True})
    request.books.note(document_id, "Attached a file", request.author.name, name)
    shown = attachments_of(request, kind, document_id)
    return envelope(request, Attachments=[one for one in shown if one["AttachmentID"] == kept["AttachmentID"]])


def _file_problem(request: Request, document: str, name: str) -> str | None:
    if NOT_IN_NAMES & set(name) or name.rpartition(".")[2].lower() not in FILE_KINDS:
        return sentences.FILE_KIND.format(name=name)
    if not request.body:
        return sentences.FILE_EMPTY
    others = [found for found in request.books.files(document) if found["FileName"] != name]
    return sentences.FILES_MOST.format(most=MOST_FILES) if len(others) >= MOST_FILES else None


for _kind in KINDS:
    _serve(_kind)
