"""Bills and sales invoices ("Invoices" of the Accounting API)."""

from typing import ClassVar

from providers.simulating.numbers import Json
from providers.xero.simulated import rules
from providers.xero.simulated.kinds import INVOICE, Kind
from providers.xero.simulated.lines import NOTHING
from providers.xero.simulated.outcomes import Outcome
from providers.xero.simulated.writing import DocumentWriter


class InvoiceWriter(DocumentWriter):
    kind: ClassVar[Kind] = INVOICE
    moves = rules.MOVES
    first = rules.CREATED
    dates = ("Date", "DueDate", "PlannedPaymentDate", "ExpectedPaymentDate")
    texts: ClassVar[dict[str, int]] = {"InvoiceNumber": 255, "Reference": 255, "Url": 2000}

    def _empty(self) -> Json:
        return {
            **rules.blank(self.books),
            "InvoiceNumber": "",
            "CreditNotes": [],
            "Prepayments": [],
            "Overpayments": [],
            "AmountDue": NOTHING,
            "AmountPaid": NOTHING,
            "AmountCredited": NOTHING,
            "IsDiscounted": False,
        }

    def _same_number(self, sent: Json) -> Json | None:
        return rules.overwritten(self.books, INVOICE, sent)

    def _own_errors(self, outcome: Outcome, document: Json, existing: Json | None) -> None:
        if document["Type"] == "ACCPAY":
            document["Reference"] = ""  # "ACCREC only": what the UI calls a bill's reference is its InvoiceNumber
        outcome.errors += rules.date_errors(document)
        document.setdefault("Date", self.books.today().isoformat())
        outcome.errors += rules.number_errors(self.books, INVOICE, document)
        is_approved = document["Status"] == "AUTHORISED"
        if is_approved and (existing is None or existing["Status"] != "AUTHORISED"):
            outcome.errors += rules.plan_errors(self.books, document["Type"])
        if is_approved and outcome.sent.get("SentToContact") is not None:  # "only on invoices that have been approved"
            document["SentToContact"] = outcome.sent["SentToContact"] is True

    def _balance(self, document: Json) -> Json:
        is_discounted = any("DiscountRate" in line or "DiscountAmount" in line for line in document["LineItems"])
        return {"AmountDue": document["Total"], "IsDiscounted": is_discounted}
