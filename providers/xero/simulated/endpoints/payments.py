"""Payments and allocations: listing, paying, taking one back."""

from datetime import datetime

from providers.simulating.answers import Answer
from providers.xero.simulated import allocations, payments
from providers.xero.simulated.dates import presented
from providers.xero.simulated.endpoints.routing import Request, serves
from providers.xero.simulated.endpoints.shapes import elements, envelope, listed, results
from providers.xero.simulated.query import page_of
from providers.xero.simulated.refusals import invalid, not_found, numbered


@serves("GET", "/Payments", "accounting.payments")
def list_payments(request: Request) -> Answer:
    found = listed(request, list(request.books.payments.values()))
    if request.hidden_after is not None:
        found = [one for one in found if _created_at(one) <= request.hidden_after]
    if "page" not in request.query:
        return envelope(request, Payments=found)
    page = page_of(found, request.query, request.books.largest_page)
    return envelope(request, pagination=page.pagination, Payments=page.records)


def _created_at(payment: dict[str, str]) -> datetime:
    return datetime.fromisoformat(payment.get("_created_at") or payment["UpdatedDateUTC"])


@serves("GET", "/Payments/{id}", "accounting.payments")
def get_payment(request: Request, id: str) -> Answer:  # noqa: A002 - as in the path
    found = request.books.payments.get(id)
    if found is None:
        raise not_found()
    return envelope(request, Payments=[found])


@serves("PUT", "/Payments", "accounting.payments")
@serves("POST", "/Payments", "accounting.payments")
def put_payments(request: Request) -> Answer:
    outcomes = [payments.write(request.books, request.author, sent) for sent in elements(request, "Payments")]
    return results(request, "Payments", "PaymentID", outcomes, flag="HasValidationErrors")


@serves("POST", "/Payments/{id}", "accounting.payments")
def delete_payment(request: Request, id: str) -> Answer:  # noqa: A002
    (sent, *_) = elements(request, "Payments")
    if sent.get("Status") != "DELETED":
        raise numbered(10, "ValidationException", "A payment can only be deleted")
    payment = request.books.payments.get(id)
    if payment is None:
        raise not_found()
    errors = payments.delete(request.books, request.author, payment)
    if errors:
        raise invalid([{"ValidationErrors": [{"Message": sentence} for sentence in errors]}])
    return envelope(request, Payments=[request.books.payments[id]])


@serves("PUT", "/CreditNotes/{id}/Allocations", "accounting.invoices")
def put_allocations(request: Request, id: str) -> Answer:  # noqa: A002
    if id not in request.books.credit_notes:
        raise not_found()
    sent = elements(request, "Allocations")
    outcomes = [allocations.write(request.books, request.author, id, element) for element in sent]
    return results(request, "Allocations", "AllocationID", outcomes, flag=None)


@serves("DELETE", "/CreditNotes/{id}/Allocations/{allocation}", "accounting.invoices")
def delete_allocation(request: Request, id: str, allocation: str) -> Answer:  # noqa: A002
    found = request.books.allocations.get(allocation)
    if found is None or found["_credit_note"] != id:
        raise not_found()
    return Answer.json(presented(allocations.delete(request.books, found)))
