"""Lists, single records, and the writing of those that are written through the API."""

from datetime import datetime

from providers.freeagent.simulated import listings
from providers.freeagent.simulated.endpoints.routing import ANYBODY, DONE, Request, serves
from providers.freeagent.simulated.listings import Resource
from providers.freeagent.simulated.paging import chosen, moment, page
from providers.freeagent.simulated.presenting import presented
from providers.freeagent.simulated.refusals import not_found
from providers.freeagent.simulated.writing import Writer
from providers.simulating.answers import Answer
from providers.simulating.numbers import Json


def listed(request: Request, kind: str) -> list[Json]:
    """What lists show; what was made a moment ago may not be there yet."""
    records, late = list(request.books.shelf(kind).values()), request.hidden_after
    return records if late is None else [one for one in records if _made(one) <= late]


def _made(record: Json) -> datetime:
    return moment(str(record["created_at"]))


def answered_list(request: Request, resource: Resource, records: list[Json]) -> Answer:
    found = page(
        chosen(request.books, records, resource.listing, request.query),
        request.query,
        f"{request.root}{request.path}",
    )
    is_nested = bool(resource.nested) and request.query.get(resource.nested) == "true"
    rows = [
        request.shown(
            presented(
                request.books,
                resource.kind,
                one,
                request.root,
                is_alone=False,
                is_nested=is_nested,
                has_many=request.has_many,
            )
        )
        for one in found.records
    ]
    body = Answer.json({resource.kind: rows}).body
    return Answer(body=body, headers=found.headers)


def found_at(request: Request, kind: str, number: str) -> Json:
    record = request.books.shelf(kind).get(number)
    if record is None:
        raise not_found()
    return record


def whole(request: Request, kind: str, record: Json) -> Json:
    return presented(request.books, kind, record, request.root, is_alone=True, has_many=request.has_many)


def writer_of(request: Request, resource: Resource) -> Writer:
    if resource.writer is None:
        raise not_found()
    return resource.writer(request.books, request.level, request.person, request.has_many)


def serve_reading(resource: Resource) -> None:
    kind, root = resource.kind, resource.root

    @serves("GET", f"/{kind}", resource.level)
    def listing(request: Request) -> Answer:
        return answered_list(request, resource, listed(request, kind))

    @serves("GET", f"/{kind}/{{number}}", resource.level)
    def reading(request: Request, number: str) -> Answer:
        return request.answered(root, whole(request, kind, found_at(request, kind, number)))


def serve_writing(resource: Resource) -> None:
    kind, root = resource.kind, resource.root

    @serves("POST", f"/{kind}", resource.write_level or resource.level)
    def creating(request: Request) -> Answer:
        made = writer_of(request, resource).create(request.json(root))
        return request.created(root, whole(request, kind, made))

    serve_changing(resource)


def serve_changing(resource: Resource) -> None:
    """A change is answered with the record, though most examples show no body: dinoconstantinou87/FreeAgent (2026) got it."""
    kind, root, level = resource.kind, resource.root, resource.write_level or resource.level

    @serves("PUT", f"/{kind}/{{number}}", level)
    def changing(request: Request, number: str) -> Answer:
        before = found_at(request, kind, number)
        saved = writer_of(request, resource).update(before, request.json(root))
        return request.answered(root, whole(request, kind, saved))

    @serves("DELETE", f"/{kind}/{{number}}", level)
    def deleting(request: Request, number: str) -> Answer:
        writer_of(request, resource).delete(found_at(request, kind, number))
        return DONE


@serves("GET", "/users/me", ANYBODY)
def myself(request: Request) -> Answer:
    """Who is asking; before the users by number."""
    user = request.books.user_of(request.person)
    if user is None:
        raise not_found()
    return request.answered("user", user)


for _resource in listings.LISTS:
    serve_reading(_resource)
for _resource in (listings.BILLS, listings.INVOICES, listings.CREDIT_NOTES, listings.RECONCILIATIONS):
    serve_reading(_resource)
    serve_writing(_resource)
serve_writing(listings.CONTACTS)
