"""What the pages show: which documents are listed where, and the vendor's codes in words."""

from dataclasses import dataclass
from decimal import Decimal

from providers.quickbooks.simulated.books import Books
from providers.simulating.numbers import Json

KINDS = {
    "Bill": "Bill",
    "VendorCredit": "Supplier credit",
    "Purchase": "Expense",
    "Deposit": "Deposit",
    "Invoice": "Invoice",
    "CreditMemo": "Credit note",
    "SalesReceipt": "Sales receipt",
    "RefundReceipt": "Refund receipt",
    "BillPayment": "Bill payment",
    "Payment": "Payment",
}
AMOUNTS = {"TaxExcluded": "without tax", "TaxInclusive": "with tax", "NotApplicable": "without any tax"}


@dataclass(frozen=True, slots=True)
class Listing:
    name: str
    heading: str
    kinds: tuple[str, ...]


LISTINGS = (
    Listing("bills", "Bills", ("Bill", "VendorCredit")),
    Listing("expenses", "Expenses", ("Purchase",)),
    Listing("deposits", "Deposits", ("Deposit",)),
    Listing("sales", "Sales", ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt")),
    Listing("payments", "Payments", ("BillPayment", "Payment")),
)


def documents(books: Books, listing: Listing) -> list[tuple[str, Json]]:
    """Newest first."""
    found = [(kind, one) for kind in listing.kinds for one in books.shelf(kind).values()]
    return sorted(found, key=lambda pair: (pair[1]["TxnDate"], int(pair[1]["Id"])), reverse=True)


def title(document: Json, kind: str) -> str:
    name = "Cheque" if document.get("PaymentType") == "Check" else KINDS[kind]
    if document.get("Credit"):
        name = "Card credit"
    return f"{name} {document.get('DocNumber', '')}".strip()


def party(document: Json) -> str:
    for name in ("VendorRef", "CustomerRef", "EntityRef"):
        if name in document:
            return str(document[name]["name"])
    for line in document["Line"]:
        if "Entity" in detail_of(line):
            return str(detail_of(line)["Entity"]["name"])
    return "–"


def status(document: Json) -> str:
    """As a chip: what is open, paid, or void."""
    if document.get("_voided"):
        return "Voided"
    if "Balance" not in document or "LinkedTxn" not in document:
        return "Recorded"
    balance = Decimal(document["Balance"])
    if not balance:
        return "Paid"
    return "Open" if balance == Decimal(document["TotalAmt"]) else "Partly paid"


def detail_of(line: Json) -> Json:
    """The detail of a line, whatever its kind."""
    found: Json = line.get(line["DetailType"]) or {}
    return found


def is_shown(line: Json) -> bool:
    return bool(line["DetailType"] != "SubTotalLineDetail")


def accounts(books: Books, term: str) -> list[Json]:
    wanted = term.strip().casefold()
    return [
        one for one in books.shelf("Account").values() if wanted in f"{one.get('AcctNum', '')} {one['Name']}".casefold()
    ]


def names(books: Books, term: str) -> list[tuple[str, Json]]:
    wanted = term.strip().casefold()
    found = [(kind, one) for kind in ("Vendor", "Customer") for one in books.shelf(kind).values()]
    return sorted(
        (pair for pair in found if wanted in pair[1]["DisplayName"].casefold()),
        key=lambda pair: str(pair[1]["DisplayName"]),
    )


def tax_names(books: Books) -> dict[str, str]:
    return {one["Id"]: one["Name"] for one in books.shelf("TaxCode").values()}
