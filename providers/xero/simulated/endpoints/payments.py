"""Payments: listing, paying, taking one back."""

from providers.xero.simulated import payments
from providers.xero.simulated.endpoints.routing import Request, serves
from providers.xero.simulated.endpoints.shapes import elements, envelope, listed, results
from providers.xero.simulated.query import page_of
from providers.xero.simulated.refusals import Answer, not_found, numbered


@serves("GET", "/Payments", "accounting.payments")
def list_payments(request: Request) -> Answer:
    found = listed(request, list(request.books.payments.values()))
    if "page" not in request.query:
        return envelope(request, Payments=found)
    page = page_of(found, request.query, request.books.largest_page)
    return envelope(request, pagination=page.pagination, Payments=page.records)


@serves("PUT", "/Payments", "accounting.payments")
def put_payments(request: Request) -> Answer:
    outcomes = [payments.write(request.books, request.author, sent) for sent in elements(request, "Payments")]
    return results(request, "Payments", "PaymentID", outcomes, flag="HasValidationErrors")


@serves("POST", "/Payments/{id}", "accounting.payments")
def delete_payment(request: Request, id: str) -> Answer:  # noqa: A002
    (sent, *_) = elements(request, "Payments")
    if sent.get("Status") != "DELETED":
        raise numbered(10, "ValidationException", "A payment can only be deleted")
    found = payments.delete(request.books, request.author, id)
    if found is None:
        raise not_found()
    return envelope(request, Payments=[found])
