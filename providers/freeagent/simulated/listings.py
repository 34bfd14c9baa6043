"""What the list of each kind understands, and who may see it: its page of dev.freeagent.com/docs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from providers.freeagent.simulated import bills, expenses, explanations, lists, reconciliations, sales, seed
from providers.freeagent.simulated.books import Books, name_of
from providers.freeagent.simulated.paging import Listing, View, everything
from providers.freeagent.simulated.writing import Writer
from providers.simulating.numbers import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    kind: str
    root: str
    """Of one: the element in which it is sent and answered."""
    level: int
    listing: Listing
    writer: type[Writer] | None = None
    nested: str = ""
    """What makes a list show the items of each."""
    write_level: int = 0
    """Where writing asks for more than reading."""


def _field(name: str) -> Callable[[Json], str]:
    return lambda record: str(record.get(name) or "").casefold()


def _status(*wanted: str) -> View:
    return lambda _books, record: record["status"] in wanted


_MADE = {"created_at": _field("created_at"), "updated_at": _field("updated_at")}
_DATED = {**_MADE, "dated_on": _field("dated_on")}
"""That bills and expenses are sorted so is of dinoconstantinou87/FreeAgent (2026)."""


def _bill(*wanted: str, sign: int = 0) -> View:
    def is_so(books: Books, record: Json) -> bool:
        status = bills.presented(books, record, is_nested=False)["status"]
        return status in wanted and (not sign or record["total_value"] * sign > 0)

    return is_so


def _active(view: Callable[[Books, Json], bool]) -> View:
    return lambda books, record: record["status"] == "Active" and view(books, record)


CONTACTS = Resource(
    kind="contacts",
    root="contact",
    level=seed.TIME,
    write_level=seed.CONTACTS,
    writer=lists.Contacts,
    listing=Listing(
        views={
            "all": everything,
            "active": _status("Active"),
            "hidden": _status("Hidden"),
            "clients": lists.is_client,
            "suppliers": _active(lists.is_supplier),
            "open_clients": lambda books, one: lists.with_open(books, "invoices", one),
            "open_suppliers": lambda books, one: lists.with_open(books, "bills", one),
        },
        default_view="active",
        sorts={**_MADE, "name": lambda one: name_of(one).casefold()},
        default_sort="name",
        has_since=True,
    ),
)
"""That writing asks for level 3, whose name is "Contacts & Projects", is in support article 115001223444."""

BILLS = Resource(
    kind="bills",
    root="bill",
    level=seed.BILLS,
    writer=bills.Bills,
    nested="nested_bill_items",
    listing=Listing(
        views={
            "all": everything,
            "open": _bill("Open"),
            "overdue": _bill("Overdue"),
            "open_or_overdue": _bill("Open", "Overdue"),
            "open_or_overdue_payments": _bill("Open", "Overdue", sign=1),
            "open_or_overdue_refunds": _bill("Open", "Overdue", sign=-1),
            "paid": _bill("Paid", "Refunded"),
            "recurring": lambda _books, _one: False,
            "hire_purchase": lambda _books, _one: False,
            "cis": lambda _books, _one: False,
        },
        sorts=_DATED,
        has_since=True,
        has_dates=True,
        by=("contact", "project"),
    ),
)

LISTS = (
    CONTACTS,
    Resource(
        kind="projects",
        root="project",
        level=seed.CONTACTS,
        listing=Listing(
            views={
                "all": everything,
                **{status.lower(): _status(status) for status in ("Active", "Completed", "Cancelled", "Hidden")},
            },
            sorts={**_MADE, "name": _field("name"), "contact_name": _field("contact")},
            default_sort="name",
            by=("contact",),
        ),
    ),
    Resource(
        kind="bank_accounts",
        root="bank_account",
        level=seed.BANKING,
        listing=Listing(
            views={
                "all": everything,
                "standard_bank_accounts": lambda _books, one: bool(one["type"] == "StandardBankAccount"),
                "credit_card_accounts": lambda _books, one: bool(one["type"] == "CreditCardAccount"),
                "paypal_accounts": lambda _books, one: bool(one["type"] == "PaypalAccount"),
            }
        ),
    ),
    Resource(
        kind="users",
        root="user",
        level=seed.TAX,
        listing=Listing(
            views={
                "all": everything,
                "staff": lambda _books, one: bool(one["role"] != "Accountant"),
                "active_staff": lambda _books, one: bool(one["role"] != "Accountant" and not one["hidden"]),
                "advisors": lambda _books, one: bool(one["role"] == "Accountant"),
                "active_advisors": lambda _books, one: bool(one["role"] == "Accountant" and not one["hidden"]),
            }
        ),
    ),
    Resource(
        kind="stock_items",
        root="stock_item",
        level=seed.INVOICES,
        listing=Listing(sorts={**_MADE, "description": _field("description")}, default_sort="created_at"),
    ),
    Resource(
        kind="price_list_items",
        root="price_list_item",
        level=seed.INVOICES,
        listing=Listing(sorts={**_MADE, "code": _field("code")}, default_sort="created_at"),
    ),
    Resource(kind="sales_tax_periods", root="sales_tax_period", level=seed.INVOICES, listing=Listing()),
)


def _sale(*wanted: str) -> View:
    return lambda books, record: sales.presented(books, record, is_nested=False)["status"] in wanted


def _recent(books: Books, record: Json) -> bool:
    """Within a month; how long FreeAgent calls something recent is unverified."""
    return bool(record["dated_on"] >= (books.today() - timedelta(days=31)).isoformat())


def _sales(paid: str, *paid_statuses: str) -> Listing:
    return Listing(
        views={
            "all": everything,
            "recent_open_or_overdue": lambda books, one: _recent(books, one) or _sale("Open", "Overdue")(books, one),
            "open": _sale("Open"),
            "overdue": _sale("Overdue"),
            "open_or_overdue": _sale("Open", "Overdue"),
            "draft": _sale("Draft"),
            paid: _sale(*paid_statuses),
            "scheduled_to_email": _sale("Scheduled To Email"),
        },
        sorts=_MADE,
        default_sort="created_at",
        has_since=True,
        by=("contact", "project"),
    )


INVOICES = Resource(
    kind="invoices",
    root="invoice",
    level=seed.INVOICES,
    writer=sales.Invoices,
    nested="nested_invoice_items",
    listing=_sales("paid", "Paid", "Overpaid", "Refunded"),
)
CREDIT_NOTES = Resource(
    kind="credit_notes",
    root="credit_note",
    level=seed.INVOICES,
    writer=sales.CreditNotes,
    nested="nested_credit_note_items",
    listing=_sales("refunded", "Refunded"),
)
EXPENSES = Resource(
    kind="expenses",
    root="expense",
    level=seed.MONEY,
    writer=expenses.Expenses,
    listing=Listing(
        views={"all": everything, "recent": _recent, "recurring": lambda _books, _one: False},
        sorts=_DATED,
        has_since=True,
        has_dates=True,
        by=("project", "user"),
    ),
)
RECONCILIATIONS = Resource(
    kind="credit_note_reconciliations",
    root="credit_note_reconciliation",
    level=seed.INVOICES,
    writer=reconciliations.Reconciliations,
    listing=Listing(has_since=True, has_dates=True),
)
EXPLANATIONS = Resource(
    kind="bank_transaction_explanations",
    root="bank_transaction_explanation",
    level=seed.BANKING,
    writer=explanations.Explanations,
    listing=Listing(has_since=True, has_dates=True, by=("bank_account",)),
)
TRANSACTIONS = Resource(
    kind="bank_transactions",
    root="bank_transaction",
    level=seed.BANKING,
    listing=Listing(
        views={
            "all": everything,
            "unexplained": lambda books, one: bool(explanations.unexplained(books, one)),
            "explained": lambda books, one: not explanations.unexplained(books, one),
            "manual": lambda _books, one: bool(one["is_manual"]),
            "imported": lambda _books, one: not one["is_manual"],
            "marked_for_review": lambda _books, _one: False,
        },
        has_since=True,
        has_dates=True,
        by=("bank_account",),
    ),
)
