"""Files of a document: raw bytes under their own name."""

from providers.xero.simulated.endpoints.routing import Request, serves
from providers.xero.simulated.endpoints.shapes import envelope
from providers.xero.simulated.numbers import Json
from providers.xero.simulated.refusals import Answer, invalid, not_found

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


def attachment(document: str, found: Json) -> Json:
    return {**found, "Url": f"https://api.xero.com/api.xro/2.0/Invoices/{document}/Attachments/{found['FileName']}"}


@serves("GET", "/Invoices/{id}/Attachments", "accounting.attachments")
def list_attachments(request: Request, id: str) -> Answer:  # noqa: A002
    if id not in request.books.invoices:
        raise not_found()
    return envelope(request, Attachments=[attachment(id, one) for one in request.books.files(id)])


@serves("GET", "/Invoices/{id}/Attachments/{name}", "accounting.attachments")
def get_attachment(request: Request, id: str, name: str) -> Answer:  # noqa: A002
    for found in request.books.files(id):
        if name in (found["FileName"], found["AttachmentID"]):
            content = request.books.content(found["AttachmentID"])
            return Answer(body=content, content_type=found["MimeType"])
    raise not_found()


@serves("PUT", "/Invoices/{id}/Attachments/{name}", "accounting.attachments")
@serves("POST", "/Invoices/{id}/Attachments/{name}", "accounting.attachments")
def put_attachment(request: Request, id: str, name: str) -> Answer:  # noqa: A002
    invoice = request.books.invoices.get(id)
    if invoice is None:
        sentence = "The document with the supplied id was not found for this endpoint"
        raise invalid([{"ValidationErrors": [{"Message": sentence}]}])
    problem = _file_problem(request, id, name)
    if problem:
        raise invalid([{"ValidationErrors": [{"Message": problem}]}])
    mime_type = request.headers.get("Content-Type", "application/octet-stream").split(";")[0]
    found = request.books.keep_file(id, name, mime_type, request.body)
    request.books.save_invoice({**invoice, "HasAttachments": True})
    request.books.note(id, "Attached a file", request.author.name, name)
    return envelope(request, Attachments=[attachment(id, found)])


def _file_problem(request: Request, document: str, name: str) -> str | None:
    if NOT_IN_NAMES & set(name) or name.rpartition(".")[2].lower() not in FILE_KINDS:
        return f"The file name or type of '{name}' is not supported"
    if not request.body:
        return "The attachment is empty"
    if len(request.body) > LARGEST_FILE:
        return "The attachment is larger than 10 MB"
    others = [found for found in request.books.files(document) if found["FileName"] != name]
    return f"No more than {MOST_FILES} files may be attached" if len(others) >= MOST_FILES else None
