"""Transactions of a bank account that were made for an explanation of ours, and stand there without it once it is deleted: whether
FreeAgent deletes them with it is unverified. Money that did not move is on no account, so they are deleted; what came from the bank
stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.money import to_cents
from bot.domain.postings import Withdrawal
from providers.base import Access
from providers.freeagent.client import FreeAgentClient
from providers.freeagent.documents import PAID_BY_US, Json
from providers.freeagent.resources import id_of
from providers.refusals import mapped_errors

TRANSACTIONS = "bank_transactions"
ACCOUNTS = "bank_accounts"


@dataclass(frozen=True, slots=True)
class LeftTransactions:
    client: FreeAgentClient

    async def delete(self, access: Access, transaction_ids: Sequence[str]) -> None:
        for transaction_id in transaction_ids:
            left = await self.client.one(access, TRANSACTIONS, transaction_id, TRANSACTIONS.removesuffix("s"))
            if left is not None and _is_left(left):
                await self.client.delete(access, f"{TRANSACTIONS}/{transaction_id}")

    async def of(self, access: Access, withdrawal: Withdrawal, document: Json | None = None) -> list[str]:
        """Those of an earlier try that stopped in between: by their day, amount and words, as nothing names them any more. What paid
        a `document` in another currency moved what that is at its rate (`providers.freeagent.completing`).
        """
        posting = withdrawal.posting
        words = posting.marker if posting.kind.is_of_bank else f"{PAID_BY_US} "
        day, amounts = posting.issued_on.isoformat(), _amounts(posting.gross, document)
        found: list[str] = []
        for account in await self._accounts(access, posting.bank_account if posting.kind.is_of_bank else None):
            query = {"bank_account": f"{self.client.root}/{ACCOUNTS}/{account}", "from_date": day, "to_date": day}
            rows = await self.client.whole(access, TRANSACTIONS, query)
            with mapped_errors():
                found += [id_of(row["url"]) for row in rows if _is_left(row) and _says(row, amounts, words)]
        return found

    async def _accounts(self, access: Access, named: str | None) -> list[str]:
        if named is not None:
            return [named]
        rows = await self.client.whole(access, ACCOUNTS, {})
        with mapped_errors():
            return [id_of(row["url"]) for row in rows]


def _is_left(row: Json) -> bool:
    return bool(row.get("is_manual")) and not row.get("bank_transaction_explanations")


def _amounts(gross: Decimal, document: Json | None) -> frozenset[Decimal]:
    with mapped_errors():
        rate = Decimal((document or {}).get("exchange_rate") or 1)
    return frozenset({gross, to_cents(gross * rate)})


def _says(row: Json, amounts: frozenset[Decimal], words: str) -> bool:
    return abs(Decimal(row["amount"])) in amounts and words in str(row.get("description") or "")
