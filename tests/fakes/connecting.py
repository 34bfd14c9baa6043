"""What connecting needs from the outside: a ledger that can be signed in to, Slack's word on people."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from bot.clock import Clock
from bot.domain.books import (
    Account,
    AccountClass,
    BillRights,
    Books,
    ListKind,
    ListPage,
    Login,
    OrganisationChoice,
    Unreadable,
)
from bot.domain.ids import UserId
from bot.domain.ledger_documents import Found, LedgerDocument
from bot.domain.postings import Attachment, Ending, Payment, Posting, PostingKind, Withdrawal, Work
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Outcome
from bot.domain.rights import Person
from bot.domain.settings import PaymentStatus
from bot.domain.slack import Workspace
from providers.base import NO_FIELDS, Access, ClientCheck, Profile, TokenAnswer
from providers.errors import AccessExpiredError, ProviderError, ReconnectNeededError
from providers.oauth import code_challenge
from providers.xero import PROFILE

ACME = OrganisationChoice(tenant_id="tenant-acme", name="Acme <b>Ltd</b>", link_id="link-acme")
REVOKED = "revoked"
BETA = OrganisationChoice(tenant_id="tenant-beta", name="Beta GmbH", link_id="link-beta")


def account(code: str) -> Account:
    return Account(provider_id=f"id-{code}", code=code, name=f"Account {code}", account_class=AccountClass.EXPENSE)


FAKE_BOOKS = replace(
    PROFILE, key="fake", name="Fake Books", lists=(ListKind.ACCOUNTS, ListKind.CURRENCIES), incremental=frozenset()
)


@dataclass(slots=True)
class FakeLedger:
    """Signs people in, rotates refresh tokens and holds lists; remembers what it was asked."""

    clock: Clock
    organisations_seen: tuple[OrganisationChoice, ...] = (ACME,)
    subject: str = "person-1"
    login: Login | None = None
    rights: dict[str, BillRights] = field(default_factory=dict)
    """By tenant; others are not told."""
    life: timedelta = timedelta(minutes=30)
    accounts: tuple[Account, ...] = tuple(account(str(code)) for code in range(100, 110))
    page_size: int = 4
    fails: dict[str, ProviderError] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    challenge: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    """What the callback said beside code and state."""
    of_tenant: str | None = None
    """The one organisation that its answers name."""
    login_page: str = "https://login.fakebooks.example/authorize"
    refresh_token: str = "refresh-0"
    used_at: datetime | None = None
    """When a refresh token was given last: it dies when it is not used for its life."""
    sinces: list[datetime | None] = field(default_factory=list)
    before_page: Callable[[str | None], None] | None = None
    while_asked: Callable[[], Awaitable[None]] | None = None
    """What happens elsewhere while a page is on its way."""
    unreadable: tuple[Unreadable, ...] = (Unreadable(words="An account without a name", key="nameless"),)
    total: int | None = None
    profile: Profile = FAKE_BOOKS

    def authorize_url(self, *, state: str, redirect_uri: str, code_challenge: str | None) -> str:
        self.challenge = code_challenge
        return f"{self.login_page}?" + urlencode({"state": state, "redirect_uri": redirect_uri})

    async def exchange(
        self, *, code: str, redirect_uri: str, code_verifier: str | None, fields: Mapping[str, str] = NO_FIELDS
    ) -> TokenAnswer:
        self._call("exchange")
        self.fields = dict(fields)
        if code_verifier is None or code_challenge(code_verifier) != self.challenge:
            raise ReconnectNeededError(Problem(code=ProblemCode.RECONNECT_NEEDED))
        if self.refresh_token == REVOKED:
            self.refresh_token = f"refresh-{len(self.calls)}"
        return self._answer()

    async def refresh(self, refresh_token: str) -> TokenAnswer:
        self._call("refresh")
        await self.clock.sleep(0)
        is_old = self.used_at is not None and self.clock.now() - self.used_at >= self.profile.refresh_token_life
        if refresh_token != self.refresh_token or is_old:
            raise ReconnectNeededError(Problem(code=ProblemCode.RECONNECT_NEEDED))
        self.refresh_token = f"refresh-{len(self.calls)}"
        return self._answer()

    async def revoke(self, refresh_token: str) -> None:
        self._call("revoke")
        self.refresh_token = REVOKED

    async def check_client(self) -> ClientCheck:
        self._call("check_client")
        return ClientCheck(is_accepted=True, vendor_words="invalid_grant", said_at=self.clock.now())

    async def organisations(self, answer: TokenAnswer) -> tuple[OrganisationChoice, ...]:
        self._call("organisations")
        return self.organisations_seen

    async def shared(self, access: Access) -> frozenset[str]:
        self._call("shared")
        return frozenset(choice.tenant_id for choice in self.organisations_seen)

    async def disconnect(self, access: Access, link_id: str) -> None:
        self._call("disconnect")
        self.organisations_seen = tuple(choice for choice in self.organisations_seen if choice.link_id != link_id)

    async def books(self, access: Access) -> Books:
        self._call("books")
        names = {choice.tenant_id: choice.name for choice in self.organisations_seen}
        if access.tenant_id not in names or self.refresh_token == REVOKED:
            raise ReconnectNeededError(Problem(code=ProblemCode.ACCESS_REMOVED))
        rights = await self.bill_rights(access)
        return Books(
            provider_id=access.tenant_id, name=names[access.tenant_id], base_currency="GBP", bill_rights=rights
        )

    async def bill_rights(self, access: Access) -> BillRights:
        self._call("bill_rights")
        return self.rights.get(access.tenant_id, BillRights.UNTOLD)

    async def list_page(
        self, access: Access, kind: ListKind, page: str | None, *, since: datetime | None = None
    ) -> ListPage:
        if self.before_page is not None:
            self.before_page(page)
        if self.while_asked is not None:
            await self.while_asked()
        self._call(f"{kind}:{page or ''}")
        self.sinces.append(since)
        if kind is not ListKind.ACCOUNTS:
            return ListPage(entries=())
        start = int(page or "0")
        end = start + self.page_size
        return ListPage(
            entries=self.accounts[start:end],
            next_page=str(end) if end < len(self.accounts) else None,
            unreadable=self.unreadable if start == 0 else (),
            total=self.total,
        )

    def route(self, work: Work) -> str:
        return "documents"

    def render(self, works: Sequence[Posting] | Sequence[Payment]) -> bytes:
        return b""

    async def create(self, access: Access, route: str, body: bytes, *, idempotency_key: str) -> tuple[Outcome, ...]:
        raise AccessExpiredError(Problem(code=ProblemCode.RECONNECT_NEEDED))

    async def attach(self, access: Access, attachment: Attachment, content: bytes, *, idempotency_key: str) -> Outcome:
        raise AccessExpiredError(Problem(code=ProblemCode.RECONNECT_NEEDED))

    def ending(self, kind: PostingKind, status: PaymentStatus) -> Ending:
        return Ending.VOIDED

    async def withdraw(self, access: Access, withdrawal: Withdrawal, *, idempotency_key: str) -> Outcome:
        raise AccessExpiredError(Problem(code=ProblemCode.RECONNECT_NEEDED))

    async def find(self, access: Access, route: str, works: Sequence[Work], *, since: datetime) -> dict[str, Found]:
        return {}

    async def read(self, access: Access, route: str, ledger_ids: Sequence[str]) -> dict[str, Found]:
        return {}

    async def same_number(self, access: Access, posting: Posting) -> LedgerDocument | None:
        return None

    def organisation_url(self, books: Books) -> str:
        return "https://fakebooks.example/"

    def record_url(self, books: Books, kind: PostingKind, ledger_id: str) -> str:
        return f"https://fakebooks.example/{ledger_id}"

    def _call(self, name: str) -> None:
        self.calls.append(name)
        found = self.fails.get(name) or self.fails.get(name.partition(":")[0])
        if found is not None:
            raise found

    def _answer(self) -> TokenAnswer:
        self.used_at = self.clock.now()
        return TokenAnswer(
            access_token=f"access-{len(self.calls)}",
            refresh_token=self.refresh_token,
            expires_at=self.clock.now() + self.life,
            subject=self.subject,
            login=self.login,
            tenant_id=self.of_tenant,
        )


@dataclass(slots=True)
class FakeDirectory:
    """Slack's people. `admins` may connect."""

    people: dict[str, Person]
    asked: list[str] = field(default_factory=list)

    async def person(self, workspace: Workspace, user_id: UserId) -> Person | None:
        self.asked.append(user_id)
        return self.people.get(user_id)

    async def workspace_admins(self, workspace: Workspace) -> tuple[UserId, ...]:
        return tuple(person.user_id for person in self.people.values() if person.is_workspace_admin)


def a_person(user_id: str, name: str, *, is_admin: bool = False, is_guest: bool = False) -> Person:
    return Person(
        user_id=UserId(user_id), name=name, is_of_workspace=True, is_guest=is_guest, is_workspace_admin=is_admin
    )
