"""What a package's adapter inherits where the package has no such thing. The profile says so, and nothing asks for it;
whoever does has not looked at the profile.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NoReturn

from bot.domain.books import ListKind, ListPage
from bot.domain.ledger_documents import Found, LedgerDocument
from bot.domain.postings import Attachment, Ending, Posting, PostingKind, Withdrawal, Work
from bot.domain.publishing import Outcome
from bot.domain.settings import PaymentStatus
from providers.base import NO_FIELDS, Access, TokenAnswer


class TakesNoFiles:
    """For a profile without `files`."""

    async def attach(self, access: Access, attachment: Attachment, content: bytes, *, idempotency_key: str) -> Outcome:
        _not_to_be_asked("files")


class WithdrawsNothing:
    """For a profile without `Capability.WITHDRAWING`."""

    def ending(self, kind: PostingKind, status: PaymentStatus) -> Ending:
        _not_to_be_asked("withdrawals")

    async def withdraw(self, access: Access, withdrawal: Withdrawal, *, idempotency_key: str) -> Outcome:
        _not_to_be_asked("withdrawals")


class CallsNothing:
    """For a profile with `Capability.DOWNLOADS`: nothing is signed in to, read or written."""

    def authorize_url(self, *, state: str, redirect_uri: str, code_challenge: str | None) -> str:
        _not_to_be_asked("page to sign in at")

    async def exchange(
        self, *, code: str, redirect_uri: str, code_verifier: str | None, fields: Mapping[str, str] = NO_FIELDS
    ) -> TokenAnswer:
        _not_to_be_asked("page to sign in at")

    async def list_page(
        self, access: Access, kind: ListKind, page: str | None, *, since: datetime | None = None
    ) -> ListPage:
        _not_to_be_asked("lists to read")

    async def create(self, access: Access, route: str, body: bytes, *, idempotency_key: str) -> tuple[Outcome, ...]:
        _not_to_be_asked("ledger to write to")

    async def find(self, access: Access, route: str, works: Sequence[Work], *, since: datetime) -> Mapping[str, Found]:
        _not_to_be_asked("ledger to search")

    async def read(self, access: Access, route: str, ledger_ids: Sequence[str]) -> Mapping[str, Found]:
        _not_to_be_asked("ledger to read")

    async def same_number(self, access: Access, posting: Posting) -> LedgerDocument | None:
        _not_to_be_asked("ledger to search")


def _not_to_be_asked(what: str) -> NoReturn:
    raise LookupError(f"this package has no {what}, and its profile says so")
