"""The organisation, what the signed-in person may do, and the lists that bills are coded with."""

from providers.simulating.answers import Answer
from providers.xero.simulated.books import ADVISER, APPROVERS, WRITERS
from providers.xero.simulated.endpoints.routing import Request, serves
from providers.xero.simulated.endpoints.shapes import envelope, is_set, listed
from providers.xero.simulated.refusals import not_found


@serves("GET", "/Organisations?", "accounting.settings")
def organisation(request: Request) -> Answer:
    return envelope(request, Organisations=[request.books.organisation])


@serves("GET", "/Organisations?/Actions", "accounting.settings")
def actions(request: Request) -> Answer:
    role, books = request.author.role, request.books
    may = {
        "CreateDraftBill": role in WRITERS,
        "CreateDraftInvoice": role in WRITERS,
        "CreateApprovedBill": role in APPROVERS,
        "CreateApprovedInvoice": role in APPROVERS,
        "CreateInvoicePayment": role in APPROVERS,
        "AttachFilesIntoInvoice": role in WRITERS,
        "CreateDraftPurchaseOrder": role in WRITERS,
        "CreateApprovedPurchaseOrder": role in APPROVERS,
        "CreateDraftQuote": role in WRITERS,
        "CreateSentQuote": role in APPROVERS,
        "CreateRepeatingBill": role in APPROVERS,
        "CreateRepeatingInvoice": role in APPROVERS,
        "ApproveTransactionsBeforePeriodLockDate": role == ADVISER,
        "UseMulticurrency": len(books.open_currencies()) > 1,
    }
    told = [{"Name": name, "Status": "ALLOWED" if is_allowed else "NOT-ALLOWED"} for name, is_allowed in may.items()]
    return envelope(request, Actions=told)


@serves("GET", "/Accounts", "accounting.settings")
def accounts(request: Request) -> Answer:
    return envelope(request, Accounts=listed(request, list(request.books.accounts.values())))


@serves("GET", "/Accounts/{id}", "accounting.settings")
def account(request: Request, id: str) -> Answer:  # noqa: A002 # as in the path
    found = request.books.account(id)
    if found is None:
        raise not_found()
    return envelope(request, Accounts=[found])


@serves("GET", "/TaxRates", "accounting.settings")
def tax_rates(request: Request) -> Answer:
    return envelope(request, TaxRates=listed(request, list(request.books.tax_rates.values())))


@serves("GET", "/TrackingCategories", "accounting.settings")
def tracking(request: Request) -> Answer:
    found = listed(request, list(request.books.tracking.values()))
    is_all = is_set(request, "includeArchived")
    shown = [
        {**one, "Options": [option for option in one["Options"] if is_all or option["Status"] == "ACTIVE"]}
        for one in found
        if is_all or one["Status"] == "ACTIVE"
    ]
    return envelope(request, TrackingCategories=shown)


@serves("GET", "/Currencies", "accounting.settings")
def currencies(request: Request) -> Answer:
    return envelope(request, Currencies=listed(request, request.books.open_currencies()))


@serves("GET", "/Users", "accounting.settings")
def users(request: Request) -> Answer:
    return envelope(request, Users=listed(request, list(request.books.users.values())))


@serves("GET", "/Items", "accounting.settings")
def items(request: Request) -> Answer:
    return envelope(request, Items=listed(request, list(request.books.items.values())))


@serves("GET", "/Items/{id}", "accounting.settings")
def item(request: Request, id: str) -> Answer:  # noqa: A002
    found = request.books.item(id)
    if found is None:
        raise not_found()
    return envelope(request, Items=[found])
