"""The currencies that books and bank accounts are kept in: looked up once, since neither ever changes."""

from dataclasses import dataclass, field

from providers.base import Access
from providers.freeagent.client import FreeAgentClient
from providers.refusals import mapped_errors

MOST = 10_000
"""So many are remembered; then it begins anew."""


@dataclass(frozen=True, slots=True)
class Currencies:
    client: FreeAgentClient
    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    async def home(self, access: Access) -> str:
        found = self._known.get((access.tenant_id, ""))
        if found is None:
            answer = await self.client.read(access, "company")
            with mapped_errors():
                found = self._kept(access, "", str(answer["company"]["currency"]))
        return found

    async def of_account(self, access: Access, account: str) -> str | None:
        """None: there is no such bank account."""
        found = self._known.get((access.tenant_id, account))
        if found is not None:
            return found
        record = await self.client.one(access, "bank_accounts", account, "bank_account")
        if record is None:
            return None
        with mapped_errors():
            return self._kept(access, account, str(record["currency"]))

    def _kept(self, access: Access, account: str, currency: str) -> str:
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[access.tenant_id, account] = currency
        return currency
