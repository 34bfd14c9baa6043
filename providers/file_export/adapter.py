"""File export as an `AccountingProvider` that calls nothing: what an admin typed stands for the sign-in."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import aiohttp
import msgspec

from bot.clock import Clock
from bot.domain.book_rules import BOUGHT, FOREIGN_BANK, PRODUCTS, TRACKING, BookRules
from bot.domain.books import BillRights, Books, OrganisationChoice
from bot.domain.postings import Ending, Payment, Posting, PostingKind, Work
from bot.domain.settings import PaymentStatus, booked_at_once
from providers.base import Access, AccountingProvider, Budget, ClientCheck, ClientConfig, TokenAnswer
from providers.errors import NotWritableError
from providers.file_export import FOR_EVER, LAYOUTS, OTHER, PROFILE, ROUTES, mapping
from providers.lacking import CallsNothing, TakesNoFiles, WithdrawsNothing

NO_BOOKS = Books(provider_id="", name="", base_currency="GBP", layout=OTHER)
LONGEST_NAME = 60
BY_KEY = {layout.key: layout for layout in LAYOUTS}


class FileExportProvider(CallsNothing, TakesNoFiles, WithdrawsNothing):
    """See `providers.base.AccountingProvider` and `FileProvider` for what each method promises."""

    profile = PROFILE

    def __init__(self, clock: Clock, books: Books = NO_BOOKS) -> None:
        self._clock, self._books = clock, books

    @classmethod
    def build(
        cls, config: ClientConfig, session: aiohttp.ClientSession, clock: Clock, budget: Budget
    ) -> "FileExportProvider":
        del config, session, budget  # nobody is called
        return cls(clock)

    # What stands for signing in

    def granted(self, books: Books) -> TokenAnswer:
        said = msgspec.json.encode(books).decode()
        return self._answer(said, books.provider_id)

    async def refresh(self, refresh_token: str) -> TokenAnswer:
        return self._answer(refresh_token, "")

    async def revoke(self, refresh_token: str) -> None:
        """Nobody gave any access."""

    async def check_client(self) -> ClientCheck:
        return ClientCheck(is_accepted=True, vendor_words="", said_at=None)

    async def organisations(self, answer: TokenAnswer) -> tuple[OrganisationChoice, ...]:
        books = _books_of(answer.access_token)
        return (OrganisationChoice(tenant_id=books.provider_id, name=books.name, bill_rights=BillRights.ALL),)

    async def shared(self, access: Access) -> frozenset[str]:
        return frozenset({access.tenant_id})

    async def disconnect(self, access: Access, link_id: str) -> None:
        """Nobody gave any access."""

    async def books(self, access: Access) -> Books:
        return _books_of(access.access_token)

    async def bill_rights(self, access: Access) -> BillRights:
        return BillRights.ALL

    def _answer(self, said: str, subject: str) -> TokenAnswer:
        return TokenAnswer(
            access_token=said, refresh_token=said, expires_at=self._clock.now() + FOR_EVER, subject=subject
        )

    # Files

    def rules(self, books: Books) -> BookRules:
        found = BY_KEY.get(books.layout or OTHER, BY_KEY[OTHER])
        return BookRules(
            takes_any_code=True,
            books_at_once=booked_at_once(PROFILE.capabilities),
            knows_contacts_by_name=True,
            says_status=False,
            takes_not=dict.fromkeys(sorted(found.takes_not), f"The import of {found.name}"),
            sells_products=found.sells_products,
            contact_code=found.contact_code,
            foreign_by_rate=None if found.names_currency else books.base_currency,
        )

    def laid_out(self, books: Books) -> AccountingProvider:
        return FileExportProvider(self._clock, books if books.layout in BY_KEY else replace(books, layout=OTHER))

    def file_name(self, books: Books, number: int) -> str:
        name = re.sub(r"[^\w-]+", "-", books.name, flags=re.ASCII).strip("-")[:LONGEST_NAME] or "books"
        return f"{name}-batch-{number}.csv"

    def advice(self, books: Books, route: str) -> str:
        found = BY_KEY.get(books.layout or "")
        if found is None:
            return ""
        return found.advice_of.get(route, found.advice)

    def route(self, work: Work) -> str:
        """The file that it goes into: what the package imports apart has one of its own."""
        layout = self._books.layout or OTHER
        return ROUTES.get(layout, {}).get(work.kind, layout)

    def render(self, works: Sequence[Posting] | Sequence[Payment]) -> bytes:
        """Raises:
        NotWritableError: the file has no place for all that they say.
        ValueError: not all of them go into one file.
        """
        postings = [work for work in works if isinstance(work, Posting)]
        layout = BY_KEY[self._books.layout or OTHER]
        own = self._books.base_currency
        lacking = layout.takes_not & {each for posting in postings for each in _needs(posting, own)}
        if lacking:
            said = ", ".join(sorted(_SAID.get(each, each) for each in lacking))
            raise NotWritableError(f"the file for {layout.name} has no place for {said}")
        for posting in postings:
            if not layout.names_currency and posting.currency != own and posting.currency_rate is None:
                said = f"it is in {posting.currency}, and has no exchange rate to {own}"
                raise NotWritableError(f"{said}, by which alone the file for {layout.name} says so")
        (route,) = {self.route(posting) for posting in postings}
        return mapping.rendered(route, self._books, postings)

    def ending(self, kind: PostingKind, status: PaymentStatus) -> Ending:
        return Ending.REMOVED

    # Links: there is nowhere to go

    def organisation_url(self, books: Books) -> str:
        return ""

    def record_url(self, books: Books, kind: PostingKind, ledger_id: str) -> str:
        return ""


_SAID: Mapping[str, str] = {kind: f"a {kind.words}" for kind in PostingKind} | {FOREIGN_BANK: f"a {FOREIGN_BANK}"}
"""What is lacking, in words; lines' things are called as people call them."""


def _needs(posting: Posting, own: str) -> Iterator[str]:
    """What a file has to have a place for, of books that are kept in `own` currency."""
    yield posting.kind
    if posting.kind.is_of_bank and posting.currency != own:
        yield FOREIGN_BANK
    if any(line.tracking for line in posting.lines):
        yield TRACKING
    if any(line.item_code for line in posting.lines):
        yield from (PRODUCTS,) if posting.kind.is_sale else (PRODUCTS, BOUGHT)


def _books_of(said: str) -> Books:
    return msgspec.json.decode(said, type=Books)
