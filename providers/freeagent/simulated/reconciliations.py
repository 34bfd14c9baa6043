"""What a credit note pays of an invoice: dev.freeagent.com/docs/credit_note_reconciliations. How too much is refused is unverified."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from providers.freeagent.simulated import settling
from providers.freeagent.simulated.fields import Fields
from providers.freeagent.simulated.writing import Writer
from providers.simulating.numbers import Json, rounded


def _is_sent(document: Json) -> bool:
    return bool(document["_state"] == "sent")


@dataclass(slots=True)
class Reconciliations(Writer):
    kind: ClassVar[str] = "credit_note_reconciliations"
    words: ClassVar[str] = "Credit note reconciliation"
    takes_file: ClassVar[bool] = False

    def read(self, fields: Fields, before: Json | None) -> Json:
        gross = rounded(fields.amount("gross_value", is_needed=True) or Decimal(0))
        invoice = fields.link("invoice", "invoices", is_needed=True, is_fit=_is_sent)
        credit = fields.link("credit_note", "credit_notes", is_needed=True, is_fit=_is_sent)
        day = self.day(fields) if fields.has("dated_on") else self.books.today().isoformat()
        own = before["url"] if before else None
        for document in (one for one in (invoice, credit) if one is not None):
            if not 0 < gross <= abs(settling.due(self.books, document, besides=own)):
                fields.say("gross_value", f"must be more than 0 and not more than is due of {document['reference']}")
        if invoice and credit and invoice["currency"] != credit["currency"]:
            fields.say("credit_note", "must be in the currency of the invoice")
        return {
            "gross_value": gross,
            "dated_on": day,
            "currency": invoice["currency"] if invoice else None,
            "exchange_rate": invoice["exchange_rate"] if invoice else None,
            "invoice": invoice["url"] if invoice else None,
            "credit_note": credit["url"] if credit else None,
        }
