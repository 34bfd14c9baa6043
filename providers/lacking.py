"""What a package's adapter inherits where the package has no such thing. The profile says so, and nothing asks for it;
whoever does has not looked at the profile.
"""

from typing import NoReturn

from bot.domain.postings import Attachment, Ending, PostingKind, Withdrawal
from bot.domain.publishing import Outcome
from bot.domain.settings import PaymentStatus
from providers.base import Access


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


def _not_to_be_asked(what: str) -> NoReturn:
    raise LookupError(f"this package has no {what}, and its profile says so")
