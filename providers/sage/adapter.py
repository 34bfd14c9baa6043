"""Sage Accounting as an `AccountingProvider`, composed of the rooms beside this file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import aiohttp

from bot.clock import Clock
from bot.domain.bank_lines import RecordedPayment
from bot.domain.books import BillRights, Books, ListKind, ListPage, OrganisationChoice
from bot.domain.ledger_documents import Found, LedgerDocument
from bot.domain.postings import Attachment, Ending, Payment, Posting, PostingKind, Withdrawal, Work
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Accepted, Outcome, Refused
from bot.domain.settings import PaymentStatus
from providers import oauth as shared_oauth
from providers.base import NO_FIELDS, Access, Budget, ClientCheck, ClientConfig, TokenAnswer
from providers.errors import (
    PersonNeededError,
    ProviderError,
)
from providers.http import Caller
from providers.one_by_one import one_by_one
from providers.refusals import mapped_errors
from providers.sage import PROFILE, documents, mapping, oauth
from providers.sage.booked import BookedReader
from providers.sage.client import SageClient, derived_key
from providers.sage.completing import Completer
from providers.sage.errors import OF_THE_WHOLE
from providers.sage.finding import Finder
from providers.sage.parties import Parties
from providers.sage.reading_lists import ListReader
from providers.sage.resources import PAYMENTS, RESOURCE_OF, RESOURCES, is_of_document, route_of
from providers.sage.unfound import Unfound
from providers.sage.uploading import Uploader
from providers.sage.withdrawing import Withdrawer, ending_of

Json = dict[str, Any]


class SageProvider:
    """See `providers.base` for what each method promises, of `AccountingProvider` and `RecordedPaymentProvider`."""

    profile = PROFILE

    def __init__(self, config: ClientConfig, caller: Caller, clock: Clock) -> None:
        self._config, self._caller, self._clock = config, caller, clock
        self._client = SageClient(caller, config, clock)
        self._lists = ListReader(self._client, clock)
        self._booked = BookedReader(self._client)
        self._completer = Completer(self._client, Parties(self._client, clock), self._lists)
        self._finder = Finder(self._client, self._link)
        self._unfound = Unfound(self._client)
        self._uploader = Uploader(self._finder)
        self._withdrawer = Withdrawer(self._finder, clock)

    @classmethod
    def build(
        cls, config: ClientConfig, session: aiohttp.ClientSession, clock: Clock, budget: Budget
    ) -> "SageProvider":
        return cls(config, Caller(session, clock, budget), clock)

    # Signing in

    def authorize_url(self, *, state: str, redirect_uri: str, code_challenge: str | None) -> str:
        return oauth.authorize_url(self._config, state=state, redirect_uri=redirect_uri, challenge=code_challenge)

    async def exchange(
        self, *, code: str, redirect_uri: str, code_verifier: str | None, fields: Mapping[str, str] = NO_FIELDS
    ) -> TokenAnswer:
        return await oauth.exchange(
            self._caller,
            self._config,
            self._client,
            self._clock,
            code=code,
            redirect_uri=redirect_uri,
            verifier=code_verifier,
        )

    async def refresh(self, refresh_token: str) -> TokenAnswer:
        return await oauth.refresh(self._caller, self._config, self._clock, refresh_token)

    async def revoke(self, refresh_token: str) -> None:
        await shared_oauth.revoke(self._caller, self._config, refresh_token, by=shared_oauth.IN_FORM)

    async def check_client(self) -> ClientCheck:
        return await shared_oauth.check_client(self._caller, self._config, by=shared_oauth.IN_FORM)

    async def organisations(self, answer: TokenAnswer) -> tuple[OrganisationChoice, ...]:
        """All that the person may open. None of them can be given up alone: there is no link beside the sign-in."""
        found = await self._client.businesses(answer.access_token)
        with mapped_errors():
            return tuple(OrganisationChoice(tenant_id=str(one["id"]), name=str(one["displayed_as"])) for one in found)

    async def shared(self, access: Access) -> frozenset[str]:
        found = await self._client.businesses(access.access_token)
        with mapped_errors():
            return frozenset(str(one["id"]) for one in found)

    async def disconnect(self, access: Access, link_id: str) -> None:
        """There is no link beside the sign-in itself, which is given back by `revoke`."""

    # Lists

    async def books(self, access: Access) -> Books:
        business, settings = await self._client.business(access), await self._lists.settings(access)
        with mapped_errors():
            return mapping.books_of(business, settings)

    async def bill_rights(self, access: Access) -> BillRights:
        """No answer says which role the person has; it is learnt from refusals."""
        return BillRights.UNTOLD

    async def list_page(
        self, access: Access, kind: ListKind, page: str | None, *, since: datetime | None = None
    ) -> ListPage:
        return await self._lists.page(access, kind, page, since if kind in PROFILE.incremental else None)

    async def recorded_payments(self, access: Access, bank_account: str, *, first: date) -> tuple[RecordedPayment, ...]:
        return await self._booked.payments(access, bank_account, first)

    # Writing

    def route(self, work: Work) -> str:
        return route_of(work)

    def render(self, works: Sequence[Posting] | Sequence[Payment]) -> bytes:
        return documents.drafts_of(works)

    async def create(self, access: Access, route: str, body: bytes, *, idempotency_key: str) -> tuple[Outcome, ...]:
        """One after another: Sage asks for no two at once of a business."""
        drafts: list[Json] = json.loads(body, parse_float=Decimal, parse_int=Decimal)

        async def one(place: int, draft: Json) -> Outcome:
            return await self._one(access, route, draft, derived_key(idempotency_key, str(place)))

        return await one_by_one(drafts, one)

    async def _one(self, access: Access, route: str, draft: Json, key: str, *, is_again: bool = False) -> Outcome:
        record = await self._completer.complete(access, draft)
        if isinstance(record, Accepted | Refused):
            return record
        try:
            made = await self._client.create(access, route, record, key)
        except PersonNeededError as error:
            if error.problem.code is ProblemCode.PERMISSION_MISSING and await self._plan_lacks(access, route):
                return Refused(problem=replace(error.problem, code=ProblemCode.PLAN_LACKS_IT))
            if error.problem.code in OF_THE_WHOLE:
                raise
            is_gone = error.problem.code is ProblemCode.CONTACT_ARCHIVED and "party" in draft
            if is_gone and self._completer.parties.forget(access, draft) and not is_again:
                # whoever was remembered is gone: looked for anew, or made
                return await self._one(access, route, draft, key, is_again=True)
            return Refused(problem=await self._unfound.told(access, draft, record, error.problem))
        with mapped_errors():
            return Accepted(ledger_id=str(made["id"]))

    async def _plan_lacks(self, access: Access, route: str) -> bool:
        """Sage tells it as a right that a person lacks."""
        try:
            return mapping.lacks(await self.books(access), route)
        except ProviderError:
            return False

    async def attach(self, access: Access, attachment: Attachment, content: bytes, *, idempotency_key: str) -> Outcome:
        return await self._uploader.attach(access, attachment, content, idempotency_key)

    def ending(self, kind: PostingKind, status: PaymentStatus) -> Ending:
        return ending_of(kind, status)

    async def withdraw(self, access: Access, withdrawal: Withdrawal, *, idempotency_key: str) -> Outcome:
        return await self._withdrawer.withdraw(access, withdrawal)

    async def find(self, access: Access, route: str, works: Sequence[Work], *, since: datetime) -> Mapping[str, Found]:
        if is_of_document(route):
            return await self._withdrawer.ended(access, route)
        if route == PAYMENTS:
            payments = [work for work in works if isinstance(work, Payment)]
            return await self._finder.payments(access, payments, since=since)
        if route in RESOURCES:
            postings = [work for work in works if isinstance(work, Posting)]
            return await self._finder.find(access, RESOURCES[route], postings, since=since)
        wanted = {work.marker for work in works}
        return {file.marker: file for file in await self._finder.files(access, route) if file.marker in wanted}

    async def read(self, access: Access, route: str, ledger_ids: Sequence[str]) -> Mapping[str, Found]:
        if is_of_document(route):
            return await self._withdrawer.ended(access, route)
        if route == PAYMENTS:
            return await self._finder.read_payments(access, ledger_ids)
        if route in RESOURCES:
            return await self._finder.read(access, RESOURCES[route], ledger_ids)
        return {
            file.ledger_id: file for file in await self._finder.files(access, route) if file.ledger_id in ledger_ids
        }

    async def same_number(self, access: Access, posting: Posting) -> LedgerDocument | None:
        return await self._finder.same_number(access, posting)

    # Links

    def organisation_url(self, books: Books) -> str:
        return f"{self._config.web_url.rstrip('/')}/"

    def record_url(self, books: Books, kind: PostingKind, ledger_id: str) -> str:
        return self._link(RESOURCE_OF[kind].plural, ledger_id)

    def _link(self, plural: str, ledger_id: str) -> str:
        return f"{self._config.web_url.rstrip('/')}{RESOURCES[plural].page}/{ledger_id}"
