"""What every accounting provider is to the rest of the product: one small Protocol over domain types.

Differences between packages are declared (`Profile`), not discovered. `create`, `attach` and `withdraw` are the only methods that
write to a ledger's books; `revoke` ends a sign-in; all others read.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from bot.domain.attachments import FileRules
from bot.domain.bank_lines import NewLine, RecordedPayment
from bot.domain.book_rules import BookRules
from bot.domain.books import BillRights, Books, Capability, ListKind, ListPage, Login, OrganisationChoice
from bot.domain.budgets import Allowance
from bot.domain.ledger_documents import Found, LedgerDocument
from bot.domain.postings import Attachment, Ending, Payment, Posting, PostingKind, Withdrawal, Work
from bot.domain.publishing import Outcome
from bot.domain.settings import PaymentStatus

NO_FIELDS: Mapping[str, str] = MappingProxyType({})
TYPED_LISTS = "the typed lists"
LONGEST_WRITE = timedelta(minutes=2)
"""No write is under way for longer: the wait for a place to call, and then the time-out of `providers.http`."""


PAYABLE = frozenset(kind for kind in PostingKind if not kind.is_of_bank and kind is not PostingKind.EXPENSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientConfig:
    """How we are known at a provider. Addresses default to the vendor's; tests and simulators give their own."""

    client_id: str
    client_secret: str = field(repr=False)
    auth_url: str
    token_url: str
    revoke_url: str = ""
    """Empty where the vendor has no such address."""
    api_url: str
    web_url: str
    user_url: str = ""
    """Where is asked who signed in, of vendors that do not say so with the tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """A token endpoint's answer. `refresh_token` is None where the vendor sent no new one: keep the old."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime
    subject: str
    """The provider's id of the person who signed in; several workspaces linked by one person share one token set. Where a
    sign-in is for one organisation, its id is part of it. Empty where a refresh does not tell.
    """
    grant_id: str | None = None
    """Names what was granted just now, where the vendor tells (Xero: authentication_event_id)."""
    tenant_id: str | None = None
    """The one organisation that a sign-in is for, where the vendor gives each its own."""
    login: Login | None = field(default=None, repr=False)
    """None where this answer does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCheck:
    """Whether the vendor knows our client id and secret; `said_at` is the time on its clock, where it tells one."""

    is_accepted: bool
    vendor_words: str
    said_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a call needs: a live access token and the organisation it is for."""

    access_token: str = field(repr=False)
    tenant_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits(Allowance):
    """The vendor's limits for an organisation, and for the whole app in a minute."""

    per_minute_of_app: int | None = None
    per_minute_of: Mapping[str, int] = field(default_factory=dict)
    """Calls of an organisation that are counted for themselves as well, by the provider's own name for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """How a document of ours is found after a lost answer: the field, and how long a list may be late."""

    field: str
    visibility_delay: timedelta
    key_remembered_for: timedelta
    """How long the vendor replays an idempotency key; past that only the search counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectSteps:
    """What a person reads before being linked out: what will happen, and what rights are needed."""

    steps: tuple[str, ...]
    rights: tuple[str, ...]
    access: tuple[str, ...] = ()
    """What we may do there besides bills once connected: the scopes that are asked for, in plain words."""
    has_bills: bool = False
    """Whether that says already that bills are read and written."""
    role: str = "a role that may write bills"
    """Whom to ask for: the vendor's name of the role that `rights` come to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A way in which files are laid out for one package. `advice` is what to press there, in a sentence, and `takes_not`
    what its files have no place for: kinds of documents, and what lines have (`bot.domain.book_rules`).
    """

    key: str
    name: str
    advice: str
    advice_of: Mapping[str, str] = field(default_factory=dict)
    """By route, of what goes into files of its own."""
    takes_not: frozenset[str] = frozenset()
    sells_products: bool = False
    """Whether lines of sales have a product in the place of a category."""
    contact_code: int | None = None
    """How long the codes are at most by which its files name contacts; None: they name them in words, or by any code."""
    names_currency: bool = True
    """Whether its files say which currency a document is in. Without, an exchange rate says that it is in another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A provider's standing facts."""

    key: str
    name: str
    capabilities: frozenset[Capability]
    lists: tuple[ListKind, ...]
    batch_size: int
    limits: RateLimits
    marker: Marker
    connect: ConnectSteps
    uses_pkce: bool
    refresh_token_life: timedelta
    """How long a refresh token lives that nobody uses. Each refresh starts it anew."""
    refresh_token_kept_for: timedelta = timedelta(0)
    """How long a refresh answers with the same refresh token. Then it gives another, and the old one dies."""
    apps_page: str
    """Where somebody takes our access away in the ledger itself, as its own menus call it."""
    addresses: dict[str, str]
    """The vendor's own addresses: auth_url, token_url, api_url, web_url; revoke_url and user_url where there are such."""
    issuer: str | None = None
    """How its sign-in names itself in the `iss` of an answer (RFC 9207). An answer that names another is not its own."""
    callback_fields: tuple[str, ...] = ()
    """What its callback says beside code and state. An answer without one of them is none."""
    longest_write: timedelta = LONGEST_WRITE
    pays: frozenset[PostingKind] = PAYABLE
    """What it takes payments of, if it takes any."""
    files: FileRules | None = None
    """What it takes of files; None: it takes none."""
    attaches: frozenset[PostingKind] = frozenset(PostingKind)
    """What it takes files on, if it takes any."""
    claimed_as: PostingKind = PostingKind.BILL
    """What expense reports become, if it takes any; its books say the same (`BookRules.pays_users`)."""
    plan_limits: Mapping[str, str] = field(default_factory=dict)
    """What its plans (`Books.plan`) limit of what is published, in a sentence; none of those that limit nothing."""
    incremental: frozenset[ListKind] = frozenset()
    """Lists that tell what changed since an instant; the others are read whole."""
    layouts: tuple[Layout, ...] = ()
    """What is published by download can be laid out so; of all others none."""

    @property
    def listed_in(self) -> str:
        """Where its suppliers and accounts are listed, in words: what is not called has the lists that people typed."""
        return TYPED_LISTS if Capability.DOWNLOADS in self.capabilities else self.name

    @property
    def takes_access_back(self) -> bool:
        """Whether a sign-in can be given back. Without, we forget it, and people remove the app in the ledger."""
        return "revoke_url" in self.addresses


class Budget(Protocol):
    """Permission to call: one organisation's minute and day windows and calls at once, shared by all processes."""

    def call(
        self, tenant_id: str | None, *, can_wait: bool = False, kind: str | None = None
    ) -> AbstractAsyncContextManager[None]:
        """Hold a place for one call; `None` is for calls that belong to no organisation (tokens). `can_wait`: documents
        go first, so it leaves them some of what there is. `kind`: one of those that have a limit of their own.

        Raises:
            TryLaterError: the organisation is paused or its budget is used up for longer than a call may wait.
        """
        ...

    async def observe(
        self, tenant_id: str | None, *, minute_left: int | None, day_left: int | None, app_left: int | None = None
    ) -> None:
        """What the vendor says is left to the organisation, and to all of them together in this minute."""
        ...

    async def pause(self, tenant_id: str | None, seconds: float) -> None:
        """The vendor asked for silence; `None`: of the whole app."""
        ...


class AccountingProvider(Protocol):
    """One accounting package. All methods raise the errors of `providers.errors`."""

    profile: Profile

    def authorize_url(self, *, state: str, redirect_uri: str, code_challenge: str | None) -> str:
        """Where the browser is sent to sign in and consent."""
        ...

    async def exchange(
        self, *, code: str, redirect_uri: str, code_verifier: str | None, fields: Mapping[str, str] = NO_FIELDS
    ) -> TokenAnswer:
        """A code for tokens. `fields` are what the profile declares of the callback, as a browser brought them: they are
        believed once they were read with the new token.
        """
        ...

    async def refresh(self, refresh_token: str) -> TokenAnswer: ...

    async def revoke(self, refresh_token: str) -> None:
        """Nothing, where the profile says that no access is taken back."""
        ...

    async def check_client(self) -> ClientCheck:
        """Ask the token endpoint for what nobody was granted; only a client that it knows is told so."""
        ...

    async def organisations(self, answer: TokenAnswer) -> tuple[OrganisationChoice, ...]:
        """The organisations this grant can see, read with its own new token; where the answer names the one that it is for,
        only that one counts.
        """
        ...

    async def shared(self, access: Access) -> frozenset[str]:
        """Tenant ids of all organisations that the sign-in behind this access still sees."""
        ...

    async def disconnect(self, access: Access, link_id: str) -> None:
        """Give up one organisation of a grant; others of the same sign-in stay. One that is gone already is no error."""
        ...

    async def books(self, access: Access) -> Books: ...

    async def bill_rights(self, access: Access) -> BillRights:
        """What the person behind this access may do with bills, read now."""
        ...

    async def list_page(
        self, access: Access, kind: ListKind, page: str | None, *, since: datetime | None = None
    ) -> ListPage:
        """One page. With `since` only what changed after it, archived entries too, where the profile says that this
        list tells (`incremental`); other lists are read whole.
        """
        ...

    def route(self, work: Work) -> str:
        """The call that this goes by, in the provider's own name for it. What has one route goes out together."""
        ...

    def render(self, works: Sequence[Posting] | Sequence[Payment]) -> bytes:
        """The body of one `create` call, of one route, pure and stable: the same works give the same bytes."""
        ...

    async def create(self, access: Access, route: str, body: bytes, *, idempotency_key: str) -> tuple[Outcome, ...]:
        """Write documents, or payments of documents that are there; one outcome each, in the body's order.

        Raises:
            OutcomeUnknownError: the ledger may have taken some; search by marker before sending again.
        """
        ...

    async def attach(self, access: Access, attachment: Attachment, content: bytes, *, idempotency_key: str) -> Outcome:
        """Hang a file on a document that is in the ledger.

        Raises:
            OutcomeUnknownError: it may be there; search by its name before sending again.
        """
        ...

    def ending(self, kind: PostingKind, status: PaymentStatus) -> Ending:
        """What `withdraw` does to a document that was published so."""
        ...

    async def withdraw(self, access: Access, withdrawal: Withdrawal, *, idempotency_key: str) -> Outcome:
        """Take a document of ours out of the books, as it stands there by now; one that stands no more is done already.

        It reads before it writes, and may be called again at any time: what was done of it is not done twice. Refused
        where somebody settled it, or changed it since and was not told so.

        Raises:
            OutcomeUnknownError: it may be done; look before sending again.
        """
        ...

    async def find(self, access: Access, route: str, works: Sequence[Work], *, since: datetime) -> Mapping[str, Found]:
        """What the ledger has of these, by their markers, changed after `since`; what was voided or deleted there does not
        count, but for a withdrawal, which is there when its document is not. One list call, by pages.
        """
        ...

    async def read(self, access: Access, route: str, ledger_ids: Sequence[str]) -> Mapping[str, Found]:
        """Records by the ledger's ids, in as few calls as the vendor allows."""
        ...

    async def same_number(self, access: Access, posting: Posting) -> LedgerDocument | None:
        """The document that has this one's number, where the ledger wants numbers to be unique. None: it was not found."""
        ...

    def organisation_url(self, books: Books) -> str:
        """Where a person opens the organisation in the ledger."""
        ...

    def record_url(self, books: Books, kind: PostingKind, ledger_id: str) -> str:
        """Where a person opens the document in the ledger."""
        ...


@runtime_checkable
class BankLineProvider(Protocol):
    """What a package has besides whose ledger tells its bank accounts' own lines (`Capability.BANK_LINES`). What names one of
    them (`Posting.bank_line`) is booked on it.
    """

    profile: Profile

    async def bank_lines(
        self, access: Access, bank_account: str, *, first: date, since: datetime | None
    ) -> tuple[NewLine, ...]:
        """All lines of an account, dated from a day on, that nothing was booked on; and of those that something was, what
        changed after `since`, or all. Their amounts are in the account's own currency.
        """
        ...


@runtime_checkable
class RecordedPaymentProvider(Protocol):
    """What a package has besides whose ledger does not tell its bank accounts' lines, but what was booked on them: so that a line
    of a statement for which somebody entered a payment is not taken for another one's.
    """

    profile: Profile

    async def recorded_payments(self, access: Access, bank_account: str, *, first: date) -> tuple[RecordedPayment, ...]:
        """All that stands booked on an account, dated from a day on, of the kinds of this package's money spent and received and
        payments of documents; nothing that was voided or deleted.

        Raises:
            ProviderError: it could not be read whole.
        """
        ...


@runtime_checkable
class FileProvider(Protocol):
    """What is published by download has besides (`Capability.DOWNLOADS`)."""

    profile: Profile

    def granted(self, books: Books) -> TokenAnswer:
        """What stands for a sign-in: the organisation as an admin has typed it, for as long as it is connected."""
        ...

    def rules(self, books: Books) -> BookRules:
        """What these books ask of their documents, by what their files are laid out for and their own currency."""
        ...

    def laid_out(self, books: Books) -> AccountingProvider:
        """The same provider, which renders files for these books. The same documents give the same bytes."""
        ...

    def file_name(self, books: Books, number: int) -> str:
        """Of a batch of documents, by its number."""
        ...

    def advice(self, books: Books, route: str) -> str:
        """What to press in their software to have such a file in it; empty where that is not known."""
        ...
