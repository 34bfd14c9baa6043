"""The lines of a ledger's bank accounts, as it has them now: kept here, so that costs can be matched with them.

They are read with the list of bank accounts, before that counts as read: a reading that is stopped is begun again.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.db import bank_lines as stored
from bot.db.unit_of_work import Database
from bot.domain.bank_lines import NewLine
from bot.domain.bank_match import looked_back_to
from bot.domain.books import Account
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.payment_methods import Link
from bot.services.bank_accounts import bank_accounts
from bot.services.lists import books_of
from bot.services.matching_cards import redraw_matching
from bot.services.settings import load_settings
from providers.base import Access, AccountingProvider, BankLineProvider

T = TypeVar("T")
LINES_AT_ONCE = 200
"""Of one transaction, so that people's clicks go in between."""
OVERLAP = timedelta(minutes=5)
"""The ledger's clock is not ours."""


class Call(Protocol):
    async def __call__(self, call: Callable[[Access], Awaitable[T]], /) -> T:
        """Of the ledger, with live access."""
        ...


@dataclass(frozen=True, slots=True)
class LedgerLines:
    """Of one organisation, whose ledger tells its bank lines."""

    db: Database
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    provider: BankLineProvider
    call: Call

    async def read(self, since: datetime | None) -> None:
        """Of all live bank accounts. `since`: when they were read last.

        Raises:
            ProviderError: what was read until then is kept.
        """
        of = self.workspace_id, self.organisation_id
        async with self.db.read() as tx:
            settings, books = await load_settings(tx, *of), await books_of(tx, *of)
            accounts = [account for link, account in (await bank_accounts(tx, *of)).values() if link is Link.LIVE]
            known = await stored.count_lines(tx, *of)
        if not settings.bank_match or books is None:
            return
        for account in accounts:
            before = None if since is None or account.provider_id not in known else since - OVERLAP
            await self._account(account, account.currency or books.base_currency, before)

    async def _account(self, account: Account, currency: str, since: datetime | None) -> None:
        of = self.workspace_id, self.organisation_id, account.provider_id
        first = looked_back_to(self.db.clock.now().date())

        async def lines(access: Access) -> tuple[NewLine, ...]:
            return await self.provider.bank_lines(access, account.provider_id, first=first, since=since)

        async with self.db.read() as tx:
            open_before = await stored.open_keys(tx, *of)
        found = await self.call(lines)
        for start in range(0, len(found), LINES_AT_ONCE):
            await self._keep(account, currency, found[start : start + LINES_AT_ONCE])
        closed = open_before - {line.key for line in found}
        if closed:
            async with self.db.write() as tx:
                await stored.close_lines(tx, *of, closed)

    async def _keep(self, account: Account, currency: str, lines: Sequence[NewLine]) -> None:
        of = self.workspace_id, self.organisation_id
        async with self.db.write() as tx:
            kept = await stored.keep_lines(tx, *of, account.provider_id, currency=currency, lines=lines)
            await redraw_matching(tx, *of, (*kept.new, *kept.changed))


def lines_of(provider: AccountingProvider) -> BankLineProvider | None:
    """None: its ledger does not tell them."""
    return provider if isinstance(provider, BankLineProvider) else None
