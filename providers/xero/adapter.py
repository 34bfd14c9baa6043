"""Xero as an `AccountingProvider`, composed of the rooms beside this file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.clock import Clock
from bot.domain.bank_lines import RecordedPayment
from bot.domain.books import BillRights, Books, ListEntry, ListKind, ListPage, OrganisationChoice, Unreadable
from bot.domain.ledger_documents import Found, LedgerDocument
from bot.domain.postings import Attachment, Ending, Payment, Posting, PostingKind, Withdrawal, Work
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Accepted, Outcome, Refused
from bot.domain.settings import PaymentStatus
from providers import oauth as shared_oauth
from providers.base import NO_FIELDS, Access, Budget, ClientCheck, ClientConfig, TokenAnswer
from providers.errors import PersonNeededError, ProviderChangedError, ReconnectNeededError
from providers.http import Caller
from providers.refusals import mapped_errors
from providers.xero import PROFILE, documents, lists, mapping, oauth
from providers.xero.client import XeroClient
from providers.xero.errors import problem_of, raise_for_right, sentences_of
from providers.xero.finding import Finder
from providers.xero.recorded import RecordedReader
from providers.xero.resources import PAGES, PAYMENTS, RESOURCES, Resource, route_of
from providers.xero.withdrawing import Withdrawer, ending_of, is_of_document

READ_AT_ONCE = 200
"""Ten thousand accounts come in one answer and take 0.07 s to be understood; between so many clicks are answered."""


class XeroProvider:
    """See `providers.base.AccountingProvider` and `RecordedPaymentProvider` for what each method promises."""

    profile = PROFILE

    def __init__(self, config: ClientConfig, caller: Caller, clock: Clock) -> None:
        self._config, self._caller, self._clock = config, caller, clock
        self._client = XeroClient(caller, config, clock)
        self._finder = Finder(self._client, self._link)
        self._withdrawer = Withdrawer(self._client, self._link)
        self._recorded = RecordedReader(self._client)

    @classmethod
    def build(
        cls, config: ClientConfig, session: aiohttp.ClientSession, clock: Clock, budget: Budget
    ) -> "XeroProvider":
        return cls(config, Caller(session, clock, budget), clock)

    def authorize_url(self, *, state: str, redirect_uri: str, code_challenge: str | None) -> str:
        return oauth.authorize_url(self._config, state=state, redirect_uri=redirect_uri, challenge=code_challenge)

    async def exchange(
        self, *, code: str, redirect_uri: str, code_verifier: str | None, fields: Mapping[str, str] = NO_FIELDS
    ) -> TokenAnswer:
        return await oauth.exchange(
            self._caller, self._config, self._clock, code=code, redirect_uri=redirect_uri, verifier=code_verifier
        )

    async def refresh(self, refresh_token: str) -> TokenAnswer:
        return await oauth.refresh(self._caller, self._config, self._clock, refresh_token)

    async def revoke(self, refresh_token: str) -> None:
        await shared_oauth.revoke(self._caller, self._config, refresh_token)

    async def check_client(self) -> ClientCheck:
        return await shared_oauth.check_client(self._caller, self._config)

    async def organisations(self, answer: TokenAnswer) -> tuple[OrganisationChoice, ...]:
        found = await self._client.connections(answer.access_token, answer.grant_id)
        with mapped_errors():
            return oauth.choices_of(found)

    async def shared(self, access: Access) -> frozenset[str]:
        found = await self._client.connections(access.access_token, None)
        with mapped_errors():
            return frozenset(choice.tenant_id for choice in oauth.choices_of(found))

    async def disconnect(self, access: Access, link_id: str) -> None:
        await self._client.delete_connection(access, link_id)

    async def books(self, access: Access) -> Books:
        found = await self._client.get(access, "Organisation")
        rights = await self.bill_rights(access)
        with mapped_errors():
            return mapping.books_of(found["Organisations"][0], rights)

    async def bill_rights(self, access: Access) -> BillRights:
        try:
            found = await self._client.get(access, "Organisation/Actions")
        except (PersonNeededError, ProviderChangedError, ReconnectNeededError):
            return BillRights.UNTOLD  # some plans do not tell; then what is allowed is learnt from refusals
        with mapped_errors():
            return mapping.bill_rights_of(found.get("Actions") or [])

    async def list_page(
        self, access: Access, kind: ListKind, page: str | None, *, since: datetime | None = None
    ) -> ListPage:
        query, changed_after = lists.query_of(kind, page), since if kind in PROFILE.incremental else None
        found = await self._client.get(access, lists.PATHS[kind], query, since=changed_after, can_wait=True)
        read: list[ListEntry | Unreadable] = []
        with mapped_errors():
            for element in lists.found_in(found, kind):
                read.append(lists.read_entry(kind, element))
                if len(read) % READ_AT_ONCE == 0:
                    await self._clock.sleep(0)
            return lists.page_of(kind, page, found, read)

    def route(self, work: Work) -> str:
        return route_of(work)

    def render(self, works: Sequence[Posting] | Sequence[Payment]) -> bytes:
        payments = [work for work in works if isinstance(work, Payment)]
        if payments:
            return documents.payments_to_wire(payments)
        return documents.postings_to_wire([work for work in works if isinstance(work, Posting)])

    async def create(self, access: Access, route: str, body: bytes, *, idempotency_key: str) -> tuple[Outcome, ...]:
        try:
            elements = await self._client.put(access, route, body, idempotency_key)
        except ReconnectNeededError as error:
            raise_for_right(error, route)
        with mapped_errors():
            return tuple(_outcome(element, _resource(route)) for element in elements)

    async def attach(self, access: Access, attachment: Attachment, content: bytes, *, idempotency_key: str) -> Outcome:
        path = f"{route_of(attachment)}/{quote(attachment.name, safe='')}"
        try:
            elements = await self._client.put_file(
                access, path, content, media_type=attachment.media_type, idempotency_key=idempotency_key
            )
        except ReconnectNeededError as error:
            if error.problem.code is ProblemCode.ACCESS_REMOVED:
                raise
            # of connections made before files were asked for; its documents go out all the same
            return Refused(problem=replace(error.problem, code=ProblemCode.FILES_NOT_ALLOWED))
        with mapped_errors():
            record = documents.kept_as(attachment.name, [documents.file_of(element) for element in elements])
        return Accepted(ledger_id=record.ledger_id, record=record)

    def ending(self, kind: PostingKind, status: PaymentStatus) -> Ending:
        return ending_of(kind, status)

    async def withdraw(self, access: Access, withdrawal: Withdrawal, *, idempotency_key: str) -> Outcome:
        return await self._withdrawer.withdraw(access, withdrawal, idempotency_key=idempotency_key)

    async def find(self, access: Access, route: str, works: Sequence[Work], *, since: datetime) -> Mapping[str, Found]:
        if is_of_document(route):
            return await self._withdrawer.ended(access, route)
        if route == PAYMENTS.path:
            payments = [work for work in works if isinstance(work, Payment)]
            return await self._finder.payments(access, payments, since=since)
        resource = RESOURCES.get(route)
        if resource is None:
            files = await self._finder.files(access, route)
            wanted = {work.marker for work in works}
            return {file.marker: file for file in files if file.marker in wanted}
        postings = [work for work in works if isinstance(work, Posting)]
        return await self._finder.find(access, resource, postings, since=since)

    async def read(self, access: Access, route: str, ledger_ids: Sequence[str]) -> Mapping[str, Found]:
        if is_of_document(route):
            return await self._withdrawer.ended(access, route)
        if route == PAYMENTS.path:
            return await self._finder.read_payments(access, ledger_ids)
        resource = RESOURCES.get(route)
        if resource is None:
            files = await self._finder.files(access, route)
            return {file.ledger_id: file for file in files if file.ledger_id in ledger_ids}
        return await self._finder.read(access, resource, ledger_ids)

    async def same_number(self, access: Access, posting: Posting) -> LedgerDocument | None:
        return await self._finder.same_number(access, posting)

    async def recorded_payments(self, access: Access, bank_account: str, *, first: date) -> tuple[RecordedPayment, ...]:
        return await self._recorded.payments(access, bank_account, first=first)

    def organisation_url(self, books: Books) -> str:
        return self._deep_link(books.short_code, "/Dashboard/")

    def record_url(self, books: Books, kind: PostingKind, ledger_id: str) -> str:
        return self._deep_link(books.short_code, f"{PAGES[kind]}{ledger_id}")

    def _link(self, kind: PostingKind, ledger_id: str) -> str:
        return self._deep_link(None, f"{PAGES[kind]}{ledger_id}")

    def _deep_link(self, short_code: str | None, path: str) -> str:
        """Into the organisation (developer.xero.com, "Deep linking to Xero")."""
        web = self._config.web_url.rstrip("/")
        if short_code is None:
            return f"{web}{path}"
        return f"{web}/organisationlogin/default.aspx?shortcode={quote(short_code)}&redirecturl={path}"


def _resource(route: str) -> Resource:
    return PAYMENTS if route == PAYMENTS.path else RESOURCES[route]


def _outcome(element: dict[str, Any], resource: Resource) -> Outcome:
    sentences = sentences_of(element)
    if (
        element.get("HasErrors")
        or element.get("HasValidationErrors")
        or element.get("StatusAttributeString") == "ERROR"
        or sentences
    ):
        return Refused(problem=problem_of(sentences))
    warnings = tuple(str(warning.get("Message", "")) for warning in element.get("Warnings") or [])
    return Accepted(ledger_id=element[resource.id], warnings=warnings)
