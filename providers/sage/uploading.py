"""A file as Sage takes it: base64 in JSON ("Attachments" guide). Files know no idempotency, so that what is sent again is looked
for first, and one of the same name and size that hangs there is taken for ours: its name begins with the item's reference.
"""

import base64
from dataclasses import dataclass, field

from bot.domain.ledger_documents import LedgerFile
from bot.domain.postings import Attachment
from bot.domain.publishing import Accepted, Outcome, Refused
from providers.base import Access
from providers.errors import PersonNeededError
from providers.refusals import mapped_errors
from providers.sage.documents import file_of
from providers.sage.finding import Finder
from providers.sage.resources import ATTACHMENTS, CONTEXT_OF, route_of

MOST = 5000
"""Keys that are remembered."""


@dataclass(frozen=True, slots=True)
class Uploader:
    finder: Finder
    _tried: dict[str, None] = field(default_factory=dict)
    """Keys that a file was sent by in this process; whoever sends one that another process tried has looked for it before."""

    async def attach(self, access: Access, attachment: Attachment, content: bytes, key: str) -> Outcome:
        try:
            found = await self._there(access, attachment) if key in self._tried else None
            if len(self._tried) >= MOST:
                del self._tried[next(iter(self._tried))]
            self._tried[key] = None
            return _accepted(found or await self._sent(access, attachment, content))
        except PersonNeededError as error:
            return Refused(problem=error.problem)

    async def _there(self, access: Access, attachment: Attachment) -> LedgerFile | None:
        files = await self.finder.files(access, route_of(attachment))
        same = [file for file in files if (file.name, file.size) == (attachment.name, attachment.size)]
        return next(iter(same), None)

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
