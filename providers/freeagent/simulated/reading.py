"""What the pages show: which documents are listed where, and the vendor's words for them."""

from dataclasses import dataclass
from decimal import Decimal

from providers.freeagent.simulated import presenting
from providers.freeagent.simulated.books import Books, id_of, name_of
from providers.simulating.numbers import Json

KINDS = {
    "bills": "Bill",
    "expenses": "Expense",
    "bank_transaction_explanations": "Bank transaction",
    "invoices": "Invoice",
    "credit_notes": "Credit note",
}
ITEMS = ("bill_items", "invoice_items", "credit_note_items")


@dataclass(frozen=True, slots=True)
class Listing:
    name: str
    heading: str
    kinds: tuple[str, ...]


LISTINGS = (
    Listing("bills", "Bills", ("bills",)),
    Listing("expenses", "Expenses", ("expenses",)),
    Listing("banking", "Banking", ("bank_transaction_explanations",)),
    Listing("sales", "Invoices", ("invoices", "credit_notes")),
)


def documents(books: Books, listing: Listing) -> list[tuple[str, Json]]:
    """Newest first, with what became of them."""
    found = [(kind, shown(books, kind, one)) for kind in listing.kinds for one in books.shelf(kind).values()]
    return sorted(found, key=lambda pair: (pair[1]["dated_on"], int(id_of(pair[1]))), reverse=True)


def shown(books: Books, kind: str, document: Json) -> Json:
    """A document with all that its page needs, alike for every kind."""
    found = presenting.presented(books, kind, document, "", is_alone=True)
    return {
        **found,
        "_title": _title(kind, document),
        "_party": _party(books, kind, document),
        "_status": found.get("status") or str(found.get("type") or "Recorded"),
        "_total": found.get("total_value", found.get("gross_value")),
        "_code": str(found.get("currency") or found.get("_currency") or books.home),
        "_lines": [_line(books, one) for one in _items(found)],
    }


def _title(kind: str, document: Json) -> str:
    name = "Bill refund" if kind == "bills" and document["total_value"] < 0 else KINDS[kind]
    words = document.get("reference") or document.get("receipt_reference") or ""
    return f"{name} {words}".strip()


def _party(books: Books, kind: str, document: Json) -> str:
    if kind == "expenses":
        user = books.at(document["user"]) or {}
        return f"{user.get('first_name', '')} {user.get('last_name', '')}"
    if kind == "bank_transaction_explanations":
        return str((books.at(document["bank_account"]) or {}).get("name", "–"))
    return name_of(books.at(document["contact"])) or "–"


def _items(document: Json) -> list[Json]:
    for name in ITEMS:
        if name in document:
            return list(document[name] or [])
    return [document] if document.get("category") else []


def _line(books: Books, item: Json) -> Json:
    category, project = books.at(item.get("category")), books.at(item.get("project"))
    rate = item.get("sales_tax_rate")
    value = item.get("total_value", item.get("gross_value"))
    return {
        "description": item.get("description"),
        "category": f"{category['nominal_code']} {category['description']}" if category else "–",
        "project": project["name"] if project else None,
        "tax": f"{rate.normalize():f} %" if rate else "by hand" if item.get("manual_sales_tax_amount") else "–",
        "amount": value if value is not None else item["_net"] + item["_tax"],
        "quantity": item.get("quantity"),
        "price": item.get("price"),
    }


def tax_of(document: Json) -> Decimal:
    """As a person reads it, whatever its sign is in the API."""
    return abs(Decimal(document.get("sales_tax_value") or 0))


def categories(books: Books, term: str) -> list[Json]:
    wanted = term.strip().casefold()
    found = books.shelf("categories").values()
    return [one for one in found if wanted in f"{one['nominal_code']} {one['description']}".casefold()]


def contacts(books: Books, term: str) -> list[Json]:
    wanted = term.strip().casefold()
    found = (one for one in books.shelf("contacts").values() if wanted in name_of(one).casefold())
    return sorted(found, key=lambda one: name_of(one).casefold())
