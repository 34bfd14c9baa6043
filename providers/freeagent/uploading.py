"""A file as FreeAgent takes it: as text inside of JSON, with a bill or an expense as its one file, with an explanation as one of many
("Attachments"; "Bank Transaction Explanation Attachments", from version 2026-09-01 on).
"""

import base64
from dataclasses import dataclass
from typing import Any

from bot.domain.ledger_documents import LedgerFile
from bot.domain.postings import Attachment
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Accepted, Outcome, Refused
from providers.base import Access
from providers.errors import OutcomeUnknownError, PersonNeededError
from providers.freeagent.client import FreeAgentClient
from providers.freeagent.documents import files_of
from providers.freeagent.finding import Finder
from providers.freeagent.resources import EXPLANATIONS, FILES, RESOURCE_OF, record_of
from providers.refusals import mapped_errors

Json = dict[str, Any]
TYPES = {
    "pdf": "application/x-pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
}
"""The types of "Attachments", by how a file's name ends: of PDF it lists `application/x-pdf` alone."""


def file_to_wire(attachment: Attachment, content: bytes) -> Json:
    return {
        "data": base64.b64encode(content).decode(),
        "file_name": attachment.name,
        "content_type": TYPES.get(attachment.name.rpartition(".")[2].lower(), attachment.media_type),
    }


@dataclass(frozen=True, slots=True)
class Uploader:
    finder: Finder

    async def attach(self, access: Access, attachment: Attachment, content: bytes) -> Outcome:
        """One of that name that is there already is it: a bill or an expense has one file, and another would take its place."""
        resource = RESOURCE_OF[attachment.kind]
        before = await self.finder.files(access, resource, record_of(attachment))
        there = next((file for file in before if file.name == attachment.name), None)
        if there is not None:
            return Accepted(ledger_id=there.ledger_id, record=there)
        if before and resource.path != EXPLANATIONS:
            words = f"{before[0].name} is attached to it already, and FreeAgent takes one file of each {resource.root}"
            return Refused(problem=Problem(code=ProblemCode.FILE_REFUSED, vendor_words=words))
        try:
            answer = await self._sent(self.finder.client, access, attachment, content)
        except PersonNeededError as error:
            return Refused(problem=error.problem)
        with mapped_errors():
            files = files_of(answer)
        file = _kept_as(attachment.name, files)
        return Accepted(ledger_id=file.ledger_id, record=file)

    @staticmethod
    async def _sent(client: FreeAgentClient, access: Access, attachment: Attachment, content: bytes) -> Json:
        resource, file = RESOURCE_OF[attachment.kind], file_to_wire(attachment, content)
        path = f"{resource.path}/{record_of(attachment)}"
        if resource.path == EXPLANATIONS:
            return await client.write(access, "POST", f"{path}/{FILES}", {FILES: [file]}, can_wait=True)
        return await client.change(access, path, resource.root, {"attachment": file})


def _kept_as(name: str, files: list[LedgerFile]) -> LedgerFile:
    """Raises:
    OutcomeUnknownError: the answer does not tell it.
    """
    for file in reversed(files):
        if file.name == name:
            return file
    raise OutcomeUnknownError("an answer without the file that was sent")
