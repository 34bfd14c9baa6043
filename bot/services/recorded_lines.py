"""Which lines of statements the ledger has payments for, where it tells no bank lines itself: those are offered as matches no more, and
whoever has one of them already sees it on the card.

They are looked for with the list of bank accounts, as the ledger's own lines are (`bot.services.ledger_lines`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from bot.db import bank_lines as stored
from bot.db.items import ITEMS
from bot.db.unit_of_work import Database, Tx
from bot.domain.bank_lines import BankLine, RecordedPayment
from bot.domain.bank_match import looked_back_to
from bot.domain.ids import ItemId, OrganisationId, WorkspaceId
from bot.domain.items import EDITABLE
from bot.domain.payment_methods import Link
from bot.domain.recorded_payments import BOOKED_WITHIN, paired
from bot.services.bank_accounts import bank_accounts
from bot.services.ledger_lines import LINES_AT_ONCE, Call
from bot.services.matching_cards import redraw_matching
from bot.services.settings import load_settings
from providers.base import Access, AccountingProvider, RecordedPaymentProvider

_UNDECIDED = select(ITEMS.c.id).where(
    ITEMS.c.workspace_id == bindparam("workspace_id"),
    ITEMS.c.id.in_(bindparam("ids", expanding=True)),
    ITEMS.c.state.in_(EDITABLE),
)


@dataclass(frozen=True, slots=True)
class RecordedLines:
    """Of one organisation, whose ledger is asked what was booked on its bank accounts."""

    db: Database
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    provider: RecordedPaymentProvider
    call: Call

    async def read(self) -> None:
        """Of all live bank accounts that statements were put in for.

        Raises:
            ProviderError: what was read until then is kept.
        """
        of = self.workspace_id, self.organisation_id
        async with self.db.read() as tx:
            settings, known = await load_settings(tx, *of), await stored.count_lines(tx, *of)
            accounts = await bank_accounts(tx, *of) if settings.bank_match and known else {}
        for bank_account, (link, _) in accounts.items():
            if link is Link.LIVE and bank_account in known:
                await self._account(bank_account)

    async def _account(self, bank_account: str) -> None:
        of = self.workspace_id, self.organisation_id
        # what was booked on the lines just before those that are looked at is not left for these
        first = looked_back_to(self.db.clock.now().date()) - BOOKED_WITHIN

        async def payments(access: Access) -> tuple[RecordedPayment, ...]:
            return await self.provider.recorded_payments(access, bank_account, first=first)

        booked = await self.call(payments)
        async with self.db.read() as tx:
            lines = await stored.lines_of_statements(tx, *of, bank_account, first=first)
            found = paired(lines, booked)
            changed = [line for line in lines if line.is_recorded != (line.id in found)]
            undecided = await self._undecided(tx, [line.item_id for line in changed if line.item_id is not None])
        # of an item that is in the ledger, or on its way there, it is its own payment
        changed = [line for line in changed if line.item_id is None or line.item_id in undecided]
        for is_recorded in (True, False):
            await self._mark([line for line in changed if line.is_recorded != is_recorded], is_recorded=is_recorded)

    async def _undecided(self, tx: Tx, item_ids: Sequence[ItemId]) -> set[ItemId]:
        found: set[ItemId] = set()
        for start in range(0, len(item_ids), LINES_AT_ONCE):
            some = {"workspace_id": self.workspace_id, "ids": item_ids[start : start + LINES_AT_ONCE]}
            found |= {ItemId(each) for each in (await tx.execute(_UNDECIDED, some)).scalars()}
        return found

    async def _mark(self, lines: Sequence[BankLine], *, is_recorded: bool) -> None:
        of = self.workspace_id, self.organisation_id
        for start in range(0, len(lines), LINES_AT_ONCE):
            some = lines[start : start + LINES_AT_ONCE]
            async with self.db.write() as tx:
                await stored.mark_recorded(tx, *of, [line.id for line in some], is_recorded=is_recorded)
                await redraw_matching(tx, *of, some)


def recorded_of(provider: AccountingProvider) -> RecordedPaymentProvider | None:
    """None: its ledger is not asked."""
    return provider if isinstance(provider, RecordedPaymentProvider) else None
