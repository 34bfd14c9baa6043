"""Money received on a bank account: lines are coded to accounts, and each may name whom it is from."""

from dataclasses import dataclass
from typing import Any, ClassVar

from providers.quickbooks.simulated.lines import DEPOSIT_LINE
from providers.quickbooks.simulated.purchases import whoever, worked_out
from providers.quickbooks.simulated.references import to, value_of
from providers.quickbooks.simulated.writing import Writer
from providers.simulating.numbers import Json

SIDES = ("Sales", "Purchase")
_INTO = ("Bank", "Other Current Asset")


@dataclass(slots=True)
class DepositWriter(Writer):
    """That all lines have tax of the side that the first one names is unverified."""

    entity: ClassVar[str] = "Deposit"
    fields: ClassVar[frozenset[str]] = frozenset({"DepositToAccountRef", "CashBack"})

    def _warns(self) -> bool:
        return False

    def own(self, sent: Json) -> Json:
        currency = value_of(sent.get("CurrencyRef")) or self.books.home
        record: Json = {}
        wanted = sent.get("DepositToAccountRef")
        account = self.references.account(wanted, "DepositToAccountRef", _INTO, currency, is_needed=True)
        if account is not None:
            record["DepositToAccountRef"] = to(account)
        found, lines = worked_out(self, sent, kinds=(DEPOSIT_LINE,), is_sale=self._is_sale(sent))
        for line, one in zip(lines, self._details(sent), strict=False):
            entity = whoever(self, one.get("Entity"), "Entity", currency)
            line.detail.pop("TaxInclusiveAmt", None)  # lines of deposits have no such field
            line.detail |= {"Entity": entity} if entity is not None else {}
            line.detail |= {name: one[name] for name in ("TaxApplicableOn", "CheckNum") if one.get(name)}
        return {**record, **found}

    def _is_sale(self, sent: Json) -> bool:
        side = next((one.get("TaxApplicableOn") for one in self._details(sent)), None)
        return side != "Purchase"

    @staticmethod
    def _details(sent: Json) -> list[Json]:
        lines: Any = sent.get("Line") or []
        return [one.get(DEPOSIT_LINE) or {} for one in lines if isinstance(one, dict)]
