"""Money spent and received ("Bank Transactions" of the Accounting API)."""

from typing import Any, ClassVar

from providers.simulating.numbers import Json
from providers.xero.simulated import sentences
from providers.xero.simulated.kinds import BANK_TRANSACTION, Kind
from providers.xero.simulated.outcomes import Outcome
from providers.xero.simulated.writing import DocumentWriter


class BankTransactionWriter(DocumentWriter):
    """There are no drafts: what is accepted is in the bank account's ledger, until it is deleted."""

    kind: ClassVar[Kind] = BANK_TRANSACTION
    moves: ClassVar[dict[str, frozenset[str]]] = {"AUTHORISED": frozenset({"AUTHORISED", "DELETED"})}
    first: ClassVar[frozenset[str]] = frozenset({"AUTHORISED"})
    texts: ClassVar[dict[str, int]] = {"Reference": 255, "Url": 2000}

    def _empty(self) -> Json:
        return {
            "Type": "",
            "Reference": "",
            "CurrencyCode": self.books.organisation["BaseCurrency"],
            "IsReconciled": False,
            "HasAttachments": False,
            "Status": "AUTHORISED",
            "LineAmountTypes": "Exclusive",
            "LineItems": [],
        }

    def _existing(self, outcome: Outcome) -> Json | None:
        """What was matched with a line of a bank statement is held by it; `IsReconciled` alone holds nothing."""
        found = super()._existing(outcome)
        if found is not None and found.get("_statement"):
            outcome.refuse(sentences.RECONCILED)
        return found

    def _currency(self, outcome: Outcome, document: Json) -> None:
        """It is the bank account's; another one that is sent is refused."""
        account = self._bank_account(outcome.sent.get("BankAccount") or document.get("BankAccount"))
        if account is None:
            outcome.refuse(sentences.BANK_ACCOUNT)
            return
        code = str(account["CurrencyCode"])
        if outcome.sent.get("CurrencyCode") not in (None, "", code):
            outcome.refuse(sentences.BANK_CURRENCY.format(code=code))
        document["BankAccount"] = {name: account[name] for name in ("AccountID", "Code", "Name")}
        own = Outcome({**outcome.sent, "CurrencyCode": code})
        super()._currency(own, document)
        outcome.errors += own.errors

    def _bank_account(self, sent: Any) -> Json | None:
        wanted = sent if isinstance(sent, dict) else {}
        account = self.books.account(str(wanted.get("AccountID") or wanted.get("Code")))
        is_usable = account is not None and account["Type"] == "BANK" and account["Status"] == "ACTIVE"
        return account if is_usable else None

    def _own_errors(self, outcome: Outcome, document: Json, _existing: Json | None) -> None:
        document.setdefault("Date", self.books.today().isoformat())
        if outcome.sent.get("IsReconciled") is not None:
            document["IsReconciled"] = outcome.sent["IsReconciled"] is True

    def _balance(self, _document: Json) -> Json:
        return {}
