"""What a bookkeeper does to one document inside Xero: approve, pay, take that back, reconcile, void or delete it."""

from dataclasses import dataclass

from aiohttp import web

from providers.simulating.drawing import form_of
from providers.simulating.numbers import Json
from providers.simulating.pages import Frame
from providers.xero.simulated import payments, settling
from providers.xero.simulated.bank_transactions import BankTransactionWriter
from providers.xero.simulated.books import ADVISER, Books
from providers.xero.simulated.credit_notes import CreditNoteWriter
from providers.xero.simulated.invoices import InvoiceWriter
from providers.xero.simulated.kinds import BANK_TRANSACTION, CREDIT_NOTE, INVOICE, Kind
from providers.xero.simulated.outcomes import Author, Outcome
from providers.xero.simulated.page import view_of
from providers.xero.simulated.reading import may, still_open
from providers.xero.simulated.writing import DocumentWriter

SOMEBODY = Author(name="Somebody in Xero", role=ADVISER, client_id="")
WRITERS: dict[Kind, type[DocumentWriter]] = {
    INVOICE: InvoiceWriter,
    CREDIT_NOTE: CreditNoteWriter,
    BANK_TRANSACTION: BankTransactionWriter,
}


@dataclass(slots=True)
class Acting:
    frame: Frame[Books]

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/o/{organisation}/act", self.act, name="act")

    async def act(self, request: web.Request) -> web.StreamResponse:
        """Do it, then show the document again with a word on what became of it."""
        form, books = await form_of(request), self.frame.books(request)
        name, parameter, kind = view_of({"Type": form.get("type", "")})
        document = books.shelf(kind).get(form.get("document", ""))
        if document is None:
            raise web.HTTPNotFound(text="There is no document with this id")
        act, paid = form.get("act", ""), settling.payments_of(books, kind, str(document[kind.key]))
        outcome = _done(books, kind, document, act) if act in may(document, paid) else None
        is_done = outcome is not None and not outcome.errors
        where = {parameter: str(document[kind.key]), "done": "done" if is_done else "refused"}
        raise web.HTTPSeeOther(self.frame.drawing.path(request, name, **where))


def _done(books: Books, kind: Kind, document: Json, act: str) -> Outcome:
    if act in ("reconcile", "undo"):
        return _reconciled(books, kind, document, is_matched=act == "reconcile")
    if act == "pay":
        return payments.write(books, SOMEBODY, _payment(books, kind, document))
    if act == "unpay":
        return _unpaid(books, kind, document)
    ended = "VOIDED" if document["Status"] == "AUTHORISED" and kind is not BANK_TRANSACTION else "DELETED"
    writer = WRITERS[kind](books, SOMEBODY, may_update=True, places=4)
    return writer.write({kind.key: document[kind.key], "Status": "AUTHORISED" if act == "approve" else ended})


def _reconciled(books: Books, kind: Kind, document: Json, *, is_matched: bool) -> Outcome:
    """Match it, or the payments of it, with lines of a bank statement; or undo that."""
    matched = {"IsReconciled": is_matched, "_statement": is_matched}
    if kind is BANK_TRANSACTION:
        books.save_document(kind, {**document, **matched})
    for payment in settling.payments_of(books, kind, document[kind.key]):
        books.payments.save(payment["PaymentID"], {**payment, **matched, "UpdatedDateUTC": books.now()})
    words = "Reconciled" if is_matched else "Reconciliation undone"
    books.note(document[kind.key], words, SOMEBODY.name)
    return Outcome({}, document)


def _unpaid(books: Books, kind: Kind, document: Json) -> Outcome:
    outcome = Outcome({}, document)
    for payment in settling.payments_of(books, kind, document[kind.key]):
        outcome.refuse(*payments.delete(books, SOMEBODY, payment))
    return outcome


def _payment(books: Books, kind: Kind, document: Json) -> Json:
    """In full, today, from a bank account in the document's currency where there is one."""
    banks = [one for one in books.accounts.values() if one["Type"] == "BANK" and one["Status"] == "ACTIVE"]
    fitting = [one for one in banks if one["CurrencyCode"] == document["CurrencyCode"]]
    bank = next(iter([*fitting, *banks]), {})
    target = {kind.key.removesuffix("ID"): {kind.key: document[kind.key]}}
    return {**target, "Account": {"AccountID": bank.get("AccountID")}, "Amount": still_open(document)}
