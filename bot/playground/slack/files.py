"""A file, and how Slack tells of it: https://docs.slack.dev/reference/objects/file-object."""

import mimetypes
import re
from dataclasses import dataclass, field
from typing import Literal

from bot.playground.slack.people import TEAM
from bot.playground.slack.pictures import THUMBS, fitted
from bot.playground.slack.shapes import Json

Mode = Literal["hosted", "external", "tombstone"]
_TYPES = {
    "csv": ("text/csv", "csv", "CSV"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", "Word Document"),
    "gif": ("image/gif", "gif", "GIF"),
    "heic": ("image/heic", "heic", "HEIC"),
    "html": ("text/html", "html", "HTML"),
    "jpeg": ("image/jpeg", "jpg", "JPEG"),
    "jpg": ("image/jpeg", "jpg", "JPEG"),
    "pdf": ("application/pdf", "pdf", "PDF"),
    "png": ("image/png", "png", "PNG"),
    "txt": ("text/plain", "text", "Plain Text"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "Excel Spreadsheet"),
    "xml": ("application/xml", "xml", "XML"),
    "zip": ("application/zip", "zip", "Zip"),
}


@dataclass(slots=True, kw_only=True)
class StoredFile:
    """A file and the messages it was shared with.

    An `external` one lies elsewhere, at `address`; of a deleted one only a `tombstone` is left. Until `ready_at` (epoch
    seconds) Slack has taken the file in but not looked at it. `width` is 0 for what is no picture.
    """

    id: str
    name: str
    mimetype: str
    size: int
    user: str
    created: int
    shares: dict[str, list[str]] = field(default_factory=dict)
    title: str = ""
    alt_text: str = ""
    mode: Mode = "hosted"
    address: str = ""
    width: int = 0
    height: int = 0
    ready_at: float = 0.0

    @property
    def extension(self) -> str:
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""

    @property
    def is_picture(self) -> bool:
        return self.width > 0 and self.mode == "hosted"

    @property
    def slug(self) -> str:
        """The name as it stands in addresses."""
        return re.sub(r"[^a-z0-9.-]+", "_", self.name.lower()) or "file"


def type_of(name: str) -> str:
    """The media type that a file's name speaks of."""
    known = _TYPES.get(name.rpartition(".")[2].lower())
    return known[0] if known else mimetypes.guess_type(name)[0] or "application/octet-stream"


def private_url(file: StoredFile, public_url: str) -> str:
    return file.address or f"{public_url}/files-pri/{TEAM}-{file.id}/{file.slug}"


def permalink(file: StoredFile, public_url: str) -> str:
    return f"{public_url}/files/{file.user}/{file.id}/{file.slug}"


def told(file: StoredFile, *, team: str, public_url: str, now: float) -> Json:
    """As it stands in a message; `files.info` adds where it was shared. `team` is its owner's."""
    if file.mode == "tombstone":
        return {"id": file.id, "mode": "tombstone"}
    is_ready, private = now >= file.ready_at, private_url(file, public_url)
    _, filetype, pretty = _TYPES.get(file.extension, ("", "binary", "Binary"))
    download = private if file.address else f"{public_url}/files-pri/{TEAM}-{file.id}/download/{file.slug}"
    found: Json = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype if is_ready else "",
        "filetype": filetype if is_ready else "",
        "pretty_type": pretty if is_ready else "",
        "user": file.user,
        "user_team": team,
        "editable": False,
        "size": file.size,
        "mode": file.mode,
        "is_external": file.mode == "external",
        "external_type": "gdrive" if file.mode == "external" else "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": private,
        "url_private_download": download,
        "permalink": permalink(file, public_url),
        "has_rich_preview": False,
        "file_access": "visible",
    }
    if file.alt_text:
        found["alt_txt"] = file.alt_text
    return found | (_thumbs(file, public_url) if file.is_picture and is_ready else {})


def behind_a_look(file: StoredFile) -> Json:
    """How a message tells of another company's file: one has to ask `files.info`."""
    return {
        "id": file.id,
        "created": 0,
        "timestamp": 0,
        "user": "",
        "mode": "file_access",
        "file_access": "check_file_info",
    }


def _thumbs(file: StoredFile, public_url: str) -> Json:
    found: Json = {"image_exif_rotation": 1, "original_w": file.width, "original_h": file.height}
    for most in THUMBS:
        found[f"thumb_{most}"] = f"{public_url}/files-tmb/{TEAM}-{file.id}/{most}/{file.slug}"
    found["thumb_360_w"], found["thumb_360_h"] = fitted(file.width, file.height, 360)
    return found
