"""What becomes of invoices and credit notes: sent, back to a draft, scheduled, written off.

Each is answered with the document, though the pages show no body: dinoconstantinou87/FreeAgent (2026) got it of the sandbox.
"""

from providers.freeagent.simulated import listings, sales
from providers.freeagent.simulated.endpoints.records import found_at, whole
from providers.freeagent.simulated.endpoints.routing import Request, serves
from providers.freeagent.simulated.listings import Resource
from providers.simulating.answers import Answer

_STEPS = {"mark_as_sent": sales.SENT, "mark_as_draft": sales.DRAFT}
_OF_INVOICES = {**_STEPS, "mark_as_scheduled": sales.SCHEDULED, "mark_as_cancelled": sales.CANCELLED}
"""Credit notes are not cancelled any more: "Changes" of 2 October 2024."""


def _serve(resource: Resource, writer: type[sales.Sales], name: str, to: str) -> None:
    @serves("PUT", f"/{resource.kind}/{{number}}/transitions/{name}", resource.level)
    def moving(request: Request, number: str) -> Answer:
        before = found_at(request, resource.kind, number)
        moved = writer(request.books, request.level, request.person).move(before, to)
        return request.answered(resource.root, whole(request, resource.kind, moved))


for _name, _to in _OF_INVOICES.items():
    _serve(listings.INVOICES, sales.Invoices, _name, _to)
for _name, _to in _STEPS.items():
    _serve(listings.CREDIT_NOTES, sales.CreditNotes, _name, _to)
