"""Our client, and what stands at its other side."""

import json
from typing import Any
from uuid import uuid4

from bot.domain.ids import FileId
from bot.domain.ledger_documents import LedgerDocument
from bot.domain.postings import Attachment, Posting
from bot.domain.publishing import Accepted
from providers.base import Access
from tests.contract.freeagent import FreeAgentFarEnd


async def the_document(far: FreeAgentFarEnd, posting: Posting) -> LedgerDocument:
    (outcome,) = await far.create(posting)
    assert isinstance(outcome, Accepted), outcome
    found = (await far.read(posting, outcome.ledger_id))[outcome.ledger_id]
    assert isinstance(found, LedgerDocument)
    return found


def bodies(far: FreeAgentFarEnd, path: str, method: str = "POST") -> list[Any]:
    calls = [call for call in far.state.calls if call.method == method and call.path.endswith(path)]
    return [json.loads(call.body) for call in calls]


def calls(far: FreeAgentFarEnd) -> list[str]:
    """What was called since, shortly; it is forgotten here."""
    found = [f"{call.method} {call.path.removeprefix('/v2/')}" for call in far.state.calls]
    far.state.calls.clear()
    return found


def access_of(far: FreeAgentFarEnd, person: str, company: str, *, of: str | None = None) -> Access:
    """Of somebody else; of an account manager for the client `of`."""
    return Access(access_token=far.state.grant(person, company)["access_token"], tenant_id=of or company)


def a_file(posting: Posting, document: LedgerDocument, name: str) -> Attachment:
    return Attachment(
        item_id=posting.item_id,
        kind=posting.kind,
        document_id=document.ledger_id,
        file_id=FileId(uuid4()),
        name=name,
        media_type="application/octet-stream",
        size=4,
    )
