"""One record: reading it, creating and changing it, deleting and voiding it."""

from providers.quickbooks.simulated import lists
from providers.quickbooks.simulated.books import shown
from providers.quickbooks.simulated.deposits import DepositWriter
from providers.quickbooks.simulated.endpoints.routing import Request, serves
from providers.quickbooks.simulated.entities import ENTITIES, NAMES, Entity
from providers.quickbooks.simulated.faults import fault, unknown, unsupported
from providers.quickbooks.simulated.payments import BillPaymentWriter, PaymentWriter
from providers.quickbooks.simulated.purchases import BillWriter, PurchaseWriter, VendorCreditWriter
from providers.quickbooks.simulated.sales import (
    CreditMemoWriter,
    InvoiceWriter,
    RefundReceiptWriter,
    SalesReceiptWriter,
)
from providers.quickbooks.simulated.shapes import shaped
from providers.quickbooks.simulated.writing import Writer
from providers.simulating.answers import Answer
from providers.simulating.numbers import Json

WRITERS: dict[str, type[Writer]] = {
    writer.entity: writer
    for writer in (
        BillWriter,
        VendorCreditWriter,
        PurchaseWriter,
        DepositWriter,
        InvoiceWriter,
        CreditMemoWriter,
        SalesReceiptWriter,
        RefundReceiptWriter,
        BillPaymentWriter,
        PaymentWriter,
    )
}


def _serve(entity: Entity) -> None:
    @serves("GET", f"/{entity.path}/{{id}}")
    def reading(request: Request, id: str) -> Answer:  # noqa: A002 - as in the path
        record = request.books.get(entity.name, id)
        if record is None:
            raise unknown()
        return request.answered(**{entity.name: shown(record)})

    if entity.is_posted:

        @serves("POST", f"/{entity.path}")
        def writing(request: Request) -> Answer:
            operation = request.query.get("operation", "").lower()
            if operation == "update" and "void" in request.options:
                operation = "void"
            return request.answered(**{entity.name: written(request, entity.name, operation, request.json())})


def written(request: Request, entity: str, operation: str, sent: Json) -> Json:
    """What a write, alone or in a batch, makes of a record.

    Raises:
        FaultError: it is refused; nothing was written.
    """
    sent = shaped(sent)
    if entity == "Attachable":
        return _attachable(request, operation, sent)
    if entity in NAMES:
        if operation in ("delete", "void"):
            raise unsupported(operation)
        return lists.write(request.books, entity, sent, request.who)
    writer_type = WRITERS.get(entity)
    if writer_type is None:
        raise unsupported(f"{operation or 'create'} {entity}")
    writer = writer_type(request.books, request.options, request.who)
    if operation == "delete":
        return writer.delete(sent)
    if operation == "void":
        return writer.void(sent)
    return writer.write(sent)


def _attachable(request: Request, operation: str, sent: Json) -> Json:
    """A file's record; its content comes by uploading only."""
    books = request.books
    before = books.get("Attachable", str(sent.get("Id", "")))
    if before is None:
        raise unknown()
    if str(sent.get("SyncToken")) != before["SyncToken"]:
        raise fault("5010", "Stale Object Error : You and Dana Admin were working on this at the same time.")
    if operation == "delete":
        books.delete("Attachable", before["Id"])
        return {"domain": "QBO", "status": "Deleted", "Id": before["Id"]}
    changed: Json = {key: sent[key] for key in ("Note", "Category", "Tag", "AttachableRef", "FileName") if key in sent}
    return shown(books.save("Attachable", before | changed))


for _entity in ENTITIES.values():
    _serve(_entity)
