"""The company itself, and its preferences."""

from providers.quickbooks.simulated.books import Books, shown
from providers.quickbooks.simulated.endpoints.routing import Request, serves
from providers.quickbooks.simulated.faults import unknown
from providers.simulating.answers import Answer
from providers.simulating.numbers import Json


@serves("GET", "/companyinfo/{realm}")
def company(request: Request, realm: str) -> Answer:
    if realm != request.books.tenant:
        raise unknown()
    return request.answered(CompanyInfo=shown(request.books.company))


@serves("GET", "/preferences")
def preferences(request: Request) -> Answer:
    return request.answered(Preferences=told(request.books))


def told(books: Books) -> Json:
    """The preferences; with the closing date, where the vendor tells it."""
    found = dict(books.preferences)
    if books.company["_close_date"] and books.company["_tells_close_date"]:
        accounting = {**found["AccountingInfoPrefs"], "BookCloseDate": books.company["_close_date"]}
        found["AccountingInfoPrefs"] = accounting
    return found
