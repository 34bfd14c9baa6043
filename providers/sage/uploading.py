"""A file as Sage takes it: base64 in JSON ("Attachments" guide). Files know no idempotency, so that one of the same name and
size that hangs there already is taken for ours: its name begins with the item's reference.
"""

import base64
from dataclasses import dataclass

from bot.domain.ledger_documents import LedgerFile
from bot.domain.postings import Attachment
from bot.domain.publishing import Accepted, Outcome, Refused
from providers.base import Access
from providers.errors import PersonNeededError
from providers.refusals import mapped_errors
from providers.sage.documents import file_of
from providers.sage.finding import Finder
from providers.sage.resources import ATTACHMENTS, CONTEXT_OF, route_of


@dataclass(frozen=True, slots=True)
class Uploader:
    finder: Finder

    async def attach(self, access: Access, attachment: Attachment, content: bytes) -> Outcome:
        try:
            there = await self.finder.files(access, route_of(attachment))
            found = [file for file in there if (file.name, file.size) == (attachment.name, attachment.size)]
            return _accepted(found[0] if found else await self._sent(access, attachment, content))
        except PersonNeededError as error:
            return Refused(problem=error.problem)

    async def _sent(self, access: Access, attachment: Attachment, content: bytes) -> LedgerFile:
        record = {
            "file": base64.b64encode(content).decode(),
            "file_name": attachment.name,
            "file_extension": f".{attachment.name.rpartition('.')[2].lower()}",
            "mime_type": attachment.media_type,
            "attachment_context_type_id": CONTEXT_OF[attachment.kind],
            "attachment_context_id": attachment.document_id,
        }
        made = await self.finder.client.create(access, ATTACHMENTS, record, None, can_wait=True)
        with mapped_errors():
            return file_of(made)


def _accepted(file: LedgerFile) -> Accepted:
    return Accepted(ledger_id=file.ledger_id, record=file)
