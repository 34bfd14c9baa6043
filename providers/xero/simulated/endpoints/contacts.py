"""Contacts: listing, finding, writing."""

from providers.simulating.answers import Answer
from providers.xero.simulated import contacts
from providers.xero.simulated.endpoints.routing import Request, serves
from providers.xero.simulated.endpoints.shapes import chosen, elements, envelope, is_set, listed, results
from providers.xero.simulated.outcomes import Outcome
from providers.xero.simulated.query import page_of
from providers.xero.simulated.refusals import not_found

_SUMMARY = ("ContactPersons", "Addresses", "Phones", "ContactGroups", "BankAccountDetails")


@serves("GET", "/Contacts", "accounting.contacts")
def list_contacts(request: Request) -> Answer:
    found = listed(request, list(request.books.contacts.values()))
    found = chosen(found, "ContactID", request.query.get("IDs"))
    if not is_set(request, "includeArchived") and "ContactStatus" not in request.query.get("where", ""):
        found = [one for one in found if one["ContactStatus"] == "ACTIVE"]
    term = request.query.get("searchTerm", "").lower()
    names = ("Name", "FirstName", "LastName", "ContactNumber", "CompanyNumber", "EmailAddress")
    found = [one for one in found if not term or any(term in str(one.get(name, "")).lower() for name in names)]
    if is_set(request, "summaryOnly"):
        found = [{key: value for key, value in one.items() if key not in _SUMMARY} for one in found]
    if "page" not in request.query:
        return envelope(request, Contacts=found)
    page = page_of(found, request.query, request.books.largest_page)
    return envelope(request, pagination=page.pagination, Contacts=page.records)


@serves("GET", "/Contacts/{id}", "accounting.contacts")
def get_contact(request: Request, id: str) -> Answer:  # noqa: A002
    found = request.books.contacts.get(id)
    if found is None:
        raise not_found()
    return envelope(request, Contacts=[found])


@serves("PUT", "/Contacts", "accounting.contacts")
def put_contacts(request: Request) -> Answer:
    return _write_contacts(request, may_update=False)


@serves("POST", "/Contacts", "accounting.contacts")
def post_contacts(request: Request) -> Answer:
    return _write_contacts(request, may_update=True)


def _write_contacts(request: Request, *, may_update: bool) -> Answer:
    outcomes = []
    for sent in elements(request, "Contacts"):
        found = contacts.write(request.books, sent, may_update=may_update)
        if isinstance(found, contacts.Refused):
            outcomes.append(Outcome(sent, errors=list(found.errors)))
        else:
            outcomes.append(Outcome(sent, document=found))
    return results(request, "Contacts", "ContactID", outcomes, flag="HasValidationErrors")
