"""A file as QuickBooks takes it: in two parts, what is known of it and its bytes ("Attachable", upload)."""

import json

from bot.domain.postings import Attachment

BOUNDARY = "a-file-of-ours-7d1b43a09c"
"""Always the same, so that the same file is the same request."""
UNKNOWN = "application/octet-stream"
"""Refused by QuickBooks, whatever the file is."""
TYPES = {"pages": "application/vnd.apple.pages", "eps": "application/postscript", "ai": "application/postscript"}


def content_type() -> str:
    return f"multipart/form-data; boundary={BOUNDARY}"


def body_of(attachment: Attachment, content: bytes, entity: str) -> bytes:
    """Of a document of this entity.

    Raises:
    ValueError: the boundary is in the file, which nobody does by chance.
    """
    if BOUNDARY.encode() in content:
        raise ValueError("the file holds what parts a request")
    media_type = _media_type(attachment)
    known = {
        "AttachableRef": [{"EntityRef": {"type": entity, "value": attachment.document_id}, "IncludeOnSend": False}],
        "FileName": attachment.name,
        "ContentType": media_type,
    }
    parts = (
        _part("file_metadata_01", "attachment.json", "application/json; charset=UTF-8", json.dumps(known).encode()),
        _part("file_content_01", "content", media_type, content),
    )
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _part(name: str, file_name: str, media_type: str, content: bytes) -> bytes:
    head = (
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        f"Content-Type: {media_type}\r\n"
        "Content-Transfer-Encoding: binary\r\n\r\n"
    )
    return head.encode() + content + b"\r\n"


def _media_type(attachment: Attachment) -> str:
    ending = attachment.name.rpartition(".")[2].lower()
    return TYPES.get(ending, attachment.media_type) if attachment.media_type == UNKNOWN else attachment.media_type
