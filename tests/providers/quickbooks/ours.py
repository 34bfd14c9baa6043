"""Our client, and what stands at its other side."""

import json
from typing import Any
from uuid import uuid4

from bot.domain.ids import FileId
from bot.domain.ledger_documents import LedgerDocument
from bot.domain.postings import Attachment, Posting
from bot.domain.publishing import Accepted
from providers.quickbooks.adapter import QuickBooksProvider
from providers.quickbooks.client import QuickBooksClient
from tests.contract.quickbooks import QuickBooksFarEnd


async def the_document(quickbooks: QuickBooksFarEnd, posting: Posting) -> LedgerDocument:
    (outcome,) = await quickbooks.create(posting)
    assert isinstance(outcome, Accepted), outcome
    found = (await quickbooks.read(posting, outcome.ledger_id))[outcome.ledger_id]
    assert isinstance(found, LedgerDocument)
    return found


def bodies(quickbooks: QuickBooksFarEnd, path: str) -> list[Any]:
    return [json.loads(call.body) for call in quickbooks.state.calls if call.path.endswith(path)]


def client_of(quickbooks: QuickBooksFarEnd) -> QuickBooksClient:
    assert isinstance(quickbooks.provider, QuickBooksProvider)
    return quickbooks.provider._client


def a_file(posting: Posting, document: LedgerDocument, name: str, media_type: str) -> Attachment:
    return Attachment(
        item_id=posting.item_id,
        kind=posting.kind,
        document_id=document.ledger_id,
        file_id=FileId(uuid4()),
        name=name,
        media_type=media_type,
        size=4,
    )
