"""Credit notes of suppliers and for customers ("Credit Notes" of the Accounting API)."""

from typing import ClassVar

from providers.xero.simulated import rules
from providers.xero.simulated.kinds import CREDIT_NOTE, Kind
from providers.xero.simulated.lines import NOTHING
from providers.xero.simulated.numbers import Json
from providers.xero.simulated.outcomes import Outcome
from providers.xero.simulated.writing import DocumentWriter


class CreditNoteWriter(DocumentWriter):
    kind: ClassVar[Kind] = CREDIT_NOTE
    moves = rules.MOVES
    first = rules.CREATED
    dates = ("Date", "DueDate")
    texts: ClassVar[dict[str, int]] = {"CreditNoteNumber": 255, "Reference": 255}

    def _empty(self) -> Json:
        return {
            "Type": "",
            "CreditNoteNumber": "",
            "Reference": "",
            "Payments": [],
            "Allocations": [],
            "RemainingCredit": NOTHING,
            "CurrencyCode": self.books.organisation["BaseCurrency"],
            "SentToContact": False,
            "HasAttachments": False,
            "HasErrors": False,
            "Status": "DRAFT",
            "LineAmountTypes": "Exclusive",
            "LineItems": [],
        }

    def _same_number(self, sent: Json) -> Json | None:
        """As for invoices; unverified for credit notes."""
        if not sent.get("CreditNoteNumber"):
            return None
        same = rules.numbered(self.books, CREDIT_NOTE, sent["CreditNoteNumber"])
        of_type = [found for found in same if found["Type"] == sent.get("Type")]
        is_sale = sent.get("Type") == "ACCRECCREDIT"
        return next((found for found in of_type if is_sale or found["Status"] in ("DRAFT", "SUBMITTED")), None)

    def _own_errors(self, outcome: Outcome, document: Json, _existing: Json | None) -> None:
        if document["Type"] == "ACCPAYCREDIT":
            document["Reference"] = ""  # "ACCRECCREDIT only": what the UI calls a reference is its CreditNoteNumber
        document.setdefault("Date", self.books.today().isoformat())  # "will default to the current date"
        outcome.errors += rules.number_errors(self.books, CREDIT_NOTE, document)
        if document["Status"] == "AUTHORISED" and outcome.sent.get("SentToContact") is not None:
            document["SentToContact"] = outcome.sent["SentToContact"] is True

    def _balance(self, document: Json) -> Json:
        return {"RemainingCredit": document["Total"]}
