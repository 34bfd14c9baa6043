"""A ledger in memory that takes bills, forgets keys, shows lists late, and loses answers in every way there is."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NoReturn
from uuid import uuid4

import msgspec

from bot.clock import Clock
from bot.domain.attachments import FileRules
from bot.domain.books import BillRights, Books, Capability, ListKind, ListPage, OrganisationChoice
from bot.domain.ledger_documents import EndedDocument, Found, LedgerDocument, LedgerFile, LedgerPayment, changes
from bot.domain.postings import Attachment, Ending, Payment, Posting, PostingKind, Withdrawal, Work
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Accepted, Outcome, Refused
from bot.domain.settings import PaymentStatus
from providers.base import NO_FIELDS, Access, ClientCheck, ConnectSteps, Marker, Profile, RateLimits, TokenAnswer
from providers.errors import (
    AccessExpiredError,
    OutcomeUnknownError,
    PersonNeededError,
    ProviderChangedError,
    ReconnectNeededError,
    TryLaterError,
)
from tests.fakes.clock import FakeClock

VISIBLE_AFTER = timedelta(seconds=10)
BUSY = Problem(code=ProblemCode.LEDGER_BUSY)


PROFILE = Profile(
    key="xero",
    name="Xero",
    capabilities=frozenset(Capability),
    lists=(),
    batch_size=50,
    limits=RateLimits(per_minute=None, per_day=None, at_once=1),
    marker=Marker(field="Url", visibility_delay=VISIBLE_AFTER, key_remembered_for=timedelta(minutes=6)),
    connect=ConnectSteps(steps=(), rights=()),
    uses_pkce=True,
    refresh_token_life=timedelta(days=60),
    apps_page="Apps",
    files=FileRules(most_bytes=1000, endings=frozenset({"pdf", "txt"}), not_in_names="/"),
    addresses={},
)


class Trouble(StrEnum):
    """What becomes of one call. The first four leave it open whether anything was written."""

    COMMIT_THEN_500 = "commit, then 500"
    RESET_BEFORE_COMMIT = "reset before the commit"
    COMMIT_THEN_HTML = "commit, then half an answer"
    COMMIT_HALF = "commit the first half, then time out"
    SHORT_ANSWER = "commit, then answer for all but one"
    BUSY = "429"
    EXPIRED = "401"
    REVOKED = "revoked"
    NOT_ALLOWED = "403"


LOST_ANSWERS = tuple(Trouble)[:5]
LOST_OF_SEVERAL = (Trouble.COMMIT_HALF, Trouble.SHORT_ANSWER)
"""Those of which one call's works do not all share the fate."""
ONE = "one of "
PAYMENTS = "payments"
"""What the route of a single document begins with."""


@dataclass(slots=True)
class Stored:
    document: LedgerDocument
    stored_at: datetime
    is_voided: bool = False


@dataclass(slots=True)
class Ledger:
    """`providers.base.AccountingProvider`. `remembers_keys_for` zero: the key is ignored."""

    clock: Clock
    profile: Profile = PROFILE
    remembers_keys_for: timedelta = timedelta(minutes=6)
    lists_late_by: timedelta = timedelta(0)
    searches_late_by: timedelta = timedelta(0)
    """As `lists_late_by`, where a document is shown at once to who knows its id."""
    create_takes: timedelta = timedelta(0)
    """How long one `create` lasts; its documents appear in the books one after another, the last at its end."""
    asks_again_after: float | None = None
    """`Retry-After` of a 500."""
    troubles: dict[str, list[Trouble]] = field(default_factory=dict)
    """By call (create, attach, withdraw, find, read): what becomes of the next ones."""
    refuse: dict[str, Problem] = field(default_factory=dict)
    """By document number."""
    refuse_calls_with: dict[str, Problem] = field(default_factory=dict)
    """By document number: the whole call is refused that such a document is in."""
    fails_at: str | None = None
    """The number of a document: whatever call it is in ends in 500, and nothing of it is written."""
    warns: dict[str, str] = field(default_factory=dict)
    """By document number: with which words it is taken."""
    cannot_render: dict[str, Exception] = field(default_factory=dict)
    """By document number."""
    stays: dict[str, Problem] = field(default_factory=dict)
    """By document number: why it is not withdrawn."""
    paid: set[str] = field(default_factory=set)
    """Numbers of documents that somebody paid in the ledger."""
    withdrawn: list[str] = field(default_factory=list)
    """Numbers, as often as one was taken out of the books from here."""
    books_hold: list[Stored] = field(default_factory=list)
    payments: list[tuple[LedgerPayment, datetime]] = field(default_factory=list)
    """Each with when it was made."""
    files: dict[str, list[LedgerFile]] = field(default_factory=dict)
    """By the document's id; the same name twice is two files."""
    calls: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    on_call: Callable[[str], Awaitable[None]] | None = None
    """Awaited as `create`, `attach`, `withdraw`, `find` or `read` arrives, as `halfway` with half the documents in the
    books, and as `created`, `attached` or `withdrawn` before the answer leaves.
    """
    alter: Callable[[LedgerDocument], LedgerDocument] = field(default=lambda document: document)
    """How the ledger books a document otherwise than it was sent."""
    _answered: dict[str, tuple[datetime, tuple[Outcome, ...]]] = field(default_factory=dict)
    _keyed: dict[str, LedgerFile] = field(default_factory=dict)
    _refused: dict[str, tuple[datetime, Trouble]] = field(default_factory=dict)

    @property
    def file_names(self) -> list[str]:
        """Of all documents, as often as each hangs there."""
        return sorted(file.name for files in self.files.values() for file in files)

    @property
    def numbers(self) -> list[str]:
        """What stands in the books."""
        return sorted(str(stored.document.number) for stored in self.books_hold if not stored.is_voided)

    def route(self, work: Work) -> str:
        """As in Xero: bills and invoices go out together, each other kind by itself, and a file by itself."""
        if isinstance(work, Attachment):
            return f"files of {work.document_id}"
        if isinstance(work, Payment):
            return PAYMENTS
        if isinstance(work, Withdrawal):
            return f"{ONE}{work.document_id}"
        return _route_of(work.kind)

    def render(self, works: Sequence[Posting] | Sequence[Payment]) -> bytes:
        for work in works:
            if isinstance(work, Posting) and work.number in self.cannot_render:
                raise self.cannot_render[work.number]
        return msgspec.json.encode(works)

    async def create(self, access: Access, route: str, body: bytes, *, idempotency_key: str) -> tuple[Outcome, ...]:
        self.keys.append(idempotency_key)
        self.bodies.append(body)
        trouble = await self._begin("create")
        self._repeat_refusal(idempotency_key)
        if trouble is not None and trouble not in LOST_ANSWERS:
            self._refused.setdefault(idempotency_key, (self.clock.now(), trouble))
            _refuse_call(trouble)
        for number in numbers_in(body):
            if number in self.refuse_calls_with:
                raise PersonNeededError(self.refuse_calls_with[number])
        if self.fails_at in numbers_in(body):
            raise OutcomeUnknownError("status 500")
        known = self._answered.get(idempotency_key)
        if known is not None and self.clock.now() - known[0] < self.remembers_keys_for:
            outcomes = known[1]
        elif trouble is Trouble.RESET_BEFORE_COMMIT:
            raise OutcomeUnknownError("ClientOSError while waiting for the answer")
        else:
            outcomes = await self._write(route, body, half=trouble is Trouble.COMMIT_HALF)
            if trouble is not Trouble.COMMIT_HALF:
                self._answered[idempotency_key] = (self.clock.now(), outcomes)
        await self._reached("created")
        return self._lose(trouble, outcomes)

    def _repeat_refusal(self, key: str) -> None:
        """As Xero does: a refusal is kept under its key like any answer, though its cause be gone by now."""
        known = self._refused.get(key)
        if known is not None and key not in self._answered and self.clock.now() - known[0] < self.remembers_keys_for:
            _refuse_call(known[1])

    async def _write(self, route: str, body: bytes, *, half: bool) -> tuple[Outcome, ...]:
        works: Sequence[Posting | Payment] = (
            msgspec.json.decode(body, type=list[Payment])
            if route == PAYMENTS
            else msgspec.json.decode(body, type=list[Posting])
        )
        middle, outcomes = len(works) // 2, []
        for number, work in enumerate(works[:middle] if half else works):
            if number == middle:
                await self._reached("halfway")
            self._pass(self.create_takes / len(works))
            outcomes.append(self._take(work) if isinstance(work, Posting) else self._pay(work))
        return tuple(outcomes)

    def _pay(self, payment: Payment) -> Outcome:
        if payment.marker in self.refuse:
            return Refused(problem=self.refuse[payment.marker])
        found = LedgerPayment(
            ledger_id=str(uuid4()),
            marker=payment.marker,
            document_id=payment.document_id,
            bank_account=payment.bank_account,
            paid_on=payment.paid_on,
            amount=payment.amount,
        )
        self.payments.append((found, self.clock.now()))
        return Accepted(ledger_id=found.ledger_id)

    def _paid(self, shown_late_by: timedelta) -> list[LedgerPayment]:
        shown = self.clock.now() - shown_late_by
        return [payment for payment, at in self.payments if at <= shown]

    def _lose(self, trouble: Trouble | None, outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
        match trouble:
            case Trouble.COMMIT_THEN_500 | Trouble.COMMIT_HALF | Trouble.RESET_BEFORE_COMMIT:
                raise OutcomeUnknownError("status 500", after_seconds=self.asks_again_after)
            case Trouble.COMMIT_THEN_HTML:
                raise ProviderChangedError("an answer of another form")
            case Trouble.SHORT_ANSWER:
                return outcomes[:-1]
            case _:
                return outcomes

    def _pass(self, time: timedelta) -> None:
        if time:
            assert isinstance(self.clock, FakeClock)
            self.clock.move_to(self.clock.now() + time)

    def _take(self, bill: Posting) -> Outcome:
        if bill.number in self.refuse:
            return Refused(problem=self.refuse[bill.number])
        document = LedgerDocument(
            ledger_id=str(uuid4()),
            kind=bill.kind,
            marker=bill.marker,
            number=bill.number,
            contact_name=bill.contact_name,
            status=bill.status,
            issued_on=bill.issued_on,
            currency=bill.currency,
            net=bill.net,
            tax=bill.tax,
            gross=bill.gross,
            url="https://ledger.example/1",
            account_codes=tuple(line.account_code for line in bill.lines),
        )
        self.books_hold.append(Stored(self.alter(document), self.clock.now()))
        warning = self.warns.get(bill.number)
        return Accepted(ledger_id=document.ledger_id, warnings=() if warning is None else (warning,))

    async def attach(self, access: Access, attachment: Attachment, content: bytes, *, idempotency_key: str) -> Outcome:
        trouble = await self._begin("attach")
        if trouble is not None and trouble not in LOST_ANSWERS:
            _refuse_call(trouble)
        if attachment.name in self.refuse:
            return Refused(problem=self.refuse[attachment.name])
        if trouble is Trouble.RESET_BEFORE_COMMIT:
            raise OutcomeUnknownError("ClientOSError while waiting for the answer")
        record = self._keyed.get(idempotency_key)
        if record is None or self.remembers_keys_for == timedelta(0):
            record = LedgerFile(ledger_id=str(uuid4()), name=attachment.name, size=len(content))
            self._keyed[idempotency_key] = record
            self.files.setdefault(attachment.document_id, []).append(record)
        await self._reached("attached")
        accepted = Accepted(ledger_id=record.ledger_id, record=record)
        (lost,) = self._lose(trouble, (accepted,)) or (None,)
        if lost is None:
            raise OutcomeUnknownError("no file in the answer")
        return lost

    def ending(self, kind: PostingKind, status: PaymentStatus) -> Ending:
        return Ending.DELETED if status is PaymentStatus.DRAFT else Ending.VOIDED

    async def withdraw(self, access: Access, withdrawal: Withdrawal, *, idempotency_key: str) -> Outcome:
        self.keys.append(idempotency_key)
        trouble = await self._begin("withdraw")
        if trouble is not None and trouble not in LOST_ANSWERS:
            _refuse_call(trouble)
        stored = self._stored(withdrawal.document_id)
        ended = self._ended(self.route(withdrawal)).get(withdrawal.document_id)
        if stored is not None and ended is None:
            refusal = self._obstacle(stored.document, withdrawal)
            if refusal is not None:
                return Refused(problem=refusal)
            if trouble is Trouble.RESET_BEFORE_COMMIT:
                raise OutcomeUnknownError("ClientOSError while waiting for the answer")
            self.payments = [(paid, at) for paid, at in self.payments if paid.ledger_id not in withdrawal.payments]
            stored.is_voided = True
            self.withdrawn.append(str(stored.document.number))
        await self._reached("withdrawn")
        (lost,) = self._lose(trouble, (Accepted(ledger_id=withdrawal.document_id, record=ended),)) or (None,)
        if lost is None:
            raise OutcomeUnknownError("no document in the answer")
        return lost

    def _obstacle(self, document: LedgerDocument, withdrawal: Withdrawal) -> Problem | None:
        number = str(document.number)
        if number in self.stays:
            return self.stays[number]
        ours = {paid.ledger_id for paid, _ in self.payments if paid.document_id == document.ledger_id}
        if number in self.paid or ours - set(withdrawal.payments):
            return Problem(code=ProblemCode.WITHDRAWAL_SETTLED)
        changed = changes(withdrawal.posting, document)
        if changed and changed != withdrawal.known:
            return Problem(code=ProblemCode.WITHDRAWAL_CHANGED, facts={"differences": changed})
        return None

    def _stored(self, document_id: str) -> Stored | None:
        return next((stored for stored in self.books_hold if stored.document.ledger_id == document_id), None)

    def _ended(self, route: str) -> dict[str, Found]:
        document_id = route.removeprefix(ONE)
        stored = self._stored(document_id)
        if stored is not None and not stored.is_voided:
            return {}
        ending = Ending.GONE if stored is None else self.ending(PostingKind.BILL, PaymentStatus(stored.document.status))
        return {document_id: EndedDocument(ledger_id=document_id, ending=ending)}

    async def find(self, access: Access, route: str, works: Sequence[Work], *, since: datetime) -> Mapping[str, Found]:
        await self._raise_for("find")
        if route.startswith(ONE):
            return self._ended(route)
        if route == PAYMENTS:
            late_by = max(self.lists_late_by, self.searches_late_by)
            paid = {(str(each.marker), each.document_id): each for each in self._paid(late_by)}
            wanted = [work for work in works if isinstance(work, Payment)]
            return {
                work.marker: paid[work.marker, work.document_id]
                for work in wanted
                if (work.marker, work.document_id) in paid
            }
        markers = {work.marker for work in works}
        shown = self.clock.now() - max(self.lists_late_by, self.searches_late_by)
        documents: dict[str, Found] = {
            str(stored.document.marker): stored.document
            for stored in self.books_hold
            if stored.document.marker in markers and since <= stored.stored_at <= shown and not stored.is_voided
        }
        return documents | {file.marker: file for file in self._files(route) if file.marker in markers}

    async def read(self, access: Access, route: str, ledger_ids: Sequence[str]) -> Mapping[str, Found]:
        await self._raise_for("read")
        if route.startswith(ONE):
            return self._ended(route)
        if route == PAYMENTS:
            return {each.ledger_id: each for each in self._paid(self.lists_late_by) if each.ledger_id in ledger_ids}
        shown = self.clock.now() - self.lists_late_by
        documents: dict[str, Found] = {
            stored.document.ledger_id: stored.document
            for stored in self.books_hold
            if stored.document.ledger_id in ledger_ids and stored.stored_at <= shown and not stored.is_voided
            if _route_of(stored.document.kind) == route
        }
        return documents | {file.ledger_id: file for file in self._files(route) if file.ledger_id in ledger_ids}

    def _files(self, route: str) -> list[LedgerFile]:
        return self.files.get(route.removeprefix("files of "), [])

    async def same_number(self, access: Access, posting: Posting) -> LedgerDocument | None:
        await self._reached("same number")
        return None

    def organisation_url(self, books: Books) -> str:
        return "https://ledger.example/"

    def record_url(self, books: Books, kind: PostingKind, ledger_id: str) -> str:
        return f"https://ledger.example/{ledger_id}"

    async def _reached(self, point: str) -> None:
        if self.on_call is not None:
            await self.on_call(point)

    async def _begin(self, call: str) -> Trouble | None:
        self.calls.append(call)
        await self._reached(call)
        planned = self.troubles.get(call, [])
        return planned.pop(0) if planned else None

    async def _raise_for(self, call: str) -> None:
        trouble = await self._begin(call)
        if trouble is not None:
            _refuse_call(trouble)

    def correct(self, number: str, gross: Decimal) -> None:
        """A person changes a document's total in the ledger."""
        for stored in self.books_hold:
            if stored.document.number == number:
                stored.document = replace(stored.document, gross=gross)

    def void(self, number: str) -> None:
        for stored in self.books_hold:
            stored.is_voided = stored.is_voided or stored.document.number == number

    def authorize_url(self, *, state: str, redirect_uri: str, code_challenge: str | None) -> str:
        return redirect_uri

    async def exchange(
        self, *, code: str, redirect_uri: str, code_verifier: str | None, fields: Mapping[str, str] = NO_FIELDS
    ) -> TokenAnswer:
        return self._grant()

    async def refresh(self, refresh_token: str) -> TokenAnswer:
        return self._grant()

    def _grant(self) -> TokenAnswer:
        expires_at = self.clock.now() + timedelta(minutes=30)
        return TokenAnswer(access_token="a", refresh_token="r", expires_at=expires_at, subject="person")

    async def revoke(self, refresh_token: str) -> None:
        self.calls.append("revoke")

    async def check_client(self) -> ClientCheck:
        return ClientCheck(is_accepted=True, vendor_words="invalid_grant", said_at=None)

    async def organisations(self, answer: TokenAnswer) -> tuple[OrganisationChoice, ...]:
        return ()

    async def shared(self, access: Access) -> frozenset[str]:
        return frozenset({access.tenant_id})

    async def disconnect(self, access: Access, link_id: str) -> None:
        self.calls.append("disconnect")

    async def books(self, access: Access) -> Books:
        self.calls.append("books")
        return Books(provider_id="t", name="Northwind", base_currency="GBP")

    async def bill_rights(self, access: Access) -> BillRights:
        return BillRights.UNTOLD

    async def list_page(
        self, access: Access, kind: ListKind, page: str | None, *, since: datetime | None = None
    ) -> ListPage:
        return ListPage(entries=())


def _route_of(kind: PostingKind | None) -> str:
    return "invoices" if kind in (PostingKind.BILL, PostingKind.SALES_INVOICE) else str(kind)


def _refuse_call(trouble: Trouble) -> NoReturn:
    match trouble:
        case Trouble.BUSY:
            raise TryLaterError(BUSY, after_seconds=30)
        case Trouble.EXPIRED:
            raise AccessExpiredError(Problem(code=ProblemCode.RECONNECT_NEEDED))
        case Trouble.REVOKED:
            raise ReconnectNeededError(Problem(code=ProblemCode.RECONNECT_NEEDED))
        case Trouble.NOT_ALLOWED:
            raise PersonNeededError(Problem(code=ProblemCode.PERMISSION_MISSING))
        case _:
            raise TryLaterError(Problem(code=ProblemCode.LEDGER_DOWN))


def numbers_in(body: bytes) -> list[str]:
    return [work.get("number") or work["marker"] for work in json.loads(body)]
