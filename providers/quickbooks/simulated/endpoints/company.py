"""The company itself, its preferences, and the exchange rates that are known to it."""

from datetime import date
from decimal import Decimal

from providers.quickbooks.simulated import seed
from providers.quickbooks.simulated.books import Books, shown
from providers.quickbooks.simulated.endpoints.routing import Request, serves
from providers.quickbooks.simulated.faults import fault, unknown
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


@serves("GET", "/exchangerate")
def exchange_rate(request: Request) -> Answer:
    """Home units for one of another currency; the same on every day. How a currency without one is refused is unverified."""
    books, code = request.books, request.query.get("sourcecurrencycode", "").upper()
    if not books.has_currencies:
        raise fault("5030", "Multicurrency is not enabled for this company.")
    if code == books.home or code not in seed.RATES:
        raise fault("2220", f"Invalid Currency Type : {code}")
    try:
        day = date.fromisoformat(request.query.get("asofdate") or books.today().isoformat())
    except ValueError as error:
        raise fault("2060", f"Invalid Date : {request.query['asofdate']}") from error
    return request.answered(
        ExchangeRate={
            "SourceCurrencyCode": code,
            "TargetCurrencyCode": books.home,
            "Rate": (seed.RATES[code] / seed.RATES[books.home]).quantize(Decimal("0.000001")).normalize(),
            "AsOfDate": day.isoformat(),
            "domain": "QBO",
            "sparse": False,
            "SyncToken": "0",
            "MetaData": {"LastUpdatedTime": books.now()},
        }
    )


def told(books: Books) -> Json:
    """The preferences; with the closing date, where the vendor tells it."""
    found = dict(books.preferences)
    if books.company["_close_date"] and books.company["_tells_close_date"]:
        accounting = {**found["AccountingInfoPrefs"], "BookCloseDate": books.company["_close_date"]}
        found["AccountingInfoPrefs"] = accounting
    return found
