"""FreeAgent as an `AccountingProvider`, composed of the rooms beside this file."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

import aiohttp

from bot.clock import Clock
from bot.domain.bank_lines import NewLine
from bot.domain.books import BillRights, Books, ListKind, ListPage, OrganisationChoice
from bot.domain.ledger_documents import Found, LedgerDocument, LedgerFile
from bot.domain.postings import Attachment, Ending, Payment, Posting, PostingKind, Withdrawal, Work
from bot.domain.publishing import Outcome
from bot.domain.settings import PaymentStatus
from providers import oauth as shared_oauth
from providers.base import NO_FIELDS, Access, Budget, ClientCheck, ClientConfig, TokenAnswer
from providers.errors import PersonNeededError
from providers.freeagent import PROFILE, documents, mapping, oauth, wire
from providers.freeagent.bank_lines import LineReader
from providers.freeagent.claiming import Claims
from providers.freeagent.client import FreeAgentClient
from providers.freeagent.completing import Completer
from providers.freeagent.creating import Creator
from providers.freeagent.currencies import Currencies
from providers.freeagent.finding import Finder
from providers.freeagent.gone import Gone
from providers.freeagent.parties import Parties
from providers.freeagent.reading_lists import ListReader
from providers.freeagent.resources import EXPENSES, FILES, PAYMENTS, RESOURCES, is_of_document, page_of, route_of
from providers.freeagent.uploading import Uploader
from providers.freeagent.withdrawing import Withdrawer
from providers.http import Caller
from providers.refusals import mapped_errors

Json = dict[str, Any]
COMPANY = "{company}"
"""In the address of the ledger's pages, where a company's subdomain stands."""


class FreeAgentProvider:
    """See `providers.base.AccountingProvider` for what each method promises."""

    profile = PROFILE

    def __init__(self, config: ClientConfig, caller: Caller, clock: Clock) -> None:
        self._config, self._caller, self._clock = config, caller, clock
        self._client = FreeAgentClient(caller, config, clock)
        currencies = Currencies(self._client)
        self._lists = ListReader(self._client, clock)
        self._finder = Finder(self._client, currencies, self._link)
        completer = Completer(self._client, currencies, Parties(self._client, clock))
        self._bank_lines = LineReader(self._client)
        gone = Gone(self._client, self._bank_lines)
        self._claims = Claims(self._client, gone, self._link)
        self._creator = Creator(self._finder, completer, gone, self._claims)
        self._uploader = Uploader(self._finder)
        self._withdrawer = Withdrawer(self._finder, self._claims)

    @classmethod
    def build(
        cls, config: ClientConfig, session: aiohttp.ClientSession, clock: Clock, budget: Budget
    ) -> "FreeAgentProvider":
        return cls(config, Caller(session, clock, budget), clock)

    # Signing in

    def authorize_url(self, *, state: str, redirect_uri: str, code_challenge: str | None) -> str:
        del code_challenge  # not documented there
        return oauth.authorize_url(self._config, state=state, redirect_uri=redirect_uri)

    async def exchange(
        self, *, code: str, redirect_uri: str, code_verifier: str | None, fields: Mapping[str, str] = NO_FIELDS
    ) -> TokenAnswer:
        del code_verifier, fields
        return await oauth.exchange(
            self._caller, self._client, self._config, self._clock, code=code, redirect_uri=redirect_uri
        )

    async def refresh(self, refresh_token: str) -> TokenAnswer:
        return await oauth.refresh(self._caller, self._config, self._clock, refresh_token)

    async def revoke(self, refresh_token: str) -> None:
        """FreeAgent has no address for it, and the profile says so."""

    async def check_client(self) -> ClientCheck:
        return await shared_oauth.check_client(self._caller, self._config)

    async def organisations(self, answer: TokenAnswer) -> tuple[OrganisationChoice, ...]:
        return await oauth.companies_of(self._client, answer.access_token)

    async def shared(self, access: Access) -> frozenset[str]:
        choices = await oauth.companies_of(self._client, access.access_token)
        return frozenset(choice.tenant_id for choice in choices)

    async def disconnect(self, access: Access, link_id: str) -> None:
        """There is no link beside the sign-in itself."""

    # Lists

    async def books(self, access: Access) -> Books:
        company = await self._lists.company(access)
        locks, rights = await self._locks(access), await self.bill_rights(access)
        with mapped_errors():
            return mapping.books_of(company, locks, rights)

    async def _locks(self, access: Access) -> mapping.Locks:
        """Only somebody with full access is told of them."""
        try:
            found = await self._client.read(access, "account_locks")
        except PersonNeededError:
            return mapping.Locks()
        with mapped_errors():
            return mapping.locks_of(found.get("account_locks") or [])

    async def bill_rights(self, access: Access) -> BillRights:
        """By the access level of who is signed in; an account manager may be no user of the client's."""
        try:
            found = await self._client.read(access, "users/me")
        except PersonNeededError:
            return BillRights.UNTOLD
        with mapped_errors():
            return mapping.rights_of(cast("wire.User", found["user"]))

    async def list_page(
        self, access: Access, kind: ListKind, page: str | None, *, since: datetime | None = None
    ) -> ListPage:
        return await self._lists.page(access, kind, page, since if kind in PROFILE.incremental else None)

    async def bank_lines(
        self, access: Access, bank_account: str, *, first: date, since: datetime | None
    ) -> tuple[NewLine, ...]:
        return await self._bank_lines.lines(access, bank_account, first=first, since=since)

    # Writing

    def route(self, work: Work) -> str:
        return route_of(work)

    def render(self, works: Sequence[Posting] | Sequence[Payment]) -> bytes:
        return documents.drafts_of(works)

    async def create(self, access: Access, route: str, body: bytes, *, idempotency_key: str) -> tuple[Outcome, ...]:
        drafts: list[Json] = json.loads(body, parse_float=Decimal)
        return await self._creator.create(access, drafts, idempotency_key)

    async def attach(self, access: Access, attachment: Attachment, content: bytes, *, idempotency_key: str) -> Outcome:
        return await self._uploader.attach(access, attachment, content)

    def ending(self, kind: PostingKind, status: PaymentStatus) -> Ending:
        return Ending.DELETED

    async def withdraw(self, access: Access, withdrawal: Withdrawal, *, idempotency_key: str) -> Outcome:
        return await self._withdrawer.withdraw(access, withdrawal)

    async def find(self, access: Access, route: str, works: Sequence[Work], *, since: datetime) -> Mapping[str, Found]:
        if is_of_document(route):
            return await self._withdrawer.ended(access, route)
        if route == PAYMENTS:
            payments = [work for work in works if isinstance(work, Payment)]
            return await self._finder.payments(access, payments, since=since)
        postings = [work for work in works if isinstance(work, Posting)]
        if route == EXPENSES.name:
            return await self._claims.find(access, postings, since=since)
        if route in RESOURCES:
            return await self._finder.find(access, RESOURCES[route], postings, since=since)
        wanted = {work.marker for work in works}
        return {file.marker: file for file in await self._files(access, route) if file.marker in wanted}

    async def read(self, access: Access, route: str, ledger_ids: Sequence[str]) -> Mapping[str, Found]:
        if is_of_document(route):
            return await self._withdrawer.ended(access, route)
        if route == PAYMENTS:
            return await self._finder.read_payments(access, ledger_ids)
        if route == EXPENSES.name:
            return await self._claims.read(access, ledger_ids)
        if route in RESOURCES:
            return await self._finder.read(access, RESOURCES[route], ledger_ids)
        return {file.ledger_id: file for file in await self._files(access, route) if file.ledger_id in ledger_ids}

    async def _files(self, access: Access, route: str) -> Sequence[LedgerFile]:
        name, document_id, what = route.split("/")
        assert what == FILES
        return await self._finder.files(access, RESOURCES[name], document_id)

    async def same_number(self, access: Access, posting: Posting) -> LedgerDocument | None:
        return await self._finder.same_number(access, posting)

    # Links

    def organisation_url(self, books: Books) -> str:
        """The page that FreeAgent opens with (unverified)."""
        return f"{self._web(books.short_code)}/overview"

    def record_url(self, books: Books, kind: PostingKind, ledger_id: str) -> str:
        """Where each document is, is unverified."""
        return f"{self._web(books.short_code)}/{page_of(kind, ledger_id)}"

    def _link(self, kind: PostingKind, ledger_id: str) -> str:
        """Of a company that is not named, FreeAgent opens the one of whoever is signed in (unverified)."""
        return f"{self._web(None)}/{page_of(kind, ledger_id)}"

    def _web(self, company: str | None) -> str:
        return self._config.web_url.rstrip("/").replace(COMPANY, company or "login")
