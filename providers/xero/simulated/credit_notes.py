"""Credit notes of suppliers and for customers ("Credit Notes" of the Accounting API)."""

from typing import ClassVar

from providers.simulating.numbers import Json
from providers.xero.simulated import rules
from providers.xero.simulated.kinds import CREDIT_NOTE, Kind
from providers.xero.simulated.lines import NOTHING
from providers.xero.simulated.outcomes import Outcome
from providers.xero.simulated.writing import DocumentWriter


class CreditNoteWriter(DocumentWriter):
    kind: ClassVar[Kind] = CREDIT_NOTE
    moves = rules.MOVES
    first = rules.CREATED
    dates = ("Date", "DueDate")
    texts: ClassVar[dict[str, int]] = {"CreditNoteNumber": 255, "Reference": 255}

    def _empty(self) -> Json:
        return {**rules.blank(self.books), "CreditNoteNumber": "", "Allocations": [], "RemainingCredit": NOTHING}

    def _same_number(self, sent: Json) -> Json | None:
        """As for invoices; unverified for credit notes."""
        return rules.overwritten(self.books, CREDIT_NOTE, sent)

    def _own_errors(self, outcome: Outcome, document: Json, _existing: Json | None) -> None:
        if document["Type"] == "ACCPAYCREDIT":
            document["Reference"] = ""  # "ACCRECCREDIT only": what the UI calls a reference is its CreditNoteNumber
        document.setdefault("Date", self.books.today().isoformat())  # "will default to the current date"
        outcome.errors += rules.number_errors(self.books, CREDIT_NOTE, document)
        if document["Status"] == "AUTHORISED" and outcome.sent.get("SentToContact") is not None:
            document["SentToContact"] = outcome.sent["SentToContact"] is True

    def _balance(self, document: Json) -> Json:
        return {"RemainingCredit": document["Total"]}
