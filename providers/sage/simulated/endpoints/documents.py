"""Writing documents: invoices and credit notes, quick entries, money spent and received, payments and allocations."""

from collections.abc import Callable

from providers.sage.simulated.artefacts import FORMS, Artefacts
from providers.sage.simulated.banking import OtherPayments
from providers.sage.simulated.books import Books
from providers.sage.simulated.endpoints.routing import Request, created, serves
from providers.sage.simulated.kinds import KINDS
from providers.sage.simulated.listing import whole
from providers.sage.simulated.payments import Payments
from providers.sage.simulated.quick_entries import SIDES, QuickEntries
from providers.sage.simulated.shapes import Fields
from providers.simulating.answers import Answer
from providers.simulating.numbers import Json

_ALL = {"show_payments_allocations": "true", "show_analysis_types": "true"}
"""What was just written is told in full (unverified for both of these)."""
GONE = Answer(status=204)

Create = Callable[[Books, Fields], Json]
Update = Callable[[Books, str, Fields], Json]
Delete = Callable[[Books, str, dict[str, str]], Json | None]


def _serve(plural: str, create: Create, update: Update | None, delete: Delete) -> None:
    singular = KINDS[plural].singular

    @serves("POST", f"/{plural}", plural)
    def posting(request: Request) -> Answer:
        return created(request, whole(create(request.books, request.fields(singular)), _ALL))

    if update is not None:

        @serves("PUT", f"/{plural}/{{key}}", plural)
        def putting(request: Request, key: str) -> Answer:
            return request.told(whole(update(request.books, key, request.fields(singular)), _ALL))

    @serves("DELETE", f"/{plural}/{{key}}", plural)
    def deleting(request: Request, key: str) -> Answer:
        voided = delete(request.books, key, request.query)
        return GONE if voided is None else request.told(whole(voided, _ALL))


def _serve_artefacts(plural: str) -> None:
    def create(books: Books, fields: Fields) -> Json:
        return Artefacts(books, plural).create(fields)

    def update(books: Books, key: str, fields: Fields) -> Json:
        return Artefacts(books, plural).update(key, fields)

    def delete(books: Books, key: str, query: dict[str, str]) -> Json | None:
        return Artefacts(books, plural).delete(key, query.get("void_reason"))

    _serve(plural, create, update, delete)

    @serves("POST", f"/{plural}/{{key}}/release", plural)
    def releasing(request: Request, key: str) -> Answer:
        return request.told(whole(Artefacts(request.books, plural).release(key), _ALL))


def _serve_entries(plural: str) -> None:
    def create(books: Books, fields: Fields) -> Json:
        return QuickEntries(books, plural).create(fields)

    def update(books: Books, key: str, fields: Fields) -> Json:
        return QuickEntries(books, plural).update(key, fields)

    def delete(books: Books, key: str, _: dict[str, str]) -> None:
        QuickEntries(books, plural).delete(key)

    _serve(plural, create, update, delete)


for _plural in FORMS:
    _serve_artefacts(_plural)
for _plural in SIDES:
    _serve_entries(_plural)
_serve(
    "other_payments",
    lambda books, fields: OtherPayments(books).create(fields),
    lambda books, key, fields: OtherPayments(books).update(key, fields),
    lambda books, key, _: OtherPayments(books).delete(key),
)
_serve(
    "contact_payments",
    lambda books, fields: Payments(books).pay(fields),
    None,
    lambda books, key, _: Payments(books).unpay(key),
)
_serve(
    "contact_allocations",
    lambda books, fields: Payments(books).allocate(fields),
    None,
    lambda books, key, _: Payments(books).unallocate(key),
)
