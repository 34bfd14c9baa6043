"""Books other than Xero's, beside the product that is connected to a simulated Xero: its sign-in and its lists, with what a
test declares of the books, and a ledger that holds postings as they were sent.

    books = OtherBooks.at(desk, BookRules(taxes_costs=False))
    await books.read()                                  # as a refresh of the lists does
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from bot.domain.book_rules import BookRules
from bot.domain.books import Books, Capability, ListEntry, ListKind, ListPage
from bot.domain.ledger_documents import Found, LedgerDocument
from bot.domain.postings import Payment, Posting, Work
from bot.domain.problems import Problem
from bot.domain.publishing import Accepted, Outcome, Refused
from bot.playground.slack import ADMIN
from providers.base import Access, AccountingProvider, Profile
from providers.xero.adapter import XeroProvider
from tests.handlers.desk import Desk


class _Other(XeroProvider):
    """Documents go to `books` and nowhere else."""

    books_beside: "OtherBooks"

    async def books(self, access: Access) -> Books:
        return replace(await super().books(access), rules=self.books_beside.rules)

    async def list_page(
        self, access: Access, kind: ListKind, page: str | None, *, since: datetime | None = None
    ) -> ListPage:
        if kind in self.books_beside.lists:
            return self.books_beside.page(kind, page)
        return await super().list_page(access, kind, page, since=since)

    def route(self, work: Work) -> str:
        return "documents"

    def render(self, works: Sequence[Posting] | Sequence[Payment]) -> bytes:
        return msgspec.json.encode(works)

    async def create(self, access: Access, route: str, body: bytes, *, idempotency_key: str) -> tuple[Outcome, ...]:
        return tuple(self.books_beside.take(posting) for posting in msgspec.json.decode(body, type=list[Posting]))

    async def find(self, access: Access, route: str, works: Sequence[Work], *, since: datetime) -> Mapping[str, Found]:
        marked = {document.marker: document for document in self.books_beside.documents.values()}
        return {work.marker: marked[work.marker] for work in works if work.marker in marked}

    async def read(self, access: Access, route: str, ledger_ids: Sequence[str]) -> Mapping[str, Found]:
        return {each: self.books_beside.documents[each] for each in ledger_ids}


@dataclass(slots=True)
class OtherBooks:
    desk: Desk
    rules: BookRules
    lists: dict[ListKind, tuple[ListEntry, ...]] = field(default_factory=dict)
    """Instead of the simulator's."""
    page_size: int = 2
    pages: list[str | None] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    documents: dict[str, LedgerDocument] = field(default_factory=dict)
    refuses: dict[str, Problem] = field(default_factory=dict)
    """By the product of a line."""

    @classmethod
    def at(
        cls,
        desk: Desk,
        rules: BookRules,
        *,
        without: frozenset[Capability] = frozenset(),
        lists: Mapping[ListKind, tuple[ListEntry, ...]] | None = None,
    ) -> "OtherBooks":
        """In the place of Xero. `without`: what the package cannot do."""
        providers: Any = desk.world.services.providers
        found: AccountingProvider = providers["xero"]
        assert isinstance(found, XeroProvider)
        books = cls(desk, rules, dict(lists or {}))
        other = _Other.__new__(_Other)
        vars(other).update(vars(found), books_beside=books, profile=_profile(found.profile, without))
        providers["xero"] = other
        # those that documents are sent to are a list of their own
        called: Any = desk.world.services.publishing.providers
        called["xero"] = other
        return books

    async def read(self) -> None:
        await self.desk.slack.command("/dext", "sync", user=ADMIN)
        await self.desk.settle()

    def page(self, kind: ListKind, page: str | None) -> ListPage:
        self.pages.append(page)
        entries, start = self.lists[kind], int(page or 0)
        end = start + self.page_size
        return ListPage(entries=entries[start:end], next_page=str(end) if end < len(entries) else None)

    def take(self, posting: Posting) -> Outcome:
        refused = [self.refuses[line.item_code] for line in posting.lines if line.item_code in self.refuses]
        if refused:
            return Refused(problem=refused[0])
        self.postings.append(posting)
        ledger_id = f"other-{len(self.postings)}"
        self.documents[ledger_id] = document_of(posting, ledger_id)
        return Accepted(ledger_id=ledger_id)

    @property
    def posting(self) -> Posting:
        (posting,) = self.postings
        return posting


def _profile(profile: Profile, without: frozenset[Capability]) -> Profile:
    return replace(profile, name="Other Books", capabilities=profile.capabilities - without)


def document_of(posting: Posting, ledger_id: str) -> LedgerDocument:
    """As it was sent."""
    return LedgerDocument(
        ledger_id=ledger_id,
        kind=posting.kind,
        marker=posting.marker,
        number=posting.number,
        contact_name=posting.contact_name,
        status=posting.status,
        issued_on=posting.issued_on,
        currency=posting.currency,
        net=posting.net,
        tax=posting.tax,
        gross=posting.gross,
        url=f"https://other.example/{ledger_id}",
        options=tuple(
            sorted(
                [track.option for track in posting.tracking]
                + [track.option for line in posting.lines for track in line.tracking]
            )
        ),
    )
