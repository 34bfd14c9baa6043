"""QuickBooks Online as an `AccountingProvider`, composed of the rooms beside this file."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import aiohttp

from bot.clock import Clock
from bot.domain.bank_lines import RecordedPayment
from bot.domain.books import BillRights, Books, ListKind, ListPage, OrganisationChoice
from bot.domain.ledger_documents import Found, LedgerDocument
from bot.domain.postings import Attachment, Ending, Payment, Posting, PostingKind, Withdrawal, Work
from bot.domain.problems import Problem
from bot.domain.publishing import Accepted, Outcome, Refused
from bot.domain.settings import PaymentStatus
from providers import oauth as shared_oauth
from providers.base import NO_FIELDS, Access, Budget, ClientCheck, ClientConfig, TokenAnswer
from providers.errors import OutcomeUnknownError, PersonNeededError, ProviderChangedError
from providers.http import Caller
from providers.quickbooks import PROFILE, documents, mapping, oauth, uploading
from providers.quickbooks.client import QuickBooksClient
from providers.quickbooks.completing import Completer
from providers.quickbooks.errors import errors_in, passes, problem_of
from providers.quickbooks.finding import Finder
from providers.quickbooks.inactive import Inactive
from providers.quickbooks.parties import Parties
from providers.quickbooks.rates import Rates
from providers.quickbooks.reading_lists import ListReader
from providers.quickbooks.recorded_payments import PaymentReader
from providers.quickbooks.resources import ENTITIES, ENTITY_OF, FILES, PAYMENTS, is_of_document, route_of
from providers.quickbooks.withdrawing import Withdrawer
from providers.refusals import mapped_errors

Json = dict[str, Any]


class QuickBooksProvider:
    """See `providers.base.AccountingProvider` and `RecordedPaymentProvider` for what each method promises."""

    profile = PROFILE

    def __init__(self, config: ClientConfig, caller: Caller, clock: Clock) -> None:
        self._config, self._caller, self._clock = config, caller, clock
        self._client = QuickBooksClient(caller, config, clock)
        self._lists = ListReader(self._client, clock)
        self._completer = Completer(self._client, clock, Parties(self._client, clock), Rates(self._client, clock))
        self._finder = Finder(self._client, self._link)
        self._recorded = PaymentReader(self._client)
        self._inactive = Inactive(self._client)
        self._withdrawer = Withdrawer(self._finder, clock)

    @classmethod
    def build(
        cls, config: ClientConfig, session: aiohttp.ClientSession, clock: Clock, budget: Budget
    ) -> "QuickBooksProvider":
        return cls(config, Caller(session, clock, budget), clock)

    # Signing in

    def authorize_url(self, *, state: str, redirect_uri: str, code_challenge: str | None) -> str:
        del code_challenge  # not documented there
        return oauth.authorize_url(self._config, state=state, redirect_uri=redirect_uri)

    async def exchange(
        self, *, code: str, redirect_uri: str, code_verifier: str | None, fields: Mapping[str, str] = NO_FIELDS
    ) -> TokenAnswer:
        del code_verifier
        return await oauth.exchange(
            self._caller, self._config, self._clock, code=code, redirect_uri=redirect_uri, fields=fields
        )

    async def refresh(self, refresh_token: str) -> TokenAnswer:
        return await oauth.refresh(self._caller, self._config, self._clock, refresh_token)

    async def revoke(self, refresh_token: str) -> None:
        await shared_oauth.revoke(self._caller, self._config, refresh_token, in_json=True)

    async def check_client(self) -> ClientCheck:
        return await shared_oauth.check_client(self._caller, self._config)

    async def organisations(self, answer: TokenAnswer) -> tuple[OrganisationChoice, ...]:
        """The one company that the callback named, if the new token opens it."""
        if answer.tenant_id is None:
            raise ProviderChangedError("a sign-in that names no company")
        access = Access(access_token=answer.access_token, tenant_id=answer.tenant_id)
        books = await self.books(access)
        return (OrganisationChoice(tenant_id=answer.tenant_id, name=books.name),)

    async def shared(self, access: Access) -> frozenset[str]:
        await self._client.company(access)
        return frozenset({access.tenant_id})

    async def disconnect(self, access: Access, link_id: str) -> None:
        """There is no link beside the sign-in itself, which is given back by `revoke`."""

    # Lists

    async def books(self, access: Access) -> Books:
        company, preferences = await self._client.company(access), await self._client.preferences(access)
        with mapped_errors():
            return mapping.books_of(company, preferences, access.tenant_id)

    async def bill_rights(self, access: Access) -> BillRights:
        """Only admins can connect, and no answer says more."""
        return BillRights.UNTOLD

    async def list_page(
        self, access: Access, kind: ListKind, page: str | None, *, since: datetime | None = None
    ) -> ListPage:
        return await self._lists.page(access, kind, page, since if kind in PROFILE.incremental else None)

    async def recorded_payments(self, access: Access, bank_account: str, *, first: date) -> tuple[RecordedPayment, ...]:
        return await self._recorded.recorded(access, bank_account, first=first)

    # Writing

    def route(self, work: Work) -> str:
        return route_of(work)

    def render(self, works: Sequence[Posting] | Sequence[Payment]) -> bytes:
        return documents.drafts_of(works)

    async def create(self, access: Access, route: str, body: bytes, *, idempotency_key: str) -> tuple[Outcome, ...]:
        drafts: list[Json] = json.loads(body, parse_float=Decimal, parse_int=Decimal)
        records = await self._completer.complete(access, drafts, idempotency_key)
        items = [
            {"bId": str(place), "operation": "create", **record}
            for place, record in enumerate(records)
            if not isinstance(record, Problem)
        ]
        answers = iter(await self._client.batch(access, items, idempotency_key) if items else ())
        with mapped_errors():
            outcomes = [
                Refused(problem=record) if isinstance(record, Problem) else _outcome(next(answers), next(iter(record)))
                for record in records
            ]
        if any(isinstance(outcome, Refused) for outcome in outcomes):
            self._completer.forget(access)
        return tuple(
            [await self._told(access, record, outcome) for record, outcome in zip(records, outcomes, strict=True)]
        )

    async def _told(self, access: Access, record: Json | Problem, outcome: Outcome) -> Outcome:
        if isinstance(record, Problem) or isinstance(outcome, Accepted):
            return outcome
        return Refused(problem=await self._inactive.told(access, record, outcome.problem))

    async def attach(self, access: Access, attachment: Attachment, content: bytes, *, idempotency_key: str) -> Outcome:
        entity = await self._finder.entity(access, ENTITY_OF[attachment.kind].path, attachment.document_id)
        body = uploading.body_of(attachment, content, entity.name)
        try:
            answer = await self._client.upload(access, body, uploading.content_type(), idempotency_key)
        except PersonNeededError as error:
            return Refused(problem=error.problem)
        errors = errors_in(answer)
        if errors:
            return Refused(problem=problem_of(errors))
        with mapped_errors():
            file = documents.file_of(answer["Attachable"])
        return Accepted(ledger_id=file.ledger_id, record=file)

    def ending(self, kind: PostingKind, status: PaymentStatus) -> Ending:
        return Ending.DELETED

    async def withdraw(self, access: Access, withdrawal: Withdrawal, *, idempotency_key: str) -> Outcome:
        return await self._withdrawer.withdraw(access, withdrawal, idempotency_key=idempotency_key)

    async def find(self, access: Access, route: str, works: Sequence[Work], *, since: datetime) -> Mapping[str, Found]:
        if is_of_document(route):
            return await self._withdrawer.ended(access, route)
        if route in PAYMENTS:
            payments = [work for work in works if isinstance(work, Payment)]
            return await self._finder.payments(access, PAYMENTS[route], payments, since=since)
        if route in ENTITIES:
            postings = [work for work in works if isinstance(work, Posting)]
            return await self._finder.find(access, route, postings, since=since)
        wanted = {work.marker for work in works}
        return {file.marker: file for file in await self._files(access, route) if file.marker in wanted}

    async def read(self, access: Access, route: str, ledger_ids: Sequence[str]) -> Mapping[str, Found]:
        if is_of_document(route):
            return await self._withdrawer.ended(access, route)
        if route in PAYMENTS:
            return await self._finder.read_payments(access, PAYMENTS[route], ledger_ids)
        if route in ENTITIES:
            return await self._finder.read(access, route, ledger_ids)
        return {file.ledger_id: file for file in await self._files(access, route) if file.ledger_id in ledger_ids}

    async def _files(self, access: Access, route: str) -> Sequence[Any]:
        path, document_id, what = route.split("/")
        assert what == FILES
        return await self._finder.files(access, path, document_id)

    async def same_number(self, access: Access, posting: Posting) -> LedgerDocument | None:
        return await self._finder.same_number(access, posting)

    # Links

    def organisation_url(self, books: Books) -> str:
        return f"{self._config.web_url.rstrip('/')}/app/homepage?companyId={books.provider_id}"

    def record_url(self, books: Books, kind: PostingKind, ledger_id: str) -> str:
        """`companyId` opens the right one of several companies (unverified)."""
        return f"{self._link(kind, ledger_id)}&companyId={books.provider_id}"

    def _link(self, kind: PostingKind, ledger_id: str) -> str:
        return f"{self._config.web_url.rstrip('/')}{ENTITY_OF[kind].page}?txnId={ledger_id}"


def _outcome(answer: Json, name: str) -> Outcome:
    """Raises:
    OutcomeUnknownError: the ledger stumbled over this one; whether it is there has to be looked for.
    """
    errors = errors_in(answer)
    if not errors:
        return Accepted(ledger_id=str(answer[name]["Id"]))
    if passes(errors):
        raise OutcomeUnknownError(problem_of(errors).vendor_words)
    return Refused(problem=problem_of(errors))
