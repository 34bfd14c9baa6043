"""What FreeAgent has of a bank account's own lines ("Bank Transactions"): those that nothing explains, and those that something does.

A line that is explained in part is neither: nothing of ours is the rest of it. That a transaction counts as updated when it is
explained is unverified; a reading of all open ones finds it all the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.domain.bank_lines import NewLine
from providers.base import Access
from providers.freeagent.client import FreeAgentClient, Json
from providers.freeagent.mapping import amount_of, day_of
from providers.freeagent.resources import id_of
from providers.refusals import mapped_errors

TRANSACTIONS = "bank_transactions"
MOST_PAGES_EXPLAINED = 20
"""Hundreds of those that are only told from what is open."""


@dataclass(frozen=True, slots=True)
class LineReader:
    client: FreeAgentClient

    async def lines(
        self, access: Access, bank_account: str, *, first: date, since: datetime | None
    ) -> tuple[NewLine, ...]:
        """All open ones dated from a day on, and of those that are explained what changed after an instant."""
        account = f"{self.client.root}/bank_accounts/{bank_account}"
        of = {"bank_account": account, "from_date": first.isoformat()}
        rows = await self.client.whole(access, TRANSACTIONS, {**of, "view": "unexplained"}, can_wait=True)
        changed = {} if since is None else {"updated_since": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"}
        explained = {**of, **changed, "view": "explained"}
        rows += await self.client.whole(access, TRANSACTIONS, explained, most=MOST_PAGES_EXPLAINED, can_wait=True)
        with mapped_errors():
            return tuple(lines_of(rows))

    async def stands(self, access: Access, ledger_id: str) -> bool | None:
        """Whether the whole of a line is open; None where FreeAgent has no such line."""
        found = await self.client.one(access, TRANSACTIONS, ledger_id, TRANSACTIONS.removesuffix("s"))
        if found is None:
            return None
        with mapped_errors():
            return amount_of(found["unexplained_amount"]) == amount_of(found["amount"])


def lines_of(rows: Sequence[Json]) -> Iterator[NewLine]:
    for row in rows:
        amount, left, day = amount_of(row["amount"]), amount_of(row.get("unexplained_amount")), day_of(row["dated_on"])
        ledger_id = id_of(row["url"])
        if day is not None and amount and left in (0, amount):
            yield NewLine(
                key=f"ledger:{ledger_id}",
                dated_on=day,
                amount=amount,
                text=str(row.get("description") or ""),
                ledger_id=ledger_id,
                is_recorded=not left,
            )
