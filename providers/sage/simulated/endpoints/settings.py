"""The settings of a business: its year, its taxes and its currency, and what it is."""

from providers.sage.simulated.endpoints.routing import Request, serves
from providers.sage.simulated.kinds import SETTINGS
from providers.simulating.answers import Answer


@serves("GET", "/financial_settings", SETTINGS.plural)
def financial(request: Request) -> Answer:
    return request.told(request.books.financial_settings)


@serves("PUT", "/financial_settings", SETTINGS.plural)
def set_financial(request: Request) -> Answer:
    """Only the days may be changed here."""
    fields = request.fields("financial_settings")
    days = {
        name: fields.day(name)
        for name in ("year_end_date", "year_end_lockdown_date", "accounts_start_date")
        if name in fields.sent
    }
    fields.done()
    request.books.change_settings(**days)
    return request.told(request.books.financial_settings)


@serves("GET", "/business_settings", SETTINGS.plural)
def business(request: Request) -> Answer:
    return request.told(request.books.business_settings)
