"""Pebble as an `AccountingProvider`, composed of the rooms beside this file."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import aiohttp

from bot.clock import Clock
from bot.domain.books import BillRights, Books, ListKind, ListPage, OrganisationChoice
from bot.domain.ledger_documents import Found, LedgerDocument
from bot.domain.postings import Payment, Posting, PostingKind, Work
from bot.domain.publishing import Accepted, Outcome, Refused
from providers import oauth as shared_oauth
from providers.base import NO_FIELDS, Access, Budget, ClientCheck, ClientConfig, TokenAnswer
from providers.http import Caller
from providers.lacking import TakesNoFiles, WithdrawsNothing
from providers.refusals import mapped_errors
from tests.adding.pebble import PROFILE, mapping, oauth, wire
from tests.adding.pebble.client import PebbleClient
from tests.adding.pebble.errors import problem_of


class PebbleProvider(TakesNoFiles, WithdrawsNothing):
    """See `providers.base.AccountingProvider` for what each method promises."""

    profile = PROFILE

    def __init__(self, config: ClientConfig, caller: Caller, clock: Clock) -> None:
        self._config, self._caller, self._clock = config, caller, clock
        self._client = PebbleClient(caller, config, clock)

    @classmethod
    def build(
        cls, config: ClientConfig, session: aiohttp.ClientSession, clock: Clock, budget: Budget
    ) -> "PebbleProvider":
        return cls(config, Caller(session, clock, budget), clock)

    # Signing in

    def authorize_url(self, *, state: str, redirect_uri: str, code_challenge: str | None) -> str:
        return oauth.authorize_url(self._config, state=state, redirect_uri=redirect_uri, challenge=code_challenge)

    async def exchange(
        self, *, code: str, redirect_uri: str, code_verifier: str | None, fields: Mapping[str, str] = NO_FIELDS
    ) -> TokenAnswer:
        fields = {"code": code, "redirect_uri": redirect_uri, "code_verifier": code_verifier or ""}
        return await oauth.token(self._caller, self._config, self._clock, "authorization_code", **fields)

    async def refresh(self, refresh_token: str) -> TokenAnswer:
        return await oauth.token(self._caller, self._config, self._clock, "refresh_token", refresh_token=refresh_token)

    async def revoke(self, refresh_token: str) -> None:
        await shared_oauth.revoke(self._caller, self._config, refresh_token)

    async def check_client(self) -> ClientCheck:
        return await shared_oauth.check_client(self._caller, self._config)

    async def organisations(self, answer: TokenAnswer) -> tuple[OrganisationChoice, ...]:
        found = await self._client.books(answer.access_token)
        with mapped_errors():
            return tuple(mapping.choice_of(book) for book in found["books"])

    async def shared(self, access: Access) -> frozenset[str]:
        found = await self._client.books(access.access_token)
        with mapped_errors():
            return frozenset(book["id"] for book in found["books"])

    async def disconnect(self, access: Access, link_id: str) -> None:
        await self._client.give_up(access, link_id)

    # Lists

    async def books(self, access: Access) -> Books:
        found = await self._client.read(access, "book", {})
        with mapped_errors():
            return mapping.books_of(found)

    async def bill_rights(self, access: Access) -> BillRights:
        return BillRights.UNTOLD

    async def list_page(
        self, access: Access, kind: ListKind, page: str | None, *, since: datetime | None = None
    ) -> ListPage:
        found = await self._client.read(access, mapping.PATHS[kind], {"page": page or "1"})
        with mapped_errors():
            entries = tuple(mapping.entry_of(kind, element) for element in found["found"])
            return ListPage(entries=entries, next_page=found["next"])

    # Writing

    def route(self, work: Work) -> str:
        return mapping.ENTRIES

    def render(self, works: Sequence[Posting] | Sequence[Payment]) -> bytes:
        return mapping.rendered([work for work in works if isinstance(work, Posting)])

    async def create(self, access: Access, route: str, body: bytes, *, idempotency_key: str) -> tuple[Outcome, ...]:
        found = await self._client.write(access, route, body, idempotency_key)
        with mapped_errors():
            return tuple(_outcome(result) for result in found["results"])

    async def find(self, access: Access, route: str, works: Sequence[Work], *, since: datetime) -> Mapping[str, Found]:
        return await self._entries(access, "mark", [work.marker for work in works])

    async def read(self, access: Access, route: str, ledger_ids: Sequence[str]) -> Mapping[str, Found]:
        return await self._entries(access, "id", ledger_ids)

    async def same_number(self, access: Access, posting: Posting) -> LedgerDocument | None:
        return None  # in Pebble several entries may have one number

    async def _entries(self, access: Access, field: str, wanted: Sequence[str]) -> Mapping[str, Found]:
        """Those of one call; Pebble tells all that stand of what is asked for."""
        found = await self._client.read(access, mapping.ENTRIES, {field: ",".join(wanted)})
        with mapped_errors():
            return {
                str(entry[field]): mapping.document_of(entry, self._entry_url(access.tenant_id, entry["id"]))
                for entry in found[mapping.ENTRIES]
            }

    # Links

    def organisation_url(self, books: Books) -> str:
        return f"{self._config.web_url}/{books.provider_id}"

    def record_url(self, books: Books, kind: PostingKind, ledger_id: str) -> str:
        return self._entry_url(books.provider_id, ledger_id)

    def _entry_url(self, book: str, entry: str) -> str:
        return f"{self._config.web_url}/{book}/entries/{entry}"


def _outcome(result: wire.Result) -> Outcome:
    if "refused" in result:
        return Refused(problem=problem_of(result["refused"]))
    return Accepted(ledger_id=result["id"])
